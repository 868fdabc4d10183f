/*
 * Questions to a history at n, and until when the answer holds.  An entry is
 * in (n - from, n - to] from e + to on and before e + from: so both its entry
 * and its exit are known, and nothing has to look again in between.
 */
#include "pipeline/customer/window.h"

#include "pipeline/base/check.h"
#include "pipeline/customer/aggregate.h"
#include "pipeline/customer/history.h"
#include "pipeline/customer/window_days.h"

static const char FOLDED[] = "the window reaches behind what is kept";

static wall_ms
later(wall_ms t, duration_ms by)
{
	wall_ms sum;

	return (__builtin_add_overflow(t, by, &sum) ? INSTANT_NEVER : sum);
}

static wall_ms
earlier(wall_ms t, duration_ms by)
{
	wall_ms difference;

	return (__builtin_sub_overflow(t, by, &difference) ? INSTANT_BEFORE
							   : difference);
}

static void
lower(wall_ms *next, wall_ms t)
{
	if (t < *next)
		*next = t;
}

static bool
same_entry(const struct entry *a, const struct entry *b)
{
	return (b != NULL && entry_compare(a, b) == 0);
}

static bool
is_wanted(const struct window_query *query, const struct entry *entry)
{
	if (!entry_counts(query->stream, entry))
		return (false);
	if (query->aggregate == AGGREGATE_PREVIOUS &&
	    same_entry(entry, query->but))
		return (false);
	return (query->keep == NULL || query->keep(query->context, entry));
}

/* The first that counts, from index i on; NULL if there is none. */
static const struct entry *
counting_from(
    const struct window_query *query, const struct history *history, size_t i)
{
	for (; i < history->n_entries; i++)
		if (entry_counts(query->stream, &history->entries[i]))
			return (&history->entries[i]);
	return (NULL);
}

static struct value
ask_window(const struct window_query *query, const struct history *history,
    wall_ms n, struct arena *arena, wall_ms *next)
{
	wall_ms start = earlier(n, query->window.from);
	size_t begin = history_after(history, start);
	size_t end = history_after(history, earlier(n, query->window.to));
	const struct entry *coming = counting_from(query, history, end);
	struct tally tally;

	if (coming != NULL)
		lower(next, later(coming->e, query->window.to));
	if (start < history->folded.before) {
		lower(next, later(history->folded.before, query->window.from));
		return (value_error(FOLDED));
	}
	CHECK(history->entries != NULL || end <= begin);
	tally_start(&tally, query, end > begin ? end - begin : 0, arena);
	for (size_t i = begin; i < end; i++) {
		const struct entry *entry = &history->entries[i];

		if (!is_wanted(query, entry))
			continue;
		if (tally.count == 0)
			lower(next, later(entry->e, query->window.from));
		tally_add(&tally, entry);
	}
	return (tally_end(&tally, arena));
}

/* first(), where the first was folded away: what is left of it is its time. */
static struct value
first_folded(const struct window_query *query, const struct folded *folded,
    struct arena *arena)
{
	struct entry *entry;

	if (query->field == WINDOW_AT)
		return (value_timestamp(folded->first));
	if (query->field != WINDOW_NO_FIELD)
		return (value_error(FOLDED));
	entry = ARENA_NEW(arena, struct entry);
	entry->e = folded->first;
	return ((struct value){.kind = VALUE_ENTRY, .object = entry});
}

/*
 * The whole history, some of it folded away: only what its closed statistics
 * keep exact has an answer.
 */
static struct value
end_folded(const struct window_query *query, const struct folded *folded,
    struct tally *tally, struct arena *arena)
{
	enum aggregate aggregate = query->aggregate;

	if (query->keep != NULL)
		return (value_error(FOLDED));
	if (aggregate == AGGREGATE_COUNT ||
	    (aggregate == AGGREGATE_SUM && query->field == WINDOW_AMOUNT)) {
		tally_add_folded(tally, folded);
		return (tally_end(tally, arena));
	}
	if (folded->count == 0)
		return (aggregate == AGGREGATE_FIRST ||
				aggregate == AGGREGATE_LATEST ||
				aggregate == AGGREGATE_PREVIOUS
			    ? tally_end(tally, arena)
			    : value_error(FOLDED));
	if (aggregate == AGGREGATE_FIRST)
		return (first_folded(query, folded, arena));
	if ((aggregate == AGGREGATE_LATEST ||
		aggregate == AGGREGATE_PREVIOUS) &&
	    tally->latest != NULL)
		return (tally_end(tally, arena));
	return (value_error(FOLDED));
}

static struct value
ask_whole(const struct window_query *query, const struct history *history,
    struct arena *arena)
{
	struct tally tally;

	tally_start(&tally, query, history->n_entries, arena);
	for (size_t i = 0; i < history->n_entries; i++)
		if (is_wanted(query, &history->entries[i]))
			tally_add(&tally, &history->entries[i]);
	if (folded_any(history))
		return (end_folded(query, &history->folded, &tally, arena));
	return (tally_end(&tally, arena));
}

struct value
window_ask(const struct window_query *query, const struct customer *customer,
    wall_ms n, struct arena *arena, wall_ms *next)
{
	const struct history *history =
	    &customer->histories[query->stream->index];

	*next = INSTANT_NEVER;
	if (query->stream->keep == KEEP_DAYS)
		return (window_days_ask(query, history, n, arena, next));
	if (query->window.whole)
		return (ask_whole(query, history, arena));
	return (ask_window(query, history, n, arena, next));
}

const struct entry *
window_last(const struct customer *customer, const struct stream *stream)
{
	const struct history *history = &customer->histories[stream->index];

	for (size_t i = history->n_entries; i-- > 0;)
		if (entry_counts(stream, &history->entries[i]))
			return (&history->entries[i]);
	return (NULL);
}
