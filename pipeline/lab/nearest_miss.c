/*
 * Why nothing met an expectation: the output that comes nearest to it, in the
 * order in which a person would look.  The same trigger with other params, at
 * another time; its suppression; its waiting; another rule altogether.
 */
#include "pipeline/lab/expectations.h"
#include "pipeline/lab/test_param.h"

enum { NOTES_MAX = 3 };

struct miss {
	struct test_run *run;
	const struct test_entry *entry;
	struct arena *arena;
	struct span notes[NOTES_MAX];
	size_t n;
};

static void
note(struct miss *m, struct span text)
{
	if (m->n < NOTES_MAX)
		m->notes[m->n++] = text;
}

static struct span
offset(const struct miss *m, wall_ms t)
{
	return (timeline_offset(t - m->run->file->start, m->arena));
}

static duration_ms
distance(const struct test_entry *entry, wall_ms at)
{
	if (at < entry->from)
		return (entry->from - at);
	if (entry->range)
		return (at < entry->to ? 0 : at - entry->to + 1);
	return (at - entry->from);
}

/* Of the rule's outputs for the customer the nearest in time. */
static struct test_output *
nearest(const struct miss *m, bool suppressed)
{
	struct test_output *found = NULL;

	for (size_t i = 0; i < m->run->n_outputs; i++) {
		struct test_output *o = &m->run->outputs[i];

		if (o->customer != m->entry->customer ||
		    (o->reason.length > 0) != suppressed || o->listed ||
		    o->told ||
		    (m->entry->rule != NULL && m->entry->rule != o->rule))
			continue;
		if (found == NULL ||
		    distance(m->entry, o->at) < distance(m->entry, found->at))
			found = o;
	}
	return (found);
}

static void
note_trigger(struct miss *m)
{
	struct test_output *o = nearest(m, false);
	struct span other;

	if (o == NULL)
		return;
	o->told = true;
	if (m->entry->kind != TEST_EXPECT || distance(m->entry, o->at) > 0) {
		note(m,
		    arena_print(m->arena, "%.*s was published at %.*s",
			SPAN_ARGS(o->rule->name), SPAN_ARGS(offset(m, o->at))));
		return;
	}
	other = test_params_differ(
	    m->entry, o, &m->run->file->edition->schema->currency, m->arena);
	note(m, arena_print(m->arena, "it came, but %.*s", SPAN_ARGS(other)));
}

static void
note_suppressed(struct miss *m)
{
	const struct test_output *o = nearest(m, true);

	if (o == NULL)
		return;
	note(m, arena_print(m->arena, "%.*s was suppressed at %.*s: %.*s%s%.*s",
		    SPAN_ARGS(o->rule->name), SPAN_ARGS(offset(m, o->at)),
		    SPAN_ARGS(o->reason), o->detail.length > 0 ? ", " : "",
		    SPAN_ARGS(o->detail)));
}

static void
note_waiting(struct miss *m)
{
	const struct rule *rule = m->entry->rule;

	for (size_t i = 0; i < m->run->n_waiting; i++) {
		const struct test_waiting *waiting = &m->run->waiting[i];

		if (waiting->customer != m->entry->customer ||
		    waiting->rule != rule || rule == NULL)
			continue;
		note(m, arena_print(m->arena,
			    "%.*s still waits at the end, for %.*s",
			    SPAN_ARGS(waiting->rule->name),
			    SPAN_ARGS(offset(m, waiting->due))));
	}
}

static void
note_mode(struct miss *m)
{
	const struct rule *rule = m->entry->rule;

	if (rule != NULL && rule->mode == MODE_SHADOW)
		note(m, arena_print(m->arena,
			    "%.*s is in shadow mode: it says nothing",
			    SPAN_ARGS(rule->name)));
	else if (rule != NULL && rule->mode == MODE_OFF)
		note(m, arena_print(
			    m->arena, "%.*s is off", SPAN_ARGS(rule->name)));
	else if (m->n == 0 && rule != NULL)
		note(m, arena_print(m->arena, "%.*s decided nothing%s",
			    SPAN_ARGS(rule->name),
			    m->entry->from > m->run->test->until
				? " (the time lies after `until`)"
				: " else for this customer"));
}

static struct span
wanted(const struct miss *m, size_t n_met)
{
	const struct test_entry *entry = m->entry;
	struct buffer b;

	buffer_init(&b, m->arena);
	buffer_print(&b, "expected ");
	if (entry->at_least_given)
		buffer_print(&b, "at least %d of ", entry->at_least);
	buffer_span_add(
	    &b, entry->rule == NULL ? SPAN("any rule") : entry->rule->name);
	if (entry->kind == TEST_SUPPRESSED)
		buffer_print(&b, " suppressed");
	if (entry->reason.length > 0)
		buffer_print(&b, " (%.*s)", SPAN_ARGS(entry->reason));
	buffer_print(&b, " %s %.*s", entry->range ? "in" : "at",
	    SPAN_ARGS(offset(m, entry->from)));
	if (entry->range)
		buffer_print(&b, "..%.*s", SPAN_ARGS(offset(m, entry->to)));
	if (entry->at_least_given)
		buffer_print(&b, ", %zu came", n_met);
	return (arena_span(m->arena, buffer_span(&b)));
}

void
expectation_missed(struct test_run *run, const struct test_entry *entry,
    size_t n_met, struct arena *arena)
{
	struct miss m = {.run = run, .entry = entry, .arena = arena};
	struct test_failure failure = {.where = &entry->where,
	    .customer = entry->customer,
	    .at = entry->from};

	if (entry->kind == TEST_EXPECT)
		note_trigger(&m);
	note_suppressed(&m);
	if (entry->kind == TEST_SUPPRESSED)
		note_trigger(&m);
	note_waiting(&m);
	note_mode(&m);
	failure.said = wanted(&m, n_met);
	failure.notes = arena_copy(arena, m.notes, m.n * sizeof m.notes[0]);
	failure.n_notes = m.n;
	test_fail(run, arena, &failure);
}
