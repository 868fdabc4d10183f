#ifndef PIPELINE_STREAM_CLUSTER_STATE_H
#define PIPELINE_STREAM_CLUSTER_STATE_H

#include "pipeline/stream/cluster.h"
#include "pipeline/stream/kafka.h"

/*
 * Two clients that consume nothing: the isolation level of a client decides
 * which end of a log it is told.
 */
struct cluster {
	struct handle all;       /* read_uncommitted: high watermarks  */
	struct handle committed; /* read_committed: last stable offsets */
};

/* Wait for the answer to an admin request; NULL if there is none in time. */
rd_kafka_event_t *cluster_answer(rd_kafka_queue_t *queue, int timeout_ms);
/* Request options with that timeout. */
rd_kafka_AdminOptions_t *cluster_admin_options(
    struct cluster *cluster, rd_kafka_admin_op_t op, int timeout_ms);

#endif
