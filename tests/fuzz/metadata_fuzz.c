/* What stands beside a committed offset: what is read is written as it was. */
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/check.h"
#include "pipeline/task/metadata.h"

static struct arena *arena;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text;
	struct metadata m;

	if (arena == NULL)
		arena = arena_new();
	arena_reset(arena);
	/* Kafka's metadata is a string: it ends at the first NUL. */
	text = arena_span(arena, (struct span){(const char *)data, size});
	text = span_of(text.at);
	if (metadata_read(text, &m))
		CHECK(span_equals(text, metadata_print(arena, &m)));
	return (0);
}
