#ifndef PIPELINE_TASK_METADATA_H
#define PIPELINE_TASK_METADATA_H

#include <stdbool.h>

#include "pipeline/base/record.h"

/*
 * What stands beside each offset that a task commits to Kafka: which batch it
 * was that is published with these offsets.
 *
 *	v1 i=<id> b=<batch> e=<epoch> w=<W> f=<instant>[:<customer>]
 *
 * f is the bound that the batch committed: every timer up to it has run.
 * Without a customer it is the end of that instant.
 */
struct metadata {
	struct span id; /* without blanks; not empty */
	int64_t batch;
	int64_t epoch;
	wall_ms wall;
	struct position bound;
};

struct span metadata_print(
    struct arena *arena, const struct metadata *metadata);

/*
 * The exact inverse.  False: it is not ours.  *ret refers to the text.
 */
bool metadata_read(struct span text, struct metadata *ret);

#endif
