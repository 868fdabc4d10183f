#ifndef PIPELINE_CUSTOMER_FOLD_H
#define PIPELINE_CUSTOMER_FOLD_H

#include "pipeline/customer/customer.h"

/* What an event did to a customer. */
enum folding {
	FOLD_DONE, /* it is in the history (or profile, consent, refund)  */
	FOLD_DUPLICATE, /* seen before: nothing changed, nothing is evaluated  */
	FOLD_TOO_OLD, /* a correction behind what was folded: counted alone  */
};

struct fold_result {
	enum folding folding;
	/* KEEP_EXACT: the event's own entry; NULL where it was folded away at
	   once.  Void after the next fold of its stream. */
	const struct entry *entry;
	/* A refund of a purchase that is kept: the entry; else NULL. */
	const struct entry *refunded;
	/* Profile: the effective zone may have changed. */
	bool profile_changed;
};

/*
 * Put an event where it belongs, at its own event time, late or not.
 * Duplicates are known by id hash and raw event time.  Beyond stream->max the
 * oldest entries fold into months and the closed statistics.  An event that its
 * stream's `where:` does not keep (keep false) goes into the ring alone, so
 * that its duplicate is found.
 */
struct fold_result fold(struct customer *customer, const struct schema *schema,
    const struct event *event, bool keep, struct arena *arena);

/*
 * A purchase has been folded and evaluated: apply the next refund that was
 * waiting for it, as if it arrived right after it.  false: there is none.
 * *ret is the refund's record, to be evaluated in its turn; its `a` is the
 * purchase's.  *was is what it was while it waited.
 */
bool fold_orphan(struct customer *customer, const struct event *purchase,
    struct arena *arena, struct event *ret, struct orphan *was);

/*
 * Let go of what has run out at n: orphans 30 days after their arrival, day
 * buckets beyond their stream's max.  Changes no answer.
 */
void fold_expire(
    struct customer *customer, const struct schema *schema, wall_ms n);

#endif
