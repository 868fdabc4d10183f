#ifndef PIPELINE_BASE_CIVIL_H
#define PIPELINE_BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/duration.h"
#include "pipeline/base/instant.h"
#include "pipeline/base/span.h"

/* A date of the proleptic Gregorian calendar. */
struct civil_day {
	int year;  /* 1 to 9999; 0 where a birthday leaves it out */
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
};

bool civil_leap_year(int year);
int civil_days_in_month(int year, int month);
/* Days since 1970-01-01, and back. */
int64_t civil_to_days(struct civil_day day);
struct civil_day civil_from_days(int64_t days);
/* 0 = Sunday. */
int civil_weekday(int64_t days);
/* 0-based, as in CEL. */
int civil_day_of_year(struct civil_day day);

/*
 * The tables of all time zones, loaded once at start by the bridge and never
 * changed.  A zone is named by its index here; ZONE_UTC is always there.  The
 * tables end at the year 2200; what lies beyond keeps the last offset.
 */
struct zones;

enum {
	ZONE_UTC = 0,
	ZONE_NONE = -1,
};

/* "2025b": part of the edition and of every trigger's trace. */
struct span zones_version(const struct zones *zones);
/* Index of an IANA name, exactly spelt; ZONE_NONE if there is none. */
int zones_find(const struct zones *zones, struct span name);
struct span zones_name(const struct zones *zones, int zone);
/*
 * The only zone of a country (ISO 3166 alpha-2, upper case); ZONE_NONE if it
 * has several, or none, or is unknown.
 */
int zones_of_country(const struct zones *zones, struct span country);
bool zones_country_known(const struct zones *zones, struct span country);

/* Local minus UTC at t, in milliseconds. */
int64_t zone_offset(const struct zones *zones, int zone, wall_ms t);
/* The first instant after t at which the offset changes; or INSTANT_NEVER. */
wall_ms zone_next_change(const struct zones *zones, int zone, wall_ms t);

/* What the customer's wall reads at t: days since the epoch, ms in the day. */
struct local {
	int64_t days;
	int64_t ms;
};
struct local zone_local(const struct zones *zones, int zone, wall_ms t);

/*
 * The first instant at which the wall of the zone reads that day and time, or,
 * where the clocks skip it, the first instant at which it reads anything
 * later.  A time that the clocks repeat is the first of the two.
 */
wall_ms zone_instant(
    const struct zones *zones, int zone, int64_t days, int64_t ms);

/*
 * The first instant after t at which zone_local().days is another: so where a
 * day is skipped or repeated, the tables decide.
 */
wall_ms zone_next_day(const struct zones *zones, int zone, wall_ms t);

/*
 * A calendar month later by the wall of the zone: same time of day, the day
 * clamped to the length of the month ("P1M"); the first instant whose wall
 * time is at or after that.
 */
wall_ms zone_add_months(
    const struct zones *zones, int zone, wall_ms t, int months);

#endif
