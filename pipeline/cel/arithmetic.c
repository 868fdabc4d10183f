/* Numbers, money, instants and durations: overflow is an error value. */
#include "pipeline/cel/arithmetic.h"

#include <math.h>

static const char int_overflow[] = "integer overflow";
static const char uint_overflow[] = "unsigned integer overflow";
static const char money_overflow[] = "money overflow";
static const char by_zero[] = "division by zero";
static const char modulus_zero[] = "modulus by zero";

/* NOLINTBEGIN(misc-unused-parameters): all rows have one shape. */

struct value
cel_int_add(struct cel_run *run, const struct value *args)
{
	int64_t i;

	(void)run;
	if (__builtin_add_overflow(args[0].i, args[1].i, &i))
		return (value_error(int_overflow));
	return (value_int(i));
}

struct value
cel_int_subtract(struct cel_run *run, const struct value *args)
{
	int64_t i;

	(void)run;
	if (__builtin_sub_overflow(args[0].i, args[1].i, &i))
		return (value_error(int_overflow));
	return (value_int(i));
}

struct value
cel_int_multiply(struct cel_run *run, const struct value *args)
{
	int64_t i;

	(void)run;
	if (__builtin_mul_overflow(args[0].i, args[1].i, &i))
		return (value_error(int_overflow));
	return (value_int(i));
}

struct value
cel_int_divide(struct cel_run *run, const struct value *args)
{
	(void)run;
	if (args[1].i == 0)
		return (value_error(by_zero));
	if (args[0].i == INT64_MIN && args[1].i == -1)
		return (value_error(int_overflow));
	return (value_int(args[0].i / args[1].i));
}

struct value
cel_int_modulo(struct cel_run *run, const struct value *args)
{
	(void)run;
	if (args[1].i == 0)
		return (value_error(modulus_zero));
	if (args[0].i == INT64_MIN && args[1].i == -1)
		return (value_error(int_overflow));
	return (value_int(args[0].i % args[1].i));
}

struct value
cel_int_negate(struct cel_run *run, const struct value *args)
{
	(void)run;
	if (args[0].i == INT64_MIN)
		return (value_error(int_overflow));
	return (value_int(-args[0].i));
}

struct value
cel_uint_add(struct cel_run *run, const struct value *args)
{
	uint64_t u;

	(void)run;
	if (__builtin_add_overflow(args[0].u, args[1].u, &u))
		return (value_error(uint_overflow));
	return (cel_uint(u));
}

struct value
cel_uint_subtract(struct cel_run *run, const struct value *args)
{
	uint64_t u;

	(void)run;
	if (__builtin_sub_overflow(args[0].u, args[1].u, &u))
		return (value_error(uint_overflow));
	return (cel_uint(u));
}

struct value
cel_uint_multiply(struct cel_run *run, const struct value *args)
{
	uint64_t u;

	(void)run;
	if (__builtin_mul_overflow(args[0].u, args[1].u, &u))
		return (value_error(uint_overflow));
	return (cel_uint(u));
}

struct value
cel_uint_divide(struct cel_run *run, const struct value *args)
{
	(void)run;
	if (args[1].u == 0)
		return (value_error(by_zero));
	return (cel_uint(args[0].u / args[1].u));
}

struct value
cel_uint_modulo(struct cel_run *run, const struct value *args)
{
	(void)run;
	if (args[1].u == 0)
		return (value_error(modulus_zero));
	return (cel_uint(args[0].u % args[1].u));
}

struct value
cel_double_add(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (value_double(args[0].d + args[1].d));
}

struct value
cel_double_subtract(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (value_double(args[0].d - args[1].d));
}

struct value
cel_double_multiply(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (value_double(args[0].d * args[1].d));
}

struct value
cel_double_divide(struct cel_run *run, const struct value *args)
{
	(void)run;
	/* IEEE 754: by zero it is an infinity or NaN, as CEL wants it */
	return (value_double(args[0].d / args[1].d));
}

struct value
cel_double_negate(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (value_double(-args[0].d));
}

struct value
cel_money_add(struct cel_run *run, const struct value *args)
{
	int64_t i;

	(void)run;
	if (__builtin_add_overflow(args[0].i, args[1].i, &i))
		return (value_error(money_overflow));
	return (value_money(i));
}

struct value
cel_money_subtract(struct cel_run *run, const struct value *args)
{
	int64_t i;

	(void)run;
	if (__builtin_sub_overflow(args[0].i, args[1].i, &i))
		return (value_error(money_overflow));
	return (value_money(i));
}

struct value
cel_money_negate(struct cel_run *run, const struct value *args)
{
	(void)run;
	if (args[0].i == INT64_MIN)
		return (value_error(money_overflow));
	return (value_money(-args[0].i));
}

struct value
cel_money_by_int(struct cel_run *run, const struct value *args)
{
	int64_t i;

	(void)run;
	if (__builtin_mul_overflow(args[0].i, args[1].i, &i))
		return (value_error(money_overflow));
	return (value_money(i));
}

struct value
cel_int_by_money(struct cel_run *run, const struct value *args)
{
	return (cel_money_by_int(run, args));
}

/* Minor units times a factor, half to even. */
static struct value
scaled(int64_t minor, double factor)
{
	static const double limit = 9223372036854775808.0; /* 2^63 */
	double product = nearbyint((double)minor * factor);

	if (!(product < limit && product >= -limit))
		return (value_error(money_overflow));
	return (value_money((int64_t)product));
}

struct value
cel_money_by_double(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (scaled(args[0].i, args[1].d));
}

struct value
cel_double_by_money(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (scaled(args[1].i, args[0].d));
}

/* money / int: half to even */
struct value
cel_money_share(struct cel_run *run, const struct value *args)
{
	int64_t n = args[0].i;
	int64_t d = args[1].i;

	(void)run;
	if (d == 0)
		return (value_error(by_zero));
	if (d < 0) {
		if (n == INT64_MIN || d == INT64_MIN)
			return (value_error(money_overflow));
		n = -n;
		d = -d;
	}
	return (value_money(money_divide(n, d)));
}

/* money / money: how often, a double; of nothing an error, not infinity */
struct value
cel_money_ratio(struct cel_run *run, const struct value *args)
{
	(void)run;
	if (args[1].i == 0)
		return (value_error(by_zero));
	return (value_double((double)args[0].i / (double)args[1].i));
}

struct value
cel_timestamp_checked(struct value v)
{
	if (v.i < CEL_TIMESTAMP_MIN || v.i > CEL_TIMESTAMP_MAX)
		return (value_error("timestamp overflow"));
	return (v);
}

struct value
cel_duration_checked(struct value v)
{
	int64_t ns;

	if (__builtin_mul_overflow(v.i, (int64_t)CEL_NS_PER_MS, &ns) ||
	    __builtin_add_overflow(ns, (int64_t)v.length, &ns))
		return (value_error("duration overflow"));
	return (v);
}

/* Both are ms and ns above them. */
static struct value
sum(const struct value *args)
{
	uint32_t ns = args[0].length + args[1].length;
	bool instant =
	    args[0].kind == VALUE_TIMESTAMP || args[1].kind == VALUE_TIMESTAMP;
	struct value v = {.kind = instant ? VALUE_TIMESTAMP : VALUE_DURATION};

	if (__builtin_add_overflow(args[0].i, args[1].i, &v.i) ||
	    __builtin_add_overflow(v.i, ns >= CEL_NS_PER_MS, &v.i))
		return (value_error("time overflow"));
	v.length = ns % CEL_NS_PER_MS;
	return (v);
}

static struct value
difference(const struct value *args)
{
	bool borrow = args[0].length < args[1].length;
	bool instant =
	    args[0].kind == VALUE_TIMESTAMP && args[1].kind == VALUE_DURATION;
	struct value v = {.kind = instant ? VALUE_TIMESTAMP : VALUE_DURATION};

	if (__builtin_sub_overflow(args[0].i, args[1].i, &v.i) ||
	    __builtin_sub_overflow(v.i, borrow, &v.i))
		return (value_error("time overflow"));
	v.length =
	    args[0].length + (borrow ? CEL_NS_PER_MS : 0) - args[1].length;
	return (v);
}

static struct value
checked(struct value v)
{
	if (v.kind == VALUE_TIMESTAMP)
		return (cel_timestamp_checked(v));
	return (v.kind == VALUE_DURATION ? cel_duration_checked(v) : v);
}

struct value
cel_time_add(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (checked(sum(args)));
}

struct value
cel_time_subtract(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (checked(difference(args)));
}

/*
 * Of what moves: outside the ranges of CEL there is still an exact answer, and
 * an error that time alone would bring would have to be foretold.
 */
struct value
cel_linear_add(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (sum(args));
}

struct value
cel_linear_subtract(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (difference(args));
}

/* NOLINTEND(misc-unused-parameters) */
