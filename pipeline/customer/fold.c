/*
 * An event becomes history.  Each kind of stream keeps something of its own:
 * entries (history.c, folded.c), counts by day (days.c), profile and consent
 * (profile.c); a refund changes an entry of another stream (refund.c).
 */
#include "pipeline/customer/fold.h"

#include "pipeline/customer/history.h"

static struct entry
entry_of(const struct event *event, struct arena *arena)
{
	const struct stream *stream = event->stream;
	struct value *fields = ARENA_ARRAY(arena, stream->n_kept, struct value);
	struct entry entry = {
	    .e = event->e,
	    .ahead = event->raw - event->e,
	    .id_hash = event->id_hash,
	    .fields = fields,
	};

	for (size_t i = 0; i < stream->n_kept; i++)
		fields[i] = event->fields[stream->kept[i]];
	if (stream->role == ROLE_PURCHASE && stream->amount_field != NO_FIELD)
		entry.gross = event->fields[stream->amount_field].i;
	return (entry);
}

static struct fold_result
fold_exact(struct customer *customer, const struct schema *schema,
    const struct event *event, struct arena *arena)
{
	const struct stream *stream = event->stream;
	struct history *history = &customer->histories[stream->index];
	struct fold_result result = {.folding = FOLD_DONE};
	struct entry entry;
	size_t at;
	size_t beyond;

	if (history_find(history, event->id_hash, event->raw) != NULL) {
		result.folding = FOLD_DUPLICATE;
		return (result);
	}
	if (folded_any(history) && event->e <= history->folded.before) {
		history->folded.lost++;
		result.folding = FOLD_TOO_OLD;
		return (result);
	}
	entry = entry_of(event, arena);
	at = history_insert(history, arena, &entry);
	beyond = history->n_entries > stream->max
		     ? history->n_entries - stream->max
		     : 0;
	folded_take(history, schema, stream, beyond, arena);
	if (at >= beyond)
		result.entry = &history->entries[at - beyond];
	return (result);
}

static struct fold_result
fold_ringed(struct customer *customer, const struct schema *schema,
    const struct event *event, struct arena *arena)
{
	const struct stream *stream = event->stream;
	struct history *history = &customer->histories[stream->index];
	struct fold_result result = {.folding = FOLD_DONE};

	if (ring_seen(&history->ring, event->id_hash, event->raw)) {
		result.folding = FOLD_DUPLICATE;
		return (result);
	}
	if (stream->role == ROLE_PROFILE)
		result.profile_changed = profile_fold(customer, event);
	else if (stream->role == ROLE_CONSENT)
		consent_fold(customer, schema, event);
	else if (stream->keep == KEEP_DAYS)
		days_add(history, event, arena);
	return (result);
}

struct fold_result
fold(struct customer *customer, const struct schema *schema,
    const struct event *event, bool keep, struct arena *arena)
{
	struct history *history = &customer->histories[event->stream->index];

	if (event->stream->role == ROLE_REFUND)
		return (refund_fold(customer, schema, event, arena));
	if (!keep)
		return ((struct fold_result){
		    .folding =
			ring_seen(&history->ring, event->id_hash, event->raw)
			    ? FOLD_DUPLICATE
			    : FOLD_DONE});
	if (event->stream->keep == KEEP_EXACT)
		return (fold_exact(customer, schema, event, arena));
	return (fold_ringed(customer, schema, event, arena));
}

void
fold_expire(struct customer *customer, const struct schema *schema, wall_ms n)
{
	refund_expire(customer, schema, n);
	for (size_t i = 0; i < schema->n_streams; i++)
		if (schema->streams[i].keep == KEEP_DAYS)
			days_expire(
			    &customer->histories[i], &schema->streams[i], n);
}
