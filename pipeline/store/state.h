#ifndef PIPELINE_STORE_STATE_H
#define PIPELINE_STORE_STATE_H

#include "pipeline/store/store.h"

/* One field of the hash :task; its numbers are decimal text. */
struct field {
	struct span name;
	struct span value;
};

struct fields {
	const struct field *at;
	size_t n;
};

/*
 * The fields that a commit writes: all but epoch and token, which a claim
 * writes, and `published`, which store_published writes.
 */
struct fields state_encode(struct arena *arena, const struct task_state *state);

/*
 * :task as it was read.  Unknown fields are somebody else's and ignored.  The
 * texts of *ret are those of `fields`.
 *
 * DONE    *ret is the state
 * FATAL   a field of ours has a value that we never write
 */
enum outcome state_decode(struct fields fields, struct arena *arena,
    struct task_state *ret, struct failure *why) MUST_CHECK;

/* Decimal text, an optional '-' first, no more and no less. */
bool state_number(struct span text, int64_t *ret);
struct span state_print(struct arena *arena, int64_t number);
/* As the hash holds it: absent, hence empty, for BATCH_NONE. */
struct span state_print_batch(struct arena *arena, int64_t batch);

#endif
