#ifndef PIPELINE_CUSTOMER_HISTORY_H
#define PIPELINE_CUSTOMER_HISTORY_H

#include "pipeline/customer/customer.h"
#include "pipeline/customer/fold.h"

/*
 * What fold.c and window.c share: one stream's entries, and the pieces of
 * fold(), a file each by what they keep.
 */

/* Order by (e, id hash, ahead): < 0, 0, > 0. */
int entry_compare(const struct entry *a, const struct entry *b);

/* Index of the first entry with e > t; n_entries if there is none. */
size_t history_after(const struct history *history, wall_ms t);
/* The entry of an event, by id hash and raw event time; or NULL. */
const struct entry *history_find(
    const struct history *history, uint64_t id_hash, wall_ms raw);
/* The latest entry of that id; or NULL. */
struct entry *history_latest(const struct history *history, uint64_t id_hash);
/* Put in order; the index it went to.  Pointers to others become void. */
size_t history_insert(
    struct history *history, struct arena *arena, const struct entry *entry);

/* Fold the `count` oldest entries away. */
void folded_take(struct history *history, const struct schema *schema,
    const struct stream *stream, size_t count, struct arena *arena);
/* The purchase day of e: in the schema's zone, days since 1970-01-01. */
int64_t folded_day(const struct schema *schema, wall_ms e);
/* Has anything been folded away? */
static inline bool
folded_any(const struct history *history)
{
	return (history->folded.before != INSTANT_BEFORE);
}

/* Count an event by day and kind; remember the last of its kind. */
void days_add(
    struct history *history, const struct event *event, struct arena *arena);
/* Forget the buckets that a window of stream->max days at n cannot see. */
void days_expire(
    struct history *history, const struct stream *stream, wall_ms n);

/* true: seen before.  Else remembered, the oldest forgotten. */
bool ring_seen(struct ring *ring, uint64_t id_hash, wall_ms raw);

struct fold_result refund_fold(struct customer *customer,
    const struct schema *schema, const struct event *event,
    struct arena *arena);
/* Let the orphans go that arrived 30 days before t or earlier. */
void refund_expire(
    struct customer *customer, const struct schema *schema, wall_ms t);

/* true: a field was written. */
bool profile_fold(struct customer *customer, const struct event *event);
void consent_fold(struct customer *customer, const struct schema *schema,
    const struct event *event);

#endif
