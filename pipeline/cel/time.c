/*
 * Getters of timestamps and durations, and when they change.
 *
 * Between two changes of a zone's offset the wall runs like UTC, so that the
 * next change of a getter is either the next boundary of its unit there, or a
 * change of the offset at which the getter happens to read differently.
 */
#include "pipeline/cel/time.h"

#include "pipeline/cel/overload.h"

/* A zone of the tables, or an offset that never changes. */
struct wall {
	const struct zones *zones;
	int zone; /* ZONE_NONE: offset */
	int64_t offset;
};

static bool
two_digits(const char *at, int64_t *ret)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return (false);
	*ret = (at[0] - '0') * 10 + (at[1] - '0');
	return (true);
}

/* [+|-]HH:MM */
static bool
parse_offset(struct span text, int64_t *ret)
{
	enum { MINUTES_AT = 3, LENGTH = 5, DAY_HOURS = 24, HOUR_MINUTES = 60 };
	bool minus = text.length > 0 && text.at[0] == '-';
	int64_t hours;
	int64_t minutes;

	if (text.length > 0 && (minus || text.at[0] == '+')) {
		text.at++;
		text.length--;
	}
	if (text.length != LENGTH || text.at[2] != ':' ||
	    !two_digits(text.at, &hours) ||
	    !two_digits(text.at + MINUTES_AT, &minutes) || hours >= DAY_HOURS ||
	    minutes >= HOUR_MINUTES)
		return (false);
	*ret = hours * HOUR_MS + minutes * MINUTE_MS;
	if (minus)
		*ret = -*ret;
	return (true);
}

static bool
wall_find(struct cel_run *run, struct span name, struct wall *ret)
{
	struct wall wall = {.zones = run->ev->zones, .zone = ZONE_NONE};

	if (!parse_offset(name, &wall.offset) &&
	    !span_equals(name, SPAN("UTC"))) {
		wall.zone = wall.zones == NULL ? ZONE_NONE
					       : zones_find(wall.zones, name);
		if (wall.zone == ZONE_NONE)
			return (false);
	}
	*ret = wall;
	return (true);
}

static int64_t
wall_offset(const struct wall *wall, wall_ms t)
{
	return (wall->zone == ZONE_NONE
		    ? wall->offset
		    : zone_offset(wall->zones, wall->zone, t));
}

static wall_ms
wall_next_change(const struct wall *wall, wall_ms t)
{
	return (wall->zone == ZONE_NONE
		    ? INSTANT_NEVER
		    : zone_next_change(wall->zones, wall->zone, t));
}

static int64_t
floor_divide(int64_t n, int64_t d)
{
	return (n / d - (n % d < 0));
}

static int64_t
floor_modulo(int64_t n, int64_t d)
{
	return (n % d + (n % d < 0 ? d : 0));
}

/* What a getter reads where the wall shows `local` ms since the epoch. */
static int64_t
read_wall(enum cel_function function, int64_t local)
{
	enum { HOURS_PER_DAY = 24, SIXTY = 60 };
	int64_t days = floor_divide(local, DAY_MS);
	struct civil_day day;

	switch ((int)function) {
	case FN_HOURS:
		return (
		    floor_modulo(floor_divide(local, HOUR_MS), HOURS_PER_DAY));
	case FN_MINUTES:
		return (floor_modulo(floor_divide(local, MINUTE_MS), SIXTY));
	case FN_SECONDS:
		return (floor_modulo(floor_divide(local, SECOND_MS), SIXTY));
	case FN_MILLISECONDS:
		return (floor_modulo(local, SECOND_MS));
	case FN_DAY_OF_WEEK:
		return (civil_weekday(days));
	default:
		break;
	}
	day = civil_from_days(days);
	switch ((int)function) {
	case FN_YEAR:
		return (day.year);
	case FN_MONTH:
		return (day.month - 1);
	case FN_DATE:
		return (day.day);
	case FN_DAY_OF_MONTH:
		return (day.day - 1);
	default:
		return (civil_day_of_year(day));
	}
}

/* An L operand may be far outside the years that a calendar has. */
static bool
in_calendar(struct value v)
{
	return (v.i >= CEL_TIMESTAMP_MIN && v.i <= CEL_TIMESTAMP_MAX);
}

/* The wall of a getter's operands: UTC, or the zone of the second. */
static bool
wall_of(struct cel_run *run, const struct value *args, size_t n_args,
    struct wall *ret)
{
	if (n_args > 1)
		return (wall_find(run, value_text(args[1]), ret));
	*ret = (struct wall){.zone = ZONE_NONE};
	return (true);
}

struct value
cel_timestamp_get(struct cel_run *run, const struct value *args)
{
	struct wall wall;

	if (!wall_of(run, args, run->row->n_args, &wall))
		return (value_error("unknown time zone"));
	if (!in_calendar(args[0]))
		return (value_error("timestamp overflow"));
	return (value_int(read_wall(
	    run->row->function, args[0].i + wall_offset(&wall, args[0].i))));
}

/* The length of what a getter of a duration counts. */
static int64_t
unit_of(enum cel_function function)
{
	switch ((int)function) {
	case FN_HOURS:
		return (HOUR_MS);
	case FN_MINUTES:
		return (MINUTE_MS);
	case FN_SECONDS:
		return (SECOND_MS);
	case FN_MILLISECONDS:
		return (1);
	default:
		return (DAY_MS);
	}
}

/* Whole units towards zero, of ms with something above them or not. */
static int64_t
whole_units(int64_t ms, bool more, int64_t unit)
{
	/* -1 ms and some ns is nearer to zero than -1 ms */
	return (ms < 0 ? (ms + more) / unit : ms / unit);
}

struct value
cel_duration_get(struct cel_run *run, const struct value *args)
{
	enum cel_function function = run->row->function;
	int64_t n =
	    whole_units(args[0].i, args[0].length > 0, unit_of(function));

	return (value_int(function == FN_MILLISECONDS ? n % SECOND_MS : n));
}

/* Where the wall next shows another year, month, day, hour, ... */
static int64_t
next_boundary(enum cel_function function, int64_t local)
{
	enum { MONTHS = 12 };
	int64_t unit = unit_of(function);
	struct civil_day day;

	if (function != FN_YEAR && function != FN_MONTH)
		return ((floor_divide(local, unit) + 1) * unit);
	day = civil_from_days(floor_divide(local, DAY_MS));
	day.day = 1;
	if (function == FN_YEAR || day.month == MONTHS) {
		day.year++;
		day.month = 1;
	} else
		day.month++;
	return (civil_to_days(day) * DAY_MS);
}

/*
 * The first instant after t at which the getter reads differently.  What lies
 * between two changes of the offset is looked at together; there are few
 * changes to the next boundary, and after a good many an early answer does.
 */
static wall_ms
timestamp_change(enum cel_function function, const struct wall *wall, wall_ms t)
{
	enum { CHANGES_MAX = 64 };
	int64_t offset = wall_offset(wall, t);
	int64_t now = read_wall(function, t + offset);

	for (int i = 0; i < CHANGES_MAX; i++) {
		wall_ms change = wall_next_change(wall, t);
		wall_ms boundary = next_boundary(function, t + offset) - offset;

		if (boundary < change || change == INSTANT_NEVER)
			return (boundary);
		t = change;
		offset = wall_offset(wall, t);
		if (read_wall(function, t + offset) != now)
			return (t);
	}
	return (t);
}

/*
 * How far a duration that grows is from its next whole unit.  With something
 * above its ms it is there up to 1 ms sooner.
 */
static int64_t
duration_change(int64_t ms, bool more, int64_t unit)
{
	int64_t n = whole_units(ms, more, unit);

	if (ms >= 0)
		return ((n + 1) * unit - ms);
	/* from -90m on: -1 up to -60m, and 0 behind it up to 60m */
	if (n == 0)
		return (unit - ms);
	return (n * unit + (more ? 0 : 1) - ms);
}

int64_t
cel_getter_change(struct cel_run *run, uint8_t function,
    const struct value *args, size_t n_args, int slope)
{
	enum cel_function getter = (enum cel_function)function;
	struct value v = args[0];
	struct wall wall;

	if (v.kind == VALUE_DURATION) {
		bool more = v.length > 0;

		if (slope < 0)
			v.i = -v.i - more;
		return (duration_change(v.i, more, unit_of(getter)));
	}
	if (v.kind != VALUE_TIMESTAMP || !wall_of(run, args, n_args, &wall) ||
	    v.i > CEL_TIMESTAMP_MAX)
		return (INSTANT_NEVER);
	if (v.i < CEL_TIMESTAMP_MIN)
		return (CEL_TIMESTAMP_MIN - v.i);
	return (timestamp_change(getter, &wall, v.i) - v.i);
}
