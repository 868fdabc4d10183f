#ifndef DAEMON_DEMO_SUMMARY_H
#define DAEMON_DEMO_SUMMARY_H

#include "daemon/demo_screen.h"
#include "pipeline/rule/edition.h"
#include "pipeline/stats.h"

/* What a demo came to. */
struct demo_sums {
	uint64_t records;
	uint64_t dead;
	uint64_t published;
	uint64_t suppressed;
};
struct demo_sums demo_sums_of(const struct stats *stats);

/* By rule: what was sent, what was not, and why not. */
void demo_summary_rules(const struct edition *edition,
    const struct stats *stats, struct demo_screen *screen);

#endif
