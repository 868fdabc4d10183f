#ifndef PIPELINE_EVENT_PLAN_H
#define PIPELINE_EVENT_PLAN_H

#include "pipeline/bridge/json.h"
#include "pipeline/event/schema.h"

/*
 * Inside this layer: what a schema asks of a record, compiled once.
 */
struct field_plan {
	struct json_pointer pointer;
	bool required;
	bool is_id; /* of type string, but an integer is read as its text */
};

struct stream_plan {
	bool moves_money; /* a purchase or refund */
	struct json_pointer key;
	struct json_pointer id;
	struct json_pointer time; /* where stream->time_from is not empty */
	struct json_pointer currency;
	const struct field_plan *fields; /* stream->n_fields */
};

/*
 * A plan for each stream, by its index.  They live in the arena and refer to
 * the schema, whose pointers are valid (a bug if not).
 */
const struct stream_plan *plan_streams(
    struct arena *arena, const struct schema *schema);

#endif
