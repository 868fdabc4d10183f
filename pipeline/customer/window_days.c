/*
 * Questions to a dense stream: counts by whole UTC days, and the last event of
 * a kind.  Its answers change at 00:00 UTC and by events alone.
 */
#include "pipeline/customer/window_days.h"

static const char NO_WHOLE[] = "a stream kept by days has no whole history";
static const char TOO_LONG[] = "the window is longer than the days kept";
static const char NO_SUCH[] = "a stream kept by days has counts alone";
static const char NOTHING[] = "no event of this kind";

/* The entry that a predicate sees: a kind, and no more. */
static bool
is_wanted(const struct window_query *query, struct value kind, wall_ms e)
{
	struct entry entry = {.e = e, .fields = &kind};

	return (query->keep == NULL || query->keep(query->context, &entry));
}

/* 00:00 UTC `days` days after a day; what can never come is NEVER. */
static wall_ms
day_start(int32_t day, int64_t days)
{
	wall_ms t;

	return (
	    __builtin_mul_overflow(day + days, DAY_MS, &t) ? INSTANT_NEVER : t);
}

/* The days (today - from, today - to] of the day of n. */
static struct value
count_days(const struct window_query *query, const struct history *history,
    wall_ms n, wall_ms *next)
{
	int64_t today = instant_utc_day(n);
	int64_t from = query->window.from / DAY_MS;
	int64_t to = query->window.to / DAY_MS;
	int64_t count = 0;

	if (from > query->stream->max)
		return (value_error(TOO_LONG));
	for (size_t i = 0; i < history->n_days; i++) {
		const struct day_count *bucket = &history->days[i];
		wall_ms change;

		if (bucket->day <= today - from ||
		    !is_wanted(query, bucket->kind, day_start(bucket->day, 0)))
			continue;
		if (bucket->day <= today - to) {
			count += bucket->count;
			change = day_start(bucket->day, from);
		} else {
			change = day_start(bucket->day, to);
		}
		if (change < *next)
			*next = change;
	}
	return (value_int(count));
}

/* The last event of the kinds that are wanted. */
static struct value
latest_of_kinds(const struct window_query *query, const struct history *history,
    struct arena *arena)
{
	const struct last_kind *latest = NULL;
	struct entry *entry;

	for (size_t i = 0; i < history->n_lasts; i++) {
		const struct last_kind *last = &history->lasts[i];

		if (is_wanted(query, last->kind, last->e) &&
		    (latest == NULL || last->e > latest->e ||
			(last->e == latest->e &&
			    last->id_hash > latest->id_hash)))
			latest = last;
	}
	if (latest == NULL)
		return (value_error(NOTHING));
	if (query->field == WINDOW_AT)
		return (value_timestamp(latest->e));
	if (query->field != WINDOW_NO_FIELD)
		return (query->field == query->stream->kind_field
			    ? latest->kind
			    : value_error(NO_SUCH));
	entry = ARENA_NEW(arena, struct entry);
	entry->e = latest->e;
	entry->id_hash = latest->id_hash;
	entry->fields = arena_copy(arena, &latest->kind, sizeof latest->kind);
	return ((struct value){.kind = VALUE_ENTRY, .object = entry});
}

struct value
window_days_ask(const struct window_query *query, const struct history *history,
    wall_ms n, struct arena *arena, wall_ms *next)
{
	if (query->aggregate == AGGREGATE_LATEST && query->window.whole)
		return (latest_of_kinds(query, history, arena));
	if (query->aggregate != AGGREGATE_COUNT)
		return (value_error(NO_SUCH));
	if (query->window.whole)
		return (value_error(NO_WHOLE));
	return (count_days(query, history, n, next));
}
