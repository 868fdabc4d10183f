#ifndef PIPELINE_CUSTOMER_ARRAY_H
#define PIPELINE_CUSTOMER_ARRAY_H

#include "pipeline/base/arena.h"

/*
 * The arrays of a customer: pieces of `size` bytes, `n` of them, room for
 * `room`.  They live in an arena, so one that grows leaves its old place
 * behind until the batch is over.
 */

/*
 * Open a gap of one zeroed piece at `index` <= n.  Returns the array, which
 * may have moved; the caller counts n.
 */
void *array_open(struct arena *arena, void *at, size_t n, size_t *room,
    size_t index, size_t size);

/* Take `count` pieces out from `index` on; the caller counts n. */
void array_close(void *at, size_t n, size_t index, size_t count, size_t size);

#endif
