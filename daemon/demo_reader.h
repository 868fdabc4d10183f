#ifndef DAEMON_DEMO_READER_H
#define DAEMON_DEMO_READER_H

#include "pipeline/base/outcome.h"
#include "pipeline/base/record.h"

/*
 * Reads what comes out as anybody would: a Kafka consumer on the output topics,
 * from their beginnings.
 */
struct demo_reader;

/* `topics` is ended by NULL.  DONE, or FATAL. */
enum outcome demo_reader_open(const char *brokers, const char *const *topics,
    int partitions, struct demo_reader **ret, struct failure *why) MUST_CHECK;
/* NULL is legal. */
void demo_reader_close(struct demo_reader *reader);

/*
 * The next message, waited for at most so long; false: there is none.  Its
 * bytes are valid until the next call.
 */
bool demo_reader_next(
    struct demo_reader *reader, int timeout_ms, struct message *ret);

#endif
