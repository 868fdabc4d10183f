#ifndef PIPELINE_STATS_H
#define PIPELINE_STATS_H

#include <stdatomic.h>

#include "pipeline/decide/advance.h"
#include "pipeline/event/decode.h"

/*
 * What a loop has done, in numbers that only rise, and what it sees now.  One
 * thread writes, with relaxed stores; any thread reads.
 */
typedef _Atomic uint64_t counter; /* NOLINT: an atomic needs its own name */

enum step {
	STEP_TAKE,
	STEP_DECODE,
	STEP_LOAD,
	STEP_DECIDE,
	STEP_COMMIT,
	STEP_PUBLISH,
	STEPS,
};
/* "take", "decode", …: the label in metrics. */
const char *step_name(enum step step);

enum { DEAD_REASONS = DEAD_UNKNOWN_PURPOSE + 1 };

/* As struct tally, of committed batches. */
struct rule_stats {
	counter evaluations;
	counter errors;
	counter triggers;
	counter shadows;
	counter primed;
	counter behind;
	counter suppressed[REASONS];
};

struct stats {
	size_t n_streams;
	size_t n_rules;
	counter *events; /* [n_streams]: records, the unreadable included */
	counter dead_letters[DEAD_REASONS];
	struct rule_stats *rules;    /* [n_rules] of the edition */
	counter batches;             /* committed, per task */
	counter abandoned;           /* taken again at half the size */
	counter customers;           /* written */
	counter messages;            /* published */
	counter publications;        /* transactions that were committed */
	counter publications_failed; /* and attempts that were not */
	counter step_ns[STEPS];
	counter step_runs[STEPS];
};

/* On the heap, all zero. */
struct stats *stats_new(size_t n_streams, size_t n_rules);
/* NULL is legal. */
void stats_free(struct stats *stats);

/* A task's batch was committed. */
struct task;
void stats_batch(struct stats *stats, const struct task *task);

/* For the one writer. */
static inline void
counter_add(counter *c, uint64_t n)
{
	atomic_store_explicit(c,
	    atomic_load_explicit(c, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

/* For readers. */
static inline uint64_t
counter_read(const counter *c)
{
	return (atomic_load_explicit(c, memory_order_relaxed));
}

#endif
