/*
 * Answers of Redis: hiredis parses, we build them in an arena, so that the
 * customers of a batch cost one copy and are freed with it.
 */
#include "pipeline/store/reply.h"

#include <hiredis/hiredis.h>

#include "pipeline/base/check.h"

/* More than any command of ours is answered with. */
enum { ELEMENTS_MAX = 1 << 20 };

#if HIREDIS_MAJOR < 1
#define ELEMENTS int
#else
#define ELEMENTS size_t
#endif

static struct reply *
add_reply(const redisReadTask *task, enum reply_type type)
{
	struct reply *reply = ARENA_NEW(task->privdata, struct reply);

	reply->type = type;
	if (task->parent != NULL) {
		struct reply *parent = task->parent->obj;

		parent->element[task->idx] = reply;
	}
	return (reply);
}

static void *
/* NOLINTNEXTLINE(readability-non-const-parameter): hiredis's signature */
create_string(const redisReadTask *task, char *text, size_t length)
{
	struct reply *reply =
	    add_reply(task, task->type == REDIS_REPLY_ERROR    ? REPLY_ERROR
			    : task->type == REDIS_REPLY_STATUS ? REPLY_STATUS
							       : REPLY_TEXT);

	reply->text = arena_span(task->privdata, (struct span){text, length});
	return (reply);
}

/* NULL makes the reader give up: nobody asked for that many. */
static void *
create_array(const redisReadTask *task, ELEMENTS elements)
{
	long long n = (long long)elements; /* int or size_t, by version */
	struct reply *reply;

	if (n < 0 || n > ELEMENTS_MAX)
		return (NULL);
	reply = add_reply(task, REPLY_ARRAY);
	reply->n = (size_t)n;
	reply->element = ARENA_ARRAY(task->privdata, reply->n, struct reply *);
	return (reply);
}

static void *
create_integer(const redisReadTask *task, long long number)
{
	struct reply *reply = add_reply(task, REPLY_NUMBER);

	reply->number = number;
	return (reply);
}

static void *
create_nil(const redisReadTask *task)
{
	return (add_reply(task, REPLY_NONE));
}

static void
free_object(void *reply)
{
	(void)reply; /* the arena's */
}

static redisReplyObjectFunctions in_arena = {
    .createString = create_string,
    .createArray = create_array,
    .createInteger = create_integer,
    .createNil = create_nil,
    .freeObject = free_object,
};

struct redisReader *
reply_reader_new(void)
{
	struct redisReader *reader = redisReaderCreateWithFunctions(&in_arena);

	CHECK(reader != NULL);
	return (reader);
}

/* The first word of an error is its code. */
static const struct row {
	const char *word;
	enum outcome outcome;
	bool denied;
	const char *meaning; /* NULL: Redis says it well enough */
} rows[] = {
    {"LOADING", RETRY, false, NULL},
    {"OOM", RETRY, false, "its memory is full (maxmemory)"},
    {"READONLY", RETRY, false, "it is a replica"},
    {"MASTERDOWN", RETRY, false, NULL},
    {"NOREPLICAS", RETRY, false, NULL},
    {"MISCONF", RETRY, false, "it cannot save to its disk"},
    {"BUSY", RETRY, false, "a script keeps it busy"},
    {"TRYAGAIN", RETRY, false, "the slot is on the move"},
    {"CLUSTERDOWN", RETRY, false, NULL},
    {"UNBLOCKED", RETRY, false, NULL},
    {"EXECABORT", RETRY, false, NULL},
    {"NOSCRIPT", RETRY, false, NULL},
    {"ERR max number of clients", RETRY, false, NULL},
    {"WRONGPASS", FATAL, true, "wrong username or password"},
    {"NOAUTH", FATAL, true, "it wants a password"},
    {"ERR AUTH", FATAL, true, "it has no password, but was given one"},
    {"NOPERM", FATAL, true, NULL},
    {"DENIED", FATAL, true, "protected mode, and no password is set"},
    {"WRONGTYPE", FATAL, false, "a key of ours holds another type"},
    {"MOVED", FATAL, false, "it is part of a cluster"},
    {"ASK", FATAL, false, "it is part of a cluster"},
};

bool
reply_is_error(const struct reply *reply, const char *word)
{
	struct span prefix = span_of(word);

	return (reply->type == REPLY_ERROR &&
		reply->text.length >= prefix.length &&
		memcmp(reply->text.at, prefix.at, prefix.length) == 0 &&
		(reply->text.length == prefix.length ||
		    reply->text.at[prefix.length] == ' '));
}

enum outcome
reply_error(const struct reply *reply, bool *denied, struct failure *why)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];

		if (!reply_is_error(reply, row->word))
			continue;
		*denied = row->denied;
		if (row->meaning == NULL)
			return (fail_with(why, row->outcome, "redis: %.*s",
			    SPAN_ARGS(reply->text)));
		return (fail_with(why, row->outcome, "redis: %s (%s)",
		    row->meaning, row->word));
	}
	*denied = false;
	return (fail_with(why, FATAL, "redis: %.*s", SPAN_ARGS(reply->text)));
}

bool
reply_is_array(const struct reply *reply, size_t n)
{
	return (reply->type == REPLY_ARRAY && reply->n == n);
}
