#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include "daemon/health.h"
#include "pipeline/rule/edition.h"
#include "pipeline/stats.h"

/*
 * What Prometheus reads.  No customer is in a label, and there are fewer than
 * 2,000 series whatever the rules: those of the rules beyond the first 150, in
 * the order of the gate, are summed under rule="_other".
 */
struct metrics_view {
	const struct edition *edition;
	const struct stats *const *stats; /* of each worker */
	size_t n;
	const struct health_view *health;
};

void metrics_print(const struct metrics_view *view, struct buffer *b);

#endif
