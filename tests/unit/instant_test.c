#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/base/instant.h"

static const struct row {
	const char *text;
	enum outcome outcome;
	wall_ms t;
} rows[] = {
    {"1970-01-01T00:00:00Z", DONE, 0},
    {"2025-01-06T08:00:00Z", DONE, 1736150400000},
    {"2025-01-06t08:00:00z", DONE, 1736150400000},
    {"2025-01-06T10:00:00.5+02:00", DONE, 1736150400500},
    {"2025-01-06T08:00:00.1239999999999999999999Z", DONE, 1736150400123},
    {"2025-01-06T00:30:00-07:30", DONE, 1736150400000},
    {"1969-12-31T23:59:59.9999Z", DONE, -1},
    {"2024-02-29T00:00:00Z", DONE, 1709164800000},
    {"2024-02-29T00:00:00-00:00", DONE, 1709164800000},
    {"0001-01-01T00:00:00Z", DONE, -62135596800000},
    {"9999-12-31T23:59:59.999Z", DONE, 253402300799999},
    {"0001-01-01T00:00:00+00:01", REJECT, 0},
    {"9999-12-31T23:59:59-00:01", REJECT, 0},
    {"0000-01-01T00:00:00Z", REJECT, 0},
    {"2025-02-29T00:00:00Z", REJECT, 0},
    {"2100-02-29T00:00:00Z", REJECT, 0},
    {"2025-13-01T00:00:00Z", REJECT, 0},
    {"2025-00-01T00:00:00Z", REJECT, 0},
    {"2025-01-00T00:00:00Z", REJECT, 0},
    {"2025-01-06T24:00:00Z", REJECT, 0},
    {"2025-01-06T08:60:00Z", REJECT, 0},
    {"2016-12-31T23:59:60Z", REJECT, 0},
    {"2025-01-06T08:00:00+24:00", REJECT, 0},
    {"2025-01-06T08:00:00+02:60", REJECT, 0},
    {"2025-01-06T08:00:00", REJECT, 0},
    {"2025-01-06T08:00:00.Z", REJECT, 0},
    {"2025-01-06T08:00Z", REJECT, 0},
    {"2025-01-06 08:00:00Z", REJECT, 0},
    {"2025-1-06T08:00:00Z", REJECT, 0},
    {"2025-01-06T08:00:00+0200", REJECT, 0},
    {"2025-01-06T08:00:00Zx", REJECT, 0},
    {" 2025-01-06T08:00:00Z", REJECT, 0},
    {"2025-01-06", REJECT, 0},
    {"2025", REJECT, 0},
    {"-025-01-06T08:00:00Z", REJECT, 0},
    {"", REJECT, 0},
};

static void
instant_is_read_or_rejected_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		wall_ms got = -7;
		struct failure why = {{0}};
		enum outcome outcome =
		    instant_parse(span_of(rows[i].text), &got, &why);

		if (outcome != rows[i].outcome)
			fail_msg("'%s': outcome %d, %s", rows[i].text, outcome,
			    why.text);
		assert_int_equal(got, outcome == DONE ? rows[i].t : -7);
		assert_true((outcome == DONE) == (why.text[0] == '\0'));
	}
}

static void
each_prefix_of_an_instant_is_rejected(void **state)
{
	const struct span whole = SPAN("2025-01-06T10:00:00.5+02:00");
	wall_ms t;

	(void)state;
	assert_int_equal(
	    instant_parse((struct span){NULL, 0}, &t, NULL), REJECT);
	for (size_t n = 0; n < whole.length; n++) {
		/* An exact copy, so that a sanitizer sees a read past it. */
		char *text = test_malloc(n + 1);
		struct span part = {text, n};

		(void)memcpy(text, whole.at, n);
		assert_int_equal(instant_parse(part, &t, NULL), REJECT);
		test_free(text);
	}
}

static const struct text_row {
	wall_ms t;
	const char *text;
} texts[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {-1, "1969-12-31T23:59:59.999Z"},
    {1736150400123, "2025-01-06T08:00:00.123Z"},
    {-62135596800000, "0001-01-01T00:00:00.000Z"},
    {253402300799999, "9999-12-31T23:59:59.999Z"},
    {INSTANT_NEVER, "9999-12-31T23:59:59.999Z"},
    {INSTANT_BEFORE, "0001-01-01T00:00:00.000Z"},
};

static void
instant_is_written_in_utc_with_three_decimals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char text[INSTANT_TEXT_MAX];

		instant_format(texts[i].t, text);
		assert_string_equal(text, texts[i].text);
	}
}

static void
what_is_written_reads_back(void **state)
{
	const wall_ms step = 86399999 * INT64_C(13);

	(void)state;
	for (wall_ms t = -62135596800000; t < 253402300800000; t += step) {
		char text[INSTANT_TEXT_MAX];
		wall_ms back;

		instant_format(t, text);
		assert_int_equal(
		    instant_parse(span_of(text), &back, NULL), DONE);
		assert_int_equal(back, t);
	}
}

static void
utc_days_are_floored(void **state)
{
	(void)state;
	assert_int_equal(instant_utc_day(0), 0);
	assert_int_equal(instant_utc_day(DAY_MS - 1), 0);
	assert_int_equal(instant_utc_day(-1), -1);
	assert_int_equal(instant_utc_day(-DAY_MS), -1);
	assert_int_equal(instant_utc_day(-DAY_MS - 1), -2);
	assert_int_equal(instant_next_utc_day(0), DAY_MS);
	assert_int_equal(instant_next_utc_day(DAY_MS - 1), DAY_MS);
	assert_int_equal(instant_next_utc_day(-1), 0);
	assert_int_equal(instant_next_utc_day(INSTANT_NEVER), INSTANT_NEVER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(instant_is_read_or_rejected_whole),
	    cmocka_unit_test(each_prefix_of_an_instant_is_rejected),
	    cmocka_unit_test(instant_is_written_in_utc_with_three_decimals),
	    cmocka_unit_test(what_is_written_reads_back),
	    cmocka_unit_test(utc_days_are_floored),
	};

	return (cmocka_run_group_tests_name("instant", tests, NULL, NULL));
}
