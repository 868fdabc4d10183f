/* Conversions between kinds of values. */
#include "pipeline/cel/convert.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "pipeline/base/utf8.h"
#include "pipeline/cel/type.h"

static const double int_end = 9223372036854775808.0;
static const double uint_end = 18446744073709551616.0;
static const char range[] = "out of range";

/* NOLINTBEGIN(misc-unused-parameters): all rows have one shape. */

struct value
cel_same(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (args[0]);
}

struct value
cel_text_to_bool(struct cel_run *run, const struct value *args)
{
	static const char *const words[2][5] = {
	    {"0", "f", "false", "False", "FALSE"},
	    {"1", "t", "true", "True", "TRUE"},
	};

	(void)run;
	for (size_t i = 0; i < 2 * sizeof words[0] / sizeof words[0][0]; i++) {
		if (span_equals(
			value_text(args[0]), span_of(words[i % 2][i / 2])))
			return (value_bool(i % 2 != 0));
	}
	return (value_error("not a bool"));
}

struct value
cel_double_to_int(struct cel_run *run, const struct value *args)
{
	(void)run;
	if (!(args[0].d > -int_end && args[0].d < int_end))
		return (value_error(range));
	return (value_int((int64_t)args[0].d));
}

struct value
cel_uint_to_int(struct cel_run *run, const struct value *args)
{
	(void)run;
	if (args[0].u > INT64_MAX)
		return (value_error(range));
	return (value_int((int64_t)args[0].u));
}

bool
cel_parse_digits(struct span text, uint64_t *ret)
{
	uint64_t sum = 0;

	if (text.length == 0)
		return (false);
	for (size_t i = 0; i < text.length; i++) {
		char c = text.at[i];

		if (c < '0' || c > '9' ||
		    __builtin_mul_overflow(sum, (uint64_t)10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(c - '0'), &sum))
			return (false);
	}
	*ret = sum;
	return (true);
}

struct value
cel_text_to_int(struct cel_run *run, const struct value *args)
{
	struct span text = value_text(args[0]);
	bool minus = text.length > 0 && text.at[0] == '-';
	uint64_t magnitude;

	(void)run;
	if (text.length > 0 && (minus || text.at[0] == '+')) {
		text.at++;
		text.length--;
	}
	if (!cel_parse_digits(text, &magnitude) ||
	    magnitude > (uint64_t)INT64_MAX + minus)
		return (value_error("not an int"));
	return (value_int((int64_t)(minus ? 0 - magnitude : magnitude)));
}

struct value
cel_int_to_uint(struct cel_run *run, const struct value *args)
{
	(void)run;
	if (args[0].i < 0)
		return (value_error(range));
	return (cel_uint((uint64_t)args[0].i));
}

struct value
cel_double_to_uint(struct cel_run *run, const struct value *args)
{
	(void)run;
	if (!(args[0].d >= 0 && args[0].d < uint_end))
		return (value_error(range));
	return (cel_uint((uint64_t)args[0].d));
}

struct value
cel_text_to_uint(struct cel_run *run, const struct value *args)
{
	uint64_t u;

	(void)run;
	if (!cel_parse_digits(value_text(args[0]), &u))
		return (value_error("not a uint"));
	return (cel_uint(u));
}

struct value
cel_int_to_double(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (value_double((double)args[0].i));
}

struct value
cel_uint_to_double(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (value_double((double)args[0].u));
}

/* strtod takes more than CEL: blanks in front, hexadecimals, nan(...). */
static bool
looks_like_double(struct span text)
{
	static const char letters[] = "+-.0123456789eEinfatyINFATY";

	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] == '\0' || strchr(letters, text.at[i]) == NULL)
			return (false);
	}
	return (text.length > 0);
}

static bool
has_digit(struct span text)
{
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] >= '0' && text.at[i] <= '9')
			return (true);
	}
	return (false);
}

struct value
cel_text_to_double(struct cel_run *run, const struct value *args)
{
	struct span text = value_text(args[0]);
	char *end;
	char *copy;
	double d;

	if (!looks_like_double(text))
		return (value_error("not a double"));
	copy = cel_run_alloc(run, text.length + 1);
	if (copy == NULL)
		return (cel_run_exhausted());
	memcpy(copy, text.at, text.length);
	copy[text.length] = '\0';
	d = strtod(copy, &end);
	if (end != copy + text.length || (isinf(d) && has_digit(text)))
		return (value_error("not a double"));
	return (value_double(d));
}

/* Major units. */
struct value
cel_money_to_double(struct cel_run *run, const struct value *args)
{
	double unit = 1;

	for (int i = 0; i < run->expr->currency.decimals; i++)
		unit *= 10;
	return (value_double((double)args[0].i / unit));
}

static struct value
text_of(struct cel_run *run, struct span text)
{
	char *copy = cel_run_alloc(run, text.length + 1);

	if (copy == NULL)
		return (cel_run_exhausted());
	memcpy(copy, text.at, text.length);
	return (value_string((struct span){copy, text.length}));
}

struct value
cel_bool_to_text(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (value_string(args[0].truth ? SPAN("true") : SPAN("false")));
}

/* Digits of u, behind a minus or not. */
static struct value
number_text(struct cel_run *run, uint64_t u, bool minus)
{
	enum { ROOM = 24 }; /* 20 digits and a minus */
	char digits[ROOM];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u > 0);
	if (minus)
		digits[--at] = '-';
	return (text_of(run, (struct span){digits + at, sizeof digits - at}));
}

struct value
cel_int_to_text(struct cel_run *run, const struct value *args)
{
	bool minus = args[0].i < 0;

	return (number_text(run, minus ? 0 - args[0].u : args[0].u, minus));
}

struct value
cel_uint_to_text(struct cel_run *run, const struct value *args)
{
	return (number_text(run, args[0].u, false));
}

/*
 * The fewest digits that read back as the same double; %e from 1e21 on and
 * below 1e-4.
 */
static struct span
shortest(struct arena *arena, double d)
{
	enum { FIXED_BELOW = 21, FIXED_FROM = -4 };
	struct span text = {0};
	const char *mark;
	int exponent;
	int digits = 0;

	while (digits < DBL_DECIMAL_DIG) {
		text = arena_print(arena, "%.*e", digits, d);
		if (strtod(text.at, NULL) == d)
			break;
		digits++;
	}
	mark = memchr(text.at, 'e', text.length);
	exponent = (int)strtol(mark + 1, NULL, 10);
	if (exponent < FIXED_FROM || exponent >= FIXED_BELOW)
		return (text);
	return (arena_print(
	    arena, "%.*f", digits > exponent ? digits - exponent : 0, d));
}

struct value
cel_double_to_text(struct cel_run *run, const struct value *args)
{
	enum { ROOM = 512 };
	double d = args[0].d;

	run->fuel -= ROOM;
	if (run->fuel < 0)
		return (cel_run_exhausted());
	if (isnan(d))
		return (value_string(SPAN("NaN")));
	if (isinf(d))
		return (value_string(d > 0 ? SPAN("+Inf") : SPAN("-Inf")));
	return (value_string(shortest(run->ev->arena, d)));
}

struct value
cel_bytes_to_text(struct cel_run *run, const struct value *args)
{
	struct value v = args[0];

	(void)run;
	if (!utf8_valid(value_text(v)))
		return (value_error("not UTF-8"));
	v.kind = VALUE_STRING;
	return (v);
}

struct value
cel_money_to_text(struct cel_run *run, const struct value *args)
{
	run->fuel -= INSTANT_TEXT_MAX;
	if (run->fuel < 0)
		return (cel_run_exhausted());
	return (value_string(
	    money_format(run->ev->arena, args[0].i, &run->expr->currency)));
}

/* "1988-02-29", or "--02-29" where the year is left out. */
struct value
cel_date_to_text(struct cel_run *run, const struct value *args)
{
	struct civil_day day = value_civil_day(args[0]);

	run->fuel -= INSTANT_TEXT_MAX;
	if (run->fuel < 0)
		return (cel_run_exhausted());
	if (day.year == 0)
		return (value_string(arena_print(
		    run->ev->arena, "--%02d-%02d", day.month, day.day)));
	return (value_string(arena_print(
	    run->ev->arena, "%04d-%02d-%02d", day.year, day.month, day.day)));
}

struct value
cel_text_to_bytes(struct cel_run *run, const struct value *args)
{
	struct value v = args[0];

	(void)run;
	v.kind = VALUE_BYTES;
	return (v);
}

static const char type_objects[CEL_TYPE_OPTIONAL + 1];

struct value
cel_type_value(enum cel_type_kind kind)
{
	return (
	    (struct value){.kind = VALUE_TYPE, .object = &type_objects[kind]});
}

struct value
cel_to_type(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (cel_type_value(cel_kind_of(args[0])));
}

/* NOLINTEND(misc-unused-parameters) */
