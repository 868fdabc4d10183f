#ifndef DAEMON_PROCESS_H
#define DAEMON_PROCESS_H

#include "pipeline/base/buffer.h"

/*
 * The process as its system sees it: the process_* metrics that every
 * Prometheus client has.
 */
void process_metrics(struct buffer *b);

#endif
