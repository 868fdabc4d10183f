#ifndef PIPELINE_STORE_CONNECTION_H
#define PIPELINE_STORE_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/arena.h"
#include "pipeline/base/duration.h"
#include "pipeline/base/outcome.h"
#include "pipeline/store/command.h"
#include "pipeline/store/reply.h"
#include "pipeline/store/url.h"

/* Milliseconds of the clock that nobody sets. */
typedef int64_t mono_ms;

mono_ms connection_now(void);

/*
 * One connection to Redis: commands are queued, sent together, and their
 * answers awaited until a deadline.  Whatever goes wrong closes it, because
 * answers that are still under way could be taken for those of later commands.
 */
struct connection;

/*
 * `seed` is a random number: attempts to connect are spread by it.  Answers to
 * one exchange may have reply_max bytes.
 */
struct connection *connection_new(
    const struct url *url, uint64_t seed, size_t reply_max);
/* NULL is legal. */
void connection_free(struct connection *connection);

/*
 * Connect.  After an attempt the next one is put off, each time for longer and
 * by a random part, until connection_settled: before that this answers at once.
 *
 * DONE, RETRY
 */
enum outcome connection_open(struct connection *connection, mono_ms deadline,
    struct failure *why) MUST_CHECK;
bool connection_is_open(const struct connection *connection);
/* The server let us in: the next time connect at once. */
void connection_settled(struct connection *connection);
/* How long connection_open would answer at once; 0 where it is open. */
duration_ms connection_wait(const struct connection *connection);
void connection_close(struct connection *connection);

/* Queue a command; its arguments are copied. */
void connection_add(
    struct connection *connection, const struct command *command);

/* Answers in the order of their commands, read one after the other. */
struct replies {
	const struct reply **at;
	size_t n; /* that arrived */
	size_t next;
};

/* The next answer; NULL where it did not arrive. */
const struct reply *replies_next(struct replies *replies);

/*
 * Send what is queued and wait for all answers, which are in the arena.
 *
 * DONE    all of them are in *ret
 * RETRY   closed: those that came before the end are in *ret
 * FATAL   closed, likewise: the answers are larger than reply_max
 */
enum outcome connection_exchange(struct connection *connection,
    mono_ms deadline, struct arena *arena, struct replies *ret,
    struct failure *why) MUST_CHECK;

#endif
