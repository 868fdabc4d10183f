#ifndef PIPELINE_EVENT_LINE_H
#define PIPELINE_EVENT_LINE_H

#include "pipeline/base/arena.h"
#include "pipeline/base/record.h"
#include "pipeline/event/schema.h"

/*
 * A record as a file has it (NDJSON), one a line:
 *
 *	{"stream": "purchases", "key": "c1", "arrived": 1735689600000,
 *	 "value": {…}}
 *
 * `arrived` is ms since the epoch or RFC 3339; it and `key` may be absent or
 * null.  Other members are ignored.
 */
struct line {
	int stream;
	struct span key;   /* else what the value names; .at NULL: neither  */
	struct span value; /* JSON again, for the decoder; .at NULL: null   */
	wall_ms arrived;   /* TIMESTAMP_NONE: not said                      */
	wall_ms time;      /* the event's own; TIMESTAMP_NONE: none to read */
};

struct line_reader;

/* It refers to the schema, whose pointers are valid (a bug if not). */
struct line_reader *line_reader_new(const struct schema *schema);
/* NULL is legal. */
void line_reader_free(struct line_reader *reader);

/*
 * Read a line, without its end.  What it holds lives in the arena.  The value
 * is handed on whatever it is: whether it is an event is the decoder's to say.
 * It may be 31 deep, because the line around it is the first level.
 *
 * DONE    *ret is the line
 * REJECT  it is no such object, names a stream that the schema lacks, or has a
 *         key or an arrival of a wrong type; *ret is as it was
 */
enum outcome line_read(struct line_reader *reader, struct span text,
    struct arena *arena, struct line *ret, struct failure *why) MUST_CHECK;

#endif
