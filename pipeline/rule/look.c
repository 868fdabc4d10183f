/*
 * One evaluation.  Tiers move first, because a rule reads the status as it is
 * at n; then every rule concerned is asked against this one state.
 */
#include "pipeline/rule/look.h"

#include "pipeline/base/check.h"
#include "pipeline/rule/scope.h"

enum { FIRST_ROOM = 8 };

void
look_says(struct look *look, const struct occasion *occasion)
{
	if (look->cause == LOOK_PRIME)
		return;
	if (look->n_occasions == look->room) {
		size_t room = look->room == 0 ? FIRST_ROOM : look->room * 2;
		struct occasion *grown =
		    ARENA_ARRAY(look->arena, room, struct occasion);

		for (size_t i = 0; i < look->n_occasions; i++)
			grown[i] = look->occasions[i];
		look->occasions = grown;
		look->room = room;
	}
	look->occasions[look->n_occasions++] = *occasion;
}

struct subject
look_subject(const struct look *look)
{
	struct subject s = {
	    .edition = look->edition, .customer = look->customer};

	if (look->event != NULL) {
		s.event_stream = look->event->stream;
		s.event_fields = look->event->fields;
		s.event_at = look->event->e;
		s.event_entry = look->entry;
		s.start_stream = s.event_stream;
		s.start_fields = s.event_fields;
		s.start_at = s.event_at;
	}
	return (s);
}

bool
look_holds(struct look *look, const struct cel_expr *expr,
    const struct subject *subject, wall_ms *bound)
{
	struct cel_eval ev = {.now = look->n,
	    .until = bound == NULL ? INSTANT_BEFORE : INSTANT_NEVER,
	    .arena = look->arena,
	    .subject = subject,
	    .zones = look->edition->schema->zones,
	    .memos = look->memos,
	    .stamp = *look->stamp};
	bool error = false;
	bool holds;

	if (expr == NULL)
		return (true);
	holds = cel_holds(expr, &ev, &error);
	look->errors += error;
	if (bound != NULL && ev.until < *bound)
		*bound = ev.until;
	return (holds);
}

struct span
time_key(struct arena *arena, wall_ms tau)
{
	return (arena_print(arena, "t:%lld", (long long)tau));
}

/* The tiers at n, and the rules that wait for their changes. */
static void
look_at_tiers(struct look *look, struct tier_events *events)
{
	const struct tier_program *program = look->edition->program;
	struct tier_state *state = &look->customer->tier;
	struct spends spends =
	    customer_spends(look->customer, look->edition->schema, look->arena);
	wall_ms due;

	if (look->cause == LOOK_TIME)
		tier_on_time(program, state, spends, look->n, events);
	else
		tier_on_record(program, state, spends, look->n, events);
	if (look->cause == LOOK_PRIME)
		tier_on_time(program, state, spends, look->n, events);
	due = tier_due(program, state, spends, look->n);
	if (due < look->steady)
		look->steady = due;
}

static bool
reads_purchases(const struct look *look, uint64_t touched)
{
	const struct schema *schema = look->edition->schema;

	for (size_t i = 0; i < schema->n_streams; i++) {
		if (schema->streams[i].role == ROLE_PURCHASE &&
		    (touched & (UINT64_C(1) << i)) != 0)
			return (true);
	}
	return (false);
}

static bool
concerned(const struct look *look, const struct rule *rule, uint64_t touched)
{
	switch (look->cause) {
	case LOOK_EVENT:
		return (look->first || (rule->streams & touched) != 0);
	case LOOK_TIME:
		return (rule->in_time);
	case LOOK_PAST:
		return (rule->source == SOURCE_IDLE ||
			rule->source == SOURCE_YEARLY);
	case LOOK_PRIME:
		return (true);
	}
	CHECK(false);
}

static void
ask(struct look *look, const struct rule *rule,
    const struct tier_events *events)
{
	switch (rule->source) {
	case SOURCE_STATE:
		state_look(look, rule);
		break;
	case SOURCE_EVENT:
		event_look(look, rule);
		break;
	case SOURCE_IDLE:
		idle_look(look, rule);
		break;
	case SOURCE_YEARLY:
		yearly_look(look, rule);
		break;
	case SOURCE_TIER:
		tier_look(look, rule, events);
		break;
	}
}

void
look_at(struct look *look)
{
	const struct edition *edition = look->edition;
	struct tier_events events = {.n = 0};
	uint64_t touched =
	    look->event == NULL
		? 0
		: streams_touched(edition->schema, look->event->stream);

	++*look->stamp;
	look->steady = look->dated = INSTANT_NEVER;
	if (edition->program != NULL && look->cause != LOOK_PAST &&
	    (look->cause != LOOK_EVENT || look->first ||
		reads_purchases(look, touched)))
		look_at_tiers(look, &events);
	for (size_t i = 0; i < edition->n_rules; i++) {
		const struct rule *rule = &edition->rules[i];

		if (rule->mode == MODE_OFF)
			continue;
		if (concerned(look, rule, touched) ||
		    (rule->source == SOURCE_TIER && events.n > 0))
			ask(look, rule, &events);
	}
}
