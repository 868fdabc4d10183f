#ifndef PIPELINE_TASK_FEED_H
#define PIPELINE_TASK_FEED_H

#include "pipeline/stream/source.h"

/*
 * Where records come from, as `take` sees it: Kafka (pipeline/kafka_feed.c) or
 * a file (pipeline/lab/file_source.c).  Each call as its namesake in
 * pipeline/stream/source.h says.
 */
struct feed;

struct feed_kind {
	enum outcome (*head)(struct feed *feed, struct stream_partition at,
	    struct record *ret, enum cause *cause, struct failure *why);
	void (*take)(struct feed *feed, struct stream_partition at);
	void (*release)(struct feed *feed);
	void (*put_back)(struct feed *feed, int32_t partition);
	int64_t (*next)(struct feed *feed, struct stream_partition at);
	int64_t (*known_end)(struct feed *feed, struct stream_partition at);
};

/* The first member of each kind of feed. */
struct feed {
	const struct feed_kind *kind;
};

#endif
