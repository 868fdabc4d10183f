/*
 * Source, sink and cluster against a real broker.  Nothing here sleeps: each
 * step polls until what it waits for is there, or the test's patience ends.
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

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return ((int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

static void
must(enum outcome outcome, const struct failure *why)
{
	if (outcome != DONE)
		fail_msg("outcome %d: %s", outcome, why->text);
}

static struct client_options
client_options(void)
{
	static const struct property quick = {"heartbeat.interval.ms", "500"};

	return ((struct client_options){broker.address, &quick, 1});
}

/* A topic of its own for each test, so that none sees another's records. */
static void
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

static struct source *
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

static struct source *
open_source(const char *group, const char *instance, const char *const *topics,
    size_t n_topics)
{
	return (open_source_for(SESSION_MS, group, instance, topics, n_topics));
}

static struct sink *
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
static struct membership
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

static struct membership
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
static struct record
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

static void
await_next(struct source *source, int stream, int32_t partition, int64_t next)
{
	int64_t end = now_ms() + PATIENCE_MS;
	struct stream_partition at = {stream, partition};
	struct membership same;

	while (source_next(source, at) < next && now_ms() < end)
		source_poll(source, TURN_MS, &same);
	assert_int_equal(source_next(source, at), next);
}

static void
take_all(struct source *source, int stream, int32_t partition, int first, int n)
{
	for (int i = first; i < first + n; i++) {
		struct record record = await_record(source, stream, partition);

		assert_int_equal(record.offset, i);
		source_take(
		    source, (struct stream_partition){stream, partition});
	}
}

static void
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

static const char *const two[] = {"one", "other"};

/*
 * The assignment is an event; fetching begins where source_start says, each
 * topic in a queue of its own; what was taken can be put back.
 */
static void
records_come_from_explicit_offsets_in_order(void **state)
{
	const int64_t from_two[] = {2, 3};
	const int64_t from_zero[] = {0, 0};
	struct upstream *up = upstream_new(broker.address, NULL);
	struct source *source;
	struct membership got;
	struct record record;

	(void)state;
	create_topic("one", PARTITIONS, NULL);
	create_topic("other", PARTITIONS, NULL);
	upstream_write(up, "one", 1, 0, 600);
	upstream_write(up, "other", 1, 0, 5);
	source = open_source("ordered", "a", two, 2);
	assert_null(source_member(source));
	got = await(source, MEMBERSHIP_ASSIGNED);
	assert_int_equal(got.n, 2 * PARTITIONS);
	assert_non_null(source_member(source));

	source_start(source, 1, from_two);
	record = await_record(source, 1, 1);
	assert_int_equal(record.offset, 3);
	assert_memory_equal(record.value.at, "other/1/3", record.value.length);
	assert_memory_equal(record.key.at, "k3", record.key.length);
	assert_int_equal(record.n_headers, 1);
	assert_true(span_equals(record.headers[0].name, SPAN("number")));
	assert_true(span_equals(record.headers[0].value, SPAN("k3")));
	assert_true(record.timestamp > 0);
	take_all(source, 0, 1, 2, 598);
	assert_int_equal(
	    source_next(source, (struct stream_partition){0, 1}), 600);
	source_put_back(source, 1);
	assert_int_equal(
	    source_next(source, (struct stream_partition){0, 1}), 2);
	take_all(source, 0, 1, 2, 300);
	source_release(source);
	take_all(source, 0, 1, 302, 298);
	source_put_back(source, 1);
	take_all(source, 0, 1, 302, 298);

	/* A second task does not disturb the first, whatever waits there. */
	upstream_write(up, "one", 1, 600, 700);
	take_all(source, 0, 1, 600, 1);
	source_start(source, 0, from_zero);
	upstream_write(up, "one", 0, 0, 3);
	take_all(source, 0, 0, 0, 3);
	take_all(source, 0, 1, 601, 256);
	source_stop(source, 0);
	take_all(source, 0, 1, 857, 443);
	take_all(source, 1, 1, 3, 2);
	await_next(source, 0, 1, 1300);
	expect_empty(source, 0, 1);
	expect_empty(source, 1, 1);
	source_close(source);
	upstream_free(up);
}

/* A restart begins anew, also before what was read. */
static void
a_restarted_task_forgets_what_was_buffered(void **state)
{
	const int64_t from_ten[] = {10, 1};
	const int64_t from_zero[] = {0, 0};
	struct source *source = open_source("restarted", "a", two, 2);

	(void)state;
	(void)await(source, MEMBERSHIP_ASSIGNED);
	source_start(source, 1, from_ten);
	take_all(source, 0, 1, 10, 10);
	source_start(source, 1, from_zero);
	take_all(source, 0, 1, 0, 30);
	take_all(source, 1, 1, 0, 5);
	source_stop(source, 1);
	source_stop(source, 1);
	source_close(source);
}

static const char *const ends[] = {"ends"};

/*
 * next passes records, ends and the markers of transactions; the known end is
 * the last stable offset, and the barrier's the high watermark.
 */
static void
positions_pass_markers_and_ends_tell_open_transactions(void **state)
{
	const struct stream_partition at = {0, 0};
	const int64_t zero[] = {0};
	struct upstream *up = upstream_new(broker.address, "upstream");
	struct source *source;
	int64_t end = 0;
	struct failure why;

	(void)state;
	create_topic("ends", PARTITIONS, NULL);
	source = open_source("ends", "a", ends, 1);
	(void)await(source, MEMBERSHIP_ASSIGNED);
	source_start(source, 0, zero);
	assert_int_equal(source_known_end(source, at), OFFSET_NONE);
	must(source_refresh_ends(source, ANSWER_MS, &why), &why);
	assert_int_equal(source_known_end(source, at), 0);

	upstream_begin(up);
	upstream_write(up, "ends", 0, 0, 2);
	upstream_commit(up); /* 2 records, 1 marker */
	take_all(source, 0, 0, 0, 2);
	await_next(source, 0, 0, 3);
	must(source_ends(source, &at, 1, &end, ANSWER_MS, &why), &why);
	assert_int_equal(end, 3);

	upstream_begin(up);
	upstream_write(up, "ends", 0, 2, 4); /* and hangs */
	must(source_ends(source, &at, 1, &end, ANSWER_MS, &why), &why);
	assert_int_equal(end, 7);
	must(source_refresh_ends(source, ANSWER_MS, &why), &why);
	assert_int_equal(source_known_end(source, at), 3);
	assert_int_equal(source_next(source, at), 3);
	expect_empty(source, 0, 0);

	upstream_abort(up); /* 4 records that never were, 1 marker */
	await_next(source, 0, 0, 8);
	expect_empty(source, 0, 0);
	must(source_refresh_ends(source, ANSWER_MS, &why), &why);
	assert_int_equal(source_known_end(source, at), 8);
	source_release(source);
	source_close(source);
	upstream_free(up);
}

static const char *const outs[] = {"in"};

static struct message
message_of(const char *topic, const char *key, struct span value)
{
	return ((struct message){.topic = span_of(topic),
	    .key = span_of(key),
	    .value = value,
	    .timestamp = TIMESTAMP_NONE});
}

/* Messages, offsets and metadata of one transaction, and what K then is. */
static void
offsets_and_metadata_are_committed_with_the_messages(void **state)
{
	struct header header = {SPAN("h"), SPAN("v")};
	struct message messages[] = {
	    message_of("out", "k", SPAN("first")),
	    message_of("out", "k", (struct span){NULL, 0}),
	};
	struct topic_offset offsets[] = {
	    {SPAN("in"), 0, 7, SPAN("v1 i=abc b=3 f=12:customer")},
	    {SPAN("gone"), 0, 1, SPAN("v1")}, /* no longer an input */
	};
	struct topic_offset asked[] = {
	    {.topic = SPAN("in"), .partition = 0},
	    {.topic = SPAN("in"), .partition = 1},
	    {.topic = SPAN("gone"), .partition = 0},
	};
	struct sink *sink = open_sink("commits", "a", DELIVERY_EXACTLY_ONCE);
	struct arena *arena = arena_new();
	struct publication publication = {1, messages, 2, offsets, 2, NULL};
	struct source *source;
	struct published result;
	enum cause cause;
	struct failure why;

	(void)state;
	create_topic("in", PARTITIONS, NULL);
	create_topic("out", PARTITIONS, NULL);
	create_topic("gone", PARTITIONS, NULL);
	messages[0].headers = &header;
	messages[0].n_headers = 1;
	source = open_source("commits", "a", outs, 1);
	(void)await(source, MEMBERSHIP_ASSIGNED);
	publication.member = source_member(source);
	must(
	    sink_publish(sink, &publication, PATIENCE_MS, &result, &why), &why);
	assert_false(sink_unsettled(sink));
	must(source_committed(
		 source, asked, 3, arena, PATIENCE_MS, &cause, &why),
	    &why);
	assert_int_equal(asked[0].offset, 7);
	assert_true(span_equals(asked[0].metadata, offsets[0].metadata));
	assert_int_equal(asked[1].offset, OFFSET_NONE);
	assert_int_equal(asked[1].metadata.length, 0);
	assert_int_equal(asked[2].offset, 1);

	offsets[0].offset = 8;
	publication =
	    (struct publication){2, NULL, 0, offsets, 1, source_member(source)};
	must(
	    sink_publish(sink, &publication, PATIENCE_MS, &result, &why), &why);
	must(source_committed(
		 source, asked, 3, arena, PATIENCE_MS, &cause, &why),
	    &why);
	assert_int_equal(asked[0].offset, 8);
	source_close(source);
	sink_close(sink);
	arena_free(arena);
}

/* While a transaction could still change the answer, there is none. */
static void
committed_offsets_wait_for_an_open_transaction(void **state)
{
	struct topic_offset asked = {.topic = SPAN("in"), .partition = 1};
	struct upstream *up = upstream_new(broker.address, "former");
	struct source *source = open_source("stable", "a", outs, 1);
	struct arena *arena = arena_new();
	enum cause cause;
	struct failure why;

	(void)state;
	upstream_begin(up);
	upstream_offset(up, "stable", "in", 1, 9);
	assert_int_equal(
	    source_committed(source, &asked, 1, arena, TURN_MS, &cause, &why),
	    RETRY);
	assert_int_equal(cause, CAUSE_AWAY);
	upstream_commit(up);
	must(source_committed(
		 source, &asked, 1, arena, PATIENCE_MS, &cause, &why),
	    &why);
	assert_int_equal(asked.offset, 9);
	source_close(source);
	upstream_free(up);
	arena_free(arena);
}

static const char *const sizes[] = {"small"};
static char large[LARGE];

/* Bytes that do not compress. */
static void
fill_large(void)
{
	uint32_t x = 1;

	for (size_t i = 0; i < sizeof large; i++) {
		x = x * 1664525U + 1013904223U;
		large[i] = (char)(x >> 24);
	}
}

/* A refusal of several may take a second try, which tells which one it was. */
static enum outcome
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

/* What was refused left nothing that a reader sees. */
static void
expect_values(const struct message *messages, int n)
{
	const int64_t zero[] = {0};
	struct source *source = open_source("sizes", "a", sizes, 1);

	(void)await(source, MEMBERSHIP_ASSIGNED);
	source_start(source, 0, zero);
	for (int i = 0; i < n; i++) {
		struct record record = await_record(source, 0, 0);

		assert_true(span_equals(record.value, messages[i].value));
		source_take(source, (struct stream_partition){0, 0});
	}
	source_close(source);
}

/*
 * A message that the client or the broker refuses is named, also when the
 * broker refused it together with its neighbours.
 */
static void
a_refused_message_is_named(void **state)
{
	static const struct property small = {"max.message.bytes", "3000"};
	struct message messages[] = {
	    message_of("small", "k", SPAN("a")),
	    message_of("small", "k", (struct span){large, 2500}),
	    message_of("small", "k", (struct span){large, 4000}),
	    message_of("small", "k", SPAN("d")),
	};
	struct publication publication = {1, messages, 4, NULL, 0, NULL};
	struct sink *sink;
	struct published result;
	struct failure why;

	(void)state;
	fill_large();
	create_topic("small", 1, &small);
	sink = open_sink("sizes", "a", DELIVERY_EXACTLY_ONCE);
	assert_int_equal(
	    publish_again(sink, &publication, &result, &why), REJECT);
	assert_int_equal(result.cause, CAUSE_SIZE);
	assert_int_equal(result.refused, 2);

	messages[2].value = (struct span){large, sizeof large};
	publication.serial++;
	assert_int_equal(
	    publish_again(sink, &publication, &result, &why), REJECT);
	assert_int_equal(result.cause, CAUSE_SIZE);
	assert_int_equal(result.refused, 2);

	messages[2].value = SPAN("stub");
	messages[1].timestamp = FAR_FUTURE;
	publication.serial++;
	assert_int_equal(
	    publish_again(sink, &publication, &result, &why), REJECT);
	assert_int_equal(result.cause, CAUSE_RECORD);
	assert_int_equal(result.refused, 1);

	messages[1].timestamp = TIMESTAMP_NONE;
	publication.serial++;
	must(publish_again(sink, &publication, &result, &why), &why);
	expect_values(messages, 4);
	sink_close(sink);
}

/* The same without transactions. */
static void
at_least_once_names_what_is_refused(void **state)
{
	struct message messages[] = {
	    message_of("least", "k", SPAN("a")),
	    message_of("least", "k", (struct span){large, sizeof large}),
	};
	struct publication publication = {1, messages, 2, NULL, 0, NULL};
	struct sink *sink;
	struct published result;
	struct failure why;

	(void)state;
	create_topic("least", 1, NULL);
	sink = open_sink("least", "a", DELIVERY_AT_LEAST_ONCE);
	assert_int_equal(
	    publish_again(sink, &publication, &result, &why), REJECT);
	assert_int_equal(result.refused, 1);
	messages[1].value = SPAN("stub");
	publication.serial++;
	must(publish_again(sink, &publication, &result, &why), &why);
	sink_close(sink);
}

/* An output topic that is not there is said to be so, not waited for. */
static void
a_missing_output_topic_is_reported(void **state)
{
	static const char *const missing[] = {"missing"};
	struct message message = message_of("missing", "k", SPAN("v"));
	struct publication publication = {1, &message, 1, NULL, 0, NULL};
	struct sink_options options = {.client = client_options(),
	    .group = "missing",
	    .instance = "a",
	    .topics = missing,
	    .n_topics = 1};
	struct sink *sink;
	struct published result;
	enum cause cause;
	struct failure why;

	(void)state;
	must(sink_open(&options, &sink, &why), &why);
	assert_int_equal(sink_start(sink, PATIENCE_MS, &cause, &why), FATAL);
	assert_int_equal(cause, CAUSE_TOPIC);
	sink_close(sink);
	sink = open_sink("missing", "a", DELIVERY_EXACTLY_ONCE);
	assert_int_equal(
	    publish_again(sink, &publication, &result, &why), FATAL);
	assert_int_equal(result.cause, CAUSE_TOPIC);
	message.topic = SPAN("out");
	publication.serial++;
	must(publish_again(sink, &publication, &result, &why), &why);
	sink_close(sink);
}

/*
 * Whoever starts later under the same name takes over: the former sink and the
 * former member are told so.
 */
static void
a_second_process_under_one_name_ends_the_first(void **state)
{
	static const char *const inputs[] = {"in"};
	struct message message = message_of("out", "k", SPAN("v"));
	struct publication publication = {1, &message, 1, NULL, 0, NULL};
	struct sink *old_sink = open_sink("twice", "a", DELIVERY_EXACTLY_ONCE);
	struct source *old = open_source("twice", "a", inputs, 1);
	struct source *new;
	struct sink *new_sink;
	struct published result;
	struct membership got;
	struct failure why;

	(void)state;
	(void)await(old, MEMBERSHIP_ASSIGNED);
	must(publish_again(old_sink, &publication, &result, &why), &why);
	new_sink = open_sink("twice", "a", DELIVERY_EXACTLY_ONCE);
	new = open_source("twice", "a", inputs, 1);
	publication.serial++;
	assert_int_equal(
	    publish_again(old_sink, &publication, &result, &why), FATAL);
	assert_int_equal(result.cause, CAUSE_CLIENT);
	must(publish_again(new_sink, &publication, &result, &why), &why);
	(void)await(new, MEMBERSHIP_ASSIGNED);
	got = await_failed(old);
	assert_int_equal(got.cause, CAUSE_OWNER);
	source_close(old);
	source_close(new);
	sink_close(old_sink);
	sink_close(new_sink);
}

/* Give back what is asked for, until something is assigned. */
static void
await_partitions(struct source *source)
{
	int64_t end = now_ms() + PATIENCE_MS;
	struct membership got;

	do {
		source_poll(source, TURN_MS, &got);
		if (got.change == MEMBERSHIP_REVOKED)
			source_revoked(source);
	} while ((got.change != MEMBERSHIP_ASSIGNED || got.n == 0) &&
		 now_ms() < end);
	assert_int_equal(got.change, MEMBERSHIP_ASSIGNED);
}

static const char *const zombies[] = {"zombie"};

static enum outcome
publish_offset(struct sink *sink, const struct member *member, int64_t offset,
    uint64_t serial, struct failure *why)
{
	struct message message = message_of("out", "k", SPAN("z"));
	struct topic_offset to = {SPAN("zombie"), 0, offset, SPAN("v1")};
	struct publication publication = {serial, &message, 1, &to, 1, member};
	struct published result;

	return (sink_publish(sink, &publication, PATIENCE_MS, &result, why));
}

/*
 * A member that did not hear of a rebalance (it does not poll) publishes with
 * the metadata of its own assignment, under a transactional id of its own: the
 * broker refuses it once the group has gone on.
 */
static void
a_zombie_is_fenced_by_the_metadata_it_was_assigned_with(void **state)
{
	struct sink *old_sink = open_sink("zombie", "a", DELIVERY_EXACTLY_ONCE);
	struct sink *new_sink = open_sink("zombie", "b", DELIVERY_EXACTLY_ONCE);
	const struct member *member;
	struct source *old;
	struct source *new;
	struct topic_offset asked = {.topic = SPAN("zombie"), .partition = 0};
	struct arena *arena = arena_new();
	enum cause cause;
	struct failure why;

	(void)state;
	create_topic("zombie", 1, NULL);
	old = open_source("zombie", "a", zombies, 1);
	(void)await(old, MEMBERSHIP_ASSIGNED);
	member = source_member(old);
	must(publish_offset(old_sink, member, 1, 1, &why), &why);

	/* The group keeps the old one until its session is over. */
	new = open_source("zombie", "b", zombies, 1);
	await_partitions(new);
	must(publish_offset(new_sink, source_member(new), 5, 1, &why), &why);
	assert_int_equal(publish_offset(old_sink, member, 2, 2, &why), FENCED);
	assert_false(sink_unsettled(old_sink));
	must(source_committed(new, &asked, 1, arena, PATIENCE_MS, &cause, &why),
	    &why);
	assert_int_equal(asked.offset, 5);

	/* Told at last, it gives up and joins anew. */
	(void)await(old, MEMBERSHIP_REVOKED);
	assert_int_equal(publish_offset(old_sink, member, 2, 3, &why), FENCED);
	source_revoked(old);
	(void)await(new, MEMBERSHIP_REVOKED);
	source_revoked(new);
	(void)await(old, MEMBERSHIP_ASSIGNED);
	assert_ptr_not_equal(source_member(old), member);
	assert_int_equal(publish_offset(old_sink, member, 2, 4, &why), FENCED);
	source_close(old);
	source_close(new);
	sink_close(old_sink);
	sink_close(new_sink);
	arena_free(arena);
}

static const char *const shares[] = {"shared"};

/*
 * Two instances share two partitions: the first is asked to give its own back,
 * what it publishes before it answers is accepted, and each gets one.
 */
static void
a_second_instance_takes_over_half_after_the_first_has_published(void **state)
{
	struct sink *sink = open_sink("shared", "a", DELIVERY_EXACTLY_ONCE);
	struct topic_offset to = {SPAN("shared"), 0, 4, SPAN("v1")};
	struct publication publication = {1, NULL, 0, &to, 1, NULL};
	struct published result;
	struct source *a;
	struct source *b;
	struct membership got_a;
	struct membership got_b;
	struct failure why;

	(void)state;
	create_topic("shared", PARTITIONS, NULL);
	a = open_source("shared", "a", shares, 1);
	got_a = await(a, MEMBERSHIP_ASSIGNED);
	assert_int_equal(got_a.n, 2);
	b = open_source("shared", "b", shares, 1);
	got_a = await(a, MEMBERSHIP_REVOKED);
	assert_int_equal(got_a.n, 2);
	publication.member = source_member(a);
	must(
	    sink_publish(sink, &publication, PATIENCE_MS, &result, &why), &why);
	source_revoked(a);
	got_a = await(a, MEMBERSHIP_ASSIGNED);
	got_b = await(b, MEMBERSHIP_ASSIGNED);
	assert_int_equal(got_a.n, 1);
	assert_int_equal(got_b.n, 1);
	assert_int_not_equal(got_a.list[0].partition, got_b.list[0].partition);
	source_close(a);
	source_close(b);
	sink_close(sink);
}

/* A topic that does not exist is reported; created, it is assigned. */
static void
an_unknown_topic_is_reported_and_heals(void **state)
{
	static const char *const late[] = {"late"};
	struct topic_log states[] = {
	    {.topic = SPAN("late"), .partition = 0},
	    {.topic = SPAN("in"), .partition = 0},
	    {.topic = SPAN("in"), .partition = PARTITIONS},
	};
	struct source *source = open_source("late", "a", late, 1);
	struct membership got = await_failed(source);
	enum cause cause;
	int32_t count = -1;
	struct failure why;

	(void)state;
	assert_int_equal(got.cause, CAUSE_TOPIC);
	must(cluster_topics(cluster, states, 3, PATIENCE_MS, &cause, &why),
	    &why);
	assert_false(states[0].exists);
	assert_int_equal(states[0].partitions, 0);
	assert_int_equal(states[0].log_start, OFFSET_NONE);
	assert_true(states[1].exists);
	assert_int_equal(states[1].partitions, PARTITIONS);
	assert_int_equal(states[1].log_start, 0);
	assert_int_equal(states[1].log_end, 0);
	assert_true(states[2].exists);
	assert_int_equal(states[2].log_end, OFFSET_NONE);
	create_topic("late", 1, NULL);
	must(cluster_partition_count(
		 cluster, SPAN("late"), PATIENCE_MS, &count, &cause, &why),
	    &why);
	assert_int_equal(count, 1);
	source_close(source);
}

static void
topic_settings_are_told(void **state)
{
	static const struct property append = {
	    "message.timestamp.type", "LogAppendTime"};
	struct topic_settings settings[] = {
	    {.topic = SPAN("append")},
	    {.topic = SPAN("small")},
	    {.topic = SPAN("never")},
	};
	struct failure why;

	(void)state;
	create_topic("append", 1, &append);
	create_topic("append", 1, &append);
	must(cluster_settings(cluster, settings, 3, PATIENCE_MS, &why), &why);
	assert_int_equal(settings[0].timestamp_type, TIMESTAMP_TYPE_LOG_APPEND);
	assert_int_equal(settings[0].max_message_bytes, 1048588);
	assert_int_equal(settings[1].timestamp_type, TIMESTAMP_TYPE_CREATE);
	assert_int_equal(settings[1].max_message_bytes, 3000);
	assert_int_equal(settings[2].timestamp_type, TIMESTAMP_TYPE_UNKNOWN);
	assert_int_equal(settings[2].max_message_bytes, -1);
}

/* Where the log does not reach, nothing is guessed. */
static void
an_offset_outside_the_log_breaks_the_partition(void **state)
{
	static const char *const inputs[] = {"in"};
	const struct stream_partition at = {0, 0};
	const int64_t beyond[] = {1000};
	const int64_t zero[] = {0};
	struct source *source = open_source("outside", "a", inputs, 1);
	int64_t end = now_ms() + PATIENCE_MS;
	struct membership same;
	struct record record;
	enum cause cause;
	enum outcome outcome;
	struct failure why;

	(void)state;
	(void)await(source, MEMBERSHIP_ASSIGNED);
	source_start(source, 0, beyond);
	do {
		source_poll(source, TURN_MS, &same);
		outcome = source_head(source, at, &record, &cause, &why);
	} while (outcome == RETRY && now_ms() < end);
	assert_int_equal(outcome, FATAL);
	assert_int_equal(cause, CAUSE_POSITION);
	source_start(source, 0, zero);
	await_next(source, 0, 0, 0);
	expect_empty(source, 0, 0);
	source_close(source);
}

static const char *const stops[] = {"stopped"};

/* As a worker would: what cannot go on is opened anew, and asks what K says. */
static void
publish_until_done(
    struct source *source, struct sink **sink, struct publication *publication)
{
	int64_t end = now_ms() + PATIENCE_MS;
	struct published result;
	struct membership same;
	struct failure why;
	enum outcome outcome;

	do {
		source_poll(source, 0, &same);
		outcome =
		    sink_publish(*sink, publication, ANSWER_MS, &result, &why);
		if (outcome == FATAL && result.cause == CAUSE_CLIENT) {
			sink_close(*sink);
			*sink =
			    open_sink("stopped", "a", DELIVERY_EXACTLY_ONCE);
			outcome = RETRY;
		}
	} while (outcome == RETRY && now_ms() < end);
	must(outcome, &why);
}

static void
expect_retries(struct source *source, struct sink *sink,
    const struct publication *publication)
{
	struct stream_partition at = {0, 0};
	struct topic_offset asked = publication->offsets[0];
	struct arena *arena = arena_new();
	int64_t start = now_ms();
	int64_t end;
	struct published result;
	struct membership got;
	enum cause cause;
	struct failure why;

	assert_int_equal(
	    sink_publish(sink, publication, TURN_MS, &result, &why), RETRY);
	assert_int_equal(result.cause, CAUSE_AWAY);
	assert_int_equal(
	    source_ends(source, &at, 1, &end, TURN_MS, &why), RETRY);
	assert_int_equal(source_refresh_ends(source, TURN_MS, &why), RETRY);
	assert_int_equal(
	    source_committed(source, &asked, 1, arena, TURN_MS, &cause, &why),
	    RETRY);
	assert_int_equal(cause, CAUSE_AWAY);
	source_poll(source, TURN_MS, &got);
	assert_int_equal(got.change, MEMBERSHIP_SAME);
	assert_true(now_ms() - start < ANSWER_MS);
	arena_free(arena);
}

/*
 * Without a broker every call comes back in time and says RETRY; with it again,
 * what was to be published is published, once.
 */
static void
a_stopped_broker_is_waited_for(void **state)
{
	const int64_t zero[] = {0};
	struct message message = message_of("stopped", "k", SPAN("once"));
	struct topic_offset to = {SPAN("stopped"), 0, 1, SPAN("v1")};
	struct publication publication = {1, &message, 1, &to, 1, NULL};
	struct sink *sink = open_sink("stopped", "a", DELIVERY_EXACTLY_ONCE);
	struct stream_partition at = {0, 0};
	struct source *source;
	int64_t end;
	struct failure why;

	(void)state;
	create_topic("stopped", 1, NULL);
	source = open_source_for(PATIENCE_MS, "stopped", "a", stops, 1);
	(void)await(source, MEMBERSHIP_ASSIGNED);
	source_start(source, 0, zero);
	await_next(source, 0, 0, 0);
	publication.member = source_member(source);
	assert_int_equal(broker_stop(&broker), 0);
	expect_retries(source, sink, &publication);
	assert_int_equal(broker_again(&broker), 0);
	publish_until_done(source, &sink, &publication);
	take_all(source, 0, 0, 0, 1);
	must(source_ends(source, &at, 1, &end, ANSWER_MS, &why), &why);
	await_next(source, 0, 0, end);
	expect_empty(source, 0, 0);
	source_close(source);
	sink_close(sink);
}

/* In-process Kafka of the demo: at least once. */
static void
the_mock_cluster_takes_and_gives_records(void **state)
{
	static const char *const demo[] = {"demo"};
	const int64_t zero[] = {0};
	struct message message = message_of("demo", "k", SPAN("v"));
	struct publication publication = {1, &message, 1, NULL, 0, NULL};
	struct broker real = broker;
	struct published result;
	struct source *source;
	struct sink *sink;
	struct mock *mock;
	struct record record;
	struct failure why;

	(void)state;
	must(mock_open(1, &mock, &why), &why);
	must(mock_create_topic(mock, "demo", 1, &why), &why);
	(void)snprintf(
	    broker.address, sizeof broker.address, "%s", mock_brokers(mock));
	source = open_source("demo", "a", demo, 1);
	sink = open_sink("demo", "a", DELIVERY_AT_LEAST_ONCE);
	broker = real;
	must(
	    sink_publish(sink, &publication, PATIENCE_MS, &result, &why), &why);
	(void)await(source, MEMBERSHIP_ASSIGNED);
	source_start(source, 0, zero);
	record = await_record(source, 0, 0);
	assert_true(span_equals(record.value, SPAN("v")));
	source_close(source);
	sink_close(sink);
	mock_close(mock);
}

static int
start(void **state)
{
	struct client_options options = client_options();
	struct failure why;

	(void)state;
	return (cluster_open(&options, &cluster, &why) == DONE ? 0 : -1);
}

static int
stop(void **state)
{
	(void)state;
	cluster_close(cluster);
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_come_from_explicit_offsets_in_order),
	    cmocka_unit_test(a_restarted_task_forgets_what_was_buffered),
	    cmocka_unit_test(
		positions_pass_markers_and_ends_tell_open_transactions),
	    cmocka_unit_test(
		offsets_and_metadata_are_committed_with_the_messages),
	    cmocka_unit_test(committed_offsets_wait_for_an_open_transaction),
	    cmocka_unit_test(a_refused_message_is_named),
	    cmocka_unit_test(at_least_once_names_what_is_refused),
	    cmocka_unit_test(a_missing_output_topic_is_reported),
	    cmocka_unit_test(a_second_process_under_one_name_ends_the_first),
	    cmocka_unit_test(
		a_zombie_is_fenced_by_the_metadata_it_was_assigned_with),
	    cmocka_unit_test(
		a_second_instance_takes_over_half_after_the_first_has_published),
	    cmocka_unit_test(an_unknown_topic_is_reported_and_heals),
	    cmocka_unit_test(topic_settings_are_told),
	    cmocka_unit_test(an_offset_outside_the_log_breaks_the_partition),
	    cmocka_unit_test(the_mock_cluster_takes_and_gives_records),
	    cmocka_unit_test(a_stopped_broker_is_waited_for),
	};
	int failed = broker_start(&broker);

	if (failed == 0)
		failed =
		    cmocka_run_group_tests_name("stream", tests, start, stop);
	broker_remove(&broker);
	return (failed);
}
