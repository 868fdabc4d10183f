#ifndef PIPELINE_LAB_TEST_REPORT_H
#define PIPELINE_LAB_TEST_REPORT_H

#include "pipeline/base/buffer.h"
#include "pipeline/lab/test_run.h"

/* What a run of RuleTests says to people, and to programs. */
struct test_report {
	struct buffer *to;
	bool colour; /* for terminals */
	/* Where a text stands; the layer that reads files knows. */
	void (*locate)(
	    const struct source_text *where, struct span *file, size_t *line);
};

/*
 * A line for each test; under one that failed what was expected, what came
 * instead, and what happened around it.  Then the coverage, where it is asked
 * for.
 */
void test_report_file(
    const struct test_report *report, const struct test_file_run *run);
/* "N passed, N failed": a coverage that is too low counts as a failure. */
void test_report_end(const struct test_report *report,
    const struct test_file_run *runs, size_t n);
/* All of it as one JSON object, with its line end. */
void test_report_json(const struct test_report *report,
    const struct test_file_run *runs, size_t n);

struct test_count {
	size_t passed;
	size_t failed;
};
struct test_count test_count(const struct test_file_run *runs, size_t n);

#endif
