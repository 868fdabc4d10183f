/*
 * Pending triggers: decided, not published.  What ends one before its time, and
 * what is asked again when its time has come.
 */
#include "pipeline/base/hash.h"
#include "pipeline/customer/customer.h"
#include "pipeline/decide/evaluation.h"
#include "pipeline/rule/scope.h"

enum { FIRST_ROOM = 8 };

const struct rule *
rule_of(const struct edition *edition, uint32_t hash)
{
	for (size_t i = 0; i < edition->n_rules; i++) {
		if (edition->rules[i].hash == hash)
			return (&edition->rules[i]);
	}
	return (NULL);
}

static bool
same(const struct pending *a, const struct pending *b)
{
	return (a->rule == b->rule && span_equals(a->key, b->key));
}

bool
pending_take(struct customer *customer, const struct pending *pending)
{
	for (size_t i = 0; i < customer->n_pendings; i++) {
		if (!same(&customer->pendings[i], pending))
			continue;
		customer_pending_remove(customer, i);
		return (true);
	}
	return (false);
}

void
add_candidate(struct evaluation *ev, const struct candidate *candidate)
{
	if (ev->n_candidates == ev->room) {
		size_t room = ev->room == 0 ? FIRST_ROOM : ev->room * 2;
		struct candidate *grown =
		    ARENA_ARRAY(ev->a->arena, room, struct candidate);

		for (size_t i = 0; i < ev->n_candidates; i++)
			grown[i] = ev->candidates[i];
		ev->candidates = grown;
		ev->room = room;
	}
	ev->candidates[ev->n_candidates++] = *candidate;
}

static const struct entry *
source_entry(const struct customer *customer, const struct pending *p)
{
	const struct history *history = &customer->histories[p->stream->index];
	uint64_t id = hash_id(p->event_id);

	for (size_t i = 0; i < history->n_entries; i++) {
		if (history->entries[i].id_hash == id &&
		    history->entries[i].e == p->event_at)
			return (&history->entries[i]);
	}
	return (NULL);
}

struct subject
pending_subject(const struct evaluation *ev, const struct pending *p)
{
	const struct rule *rule = rule_of(ev->a->edition, p->rule);
	struct subject s = {.edition = ev->a->edition,
	    .customer = ev->customer,
	    .step = p->step,
	    .tier_old = p->tier_old};
	struct latest latest;

	if (p->stream != NULL) {
		s.event_stream = s.start_stream = p->stream;
		s.event_fields = s.start_fields = p->fields;
		s.event_at = s.start_at = p->event_at;
		s.event_entry = source_entry(ev->customer, p);
	}
	if (rule != NULL && rule->source == SOURCE_IDLE &&
	    idle_latest(ev->customer, rule->stream, &latest))
		s.idle_last = latest.e;
	return (s);
}

bool
pending_holds(struct evaluation *ev, const struct rule *rule,
    const struct pending *pending)
{
	struct subject subject = pending_subject(ev, pending);

	return (look_holds(&ev->look,
	    rule->source == SOURCE_EVENT ? rule->send_if : rule->when, &subject,
	    NULL));
}

/* A record of a stream of cancelOn, for which it holds. */
static bool
cancelled(struct evaluation *ev, const struct rule *rule,
    const struct pending *p, const struct event *event)
{
	for (size_t i = 0; i < rule->n_cancels; i++) {
		struct subject s;

		if (rule->cancels[i].stream != event->stream)
			continue;
		s = pending_subject(ev, p);
		s.event_stream = event->stream;
		s.event_fields = event->fields;
		s.event_at = event->e;
		s.event_entry = ev->look.entry;
		if (look_holds(&ev->look, rule->cancels[i].expr, &s, NULL))
			return (true);
	}
	return (false);
}

/* Another one has become the last: the silence that was told is over. */
static bool
silence_over(const struct evaluation *ev, const struct rule *rule,
    const struct pending *p)
{
	struct latest latest;

	return (!idle_latest(ev->customer, rule->stream, &latest) ||
		latest.id_hash != p->about);
}

/* What was at risk is safe again, or has been outgrown. */
static bool
status_kept(const struct tier_state *state, int at_risk)
{
	return (state->tier > at_risk ||
		(state->tier == at_risk && state->mode == TIER_ACTIVE &&
		    state->warned == 0));
}

static enum reason
ended_by(struct evaluation *ev, const struct rule *rule,
    const struct pending *p, const struct event *event)
{
	if (cancelled(ev, rule, p, event))
		return (REASON_CANCELLED);
	if (rule->source == SOURCE_IDLE && silence_over(ev, rule, p))
		return (event->stream->role == ROLE_REFUND
			    ? REASON_REFUND
			    : REASON_PURCHASE_ARRIVED);
	if (rule->source == SOURCE_TIER && rule->tier == TIER_AT_RISK &&
	    status_kept(&ev->customer->tier, p->tier_new))
		return (REASON_RETAINED);
	return (REASON_NONE);
}

/*
 * The customer's zone may be another now: releases that quiet hours or caps
 * set are found anew, in the order of the gate, and what is open now goes out
 * in this evaluation.
 */
static void
move_releases(struct evaluation *ev)
{
	struct customer *customer = ev->customer;
	struct evaluation held = *ev;

	held.candidates = NULL;
	held.n_candidates = held.room = 0;
	for (size_t i = 0; i < customer->n_pendings; i++) {
		const struct pending *p = &customer->pendings[i];
		struct candidate c = {.rule = rule_of(ev->a->edition, p->rule),
		    .stage = STAGE_RELEASE,
		    .pending = *p};

		if (c.rule != NULL && p->kind == PENDING_GATE)
			add_candidate(&held, &c);
	}
	candidates_sort(&held);
	for (size_t i = 0; i < held.n_candidates; i++)
		gate_move(ev, &held.candidates[i]);
}

void
pendings_meet_event(struct evaluation *ev, const struct event *event)
{
	struct customer *customer = ev->customer;

	for (size_t i = 0; i < customer->n_pendings;) {
		struct pending p = customer->pendings[i];
		const struct rule *rule = rule_of(ev->a->edition, p.rule);
		enum reason reason =
		    rule == NULL ? REASON_NONE : ended_by(ev, rule, &p, event);

		if (reason == REASON_NONE) {
			i++;
			continue;
		}
		customer_pending_remove(customer, i);
		suppress(ev, rule, &p, reason, event->stream->name);
	}
	if (event->stream->role == ROLE_PROFILE)
		move_releases(ev);
}

void
pendings_due(struct evaluation *ev, wall_ms due)
{
	size_t i = 0;

	while (i < ev->customer->n_pendings &&
	       ev->customer->pendings[i].due <= due) {
		const struct pending *p = &ev->customer->pendings[i];
		struct candidate c = {.rule = rule_of(ev->a->edition, p->rule),
		    .stage =
			p->kind == PENDING_DELAY ? STAGE_DELAY : STAGE_RELEASE,
		    .pending = *p};

		/* Its rule is gone: what it waited for is gone with it. */
		if (c.rule == NULL || c.rule->mode == MODE_OFF) {
			customer_pending_remove(ev->customer, i);
			continue;
		}
		add_candidate(ev, &c);
		i++;
	}
}
