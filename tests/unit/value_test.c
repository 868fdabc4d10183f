#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/base/value.h"

static void
a_value_is_sixteen_bytes(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct value), 16);
}

static const struct civil_day days[] = {
    {0, 2, 29}, /* a birthday without its year */
    {1, 1, 1},
    {1988, 2, 29},
    {1988, 3, 1},
    {1988, 12, 31},
    {1989, 1, 1},
    {9999, 12, 31},
};

static void
dates_are_packed_in_their_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
		struct value v = value_date(days[i]);
		struct civil_day back = value_civil_day(v);

		assert_memory_equal(&back, &days[i], sizeof back);
		if (i > 0)
			assert_true(v.i > value_date(days[i - 1]).i);
	}
}

static void
a_text_keeps_its_nul(void **state)
{
	struct value v = value_string(SPAN("a\0b"));

	(void)state;
	assert_int_equal(v.kind, VALUE_STRING);
	assert_true(span_equals(value_text(v), SPAN("a\0b")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_value_is_sixteen_bytes),
	    cmocka_unit_test(dates_are_packed_in_their_order),
	    cmocka_unit_test(a_text_keeps_its_nul),
	};

	return (cmocka_run_group_tests_name("value", tests, NULL, NULL));
}
