#include "pipeline/event/dead_letter.h"

#include <inttypes.h>

enum {
	FRAME_BYTES = 128,
	HEADER_FRAME_BYTES = 20,
	OWN_HEADERS_MAX = 7,
};

size_t
message_wire_size(const struct message *message)
{
	size_t size = FRAME_BYTES + message->key.length + message->value.length;

	for (size_t i = 0; i < message->n_headers; i++)
		size += HEADER_FRAME_BYTES + message->headers[i].name.length +
			message->headers[i].value.length;
	return (size);
}

/* Write our headers to `at`; answers how many. */
static size_t
add_own_headers(
    struct arena *arena, const struct dead_letter *letter, struct header *at)
{
	const char *reason = dead_reason_name(letter->reason);
	const struct header own[] = {
	    {SPAN("__connect.errors.topic"), letter->stream_topic},
	    {SPAN("__connect.errors.partition"),
		arena_print(arena, "%" PRId32, letter->record->partition)},
	    {SPAN("__connect.errors.offset"),
		arena_print(arena, "%" PRId64, letter->record->offset)},
	    {SPAN("__connect.errors.exception.class.name"),
		arena_print(arena, "kith.%s", reason)},
	    {SPAN("__connect.errors.exception.message"),
		arena_span(arena, span_of(letter->why->text))},
	    {SPAN("kith_reason"), span_of(reason)},
	};

	(void)memcpy(at, own, sizeof own);
	return (sizeof own / sizeof own[0]);
}

/* Only where it lay and why: what always fits. */
static void
truncate_message(
    struct message *message, struct header *own, size_t n_own, size_t limit)
{
	own[n_own++] = (struct header){SPAN("kith_truncated"), SPAN("true")};
	message->headers = own;
	message->n_headers = n_own;
	message->value = SPAN("");
	if (message_wire_size(message) > limit &&
	    message->key.length > CUSTOMER_ID_MAX)
		message->key = (struct span){NULL, 0};
}

struct message
dead_letter_encode(struct arena *arena, const struct dead_letter *letter,
    struct span topic, size_t limit)
{
	const struct record *record = letter->record;
	struct header *headers = ARENA_ARRAY(
	    arena, record->n_headers + OWN_HEADERS_MAX, struct header);
	struct header *own = headers + record->n_headers;
	size_t n_own;
	struct message message = {
	    .topic = topic,
	    .key = record->key,
	    .value = record->value,
	    .headers = headers,
	    .timestamp = record->timestamp,
	};

	if (record->n_headers > 0)
		(void)memcpy(headers, record->headers,
		    record->n_headers * sizeof *headers);
	n_own = add_own_headers(arena, letter, own);
	message.n_headers = record->n_headers + n_own;
	if (message_wire_size(&message) > limit)
		truncate_message(&message, own, n_own, limit);
	return (message);
}
