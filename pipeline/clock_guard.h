#ifndef PIPELINE_CLOCK_GUARD_H
#define PIPELINE_CLOCK_GUARD_H

#include <stdbool.h>

#include "pipeline/base/instant.h"

/*
 * The wall clock, watched: it must go as the monotonic clock does.  When it
 * leaps by more than a minute, W goes on as it went before, and no timer runs,
 * until the new reading has held for a minute.  Slow corrections are followed.
 * Pure: both readings are given.
 */
struct clock_guard {
	bool begun;
	int64_t base; /* wall - monotonic, as trusted */
	bool leapt;
	int64_t other; /* wall - monotonic, as it reads since the leap */
	int64_t since; /* monotonic */
};

/* W, and whether time may be trusted. */
struct guarded_time {
	wall_ms wall;
	bool steady;
};

struct guarded_time clock_guard_read(
    struct clock_guard *guard, wall_ms wall, int64_t monotonic);

#endif
