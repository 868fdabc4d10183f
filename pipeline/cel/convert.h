#ifndef PIPELINE_CEL_CONVERT_H
#define PIPELINE_CEL_CONVERT_H

#include "pipeline/cel/arithmetic.h"

/* Rows of the overload table: int(), double(), string() and kin. */
CEL_ROW(same);
CEL_ROW(text_to_bool);
CEL_ROW(double_to_int);
CEL_ROW(uint_to_int);
CEL_ROW(text_to_int);
CEL_ROW(timestamp_to_int);
CEL_ROW(duration_to_int);
CEL_ROW(int_to_uint);
CEL_ROW(double_to_uint);
CEL_ROW(text_to_uint);
CEL_ROW(int_to_double);
CEL_ROW(uint_to_double);
CEL_ROW(text_to_double);
CEL_ROW(money_to_double);
CEL_ROW(bool_to_text);
CEL_ROW(int_to_text);
CEL_ROW(uint_to_text);
CEL_ROW(double_to_text);
CEL_ROW(bytes_to_text);
CEL_ROW(timestamp_to_text);
CEL_ROW(duration_to_text);
CEL_ROW(money_to_text);
CEL_ROW(date_to_text);
CEL_ROW(text_to_bytes);
CEL_ROW(text_to_timestamp);
CEL_ROW(int_to_timestamp);
CEL_ROW(text_to_duration);
CEL_ROW(to_type);

/* Digits alone; false if there are none, others, or too many. */
bool cel_parse_digits(struct span text, uint64_t *ret);

/* The type value of a kind: equal ones are one object. */
struct value cel_type_value(enum cel_type_kind kind);

#endif
