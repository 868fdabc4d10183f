/*
 * The calendar: days and dates of the proleptic Gregorian calendar, by the
 * arithmetic of eras of 400 years that begin on the first of March, so that
 * the leap day is the last day of its year.
 */
#include "pipeline/base/civil.h"

enum {
	MONTHS = 12,
	WEEKDAYS = 7,
	FEBRUARY = 2,
	MARCH = 3,
	ERA_YEARS = 400,
	ERA_DAYS = 146097,
	CENTURY_YEARS = 100,
	CENTURY_DAYS = 36524,
	LEAP_CYCLE_YEARS = 4,
	LEAP_CYCLE_DAYS = 1460, /* without the leap day */
	YEAR_DAYS = 365,
	/* Months from March: each five of them are 153 days. */
	FIVE_MONTHS = 5,
	FIVE_MONTHS_DAYS = 153,
	EPOCH_WEEKDAY = 4, /* 1970-01-01 was a Thursday */
	/* 1970-01-01 counted from 0000-03-01 */
	EPOCH_DAYS = 719468,
};

static int64_t
floor_divide(int64_t n, int64_t d)
{
	return (n / d - (n % d < 0 ? 1 : 0));
}

bool
civil_leap_year(int year)
{
	return (year % LEAP_CYCLE_YEARS == 0 &&
		(year % CENTURY_YEARS != 0 || year % ERA_YEARS == 0));
}

int
civil_days_in_month(int year, int month)
{
	static const int days[MONTHS] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month == FEBRUARY && civil_leap_year(year))
		return (days[1] + 1);
	return (days[month - 1]);
}

int64_t
civil_to_days(struct civil_day day)
{
	int64_t year = (int64_t)day.year - (day.month < MARCH ? 1 : 0);
	int64_t month = day.month - MARCH + (day.month < MARCH ? MONTHS : 0);
	int64_t era = floor_divide(year, ERA_YEARS);
	int64_t of_era = year - era * ERA_YEARS;
	int64_t day_of_year =
	    (FIVE_MONTHS_DAYS * month + 2) / FIVE_MONTHS + day.day - 1;

	return (era * ERA_DAYS + of_era * YEAR_DAYS +
		of_era / LEAP_CYCLE_YEARS - of_era / CENTURY_YEARS +
		day_of_year - EPOCH_DAYS);
}

struct civil_day
civil_from_days(int64_t days)
{
	int64_t shifted = days + EPOCH_DAYS;
	int64_t era = floor_divide(shifted, ERA_DAYS);
	int64_t of_era = shifted - era * ERA_DAYS;
	int64_t year = (of_era - of_era / LEAP_CYCLE_DAYS +
			   of_era / CENTURY_DAYS - of_era / (ERA_DAYS - 1)) /
		       YEAR_DAYS;
	int64_t of_year = of_era - (year * YEAR_DAYS + year / LEAP_CYCLE_YEARS -
				       year / CENTURY_YEARS);
	int64_t month = (FIVE_MONTHS * of_year + 2) / FIVE_MONTHS_DAYS;
	int64_t from_march = (FIVE_MONTHS_DAYS * month + 2) / FIVE_MONTHS;
	bool next_year = month >= MONTHS - 2;

	return ((struct civil_day){
	    .year = (int)(year + era * ERA_YEARS + (next_year ? 1 : 0)),
	    .month = (int)(month + MARCH - (next_year ? MONTHS : 0)),
	    .day = (int)(of_year - from_march + 1),
	});
}

int
civil_weekday(int64_t days)
{
	int64_t weekday = (days % WEEKDAYS + EPOCH_WEEKDAY) % WEEKDAYS;

	return ((int)(weekday < 0 ? weekday + WEEKDAYS : weekday));
}

int
civil_day_of_year(struct civil_day day)
{
	return ((int)(civil_to_days(day) -
		      civil_to_days((struct civil_day){day.year, 1, 1})));
}
