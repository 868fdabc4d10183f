#ifndef PIPELINE_EVENT_REFUSAL_H
#define PIPELINE_EVENT_REFUSAL_H

#include "pipeline/event/decode.h"

/*
 * Inside this layer: where a reader says why a record is a dead letter, the
 * reason for machines and the words for people.
 */
struct refusal {
	enum dead_reason reason;
	struct failure *why; /* NULL: nobody wants the words */
};

/*
 * Note the reason; answers where the words belong, so that a refusal is one
 * line:
 *	return (fail_with(refusal_of(r, DEAD_BAD_TIME), REJECT, "…"));
 * The words name the field and never quote what it holds: they travel to dead
 * letters and logs, where a customer's data has no business.
 */
static inline struct failure *
refusal_of(struct refusal *refusal, enum dead_reason reason)
{
	refusal->reason = reason;
	return (refusal->why);
}

#endif
