#ifndef TESTS_SCENARIO_STREAM_BENCH_H
#define TESTS_SCENARIO_STREAM_BENCH_H

/*
 * A broker, and the sources and sinks that are tried against it.  Nothing here
 * sleeps: each step polls until what it waits for is there, or the test's
 * patience ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "pipeline/stream/cluster.h"
#include "pipeline/stream/mock.h"
#include "pipeline/stream/sink.h"
#include "pipeline/stream/source.h"
#include "tests/scenario/servers/broker.h"
#include "tests/scenario/servers/upstream.h"

enum {
	TURN_MS = 100,
	ANSWER_MS = 5000,
	PATIENCE_MS = 40000,
	SESSION_MS = 3000,
	TRANSACTION_MS = 5000,
	PARTITIONS = 2,
	LARGE = 2000000,
};

/* 2100-01-01: the broker takes no stamp more than an hour ahead. */
#define FAR_FUTURE ((wall_ms)4102444800000)

static struct broker broker;
static struct cluster *cluster;

static inline int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return ((int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

static inline void
must(enum outcome outcome, const struct failure *why)
{
	if (outcome != DONE)
		fail_msg("outcome %d: %s", outcome, why->text);
}

static inline struct client_options
client_options(void)
{
	static const struct property quick = {"heartbeat.interval.ms", "500"};

	return ((struct client_options){broker.address, &quick, 1});
}

/* A topic of its own for each test, so that none sees another's records. */
static inline void
create_topic(
    const char *name, int32_t partitions, const struct property *property)
{
	struct topic_plan plan = {
	    span_of(name), partitions, -1, property, property == NULL ? 0 : 1};
	enum cause cause;
	struct failure why;

	must(
	    cluster_create_topics(cluster, &plan, 1, PATIENCE_MS, &cause, &why),
	    &why);
}

static inline struct source *
open_source_for(int session_ms, const char *group, const char *instance,
    const char *const *topics, size_t n_topics)
{
	struct source_options options = {.client = client_options(),
	    .group = group,
	    .instance = instance,
	    .topics = topics,
	    .n_topics = n_topics,
	    .session_timeout = session_ms,
	    .max_poll_interval = session_ms};
	struct source *source;
	struct failure why;

	must(source_open(&options, &source, &why), &why);
	return (source);
}

static inline struct source *
open_source(const char *group, const char *instance, const char *const *topics,
    size_t n_topics)
{
	return (open_source_for(SESSION_MS, group, instance, topics, n_topics));
}

static inline struct sink *
open_sink(const char *group, const char *instance, enum delivery delivery)
{
	struct sink_options options = {.client = client_options(),
	    .delivery = delivery,
	    .group = group,
	    .instance = instance,
	    .transaction_timeout = TRANSACTION_MS};
	struct sink *sink;
	enum cause cause;
	struct failure why;

	must(sink_open(&options, &sink, &why), &why);
	must(sink_start(sink, PATIENCE_MS, &cause, &why), &why);
	return (sink);
}

/* Poll until that change comes; any other one is a failure of the test. */
static inline struct membership
await(struct source *source, enum membership_change change)
{
	int64_t end = now_ms() + PATIENCE_MS;
	struct membership got;

	do {
		source_poll(source, TURN_MS, &got);
		if (got.change != MEMBERSHIP_SAME && got.change != change)
			fail_msg("change %d: %s", got.change, got.why.text);
	} while (got.change != change && now_ms() < end);
	assert_int_equal(got.change, change);
	return (got);
}

static inline struct membership
await_failed(struct source *source)
{
	int64_t end = now_ms() + PATIENCE_MS;
	struct membership got;

	do
		source_poll(source, TURN_MS, &got);
	while (got.change != MEMBERSHIP_FAILED && now_ms() < end);
	assert_int_equal(got.change, MEMBERSHIP_FAILED);
	return (got);
}

/* Poll until there is a first record in that queue. */
static inline struct record
await_record(struct source *source, int stream, int32_t partition)
{
	int64_t end = now_ms() + PATIENCE_MS;
	struct stream_partition at = {stream, partition};
	struct membership same;
	struct record record;
	enum cause cause;
	struct failure why;

	while (source_head(source, at, &record, &cause, &why) != DONE) {
		if (now_ms() > end)
			fail_msg("no record: %s", why.text);
		source_poll(source, TURN_MS, &same);
		assert_int_equal(same.change, MEMBERSHIP_SAME);
	}
	return (record);
}

static inline void
await_next(struct source *source, int stream, int32_t partition, int64_t next)
{
	int64_t end = now_ms() + PATIENCE_MS;
	struct stream_partition at = {stream, partition};
	struct membership same;

	while (source_next(source, at) < next && now_ms() < end)
		source_poll(source, TURN_MS, &same);
	assert_int_equal(source_next(source, at), next);
}

static inline void
take_all(struct source *source, int stream, int32_t partition, int first, int n)
{
	for (int i = first; i < first + n; i++) {
		struct record record = await_record(source, stream, partition);

		assert_int_equal(record.offset, i);
		source_take(
		    source, (struct stream_partition){stream, partition});
	}
}

static inline void
expect_empty(struct source *source, int stream, int32_t partition)
{
	struct record record;
	enum cause cause;
	struct failure why;

	assert_int_equal(
	    source_head(source, (struct stream_partition){stream, partition},
		&record, &cause, &why),
	    RETRY);
}

static inline struct message
message_of(const char *topic, const char *key, struct span value)
{
	return ((struct message){.topic = span_of(topic),
	    .key = span_of(key),
	    .value = value,
	    .timestamp = TIMESTAMP_NONE});
}

/* A refusal of several may take a second try, which tells which one it was. */
static inline enum outcome
publish_again(struct sink *sink, const struct publication *publication,
    struct published *result, struct failure *why)
{
	enum outcome outcome;

	do
		outcome =
		    sink_publish(sink, publication, PATIENCE_MS, result, why);
	while (outcome == RETRY);
	return (outcome);
}

static inline int
start(void **state)
{
	struct client_options options = client_options();
	struct failure why;

	(void)state;
	return (cluster_open(&options, &cluster, &why) == DONE ? 0 : -1);
}

static inline int
stop(void **state)
{
	(void)state;
	cluster_close(cluster);
	return (0);
}

#endif
