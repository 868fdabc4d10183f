#include "pipeline/clock_shift.h"

#include <stdio.h>
#include <stdlib.h>

#ifdef KITH_STOP_POINTS
int64_t
clock_shift(clockid_t clock)
{
	enum { TEXT_MAX = 64, DECIMAL = 10 };
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it in a test. */
	const char *path = getenv("KITH_CLOCK");
	FILE *file = path == NULL ? NULL : fopen(path, "re");
	char text[TEXT_MAX] = "";
	char *rest;
	int64_t wall;

	if (file == NULL)
		return (0);
	(void)fread(text, 1, sizeof text - 1, file);
	(void)fclose(file);
	wall = strtoll(text, &rest, DECIMAL);
	return (clock == CLOCK_REALTIME ? wall : strtoll(rest, NULL, DECIMAL));
}
#endif
