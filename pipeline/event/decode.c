/*
 * From the bytes of a record to an event.  What a schema asks for is compiled
 * once into a plan per stream, so that reading a record is: the key, one pass
 * over the JSON, and a look-up per declared field.
 */
#include "pipeline/event/decode.h"

#include "pipeline/base/check.h"
#include "pipeline/base/hash.h"
#include "pipeline/base/utf8.h"
#include "pipeline/bridge/json.h"
#include "pipeline/event/consent.h"
#include "pipeline/event/envelope.h"
#include "pipeline/event/field.h"
#include "pipeline/event/plan.h"
#include "pipeline/event/profile.h"

/* A magic byte and the id of a schema: how registries frame Avro and others. */
enum { REGISTRY_FRAME_BYTES = 5 };

struct decoder {
	struct arena *arena; /* of the decoder itself */
	const struct schema *schema;
	struct json_reader *json;
	const struct stream_plan *plans;
	struct span *profile_paths;
};

/* A record while it is read. */
struct work {
	struct reading r;
	const struct record *record;
	const struct stream *stream;
	const struct stream_plan *plan;
	struct envelope envelope;
	const struct json *data;
};

struct decoder *
decoder_new(const struct schema *schema)
{
	struct arena *arena = arena_new();
	struct decoder *decoder = ARENA_NEW(arena, struct decoder);

	decoder->arena = arena;
	decoder->schema = schema;
	decoder->json = json_reader_new();
	decoder->plans = plan_streams(arena, schema);
	decoder->profile_paths =
	    ARENA_ARRAY(arena, schema->n_profile, struct span);
	for (size_t i = 0; i < schema->n_profile; i++)
		decoder->profile_paths[i] = arena_print(
		    arena, "/set/%.*s", SPAN_ARGS(schema->profile[i].name));
	return (decoder);
}

void
decoder_free(struct decoder *decoder)
{
	if (decoder == NULL)
		return;
	json_reader_free(decoder->json);
	arena_free(decoder->arena);
}

static enum outcome
check_value(struct reading *r, struct span value)
{
	if (value.at == NULL)
		return (fail_with(refuse(r, DEAD_BAD_JSON), REJECT,
		    "the record has no value (a tombstone)"));
	if (value.length == 0)
		return (fail_with(
		    refuse(r, DEAD_BAD_JSON), REJECT, "the value is empty"));
	if (value.length > EVENT_VALUE_MAX)
		return (fail_with(refuse(r, DEAD_TOO_LARGE), REJECT,
		    "the value is longer than %d bytes", EVENT_VALUE_MAX));
	if (value.length >= REGISTRY_FRAME_BYTES && value.at[0] == '\0')
		return (
		    fail_with(refuse(r, DEAD_SCHEMA_REGISTRY_FRAMING), REJECT,
			"the value is framed for a schema registry "
			"(a zero byte and an id); only JSON is read"));
	return (DONE);
}

static enum outcome
parse_value(struct json_reader *json, struct reading *r, struct span value,
    const struct json **ret)
{
	struct failure detail;
	enum json_error error;

	if (check_value(r, value) != DONE)
		return (REJECT);
	if (json_read(json, value, r->arena, ret, &error, &detail) == DONE)
		return (DONE);
	return (fail_with(
	    refuse(r, error == JSON_TOO_DEEP ? DEAD_TOO_DEEP : DEAD_BAD_JSON),
	    REJECT, "the value: %s", detail.text));
}

static enum outcome
check_type(struct work *w)
{
	const struct stream *stream = w->stream;

	if (w->envelope.type.at == NULL || stream->n_types == 0)
		return (DONE);
	for (size_t i = 0; i < stream->n_types; i++) {
		if (span_equals(stream->types[i], w->envelope.type))
			return (DONE);
	}
	return (fail_with(refuse(&w->r, DEAD_UNKNOWN_TYPE), REJECT,
	    "ce_type: not one of the stream's"));
}

static enum outcome
check_key(struct work *w, struct span key)
{
	const struct json *json = json_find(w->data, &w->plan->key);
	struct span path = w->stream->key_from;
	struct span named = {NULL, 0};

	if (json_absent(json))
		return (DONE);
	if (field_read_id(&w->r, path, json, &named) != DONE)
		return (REJECT);
	if (!span_equals(named, key))
		return (fail_with(refuse(&w->r, DEAD_KEY_MISMATCH), REJECT,
		    "%.*s: not the record's key", SPAN_ARGS(path)));
	return (DONE);
}

static enum outcome
check_currency(struct work *w)
{
	const struct json *json;

	if (!w->plan->moves_money)
		return (DONE);
	json = json_find(w->data, &w->plan->currency);
	if (json == NULL || json->kind != JSON_STRING ||
	    span_equals(json->text, span_of(w->r.schema->currency.code)))
		return (DONE);
	return (fail_with(refuse(&w->r, DEAD_UNKNOWN_CURRENCY), REJECT,
	    "currency: not %s, the schema's", w->r.schema->currency.code));
}

/* An import of history must not be taken for live by a slip of type. */
static enum outcome
read_backfill(struct work *w, bool *ret)
{
	const struct json *json = json_member(w->data, SPAN("backfill"));

	if (!json_absent(json) && json->kind != JSON_BOOL)
		return (fail_with(refuse(&w->r, DEAD_WRONG_TYPE), REJECT,
		    "/backfill: not true or false"));
	*ret = json != NULL && json->truth;
	return (DONE);
}

/* The id of the envelope, where the data has none. */
static enum outcome
read_envelope_id(struct work *w, struct span *ret)
{
	struct span id = w->envelope.id;
	struct span path = w->stream->id_from;

	if (id.length == 0)
		return (fail_with(refuse(&w->r, DEAD_MISSING_FIELD), REJECT,
		    "%.*s: missing, and no ce_id", SPAN_ARGS(path)));
	if (id.length > EVENT_TEXT_MAX)
		return (fail_with(refuse(&w->r, DEAD_TEXT_TOO_LONG), REJECT,
		    "ce_id: longer than %d bytes", EVENT_TEXT_MAX));
	if (!utf8_valid(id))
		return (fail_with(refuse(&w->r, DEAD_WRONG_TYPE), REJECT,
		    "ce_id: not UTF-8"));
	*ret = id;
	return (DONE);
}

static enum outcome
read_id(struct work *w, struct event *event)
{
	const struct json *json = json_find(w->data, &w->plan->id);
	struct span path = w->stream->id_from;
	enum outcome outcome;

	if (json_absent(json))
		outcome = read_envelope_id(w, &event->id);
	else
		outcome = field_read_id(&w->r, path, json, &event->id);
	if (outcome != DONE)
		return (outcome);
	if (event->id.length == 0)
		return (fail_with(refuse(&w->r, DEAD_MISSING_FIELD), REJECT,
		    "%.*s: empty", SPAN_ARGS(path)));
	event->id_hash = hash_id(event->id);
	return (DONE);
}

/* ce_time, else the declared field, else the arrival. */
static enum outcome
read_raw_time(struct work *w, wall_ms *ret)
{
	struct span path = w->stream->time_from;
	struct failure detail;
	const struct json *json;

	if (w->envelope.time.at != NULL) {
		if (instant_parse(w->envelope.time, ret, &detail) == DONE)
			return (DONE);
		return (fail_with(refuse(&w->r, DEAD_BAD_TIME), REJECT,
		    "ce_time: %s", detail.text));
	}
	if (path.length == 0) {
		*ret = w->record->arrival;
		return (DONE);
	}
	json = json_find(w->data, &w->plan->time);
	if (json_absent(json))
		return (fail_with(refuse(&w->r, DEAD_MISSING_FIELD), REJECT,
		    "%.*s: missing, and no ce_time", SPAN_ARGS(path)));
	if (field_read_instant(json, ret, &detail) == DONE)
		return (DONE);
	return (fail_with(refuse(&w->r, DEAD_BAD_TIME), REJECT, "%.*s: %s",
	    SPAN_ARGS(path), detail.text));
}

static enum outcome
read_time(struct work *w, struct event *event)
{
	wall_ms a = w->record->arrival;

	if (!instant_has_a_name(a))
		return (fail_with(refuse(&w->r, DEAD_BAD_TIME), REJECT,
		    "the record's timestamp: outside the years 1 to 9999"));
	if (read_raw_time(w, &event->raw) != DONE)
		return (REJECT);
	if (event->raw - w->r.schema->future_tolerance > a)
		return (fail_with(refuse(&w->r, DEAD_FUTURE_TIME), REJECT,
		    "the event's time: too far after the record's arrival"));
	event->a = a;
	event->e = event->raw < a ? event->raw : a;
	return (DONE);
}

static enum outcome
read_field(struct work *w, size_t i, struct value *ret)
{
	const struct field *field = &w->stream->fields[i];
	const struct field_plan *plan = &w->plan->fields[i];
	const struct json *json = json_find(w->data, &plan->pointer);
	struct span text = {NULL, 0};

	if (json_absent(json) && plan->required)
		return (fail_with(refuse(&w->r, DEAD_MISSING_FIELD), REJECT,
		    "%.*s: missing", SPAN_ARGS(field->from)));
	if (json_absent(json))
		return (DONE);
	if (!plan->is_id)
		return (field_read(&w->r, field, field->from, json, ret));
	if (field_read_id(&w->r, field->from, json, &text) != DONE)
		return (REJECT);
	*ret = value_string(text);
	return (DONE);
}

static enum outcome
read_fields(struct work *w, struct event *event)
{
	size_t n = w->stream->n_fields;
	struct value *values = ARENA_ARRAY(w->r.arena, n, struct value);

	for (size_t i = 0; i < n; i++) {
		if (read_field(w, i, &values[i]) != DONE)
			return (REJECT);
	}
	event->fields = values;
	return (DONE);
}

static enum outcome
read_role(struct work *w, struct event *event)
{
	event->purpose = NO_FIELD;
	event->channel = ALL_CHANNELS;
	if (w->stream->role == ROLE_PROFILE)
		return (profile_read(&w->r, w->data, event));
	if (w->stream->role == ROLE_CONSENT)
		return (consent_read(&w->r, w->data, event));
	return (DONE);
}

/* Everything behind the JSON, into event. */
static enum outcome
read_data(struct work *w, struct event *event)
{
	if (check_type(w) != DONE || check_key(w, event->customer) != DONE ||
	    check_currency(w) != DONE ||
	    read_backfill(w, &event->backfill) != DONE ||
	    read_id(w, event) != DONE || read_time(w, event) != DONE ||
	    read_fields(w, event) != DONE)
		return (REJECT);
	event->traceparent = w->envelope.traceparent;
	return (read_role(w, event));
}

static enum outcome
read_record(struct decoder *decoder, struct work *w, struct event *event)
{
	const struct record *record = w->record;

	if (decoder_key(record, &event->customer, w->r.why) != DONE) {
		w->r.reason = DEAD_BAD_KEY;
		return (REJECT);
	}
	if (parse_value(decoder->json, &w->r, record->value, &w->data) != DONE)
		return (REJECT);
	w->envelope = envelope_of_headers(record);
	if (w->envelope.structured &&
	    envelope_open(&w->r, w->data, &w->envelope, &w->data) != DONE)
		return (REJECT);
	return (read_data(w, event));
}

enum outcome
decoder_read(struct decoder *decoder, const struct record *record,
    struct arena *arena, struct event *ret, enum dead_reason *reason,
    struct failure *why)
{
	const struct schema *schema = decoder->schema;
	struct work w = {
	    .r = {.schema = schema,
		.profile_paths = decoder->profile_paths,
		.arena = arena,
		.why = why},
	    .record = record,
	};
	struct event event = {
	    .partition = record->partition,
	    .offset = record->offset,
	};

	CHECK(
	    record->stream >= 0 && (size_t)record->stream < schema->n_streams);
	w.stream = &schema->streams[record->stream];
	w.plan = &decoder->plans[record->stream];
	event.stream = w.stream;
	if (read_record(decoder, &w, &event) != DONE) {
		*reason = w.r.reason;
		return (REJECT);
	}
	*ret = event;
	return (DONE);
}
