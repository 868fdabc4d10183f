/*
 * Any bytes as JSON: read or rejected, never more; and what was read is found
 * again by its names, and written and read once more is the same tree.
 */
#include <stdint.h>
#include <stdlib.h>

#include "pipeline/base/json.h"
#include "pipeline/bridge/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_value(struct buffer *b, const struct json *j);

/* Depth is bounded by JSON_DEPTH_MAX. */
static void
write_children(struct buffer *b, const struct json *j, const char *ends)
{
	buffer_char(b, ends[0]);
	for (const struct json *c = j->first; c != NULL; c = c->next) {
		if (c != j->first)
			buffer_char(b, ',');
		if (j->kind == JSON_OBJECT) {
			json_string(b, c->name);
			buffer_char(b, ':');
			if (json_member(j, c->name) == NULL)
				abort();
		}
		write_value(b, c);
	}
	buffer_char(b, ends[1]);
}

static void
write_value(struct buffer *b, const struct json *j)
{
	double number;
	int64_t integer;

	switch (j->kind) {
	case JSON_NULL:
		buffer_span_add(b, SPAN("null"));
		break;
	case JSON_BOOL:
		buffer_span_add(b, j->truth ? SPAN("true") : SPAN("false"));
		break;
	case JSON_NUMBER:
		buffer_span_add(b, j->text);
		if (json_integer(j->text, &integer) &&
		    !json_number(j->text, &number))
			abort();
		break;
	case JSON_STRING:
		json_string(b, j->text);
		break;
	case JSON_OBJECT:
		write_children(b, j, "{}");
		break;
	case JSON_ARRAY:
		write_children(b, j, "[]");
		break;
	}
}

/* The text that the tree of another text is written as; empty: none. */
static struct span
rewrite(struct json_reader *reader, struct arena *arena, struct span text)
{
	const struct json *root;
	enum json_error error;
	struct buffer b;

	buffer_init(&b, arena);
	if (json_read(reader, text, arena, &root, &error, NULL) == DONE)
		write_value(&b, root);
	return (buffer_span(&b));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct json_reader *reader = json_reader_new();
	struct span text = {(const char *)data, size};
	struct json_pointer pointer;
	struct span once = rewrite(reader, arena, text);

	if (once.length > 0 && !span_equals(rewrite(reader, arena, once), once))
		abort();
	if (json_pointer_compile(arena, text, &pointer, NULL) == DONE &&
	    pointer.n > size)
		abort();
	json_reader_free(reader);
	arena_free(arena);
	return (0);
}
