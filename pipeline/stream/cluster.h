#ifndef PIPELINE_STREAM_CLUSTER_H
#define PIPELINE_STREAM_CLUSTER_H

#include "pipeline/stream/client.h"

/*
 * Questions to Kafka beside the group: topics, log starts and ends, settings.
 * On connections of its own, which consume nothing: on a consumer's they would
 * wait behind its long poll.  One thread; each call blocks at most for its
 * timeout.
 */
struct cluster;

/* DONE; or FATAL: a setting is refused, in words. */
enum outcome cluster_open(const struct client_options *options,
    struct cluster **ret, struct failure *why) MUST_CHECK;
/* NULL is legal. */
void cluster_close(struct cluster *cluster);

/* One partition of a topic by name; the rest is the answer. */
struct topic_log {
	struct span topic;
	int32_t partition;
	bool exists;        /* the topic                                     */
	int32_t partitions; /* 0 if it does not exist                        */
	int64_t log_start;  /* OFFSET_NONE if the partition does not exist   */
	int64_t log_end;    /* the high watermark; likewise                  */
};

/*
 * DONE   every element is answered
 * RETRY  no answer; list is as it was
 * FATAL  *cause is AUTH
 */
enum outcome cluster_topics(struct cluster *cluster, struct topic_log *list,
    size_t n, duration_ms timeout, enum cause *cause,
    struct failure *why) MUST_CHECK;

/*
 * The number of partitions now; 0 if the topic does not exist.
 *
 * DONE, RETRY, or FATAL with *cause AUTH.
 */
enum outcome cluster_partition_count(struct cluster *cluster, struct span topic,
    duration_ms timeout, int32_t *ret, enum cause *cause,
    struct failure *why) MUST_CHECK;

/* What the leaders' logs hold. */
enum cluster_offset {
	LOG_START,
	LOG_END,        /* the high watermark            */
	LOG_STABLE_END, /* before any open transaction   */
};

struct topic_partition {
	struct span topic;
	int32_t partition;
};

struct offset_question {
	enum cluster_offset which;
	const struct topic_partition *list; /* no partition twice */
	size_t n;
};

/*
 * One offset of each of these partitions, which all exist.
 *
 * DONE   each offsets[i] is known
 * RETRY  at least one is not; offsets is as it was
 */
enum outcome cluster_offsets(struct cluster *cluster,
    const struct offset_question *question, int64_t *offsets,
    duration_ms timeout, struct failure *why) MUST_CHECK;

enum timestamp_type {
	TIMESTAMP_TYPE_UNKNOWN,
	TIMESTAMP_TYPE_CREATE,
	TIMESTAMP_TYPE_LOG_APPEND,
};

/* Of a topic by name; what the broker would not say is unknown. */
struct topic_settings {
	struct span topic;
	int64_t max_message_bytes; /* -1 unknown */
	enum timestamp_type timestamp_type;
};

/*
 * DONE   as far as the broker says: what we may not read is unknown
 * RETRY  no answer
 */
enum outcome cluster_settings(struct cluster *cluster,
    struct topic_settings *list, size_t n, duration_ms timeout,
    struct failure *why) MUST_CHECK;

/* A topic to create; properties are the topic's ("retention.ms", …). */
struct topic_plan {
	struct span topic;
	int32_t partitions;
	int replication; /* -1: the broker's default */
	const struct property *properties;
	size_t n_properties;
};

/*
 * DONE   each exists, created now or before (its count is not compared)
 * RETRY  no answer; some may exist
 * FATAL  *cause AUTH, or CONFIG: the broker refuses it, in words
 */
enum outcome cluster_create_topics(struct cluster *cluster,
    const struct topic_plan *list, size_t n, duration_ms timeout,
    enum cause *cause, struct failure *why) MUST_CHECK;

/* The client's next log line; to be asked until false. */
bool cluster_log(struct cluster *cluster, struct client_line *ret);

#endif
