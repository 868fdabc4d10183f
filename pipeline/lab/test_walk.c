/*
 * A customer on a virtual clock, in batches as the loop has them: records and
 * then timers up to a bound, none across 00:00 UTC, the customer as bytes in
 * between.  In an outage nothing is taken; at its end what has gathered runs
 * as a backlog, with a wall clock that stands there.
 */
#include "pipeline/lab/test_walk.h"

#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/customer/codec.h"
#include "pipeline/event/decode.h"

enum { LIVE_WITHIN_MS = 60000, TERMS_MAX = 8, FIRST_ROOM = 16 };

struct walk {
	struct test_run *run;
	const struct edition *edition;
	int customer;
	struct span id;
	struct decoder *decoder;
	struct customer_codec codec;
	struct advance advance;
	struct arena *keep;  /* for what the run keeps */
	struct arena *batch; /* of the batch at hand */
	char *bytes;         /* of the customer; NULL: not known yet */
	size_t n_bytes;
	wall_ms until;
	size_t next;                     /* record */
	const struct test_entry *outage; /* the last one that is over */
};

static const struct test_record *
next_record(struct walk *w)
{
	const struct timeline *timeline = &w->run->timeline;

	while (w->next < timeline->n &&
	       timeline->records[w->next].customer != w->customer)
		w->next++;
	return (w->next < timeline->n ? &timeline->records[w->next] : NULL);
}

static const struct rule *
rule_of(const struct edition *edition, uint32_t hash)
{
	for (size_t i = 0; i < edition->n_rules; i++) {
		if (edition->rules[i].hash == hash)
			return (&edition->rules[i]);
	}
	return (NULL);
}

static struct customer *
load(const struct walk *w)
{
	struct span bytes = {w->bytes, w->n_bytes};
	struct customer *customer;
	struct failure why;

	if (w->bytes == NULL)
		return (customer_new(w->batch, w->edition->schema, w->id));
	CHECK(customer_decode(
		  &w->codec, w->id, bytes, w->batch, &customer, &why) == DONE);
	return (customer);
}

static void
save(struct walk *w, const struct customer *customer)
{
	struct span bytes = customer_encode(&w->codec, customer, w->batch);

	w->bytes = realloc(w->bytes, bytes.length + 1);
	CHECK(w->bytes != NULL);
	(void)memcpy(w->bytes, bytes.at, bytes.length);
	w->n_bytes = bytes.length;
	w->until = customer->until;
}

/* A value that outlives the batch. */
static struct test_actual
keep_param(const struct walk *w, const struct trigger_param *param)
{
	struct test_actual actual = {
	    .name = param->name, .value = param->value};
	struct buffer json;

	buffer_init(&json, w->keep);
	json_value(&json, param->value, &w->edition->schema->currency);
	actual.json = arena_span(w->keep, buffer_span(&json));
	switch ((enum value_kind)param->value.kind) {
	case VALUE_STRING:
		actual.value =
		    value_string(arena_span(w->keep, value_text(param->value)));
		break;
	case VALUE_NULL:
	case VALUE_BOOL:
	case VALUE_INT:
	case VALUE_UINT:
	case VALUE_DOUBLE:
	case VALUE_MONEY:
	case VALUE_TIMESTAMP:
	case VALUE_DURATION:
	case VALUE_DATE:
		break;
	case VALUE_ERROR:
	case VALUE_BYTES:
	case VALUE_LIST:
	case VALUE_MAP:
	case VALUE_TYPE:
	case VALUE_OPTIONAL:
	case VALUE_ENTRY:
		actual.value = value_null();
		break;
	}
	return (actual);
}

static struct test_output *
add_output(struct walk *w)
{
	struct test_run *run = w->run;

	if (run->n_outputs == run->outputs_room) {
		size_t room =
		    run->outputs_room == 0 ? FIRST_ROOM : 2 * run->outputs_room;
		struct test_output *grown =
		    ARENA_ARRAY(w->keep, room, struct test_output);

		for (size_t i = 0; i < run->n_outputs; i++)
			grown[i] = run->outputs[i];
		run->outputs = grown;
		run->outputs_room = room;
	}
	return (&run->outputs[run->n_outputs++]);
}

static void
keep_outputs(struct walk *w)
{
	for (size_t i = 0; i < w->advance.n_outputs; i++) {
		const struct output *from = &w->advance.outputs[i];
		const struct trigger *t = &from->trigger;
		struct test_actual *params =
		    ARENA_ARRAY(w->keep, t->n_params, struct test_actual);

		for (size_t j = 0; j < t->n_params; j++)
			params[j] = keep_param(w, &t->params[j]);
		*add_output(w) = (struct test_output){.rule = from->rule,
		    .customer = w->customer,
		    .at = t->decided_at,
		    .since = t->occurred_at,
		    .reason = arena_span(w->keep, t->reason),
		    .detail = arena_span(w->keep, t->detail),
		    .why = arena_span(w->keep, t->why),
		    .params = params,
		    .n_params = t->n_params};
	}
}

/* A record that is no event fails the test, where it is written. */
static void
refuse_record(struct walk *w, const struct test_record *record,
    enum dead_reason reason, const struct failure *why)
{
	const struct test_entry *entry = record->entry;
	struct test_failure failure = {
	    .where = entry != NULL ? &entry->where
				   : &w->run->file->customers[w->customer].name,
	    .customer = w->customer,
	    .at = record->record.arrival,
	    .said = arena_print(w->keep, "a record of %.*s is refused (%s): %s",
		SPAN_ARGS(
		    w->edition->schema->streams[record->record.stream].name),
		dead_reason_name(reason), why->text)};

	test_fail(w->run, w->keep, &failure);
}

/* The records up to an instant, as events. */
struct events {
	const struct event **list;
	size_t n;
};

static struct events
take(struct walk *w, wall_ms to)
{
	const struct timeline *timeline = &w->run->timeline;
	const struct test_record *record;
	size_t last = w->next;
	struct events ret = {.n = 0};

	while (
	    last < timeline->n && timeline->records[last].record.arrival <= to)
		last++;
	ret.list = ARENA_ARRAY(w->batch, last - w->next, const struct event *);
	while (
	    (record = next_record(w)) != NULL && record->record.arrival <= to) {
		struct event *event = ARENA_NEW(w->batch, struct event);
		enum dead_reason reason;
		struct failure why;

		w->next++;
		if (decoder_read(w->decoder, &record->record, w->batch, event,
			&reason, &why) == DONE)
			ret.list[ret.n++] = event;
		else
			refuse_record(w, record, reason, &why);
	}
	return (ret);
}

static void
run_batch(struct walk *w, wall_ms to)
{
	struct position bound = {.instant = to, .end = true};
	struct customer *customer;
	struct events events;

	arena_reset(w->batch);
	advance_begin(&w->advance, w->batch);
	events = take(w, to);
	if (w->bytes == NULL && events.n == 0)
		return;
	customer = load(w);
	advance(&w->advance, customer, events.list, events.n, bound);
	keep_outputs(w);
	save(w, customer);
}

/* Everything up to `to`, under one clock. */
static void
run_up_to(struct walk *w, struct clock clock, wall_ms to)
{
	w->advance.clock = clock;
	for (;;) {
		const struct test_record *record = next_record(w);
		wall_ms first = w->until;
		wall_ms end;

		if (record != NULL && record->record.arrival < first)
			first = record->record.arrival;
		if (first > to)
			return;
		end = instant_next_utc_day(first) - 1;
		run_batch(w, end < to ? end : to);
	}
}

/*
 * The entry of a kind that comes after another (NULL: the first), by time;
 * those of one instant as they are written.  Outages are everybody's.
 */
static const struct test_entry *
next_entry(const struct walk *w, enum test_entry_kind kind,
    const struct test_entry *last)
{
	const struct rule_test *test = w->run->test;
	const struct test_entry *found = NULL;

	for (size_t i = 0; i < test->n_entries; i++) {
		const struct test_entry *entry = &test->entries[i];
		bool after = last == NULL || entry->from > last->from ||
			     (entry->from == last->from && entry > last);

		if (entry->kind == kind && after &&
		    (kind == TEST_OUTAGE || entry->customer == w->customer) &&
		    (found == NULL || entry->from < found->from))
			found = entry;
	}
	return (found);
}

/* All that the customer has been through at t, outages included. */
static void
go_to(struct walk *w, wall_ms t)
{
	const struct clock live = {.stream = true};
	const struct test_entry *outage;

	while ((outage = next_entry(w, TEST_OUTAGE, w->outage)) != NULL &&
	       outage->from <= t) {
		wall_ms end = outage->from + outage->length;

		run_up_to(w, live, outage->from - 1);
		if (t < end)
			return;
		run_up_to(w, (struct clock){.wall = end}, end);
		w->outage = outage;
	}
	run_up_to(w, live, t);
}

/* "spend90 80.00 == 125.00" */
static const struct span *
explain_terms(struct walk *w, const struct cel_trace *trace)
{
	struct span *notes = ARENA_ARRAY(w->keep, trace->n_terms, struct span);

	for (size_t i = 0; i < trace->n_terms; i++) {
		const struct cel_term *term = &trace->terms[i];
		struct buffer b;

		buffer_init(&b, w->keep);
		buffer_print(&b, "%.*s is ", SPAN_ARGS(term->expr));
		if (term->value.kind == VALUE_ERROR)
			buffer_print(&b, "an error: %s", term->value.error);
		else
			json_value(
			    &b, term->value, &w->edition->schema->currency);
		notes[i] = arena_span(w->keep, buffer_span(&b));
	}
	return (notes);
}

static void
check(struct walk *w, const struct test_entry *entry)
{
	struct cel_term terms[TERMS_MAX];
	struct cel_trace trace = {.terms = terms, .room = TERMS_MAX};
	struct subject subject = {.edition = w->edition};
	struct cel_eval ev = {.now = entry->from,
	    .until = INSTANT_NEVER,
	    .arena = w->batch,
	    .subject = &subject,
	    .zones = w->edition->schema->zones,
	    .trace = &trace};
	struct test_failure failure = {
	    .where = &entry->where, .customer = w->customer, .at = entry->from};
	struct value v;

	arena_reset(w->batch);
	subject.customer = load(w);
	v = cel_evaluate(entry->check, &ev);
	if (v.kind == VALUE_BOOL && v.truth)
		return;
	failure.said = arena_print(w->keep, "%.*s is %s",
	    SPAN_ARGS(cel_expr_text(entry->check)),
	    v.kind == VALUE_ERROR ? "an error" : "false");
	failure.notes = explain_terms(w, &trace);
	failure.n_notes = trace.n_terms;
	if (v.kind == VALUE_ERROR && trace.n_terms == 0) {
		struct span *note = ARENA_NEW(w->keep, struct span);

		*note = arena_span(w->keep, span_of(v.error));
		failure.notes = note;
		failure.n_notes = 1;
	}
	test_fail(w->run, w->keep, &failure);
}

/* What is decided and not yet said. */
static void
keep_waiting(struct walk *w)
{
	struct test_run *run = w->run;
	struct test_waiting *grown;
	const struct customer *customer;

	arena_reset(w->batch);
	customer = load(w);
	grown = ARENA_ARRAY(w->keep, run->n_waiting + customer->n_pendings,
	    struct test_waiting);
	for (size_t i = 0; i < run->n_waiting; i++)
		grown[i] = run->waiting[i];
	run->waiting = grown;
	for (size_t i = 0; i < customer->n_pendings; i++) {
		const struct pending *p = &customer->pendings[i];
		const struct rule *rule = rule_of(w->edition, p->rule);

		if (rule != NULL)
			run->waiting[run->n_waiting++] = (struct test_waiting){
			    rule, w->customer, p->tau, p->due};
	}
}

void
test_walk(struct test_run *run, int customer, struct tally *tallies,
    struct arena *arena)
{
	const struct edition *edition = run->file->edition;
	struct walk w = {.run = run,
	    .edition = edition,
	    .customer = customer,
	    .id = run->file->customers[customer].id,
	    .decoder = decoder_new(edition->schema),
	    .codec = {edition->schema, edition->program},
	    .advance = {.edition = edition,
		.tenant = SPAN("test"),
		.live_within = LIVE_WITHIN_MS,
		.tells_all = true,
		.swap = INSTANT_BEFORE,
		.tallies = tallies},
	    .keep = arena,
	    .batch = arena_new(),
	    .until = INSTANT_NEVER};
	const struct test_entry *entry = NULL;

	while ((entry = next_entry(&w, TEST_CHECK, entry)) != NULL &&
	       entry->from <= run->test->until) {
		go_to(&w, entry->from);
		check(&w, entry);
	}
	go_to(&w, run->test->until);
	keep_waiting(&w);
	free(w.bytes);
	arena_free(w.batch);
	decoder_free(w.decoder);
}
