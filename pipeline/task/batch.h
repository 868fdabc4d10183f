#ifndef PIPELINE_TASK_BATCH_H
#define PIPELINE_TASK_BATCH_H

#include "pipeline/customer/customer.h"
#include "pipeline/event/decode.h"

/*
 * A batch of one task: which customers, with which events, and up to where
 * timers run.  Everything lives in the arena that it began with.  Pure.
 *
 * The order of use: batch_begin; batch_fits and batch_record for each record;
 * batch_due_room and batch_due; then the records become events or dead
 * letters: batch_event, batch_set_aside.
 */

struct batch_customer {
	struct span id;
	const struct event **events; /* in merge order */
	size_t n_events;
	size_t room;
	/* Of the store; NULL until it was loaded. */
	struct customer *customer;
	wall_ms until;               /* as loaded */
	struct batch_customer *next; /* in its bucket */
};

/* A record that can never be read. */
struct batch_dead {
	const struct record *record;
	enum dead_reason reason;
	struct failure why;
};

struct batch {
	struct arena *arena;
	size_t max; /* records and due customers together */
	struct record **records;
	size_t n_records;
	size_t bytes; /* of their keys, values and headers */
	size_t n_due;
	struct position bound;
	struct batch_customer **customers; /* in order of appearance */
	size_t n_customers;
	size_t customers_room;
	struct batch_customer **buckets;
	size_t n_buckets; /* a power of two */
	struct batch_dead *dead;
	size_t n_dead;
};

enum { BATCH_BYTES_MAX = 4 * 1024 * 1024 };

void batch_begin(struct batch *batch, struct arena *arena, size_t max);

/*
 * Does this record fit?  One always does.  Others fit while there is room, in
 * number and bytes.  A quarter (at least one) is kept free where customers may
 * be due: `due` says that one is at an instant that the frontier reaches with
 * this record.
 */
bool batch_fits(
    const struct batch *batch, const struct record *record, bool due);
void batch_record(struct batch *batch, const struct record *record);

/* How many due customers may be taken: at least one. */
size_t batch_due_room(const struct batch *batch);
/*
 * The due customers up to F, in order: at most batch_due_room of them and one
 * more, which says that not all fit.  Sets the bound: {F, end} if all fit,
 * else the position of the last one taken; never below `previous`.
 */
void batch_due(struct batch *batch, const struct position *due, size_t n,
    wall_ms frontier, struct position previous);

void batch_event(struct batch *batch, const struct event *event);
void batch_set_aside(struct batch *batch, const struct batch_dead *dead);

/* Nothing was taken at all. */
static inline bool
batch_empty(const struct batch *batch)
{
	return (batch->n_records == 0 && batch->n_due == 0);
}

/* The smallest batch there is: no limit stops it. */
static inline bool
batch_least(const struct batch *batch)
{
	return (batch->n_records <= 1 && batch->n_due <= 1);
}

#endif
