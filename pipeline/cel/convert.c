/* Conversions between kinds of values. */
#include "pipeline/cel/convert.h"

#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "pipeline/cel/type.h"
#include "pipeline/cel/utf8.h"

enum { NS_PER_SECOND = 1000000000, MS_DIGITS = 3, NS_DIGITS = 9 };

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

/* Digits alone; false if there are none, others, or too many. */
static bool
parse_digits(struct span text, uint64_t *ret)
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
	if (!parse_digits(text, &magnitude) ||
	    magnitude > (uint64_t)INT64_MAX + minus)
		return (value_error("not an int"));
	return (value_int((int64_t)(minus ? 0 - magnitude : magnitude)));
}

struct value
cel_timestamp_to_int(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (value_int(args[0].i / SECOND_MS - (args[0].i % SECOND_MS < 0)));
}

/* Nanoseconds. */
struct value
cel_duration_to_int(struct cel_run *run, const struct value *args)
{
	struct value v = cel_duration_checked(args[0]);

	(void)run;
	if (v.kind == VALUE_ERROR)
		return (v);
	return (value_int(v.i * CEL_NS_PER_MS + v.length));
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
	if (!(args[0].d > -1 && args[0].d < uint_end))
		return (value_error(range));
	return (cel_uint((uint64_t)args[0].d));
}

struct value
cel_text_to_uint(struct cel_run *run, const struct value *args)
{
	uint64_t u;

	(void)run;
	if (!parse_digits(value_text(args[0]), &u))
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
	char digits[24];
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

/* Nine digits of nanoseconds without the zeros at their end. */
static struct span
fraction(struct arena *arena, int64_t ns)
{
	struct span text;

	if (ns == 0)
		return ((struct span){"", 0});
	text = arena_print(arena, ".%09" PRId64, ns);
	while (text.at[text.length - 1] == '0')
		text.length--;
	return (text);
}

struct value
cel_timestamp_to_text(struct cel_run *run, const struct value *args)
{
	enum { WHOLE = sizeof "YYYY-MM-DDTHH:MM:SS" - 1 };
	struct arena *arena = run->ev->arena;
	char text[INSTANT_TEXT_MAX];
	struct span ns;
	int64_t ms;

	if (cel_timestamp_checked(args[0]).kind == VALUE_ERROR)
		return (value_error("timestamp overflow"));
	run->fuel -= INSTANT_TEXT_MAX;
	if (run->fuel < 0)
		return (cel_run_exhausted());
	instant_format(args[0].i, text);
	ms = args[0].i % SECOND_MS;
	if (ms < 0)
		ms += SECOND_MS;
	ns = fraction(arena, ms * CEL_NS_PER_MS + args[0].length);
	return (value_string(
	    arena_print(arena, "%.*s%.*sZ", (int)WHOLE, text, SPAN_ARGS(ns))));
}

struct value
cel_duration_to_text(struct cel_run *run, const struct value *args)
{
	struct value v = cel_duration_to_int(run, args);
	struct arena *arena = run->ev->arena;
	uint64_t ns;
	struct span rest;

	if (v.kind == VALUE_ERROR)
		return (v);
	run->fuel -= INSTANT_TEXT_MAX;
	if (run->fuel < 0)
		return (cel_run_exhausted());
	ns = v.i < 0 ? 0 - v.u : v.u;
	rest = fraction(arena, (int64_t)(ns % NS_PER_SECOND));
	return (value_string(arena_print(arena, "%s%" PRIu64 "%.*ss",
	    v.i < 0 ? "-" : "", ns / NS_PER_SECOND, SPAN_ARGS(rest))));
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

/* Nanoseconds below the millisecond: digits 4 to 9 behind the point. */
static uint32_t
below_ms(struct span text)
{
	const char *point = memchr(text.at, '.', text.length);
	const char *end = text.at + text.length;
	uint32_t ns = 0;

	for (int i = 0; point != NULL && i < NS_DIGITS; i++) {
		const char *at = point + 1 + i;
		bool digit = at < end && *at >= '0' && *at <= '9';

		if (!digit)
			end = at; /* zeros from here on */
		if (i >= MS_DIGITS)
			ns = ns * 10 + (digit ? (uint32_t)(*at - '0') : 0);
	}
	return (ns);
}

struct value
cel_text_to_timestamp(struct cel_run *run, const struct value *args)
{
	struct span text = value_text(args[0]);
	struct value v = {.kind = VALUE_TIMESTAMP};

	(void)run;
	if (text.length == 0 || instant_parse(text, &v.i, NULL) != DONE)
		return (value_error("not an RFC 3339 timestamp"));
	v.length = below_ms(text);
	return (cel_timestamp_checked(v));
}

struct value
cel_int_to_timestamp(struct cel_run *run, const struct value *args)
{
	struct value v = {.kind = VALUE_TIMESTAMP};

	(void)run;
	if (__builtin_mul_overflow(args[0].i, SECOND_MS, &v.i))
		return (value_error("timestamp overflow"));
	return (cel_timestamp_checked(v));
}

static const struct unit {
	const char *name;
	int64_t ns;
} units[] = {
    /* the longer of two that begin alike first */
    {"ms", 1000000},
    {"m", INT64_C(60000000000)},
    {"h", INT64_C(3600000000000)},
    {"s", 1000000000},
    {"us", 1000},
    {"\u00b5s", 1000}, /* micro sign */
    {"\u03bcs", 1000}, /* small mu */
    {"ns", 1},
};

static const struct unit *
unit_at(struct span text)
{
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		size_t n = strlen(units[i].name);

		if (n <= text.length && memcmp(text.at, units[i].name, n) == 0)
			return (&units[i]);
	}
	return (NULL);
}

static size_t
count_digits(struct span text, size_t from)
{
	size_t n = 0;

	while (from + n < text.length && text.at[from + n] >= '0' &&
	       text.at[from + n] <= '9')
		n++;
	return (n);
}

/* 0.ddd of a unit in ns, towards zero. */
static int64_t
part_of(struct span digits, int64_t unit)
{
	int64_t ns = 0;
	int64_t place = unit;

	/* all digits count as long as they reach a nanosecond */
	for (size_t i = 0; i < digits.length && i < 18; i++) {
		int64_t digit = digits.at[i] - '0';
		int64_t tenth = place / 10;

		ns += digit * tenth + digit * (place % 10) / 10;
		place = tenth;
	}
	return (ns);
}

/* One "1.5h" from *text on, added to *ns. */
static bool
take_part(struct span *text, int64_t *ns)
{
	size_t whole = count_digits(*text, 0);
	struct span fraction_digits = {0};
	size_t at = whole;
	const struct unit *unit;
	uint64_t count = 0;
	int64_t length;

	if (at < text->length && text->at[at] == '.') {
		size_t n = count_digits(*text, at + 1);

		fraction_digits = (struct span){text->at + at + 1, n};
		at += 1 + n;
	}
	if (whole + fraction_digits.length == 0 ||
	    (whole > 0 &&
		!parse_digits((struct span){text->at, whole}, &count)) ||
	    count > INT64_MAX)
		return (false);
	text->at += at;
	text->length -= at;
	unit = unit_at(*text);
	if (unit == NULL ||
	    __builtin_mul_overflow((int64_t)count, unit->ns, &length) ||
	    __builtin_add_overflow(*ns, length, ns) ||
	    __builtin_add_overflow(*ns, part_of(fraction_digits, unit->ns), ns))
		return (false);
	text->at += strlen(unit->name);
	text->length -= strlen(unit->name);
	return (true);
}

/* Go's syntax: [+|-] then 1h30m, 1.5s, 3us; 0 needs no unit. */
struct value
cel_text_to_duration(struct cel_run *run, const struct value *args)
{
	static const char why[] = "not a duration";
	struct span text = value_text(args[0]);
	bool minus = text.length > 0 && text.at[0] == '-';
	struct value v = {.kind = VALUE_DURATION};
	int64_t ns = 0;

	(void)run;
	if (text.length > 0 && (minus || text.at[0] == '+')) {
		text.at++;
		text.length--;
	}
	if (text.length == 0)
		return (value_error(why));
	if (span_equals(text, SPAN("0")))
		return (v);
	while (text.length > 0) {
		if (!take_part(&text, &ns))
			return (value_error(why));
	}
	if (minus)
		ns = -ns;
	v.i = ns / CEL_NS_PER_MS - (ns % CEL_NS_PER_MS < 0);
	v.length = (uint32_t)(ns - v.i * CEL_NS_PER_MS);
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
