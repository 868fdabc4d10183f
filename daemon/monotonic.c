#include "daemon/monotonic.h"

#include <time.h>

enum { MS_IN_S = 1000, NS_IN_MS = 1000 * 1000 };

int64_t
monotonic_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return ((int64_t)now.tv_sec * MS_IN_S + now.tv_nsec / NS_IN_MS);
}
