#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/task/frontier.h"
#include "pipeline/task/merge.h"

enum { W = 1000000, TOLERANCE = 5000 };

static const struct arrival_row {
	const char *what;
	bool stream;
	wall_ms timestamp;
	wall_ms previous;
	wall_ms a;
} arrivals[] = {
    {"as it is", false, 900, INSTANT_BEFORE, 900},
    {"never below the one before", false, 900, 950, 950},
    {"a little ahead of W", false, W + TOLERANCE, 950, W + TOLERANCE},
    {"too far ahead of W", false, W + TOLERANCE + 1, 950, 950},
    {"too far ahead of W, the first", false, W + TOLERANCE + 1, INSTANT_BEFORE,
	W},
    {"missing", false, INSTANT_BEFORE, 950, W},
    {"clock: stream, as it is however far", true, 9 * W, 950, 9 * W},
    {"clock: stream, never below", true, 900, 950, 950},
};

static void
an_arrival_is_the_timestamp_as_far_as_it_can_be_believed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof arrivals / sizeof arrivals[0]; i++) {
		const struct arrival_row *row = &arrivals[i];
		struct arrival_rule rule = {row->stream, W, TOLERANCE};

		if (merge_arrival(&rule, row->timestamp, row->previous) !=
		    row->a)
			fail_msg("%s", row->what);
	}
}

static const struct merge_row {
	const char *what;
	struct merge_head heads[3];
	int next;
} merges[] = {
    {"nothing anywhere", {{HEAD_END, 0}, {HEAD_END, 0}, {HEAD_END, 0}},
	MERGE_END},
    {"the earliest", {{HEAD_RECORD, 7}, {HEAD_RECORD, 5}, {HEAD_RECORD, 6}}, 1},
    {"the first topic of equals",
	{{HEAD_END, 0}, {HEAD_RECORD, 5}, {HEAD_RECORD, 5}}, 1},
    {"the end of a topic is not waited for",
	{{HEAD_END, 0}, {HEAD_RECORD, 5}, {HEAD_END, 0}}, 1},
    {"a topic that is behind is",
	{{HEAD_RECORD, 5}, {HEAD_END, 0}, {HEAD_BEHIND, 0}}, MERGE_WAIT},
    {"even when nothing else is there",
	{{HEAD_END, 0}, {HEAD_BEHIND, 0}, {HEAD_END, 0}}, MERGE_WAIT},
};

static void
topics_are_merged_by_arrival_and_then_in_their_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof merges / sizeof merges[0]; i++) {
		if (merge_next(merges[i].heads, 3) != merges[i].next)
			fail_msg("%s", merges[i].what);
	}
}

static void
a_record_proves_its_arrival_but_nothing_beyond_the_wall(void **state)
{
	struct reach reach = REACH_INIT;

	(void)state;
	reach_record(&reach, 500, W);
	assert_int_equal(reach.reached, 500);
	reach_record(&reach, 400, W);
	assert_int_equal(reach.reached, 500);
	reach_record(&reach, W + 1, W);
	assert_int_equal(reach.reached, W);
}

static void
a_barrier_is_met_when_all_before_its_end_was_taken(void **state)
{
	struct reach reach = REACH_INIT;

	(void)state;
	reach_barrier(&reach, 2000, 10);
	reach_next(&reach, 9);
	assert_int_equal(reach.reached, INSTANT_BEFORE);
	/* A newer one does not push it away: it would never be met. */
	reach_barrier(&reach, 3000, 20);
	reach_next(&reach, 10);
	assert_int_equal(reach.reached, 2000);
	reach_next(&reach, 30);
	assert_int_equal(reach.reached, 2000);
	reach_barrier(&reach, 4000, 20);
	reach_next(&reach, 30);
	assert_int_equal(reach.reached, 4000);
}

static void
an_end_that_is_unknown_proves_nothing(void **state)
{
	struct reach reach = REACH_INIT;

	(void)state;
	reach_barrier(&reach, 2000, -1);
	reach_next(&reach, 100);
	assert_int_equal(reach.reached, INSTANT_BEFORE);
}

static void
the_frontier_keeps_its_distance_and_never_falls(void **state)
{
	(void)state;
	assert_int_equal(frontier_wall(5000, 1000, INSTANT_BEFORE), 4000);
	assert_int_equal(frontier_wall(5000, 1000, 4500), 4500);
	assert_int_equal(frontier_wall(INSTANT_BEFORE, 1000, 7), 7);
	assert_int_equal(frontier_wall(INSTANT_BEFORE + 5, 1000, 7), 7);
}

static void
under_a_clock_of_the_stream_records_of_the_same_ms_may_follow(void **state)
{
	(void)state;
	assert_int_equal(frontier_stream(5000, INSTANT_BEFORE), 4999);
	assert_int_equal(frontier_stream(5000, 6000), 6000);
	assert_int_equal(frontier_stream(INSTANT_BEFORE, 6000), 6000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		an_arrival_is_the_timestamp_as_far_as_it_can_be_believed),
	    cmocka_unit_test(
		topics_are_merged_by_arrival_and_then_in_their_order),
	    cmocka_unit_test(
		a_record_proves_its_arrival_but_nothing_beyond_the_wall),
	    cmocka_unit_test(
		a_barrier_is_met_when_all_before_its_end_was_taken),
	    cmocka_unit_test(an_end_that_is_unknown_proves_nothing),
	    cmocka_unit_test(the_frontier_keeps_its_distance_and_never_falls),
	    cmocka_unit_test(
		under_a_clock_of_the_stream_records_of_the_same_ms_may_follow),
	};

	return (cmocka_run_group_tests_name("merge", tests, NULL, NULL));
}
