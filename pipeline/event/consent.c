#include "pipeline/event/consent.h"

#include "pipeline/event/field.h"

static enum outcome
read_required(struct reading *r, const struct json *data, struct span name,
    struct span *ret)
{
	const struct json *json = json_member(data, name);
	struct span path = arena_print(r->arena, "/%.*s", SPAN_ARGS(name));

	if (json_absent(json))
		return (fail_with(refuse(r, DEAD_MISSING_FIELD), REJECT,
		    "%.*s: missing", SPAN_ARGS(path)));
	return (field_read_text(r, path, json, ret));
}

static enum outcome
read_purpose(struct reading *r, const struct json *data, int *ret)
{
	struct span name = {NULL, 0};
	int purpose;

	if (read_required(r, data, SPAN("purpose"), &name) != DONE)
		return (REJECT);
	purpose = schema_purpose(r->schema, name);
	if (purpose == NO_FIELD)
		return (fail_with(refuse(r, DEAD_UNKNOWN_PURPOSE), REJECT,
		    "/purpose: not one of the schema's"));
	*ret = purpose;
	return (DONE);
}

static enum outcome
read_channel(struct reading *r, const struct json *data, int *ret)
{
	const struct json *json = json_member(data, SPAN("channel"));
	struct span name = {NULL, 0};
	int channel;

	if (json_absent(json)) {
		*ret = ALL_CHANNELS;
		return (DONE);
	}
	if (field_read_text(r, SPAN("/channel"), json, &name) != DONE)
		return (REJECT);
	channel = schema_channel(r->schema, name);
	if (channel == NO_FIELD)
		return (fail_with(refuse(r, DEAD_UNKNOWN_PURPOSE), REJECT,
		    "/channel: not one of the schema's"));
	*ret = channel;
	return (DONE);
}

static enum outcome
read_state(struct reading *r, const struct json *data, bool *ret)
{
	struct span state = {NULL, 0};

	if (read_required(r, data, SPAN("state"), &state) != DONE)
		return (REJECT);
	if (span_equals(state, SPAN("granted")))
		*ret = true;
	else if (span_equals(state, SPAN("denied")) ||
		 span_equals(state, SPAN("withdrawn")))
		*ret = false;
	else
		return (fail_with(refuse(r, DEAD_WRONG_TYPE), REJECT,
		    "/state: not granted, denied or withdrawn"));
	return (DONE);
}

enum outcome
consent_read(struct reading *r, const struct json *data, struct event *ret)
{
	if (read_purpose(r, data, &ret->purpose) != DONE ||
	    read_channel(r, data, &ret->channel) != DONE)
		return (REJECT);
	return (read_state(r, data, &ret->granted));
}
