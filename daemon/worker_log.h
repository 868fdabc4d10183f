#ifndef DAEMON_WORKER_LOG_H
#define DAEMON_WORKER_LOG_H

#include "pipeline/worker.h"

/*
 * What workers and Kafka's clients have to say becomes lines of the log.  Any
 * thread.
 */

/* context is the number of a worker, by worker_log_of. */
struct worker_listener worker_log_of(const int *number);

/* A line of librdkafka's; worker -1: of none. */
void worker_log_client(int worker, const struct client_line *line);

#endif
