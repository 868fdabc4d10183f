/*
 * What a decision says about itself: the trigger's params, the sentence in
 * `why`, and in `trace` each value that its condition read.  Evaluated where it
 * is published, at that n.
 */
#include <string.h>

#include "pipeline/base/buffer.h"
#include "pipeline/decide/evaluation.h"
#include "pipeline/rule/look.h"

enum {
	TERMS_MAX = 16,
	DATE_LENGTH = 10,
	/* The longest calendar period of a cap, and a zone's worth of slack. */
	CALENDAR_DAYS_MAX = 33,
};

static bool
mentions(struct span text, const char *object, struct span field,
    struct arena *arena)
{
	struct span path =
	    arena_print(arena, "%s.%.*s", object, SPAN_ARGS(field));

	return (text.length >= path.length &&
		memmem(text.at, text.length, path.at, path.length) != NULL);
}

/* What a field marked `pii: true` has to do with never leaves in a trace. */
static bool
mentions_pii(const struct evaluation *ev, struct span text)
{
	const struct schema *schema = ev->a->edition->schema;
	struct arena *arena = ev->a->arena;

	for (size_t i = 0; i < schema->n_profile; i++) {
		if (schema->profile[i].pii &&
		    mentions(text, "customer", schema->profile[i].name, arena))
			return (true);
	}
	for (size_t i = 0; i < schema->n_streams; i++) {
		const struct stream *stream = &schema->streams[i];

		for (size_t j = 0; j < stream->n_fields; j++) {
			struct span name = stream->fields[j].name;

			if (stream->fields[j].pii &&
			    memmem(text.at, text.length, name.at,
				name.length) != NULL)
				return (true);
		}
	}
	return (false);
}

static struct cel_eval
eval_for(const struct evaluation *ev, const struct subject *subject)
{
	return ((struct cel_eval){.now = ev->n,
	    .until = INSTANT_NEVER,
	    .arena = ev->a->arena,
	    .subject = subject,
	    .zones = ev->a->edition->schema->zones,
	    .memos = ev->a->memos,
	    .stamp = ev->a->stamp});
}

/* A value as a person reads it: as in JSON, without quotes around it. */
static void
put_value(const struct evaluation *ev, struct buffer *b, struct value v)
{
	struct buffer json;
	struct span text;

	if (v.kind == VALUE_STRING) {
		buffer_span_add(b, value_text(v));
		return;
	}
	if (v.kind == VALUE_ERROR) {
		buffer_print(b, "(%s)", v.error);
		return;
	}
	if (v.kind == VALUE_DOUBLE) {
		buffer_print(b, "%.6g", v.d);
		return;
	}
	buffer_init(&json, ev->a->arena);
	json_value(&json, v, &ev->a->edition->schema->currency);
	text = buffer_span(&json);
	if (text.at[0] == '"')
		text = (struct span){text.at + 1, text.length - 2};
	buffer_span_add(b, text);
}

static void
put_terms(
    const struct evaluation *ev, struct buffer *b, const struct trigger *t)
{
	for (size_t i = 0; i < t->n_terms; i++) {
		const struct trigger_term *term = &t->terms[i];

		if (!term->result)
			continue;
		if (b->length > 0)
			buffer_print(b, "; ");
		buffer_span_add(b, term->expr);
		if (term->op.length == 0)
			continue;
		buffer_char(b, ' ');
		put_value(ev, b, term->value);
		buffer_print(b, " %.*s ", SPAN_ARGS(term->op));
		put_value(ev, b, term->bound);
	}
}

static void
put_date(struct buffer *b, wall_ms t)
{
	char text[INSTANT_TEXT_MAX];

	instant_format(t, text);
	buffer_add(b, text, DATE_LENGTH);
}

/* The largest unit that leaves no rest: "14 days", "36 hours". */
static void
put_length(struct buffer *b, duration_ms length)
{
	if (length % DAY_MS == 0)
		buffer_print(b, "%lld days", (long long)(length / DAY_MS));
	else if (length % HOUR_MS == 0)
		buffer_print(b, "%lld hours", (long long)(length / HOUR_MS));
	else if (length % MINUTE_MS == 0)
		buffer_print(
		    b, "%lld minutes", (long long)(length / MINUTE_MS));
	else
		buffer_print(
		    b, "%lld seconds", (long long)(length / SECOND_MS));
}

/* What brought the rule up, before its condition. */
static void
put_source(const struct evaluation *ev, struct buffer *b,
    const struct rule *rule, const struct pending *p)
{
	const struct tier_program *program = ev->a->edition->program;
	struct latest latest;

	switch (rule->source) {
	case SOURCE_STATE:
		if (rule->held_for > 0) {
			buffer_print(b, "true for ");
			put_length(b, rule->held_for);
		}
		break;
	case SOURCE_EVENT:
		buffer_print(b, "%.*s %.*s", SPAN_ARGS(rule->stream->name),
		    SPAN_ARGS(p->event_id));
		if (rule->delayed) {
			buffer_print(b, ", ");
			put_length(b, rule->delay);
			buffer_print(b, " before");
		}
		break;
	case SOURCE_IDLE:
		buffer_print(
		    b, "nothing in %.*s for ", SPAN_ARGS(rule->stream->name));
		put_length(b, rule->steps[p->step - 1]);
		if (!idle_latest(ev->customer, rule->stream, &latest))
			break;
		buffer_print(b, " (last ");
		put_date(b, latest.e);
		buffer_char(b, ')');
		break;
	case SOURCE_YEARLY:
		buffer_print(b, "%.*s on %.*s",
		    SPAN_ARGS(cel_expr_text(rule->yearly)), SPAN_ARGS(p->key));
		break;
	case SOURCE_TIER:
		if (p->tier_old == p->tier_new)
			buffer_print(b, "status %.*s",
			    SPAN_ARGS(tier_name(program, p->tier_new)));
		else
			buffer_print(b, "status %.*s, was %.*s",
			    SPAN_ARGS(tier_name(program, p->tier_new)),
			    SPAN_ARGS(tier_name(program, p->tier_old)));
		break;
	}
}

/* Evaluate the condition once more, writing down what it compares. */
static void
trace_condition(const struct evaluation *ev, const struct rule *rule,
    const struct subject *subject, struct trigger *t)
{
	struct cel_term terms[TERMS_MAX];
	struct cel_trace trace = {.terms = terms, .room = TERMS_MAX};
	struct cel_eval eval = eval_for(ev, subject);
	struct trigger_term *kept =
	    ARENA_ARRAY(ev->a->arena, TERMS_MAX, struct trigger_term);

	if (rule->when == NULL)
		return;
	eval.trace = &trace;
	(void)cel_evaluate(rule->when, &eval);
	for (size_t i = 0; i < trace.n_terms; i++) {
		if (mentions_pii(ev, terms[i].expr))
			continue;
		kept[t->n_terms++] =
		    (struct trigger_term){terms[i].expr, terms[i].value,
			terms[i].op, terms[i].bound, terms[i].result};
	}
	t->terms = kept;
}

static void
put_params(const struct evaluation *ev, const struct rule *rule,
    const struct subject *subject, struct trigger *t)
{
	struct trigger_param *params =
	    ARENA_ARRAY(ev->a->arena, rule->n_params, struct trigger_param);

	for (size_t i = 0; i < rule->n_params; i++) {
		const struct rule_param *p = &rule->params[i];
		struct cel_eval eval = eval_for(ev, subject);

		params[i].name = p->name;
		params[i].value = p->expr == NULL
				      ? value_string(p->constant)
				      : cel_evaluate(p->expr, &eval);
		if (params[i].value.kind == VALUE_ERROR)
			ev->a->tallies[rule - ev->a->edition->rules].errors++;
	}
	t->params = params;
	t->n_params = rule->n_params;
}

static void
put_cause(const struct pending *p, struct trigger *t)
{
	if (p->stream == NULL)
		return;
	t->by_event = true;
	t->event_id = p->event_id;
	t->event_topic = p->stream->topic;
	t->event_partition = p->partition;
	t->event_offset = p->offset;
	t->traceparent = p->traceparent;
}

static void
put_consent(
    const struct evaluation *ev, const struct rule *rule, struct trigger *t)
{
	const struct schema *schema = ev->a->edition->schema;

	if (rule->purpose == NO_FIELD)
		return;
	t->purpose = schema->purposes[rule->purpose];
	t->consent_as_of =
	    ev->customer
		->consents[(size_t)rule->purpose * schema->n_channels +
			   (size_t)rule->consent_channel]
		.e;
}

struct trigger
explain(const struct evaluation *ev, const struct rule *rule,
    const struct pending *p)
{
	static const char *const sources[] = {[ZONE_OF_PROFILE] = "profile",
	    [ZONE_OF_COUNTRY] = "country",
	    [ZONE_OF_SCHEMA] = "schema"};
	const struct schema *schema = ev->a->edition->schema;
	enum zone_source source;
	int zone = customer_zone(ev->customer, schema, &source);
	struct trigger t = {.tenant = ev->a->tenant,
	    .type = rule->type,
	    .rule = rule->id,
	    .version = rule->version,
	    .rule_hash = span_of(rule->tree_hash),
	    .customer = ev->customer->id,
	    .channel = rule->channel->name,
	    .occurrence_key = p->key,
	    .occurred_at = p->tau,
	    .decided_at = ev->wall,
	    .send_before = p->tau + rule->expires,
	    .timezone = zones_name(schema->zones, zone),
	    .tz_source = span_of(sources[source]),
	    .tzdata = zones_version(schema->zones),
	    .priority = rule->priority,
	    .late = ev->wall - p->tau > ev->a->live_within};

	put_cause(p, &t);
	return (t);
}

static void
say(struct advance *a, const struct evaluation *ev, const struct rule *rule,
    const struct trigger *t)
{
	if (a->n_outputs == a->outputs_room) {
		size_t room =
		    a->outputs_room == 0 ? TERMS_MAX : a->outputs_room * 2;
		struct output *grown =
		    ARENA_ARRAY(a->arena, room, struct output);

		for (size_t i = 0; i < a->n_outputs; i++)
			grown[i] = a->outputs[i];
		a->outputs = grown;
		a->outputs_room = room;
	}
	a->outputs[a->n_outputs++] =
	    (struct output){.rule = rule, .trigger = *t, .mark = ev->mark};
}

void
suppress(struct evaluation *ev, const struct rule *rule,
    const struct pending *pending, enum reason reason, struct span detail)
{
	struct advance *a = ev->a;
	struct trigger t = explain(ev, rule, pending);

	a->tallies[rule - a->edition->rules].suppressed[reason]++;
	/* Behind, each single one would be noise: it is counted. */
	if (ev->primed || (ev->wall - ev->n > a->live_within && !a->tells_all))
		return;
	t.reason =
	    reason == REASON_CANCELLED ? detail : span_of(reason_name(reason));
	t.detail = reason == REASON_PRIORITY ? detail : SPAN("");
	say(a, ev, rule, &t);
}

/* What reentry and the caps will ask about this one. */
static void
remember(
    struct evaluation *ev, const struct rule *rule, const struct pending *p)
{
	struct customer *customer = ev->customer;
	struct arena *arena = ev->a->arena;

	if (rule->reentry.kind == REENTRY_AFTER ||
	    rule->reentry.kind == REENTRY_MONTHS) {
		struct rule_state *state =
		    customer_rule_make(customer, arena, rule->hash);

		if (p->decided > state->decided)
			state->decided = p->decided;
	}
	for (size_t i = 0; i < rule->n_caps; i++) {
		const struct cap *cap = rule->caps[i];
		wall_ms longest = cap->period == CAP_ROLLING
				      ? cap->length
				      : CALENDAR_DAYS_MAX * DAY_MS;

		customer_slots_forget(customer, cap->hash, ev->n - longest);
		customer_slot_add(customer, arena, cap->hash, ev->n);
	}
}

void
publish(struct evaluation *ev, const struct candidate *candidate)
{
	const struct rule *rule = candidate->rule;
	const struct pending *p = &candidate->pending;
	struct advance *a = ev->a;
	struct subject subject = pending_subject(ev, p);
	struct trigger t = explain(ev, rule, p);
	struct buffer why;

	remember(ev, rule, p);
	trace_condition(ev, rule, &subject, &t);
	put_params(ev, rule, &subject, &t);
	put_consent(ev, rule, &t);
	buffer_init(&why, a->arena);
	put_source(ev, &why, rule, p);
	put_terms(ev, &why, &t);
	t.why = buffer_span(&why);
	a->tallies[rule - a->edition->rules].triggers++;
	say(a, ev, rule, &t);
}
