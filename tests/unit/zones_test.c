#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "pipeline/base/zone_table.h"
#include "pipeline/bridge/zones.h"

static struct arena *arena;
static const struct zones *zones;

static int
load_zones(void **state)
{
	struct failure why;

	(void)state;
	arena = arena_new();
	if (zones_load(arena, &zones, &why) != DONE) {
		(void)fprintf(stderr, "%s\n", why.text);
		return (-1);
	}
	return (0);
}

static int
free_zones(void **state)
{
	(void)state;
	arena_free(arena);
	return (0);
}

static int
zone_of(const char *name)
{
	int zone = zones_find(zones, span_of(name));

	if (zone == ZONE_NONE)
		fail_msg("no zone %s", name);
	return (zone);
}

static wall_ms
at(const char *text)
{
	wall_ms t;

	if (instant_parse(span_of(text), &t, NULL) != DONE)
		fail_msg("%s is no instant", text);
	return (t);
}

static void
assert_instant(const char *what, wall_ms got, const char *expected)
{
	char text[INSTANT_TEXT_MAX];

	instant_format(got, text);
	if (got != at(expected))
		fail_msg("%s: %s, not %s", what, text, expected);
}

static const struct first_row {
	const char *zone;
	struct civil_day day;
	int64_t ms;
	const char *utc;
} firsts[] = {
    {"UTC", {2025, 1, 6}, 8 * HOUR_MS, "2025-01-06T08:00:00Z"},
    /* A day of 25 hours: 23:00 to 24:00 comes twice. */
    {"Asia/Almaty", {2024, 2, 29}, 0, "2024-02-28T18:00:00Z"},
    {"Asia/Almaty", {2024, 2, 29}, 23 * HOUR_MS, "2024-02-29T17:00:00Z"},
    {"Asia/Almaty", {2024, 3, 1}, 0, "2024-02-29T19:00:00Z"},
    /* No midnight: the day begins at 01:00. */
    {"America/Santiago", {2024, 9, 8}, 0, "2024-09-08T04:00:00Z"},
    {"America/Santiago", {2024, 9, 8}, HOUR_MS, "2024-09-08T04:00:00Z"},
    {"America/Santiago", {2024, 9, 8}, HOUR_MS + 1, "2024-09-08T04:00:00.001Z"},
    {"Africa/Cairo", {2024, 4, 26}, 0, "2024-04-25T22:00:00Z"},
    /* A day that was left out. */
    {"Pacific/Apia", {2011, 12, 29}, 9 * HOUR_MS, "2011-12-29T19:00:00Z"},
    {"Pacific/Apia", {2011, 12, 30}, 0, "2011-12-30T10:00:00Z"},
    {"Pacific/Apia", {2011, 12, 30}, 9 * HOUR_MS, "2011-12-30T10:00:00Z"},
    {"Pacific/Apia", {2011, 12, 31}, 0, "2011-12-30T10:00:00Z"},
    /* A day that came twice. */
    {"America/Juneau", {1867, 10, 18}, 16 * HOUR_MS, "1867-10-18T00:57:41Z"},
    {"Europe/Amsterdam", {2026, 3, 29}, 0, "2026-03-28T23:00:00Z"},
    {"Europe/Amsterdam", {2026, 3, 29}, 150 * MINUTE_MS,
	"2026-03-29T01:00:00Z"},
    {"Europe/Amsterdam", {2026, 3, 29}, 8 * HOUR_MS, "2026-03-29T06:00:00Z"},
    {"Europe/Amsterdam", {2026, 10, 25}, 150 * MINUTE_MS,
	"2026-10-25T00:30:00Z"},
    {"Europe/Amsterdam", {2026, 10, 25}, 8 * HOUR_MS, "2026-10-25T07:00:00Z"},
    {"Pacific/Kiritimati", {2026, 3, 1}, 0, "2026-02-28T10:00:00Z"},
    {"Pacific/Pago_Pago", {2026, 3, 1}, 0, "2026-03-01T11:00:00Z"},
    {"Asia/Calcutta", {2026, 3, 1}, 0, "2026-02-28T18:30:00Z"},
    /* A local mean time has seconds. */
    {"Europe/Paris", {1890, 1, 1}, 0, "1889-12-31T23:50:39Z"},
    /* The last rule goes on to the end of the tables, and then stays. */
    {"Europe/Paris", {2200, 7, 1}, 0, "2200-06-30T22:00:00Z"},
    {"Europe/Paris", {2200, 12, 31}, 0, "2200-12-30T23:00:00Z"},
    {"Europe/Paris", {2300, 7, 1}, 0, "2300-06-30T23:00:00Z"},
    {"Europe/Paris", {1, 1, 2}, 0, "0001-01-01T23:50:39Z"},
    {"Europe/Paris", {9999, 12, 31}, 0, "9999-12-30T23:00:00Z"},
};

static void
a_wall_time_is_the_first_instant_that_reads_it_or_later(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++) {
		const struct first_row *row = &firsts[i];
		char what[64];

		(void)snprintf(what, sizeof what, "%s %d-%d-%d %lld", row->zone,
		    row->day.year, row->day.month, row->day.day,
		    (long long)row->ms);
		assert_instant(what,
		    zone_instant(zones, zone_of(row->zone),
			civil_to_days(row->day), row->ms),
		    row->utc);
	}
}

static const struct day_row {
	const char *zone;
	const char *from;
	const char *next;
} days[] = {
    {"UTC", "2025-01-06T08:00:00Z", "2025-01-07T00:00:00Z"},
    {"UTC", "2025-01-06T00:00:00Z", "2025-01-07T00:00:00Z"},
    {"Asia/Almaty", "2024-02-28T18:00:00Z", "2024-02-29T19:00:00Z"},
    {"Asia/Almaty", "2024-02-29T18:30:00Z", "2024-02-29T19:00:00Z"},
    {"America/Santiago", "2024-09-07T12:00:00Z", "2024-09-08T04:00:00Z"},
    {"Africa/Cairo", "2024-04-25T21:59:59.999Z", "2024-04-25T22:00:00Z"},
    {"Pacific/Apia", "2011-12-29T20:00:00Z", "2011-12-30T10:00:00Z"},
    {"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"},
    {"Europe/Amsterdam", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
    {"Europe/Amsterdam", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"},
    {"Asia/Shanghai", "2026-02-28T16:00:00Z", "2026-03-01T16:00:00Z"},
    {"Europe/Istanbul", "2026-03-28T21:00:00Z", "2026-03-29T21:00:00Z"},
    /* The clocks go back over midnight: the day before comes again. */
    {"America/Toronto", "2006-10-28T12:00:00Z", "2006-10-29T04:00:00Z"},
    {"America/St_Johns", "2006-10-28T12:00:00Z", "2006-10-29T02:30:00Z"},
    {"America/St_Johns", "2006-10-29T02:30:00Z", "2006-10-29T02:31:00Z"},
    {"America/St_Johns", "2006-10-29T02:31:00Z", "2006-10-29T03:30:00Z"},
};

static void
the_next_day_begins_where_the_tables_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
		assert_instant(days[i].zone,
		    zone_next_day(
			zones, zone_of(days[i].zone), at(days[i].from)),
		    days[i].next);
}

static const struct month_row {
	const char *zone;
	const char *from;
	int months;
	const char *to;
} months[] = {
    {"UTC", "2025-01-31T08:00:00.123Z", 1, "2025-02-28T08:00:00.123Z"},
    {"UTC", "2024-01-31T08:00:00Z", 1, "2024-02-29T08:00:00Z"},
    {"UTC", "2024-02-29T08:00:00Z", 12, "2025-02-28T08:00:00Z"},
    {"UTC", "2024-12-15T08:00:00Z", 1, "2025-01-15T08:00:00Z"},
    {"UTC", "2024-01-15T08:00:00Z", -1, "2023-12-15T08:00:00Z"},
    {"UTC", "2024-03-31T08:00:00Z", -13, "2023-02-28T08:00:00Z"},
    {"UTC", "2024-03-31T08:00:00Z", 0, "2024-03-31T08:00:00Z"},
    {"Europe/Paris", "2026-02-28T23:30:00Z", 1, "2026-03-31T22:30:00Z"},
    {"Europe/Paris", "2026-02-28T01:30:00Z", 1, "2026-03-28T01:30:00Z"},
    {"Europe/Paris", "2026-03-01T01:30:00Z", 12, "2027-03-01T01:30:00Z"},
    {"Africa/Cairo", "2024-03-25T22:30:00Z", 1, "2024-04-25T22:00:00Z"},
};

static void
a_month_later_is_the_same_wall_time_of_a_day_that_exists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof months / sizeof months[0]; i++)
		assert_instant(months[i].from,
		    zone_add_months(zones, zone_of(months[i].zone),
			at(months[i].from), months[i].months),
		    months[i].to);
}

static void
names_are_found_exactly_and_utc_is_first(void **state)
{
	(void)state;
	assert_int_equal(zone_of("UTC"), ZONE_UTC);
	assert_int_equal(zones_find(zones, SPAN("utc")), ZONE_NONE);
	assert_int_equal(zones_find(zones, SPAN("")), ZONE_NONE);
	assert_int_equal(zones_find(zones, SPAN("Europe/Pari")), ZONE_NONE);
	assert_int_equal(
	    zones_find(zones, SPAN("../../etc/passwd")), ZONE_NONE);
	for (size_t i = 0; i < zones->n; i++)
		assert_int_equal(
		    zones_find(zones, zones_name(zones, (int)i)), (int)i);
	assert_true(zones_version(zones).length >= 5);
	assert_ptr_equal(zones->zone[zone_of("Asia/Calcutta")].table,
	    zones->zone[zone_of("Asia/Kolkata")].table);
}

static void
a_country_has_a_zone_only_if_it_has_one(void **state)
{
	(void)state;
	assert_int_equal(
	    zones_of_country(zones, SPAN("FR")), zone_of("Europe/Paris"));
	assert_int_equal(
	    zones_of_country(zones, SPAN("NL")), zone_of("Europe/Amsterdam"));
	assert_int_equal(
	    zones_of_country(zones, SPAN("IN")), zone_of("Asia/Kolkata"));
	assert_int_equal(zones_of_country(zones, SPAN("US")), ZONE_NONE);
	assert_int_equal(zones_of_country(zones, SPAN("ZZ")), ZONE_NONE);
	assert_int_equal(zones_of_country(zones, SPAN("fr")), ZONE_NONE);
	assert_true(zones_country_known(zones, SPAN("US")));
	assert_false(zones_country_known(zones, SPAN("ZZ")));
	assert_false(zones_country_known(zones, SPAN("fr")));
	assert_false(zones_country_known(zones, SPAN("")));
}

static void
instants_that_never_come_are_answered_too(void **state)
{
	int paris = zone_of("Europe/Paris");

	(void)state;
	assert_int_equal(
	    zone_next_change(zones, paris, INSTANT_NEVER), INSTANT_NEVER);
	assert_int_equal(
	    zone_next_day(zones, paris, INSTANT_NEVER), INSTANT_NEVER);
	(void)zone_local(zones, paris, INSTANT_NEVER);
	(void)zone_local(zones, paris, INSTANT_BEFORE);
	assert_true(zone_next_day(zones, paris, INSTANT_BEFORE) < 0);
	assert_true(zone_instant(zones, paris, INT64_MAX, INT64_MAX) > 0);
	assert_true(zone_instant(zones, paris, INT64_MIN, INT64_MIN) < 0);
	assert_int_equal(zone_next_change(zones, ZONE_UTC, 0), INSTANT_NEVER);
	assert_int_equal(
	    zone_next_change(zones, paris, at("2026-01-01T00:00:00Z")),
	    at("2026-03-29T01:00:00Z"));
	assert_int_equal(
	    zone_next_change(zones, paris, at("2026-03-29T01:00:00Z")),
	    at("2026-10-25T01:00:00Z"));
}

/*
 * A zone of ours whose clocks jump both ways by minutes to a day, against a
 * walk over every quarter of an hour.
 */
enum { STEP = 15 * 60 * 1000, STEPS = 12 * 96, CHANGES = 6, SEEDS = 200 };

static void
make_zone(struct zones *made, struct zone *zone, struct zone_table *table,
    unsigned seed)
{
	static wall_ms changes[CHANGES];
	static int32_t offsets[CHANGES + 1];
	wall_ms t = 0;

	srand(seed);
	offsets[0] = (rand() % 97 - 48) * 900;
	for (size_t i = 0; i < CHANGES; i++) {
		t += (1 + rand() % 150) * (wall_ms)STEP;
		changes[i] = t;
		offsets[i + 1] = (rand() % 97 - 48) * 900;
	}
	*table = (struct zone_table){changes, offsets, CHANGES};
	*zone = (struct zone){SPAN("UTC"), table};
	*made = (struct zones){.zone = zone, .n = 1};
}

static void
tables_and_a_walk_over_each_instant_agree(void **state)
{
	struct zone_table table;
	struct zone zone;
	struct zones made;

	(void)state;
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		int64_t today;
		wall_ms wall = 2 * DAY_MS + (wall_ms)(seed % 96) * STEP;
		wall_ms first = INSTANT_NEVER;
		wall_ms next = INSTANT_NEVER;

		make_zone(&made, &zone, &table, seed);
		today = zone_local(&made, 0, 0).days;
		for (wall_ms t = -2 * DAY_MS; t < STEPS * (wall_ms)STEP;
		     t += STEP) {
			struct local local = zone_local(&made, 0, t);

			if (first == INSTANT_NEVER &&
			    local.days * DAY_MS + local.ms >= wall)
				first = t;
			if (next == INSTANT_NEVER && t > 0 &&
			    local.days != today)
				next = t;
		}
		assert_int_equal(
		    zone_instant(&made, 0, 2, wall - 2 * DAY_MS), first);
		assert_int_equal(zone_next_day(&made, 0, 0), next);
	}
}

static void
tzdata_that_is_not_there_is_fatal_and_says_so(void **state)
{
	const struct zones *none = NULL;
	struct failure why = {{0}};

	(void)state;
	assert_int_equal(setenv("TZDIR", "/nonexistent", 1), 0);
	assert_int_equal(zones_load(arena, &none, &why), FATAL);
	assert_int_equal(unsetenv("TZDIR"), 0);
	assert_null(none);
	assert_non_null(strstr(why.text, "/nonexistent/tzdata.zi"));
	assert_non_null(strstr(why.text, "install"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_wall_time_is_the_first_instant_that_reads_it_or_later),
	    cmocka_unit_test(the_next_day_begins_where_the_tables_say),
	    cmocka_unit_test(
		a_month_later_is_the_same_wall_time_of_a_day_that_exists),
	    cmocka_unit_test(names_are_found_exactly_and_utc_is_first),
	    cmocka_unit_test(a_country_has_a_zone_only_if_it_has_one),
	    cmocka_unit_test(instants_that_never_come_are_answered_too),
	    cmocka_unit_test(tables_and_a_walk_over_each_instant_agree),
	    cmocka_unit_test(tzdata_that_is_not_there_is_fatal_and_says_so),
	};

	return (cmocka_run_group_tests_name(
	    "zones", tests, load_zones, free_zones));
}
