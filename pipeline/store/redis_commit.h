#ifndef PIPELINE_STORE_REDIS_COMMIT_H
#define PIPELINE_STORE_REDIS_COMMIT_H

#include "pipeline/store/kind.h"
#include "pipeline/store/reply.h"

/* store_commit in Redis. */
enum outcome redis_commit(struct store *store, struct commit_request *requests,
    size_t n, struct arena *arena, struct failure *why) MUST_CHECK;

/*
 * A member of :due and its score, one after the other in an answer; and the
 * answer to "the first of :due", which may be empty or never due.
 *
 * DONE    *ret is the position
 * FATAL   not of that shape, or a score that we never write
 */
enum outcome redis_read_position(struct reply *const *pair,
    struct position *ret, struct failure *why) MUST_CHECK;
enum outcome redis_read_first(const struct reply *range, struct position *ret,
    struct failure *why) MUST_CHECK;

#endif
