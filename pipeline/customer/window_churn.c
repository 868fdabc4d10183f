/*
 * What the churn model is told: purchase days, in the schema's zone, over all
 * purchase streams together; the closed statistics stand for what was folded.
 */
#include "pipeline/customer/history.h"
#include "pipeline/customer/window.h"

static const double WEEK_MS = 604800000.0;

struct purchase_days {
	uint64_t n;
	wall_ms first_at;
	int64_t last_day;
	wall_ms last_at; /* the earliest purchase of the last day */
};

/* The last day so far, and its earliest purchase. */
static void
days_note(struct purchase_days *days, int64_t day, wall_ms e)
{
	if (days->n == 0 || day > days->last_day ||
	    (day == days->last_day && e < days->last_at)) {
		days->last_day = day;
		days->last_at = e;
	}
}

static void
days_note_first(struct purchase_days *days, wall_ms e)
{
	if (days->n == 0 || e < days->first_at)
		days->first_at = e;
}

/*
 * Days are told apart within a stream only: one on which two streams folded
 * something, or one behind another's last folded day, may count twice.
 */
static void
days_add_folded(struct purchase_days *days, const struct folded *folded)
{
	if (folded->days == 0)
		return;
	days_note_first(days, folded->first);
	days_note(days, folded->last_day, folded->last_day_at);
	days->n += folded->days;
}

/* A kept purchase, and the stream whose it is. */
struct kept {
	const struct entry *entry;
	const struct history *history;
};

/* The earliest purchase that counts after t, of all streams. */
static struct kept
next_purchase(
    const struct customer *customer, const struct schema *schema, wall_ms t)
{
	struct kept next = {NULL, NULL};

	for (size_t i = 0; i < schema->n_streams; i++) {
		const struct history *history = &customer->histories[i];
		const struct stream *stream = &schema->streams[i];
		size_t k;

		if (stream->role != ROLE_PURCHASE)
			continue;
		k = history_after(history, t);
		while (k < history->n_entries &&
		       !entry_counts(stream, &history->entries[k]))
			k++;
		if (k < history->n_entries &&
		    (next.entry == NULL ||
			history->entries[k].e < next.entry->e))
			next = (struct kept){&history->entries[k], history};
	}
	return (next);
}

/*
 * Days only go forward: where clocks go back across midnight, the second
 * evening belongs to the day that had begun.
 */
static int64_t
day_of(const struct kept *kept, const struct schema *schema)
{
	const struct folded *folded = &kept->history->folded;
	int64_t day = folded_day(schema, kept->entry->e);

	return (folded->days > 0 && day < folded->last_day ? folded->last_day
							   : day);
}

/* Is it the last day of something folded, and so counted already? */
static bool
is_folded_day(
    const struct customer *customer, const struct schema *schema, int64_t day)
{
	for (size_t i = 0; i < schema->n_streams; i++) {
		const struct folded *folded = &customer->histories[i].folded;

		if (schema->streams[i].role == ROLE_PURCHASE &&
		    folded->days > 0 && folded->last_day == day)
			return (true);
	}
	return (false);
}

static void
days_add_kept(struct purchase_days *days, const struct customer *customer,
    const struct schema *schema)
{
	struct kept kept = next_purchase(customer, schema, INSTANT_BEFORE);
	int64_t before = INT64_MIN;

	while (kept.entry != NULL) {
		wall_ms e = kept.entry->e;
		int64_t day = day_of(&kept, schema);

		if (day > before) {
			days_note_first(days, e);
			days_note(days, day, e);
			if (!is_folded_day(customer, schema, day))
				days->n++;
			before = day;
		}
		kept = next_purchase(customer, schema, e);
	}
}

bool
window_churn(const struct customer *customer, const struct schema *schema,
    struct churn_history *ret, wall_ms *first_day)
{
	struct purchase_days days = {0};

	for (size_t i = 0; i < schema->n_streams; i++)
		if (schema->streams[i].role == ROLE_PURCHASE)
			days_add_folded(&days, &customer->histories[i].folded);
	days_add_kept(&days, customer, schema);
	if (days.n == 0)
		return (false);
	ret->x = (double)(days.n - 1);
	ret->t_x = ((double)days.last_at - (double)days.first_at) / WEEK_MS;
	*first_day = days.first_at;
	return (true);
}
