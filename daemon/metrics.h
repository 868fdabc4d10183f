#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include "daemon/health.h"
#include "pipeline/rule/edition.h"
#include "pipeline/worker.h"

/*
 * What Prometheus reads.  No customer is in a label, and there are fewer than
 * 2,000 series whatever the rules and partitions: those of the rules beyond the
 * first 150, in the order of the gate, and of partitions beyond the first few
 * are summed under "_other".
 */
struct metrics_view {
	const struct edition *edition;
	struct worker_stats *const *workers;
	size_t n;
	const struct health_view *health;
};

void metrics_print(const struct metrics_view *view, struct buffer *b);

/* Inside: the part about the loops. */
void metrics_workers(const struct metrics_view *view, struct buffer *b);

#endif
