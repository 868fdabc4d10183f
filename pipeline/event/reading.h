#ifndef PIPELINE_EVENT_READING_H
#define PIPELINE_EVENT_READING_H

#include "pipeline/event/decode.h"

/*
 * Inside this layer: one record on its way to be an event, and where a reader
 * says why it never will be.
 */
struct reading {
	const struct schema *schema;
	const struct span *profile_paths; /* "/set/birth", by profile field */
	struct arena *arena;
	enum dead_reason reason; /* set by refuse() */
	struct failure *why;     /* NULL: nobody wants the words */
};

/*
 * Note the reason for machines; answers where the words for people belong, so
 * that a refusal is one line:
 *	return (fail_with(refuse(r, DEAD_BAD_TIME), REJECT, "ce_time: …"));
 * The words name the field and never quote what it holds: they travel to dead
 * letters and logs, where a customer's data has no business.
 */
static inline struct failure *
refuse(struct reading *r, enum dead_reason reason)
{
	r->reason = reason;
	return (r->why);
}

#endif
