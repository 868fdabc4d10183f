/*
 * The entries of one stream: sorted by event time, searched by time and by
 * id.  They are few (stream->max), so an id is looked for one by one.
 */
#include "pipeline/customer/history.h"

#include "pipeline/customer/array.h"

int
entry_compare(const struct entry *a, const struct entry *b)
{
	if (a->e != b->e)
		return (a->e < b->e ? -1 : 1);
	if (a->id_hash != b->id_hash)
		return (a->id_hash < b->id_hash ? -1 : 1);
	if (a->ahead != b->ahead)
		return (a->ahead < b->ahead ? -1 : 1);
	return (0);
}

size_t
history_after(const struct history *history, wall_ms t)
{
	size_t low = 0;
	size_t high = history->n_entries;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (history->entries[middle].e <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return (low);
}

const struct entry *
history_find(const struct history *history, uint64_t id_hash, wall_ms raw)
{
	for (size_t i = history->n_entries; i-- > 0;) {
		const struct entry *entry = &history->entries[i];

		if (entry->id_hash == id_hash && entry->e + entry->ahead == raw)
			return (entry);
	}
	return (NULL);
}

struct entry *
history_latest(const struct history *history, uint64_t id_hash)
{
	for (size_t i = history->n_entries; i-- > 0;)
		if (history->entries[i].id_hash == id_hash)
			return (&history->entries[i]);
	return (NULL);
}

size_t
history_insert(
    struct history *history, struct arena *arena, const struct entry *entry)
{
	size_t i = history->n_entries;

	while (i > 0 && entry_compare(&history->entries[i - 1], entry) > 0)
		i--;
	history->entries = array_open(arena, history->entries,
	    history->n_entries, &history->room, i, sizeof *history->entries);
	history->n_entries++;
	history->entries[i] = *entry;
	return (i);
}
