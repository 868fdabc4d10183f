#ifndef PIPELINE_EVENT_DECODE_H
#define PIPELINE_EVENT_DECODE_H

#include "pipeline/base/arena.h"
#include "pipeline/event/event.h"

/* Why a record cannot be read: the reason in its dead letter. */
enum dead_reason {
	DEAD_BAD_KEY,
	DEAD_WRONG_PARTITION, /* said by pipeline/task, not by the decoder */
	DEAD_KEY_MISMATCH,
	DEAD_TOO_LARGE,
	DEAD_TOO_DEEP,
	DEAD_BAD_JSON,
	DEAD_SCHEMA_REGISTRY_FRAMING,
	DEAD_MISSING_FIELD,
	DEAD_WRONG_TYPE,
	DEAD_TEXT_TOO_LONG,
	DEAD_BAD_TIME,
	DEAD_FUTURE_TIME,
	DEAD_UNKNOWN_TYPE,
	DEAD_UNKNOWN_CURRENCY,
	DEAD_UNKNOWN_PURPOSE,
};

/* "bad_key": the text in `kith_reason`. */
const char *dead_reason_name(enum dead_reason reason);

enum {
	CUSTOMER_ID_MAX = 128,
	EVENT_VALUE_MAX = 1024 * 1024,
	EVENT_DEPTH_MAX = 32,
	EVENT_TEXT_MAX = 1024,
};

/*
 * A JSON parser with its buffers, and what the schema asks for, compiled.  One
 * per worker; it refers to the schema, whose pointers are valid (a bug if not).
 */
struct decoder;
struct decoder *decoder_new(const struct schema *schema);
/* NULL is legal. */
void decoder_free(struct decoder *decoder);

/*
 * Read a record as plain JSON or as a CloudEvent, binary (`ce_*` headers) or
 * structured (content-type application/cloudevents+json), told apart per
 * record.  record->arrival must be set.
 *
 * DONE    *ret is the event, in the arena
 * REJECT  it can never be read: *reason for machines, *why for people, which
 *         names the field and never quotes a value; *ret is as it was
 */
enum outcome decoder_read(struct decoder *decoder, const struct record *record,
    struct arena *arena, struct event *ret, enum dead_reason *reason,
    struct failure *why) MUST_CHECK;

/*
 * The customer's id alone (the key, checked): what a claim needs to know of
 * the records between two histories.
 */
enum outcome decoder_key(const struct record *record, struct span *ret,
    struct failure *why) MUST_CHECK;

#endif
