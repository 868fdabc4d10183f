#include "pipeline/event/envelope.h"

#include "pipeline/event/field.h"

/* ASCII letters alone: what media types and header names are made of. */
static bool
equals_ignoring_case(struct span a, struct span b)
{
	if (a.length != b.length)
		return (false);
	for (size_t i = 0; i < a.length; i++) {
		char x = a.at[i];
		char y = b.at[i];

		if (x >= 'A' && x <= 'Z')
			x = (char)(x - 'A' + 'a');
		if (y >= 'A' && y <= 'Z')
			y = (char)(y - 'A' + 'a');
		if (x != y)
			return (false);
	}
	return (true);
}

/* The type of "type; parameter=value". */
static struct span
media_type(struct span text)
{
	size_t n = 0;

	while (n < text.length && text.at[n] != ';' && text.at[n] != ' ')
		n++;
	return ((struct span){text.at, n});
}

static bool
is_structured(struct span content_type)
{
	struct span type = media_type(content_type);

	return (
	    equals_ignoring_case(type, SPAN("application/cloudevents+json")) ||
	    equals_ignoring_case(type, SPAN("application/cloudevents")));
}

/*
 * version "-" 32 digits "-" 16 digits "-" flags, of lower-case hex: anything
 * else is not passed on, because it goes to receivers as it is.
 */
static bool
is_traceparent(struct span text)
{
	static const char form[] =
	    "xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";

	if (text.length != sizeof form - 1)
		return (false);
	for (size_t i = 0; i < text.length; i++) {
		char c = text.at[i];
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');

		if (form[i] == 'x' ? !hex : c != form[i])
			return (false);
	}
	return (true);
}

static void
take_header(struct envelope *envelope, const struct header *header)
{
	struct span name = header->name;

	if (equals_ignoring_case(name, SPAN("content-type")))
		envelope->structured = is_structured(header->value);
	else if (span_equals(name, SPAN("ce_id")))
		envelope->id = header->value;
	else if (span_equals(name, SPAN("ce_type")))
		envelope->type = header->value;
	else if (span_equals(name, SPAN("ce_time")))
		envelope->time = header->value;
	else if ((span_equals(name, SPAN("traceparent")) ||
		     (span_equals(name, SPAN("ce_traceparent")) &&
			 envelope->traceparent.length == 0)) &&
		 is_traceparent(header->value))
		envelope->traceparent = header->value;
}

struct envelope
envelope_of_headers(const struct record *record)
{
	struct envelope envelope = {0};

	for (size_t i = 0; i < record->n_headers; i++)
		take_header(&envelope, &record->headers[i]);
	if (envelope.structured) {
		envelope.id = (struct span){NULL, 0};
		envelope.type = (struct span){NULL, 0};
		envelope.time = (struct span){NULL, 0};
	}
	return (envelope);
}

/* An attribute that is a string; none where it is absent. */
static enum outcome
read_attribute(struct reading *r, const struct json *value, struct span name,
    struct span *ret)
{
	const struct json *json = json_member(value, name);

	if (json_absent(json))
		return (DONE);
	return (field_read_text(r, name, json, ret));
}

static enum outcome
find_data(struct reading *r, const struct json *value, const struct json **ret)
{
	const struct json *data = json_member(value, SPAN("data"));

	if (json_absent(data) &&
	    json_member(value, SPAN("data_base64")) != NULL)
		return (fail_with(refuse(r, DEAD_WRONG_TYPE), REJECT,
		    "data_base64: not data in JSON"));
	if (json_absent(data))
		return (fail_with(
		    refuse(r, DEAD_MISSING_FIELD), REJECT, "data: missing"));
	if (data->kind != JSON_OBJECT)
		return (fail_with(
		    refuse(r, DEAD_WRONG_TYPE), REJECT, "data: not an object"));
	*ret = data;
	return (DONE);
}

enum outcome
envelope_open(struct reading *r, const struct json *value,
    struct envelope *envelope, const struct json **ret)
{
	struct span traceparent = {NULL, 0};

	if (read_attribute(r, value, SPAN("id"), &envelope->id) != DONE ||
	    read_attribute(r, value, SPAN("type"), &envelope->type) != DONE ||
	    read_attribute(r, value, SPAN("traceparent"), &traceparent) != DONE)
		return (REJECT);
	if (read_attribute(r, value, SPAN("time"), &envelope->time) != DONE) {
		r->reason = DEAD_BAD_TIME;
		return (REJECT);
	}
	if (envelope->traceparent.length == 0 && is_traceparent(traceparent))
		envelope->traceparent = traceparent;
	return (find_data(r, value, ret));
}
