#ifndef PIPELINE_EVENT_EVENT_H
#define PIPELINE_EVENT_EVENT_H

#include "pipeline/base/record.h"
#include "pipeline/base/value.h"
#include "pipeline/event/schema.h"

/* One field of a profile record: set to a value, or unset (VALUE_NULL). */
struct profile_change {
	int field; /* index in schema.profile */
	struct value value;
};

enum { ALL_CHANNELS = -1 };

/*
 * A record that could be read.  What it points to lives in the batch's arena,
 * but for the key and what came in headers, which are the record's own bytes.
 * Times: `raw` is what the record says, `e` = min(raw, a): the customer never
 * holds the future.
 */
struct event {
	const struct stream *stream;
	struct span customer; /* the key */
	struct span id;
	uint64_t id_hash;
	wall_ms a;
	wall_ms e;
	wall_ms raw;
	bool backfill; /* of history: moves state, publishes nothing */
	int32_t partition;
	int64_t offset;
	const struct value *fields; /* stream->n_fields; null where absent */
	const struct profile_change *changes; /* ROLE_PROFILE */
	size_t n_changes;
	int purpose; /* ROLE_CONSENT */
	int channel; /* ROLE_CONSENT; or ALL_CHANNELS */
	bool granted;
	struct span traceparent; /* passed on to triggers; empty for none */
	unsigned ignored; /* names in a profile's set and unset that no schema
	                     knows: counted */
};

#endif
