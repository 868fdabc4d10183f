/*
 * What `kithd test` prints about tests that fail, in full: tests/failing holds
 * them, and beside them the text.  KITH_GOLDEN=write writes it anew: read the
 * difference before you commit it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "config/load.h"
#include "config/path.h"
#include "pipeline/lab/test_report.h"
#include "tests/unit/golden.h"
#include "tests/unit/some_zones.h"

static void
locate(const struct source_text *where, struct span *file, size_t *line)
{
	assert_true(place_line(where, file, line));
}

static const struct rule_test_file *
load(struct arena *arena, const char *path)
{
	struct findings *findings = findings_new(arena);
	const struct config_options options = {
	    .zones = &some_zones, .findings = findings};
	struct config_tests tests;
	struct failure why = {{0}};

	if (config_test(arena, &path, 1, &options, &tests, &why) != DONE) {
		struct buffer b;

		buffer_init(&b, arena);
		findings_print(findings, FINDINGS_TEXT, false, &b);
		fail_msg("%s%.*s", why.text, SPAN_ARGS(buffer_span(&b)));
	}
	return (tests.files[0]);
}

static void
misses_are_told(void **state)
{
	struct arena *arena = arena_new();
	struct buffer b;
	const struct test_report report = {.to = &b, .locate = locate};
	struct test_file_run run;

	(void)state;
	buffer_init(&b, arena);
	test_run_file(load(arena, "tests/failing/misses.yaml"), arena, &run);
	test_report_file(&report, &run);
	test_report_end(&report, &run, 1);
	compare_golden(arena, "tests/failing/misses.txt", buffer_span(&b));
	arena_free(arena);
}

static void
misses_are_told_to_programs(void **state)
{
	struct arena *arena = arena_new();
	struct buffer b;
	const struct test_report report = {.to = &b, .locate = locate};
	struct test_file_run run;

	(void)state;
	buffer_init(&b, arena);
	test_run_file(load(arena, "tests/failing/misses.yaml"), arena, &run);
	test_report_json(&report, &run, 1);
	compare_golden(arena, "tests/failing/misses.json", buffer_span(&b));
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(misses_are_told),
	    cmocka_unit_test(misses_are_told_to_programs),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
