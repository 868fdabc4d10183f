/*
 * A rule without a source: it speaks on the rising edge of `when`, whether an
 * event or time turns it.
 *
 *	 armed ── when rises ──> (waiting `for`) ── speaks ──> spent
 *	   ^                            │ when falls              │
 *	   └────────────────────────────┴──── when falls, or ─────┘
 *	                                      resetWhen holds
 */
#include "pipeline/customer/customer.h"
#include "pipeline/rule/look.h"

static void
speak(struct look *look, const struct rule *rule, wall_ms tau)
{
	struct occasion o = {.rule = rule, .tau = tau};

	if (look->cause == LOOK_EVENT) {
		o.by_event = true;
		o.key = look->event->id;
	} else {
		o.key = time_key(look->arena, tau);
	}
	look_says(look, &o);
}

/* `when` has just become true. */
static void
rise(struct look *look, const struct rule *rule, struct rule_state *state)
{
	state->flags |= RULE_HELD;
	if ((state->flags & RULE_SPENT) != 0)
		return;
	if (look->cause == LOOK_PRIME) {
		state->flags |= RULE_SPENT;
	} else if (rule->held_for > 0) {
		state->flags |= RULE_WAITING;
		state->since = look->n;
	} else {
		state->flags |= RULE_SPENT;
		speak(look, rule, look->n);
	}
}

/* `for` is over by time alone: an event at that very ms goes first. */
static void
wait_over(struct look *look, const struct rule *rule, struct rule_state *state)
{
	wall_ms due = state->since + rule->held_for;

	if (look->cause == LOOK_EVENT || due > look->n)
		return;
	state->flags = (uint8_t)((state->flags & ~RULE_WAITING) | RULE_SPENT);
	speak(look, rule, due);
}

static void
rearm(struct look *look, const struct rule *rule, struct rule_state *state,
    const struct subject *subject, bool holds)
{
	bool armed = rule->reset == NULL ? !holds
					 : look_holds(look, rule->reset,
					       subject, &look->steady);

	if (armed)
		state->flags &= (uint8_t)~RULE_SPENT;
}

void
state_look(struct look *look, const struct rule *rule)
{
	struct subject subject = look_subject(look);
	struct rule_state *state = customer_rule(look->customer, rule->hash);
	bool holds;

	if (state != NULL && (state->flags & RULE_USED) != 0)
		return;
	holds = look_holds(look, rule->when, &subject, &look->steady);
	if (state == NULL && !holds)
		return;
	if (state == NULL)
		state =
		    customer_rule_make(look->customer, look->arena, rule->hash);
	if ((state->flags & RULE_SPENT) != 0)
		rearm(look, rule, state, &subject, holds);
	if (!holds)
		state->flags &= (uint8_t) ~(RULE_HELD | RULE_WAITING);
	else if ((state->flags & RULE_HELD) == 0)
		rise(look, rule, state);
	else if ((state->flags & RULE_WAITING) != 0)
		wait_over(look, rule, state);
	if ((state->flags & RULE_WAITING) != 0 &&
	    state->since + rule->held_for < look->steady)
		look->steady = state->since + rule->held_for;
}
