#include "pipeline/lab/test_run.h"

#include <stdlib.h>

#include "pipeline/lab/expectations.h"
#include "pipeline/lab/test_walk.h"

enum { FIRST_ROOM = 4, PER_CENT = 100 };

void
test_fail(struct test_run *run, struct arena *arena,
    const struct test_failure *failure)
{
	if (run->n_failures == run->failures_room) {
		size_t room = run->failures_room == 0 ? FIRST_ROOM
						      : 2 * run->failures_room;
		struct test_failure *grown =
		    ARENA_ARRAY(arena, room, struct test_failure);

		for (size_t i = 0; i < run->n_failures; i++)
			grown[i] = run->failures[i];
		run->failures = grown;
		run->failures_room = room;
	}
	run->failures[run->n_failures++] = *failure;
}

static int
compare_outputs(const void *a, const void *b)
{
	const struct test_output *x = a;
	const struct test_output *y = b;

	if (x->at != y->at)
		return (x->at < y->at ? -1 : 1);
	if (x->customer != y->customer)
		return (x->customer < y->customer ? -1 : 1);
	/* As they came out: qsort keeps no order of its own. */
	return (x->order < y->order ? -1 : x->order > y->order);
}

static int
compare_failures(const void *a, const void *b)
{
	const struct test_failure *x = a;
	const struct test_failure *y = b;

	if (x->at != y->at)
		return (x->at < y->at ? -1 : 1);
	return (x->order < y->order ? -1 : x->order > y->order);
}

static void
run_test(struct test_run *run, struct tally *tallies, struct arena *arena)
{
	const struct rule_test_file *file = run->file;

	run->timeline = timeline_of(file, run->test, arena);
	for (int i = 0; i < (int)file->n_customers; i++) {
		if (timeline_knows(run->test, i))
			test_walk(run, i, tallies, arena);
	}
	for (size_t i = 0; i < run->n_outputs; i++)
		run->outputs[i].order = i;
	if (run->n_outputs > 1)
		qsort(run->outputs, run->n_outputs, sizeof *run->outputs,
		    compare_outputs);
	expectations_meet(run, arena);
	for (size_t i = 0; i < run->n_failures; i++)
		run->failures[i].order = i;
	if (run->n_failures > 1)
		qsort(run->failures, run->n_failures, sizeof *run->failures,
		    compare_failures);
}

uint64_t
test_suppressed(const struct tally *tally)
{
	uint64_t n = 0;

	for (int i = 0; i < REASONS; i++)
		n += tally->suppressed[i];
	return (n);
}

static void
measure(struct test_file_run *ret)
{
	const struct edition *edition = ret->file->edition;

	for (size_t i = 0; i < edition->n_rules; i++) {
		const struct tally *tally = &ret->tallies[i];

		if (edition->rules[i].mode != MODE_LIVE)
			continue;
		ret->n_live++;
		ret->n_reached += tally->triggers + test_suppressed(tally) > 0;
	}
	ret->covered = ret->n_reached * PER_CENT >=
		       ret->n_live * (size_t)ret->file->coverage;
}

void
test_run_file(const struct rule_test_file *file, struct arena *arena,
    struct test_file_run *ret)
{
	struct tally *tallies =
	    ARENA_ARRAY(arena, file->edition->n_rules, struct tally);

	*ret = (struct test_file_run){.file = file,
	    .tallies = tallies,
	    .runs = ARENA_ARRAY(arena, file->n_tests, struct test_run)};
	for (size_t i = 0; i < file->n_tests; i++) {
		struct test_run *run = &ret->runs[i];

		run->file = file;
		run->test = &file->tests[i];
		run_test(run, tallies, arena);
		ret->n_failed += run->n_failures > 0;
	}
	measure(ret);
}
