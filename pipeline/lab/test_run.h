#ifndef PIPELINE_LAB_TEST_RUN_H
#define PIPELINE_LAB_TEST_RUN_H

#include "pipeline/decide/advance.h"
#include "pipeline/lab/test_timeline.h"

/*
 * Running RuleTests: each test has customers of its own and a virtual clock.
 * Its records take the way of an event (bytes, decoder, advance(), bytes of
 * the customer), its timers run where they are due, and what comes out is held
 * against what the timeline lists.
 */

/* A param of a trigger that came. */
struct test_actual {
	struct span name;
	struct value value; /* scalars; else null */
	struct span json;
};

/* A trigger, or (with a reason) a decision that was suppressed. */
struct test_output {
	const struct rule *rule;
	int customer;
	wall_ms at;    /* W: decided_at */
	wall_ms since; /* tau: occurred_at */
	struct span reason;
	struct span detail;
	struct span why;
	const struct test_actual *params;
	size_t n_params;
	bool listed;  /* the timeline has it */
	bool told;    /* as the nearest miss of what the timeline has */
	size_t order; /* in which it came out */
};

/* A decision that still waits when the test is over. */
struct test_waiting {
	const struct rule *rule;
	int customer;
	wall_ms since; /* tau */
	wall_ms due;
};

/* What is wrong, and what may explain it. */
struct test_failure {
	const struct source_text *where;
	int customer;
	wall_ms at;
	struct span said; /* "expected win_back at 71d" */
	const struct span *notes;
	size_t n_notes;
	size_t order; /* in which it was found */
};

struct test_run {
	const struct rule_test_file *file;
	const struct rule_test *test;
	struct timeline timeline;
	struct test_output *outputs; /* by (at, customer) */
	size_t n_outputs;
	size_t outputs_room;
	struct test_waiting *waiting;
	size_t n_waiting;
	struct test_failure *failures; /* none: it passed */
	size_t n_failures;
	size_t failures_room;
};

struct test_file_run {
	const struct rule_test_file *file;
	struct test_run *runs; /* file->n_tests */
	size_t n_failed;
	const struct tally *tallies; /* by rule of the edition, of all tests */
	size_t n_live;               /* rules of `mode: live` */
	size_t n_reached; /* of these, by a decision, whatever became of it */
	bool covered;     /* as much as `coverage:` wants */
};

/* The results live in the arena. */
void test_run_file(const struct rule_test_file *file, struct arena *arena,
    struct test_file_run *ret);

/* Of one rule in all tests. */
uint64_t test_suppressed(const struct tally *tally);

/* For the runner's own files: */
void test_fail(struct test_run *run, struct arena *arena,
    const struct test_failure *failure);

#endif
