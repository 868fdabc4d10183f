/* Quiet hours: by the wall of the customer's zone. */
#include "pipeline/decide/evaluation.h"

enum {
	/* Edges looked at before giving up: two a day, over a fortnight. */
	EDGES_MAX = 32,
};

static bool
in_hours(const struct quiet_hours *quiet, duration_ms ms)
{
	if (quiet->from < 0)
		return (false);
	if (quiet->from < quiet->to)
		return (ms >= quiet->from && ms < quiet->to);
	return (ms >= quiet->from || ms < quiet->to);
}

bool
quiet_at(const struct quiet_hours *quiet, const struct zones *zones, int zone,
    wall_ms t)
{
	struct local local = zone_local(zones, zone, t);

	if ((quiet->all_day & (1U << civil_weekday(local.days))) != 0)
		return (true);
	return (in_hours(quiet, local.ms));
}

/*
 * The next instant at which the answer may change: the end of the hours, or of
 * the local day, whichever comes first after t.
 */
static wall_ms
next_edge(const struct quiet_hours *quiet, const struct zones *zones, int zone,
    wall_ms t)
{
	struct local local = zone_local(zones, zone, t);
	wall_ms edge = zone_next_day(zones, zone, t);
	wall_ms change = zone_next_change(zones, zone, t);

	if (quiet->from >= 0) {
		wall_ms end = zone_instant(zones, zone, local.days, quiet->to);

		if (end > t && end < edge)
			edge = end;
	}
	return (change < edge ? change : edge);
}

static wall_ms
first_open(const struct quiet_hours *quiet, const struct zones *zones, int zone,
    wall_ms t)
{
	for (int i = 0; i < EDGES_MAX && quiet_at(quiet, zones, zone, t); i++)
		t = next_edge(quiet, zones, zone, t);
	return (t);
}

wall_ms
quiet_release(const struct quiet_hours *quiet, const struct zones *zones,
    int zone, wall_ms t, uint64_t jitter_hash)
{
	wall_ms open = first_open(quiet, zones, zone, t);
	wall_ms spread;

	if (open == t || quiet->jitter <= 0)
		return (open);
	spread = open + (wall_ms)(jitter_hash % (uint64_t)quiet->jitter);
	return (first_open(quiet, zones, zone, spread));
}
