#ifndef PIPELINE_TASK_OUTLET_H
#define PIPELINE_TASK_OUTLET_H

#include "pipeline/stream/sink.h"

/*
 * Where messages go, as `publish` sees it: Kafka, or whoever reads along in a
 * backtest.  As sink_publish, without its time-out.
 */
struct outlet;

struct outlet_kind {
	enum outcome (*publish)(struct outlet *outlet,
	    const struct publication *publication, struct published *result,
	    struct failure *why);
};

/* The first member of each kind of outlet. */
struct outlet {
	const struct outlet_kind *kind;
};

#endif
