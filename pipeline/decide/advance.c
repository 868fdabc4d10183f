/*
 * A customer moves forward.  Three kinds of evaluation, and no other path:
 *
 *	event	a record, folded; rules that read its stream
 *	past	dues that a record made behind n: they run at once
 *	time	the customer's own instant has come: all that moves by itself
 */
#include "pipeline/decide/advance.h"

#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/customer/fold.h"
#include "pipeline/decide/evaluation.h"

const char *
reason_name(enum reason reason)
{
	static const char *const names[REASONS] = {
	    [REASON_NONE] = "",
	    [REASON_CONSENT] = "consent",
	    [REASON_PRIORITY] = "priority",
	    [REASON_REENTRY] = "reentry",
	    [REASON_CAP] = "cap",
	    [REASON_QUIET_HOURS] = "quiet_hours",
	    [REASON_STALE] = "stale",
	    [REASON_PURCHASE_ARRIVED] = "purchase_arrived",
	    [REASON_REFUND] = "refund",
	    [REASON_CANCELLED] = "cancelled",
	    [REASON_CONDITION] = "condition",
	    [REASON_RETAINED] = "retained",
	    [REASON_CONSENT_WITHDRAWN] = "consent_withdrawn",
	};

	CHECK(reason < REASONS);
	return (names[reason]);
}

void
advance_begin(struct advance *a, struct arena *arena)
{
	a->arena = arena;
	a->outputs = NULL;
	a->n_outputs = a->outputs_room = 0;
	a->memos =
	    ARENA_ARRAY(arena, (size_t)a->edition->n_memos, struct cel_memo);
	a->stamp = 0;
}

static struct evaluation
evaluation_at(struct advance *a, struct customer *customer,
    enum look_cause cause, wall_ms n)
{
	struct evaluation ev = {.a = a,
	    .customer = customer,
	    .n = n,
	    .wall = a->clock.stream ? n : a->clock.wall,
	    .primed = n < a->live_from};

	ev.look = (struct look){.edition = a->edition,
	    .customer = customer,
	    .arena = a->arena,
	    .memos = a->memos,
	    .stamp = &a->stamp,
	    .cause = cause,
	    .n = n};
	return (ev);
}

/* What an occasion is, in the shape in which it can wait. */
static struct pending
as_pending(const struct evaluation *ev, const struct occasion *o)
{
	struct pending p = {.rule = o->rule->hash,
	    .tau = o->tau,
	    .due = o->tau,
	    .key = o->key,
	    .step = o->step,
	    .about = o->about,
	    .tier_old = o->tier_old,
	    .tier_new = o->tier_new};
	const struct event *event = ev->look.event;

	if (o->by_event) {
		p.stream = event->stream;
		p.partition = event->partition;
		p.offset = event->offset;
		p.event_id = event->id;
		p.event_at = event->e;
		p.fields = event->fields;
		p.traceparent = event->traceparent;
	}
	return (p);
}

/* An occasion with a delay begins to wait; any other goes to the gate. */
static void
take_occasions(struct evaluation *ev)
{
	for (size_t i = 0; i < ev->look.n_occasions; i++) {
		const struct occasion *o = &ev->look.occasions[i];
		struct candidate c = {.rule = o->rule,
		    .stage = STAGE_FRESH,
		    .pending = as_pending(ev, o),
		    .idle_last = o->idle_last};

		if (o->rule->delayed)
			customer_pending_add(
			    ev->customer, ev->a->arena, &c.pending);
		else
			add_candidate(ev, &c);
	}
}

static int
compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;

	/* The edition's rules stand in the order of the gate. */
	if (x->rule != y->rule)
		return (x->rule < y->rule ? -1 : 1);
	if (x->pending.tau != y->pending.tau)
		return (x->pending.tau < y->pending.tau ? -1 : 1);
	return (span_compare(x->pending.key, y->pending.key));
}

void
candidates_sort(struct evaluation *ev)
{
	if (ev->n_candidates > 1)
		qsort(ev->candidates, ev->n_candidates, sizeof *ev->candidates,
		    compare_candidates);
}

static void
pass_gate(struct evaluation *ev)
{
	candidates_sort(ev);
	for (size_t i = 0; i < ev->n_candidates; i++)
		gate_decide(ev, &ev->candidates[i]);
}

static wall_ms
earliest(wall_ms a, wall_ms b)
{
	return (a < b ? a : b);
}

static wall_ms
first_pending(const struct customer *customer)
{
	return (customer->n_pendings == 0 ? INSTANT_NEVER
					  : customer->pendings[0].due);
}

/* Time has come to D: everything that can move by itself is looked at. */
static void
wake(struct advance *a, struct customer *customer, const struct mark *mark)
{
	wall_ms due = customer->until;
	wall_ms n = due > customer->seen ? due : customer->seen;
	struct evaluation ev = evaluation_at(a, customer, LOOK_TIME, n);

	ev.mark = *mark;
	ev.mark.timed = true;
	ev.mark.position = due;
	customer->seen = n;
	ev.look.due = n;
	look_at(&ev.look);
	take_occasions(&ev);
	pendings_due(&ev, n);
	pass_gate(&ev);
	customer->until = earliest(
	    earliest(ev.look.steady, ev.look.dated), first_pending(customer));
	CHECK(customer->until > n);
}

/*
 * Dues behind n that a record has made: in order, each with its own tau; those
 * that history has made are primed like itself.
 */
static wall_ms
run_past(struct advance *a, struct customer *customer, const struct mark *mark,
    bool backfill, wall_ms dated)
{
	wall_ms n = customer->seen;
	wall_ms due;

	while ((due = earliest(dated, first_pending(customer))) < n) {
		struct evaluation ev = evaluation_at(a, customer, LOOK_PAST, n);

		ev.mark = *mark;
		ev.primed |= backfill;
		ev.look.due = due;
		look_at(&ev.look);
		take_occasions(&ev);
		pendings_due(&ev, due);
		pass_gate(&ev);
		dated = ev.look.dated;
	}
	return (dated);
}

/* A stream's `where:`: does its history keep this event? */
static bool
kept(struct advance *a, const struct customer *customer,
    const struct event *event)
{
	const struct stream *stream = event->stream;
	const struct cel_expr *where = a->edition->where[stream->index];
	struct value *fields =
	    ARENA_ARRAY(a->arena, stream->n_kept, struct value);
	struct entry entry = {.e = event->e, .fields = fields};
	struct subject subject = {.edition = a->edition,
	    .customer = customer,
	    .entry_stream = stream,
	    .entry = &entry};
	struct cel_eval ev = {.now = event->a,
	    .until = INSTANT_NEVER,
	    .arena = a->arena,
	    .subject = &subject,
	    .zones = a->edition->schema->zones};
	bool error;

	if (where == NULL)
		return (true);
	for (size_t i = 0; i < stream->n_kept; i++)
		fields[i] = event->fields[stream->kept[i]];
	if (stream->amount_field != NO_FIELD)
		entry.gross = event->fields[stream->amount_field].i;
	return (cel_holds(where, &ev, &error));
}

/*
 * A refund that waits for its purchase will be evaluated again when that comes:
 * what its own rules have decided under its key by then is not decided twice.
 */
static void
remember_decided(const struct look *look, struct customer *customer)
{
	struct orphan *orphan = &customer->orphans[customer->n_orphans - 1];

	for (size_t i = 0;
	     i < look->n_occasions && orphan->n_decided < ORPHAN_RULES_MAX;
	     i++) {
		if (look->occasions[i].by_event)
			orphan->decided[orphan->n_decided++] =
			    look->occasions[i].rule->hash;
	}
}

static void
forget_decided(struct look *look, const struct orphan *was)
{
	size_t n = 0;

	for (size_t i = 0; i < look->n_occasions; i++) {
		const struct occasion *o = &look->occasions[i];
		bool decided = false;

		for (size_t k = 0; k < was->n_decided; k++)
			decided |= was->decided[k] == o->rule->hash;
		if (!o->by_event || !decided)
			look->occasions[n++] = *o;
	}
	look->n_occasions = n;
}

/* What is known of a record that has been folded. */
struct arrival {
	const struct event *event;
	const struct entry *entry; /* in the history, or NULL */
	bool waits;                /* a refund without its purchase */
	const struct orphan *was;  /* a refund that has been waiting */
};

/* The rules that read the record's stream are asked. */
static wall_ms
evaluate_event(struct advance *a, struct customer *customer,
    const struct arrival *arrival, const struct mark *mark)
{
	const struct event *event = arrival->event;
	bool first = customer->seen == INSTANT_BEFORE;
	wall_ms n = event->a > customer->seen ? event->a : customer->seen;
	struct evaluation ev = evaluation_at(a, customer, LOOK_EVENT, n);

	customer->seen = n;
	ev.mark = *mark;
	ev.primed |= event->backfill;
	ev.look.event = event;
	ev.look.again = arrival->was != NULL;
	ev.look.entry = arrival->entry;
	ev.look.first = first;
	look_at(&ev.look);
	if (arrival->waits)
		remember_decided(&ev.look, customer);
	if (arrival->was != NULL)
		forget_decided(&ev.look, arrival->was);
	pendings_meet_event(&ev, event);
	take_occasions(&ev);
	pass_gate(&ev);
	customer->until = earliest(customer->until, ev.look.steady);
	return (ev.look.dated);
}

/*
 * A record: folded and evaluated; then, each as a record of its own, the
 * refunds that were waiting for it; then what all this put into the past.
 */
static void
meet(struct advance *a, struct customer *customer, const struct event *event,
    const struct mark *mark)
{
	const struct schema *schema = a->edition->schema;
	struct fold_result folded =
	    fold(customer, schema, event, kept(a, customer, event), a->arena);
	struct arrival arrival = {.event = event,
	    .entry = folded.entry,
	    .waits = event->stream->role == ROLE_REFUND &&
		     folded.folding == FOLD_DONE && folded.refunded == NULL};
	struct event refund;
	struct orphan was;
	wall_ms dated;

	/* Behind all that is kept, a correction cannot be told from a
	   duplicate: it is counted, and nothing is made of it. */
	if (folded.folding != FOLD_DONE)
		return;
	dated = evaluate_event(a, customer, &arrival, mark);
	while (event->stream->role == ROLE_PURCHASE &&
	       fold_orphan(customer, event, a->arena, &refund, &was)) {
		arrival = (struct arrival){.event = &refund, .was = &was};
		dated = earliest(
		    dated, evaluate_event(a, customer, &arrival, mark));
	}
	fold_expire(customer, schema, customer->seen);
	dated = run_past(a, customer, mark, event->backfill, dated);
	customer->until =
	    earliest(earliest(customer->until, dated), first_pending(customer));
}

/*
 * Evaluated under an older edition: under the new one truth is noted, no edge
 * is fired, and `until` is found anew; then it is live.
 */
static void
prime(struct advance *a, struct customer *customer)
{
	wall_ms n = a->swap > customer->seen ? a->swap : customer->seen;
	struct evaluation ev = evaluation_at(a, customer, LOOK_PRIME, n);

	if (customer->edition == a->edition->digest)
		return;
	customer->edition = a->edition->digest;
	if (customer->seen == INSTANT_BEFORE)
		return;
	customer->seen = n;
	look_at(&ev.look);
	customer->until = earliest(
	    earliest(ev.look.steady, ev.look.dated), first_pending(customer));
}

static struct record_place
place_of(const struct event *event)
{
	return (event == NULL ? (struct record_place){-1, 0}
			      : (struct record_place){
				    event->stream->index, event->offset});
}

void
advance(struct advance *a, struct customer *customer,
    const struct event *const *events, size_t n_events, struct position bound)
{
	struct mark mark = {.before = {-1, 0}, .forced = {-1, 0}};

	prime(a, customer);
	for (size_t i = 0; i < n_events; i++) {
		mark.forced = place_of(events[i]);
		while (customer->until < events[i]->a)
			wake(a, customer, &mark);
		mark.forced = place_of(NULL);
		mark.before = place_of(events[i]);
		meet(a, customer, events[i], &mark);
	}
	while (position_compare(
		   (struct position){customer->until, customer->id, false},
		   bound) <= 0)
		wake(a, customer, &mark);
}
