/*
 * The sink and the cluster against a real broker: transactions, what is refused,
 * and a broker that is not there.
 */
#include "tests/scenario/stream_bench.h"

static const char *const outs[] = {"in"};

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		offsets_and_metadata_are_committed_with_the_messages),
	    cmocka_unit_test(committed_offsets_wait_for_an_open_transaction),
	    cmocka_unit_test(a_refused_message_is_named),
	    cmocka_unit_test(at_least_once_names_what_is_refused),
	    cmocka_unit_test(a_missing_output_topic_is_reported),
	    cmocka_unit_test(topic_settings_are_told),
	    cmocka_unit_test(an_offset_outside_the_log_breaks_the_partition),
	    cmocka_unit_test(a_stopped_broker_is_waited_for),
	};
	int failed = broker_start(&broker);

	if (failed == 0)
		failed =
		    cmocka_run_group_tests_name("sink", tests, start, stop);
	broker_remove(&broker);
	return (failed);
}
