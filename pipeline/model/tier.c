/*
 * The state machine of loyalty tiers.  Two things move it: a record, which may
 * raise, keep or endanger a status, and time, which lets purchases leave the
 * window.  Whatever order they come in, the state after an instant depends on
 * the spends and the state before it alone.
 */
#include "pipeline/model/tier.h"

#include "pipeline/base/check.h"

struct span
tier_name(const struct tier_program *program, int tier)
{
	return (tier == TIER_NONE ? SPAN("none") : program->tiers[tier].name);
}

int64_t
tier_spend(const struct tier_program *program, struct spends spends, wall_ms t)
{
	int64_t sum = 0;

	for (size_t i = spends.n; i > 0; i--) {
		const struct spend *s = &spends.list[i - 1];

		if (s->at <= t - program->window)
			break;
		if (s->at <= t)
			sum += s->amount;
	}
	return (sum);
}

/* The highest tier that a spend has earned. */
static int
earned(const struct tier_program *program, int64_t q)
{
	int tier = TIER_NONE;

	while (tier + 1 < program->n_tiers &&
	       q >= program->tiers[tier + 1].threshold)
		tier++;
	return (tier);
}

wall_ms
tier_valid_to(const struct tier_program *program,
    const struct tier_state *state, struct spends spends, wall_ms t)
{
	int64_t q;
	int64_t own;

	if (state->tier == TIER_NONE)
		return (INSTANT_NEVER);
	if (state->mode == TIER_GRACE)
		return (state->since);
	own = program->tiers[state->tier].threshold;
	q = tier_spend(program, spends, t);
	if (q < own)
		return (t);
	for (size_t i = 0; i < spends.n; i++) {
		const struct spend *s = &spends.list[i];

		if (s->at <= t - program->window || s->at > t)
			continue;
		q -= s->amount;
		if (q < own)
			return (s->at + program->window);
	}
	return (INSTANT_NEVER);
}

static void
add(struct tier_events *events, enum tier_event_kind kind, int from, int to)
{
	CHECK(events->n < TIER_EVENTS_MAX);
	events->list[events->n++] = (struct tier_event){kind, from, to};
}

/* A status that begins anew: whatever was warned about is past. */
static void
settle(struct tier_state *state, int tier)
{
	*state = (struct tier_state){.tier = tier, .mode = TIER_ACTIVE};
}

/* The instant of a warning, and whether it is still to be given. */
static bool
warning_open(const struct tier_program *program, const struct tier_state *state,
    wall_ms valid_to, int lead, wall_ms *at)
{
	if (valid_to == INSTANT_NEVER)
		return (false);
	*at = valid_to + program->grace - program->warn[lead];
	return (state->warned_to != valid_to ||
		(state->warned & (1U << lead)) == 0);
}

/*
 * Give the warnings whose instant lies before `end`, each once for this
 * valid_to.
 */
static void
warn(const struct tier_program *program, struct tier_state *state,
    struct spends spends, wall_ms t, wall_ms end, struct tier_events *ret)
{
	wall_ms valid_to = tier_valid_to(program, state, spends, t);

	for (int lead = 0; lead < program->n_warn; lead++) {
		wall_ms at;

		if (!warning_open(program, state, valid_to, lead, &at) ||
		    at >= end)
			continue;
		if (state->warned_to != valid_to)
			state->warned = 0;
		state->warned_to = valid_to;
		state->warned |= 1U << lead;
		add(ret, TIER_WARNED, state->tier, state->tier);
	}
}

void
tier_on_record(const struct tier_program *program, struct tier_state *state,
    struct spends spends, wall_ms t, struct tier_events *ret)
{
	int64_t q = tier_spend(program, spends, t);
	int reached = earned(program, q);
	int old = state->tier;

	ret->n = 0;
	if (reached > old) {
		settle(state, reached);
		add(ret, TIER_ROSE, old, reached);
	} else if (old == TIER_NONE) {
		return;
	} else if (q < program->tiers[old].threshold) {
		if (state->mode == TIER_ACTIVE) {
			state->mode = TIER_GRACE;
			state->since = t;
		}
	} else if (state->mode == TIER_GRACE ||
		   (state->warned != 0 && tier_valid_to(program, state, spends,
					      t) > state->warned_to)) {
		settle(state, old);
		add(ret, TIER_KEPT, old, old);
	}
	/* One that falls due at t itself is time's to give, after this. */
	warn(program, state, spends, t, t, ret);
}

/*
 * Grace has ended: keep, or step down.  A status whose own threshold is missed
 * too begins a new grace at this instant, which a programme without grace ends
 * at once: so this may pass several tiers.
 */
static void
end_grace(const struct tier_program *program, struct tier_state *state,
    int64_t q, wall_ms t, struct tier_events *ret)
{
	int old = state->tier;
	int floor = earned(program, q);

	while (
	    state->mode == TIER_GRACE && t >= state->since + program->grace) {
		int next = state->tier - 1 > floor ? state->tier - 1 : floor;

		settle(state, next);
		if (next != TIER_NONE && q < program->tiers[next].threshold) {
			state->mode = TIER_GRACE;
			state->since = t;
		}
		if (next >= old)
			break;
	}
	if (state->tier < old)
		add(ret, TIER_FELL, old, state->tier);
	else if (state->mode == TIER_ACTIVE)
		add(ret, TIER_KEPT, old, old);
}

void
tier_on_time(const struct tier_program *program, struct tier_state *state,
    struct spends spends, wall_ms t, struct tier_events *ret)
{
	int64_t q = tier_spend(program, spends, t);

	ret->n = 0;
	if (state->tier == TIER_NONE)
		return;
	if (state->mode == TIER_ACTIVE &&
	    q < program->tiers[state->tier].threshold) {
		state->mode = TIER_GRACE;
		state->since = t;
	}
	if (state->mode == TIER_GRACE && t >= state->since + program->grace)
		end_grace(program, state, q, t, ret);
	warn(program, state, spends, t, t + 1, ret);
}

wall_ms
tier_due(const struct tier_program *program, const struct tier_state *state,
    struct spends spends, wall_ms t)
{
	wall_ms valid_to = tier_valid_to(program, state, spends, t);
	wall_ms due = valid_to;

	if (state->mode == TIER_GRACE)
		due = state->since + program->grace;
	for (int lead = 0; lead < program->n_warn; lead++) {
		wall_ms at;

		if (warning_open(program, state, valid_to, lead, &at) &&
		    at >= t && at < due)
			due = at;
	}
	return (due);
}
