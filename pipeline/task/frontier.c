#include "pipeline/task/frontier.h"

static wall_ms
later(wall_ms a, wall_ms b)
{
	return (a > b ? a : b);
}

void
reach_record(struct reach *reach, wall_ms a, wall_ms wall)
{
	reach->reached = later(reach->reached, a < wall ? a : wall);
}

void
reach_barrier(struct reach *reach, wall_ms t, int64_t end)
{
	/* A newer one would be met later still. */
	if (reach->end != REACH_NO_BARRIER || end < 0)
		return;
	reach->asked = t;
	reach->end = end;
}

void
reach_next(struct reach *reach, int64_t next)
{
	if (reach->end == REACH_NO_BARRIER || next < reach->end)
		return;
	reach->reached = later(reach->reached, reach->asked);
	reach->end = REACH_NO_BARRIER;
}

wall_ms
frontier_wall(wall_ms least, duration_ms settle, wall_ms previous)
{
	if (least < INSTANT_BEFORE + settle)
		return (previous);
	return (later(previous, least - settle));
}

wall_ms
frontier_stream(wall_ms a, wall_ms previous)
{
	return (a == INSTANT_BEFORE ? previous : later(previous, a - 1));
}
