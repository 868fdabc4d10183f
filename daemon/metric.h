#ifndef DAEMON_METRIC_H
#define DAEMON_METRIC_H

#include <stdint.h>

#include "pipeline/base/buffer.h"

/*
 * Prometheus text format (version 0.0.4).  A family is announced, then come
 * all its samples.
 */
#define METRIC_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct label {
	const char *name; /* NULL: none */
	struct span value;
};

enum { LABELS_MAX = 3 };

struct labels {
	struct label list[LABELS_MAX];
};

/* `type` is counter or gauge; help is one line without a backslash. */
void metric_family(
    struct buffer *b, const char *name, const char *type, const char *help);
void metric_count(struct buffer *b, const char *name,
    const struct labels *labels, uint64_t value);
/* NULL labels: none. */
void metric_number(struct buffer *b, const char *name,
    const struct labels *labels, double value);

#endif
