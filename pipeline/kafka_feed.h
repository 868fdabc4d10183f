#ifndef PIPELINE_KAFKA_FEED_H
#define PIPELINE_KAFKA_FEED_H

#include "pipeline/task/feed.h"
#include "pipeline/task/outlet.h"

/* Kafka, as `take` and `publish` see it. */
struct kafka_feed {
	struct feed feed;
	struct source *source;
};

struct kafka_outlet {
	struct outlet outlet;
	struct sink *sink;
	duration_ms timeout; /* of one attempt */
};

void kafka_feed_init(struct kafka_feed *feed, struct source *source);
void kafka_outlet_init(
    struct kafka_outlet *outlet, struct sink *sink, duration_ms timeout);

#endif
