/*
 * Any hash may stand where :task is read.  What is read as ours is written
 * back and read again as the same.
 */
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/buffer.h"
#include "pipeline/base/check.h"
#include "pipeline/store/state.h"

enum { FIELDS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_same(const struct task_state *a, const struct task_state *b)
{
	CHECK(a->exists == b->exists && a->batch == b->batch);
	CHECK(span_equals(a->id, b->id) && span_equals(a->kid, b->kid));
	CHECK(a->frontier == b->frontier && a->live_from == b->live_from);
	CHECK(position_compare(a->bound, b->bound) == 0);
	CHECK(a->partitions == b->partitions);
	CHECK(span_equals(a->edition, b->edition));
	CHECK(a->n_topics == b->n_topics);
	for (size_t i = 0; i < a->n_topics; i++) {
		CHECK(span_equals(a->topics[i].name, b->topics[i].name));
		CHECK(a->topics[i].next == b->topics[i].next);
		CHECK(a->topics[i].arrival == b->topics[i].arrival);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct reader reader =
	    reader_of((struct span){(const char *)data, size});
	struct field fields[FIELDS_MAX];
	struct task_state first;
	struct task_state second;
	struct failure why;
	size_t n = 0;

	while (n < FIELDS_MAX && reader_left(&reader) > 0) {
		fields[n].name = reader_text(&reader);
		fields[n++].value = reader_text(&reader);
	}
	if (!reader.broken && state_decode((struct fields){fields, n}, arena,
				  &first, &why) == DONE) {
		CHECK(state_decode(state_encode(arena, &first), arena, &second,
			  &why) == DONE);
		check_same(&first, &second);
	}
	arena_free(arena);
	return (0);
}
