/*
 * A worker that does not catch up: the wall clock is ahead of the records by
 * as much as a row says, all the time.  The loop on a file, as in a backtest,
 * with a wall that is given.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/load.h"
#include "pipeline/lab/file_source.h"
#include "pipeline/pipeline.h"
#include "tests/unit/some_zones.h"

enum { SECONDS = 400, THIRD = 12, CHANGE = 20 };

#define START_MS ((wall_ms)1735689600 * 1000) /* 2025-01-01 */

static struct arena *arena;
static const struct edition *edition;
static const struct route route = {.format = FORMAT_JSON,
    .triggers = SPAN_INIT("triggers"),
    .message_max = 100000};

/* ---- what is said ---- */

struct ear {
	struct outlet outlet;
	wall_ms wall;  /* now */
	wall_ms heard; /* of c1's third purchase; 0: nothing yet */
	size_t n;
};

static enum outcome
hear(struct outlet *outlet, const struct publication *publication,
    struct published *result, struct failure *why)
{
	struct ear *ear = (struct ear *)outlet;

	(void)result;
	(void)why;
	for (size_t i = 0; i < publication->n_messages; i++) {
		struct span value = publication->messages[i].value;

		if (!span_equals(publication->messages[i].key, SPAN("c1")) ||
		    memmem(value.at, value.length, "third", 5) == NULL)
			continue;
		ear->n++;
		ear->heard = ear->wall;
	}
	return (DONE);
}

static const struct outlet_kind ear_kind = {.publish = hear};

/* ---- a record a second of each topic; c1 buys at 10, 11 and 12 ---- */

static void
write_records(char *path)
{
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");

	assert_non_null(file);
	for (int s = 0; s < SECONDS; s++) {
		const char *who = s >= THIRD - 2 && s <= THIRD ? "c1" : "c2";
		long long at = (long long)START_MS + s * SECOND_MS;

		(void)fprintf(file,
		    "{\"stream\":\"purchases\",\"key\":\"%s\",\"arrived\":%lld,"
		    "\"value\":{\"order_id\":\"p%d\",\"at\":%lld,"
		    "\"amount\":1}}\n"
		    "{\"stream\":\"feedback\",\"key\":\"c3\",\"arrived\":%lld,"
		    "\"value\":{\"feedback_id\":\"f%d\",\"at\":%lld}}\n",
		    who, at, s, at, at, s, at);
	}
	assert_int_equal(fclose(file), 0);
}

/* ---- the loop ---- */

static struct task *
begin(struct pipeline *p)
{
	struct task_first first = {
	    .next = ARENA_ARRAY(arena, edition->schema->n_streams, int64_t),
	    .partitions = 1,
	    .live_from = INSTANT_BEFORE,
	    .frontier = INSTANT_BEFORE,
	    .id = SPAN("test:0")};
	struct task_state state = task_first_state(arena, &p->work, &first);
	struct owner owner = {.token = SPAN("test"), .batch = BATCH_NONE};
	struct commit_request commit = {.owner = &owner, .next = &state};
	struct task *task = task_new(0, &p->work);
	struct task_found found;
	struct failure why;

	assert_int_equal(
	    store_claim(p->store, 0, owner.token, arena, &found, &why), DONE);
	owner.epoch = found.state.epoch;
	assert_int_equal(store_commit(p->store, &commit, 1, arena, &why), DONE);
	owner.batch = state.batch;
	task_begin(task, &p->work, &owner, &state, commit.first.instant);
	task->counted = true;
	pipeline_add(p, task);
	return (task);
}

/* How far ahead the wall is of a record at this second. */
struct row {
	duration_ms lag;
	duration_ms later; /* what it falls to from second 20 on */
	int said_from;     /* W when it is said, in seconds */
	int said_to;
	bool behind; /* said although we still lagged */
};

/* From then on the wall stands still while we catch up. */
static duration_ms
lag_at(const struct row *row, wall_ms at)
{
	duration_ms caught_up = at - START_MS - CHANGE * SECOND_MS;

	if (caught_up < 0)
		return (row->lag);
	return (row->lag - caught_up > row->later ? row->lag - caught_up
						  : row->later);
}

static void
turn_at_each_second(
    struct pipeline *p, struct file_source *source, const struct row *row)
{
	struct ear *ear = (struct ear *)p->outlet;
	struct task *task = begin(p);

	while (!file_source_ended(source) || task_ready(task, &p->work)) {
		/* Feedback is the last of its second. */
		wall_ms last = task->places[1].arrival;
		wall_ms at = last < START_MS ? START_MS : last + SECOND_MS;

		ear->wall = at + lag_at(row, at);
		assert_int_equal(pipeline_turn(p, ear->wall), DONE);
		assert_int_equal(task->fate, FATE_GOES_ON);
	}
}

static void
run(const struct row *row, struct ear *ear, bool *behind)
{
	char path[] = "/tmp/kith_lag_XXXXXX";
	const char *file = path;
	struct file_source *source = file_source_new(edition->schema, &file, 1);
	struct pipeline p = {.work = {.edition = edition,
				 .route = &route,
				 .tenant = SPAN("small"),
				 .live_within = MINUTE_MS,
				 .settle = SECOND_MS,
				 .batch_max = 1,
				 .decoder = decoder_new(edition->schema),
				 .codec = {edition->schema, edition->program},
				 .feed = file_source_feed(source)},
	    .store = store_open_memory(),
	    .outlet = &ear->outlet,
	    .stats = stats_new(edition->schema->n_streams, edition->n_rules)};

	write_records(path);
	pipeline_init(&p);
	turn_at_each_second(&p, source, row);
	*behind = false;
	for (size_t i = 0; i < edition->n_rules; i++)
		*behind |= counter_read(&p.stats->rules[i].behind) > 0;
	pipeline_done(&p);
	stats_free(p.stats);
	store_close(p.store);
	decoder_free(p.work.decoder);
	file_source_free(source);
	(void)unlink(path);
}

static const struct row rows[] = {
    /* A minute is live. */
    {60 * SECOND_MS, 60 * SECOND_MS, THIRD + 59, THIRD + 61, false},
    /* 61 s: it waits for W, 73, to be reached once, and no further. */
    {61 * SECOND_MS, 61 * SECOND_MS, 73 + 61, 73 + 64, true},
    {120 * SECOND_MS, 120 * SECOND_MS, 132 + 120, 132 + 123, true},
    /* We catch up: it is said when W, as it was, is reached. */
    {90 * SECOND_MS, SECOND_MS, 109, 112, false},
    /* Less, but a minute still. */
    {90 * SECOND_MS, 85 * SECOND_MS, 102 + 85, 102 + 88, true},
};

static void
a_steady_lag_publishes_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct ear ear = {.outlet.kind = &ear_kind};
		bool behind;
		wall_ms at;

		run(&rows[i], &ear, &behind);
		at = (ear.heard - START_MS) / SECOND_MS;
		if (ear.n != 1 || behind != rows[i].behind ||
		    at < rows[i].said_from || at > rows[i].said_to)
			fail_msg("row %zu: said %zu times, at %lld s, "
				 "behind: %d",
			    i, ear.n, (long long)at, behind);
	}
}

static int
setup(void **state)
{
	struct config_options options = {.zones = &some_zones};
	struct config config;
	struct failure why = {{0}};

	(void)state;
	arena = arena_new();
	options.findings = findings_new(arena);
	if (config_load(arena, "tests/backtest/kith.yaml", &options, &config,
		&why) != DONE)
		return (-1);
	edition = config.edition;
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_steady_lag_publishes_once),
	};

	return (cmocka_run_group_tests_name("lag", tests, setup, teardown));
}
