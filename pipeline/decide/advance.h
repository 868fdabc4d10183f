#ifndef PIPELINE_DECIDE_ADVANCE_H
#define PIPELINE_DECIDE_ADVANCE_H

#include "pipeline/event/trigger.h"
#include "pipeline/rule/rule.h"

/*
 * The heart: a customer, its records in order of arrival, and a bound go in;
 * the customer as it is afterwards and what is to be said go out.  A function
 * of these and the edition alone; the wall clock (W) decides only whether a
 * decision may still be published.  README.md in this folder says how time
 * works here.
 */

/* W: read once per batch; or, under `clock: stream`, always the n at hand. */
struct clock {
	bool stream;
	wall_ms wall;
};

/* Why a decision was not published; in the order in which the gate asks. */
enum reason {
	REASON_NONE,
	REASON_CONSENT,
	REASON_PRIORITY,
	REASON_REENTRY,
	REASON_CAP,
	REASON_QUIET_HOURS,
	REASON_STALE,
	/* What ends a pending trigger: */
	REASON_PURCHASE_ARRIVED,
	REASON_REFUND,
	REASON_CANCELLED, /* in a message: the name of cancelOn's stream */
	REASON_CONDITION,
	REASON_RETAINED,
	REASON_CONSENT_WITHDRAWN,
	REASONS,
};
const char *reason_name(enum reason reason);

/*
 * What caused an output, so that a claim can tell whether it has been
 * published by an owner whose writes were lost (pipeline/task).
 */
struct record_place {
	int stream; /* -1: none */
	int64_t offset;
};
struct mark {
	struct record_place before; /* the customer's last record in the batch
	                               before it */
	bool timed;                 /* it has a position */
	wall_ms position;           /* with the output's customer */
	struct record_place forced; /* the record that forced it */
};

struct output {
	const struct rule *rule;
	struct trigger trigger; /* with a reason: for `suppressed` */
	struct mark mark;
};

/* What a rule came to, counted. */
struct tally {
	uint64_t evaluations;
	uint64_t errors; /* conditions that were error values */
	uint64_t triggers;
	uint64_t shadows; /* decided under `mode: shadow`         */
	uint64_t primed;  /* decided before the task was live     */
	uint64_t behind;  /* published although we still lagged   */
	uint64_t suppressed[REASONS];
};

/* What all customers of a batch share. */
struct advance {
	const struct edition *edition;
	struct span tenant;
	duration_ms live_within;
	/* Say each suppression, also while we lag; else these are counted. */
	bool tells_all;
	struct clock clock;
	wall_ms live_from;     /* decisions before it are primed */
	wall_ms swap;          /* F when this edition was adopted */
	struct arena *arena;   /* of the batch */
	struct tally *tallies; /* edition->n_rules */
	/* Out, growing: */
	struct output *outputs;
	size_t n_outputs;
	size_t outputs_room;
	/* Its own: */
	struct cel_memo *memos;
	uint64_t stamp;
};

/* For the first batch, and again after the arena was reset. */
void advance_begin(struct advance *a, struct arena *arena);

/*
 * Bring a customer forward: before each event its own timers that come first,
 * then the event; after all of them its timers up to the bound.  Nothing of it
 * is due at or below the bound afterwards.  Never fails.
 */
void advance(struct advance *a, struct customer *customer,
    const struct event *const *events, size_t n_events, struct position bound);

#endif
