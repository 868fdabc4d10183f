#include "pipeline/event/line.h"

#include "pipeline/base/json.h"
#include "pipeline/event/field.h"
#include "pipeline/event/plan.h"

struct line_reader {
	struct arena *arena; /* of the reader itself */
	const struct schema *schema;
	struct json_reader *json;
	const struct stream_plan *plans;
};

struct line_reader *
line_reader_new(const struct schema *schema)
{
	struct arena *arena = arena_new();
	struct line_reader *reader = ARENA_NEW(arena, struct line_reader);

	reader->arena = arena;
	reader->schema = schema;
	reader->json = json_reader_new();
	reader->plans = plan_streams(arena, schema);
	return (reader);
}

void
line_reader_free(struct line_reader *reader)
{
	if (reader == NULL)
		return;
	json_reader_free(reader->json);
	arena_free(reader->arena);
}

/* A value without others inside; false if it has some. */
static bool
write_scalar(struct buffer *b, const struct json *json)
{
	switch (json->kind) {
	case JSON_NULL:
		buffer_span_add(b, SPAN("null"));
		return (true);
	case JSON_BOOL:
		buffer_span_add(b, json->truth ? SPAN("true") : SPAN("false"));
		return (true);
	case JSON_NUMBER:
		buffer_span_add(b, json->text);
		return (true);
	case JSON_STRING:
		json_string(b, json->text);
		return (true);
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	return (false);
}

/* NOLINTBEGIN(misc-no-recursion): JSON_DEPTH_MAX bounds it. */
static void
write_value(struct buffer *b, const struct json *json)
{
	bool object = json->kind == JSON_OBJECT;

	if (write_scalar(b, json))
		return;
	buffer_char(b, object ? '{' : '[');
	for (const struct json *j = json->first; j != NULL; j = j->next) {
		if (j != json->first)
			buffer_char(b, ',');
		if (object) {
			json_string(b, j->name);
			buffer_char(b, ':');
		}
		write_value(b, j);
	}
	buffer_char(b, object ? '}' : ']');
}
/* NOLINTEND(misc-no-recursion) */

static enum outcome
read_stream(const struct schema *schema, const struct json *line, int *ret,
    struct failure *why)
{
	const struct json *json = json_member(line, SPAN("stream"));
	int stream;

	if (json == NULL || json->kind != JSON_STRING)
		return (fail_with(why, REJECT, "stream: not a string"));
	stream = schema_stream(schema, json->text);
	if (stream == NO_FIELD)
		return (
		    fail_with(why, REJECT, "stream: not one of the schema's"));
	*ret = stream;
	return (DONE);
}

static enum outcome
read_arrived(const struct json *line, wall_ms *ret, struct failure *why)
{
	const struct json *json = json_member(line, SPAN("arrived"));
	struct failure detail;

	if (json_absent(json))
		return (DONE);
	if (field_read_instant(json, ret, &detail) == DONE)
		return (DONE);
	return (fail_with(why, REJECT, "arrived: %s", detail.text));
}

static enum outcome
read_key(const struct json *line, struct span *ret, struct failure *why)
{
	const struct json *json = json_member(line, SPAN("key"));

	if (json_absent(json))
		return (DONE);
	if (json->kind != JSON_STRING)
		return (fail_with(why, REJECT, "key: not a string"));
	*ret = json->text;
	return (DONE);
}

/* What the value says of itself, as far as it can be read. */
static void
look_inside(const struct json *value, const struct stream *stream,
    const struct stream_plan *plan, struct line *line)
{
	const struct json *key = json_find(value, &plan->key);
	const struct json *time = json_find(value, &plan->time);

	if (line->key.at == NULL && key != NULL &&
	    (key->kind == JSON_STRING || key->kind == JSON_NUMBER))
		line->key = key->text;
	if (stream->time_from.length > 0 && time != NULL &&
	    field_read_instant(time, &line->time, NULL) != DONE)
		line->time = TIMESTAMP_NONE;
}

enum outcome
line_read(struct line_reader *reader, struct span text, struct arena *arena,
    struct line *ret, struct failure *why)
{
	struct line line = {.arrived = TIMESTAMP_NONE, .time = TIMESTAMP_NONE};
	const struct json *root;
	const struct json *value;
	enum json_error error;
	struct buffer b;

	if (json_read(reader->json, text, arena, &root, &error, why) != DONE ||
	    read_stream(reader->schema, root, &line.stream, why) != DONE ||
	    read_arrived(root, &line.arrived, why) != DONE ||
	    read_key(root, &line.key, why) != DONE)
		return (REJECT);
	value = json_member(root, SPAN("value"));
	if (value == NULL)
		return (fail_with(why, REJECT, "value: missing"));
	look_inside(value, &reader->schema->streams[line.stream],
	    &reader->plans[line.stream], &line);
	if (value->kind != JSON_NULL) {
		buffer_init(&b, arena);
		write_value(&b, value);
		line.value = buffer_span(&b);
	}
	*ret = line;
	return (DONE);
}
