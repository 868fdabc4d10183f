/*
 * What a customer has spent, for the tier machine: purchases that count, of all
 * purchase streams, by event time.  What was folded away is a sum per month; it
 * counts at the end of its month, so that nobody loses a status early because
 * of how much he bought.
 */
#include "pipeline/rule/scope.h"

enum { MONTHS_A_YEAR = 12, EPOCH_YEAR = 1970 };

/* The last ms of a month, counted from 1970-01. */
static wall_ms
month_end(int32_t number)
{
	struct civil_day next = {EPOCH_YEAR + (number + 1) / MONTHS_A_YEAR,
	    (number + 1) % MONTHS_A_YEAR + 1, 1};

	return (civil_to_days(next) * DAY_MS - 1);
}

/* Put in order: several purchase streams interleave. */
static void
insert(struct spend *list, size_t *n, wall_ms at, int64_t amount)
{
	size_t i = (*n)++;

	for (; i > 0 && list[i - 1].at > at; i--)
		list[i] = list[i - 1];
	list[i] = (struct spend){at, amount};
}

static void
add_history(struct spend *list, size_t *n, const struct history *history)
{
	for (size_t i = 0; i < history->n_months; i++) {
		const struct month *month = &history->months[i];
		wall_ms end = month_end(month->number);

		insert(list, n,
		    end < history->folded.before ? end : history->folded.before,
		    month->sum);
	}
	for (size_t i = 0; i < history->n_entries; i++) {
		const struct entry *entry = &history->entries[i];

		if (entry_net(entry) > 0)
			insert(list, n, entry->e, entry_net(entry));
	}
}

struct spends
customer_spends(const struct customer *customer, const struct schema *schema,
    struct arena *arena)
{
	struct spends spends = {NULL, 0};
	struct spend *list;
	size_t room = 0;

	for (size_t i = 0; i < schema->n_streams; i++) {
		if (schema->streams[i].role == ROLE_PURCHASE)
			room += customer->histories[i].n_entries +
				customer->histories[i].n_months;
	}
	list = ARENA_ARRAY(arena, room, struct spend);
	for (size_t i = 0; i < schema->n_streams; i++) {
		if (schema->streams[i].role == ROLE_PURCHASE)
			add_history(list, &spends.n, &customer->histories[i]);
	}
	spends.list = list;
	return (spends);
}
