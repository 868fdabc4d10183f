#ifndef PIPELINE_STORE_REPLY_H
#define PIPELINE_STORE_REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/arena.h"
#include "pipeline/base/outcome.h"
#include "pipeline/base/span.h"

struct redisReader;

enum reply_type {
	REPLY_NONE, /* what Redis calls nil */
	REPLY_TEXT,
	REPLY_STATUS,
	REPLY_ERROR,
	REPLY_NUMBER,
	REPLY_ARRAY,
};

/* One answer of Redis, in the arena that its reader was given. */
struct reply {
	enum reply_type type;
	struct span text; /* TEXT, STATUS, ERROR; a NUL follows */
	int64_t number;
	struct reply **element;
	size_t n;
};

/*
 * hiredis's reader, building struct reply in the arena that is its privdata
 * when a reply begins.  Freed with redisReaderFree.
 */
struct redisReader *reply_reader_new(void);

/*
 * What an error asks of us.
 *
 * RETRY   Redis cannot now
 * FATAL   anything else; *denied says that login or permission is at fault
 */
enum outcome reply_error(
    const struct reply *reply, bool *denied, struct failure *why) MUST_CHECK;

/* Does an error begin with this word? */
bool reply_is_error(const struct reply *reply, const char *word);
/* An array of exactly n elements? */
bool reply_is_array(const struct reply *reply, size_t n);

#endif
