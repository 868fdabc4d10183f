#ifndef DAEMON_DEMO_RUN_H
#define DAEMON_DEMO_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/exit_code.h"
#include "pipeline/base/arena.h"
#include "pipeline/base/duration.h"

/*
 * A made-up year of a shop: a Kafka inside of the process, a Redis of its own,
 * a generator of customers, and the main job as `kithd run` does it.
 */
struct demo_options {
	duration_ms length; /* how long it runs                       */
	duration_ms speed;  /* of the shop's time, in a second        */
	uint64_t seed;
	bool ndjson; /* messages on standard output, all else on error */
};

enum exit_code demo_run(
    const struct demo_options *options, struct arena *arena);

#endif
