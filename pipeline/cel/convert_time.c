/* Conversions of timestamps and durations, to the nanosecond. */
#include "pipeline/cel/convert.h"

#include <inttypes.h>

enum { NS_PER_SECOND = 1000000000, MS_DIGITS = 3, NS_DIGITS = 9 };

/* NOLINTBEGIN(misc-unused-parameters): all rows have one shape. */

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

	/* until what is left of the unit is nothing */
	for (size_t i = 0; i < digits.length && place > 0; i++) {
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
		!cel_parse_digits((struct span){text->at, whole}, &count)) ||
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

/* NOLINTEND(misc-unused-parameters) */
