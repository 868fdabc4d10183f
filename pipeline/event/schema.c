/*
 * Look-ups by name.  The lists are short and read at load, so a walk from the
 * front is all they need.
 */
#include "pipeline/event/schema.h"

bool
schema_pointer_valid(struct span pointer)
{
	if (pointer.length == 0 || pointer.at[0] != '/')
		return (false);
	for (size_t i = 0; i < pointer.length; i++) {
		if (pointer.at[i] != '~')
			continue;
		if (i + 1 == pointer.length ||
		    (pointer.at[i + 1] != '0' && pointer.at[i + 1] != '1'))
			return (false);
	}
	return (true);
}

static int
find_span(const struct span *names, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++) {
		if (span_equals(names[i], name))
			return ((int)i);
	}
	return (NO_FIELD);
}

static int
find_field(const struct field *fields, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++) {
		if (span_equals(fields[i].name, name))
			return ((int)i);
	}
	return (NO_FIELD);
}

int
schema_stream(const struct schema *schema, struct span name)
{
	for (size_t i = 0; i < schema->n_streams; i++) {
		if (span_equals(schema->streams[i].name, name))
			return ((int)i);
	}
	return (NO_FIELD);
}

int
stream_field(const struct stream *stream, struct span name)
{
	return (find_field(stream->fields, stream->n_fields, name));
}

int
schema_profile_field(const struct schema *schema, struct span name)
{
	return (find_field(schema->profile, schema->n_profile, name));
}

int
schema_purpose(const struct schema *schema, struct span name)
{
	return (find_span(schema->purposes, schema->n_purposes, name));
}

int
schema_channel(const struct schema *schema, struct span name)
{
	return (find_span(schema->channels, schema->n_channels, name));
}

int
schema_role(const struct schema *schema, enum role role)
{
	for (size_t i = 0; i < schema->n_streams; i++) {
		if (schema->streams[i].role == role)
			return ((int)i);
	}
	return (NO_FIELD);
}
