#ifndef DAEMON_MONOTONIC_H
#define DAEMON_MONOTONIC_H

#include <stdint.h>

/* Milliseconds of the monotonic clock: what a worker's turn_at counts in. */
int64_t monotonic_ms(void);

#endif
