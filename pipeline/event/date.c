#include "pipeline/event/date.h"

enum {
	YEAR_MIN = 1,
	YEAR_MAX = 9999,
	YEAR_DIGITS = 4,
	PAIR_DIGITS = 2,
	MONTHS = 12,
	SOME_LEAP_YEAR = 2000,
};

/* Whether the day exists; with year 0, whether it does in some year. */
static bool
day_exists(const struct civil_day *day)
{
	int year = day->year == 0 ? SOME_LEAP_YEAR : day->year;

	return (day->month >= 1 && day->month <= MONTHS && day->day >= 1 &&
		day->day <= civil_days_in_month(year, day->month));
}

/* A member that is a whole number between 1 and max. */
static bool
read_part(const struct json *json, int max, int *ret)
{
	int64_t i;

	if (json == NULL || json->kind != JSON_NUMBER ||
	    !json_integer(json->text, &i) || i < 1 || i > max)
		return (false);
	*ret = (int)i;
	return (true);
}

static bool
read_object(const struct json *json, struct civil_day *ret)
{
	const struct json *year = json_member(json, SPAN("y"));
	enum { DAYS_MAX = 31 };

	ret->year = 0;
	if (year != NULL && year->kind != JSON_NULL &&
	    !read_part(year, YEAR_MAX, &ret->year))
		return (false);
	return (read_part(json_member(json, SPAN("m")), MONTHS, &ret->month) &&
		read_part(json_member(json, SPAN("d")), DAYS_MAX, &ret->day));
}

/* Exactly so many digits; *text begins behind them. */
static bool
take_digits(struct span *text, size_t digits, int *ret)
{
	enum { TEN = 10 };

	*ret = 0;
	if (text->length < digits)
		return (false);
	for (size_t i = 0; i < digits; i++) {
		if (text->at[i] < '0' || text->at[i] > '9')
			return (false);
		*ret = *ret * TEN + (text->at[i] - '0');
	}
	text->at += digits;
	text->length -= digits;
	return (true);
}

static bool
take_dash(struct span *text)
{
	if (text->length == 0 || text->at[0] != '-')
		return (false);
	text->at++;
	text->length--;
	return (true);
}

/* ("-" | YYYY) "-" MM "-" DD */
static bool
read_string(struct span text, struct civil_day *ret)
{
	ret->year = 0;
	if (!take_dash(&text) &&
	    (!take_digits(&text, YEAR_DIGITS, &ret->year) ||
		ret->year < YEAR_MIN))
		return (false);
	return (take_dash(&text) &&
		take_digits(&text, PAIR_DIGITS, &ret->month) &&
		take_dash(&text) &&
		take_digits(&text, PAIR_DIGITS, &ret->day) && text.length == 0);
}

bool
date_read(const struct json *json, struct civil_day *ret)
{
	struct civil_day day;

	if (json->kind == JSON_OBJECT
		? !read_object(json, &day)
		: json->kind != JSON_STRING || !read_string(json->text, &day))
		return (false);
	if (!day_exists(&day))
		return (false);
	*ret = day;
	return (true);
}
