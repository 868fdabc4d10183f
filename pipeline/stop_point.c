#include "pipeline/stop_point.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#ifdef KITH_STOP_POINTS
void
stop_point(const char *name)
{
	static _Atomic long passed;
	/* NOLINTBEGIN(concurrency-mt-unsafe): nobody sets them in a test. */
	const char *stop = getenv("KITH_STOP");
	const char *after = getenv("KITH_STOP_AFTER");
	/* NOLINTEND(concurrency-mt-unsafe) */
	long limit = after == NULL ? 1 : strtol(after, NULL, 10);

	if (stop != NULL && strcmp(stop, name) == 0 &&
	    atomic_fetch_add(&passed, 1) + 1 >= limit)
		(void)raise(SIGKILL);
}
#endif
