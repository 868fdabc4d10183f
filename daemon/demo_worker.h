#ifndef DAEMON_DEMO_WORKER_H
#define DAEMON_DEMO_WORKER_H

#include "config/load.h"
#include "pipeline/worker.h"

/*
 * One worker of `kithd run` on a thread of its own.  Not by the supervisor,
 * which first asks the brokers for settings of topics: the Kafka of a demo
 * knows no such question.
 */
struct demo_worker;

/* What config points to outlives it.  Signals must be blocked. */
struct demo_worker *demo_worker_new(
    const struct config *config, struct arena *arena);
/* Finishes the batch at hand, publishes it, and ends.  NULL is legal. */
void demo_worker_free(struct demo_worker *worker);

/* It has ended although nobody asked it to: *why says why. */
bool demo_worker_failed(const struct demo_worker *worker, struct failure *why);
const struct stats *demo_worker_stats(const struct demo_worker *worker);

#endif
