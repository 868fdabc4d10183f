/* A call may take several requests; together they stay within one timeout. */
#include <time.h>

#include "pipeline/stream/kafka.h"

enum {
	NS_PER_MS = 1000000,
	LONGEST_MS = 3600 * 1000,
};

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return ((int64_t)t.tv_sec * SECOND_MS + t.tv_nsec / NS_PER_MS);
}

struct deadline
deadline_in(duration_ms timeout)
{
	return ((struct deadline){
	    now_ms() + (timeout < LONGEST_MS ? timeout : LONGEST_MS)});
}

int
deadline_left(struct deadline deadline)
{
	int64_t left = deadline.at_ms - now_ms();

	return (left > 0 ? (int)left : 0);
}
