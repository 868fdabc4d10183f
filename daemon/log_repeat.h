#ifndef DAEMON_LOG_REPEAT_H
#define DAEMON_LOG_REPEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/duration.h"

/*
 * What keeps a fault that repeats from filling the log: a line that is equal
 * to one of the last few, but for its time, is held back and counted, and the
 * count is told when half a minute is over.
 */
#define REPEAT_WINDOW_MS ((duration_ms)30 * 1000)

enum { REPEATS_KEPT = 32 };

struct repeat {
	uint64_t line; /* hash; 0: the row is free */
	int64_t since; /* monotonic ms */
	uint64_t held;
	const char *message;
	int level;
};

struct repeats {
	struct repeat rows[REPEATS_KEPT];
};

/*
 * May a line be written?  If not, it is counted.  `message` outlives the
 * repeats.
 */
bool repeats_pass(struct repeats *repeats, uint64_t line, int level,
    const char *message, int64_t now);

/*
 * The next row whose window is over, with what it held back (0: nothing to
 * tell); it is free then.  False when there is none.  With `all`, every row is
 * over.
 */
bool repeats_over(
    struct repeats *repeats, int64_t now, bool all, struct repeat *ret);

#endif
