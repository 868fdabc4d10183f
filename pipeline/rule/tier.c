/* A `tier:` rule: when the state machine of the programme moves. */
#include "pipeline/rule/look.h"

static bool
meant(enum tier_change change, enum tier_event_kind kind)
{
	switch (change) {
	case TIER_UPGRADED:
		return (kind == TIER_ROSE);
	case TIER_DOWNGRADED:
		return (kind == TIER_FELL);
	case TIER_AT_RISK:
		return (kind == TIER_WARNED);
	case TIER_RETAINED:
		return (kind == TIER_KEPT);
	}
	return (false);
}

static struct span
change_key(const struct look *look, const struct tier_event *event)
{
	const struct tier_program *program = look->edition->program;
	struct span cause = look->cause == LOOK_EVENT
				? look->event->id
				: time_key(look->arena, look->n);
	struct span from = tier_name(program, event->from);
	struct span to = tier_name(program, event->to);

	if (event->kind == TIER_WARNED)
		return (time_key(look->arena, look->n));
	if (event->from == event->to)
		return (cause);
	return (arena_print(look->arena, "%.*s:%.*s>%.*s", SPAN_ARGS(cause),
	    SPAN_ARGS(from), SPAN_ARGS(to)));
}

void
tier_look(struct look *look, const struct rule *rule,
    const struct tier_events *events)
{
	struct subject subject = look_subject(look);

	for (int i = 0; i < events->n; i++) {
		const struct tier_event *event = &events->list[i];

		if (!meant(rule->tier, event->kind))
			continue;
		subject.tier_old = event->from;
		if (!look_holds(look, rule->when, &subject, NULL))
			continue;
		look_says(look, &(struct occasion){.rule = rule,
				    .tau = look->n,
				    .key = change_key(look, event),
				    .by_event = look->cause == LOOK_EVENT,
				    .tier_old = event->from,
				    .tier_new = event->to});
	}
}
