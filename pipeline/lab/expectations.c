#include "pipeline/lab/expectations.h"

#include "pipeline/lab/test_param.h"

enum { NOBODY = -1 };

static bool
in_time(const struct test_entry *entry, wall_ms at)
{
	return (at >= entry->from &&
		(entry->range ? at < entry->to : at == entry->from));
}

bool
expectation_fits(const struct test_run *run, const struct test_entry *entry,
    const struct test_output *output)
{
	bool trigger = output->reason.length == 0;

	if (entry->customer != output->customer ||
	    !in_time(entry, output->at) ||
	    (entry->rule != NULL && entry->rule != output->rule))
		return (false);
	if (entry->kind == TEST_EXPECT)
		return (trigger && test_params_equal(entry, output,
				       &run->file->edition->schema->currency));
	return (entry->kind == TEST_SUPPRESSED && !trigger &&
		(entry->reason.length == 0 ||
		    span_equals(entry->reason, output->reason)));
}

static bool
wants_one(const struct test_entry *entry)
{
	return (
	    (entry->kind == TEST_EXPECT || entry->kind == TEST_SUPPRESSED) &&
	    !entry->at_least_given);
}

/*
 * A matching of entries to outputs that leaves out as few as can be: for each
 * entry the shortest path to a free output, along which those that were
 * matched before move over.
 */
struct matching {
	const struct test_run *run;
	int *entry_of;  /* by output, or NOBODY */
	int *output_of; /* by entry, or NOBODY */
	int *from;      /* by output: the entry that the path came from */
	int *queue;     /* of entries */
};

/* A free output that is reached from an entry, or NOBODY. */
static int
search(struct matching *m, int start)
{
	const struct test_run *run = m->run;
	int head = 0;
	int tail = 0;

	for (size_t i = 0; i < run->n_outputs; i++)
		m->from[i] = NOBODY;
	m->queue[tail++] = start;
	while (head < tail) {
		int e = m->queue[head++];

		for (int o = 0; o < (int)run->n_outputs; o++) {
			if (m->from[o] != NOBODY ||
			    !expectation_fits(
				run, &run->test->entries[e], &run->outputs[o]))
				continue;
			m->from[o] = e;
			if (m->entry_of[o] == NOBODY)
				return (o);
			m->queue[tail++] = m->entry_of[o];
		}
	}
	return (NOBODY);
}

static void
match(struct matching *m, int entry)
{
	int output = search(m, entry);

	while (output != NOBODY) {
		int e = m->from[output];
		int before = m->output_of[e];

		m->entry_of[output] = e;
		m->output_of[e] = output;
		output = before;
	}
}

static struct matching
matching_of(const struct test_run *run, struct arena *arena)
{
	size_t n_entries = run->test->n_entries;
	struct matching m = {.run = run,
	    .entry_of = ARENA_ARRAY(arena, run->n_outputs, int),
	    .output_of = ARENA_ARRAY(arena, n_entries, int),
	    .from = ARENA_ARRAY(arena, run->n_outputs, int),
	    .queue = ARENA_ARRAY(arena, n_entries + 1, int)};

	for (size_t i = 0; i < run->n_outputs; i++)
		m.entry_of[i] = NOBODY;
	for (size_t i = 0; i < n_entries; i++)
		m.output_of[i] = NOBODY;
	for (size_t i = 0; i < n_entries; i++) {
		if (wants_one(&run->test->entries[i]))
			match(&m, (int)i);
	}
	return (m);
}

static size_t
count_fits(struct test_run *run, const struct test_entry *entry)
{
	size_t n = 0;

	for (size_t i = 0; i < run->n_outputs; i++) {
		if (!expectation_fits(run, entry, &run->outputs[i]))
			continue;
		run->outputs[i].listed = true;
		n++;
	}
	return (n);
}

static bool
asked_about(const struct rule_test *test, const struct rule *rule)
{
	for (size_t i = 0; i < test->n_rules; i++) {
		if (test->rules[i] == rule)
			return (true);
	}
	return (test->n_rules == 0);
}

static void
fail_unlisted(
    struct test_run *run, const struct test_output *output, struct arena *arena)
{
	struct span *note = ARENA_NEW(arena, struct span);
	struct span name = run->file->customers[output->customer].name.text;
	bool other = output->customer != run->test->customer;
	struct test_failure failure = {.where = &run->test->name,
	    .customer = output->customer,
	    .at = output->at,
	    .said = arena_print(arena,
		"%.*s came%s%.*s at %.*s and is not listed",
		SPAN_ARGS(output->rule->name), other ? " for " : "",
		SPAN_ARGS(other ? name : SPAN("")),
		SPAN_ARGS(
		    timeline_offset(output->at - run->file->start, arena)))};

	if (output->why.length > 0) {
		*note =
		    arena_print(arena, "because: %.*s", SPAN_ARGS(output->why));
		failure.notes = note;
		failure.n_notes = 1;
	}
	test_fail(run, arena, &failure);
}

void
expectations_meet(struct test_run *run, struct arena *arena)
{
	const struct rule_test *test = run->test;
	struct matching m = matching_of(run, arena);

	for (size_t i = 0; i < run->n_outputs; i++)
		run->outputs[i].listed = m.entry_of[i] != NOBODY;
	for (size_t i = 0; i < test->n_entries; i++) {
		const struct test_entry *entry = &test->entries[i];

		if (entry->kind != TEST_EXPECT &&
		    entry->kind != TEST_SUPPRESSED)
			continue;
		if (wants_one(entry)) {
			if (m.output_of[i] == NOBODY)
				expectation_missed(run, entry, 0, arena);
		} else {
			size_t n = count_fits(run, entry);

			if (n < (size_t)entry->at_least)
				expectation_missed(run, entry, n, arena);
		}
	}
	for (size_t i = 0; i < run->n_outputs; i++) {
		const struct test_output *output = &run->outputs[i];

		if (!output->listed && !output->told &&
		    output->reason.length == 0 &&
		    output->at >= run->timeline.first &&
		    asked_about(test, output->rule))
			fail_unlisted(run, output, arena);
	}
}
