#ifndef PIPELINE_TASK_ROUTE_H
#define PIPELINE_TASK_ROUTE_H

#include "pipeline/event/trigger.h"

/*
 * Where outputs go and in which shape.  Topics by name; one whose .at is NULL
 * does not exist: what would go there is only counted.
 */
struct type_topic {
	struct span type; /* of the trigger: "birthday" */
	struct span topic;
};

struct route {
	enum trigger_format format;
	struct span triggers;           /* all types but those below */
	const struct type_topic *types; /* a topic of their own */
	size_t n_types;
	struct span suppressed;
	struct span dead_letters;
	/*
	 * The largest message that the output topics take, in bytes.  A dead
	 * letter above it goes without its payload; 0: none keeps it.
	 */
	size_t message_max;
};

/* The topic of a trigger of this type. */
struct span route_topic(const struct route *route, struct span type);

#endif
