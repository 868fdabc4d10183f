/*
 * Any bytes may come from a socket.  They are fed as they might arrive, in
 * two pieces, and every answer is walked.
 */
#include <hiredis/hiredis.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/arena.h"
#include "pipeline/base/check.h"
#include "pipeline/store/reply.h"

enum { DEPTH_MAX = 9 }; /* hiredis's */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NOLINTNEXTLINE(misc-no-recursion): hiredis bounds the depth */
static void
walk(const struct reply *reply, int depth)
{
	struct failure why;
	bool denied;

	CHECK(reply != NULL && depth < DEPTH_MAX);
	if (reply->type == REPLY_ERROR)
		CHECK(reply_error(reply, &denied, &why) != DONE);
	if (reply->text.at != NULL)
		CHECK(reply->text.at[reply->text.length] == '\0');
	for (size_t i = 0; i < reply->n; i++)
		walk(reply->element[i], depth + 1);
}

static void
feed(struct redisReader *reader, const uint8_t *data, size_t size)
{
	void *reply = NULL;

	if (size > 0 &&
	    redisReaderFeed(reader, (const char *)data, size) != REDIS_OK)
		return;
	while (
	    redisReaderGetReply(reader, &reply) == REDIS_OK && reply != NULL) {
		walk(reply, 0);
		reply = NULL;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct redisReader *reader = reply_reader_new();
	size_t middle = size == 0 ? 0 : data[0] % size;

	reader->privdata = arena;
	feed(reader, data, middle);
	feed(reader, data + middle, size - middle);
	redisReaderFree(reader);
	arena_free(arena);
	return (0);
}
