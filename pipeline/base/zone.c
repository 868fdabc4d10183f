/*
 * Time zones as tables: what a wall reads at an instant, and when it first
 * reads a time.  The clocks of a zone are a row of segments, each with one
 * offset; every question here is a walk over a few of them.
 */
#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/base/civil.h"
#include "pipeline/base/zone_table.h"

enum { MONTHS = 12 };

/* No wall is further from UTC than this, on either side. */
#define FARTHEST (26 * HOUR_MS)
/* Sums of an instant, a day and an offset never overflow inside this. */
#define LIMIT    (INT64_MAX / 4)

static const struct zone_table *
table_of(const struct zones *zones, int zone)
{
	CHECK(zone >= 0 && (size_t)zone < zones->n);
	return (zones->zone[zone].table);
}

static wall_ms
clamp(wall_ms t)
{
	return (t < -LIMIT ? -LIMIT : t > LIMIT ? LIMIT : t);
}

/* The segment that holds t: the number of changes at or before it. */
static size_t
segment_at(const struct zone_table *table, wall_ms t)
{
	size_t low = 0;
	size_t high = table->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->at[middle] <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return (low);
}

static duration_ms
segment_offset(const struct zone_table *table, size_t segment)
{
	return (table->offset[segment] * SECOND_MS);
}

/* Where a segment begins; the first one always was. */
static wall_ms
segment_start(const struct zone_table *table, size_t segment)
{
	return (segment == 0 ? INSTANT_BEFORE : table->at[segment - 1]);
}

/* Where it is over; the last one stays. */
static wall_ms
segment_end(const struct zone_table *table, size_t segment)
{
	return (segment == table->n ? INSTANT_NEVER : table->at[segment]);
}

struct span
zones_version(const struct zones *zones)
{
	return (zones->version);
}

static int
compare_to_zone(const void *name, const void *zone)
{
	return (span_compare(
	    *(const struct span *)name, ((const struct zone *)zone)->name));
}

int
zones_find(const struct zones *zones, struct span name)
{
	const struct zone *found;

	if (span_equals(name, zones->zone[ZONE_UTC].name))
		return (ZONE_UTC);
	found = bsearch(&name, zones->zone + 1, zones->n - 1,
	    sizeof *zones->zone, compare_to_zone);
	return (found == NULL ? ZONE_NONE : (int)(found - zones->zone));
}

struct span
zones_name(const struct zones *zones, int zone)
{
	CHECK(zone >= 0 && (size_t)zone < zones->n);
	return (zones->zone[zone].name);
}

static int
compare_to_country(const void *code, const void *country)
{
	return (span_compare(*(const struct span *)code,
	    span_of(((const struct zone_country *)country)->code)));
}

static const struct zone_country *
find_country(const struct zones *zones, struct span code)
{
	return (bsearch(&code, zones->country, zones->n_countries,
	    sizeof *zones->country, compare_to_country));
}

int
zones_of_country(const struct zones *zones, struct span country)
{
	const struct zone_country *found = find_country(zones, country);

	return (found == NULL ? ZONE_NONE : found->zone);
}

bool
zones_country_known(const struct zones *zones, struct span country)
{
	return (find_country(zones, country) != NULL);
}

int64_t
zone_offset(const struct zones *zones, int zone, wall_ms t)
{
	const struct zone_table *table = table_of(zones, zone);

	return (segment_offset(table, segment_at(table, t)));
}

wall_ms
zone_next_change(const struct zones *zones, int zone, wall_ms t)
{
	const struct zone_table *table = table_of(zones, zone);

	return (segment_end(table, segment_at(table, t)));
}

struct local
zone_local(const struct zones *zones, int zone, wall_ms t)
{
	wall_ms wall = clamp(t) + zone_offset(zones, zone, t);
	int64_t days = instant_utc_day(wall);

	return ((struct local){days, wall - days * DAY_MS});
}

/*
 * No solution lies more than FARTHEST before the wall time read as UTC, so the
 * walk begins there: in each segment the wall first reads `wall` or later at
 * its beginning or at wall minus its offset, if that still belongs to it.
 */
static wall_ms
first_at_or_after(const struct zone_table *table, wall_ms wall)
{
	for (size_t i = segment_at(table, wall - FARTHEST); i <= table->n;
	     i++) {
		wall_ms t = wall - segment_offset(table, i);

		if (t < segment_start(table, i))
			t = segment_start(table, i);
		if (t < segment_end(table, i))
			return (t);
	}
	return (INSTANT_NEVER);
}

wall_ms
zone_instant(const struct zones *zones, int zone, int64_t days, int64_t ms)
{
	const int64_t most = LIMIT / DAY_MS;
	int64_t day = days < -most ? -most : days > most ? most : days;

	return (
	    first_at_or_after(table_of(zones, zone), day * DAY_MS + clamp(ms)));
}

wall_ms
zone_next_day(const struct zones *zones, int zone, wall_ms t)
{
	const struct zone_table *table = table_of(zones, zone);
	int64_t today = zone_local(zones, zone, t).days;

	if (t >= LIMIT)
		return (INSTANT_NEVER);
	for (size_t i = segment_at(table, t); i <= table->n; i++) {
		wall_ms start = segment_start(table, i);
		wall_ms midnight =
		    (today + 1) * DAY_MS - segment_offset(table, i);

		if (start > t &&
		    instant_utc_day(start + segment_offset(table, i)) != today)
			return (start);
		if (midnight < segment_end(table, i))
			return (midnight);
	}
	return (INSTANT_NEVER);
}

wall_ms
zone_add_months(const struct zones *zones, int zone, wall_ms t, int months)
{
	struct local local = zone_local(zones, zone, t);
	struct civil_day day = civil_from_days(local.days);
	int64_t month = (int64_t)day.month - 1 + months;
	int64_t years = month / MONTHS - (month % MONTHS < 0 ? 1 : 0);
	int longest;

	day.year += (int)years;
	day.month = (int)(month - years * MONTHS) + 1;
	longest = civil_days_in_month(day.year, day.month);
	if (day.day > longest)
		day.day = longest;
	return (zone_instant(zones, zone, civil_to_days(day), local.ms));
}
