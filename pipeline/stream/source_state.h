#ifndef PIPELINE_STREAM_SOURCE_STATE_H
#define PIPELINE_STREAM_SOURCE_STATE_H

#include "pipeline/stream/cluster.h"
#include "pipeline/stream/kafka.h"
#include "pipeline/stream/source.h"

/* The inside of a source, for the files of this layer. */

/*
 * One partition of one topic.  What came out of its queue stands in `items`:
 *
 *	0 … first … head … count
 *	    taken   waiting          (first is always 0 between calls)
 *
 * An item is a record, or the end of the partition (an error in librdkafka's
 * words), in the order in which the log has them.
 */
struct partition {
	rd_kafka_queue_t *queue; /* NULL until first started */
	struct stream_partition at;
	bool assigned;
	bool started;
	bool
	    fetched; /* librdkafka has been told: what comes is of this start */
	bool dry;    /* the queue was empty, and nothing has rung since  */
	bool moved;  /* an item has come since the start: the client's
			* position is of this start and no former one    */
	bool asked;  /* position is what the client says now             */
	int64_t start; /* where fetching begins; moves with what is fetched */
	int64_t next;
	int64_t next_kept; /* next, as of the last release */
	int64_t position;
	int64_t known_end;
	rd_kafka_message_t **items;
	size_t head;
	size_t count;
	size_t room;
	struct record shown; /* of items[head] */
	bool is_shown;
	rd_kafka_resp_err_t broken; /* NO_ERROR, or why it cannot be read */
	struct failure why;
};

/* The partitions of one number, by stream. */
struct task_partitions {
	struct partition *streams; /* NULL until assigned */
};

/* One per assignment; those before it stay, for tasks that still name them. */
struct member {
	struct member *before;
	rd_kafka_consumer_group_metadata_t *metadata;
};

struct source {
	struct handle handle;
	rd_kafka_queue_t *events;
	struct cluster *cluster;
	char **topics;
	size_t n_topics;
	int bell[2]; /* a pipe that librdkafka writes to when a queue fills */

	struct task_partitions *tasks; /* by number */
	size_t n_tasks;
	bool dirty; /* what is started differs from what librdkafka fetches */
	bool revoking;                 /* a revocation waits for its answer */
	struct stream_partition *list; /* of the last membership */
	size_t n_list;
	struct member *member; /* the last; NULL before the first */

	struct arena *arena; /* headers of records that were shown */
};

/* NULL if that number was never assigned. */
struct partition *source_partition(
    const struct source *source, struct stream_partition at);
/* The same, made if need be. */
struct partition *source_partition_make(
    struct source *source, struct stream_partition at);

/* Walk all partitions: i counts through numbers and streams. */
struct partition *source_partition_at(const struct source *source, size_t i);
size_t source_partition_count(const struct source *source);

/* Wait for the bell, at most so long, and silence it; whether it had rung. */
bool bell_wait(struct source *source, int timeout_ms);

/* Open its queue; begins empty at `offset`. */
void partition_start(
    struct source *source, struct partition *partition, int64_t offset);
/* Drop what is buffered, taken or not. */
void partition_stop(struct partition *partition);
/* Drop what is still in the queue of a partition that is not fetched. */
void partition_drain(struct partition *partition);
/* Take what has come into `items`, if the ones there are used up. */
void partition_fill(struct source *source, struct partition *partition);
/* From which offset to go on fetching behind what is buffered. */
int64_t partition_resume(struct source *source, struct partition *partition);
/* Forget what was taken. */
void partition_release(struct partition *partition);
void partition_free(struct partition *partition);

/* Tell librdkafka what is started; DONE, or RETRY. */
enum outcome assignment_apply(
    struct source *source, struct failure *why) MUST_CHECK;
/* Stop everything; nothing is assigned. */
void assignment_forget(struct source *source);
/* The same, and tell librdkafka. */
void assignment_clear(struct source *source);
/* The event's partitions become source->list; topics unknown are left out. */
void assignment_list(
    struct source *source, const rd_kafka_topic_partition_list_t *list);

#endif
