#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/task/claim.h"

/*
 * What is found beside what is to be done: a row for each row of the table in
 * pipeline/task/README.md, and for each way in which Redis and Kafka can agree
 * or not.  Two topics; a topic's K is written as "OFFSET METADATA".
 */
enum { NONE = -1, LOG_END = 100, PARTITIONS = 4 };

#define K(id, b) "v1 i=" id " b=" b " e=1 w=77 f=40"

struct side {
	int64_t offset; /* NONE: nothing */
	const char *metadata;
};

static const struct row {
	const char *what;
	/* R */
	bool exists;
	int64_t batch;
	int64_t published;
	const char *id;
	const char *kid;
	int64_t stored[2];
	int partitions;
	bool outbox;
	/* K */
	struct side k[2];
	/* The brokers */
	int32_t counts[2];
	int64_t log_start;
	bool destination_gone;
	bool at_least_once;
	/* The plan */
	enum claim_act act;
	int row;
	bool publish;
	int64_t highest;
} rows[] = {
#define R(b, p, i, k, n0, n1, o) true, b, p, i, k, {n0, n1}, PARTITIONS, o
#define NO_R                     false, NONE, NONE, "", "", {NONE, NONE}, 0, false
#define NO_K                     \
	{                        \
		{NONE, ""},      \
		{                \
			NONE, "" \
		}                \
	}
#define BOTH(n0, n1, m)       \
	{                     \
		{n0, m},      \
		{             \
			n1, m \
		}             \
	}
#define SOUND {PARTITIONS, PARTITIONS}, 0, false, false
    {"1: neither R nor K", NO_R, NO_K, SOUND, CLAIM_BEGIN, 1, false, NONE},
    {"2: no R, K at batch 0", NO_R, BOTH(5, 6, K("a:0", "0")), SOUND,
	CLAIM_BEGIN_AT_K, 2, false, 0},
    {"3: no R, K further", NO_R, BOTH(5, 6, K("a:3", "3")), SOUND, CLAIM_STOP,
	3, false, 3},
    {"3: no R, K of various batches", NO_R,
	{{5, K("a:3", "3")}, {6, K("a:4", "4")}}, SOUND, CLAIM_STOP, 3, false,
	NONE},
    {"3: no R, K half ours", NO_R, {{5, K("a:3", "3")}, {6, "by hand"}}, SOUND,
	CLAIM_STOP, 3, false, NONE},
    {"4: R, no K", R(7, 7, "a:7", "a:6", 5, 6, false), NO_K, SOUND, CLAIM_STOP,
	4, false, 7},
    {"4: R with an outbox, no K", R(7, 6, "a:7", "a:6", 5, 6, true), NO_K,
	SOUND, CLAIM_STOP, 4, false, 7},
    {"4: R, K of somebody else", R(7, 7, "a:7", "a:6", 5, 6, false),
	BOTH(5, 6, "by hand"), SOUND, CLAIM_STOP, 4, false, 7},
    {"4: R, K of various batches", R(7, 7, "a:7", "a:6", 5, 6, false),
	{{4, K("a:6", "6")}, {6, K("a:7", "7")}}, SOUND, CLAIM_STOP, 4, false,
	7},
    {"5: retention passed R", R(7, 7, "a:7", "a:6", 5, 6, false),
	BOTH(5, 6, K("a:7", "7")), {PARTITIONS, PARTITIONS}, 6, false, false,
	CLAIM_STOP, 5, false, 7},
    {"5: R above the log's end", R(7, 7, "a:7", "a:6", 5, LOG_END + 1, false),
	BOTH(5, LOG_END + 1, K("a:7", "7")), SOUND, CLAIM_STOP, 5, false, 7},
    {"5: K out of the log, without R", NO_R,
	BOTH(5, LOG_END + 1, K("a:0", "0")), SOUND, CLAIM_STOP, 5, false, 0},
    {"6: a topic that neither knows", R(7, 7, "a:7", "a:6", 5, NONE, false),
	{{5, K("a:7", "7")}, {NONE, ""}}, SOUND, CLAIM_STOP, 6, false, 7},
    {"6: at a first start that was cut short", NO_R,
	{{5, K("a:0", "0")}, {NONE, ""}}, SOUND, CLAIM_STOP, 6, false, 0},
    {"7: more partitions than R knows", R(7, 7, "a:7", "a:6", 5, 6, false),
	BOTH(5, 6, K("a:7", "7")), {8, 8}, 0, false, false, CLAIM_STOP, 7,
	false, 7},
    {"7: topics with different numbers", NO_R, NO_K, {PARTITIONS, 8}, 0, false,
	false, CLAIM_STOP, 7, false, NONE},
    {"7 before 5", R(7, 7, "a:7", "a:6", 5, 6, false),
	BOTH(5, 6, K("a:7", "7")), {8, 8}, 50, false, false, CLAIM_STOP, 7,
	false, 7},
    {"8: the outbox has nowhere to go", R(7, 6, "a:7", "a:6", 5, 6, true),
	BOTH(4, 6, K("a:6", "6")), {PARTITIONS, PARTITIONS}, 0, true, false,
	CLAIM_STOP, 8, false, 7},
    {"8 is not asked when nothing is to be sent",
	R(7, 6, "a:7", "a:6", 5, 6, true), BOTH(5, 6, K("a:7", "7")),
	{PARTITIONS, PARTITIONS}, 0, true, false, CLAIM_GO_ON, 0, false, 7},
    {"9: no R, offsets set by hand", NO_R, BOTH(5, 6, ""), SOUND, CLAIM_STOP, 9,
	false, NONE},

    {"K.i = R.id: it was published", R(7, 6, "a:7", "a:6", 5, 6, true),
	BOTH(5, 6, K("a:7", "7")), SOUND, CLAIM_GO_ON, 0, false, 7},
    {"K.i = R.kid: it was not", R(7, 6, "a:7", "a:6", 5, 6, true),
	BOTH(4, 6, K("a:6", "6")), SOUND, CLAIM_GO_ON, 0, true, 7},
    {"K.i = R.kid, but there was nothing to say",
	R(7, 6, "a:7", "a:5", 5, 6, false), BOTH(4, 6, K("a:5", "5")), SOUND,
	CLAIM_GO_ON, 0, false, 7},
    {"K.i = R.id = R.kid: after a first start",
	R(0, NONE, "a:0", "a:0", 5, 6, false), BOTH(5, 6, K("a:0", "0")), SOUND,
	CLAIM_GO_ON, 0, false, 0},
    {"neither: Redis lost writes", R(7, 6, "a:7", "a:6", 5, 6, true),
	BOTH(8, 9, K("a:9", "9")), SOUND, CLAIM_STOP, 0, false, 9},
    {"neither, though R is further: two histories met",
	R(7, 6, "a:7", "a:6", 5, 6, true), BOTH(3, 4, K("b:7", "7")), SOUND,
	CLAIM_STOP, 0, false, 7},
    {"a topic's R below K, whatever the ids say",
	R(7, 6, "a:7", "a:6", 5, 6, false), BOTH(5, 7, K("a:7", "7")), SOUND,
	CLAIM_STOP, 0, false, 7},
    {"a topic that was not configured for a while",
	R(7, 7, "a:7", "a:6", 5, 6, false),
	{{5, K("a:7", "7")}, {6, K("a:2", "2")}}, SOUND, CLAIM_GO_ON, 0, false,
	7},

    {"at least once: no R", NO_R, BOTH(5, 6, K("a:7", "7")),
	{PARTITIONS, PARTITIONS}, 0, false, true, CLAIM_BEGIN, 1, false, NONE},
    {"at least once: perhaps not published", R(7, 6, "a:7", "a:6", 5, 6, true),
	NO_K, {PARTITIONS, PARTITIONS}, 0, false, true, CLAIM_GO_ON, 0, true,
	7},
    {"at least once: published", R(7, 7, "a:7", "a:6", 5, 6, true), NO_K,
	{PARTITIONS, PARTITIONS}, 0, false, true, CLAIM_GO_ON, 0, false, 7},
    {"at least once: retention passed R", R(7, 7, "a:7", "a:6", 5, 6, false),
	NO_K, {PARTITIONS, PARTITIONS}, 6, false, true, CLAIM_STOP, 5, false,
	7},
    {"at least once: the outbox has nowhere to go",
	R(7, 6, "a:7", "a:6", 5, 6, true), NO_K, {PARTITIONS, PARTITIONS}, 0,
	true, true, CLAIM_STOP, 8, false, 7},
};

static struct claim_plan
plan(const struct row *row, struct position bound)
{
	static const char *const names[] = {"purchases", "feedback"};
	struct claim_topic topics[2];
	struct claim_destination destination = {
	    SPAN("triggers"), !row->destination_gone};
	struct task_state state = {.exists = row->exists,
	    .batch = row->batch,
	    .published = row->published,
	    .id = span_of(row->id),
	    .kid = span_of(row->kid),
	    .bound = bound,
	    .partitions = row->partitions};
	struct claim_found found = {.task = 3,
	    .exactly_once = !row->at_least_once,
	    .state = &state,
	    .topics = topics,
	    .n_topics = 2,
	    .outbox = row->outbox,
	    .destinations = &destination,
	    .n_destinations = row->outbox};

	for (size_t i = 0; i < 2; i++)
		topics[i] = (struct claim_topic){.name = span_of(names[i]),
		    .configured = true,
		    .exists = true,
		    .partitions = row->counts[i],
		    .log_start = row->log_start,
		    .log_end = LOG_END,
		    .stored = row->stored[i],
		    .committed = row->k[i].offset,
		    .metadata = span_of(row->k[i].metadata)};
	return (plan_claim(&found));
}

static const struct position bound_of_k = {.instant = 40, .end = true};

static void
each_row_of_the_table_is_recognised(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		struct claim_plan got = plan(row, bound_of_k);

		if (got.act != row->act || got.row != row->row ||
		    got.publish != row->publish || got.batch != row->highest)
			fail_msg("%s: act %d, row %d, publish %d, batch %lld",
			    row->what, got.act, got.row, got.publish,
			    (long long)got.batch);
	}
}

static void
whoever_stops_says_what_was_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct claim_plan got = plan(&rows[i], bound_of_k);
		size_t length = strlen(got.why.text);

		if ((got.act == CLAIM_STOP) != (length > 0))
			fail_msg("%s: '%s'", rows[i].what, got.why.text);
		/* In full. */
		if (length >= FAILURE_TEXT_MAX - 1)
			fail_msg("%s: cut off", rows[i].what);
	}
}

static void
timers_that_kafka_knows_of_and_redis_does_not_stop_a_claim(void **state)
{
	const struct row row = {"", R(7, 6, "a:7", "a:6", 5, 6, false),
	    BOTH(5, 6, K("a:7", "7")), SOUND, CLAIM_STOP, 0, false, 7};
	const struct position below = {
	    .instant = 40, .customer = SPAN("c1"), .end = false};

	(void)state;
	assert_int_equal(plan(&row, below).act, CLAIM_STOP);
	assert_int_equal(plan(&row, bound_of_k).act, CLAIM_GO_ON);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_row_of_the_table_is_recognised),
	    cmocka_unit_test(whoever_stops_says_what_was_found),
	    cmocka_unit_test(
		timers_that_kafka_knows_of_and_redis_does_not_stop_a_claim),
	};

	return (cmocka_run_group_tests_name("claim", tests, NULL, NULL));
}
