/*
 * Bytes of an outbox: whatever is read is written again, and read as the same.
 * (Not always in the same bytes: a varint may have been longer than needed.)
 */
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/check.h"
#include "pipeline/task/outbox.h"

static struct arena *arena;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span
write_all(const struct outbox *outbox)
{
	struct buffer b;

	buffer_init(&b, arena);
	for (size_t i = 0; i < outbox->n; i++)
		outbox_add(&b, &outbox->entries[i]);
	return (buffer_span(&b));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span bytes = {(const char *)data, size};
	struct outbox outbox;
	struct outbox again;
	struct failure why = {{0}};
	struct span out;

	if (arena == NULL)
		arena = arena_new();
	arena_reset(arena);
	if (outbox_read(bytes, arena, &outbox, &why) != DONE) {
		CHECK(why.text[0] != '\0');
		return (0);
	}
	out = write_all(&outbox);
	CHECK(out.length <= size);
	CHECK(outbox_read(out, arena, &again, &why) == DONE);
	CHECK(again.n == outbox.n && span_equals(out, write_all(&again)));
	return (0);
}
