/*
 * Instants as text.  The calendar itself is civil.c's; here is the one form
 * of RFC 3339 that everything outside reads and writes.
 */
#include "pipeline/base/instant.h"

#include <stdbool.h>

#include "pipeline/base/civil.h"

enum {
	MONTHS = 12,
	YEAR_DIGITS = 4,
	PAIR_DIGITS = 2,
	FRACTION_DIGITS = 3,
	FIRST_DIGIT_MS = 100, /* what the digit behind the point counts */
	HOURS = 24,
	SIXTY = 60,
};

/* 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z */
#define FIRST ((wall_ms)-62135596800000)
#define LAST  ((wall_ms)253402300799999)

struct clock {
	int hour;
	int minute;
	int second;
	int ms;
};

/* A text that is eaten from the left; bad once anything did not fit. */
struct scan {
	const char *at;
	const char *end;
	bool bad;
};

static bool
is_digit(char c)
{
	return (c >= '0' && c <= '9');
}

static int
take_number(struct scan *s, int digits, int min, int max)
{
	int n = 0;

	for (int i = 0; i < digits; i++, s->at++) {
		if (s->bad || s->at == s->end || !is_digit(*s->at)) {
			s->bad = true;
			return (min);
		}
		n = n * 10 + (*s->at - '0');
	}
	if (n < min || n > max)
		s->bad = true;
	return (n);
}

/* One character of the two given; whether it was the first. */
static bool
take_either(struct scan *s, char a, char b)
{
	if (s->bad || s->at == s->end || (*s->at != a && *s->at != b)) {
		s->bad = true;
		return (false);
	}
	return (*s->at++ == a);
}

static void
take_char(struct scan *s, char c)
{
	(void)take_either(s, c, c);
}

/* The digits behind the point: three count, the rest is floored away. */
static int
take_fraction(struct scan *s)
{
	int ms = 0;
	int place = FIRST_DIGIT_MS;

	if (s->bad || s->at == s->end || *s->at != '.')
		return (0);
	s->at++;
	if (s->at == s->end || !is_digit(*s->at))
		s->bad = true;
	for (; s->at < s->end && is_digit(*s->at); s->at++) {
		ms += place * (*s->at - '0');
		place /= 10;
	}
	return (ms);
}

static struct civil_day
take_day(struct scan *s)
{
	struct civil_day day;

	day.year = take_number(s, YEAR_DIGITS, 1, 9999); /* NOLINT(*-magic-*) */
	take_char(s, '-');
	day.month = take_number(s, PAIR_DIGITS, 1, MONTHS);
	take_char(s, '-');
	day.day = take_number(s, PAIR_DIGITS, 1,
	    s->bad ? 1 : civil_days_in_month(day.year, day.month));
	return (day);
}

static struct clock
take_clock(struct scan *s)
{
	struct clock clock;

	clock.hour = take_number(s, PAIR_DIGITS, 0, HOURS - 1);
	take_char(s, ':');
	clock.minute = take_number(s, PAIR_DIGITS, 0, SIXTY - 1);
	take_char(s, ':');
	clock.second = take_number(s, PAIR_DIGITS, 0, SIXTY - 1);
	clock.ms = take_fraction(s);
	return (clock);
}

/* What the text's clock is ahead of UTC. */
static duration_ms
take_offset(struct scan *s)
{
	duration_ms ahead;
	bool east;

	if (s->at < s->end && (*s->at == 'Z' || *s->at == 'z')) {
		s->at++;
		return (0);
	}
	east = take_either(s, '+', '-');
	ahead = HOUR_MS * take_number(s, PAIR_DIGITS, 0, HOURS - 1);
	take_char(s, ':');
	ahead += MINUTE_MS * take_number(s, PAIR_DIGITS, 0, SIXTY - 1);
	return (east ? ahead : -ahead);
}

enum outcome
instant_parse(struct span text, wall_ms *ret, struct failure *why)
{
	struct scan s = {text.at, text.at + text.length, text.length == 0};
	struct civil_day day;
	struct clock clock;
	duration_ms ahead;
	wall_ms t;

	day = take_day(&s);
	(void)take_either(&s, 'T', 't');
	clock = take_clock(&s);
	ahead = take_offset(&s);
	if (s.bad || s.at != s.end)
		return (fail_with(
		    why, REJECT, "not an instant like 2025-01-06T08:00:00Z"));
	t = civil_to_days(day) * DAY_MS + clock.hour * HOUR_MS +
	    clock.minute * MINUTE_MS + clock.second * SECOND_MS + clock.ms -
	    ahead;
	if (t < FIRST || t > LAST)
		return (fail_with(
		    why, REJECT, "an instant outside the years 1 to 9999"));
	*ret = t;
	return (DONE);
}

static char *
put_number(char *at, int digits, int64_t n)
{
	for (int i = digits - 1; i >= 0; i--, n /= 10)
		at[i] = (char)('0' + n % 10);
	return (at + digits);
}

void
instant_format(wall_ms t, char ret[INSTANT_TEXT_MAX])
{
	wall_ms in_range = t < FIRST ? FIRST : t > LAST ? LAST : t;
	int64_t days = instant_utc_day(in_range);
	int64_t ms = in_range - days * DAY_MS;
	struct civil_day day = civil_from_days(days);
	char *at = ret;

	at = put_number(at, YEAR_DIGITS, day.year);
	*at++ = '-';
	at = put_number(at, PAIR_DIGITS, day.month);
	*at++ = '-';
	at = put_number(at, PAIR_DIGITS, day.day);
	*at++ = 'T';
	at = put_number(at, PAIR_DIGITS, ms / HOUR_MS);
	*at++ = ':';
	at = put_number(at, PAIR_DIGITS, ms / MINUTE_MS % SIXTY);
	*at++ = ':';
	at = put_number(at, PAIR_DIGITS, ms / SECOND_MS % SIXTY);
	*at++ = '.';
	at = put_number(at, FRACTION_DIGITS, ms % SECOND_MS);
	*at++ = 'Z';
	*at = '\0';
}

int64_t
instant_utc_day(wall_ms t)
{
	return (t / DAY_MS - (t % DAY_MS < 0 ? 1 : 0));
}

wall_ms
instant_next_utc_day(wall_ms t)
{
	int64_t day = instant_utc_day(t);

	return (
	    day >= INSTANT_NEVER / DAY_MS ? INSTANT_NEVER : (day + 1) * DAY_MS);
}
