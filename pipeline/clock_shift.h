#ifndef PIPELINE_CLOCK_SHIFT_H
#define PIPELINE_CLOCK_SHIFT_H

#include <stdint.h>
#include <time.h>

/*
 * What a test build (-DSTOP_POINTS=ON) adds to the clocks that the worker
 * reads, in milliseconds: KITH_CLOCK names a file with two numbers, of the
 * wall and of the monotonic clock, that is read each time.  So hours pass, and
 * a wall clock leaps, as a scenario wants.  Kafka and Redis keep their own
 * time.  In any other build there is nothing.
 */
#ifdef KITH_STOP_POINTS
int64_t clock_shift(clockid_t clock);
#define CLOCK_SHIFT(clock) clock_shift(clock)
#else
#define CLOCK_SHIFT(clock) ((int64_t)0)
#endif

#endif
