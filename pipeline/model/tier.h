#ifndef PIPELINE_MODEL_TIER_H
#define PIPELINE_MODEL_TIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/instant.h"
#include "pipeline/base/span.h"

/*
 * Loyalty tiers by spend in a rolling window: one state machine over plain
 * numbers.  A status is kept while the spend of the window is at or above its
 * threshold; when time (or a refund) takes it below, grace begins, and when
 * grace ends unmet, the customer steps down by one tier.
 */
struct tier {
	struct span name;
	int64_t threshold; /* minor units */
};

enum { TIER_NONE = -1, WARNINGS_MAX = 8 };

struct tier_program {
	struct span name;
	const struct tier *tiers; /* ascending thresholds */
	size_t n_tiers;
	duration_ms window;
	duration_ms grace;
	duration_ms warn[WARNINGS_MAX]; /* leads before the status ends */
	size_t n_warn;
};

#endif
