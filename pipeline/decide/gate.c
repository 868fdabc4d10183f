/*
 * The gate: from a decision to published, pending until an instant, or
 * suppressed with a reason.  Asked in this order: stale, condition (of what was
 * pending), catching up, consent, priority, reentry, cap, quiet hours.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/hash.h"
#include "pipeline/decide/evaluation.h"

enum {
	/* Deferrals tried for a place that quiet hours and caps both allow. */
	PLACES_MAX = 64,
};

/* The fate that the last questions give. */
enum place { PLACE_NOW, PLACE_LATER, PLACE_CAP, PLACE_QUIET };

static struct cap_question
question(const struct evaluation *ev)
{
	const struct schema *schema = ev->a->edition->schema;
	enum zone_source source;

	return ((struct cap_question){.customer = ev->customer,
	    .edition = ev->a->edition,
	    .zones = schema->zones,
	    .zone = customer_zone(ev->customer, schema, &source)});
}

static bool
consented(const struct evaluation *ev, const struct rule *rule)
{
	const struct schema *schema = ev->a->edition->schema;

	if (rule->purpose == NO_FIELD)
		return (true);
	return (ev->customer
		    ->consents[(size_t)rule->purpose * schema->n_channels +
			       (size_t)rule->consent_channel]
		    .state == CONSENT_GRANTED);
}

static bool
group_has_passed(const struct evaluation *ev, const struct rule *rule)
{
	for (size_t i = 0; i < ev->n_passed; i++) {
		if (ev->passed[i] == rule->group)
			return (true);
	}
	return (false);
}

static void
pass_group(struct evaluation *ev, const struct rule *rule)
{
	if (rule->group >= 0 && ev->n_passed < GROUPS_PASSED_MAX)
		ev->passed[ev->n_passed++] = rule->group;
}

/* n of the rule's last decision that is published or pending. */
static wall_ms
last_decision(const struct evaluation *ev, const struct rule *rule)
{
	const struct rule_state *state =
	    customer_rule(ev->customer, rule->hash);
	wall_ms last = state == NULL ? INSTANT_BEFORE : state->decided;

	for (size_t i = 0; i < ev->customer->n_pendings; i++) {
		const struct pending *p = &ev->customer->pendings[i];

		if (p->rule == rule->hash && p->kind == PENDING_GATE &&
		    p->decided > last)
			last = p->decided;
	}
	return (last);
}

/* Calendar durations go by the wall of the customer's present zone. */
static wall_ms
calendar_later(
    const struct evaluation *ev, wall_ms t, const struct reentry *reentry)
{
	const struct schema *schema = ev->a->edition->schema;
	const struct zones *zones = schema->zones;
	enum zone_source source;
	int zone = customer_zone(ev->customer, schema, &source);

	if (reentry->months > 0)
		t = zone_add_months(zones, zone, t, reentry->months);
	if (reentry->days > 0) {
		struct local local = zone_local(zones, zone, t);

		t = zone_instant(
		    zones, zone, local.days + reentry->days, local.ms);
	}
	return (t + reentry->length);
}

static bool
too_soon(const struct evaluation *ev, const struct rule *rule)
{
	wall_ms last = last_decision(ev, rule);

	if (last == INSTANT_BEFORE)
		return (false);
	switch (rule->reentry.kind) {
	case REENTRY_ALWAYS:
	case REENTRY_NEVER:
		return (false);
	case REENTRY_AFTER:
		return (ev->n < last + rule->reentry.length);
	case REENTRY_MONTHS:
		return (ev->n < calendar_later(ev, last, &rule->reentry));
	}
	CHECK(false);
}

/*
 * A cap without room at t, and its full window; NULL: all have.  One that says
 * drop comes before those that defer: every full cap must defer for a trigger
 * to wait.
 */
static const struct cap *
first_full(const struct cap_question *q, const struct rule *rule, wall_ms t,
    wall_ms *end)
{
	const struct cap *full = NULL;

	for (size_t i = 0; i < rule->n_caps; i++) {
		const struct cap *cap = rule->caps[i];
		wall_ms at;

		if ((full != NULL && cap->defer) || !cap_full(q, cap, t, &at))
			continue;
		*end = at;
		if (!cap->defer)
			return (cap);
		full = cap;
	}
	return (full);
}

/*
 * Of the pending triggers in a full window, the first to give way: strictly
 * lower priority, the lowest first, then the latest release.
 */
static const struct pending *
weakest(const struct evaluation *ev, const struct cap_question *q,
    const struct rule *rule, const struct cap *cap, wall_ms end)
{
	const struct pending *found = NULL;
	int32_t least = rule->priority;

	for (size_t i = 0; i < ev->customer->n_pendings; i++) {
		const struct pending *p = &ev->customer->pendings[i];
		int32_t priority;

		if (!cap_reserved(q, p, cap) ||
		    !cap_counts(q, cap, p->due, end))
			continue;
		priority = rule_of(q->edition, p->rule)->priority;
		if (priority >= rule->priority || priority > least ||
		    (found != NULL && priority == least && p->due < found->due))
			continue;
		found = p;
		least = priority;
	}
	return (found);
}

/*
 * Take the slots of pending triggers of strictly lower priority until every
 * cap has room at t; if that cannot be, none is taken.  Only asked whether it
 * could be (!really), none is taken either.
 */
static bool
evict(struct evaluation *ev, const struct rule *rule, wall_ms t, bool really)
{
	struct customer *customer = ev->customer;
	struct cap_question q = question(ev);
	size_t n_before = customer->n_pendings;
	struct pending *before = arena_copy(
	    ev->a->arena, customer->pendings, n_before * sizeof *before);
	struct pending *ended =
	    ARENA_ARRAY(ev->a->arena, n_before, struct pending);
	size_t n_ended = 0;
	const struct cap *full;
	wall_ms end;

	if (first_full(&q, rule, t, &end) == NULL)
		return (true);
	while ((full = first_full(&q, rule, t, &end)) != NULL) {
		const struct pending *p = weakest(ev, &q, rule, full, end);

		if (p == NULL)
			break;
		ended[n_ended++] = *p;
		(void)pending_take(customer, p);
	}
	if (full != NULL || !really) {
		if (n_before > 0)
			(void)memcpy(customer->pendings, before,
			    n_before * sizeof *before);
		customer->n_pendings = n_before;
		return (full == NULL);
	}
	for (size_t i = 0; i < n_ended; i++)
		suppress(ev, rule_of(ev->a->edition, ended[i].rule), &ended[i],
		    REASON_PRIORITY, rule->id);
	return (true);
}

static uint64_t
jitter_hash(const struct evaluation *ev, const struct rule *rule,
    const struct pending *pending)
{
	struct trigger t = {.tenant = ev->a->tenant,
	    .rule = rule->id,
	    .version = rule->version,
	    .customer = ev->customer->id,
	    .occurrence_key = pending->key};
	char id[TRIGGER_ID_LENGTH + 1];

	trigger_id(&t, id);
	return (hash_id(span_of(id)));
}

/* Quiet hours alone: when it could go out, from t on. */
static wall_ms
open_at(const struct evaluation *ev, const struct candidate *c, wall_ms t)
{
	struct cap_question q = question(ev);

	if (c->rule->quiet == NULL)
		return (t);
	return (quiet_release(c->rule->quiet, q.zones, q.zone, t,
	    jitter_hash(ev, c->rule, &c->pending)));
}

/*
 * The first instant from *t on that the rule's caps and quiet hours allow.
 * false: there is none; *t is then where a cap that does not defer stands in
 * the way.
 */
static bool
later_room(const struct evaluation *ev, const struct candidate *c, wall_ms *t)
{
	struct cap_question q = question(ev);
	const struct cap *full;
	wall_ms end;

	for (int i = 0; i < PLACES_MAX; i++) {
		full = first_full(&q, c->rule, *t, &end);
		if (full == NULL)
			return (true);
		if (!full->defer)
			return (false);
		*t = cap_next(&q, full, *t);
		if (*t == INSTANT_NEVER)
			return (false);
		*t = open_at(ev, c, *t);
	}
	return (false);
}

/*
 * Where in time the trigger may stand.  The release is known before the caps
 * are asked; a drop in quiet hours takes no slot and evicts nobody.
 */
static enum place
find_place(struct evaluation *ev, const struct candidate *c, wall_ms *release)
{
	struct cap_question q = question(ev);
	const struct quiet_hours *quiet = c->rule->quiet;
	bool drop = quiet != NULL && quiet->drop &&
		    quiet_at(quiet, q.zones, q.zone, ev->n);

	*release = drop ? ev->n : open_at(ev, c, ev->n);
	if (drop)
		return (
		    evict(ev, c->rule, ev->n, false) ? PLACE_QUIET : PLACE_CAP);
	if (!evict(ev, c->rule, *release, true) && !later_room(ev, c, release))
		return (PLACE_CAP);
	return (*release > ev->n ? PLACE_LATER : PLACE_NOW);
}

static void
hold(struct evaluation *ev, const struct candidate *c, wall_ms release)
{
	struct pending p = c->pending;

	p.kind = PENDING_GATE;
	p.due = release;
	p.lag = 0;
	customer_pending_add(ev->customer, ev->a->arena, &p);
}

static void
place(struct evaluation *ev, struct candidate *c)
{
	wall_ms release;

	switch (find_place(ev, c, &release)) {
	case PLACE_NOW:
		publish(ev, c);
		break;
	case PLACE_LATER:
		hold(ev, c, release);
		break;
	case PLACE_CAP:
		suppress(ev, c->rule, &c->pending, REASON_CAP, SPAN(""));
		return;
	case PLACE_QUIET:
		suppress(
		    ev, c->rule, &c->pending, REASON_QUIET_HOURS, SPAN(""));
		return;
	}
	pass_group(ev, c->rule);
}

/* What has not passed the gate before. */
static void
pass(struct evaluation *ev, struct candidate *c)
{
	enum reason reason = REASON_NONE;

	if (!consented(ev, c->rule))
		reason = REASON_CONSENT;
	else if (c->rule->group >= 0 && group_has_passed(ev, c->rule))
		reason = REASON_PRIORITY;
	else if (too_soon(ev, c->rule))
		reason = REASON_REENTRY;
	if (reason != REASON_NONE) {
		suppress(ev, c->rule, &c->pending, reason, SPAN(""));
		return;
	}
	c->pending.decided = ev->n;
	place(ev, c);
}

/*
 * We lag: it waits until everything that had arrived when we decided has been
 * applied.  Again only while the lag shrinks by a tenth each time, so that a
 * worker that lags by a steady minute does not defer for ever.
 */
static bool
catch_up(struct evaluation *ev, struct candidate *c)
{
	duration_ms lag = ev->wall - ev->n;
	struct pending p = c->pending;

	if (lag <= ev->a->live_within)
		return (false);
	if (p.lag > 0 && lag > p.lag - p.lag / 10) {
		ev->a->tallies[c->rule - ev->a->edition->rules].behind++;
		return (false);
	}
	if (c->stage == STAGE_FRESH || p.kind == PENDING_DELAY)
		p.kind = PENDING_CATCH_UP;
	p.due = (ev->wall + SECOND_MS - 1) / SECOND_MS * SECOND_MS;
	p.lag = lag;
	customer_pending_add(ev->customer, ev->a->arena, &p);
	return (true);
}

/* `reentry: never`: the first decision uses it up, whatever becomes of it. */
static bool
used_up(const struct evaluation *ev, const struct candidate *c)
{
	const struct rule_state *state =
	    customer_rule(ev->customer, c->rule->hash);

	return (c->rule->reentry.kind == REENTRY_NEVER &&
		c->stage != STAGE_RELEASE && state != NULL &&
		(state->flags & RULE_USED) != 0);
}

static void
use_up(struct evaluation *ev, const struct candidate *c)
{
	if (c->rule->reentry.kind == REENTRY_NEVER)
		customer_rule_make(ev->customer, ev->a->arena, c->rule->hash)
		    ->flags |= RULE_USED;
}

/* Told to nobody: shadow rules, and what was decided before we were live. */
static bool
unsaid(struct evaluation *ev, const struct candidate *c)
{
	struct tally *tally = &ev->a->tallies[c->rule - ev->a->edition->rules];

	if (c->rule->mode == MODE_SHADOW)
		tally->shadows++;
	else if (ev->primed)
		tally->primed++;
	else
		return (false);
	return (true);
}

void
gate_decide(struct evaluation *ev, struct candidate *c)
{
	bool stale = ev->wall - c->pending.tau > c->rule->expires;
	bool holds;

	if (c->stage != STAGE_FRESH && !pending_take(ev->customer, &c->pending))
		return;
	if (used_up(ev, c))
		return;
	holds = stale || c->stage == STAGE_FRESH ||
		pending_holds(ev, c->rule, &c->pending);
	/* A delay is a decision only when it is over and sendIf holds. */
	if (c->stage != STAGE_DELAY || holds)
		use_up(ev, c);
	if (unsaid(ev, c))
		return;
	if (stale)
		suppress(ev, c->rule, &c->pending, REASON_STALE, SPAN(""));
	else if (!holds)
		suppress(ev, c->rule, &c->pending, REASON_CONDITION, SPAN(""));
	else if (catch_up(ev, c))
		return;
	else if (c->stage != STAGE_RELEASE || c->pending.kind != PENDING_GATE)
		pass(ev, c);
	else if (!consented(ev, c->rule))
		suppress(ev, c->rule, &c->pending, REASON_CONSENT_WITHDRAWN,
		    SPAN(""));
	else
		place(ev, c);
}

void
gate_move(struct evaluation *ev, const struct candidate *held)
{
	struct candidate c = *held;
	wall_ms release = open_at(ev, &c, ev->n);

	if (!pending_take(ev->customer, &held->pending))
		return;
	/* Where a cap would drop it, it is asked there, and dropped. */
	(void)later_room(ev, &c, &release);
	c.pending.due = release;
	customer_pending_add(ev->customer, ev->a->arena, &c.pending);
	if (c.pending.due <= ev->n)
		add_candidate(ev, &c);
}
