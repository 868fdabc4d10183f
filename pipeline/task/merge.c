#include "pipeline/task/merge.h"

wall_ms
merge_arrival(
    const struct arrival_rule *rule, wall_ms timestamp, wall_ms previous)
{
	wall_ms a = timestamp;

	if (timestamp == INSTANT_BEFORE) {
		a = rule->wall;
	} else if (!rule->stream &&
		   timestamp > rule->wall + rule->future_tolerance) {
		/* One producer in the year 2100 must not move its topic. */
		a = previous == INSTANT_BEFORE ? rule->wall : previous;
	}
	return (a > previous ? a : previous);
}

int
merge_next(const struct merge_head *heads, size_t n)
{
	int next = MERGE_END;

	for (size_t i = 0; i < n; i++) {
		if (heads[i].state == HEAD_BEHIND)
			return (MERGE_WAIT);
		if (heads[i].state == HEAD_RECORD &&
		    (next < 0 || heads[i].arrival < heads[next].arrival))
			next = (int)i;
	}
	return (next);
}
