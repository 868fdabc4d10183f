#include "pipeline/clock_guard.h"

enum { LEAP_MS = 60 * 1000, PROOF_MS = 60 * 1000 };

static bool
is_near(int64_t a, int64_t b)
{
	return (a - b <= LEAP_MS && b - a <= LEAP_MS);
}

struct guarded_time
clock_guard_read(struct clock_guard *guard, wall_ms wall, int64_t monotonic)
{
	int64_t reads = wall - monotonic;

	if (!guard->begun || is_near(reads, guard->base)) {
		guard->begun = true;
		guard->leapt = false;
		guard->base = reads;
		return ((struct guarded_time){wall, true});
	}
	if (!guard->leapt || !is_near(reads, guard->other)) {
		guard->leapt = true;
		guard->other = reads;
		guard->since = monotonic;
	}
	if (monotonic - guard->since >= PROOF_MS) {
		guard->leapt = false;
		guard->base = reads;
		return ((struct guarded_time){wall, true});
	}
	return ((struct guarded_time){guard->base + monotonic, false});
}
