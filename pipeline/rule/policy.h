#ifndef PIPELINE_RULE_POLICY_H
#define PIPELINE_RULE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/instant.h"
#include "pipeline/base/span.h"

/* Kind ContactPolicy: who may be contacted how, how often, and when. */

enum cap_period {
	CAP_ROLLING, /* within (t - length, t] */
	CAP_DAY,     /* the calendar of the customer's zone */
	CAP_WEEK,    /* from Monday */
	CAP_MONTH,
};

struct cap {
	struct span name;
	uint32_t hash; /* hash_short(name): the customer's slots name it so */
	int64_t max;
	enum cap_period period;
	duration_ms length; /* CAP_ROLLING */
	bool defer;         /* over: defer; else drop */
};

/*
 * [from, to) local, wrapping over midnight if from > to; and whole local days.
 * `from` < 0: no hours, days alone.
 */
struct quiet_hours {
	duration_ms from; /* since 00:00 by the wall */
	duration_ms to;
	uint8_t all_day; /* bit 0 = Sunday … bit 6 = Saturday */
	bool drop;       /* otherwise: drop; else defer */
	duration_ms jitter;
};

struct channel {
	struct span name;
	struct span purpose; /* empty: none */
	const struct cap *const *caps;
	size_t n_caps;
	const struct quiet_hours *quiet; /* NULL: none */
};

struct policy {
	struct span name;
	const struct cap *caps;
	size_t n_caps;
	const struct channel *channels;
	size_t n_channels;
};

const struct channel *policy_channel(
    const struct policy *policy, struct span name);
const struct cap *policy_cap(const struct policy *policy, struct span name);

#endif
