#ifndef PIPELINE_MODEL_TIER_H
#define PIPELINE_MODEL_TIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/instant.h"
#include "pipeline/base/span.h"

/*
 * Loyalty tiers by spend in a rolling window: one state machine over plain
 * numbers.  A status holds while the spend q of the window is at or above its
 * threshold.  valid_to is the first instant at which it is not, by time or by
 * a refund; grace runs from there, and when it ends unmet the customer steps
 * down by one tier, but never below what q has earned.  Warnings count back
 * from the end of grace.
 */
struct tier {
	struct span name;
	int64_t threshold; /* minor units */
};

enum { TIER_NONE = -1, WARNINGS_MAX = 8 };

struct tier_program {
	struct span name;
	const struct tier *tiers; /* ascending thresholds */
	int n_tiers;
	duration_ms window;
	duration_ms grace;
	duration_ms warn[WARNINGS_MAX]; /* leads before the status ends */
	int n_warn;
};

enum tier_mode { TIER_ACTIVE, TIER_GRACE };

/* Where a customer stands. */
struct tier_state {
	int tier; /* TIER_NONE, or the index of the programme's tier        */
	enum tier_mode mode;
	wall_ms since;     /* TIER_GRACE: when it began, which is valid_to  */
	wall_ms warned_to; /* the valid_to that `warned` is about           */
	uint32_t warned;   /* a bit for each lead already given             */
};

/* What was spent, by event time ascending; amounts are net and above 0. */
struct spend {
	wall_ms at;
	int64_t amount;
};

struct spends {
	const struct spend *list;
	size_t n;
};

enum tier_event_kind { TIER_ROSE, TIER_FELL, TIER_WARNED, TIER_KEPT };

struct tier_event {
	enum tier_event_kind kind;
	int from;
	int to;
};

enum { TIER_EVENTS_MAX = WARNINGS_MAX + 2 };

struct tier_events {
	struct tier_event list[TIER_EVENTS_MAX];
	int n;
};

/* The spend in (t - window, t]. */
int64_t tier_spend(
    const struct tier_program *program, struct spends spends, wall_ms t);

/*
 * When the status ends if nothing more is bought: valid_to, without grace.  In
 * grace it has passed.  INSTANT_NEVER for TIER_NONE.
 */
wall_ms tier_valid_to(const struct tier_program *program,
    const struct tier_state *state, struct spends spends, wall_ms t);

/* A record has changed the spends at t: what follows from it. */
void tier_on_record(const struct tier_program *program,
    struct tier_state *state, struct spends spends, wall_ms t,
    struct tier_events *ret);

/* Time has come to t, at or after tier_due(): what follows from it. */
void tier_on_time(const struct tier_program *program, struct tier_state *state,
    struct spends spends, wall_ms t, struct tier_events *ret);

/*
 * The next instant at or after t at which something changes by time alone;
 * INSTANT_NEVER if nothing does.
 */
wall_ms tier_due(const struct tier_program *program,
    const struct tier_state *state, struct spends spends, wall_ms t);

/* The name of a tier; "none" for TIER_NONE. */
struct span tier_name(const struct tier_program *program, int tier);

#endif
