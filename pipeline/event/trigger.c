/*
 * The shapes in which a decision leaves: a trigger in four formats, and the
 * message for `suppressed`.  What a sender's template needs lies at the top of
 * the value, what somebody who asks "why" needs in `trace`.
 */
#include "pipeline/event/trigger.h"

#include "pipeline/base/buffer.h"

enum { HEADERS_MAX = 10 };

/* What every part of an encoding reads. */
struct encoding {
	struct arena *arena;
	const struct trigger *t;
	const struct currency *currency;
	struct span id;
};

static void
add_cause(struct buffer *b, const struct trigger *t)
{
	json_add_name(b, "cause");
	buffer_char(b, '{');
	json_add_text(b, "kind", t->by_event ? SPAN("event") : SPAN("timer"));
	if (t->by_event) {
		json_add_text(b, "event_id", t->event_id);
		json_add_text(b, "topic", t->event_topic);
		json_add_int(b, "partition", t->event_partition);
		json_add_int(b, "offset", t->event_offset);
	}
	buffer_char(b, '}');
}

/* The members of an object: `"name":value,…`, without its braces. */
static void
add_param_members(struct buffer *b, const struct encoding *e)
{
	for (size_t i = 0; i < e->t->n_params; i++) {
		if (i > 0)
			buffer_char(b, ',');
		json_string(b, e->t->params[i].name);
		buffer_char(b, ':');
		json_value(b, e->t->params[i].value, e->currency);
	}
}

/*
 * Money at any depth that json_value writes.
 * NOLINTBEGIN(misc-no-recursion): which bounds it.
 */
static bool
holds_money(struct value v, int depth)
{
	size_t n = v.length;

	if (v.kind == VALUE_MONEY)
		return (true);
	if (v.kind == VALUE_OPTIONAL)
		n = v.items == NULL ? 0 : 1;
	else if (v.kind == VALUE_MAP)
		n *= 2;
	else if (v.kind != VALUE_LIST)
		return (false);
	for (size_t i = 0; i < n && depth < JSON_NEST_MAX; i++) {
		if (holds_money(v.items[i], depth + 1))
			return (true);
	}
	return (false);
}
/* NOLINTEND(misc-no-recursion) */

static bool
param_holds_money(const struct trigger *t)
{
	for (size_t i = 0; i < t->n_params; i++) {
		if (holds_money(t->params[i].value, 0))
			return (true);
	}
	return (false);
}

static void
add_terms(struct buffer *b, const struct encoding *e)
{
	json_add_name(b, "explain");
	buffer_char(b, '[');
	for (size_t i = 0; i < e->t->n_terms; i++) {
		const struct trigger_term *term = &e->t->terms[i];

		if (i > 0)
			buffer_char(b, ',');
		buffer_char(b, '{');
		json_add_text(b, "expr", term->expr);
		json_add_name(b, "value");
		json_value(b, term->value, e->currency);
		if (term->op.length > 0) {
			json_add_text(b, "op", term->op);
			json_add_name(b, "bound");
			json_value(b, term->bound, e->currency);
		}
		json_add_bool(b, "result", term->result);
		buffer_char(b, '}');
	}
	buffer_char(b, ']');
}

static void
add_trace(struct buffer *b, const struct encoding *e)
{
	const struct trigger *t = e->t;

	json_add_name(b, "trace");
	buffer_char(b, '{');
	json_add_text(b, "occurrence_key", t->occurrence_key);
	json_add_text(b, "rule_hash", t->rule_hash);
	json_add_text(b, "tz_source", t->tz_source);
	json_add_text(b, "tzdata", t->tzdata);
	json_add_int(b, "priority", t->priority);
	json_add_bool(b, "late", t->late);
	add_terms(b, e);
	buffer_char(b, '}');
}

static void
add_params(struct buffer *b, const struct encoding *e)
{
	json_add_name(b, "params");
	buffer_char(b, '{');
	add_param_members(b, e);
	buffer_char(b, '}');
	if (param_holds_money(e->t))
		json_add_text(b, "currency", span_of(e->currency->code));
}

static void
add_trigger(struct buffer *b, const struct encoding *e)
{
	const struct trigger *t = e->t;

	buffer_char(b, '{');
	json_add_text(b, "trigger_id", e->id);
	json_add_text(b, "type", t->type);
	json_add_text(b, "customer_id", t->customer);
	json_add_text(b, "channel", t->channel);
	json_add_instant(b, "occurred_at", t->occurred_at);
	json_add_instant(b, "decided_at", t->decided_at);
	json_add_instant(b, "send_before", t->send_before);
	json_add_text(b, "timezone", t->timezone);
	add_params(b, e);
	json_add_text(b, "why", t->why);
	if (t->purpose.length > 0) {
		json_add_name(b, "consent");
		buffer_char(b, '{');
		json_add_text(b, "purpose", t->purpose);
		json_add_instant(b, "as_of", t->consent_as_of);
		buffer_char(b, '}');
	}
	json_add_text(b, "rule", t->rule);
	json_add_int(b, "rule_version", t->version);
	add_cause(b, t);
	add_trace(b, e);
	buffer_char(b, '}');
}

static void
add_suppressed(struct buffer *b, const struct encoding *e)
{
	const struct trigger *t = e->t;

	buffer_char(b, '{');
	json_add_text(b, "trigger_id", e->id);
	json_add_text(b, "type", t->type);
	json_add_text(b, "rule", t->rule);
	json_add_text(b, "customer_id", t->customer);
	json_add_text(b, "channel", t->channel);
	json_add_instant(b, "occurred_at", t->occurred_at);
	json_add_instant(b, "decided_at", t->decided_at);
	json_add_text(b, "reason", t->reason);
	if (t->detail.length > 0)
		json_add_text(b, "detail", t->detail);
	add_cause(b, t);
	buffer_char(b, '}');
}

static struct span
ce_type(const struct encoding *e)
{
	return (arena_print(e->arena, "trigger.%.*s", SPAN_ARGS(e->t->type)));
}

static struct span
ce_source(const struct encoding *e)
{
	return (arena_print(e->arena, "/kith/%.*s", SPAN_ARGS(e->t->tenant)));
}

/* The whole event as one JSON object, the trigger under `data`. */
static void
add_structured(struct buffer *b, const struct encoding *e)
{
	buffer_char(b, '{');
	json_add_text(b, "specversion", SPAN("1.0"));
	json_add_text(b, "id", e->id);
	json_add_text(b, "source", ce_source(e));
	json_add_text(b, "type", ce_type(e));
	json_add_text(b, "subject", e->t->customer);
	json_add_instant(b, "time", e->t->occurred_at);
	json_add_text(b, "datacontenttype", SPAN("application/json"));
	if (e->t->traceparent.length > 0)
		json_add_text(b, "traceparent", e->t->traceparent);
	json_add_name(b, "data");
	add_trigger(b, e);
	buffer_char(b, '}');
}

static bool
param_is_named(const struct trigger *t, struct span name)
{
	for (size_t i = 0; i < t->n_params; i++) {
		if (span_equals(t->params[i].name, name))
			return (true);
	}
	return (false);
}

/*
 * Segment's `track` call.  Its receivers look for the currency beside the
 * amounts, so it lies there, unless a param has taken that name.
 */
static void
add_segment_track(struct buffer *b, const struct encoding *e)
{
	const struct trigger *t = e->t;

	buffer_char(b, '{');
	json_add_text(b, "type", SPAN("track"));
	json_add_text(b, "messageId", e->id);
	json_add_text(b, "event", t->type);
	json_add_text(b, "userId", t->customer);
	json_add_instant(b, "timestamp", t->occurred_at);
	json_add_name(b, "properties");
	buffer_char(b, '{');
	add_param_members(b, e);
	if (param_holds_money(t) && !param_is_named(t, SPAN("currency")))
		json_add_text(b, "currency", span_of(e->currency->code));
	buffer_char(b, '}');
	buffer_char(b, '}');
}

static struct span
encode_value(const struct encoding *e, enum trigger_format format)
{
	struct buffer b;

	buffer_init(&b, e->arena);
	if (e->t->reason.length > 0) {
		add_suppressed(&b, e);
		return (buffer_span(&b));
	}
	switch (format) {
	case FORMAT_CLOUDEVENTS_BINARY:
	case FORMAT_JSON:
		add_trigger(&b, e);
		break;
	case FORMAT_CLOUDEVENTS_STRUCTURED:
		add_structured(&b, e);
		break;
	case FORMAT_SEGMENT_TRACK:
		add_segment_track(&b, e);
		break;
	}
	return (buffer_span(&b));
}

struct headers {
	struct header *at;
	size_t n;
};

static void
add_header(struct headers *headers, const char *name, struct span value)
{
	headers->at[headers->n++] = (struct header){span_of(name), value};
}

static void
add_cloudevents_headers(struct headers *headers, const struct encoding *e)
{
	char time[INSTANT_TEXT_MAX];

	instant_format(e->t->occurred_at, time);
	add_header(headers, "ce_specversion", SPAN("1.0"));
	add_header(headers, "ce_id", e->id);
	add_header(headers, "ce_type", ce_type(e));
	add_header(headers, "ce_source", ce_source(e));
	add_header(headers, "ce_subject", e->t->customer);
	add_header(headers, "ce_time", arena_span(e->arena, span_of(time)));
}

static struct headers
encode_headers(const struct encoding *e, enum trigger_format format)
{
	struct headers headers = {
	    ARENA_ARRAY(e->arena, HEADERS_MAX, struct header), 0};
	struct span content_type = SPAN("application/json");
	bool suppressed = e->t->reason.length > 0;

	if (!suppressed && format == FORMAT_CLOUDEVENTS_BINARY)
		add_cloudevents_headers(&headers, e);
	if (!suppressed && format == FORMAT_CLOUDEVENTS_STRUCTURED)
		content_type =
		    SPAN("application/cloudevents+json; charset=UTF-8");
	add_header(&headers, "content-type", content_type);
	if (!suppressed && e->t->traceparent.length > 0)
		add_header(&headers, "traceparent", e->t->traceparent);
	return (headers);
}

struct message
trigger_encode(struct arena *arena, const struct trigger *t,
    enum trigger_format format, const struct currency *currency,
    struct span topic)
{
	struct encoding e = {.arena = arena, .t = t, .currency = currency};
	char id[TRIGGER_ID_LENGTH + 1];
	struct headers headers;

	trigger_id(t, id);
	e.id = arena_span(arena, span_of(id));
	headers = encode_headers(&e, format);
	return ((struct message){
	    .topic = topic,
	    .key = t->customer,
	    .value = encode_value(&e, format),
	    .headers = headers.at,
	    .n_headers = headers.n,
	    .timestamp = TIMESTAMP_NONE,
	});
}
