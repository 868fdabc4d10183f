#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/base/civil.h"

static const struct row {
	struct civil_day day;
	int64_t days;
	int weekday;
	int day_of_year;
} rows[] = {
    {{1970, 1, 1}, 0, 4, 0},
    {{1969, 12, 31}, -1, 3, 364},
    {{1, 1, 1}, -719162, 1, 0},
    {{9999, 12, 31}, 2932896, 5, 364},
    {{2000, 2, 29}, 11016, 2, 59},
    {{2000, 3, 1}, 11017, 3, 60},
    {{2023, 3, 1}, 19417, 3, 59},
    {{2024, 2, 29}, 19782, 4, 59},
    {{2024, 12, 31}, 20088, 2, 365},
    {{2100, 2, 28}, 47540, 0, 58},
    {{2100, 3, 1}, 47541, 1, 59},
    {{1900, 3, 1}, -25508, 4, 59},
};

static void
dates_and_days_are_each_others_inverse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct civil_day back = civil_from_days(rows[i].days);

		assert_int_equal(civil_to_days(rows[i].day), rows[i].days);
		assert_memory_equal(&back, &rows[i].day, sizeof back);
		assert_int_equal(civil_weekday(rows[i].days), rows[i].weekday);
		assert_int_equal(
		    civil_day_of_year(rows[i].day), rows[i].day_of_year);
	}
}

static void
each_day_follows_the_one_before_it(void **state)
{
	struct civil_day day = {1, 1, 1};
	int64_t days = civil_to_days(day);

	(void)state;
	for (; day.year < 10000; days++) {
		struct civil_day got = civil_from_days(days);

		assert_memory_equal(&got, &day, sizeof got);
		assert_int_equal(civil_to_days(day), days);
		if (++day.day > civil_days_in_month(day.year, day.month)) {
			day.day = 1;
			day.month++;
		}
		if (day.month > 12) {
			day.month = 1;
			day.year++;
		}
	}
	assert_int_equal(days, 2932897);
}

static void
leap_years_are_those_of_gregory(void **state)
{
	(void)state;
	assert_true(civil_leap_year(2000));
	assert_true(civil_leap_year(2024));
	assert_false(civil_leap_year(1900));
	assert_false(civil_leap_year(2023));
	assert_false(civil_leap_year(2100));
	assert_int_equal(civil_days_in_month(2023, 2), 28);
	assert_int_equal(civil_days_in_month(2024, 2), 29);
	assert_int_equal(civil_days_in_month(2024, 4), 30);
	assert_int_equal(civil_days_in_month(2024, 12), 31);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dates_and_days_are_each_others_inverse),
	    cmocka_unit_test(each_day_follows_the_one_before_it),
	    cmocka_unit_test(leap_years_are_those_of_gregory),
	};

	return (cmocka_run_group_tests_name("civil", tests, NULL, NULL));
}
