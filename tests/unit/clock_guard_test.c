#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/clock_guard.h"

enum { T = 1700000000, STEP = 1000, MINUTE = 60 * 1000, YEAR = 365 };

/* The wall reads monotonic + base + leap. */
static struct guarded_time
reads(struct clock_guard *guard, int64_t monotonic, int64_t leap)
{
	return (clock_guard_read(guard, T + monotonic + leap, monotonic));
}

static void
a_clock_that_goes_on_is_believed(void **state)
{
	struct clock_guard guard = {.begun = false};

	(void)state;
	for (int64_t t = 0; t < 10 * MINUTE; t += STEP) {
		/* Slowly corrected, by more than a minute in the end. */
		struct guarded_time time = reads(&guard, t, t / 4);

		assert_true(time.steady);
		assert_int_equal(time.wall, T + t + t / 4);
	}
}

static void
a_leap_is_not_believed_until_it_has_held_for_a_minute(void **state)
{
	static const int64_t leaps[] = {
	    10LL * YEAR * 24 * 60 * MINUTE, -60LL * MINUTE};

	(void)state;
	for (size_t i = 0; i < sizeof leaps / sizeof leaps[0]; i++) {
		struct clock_guard guard = {.begun = false};
		struct guarded_time time = reads(&guard, 0, 0);

		assert_true(time.steady);
		for (int64_t t = STEP; t < STEP + MINUTE; t += STEP) {
			time = reads(&guard, t, leaps[i]);
			assert_false(time.steady);
			assert_int_equal(time.wall, T + t);
		}
		time = reads(&guard, STEP + MINUTE, leaps[i]);
		assert_true(time.steady);
		assert_int_equal(time.wall, T + STEP + MINUTE + leaps[i]);
	}
}

static void
a_leap_that_is_taken_back_was_none(void **state)
{
	struct clock_guard guard = {.begun = false};

	(void)state;
	(void)reads(&guard, 0, 0);
	assert_false(reads(&guard, STEP, 5 * MINUTE).steady);
	assert_true(reads(&guard, 2 * STEP, 0).steady);
	/* And the next one starts its own minute. */
	assert_false(reads(&guard, 2 * MINUTE, 5 * MINUTE).steady);
}

static void
a_clock_that_leaps_about_is_never_believed(void **state)
{
	struct clock_guard guard = {.begun = false};

	(void)state;
	(void)reads(&guard, 0, 0);
	for (int64_t t = 1; t < 10; t++)
		assert_false(
		    reads(&guard, t * MINUTE / 2, t * 10 * MINUTE).steady);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_clock_that_goes_on_is_believed),
	    cmocka_unit_test(
		a_leap_is_not_believed_until_it_has_held_for_a_minute),
	    cmocka_unit_test(a_leap_that_is_taken_back_was_none),
	    cmocka_unit_test(a_clock_that_leaps_about_is_never_believed),
	};

	return (cmocka_run_group_tests_name("clock_guard", tests, NULL, NULL));
}
