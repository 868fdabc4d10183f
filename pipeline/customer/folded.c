/*
 * What is left of entries beyond a stream's maximum: a sum per UTC month, and
 * closed statistics that keep whole-history answers exact.  The oldest go
 * first and nothing goes in behind them, so all of this only grows at its end.
 */
#include "pipeline/customer/array.h"
#include "pipeline/customer/history.h"

enum {
	MONTHS = 12,
	EPOCH_YEAR = 1970,
};

/* 0001-01-01 and 9999-12-31 in days, where the calendar ends. */
#define DAY_MIN  ((int64_t)-719162)
#define DAY_MAX  ((int64_t)2932896)
#define TIME_MIN ((DAY_MIN + 2) * DAY_MS)
#define TIME_MAX ((DAY_MAX - 2) * DAY_MS)

/* An integer from a source may be any instant; the calendar ends somewhere. */
static wall_ms
within_calendar(wall_ms e)
{
	if (e < TIME_MIN)
		return (TIME_MIN);
	return (e > TIME_MAX ? TIME_MAX : e);
}

int64_t
folded_day(const struct schema *schema, wall_ms e)
{
	return (
	    zone_local(schema->zones, schema->zone, within_calendar(e)).days);
}

static int32_t
month_number(wall_ms e)
{
	struct civil_day day =
	    civil_from_days(instant_utc_day(within_calendar(e)));

	return ((day.year - EPOCH_YEAR) * MONTHS + day.month - 1);
}

static int64_t
add_saturating(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return (b > 0 ? INT64_MAX : INT64_MIN);
	return (sum);
}

static void
month_add(
    struct history *history, int32_t number, int64_t net, struct arena *arena)
{
	size_t n = history->n_months;
	struct month *month;

	if (n == 0 || history->months[n - 1].number < number) {
		if (n == MONTHS_MAX) {
			array_close(
			    history->months, n, 0, 1, sizeof *history->months);
			n = --history->n_months;
		}
		history->months = array_open(arena, history->months, n,
		    &history->months_room, n, sizeof *history->months);
		history->months[n].number = number;
		history->n_months++;
	}
	month = &history->months[history->n_months - 1];
	month->count++;
	month->sum = add_saturating(month->sum, net);
}

/*
 * A day only counts as new if it is later than all before: where clocks go
 * back across midnight, the second evening belongs to the day that had begun.
 */
static void
day_add(struct folded *folded, int64_t day, wall_ms e)
{
	if (folded->days > 0 && day <= folded->last_day)
		return;
	folded->days++;
	folded->last_day = day;
	folded->last_day_at = e;
}

static void
take_one(struct history *history, const struct schema *schema,
    const struct stream *stream, const struct entry *entry, struct arena *arena)
{
	struct folded *folded = &history->folded;
	int64_t net = stream->role == ROLE_PURCHASE ? entry_net(entry) : 0;

	folded->before = entry->e;
	if (!entry_counts(stream, entry))
		return;
	folded->count++;
	folded->sum = add_saturating(folded->sum, net);
	if (folded->first == INSTANT_NEVER)
		folded->first = entry->e;
	month_add(history, month_number(entry->e), net, arena);
	if (stream->role == ROLE_PURCHASE)
		day_add(folded, folded_day(schema, entry->e), entry->e);
}

void
folded_take(struct history *history, const struct schema *schema,
    const struct stream *stream, size_t count, struct arena *arena)
{
	for (size_t i = 0; i < count; i++)
		take_one(history, schema, stream, &history->entries[i], arena);
	array_close(history->entries, history->n_entries, 0, count,
	    sizeof *history->entries);
	history->n_entries -= count;
}
