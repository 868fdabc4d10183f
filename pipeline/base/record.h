#ifndef PIPELINE_BASE_RECORD_H
#define PIPELINE_BASE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/instant.h"
#include "pipeline/base/span.h"

/* A header of a Kafka record; a NULL value has value.at == NULL. */
struct header {
	struct span name;
	struct span value;
};

/* A record without a timestamp. */
#define TIMESTAMP_NONE INSTANT_BEFORE

/*
 * A record as it was read: bytes and their position.  The bytes belong to the
 * source and are valid until the batch that took it is over.
 */
struct record {
	int stream;        /* index of the schema's stream: the merge order */
	int32_t partition; /* the task                                      */
	int64_t offset;
	wall_ms timestamp; /* of Kafka, or TIMESTAMP_NONE                   */
	wall_ms arrival;   /* `a`: set by the merge, see pipeline/task      */
	struct span key;   /* .at NULL: no key                              */
	struct span value; /* .at NULL: a tombstone                         */
	const struct header *headers;
	size_t n_headers;
};

/*
 * A message that goes out: a trigger, a suppression, a dead letter.  Topics are
 * named, never numbered: the outbox outlives a change of configuration.
 */
struct message {
	struct span topic;
	struct span key; /* .at NULL: none */
	struct span value;
	const struct header *headers;
	size_t n_headers;
	wall_ms timestamp; /* or TIMESTAMP_NONE: the broker's */
};

/*
 * A position in a task's order of due customers: score, then bytes of the id.
 * The bound of a batch is the last position that it runs; {F, end} with
 * `end` set means every customer at that instant.
 */
struct position {
	wall_ms instant;
	struct span customer;
	bool end;
};

/* Order of two positions: < 0, 0, > 0. */
int position_compare(struct position a, struct position b);

#endif
