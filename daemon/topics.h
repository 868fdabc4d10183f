#ifndef DAEMON_TOPICS_H
#define DAEMON_TOPICS_H

#include <stdatomic.h>

#include "config/load.h"
#include "pipeline/stream/client.h"

/*
 * The topics, looked at once before the first worker starts: those that are
 * missing are made where the Daemon file says so, and what the brokers say of
 * the others is what outputs are bounded by.
 */
struct topics_found {
	int64_t message_max; /* of the output topics; -1: not known */
};

/*
 * Tries until Kafka answers, or *stop.  What an operator should hear goes to
 * the log.
 *
 * DONE   *ret
 * RETRY  stopped before Kafka answered
 * FATAL  *cause AUTH or CONFIG
 */
enum outcome topics_prepare(const struct config *config, struct arena *arena,
    const atomic_bool *stop, struct topics_found *ret, enum cause *cause,
    struct failure *why) MUST_CHECK;

#endif
