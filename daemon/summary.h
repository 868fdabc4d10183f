#ifndef DAEMON_SUMMARY_H
#define DAEMON_SUMMARY_H

#include <stdio.h>

#include "pipeline/rule/edition.h"
#include "pipeline/stats.h"

/*
 * What a run over history came to, for people: records by stream, what could
 * not be read, and what became of each rule.
 */
void summary_print(struct arena *arena, const struct edition *edition,
    const struct stats *stats, duration_ms took, FILE *to);

#endif
