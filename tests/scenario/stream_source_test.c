/*
 * The source against a real broker: records and positions, who owns what, and
 * what those are told who do not own it any longer.
 */
#include "tests/scenario/stream_bench.h"

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
	struct source *old;
	struct source *new;
	struct sink *new_sink;
	struct published result;
	struct membership got;
	struct failure why;

	(void)state;
	create_topic("in", PARTITIONS, NULL);
	create_topic("out", PARTITIONS, NULL);
	old = open_source("twice", "a", inputs, 1);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_come_from_explicit_offsets_in_order),
	    cmocka_unit_test(a_restarted_task_forgets_what_was_buffered),
	    cmocka_unit_test(
		positions_pass_markers_and_ends_tell_open_transactions),
	    cmocka_unit_test(a_second_process_under_one_name_ends_the_first),
	    cmocka_unit_test(
		a_zombie_is_fenced_by_the_metadata_it_was_assigned_with),
	    cmocka_unit_test(
		a_second_instance_takes_over_half_after_the_first_has_published),
	    cmocka_unit_test(an_unknown_topic_is_reported_and_heals),
	    cmocka_unit_test(the_mock_cluster_takes_and_gives_records),
	};
	int failed = broker_start(&broker);

	if (failed == 0)
		failed =
		    cmocka_run_group_tests_name("source", tests, start, stop);
	broker_remove(&broker);
	return (failed);
}
