#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "pipeline/base/record.h"
#include "pipeline/base/report.h"

static const struct span_row {
	struct span a;
	struct span b;
	int order;
} spans[] = {
    {SPAN_INIT("a"), SPAN_INIT("a"), 0},
    {SPAN_INIT("a"), SPAN_INIT("b"), -1},
    {SPAN_INIT("a"), SPAN_INIT("ab"), -1},
    {SPAN_INIT("b"), SPAN_INIT("ab"), 1},
    {SPAN_INIT("\xff"), SPAN_INIT("a"), 1},
    {SPAN_INIT("a\0b"), SPAN_INIT("a\0c"), -1},
    {{NULL, 0}, SPAN_INIT(""), 0},
    {{NULL, 0}, SPAN_INIT("a"), -1},
};

static int
sign(int order)
{
	return ((order > 0) - (order < 0));
}

static void
spans_are_ordered_by_their_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
		const struct span_row *row = &spans[i];

		assert_int_equal(
		    sign(span_compare(row->a, row->b)), row->order);
		assert_int_equal(
		    sign(span_compare(row->b, row->a)), -row->order);
		assert_int_equal(span_equals(row->a, row->b), row->order == 0);
	}
}

/* Rising. */
static const struct position positions[] = {
    {INSTANT_BEFORE, SPAN_INIT("z"), false},
    {1, {NULL, 0}, false},
    {1, SPAN_INIT("a"), false},
    {1, SPAN_INIT("b"), false},
    {1, {NULL, 0}, true},
    {2, SPAN_INIT("a"), false},
    {INSTANT_NEVER, {NULL, 0}, true},
};

static void
positions_are_ordered_as_due_customers_are(void **state)
{
	const size_t n = sizeof positions / sizeof positions[0];

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n; k++)
			assert_int_equal(
			    sign(position_compare(positions[i], positions[k])),
			    (i > k) - (i < k));
	}
}

static struct finding last;
static char last_message[256];

static void
keep(struct report *report, const struct finding *finding)
{
	(void)report;
	last = *finding;
	(void)snprintf(last_message, sizeof last_message, "%.*s",
	    SPAN_ARGS(finding->message));
}

static void
errors_are_counted_and_warnings_are_not(void **state)
{
	struct source_text where = {SPAN("a: b"), NULL};
	struct report report = {keep, 0};

	(void)state;
	report_error(&report, "E120", &where, 3, 1, "try c", "no %s here", "b");
	assert_int_equal(report.errors, 1);
	assert_int_equal(last.severity, SEVERITY_ERROR);
	assert_string_equal(last.code, "E120");
	assert_ptr_equal(last.where, &where);
	assert_int_equal(last.offset, 3);
	assert_string_equal(last_message, "no b here");
	assert_true(span_equals(last.help, SPAN("try c")));
	report_warning(&report, "W1", &where, 0, 0, NULL, "hm");
	assert_int_equal(report.errors, 1);
	assert_int_equal(last.severity, SEVERITY_WARNING);
	assert_int_equal(last.help.length, 0);
}

static void
a_failure_is_one_line_and_its_outcome(void **state)
{
	struct failure why;

	(void)state;
	assert_int_equal(fail_with(&why, RETRY, "%s: %d", "x", 5), RETRY);
	assert_string_equal(why.text, "x: 5");
	assert_int_equal(fail_with(NULL, FATAL, "unread"), FATAL);
	assert_int_equal(fail_with(&why, REJECT, "%0300d", 1), REJECT);
	assert_int_equal(strlen(why.text), FAILURE_TEXT_MAX - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(spans_are_ordered_by_their_bytes),
	    cmocka_unit_test(positions_are_ordered_as_due_customers_are),
	    cmocka_unit_test(errors_are_counted_and_warnings_are_not),
	    cmocka_unit_test(a_failure_is_one_line_and_its_outcome),
	};

	return (cmocka_run_group_tests_name("base", tests, NULL, NULL));
}
