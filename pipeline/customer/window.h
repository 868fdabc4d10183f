#ifndef PIPELINE_CUSTOMER_WINDOW_H
#define PIPELINE_CUSTOMER_WINDOW_H

#include "pipeline/customer/customer.h"
#include "pipeline/model/churn.h"

/* Which entries: (n - from, n - to] by event time; or the whole history. */
struct window {
	bool whole;
	duration_ms from;
	duration_ms to;
};

enum aggregate {
	AGGREGATE_COUNT,
	AGGREGATE_SUM,
	AGGREGATE_AVG,
	AGGREGATE_MIN,
	AGGREGATE_MAX,
	AGGREGATE_DISTINCT,
	AGGREGATE_TOP,
	AGGREGATE_LATEST, /* the entry, or its field where one is named */
	AGGREGATE_FIRST,
	AGGREGATE_PREVIOUS, /* the latest other than `but`                */
};

enum {
	WINDOW_NO_FIELD = -1,
	WINDOW_AMOUNT = -2, /* a purchase's net amount */
	WINDOW_AT = -3,     /* the entry's e           */
};

/*
 * A question to one stream's history.  `keep`, if not NULL, is asked for each
 * entry in the window (the predicate of where()); it may not change anything.
 */
struct window_query {
	const struct stream *stream;
	struct window window;
	enum aggregate aggregate;
	int field; /* index in stream->fields, or one of WINDOW_* */
	bool (*keep)(void *context, const struct entry *entry);
	void *context;
	const struct entry *but; /* AGGREGATE_PREVIOUS: the event at hand */
};

/*
 * The answer at n, and in *next the first instant after n at which an entry
 * that was looked at leaves or enters the window (INSTANT_NEVER if none does).
 * Purchases of net 0 are not there at all.  Nulls are skipped; of nothing
 * count, sum and distinct are 0 (sum of the field's own type) and the rest are
 * error values, as is a window that begins before what has been folded.  avg
 * of money is money, half to even; top is the most frequent, among equals that
 * of the latest entry; LATEST, FIRST and PREVIOUS without a field answer
 * VALUE_ENTRY.  KEEP_DAYS: count alone, by UTC days: the day of n and the
 * N - 1 before it; `keep` sees an entry with the kind alone.
 */
struct value window_ask(const struct window_query *query,
    const struct customer *customer, wall_ms n, struct arena *arena,
    wall_ms *next);

/* The latest purchase that counts (net > 0) of a stream; NULL if none. */
const struct entry *window_last(
    const struct customer *customer, const struct stream *stream);

/*
 * The model's statistics at any time: purchase days in the schema's zone, each
 * with the instant of its earliest purchase that counts.  false: no purchase.
 */
bool window_churn(const struct customer *customer, const struct schema *schema,
    struct churn_history *ret, wall_ms *first_day);

#endif
