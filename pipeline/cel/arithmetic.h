#ifndef PIPELINE_CEL_ARITHMETIC_H
#define PIPELINE_CEL_ARITHMETIC_H

#include "pipeline/cel/op.h"

/* Rows of the overload table: see there. */
#define CEL_ROW(name) \
	struct value cel_##name(struct cel_run *run, const struct value *args)

CEL_ROW(int_add);
CEL_ROW(int_subtract);
CEL_ROW(int_multiply);
CEL_ROW(int_divide);
CEL_ROW(int_modulo);
CEL_ROW(int_negate);
CEL_ROW(uint_add);
CEL_ROW(uint_subtract);
CEL_ROW(uint_multiply);
CEL_ROW(uint_divide);
CEL_ROW(uint_modulo);
CEL_ROW(double_add);
CEL_ROW(double_subtract);
CEL_ROW(double_multiply);
CEL_ROW(double_divide);
CEL_ROW(double_negate);
CEL_ROW(money_add);
CEL_ROW(money_subtract);
CEL_ROW(money_negate);
CEL_ROW(money_by_int);
CEL_ROW(int_by_money);
CEL_ROW(money_by_double);
CEL_ROW(double_by_money);
CEL_ROW(money_share);
CEL_ROW(money_ratio);
/* timestamp and duration, either way round; the result by the operands */
CEL_ROW(time_add);
CEL_ROW(time_subtract);
CEL_ROW(linear_add);
CEL_ROW(linear_subtract);

#define CEL_TIMESTAMP_MIN INT64_C(-62135596800000)
#define CEL_TIMESTAMP_MAX INT64_C(253402300799999)
enum { CEL_NS_PER_MS = 1000000 };

/* In the years 1 to 9999, or an error. */
struct value cel_timestamp_checked(struct value v);
/* Within 2^63 ns, or an error. */
struct value cel_duration_checked(struct value v);

#endif
