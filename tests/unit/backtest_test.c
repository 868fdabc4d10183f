/*
 * The loop on files: the rules of tests/backtest over histories that are made
 * up here.
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
#include "pipeline/lab/backtest.h"
#include "tests/unit/some_zones.h"

enum {
	START = 1735689600, /* 2025-01-01, seconds */
	CUSTOMERS = 9,
	LINES = 400,
	STEP_S = 7200,
};

#define END_MS ((wall_ms)(START + 60 * 86400) * 1000)

static struct arena *arena;
static const struct edition *edition;

/* ---- a history in a file ---- */

struct history_file {
	char path[64];
	FILE *stream;
};

static struct history_file
file_new(void)
{
	struct history_file file = {.path = "/tmp/kith_backtest_XXXXXX"};
	int fd = mkstemp(file.path);

	assert_true(fd >= 0);
	file.stream = fdopen(fd, "w");
	assert_non_null(file.stream);
	return (file);
}

static void
file_end(struct history_file *file)
{
	assert_int_equal(fclose(file->stream), 0);
}

/* Purchases and feedback of a few customers, some late, some twice. */
static void
write_history(struct history_file *file)
{
	unsigned seed = 7;

	for (int i = 0; i < LINES; i++) {
		int64_t arrived = START + (int64_t)i * STEP_S;
		int64_t late = rand_r(&seed) % 10 == 0 ? 86400 : 0;
		int customer = rand_r(&seed) % CUSTOMERS;
		int id = rand_r(&seed) % 20 == 0 ? i / 2 : i;
		bool buys = rand_r(&seed) % 4 != 0;

		(void)fprintf(file->stream,
		    "{\"stream\":\"%s\",\"key\":\"c%d\",\"arrived\":%lld000,"
		    "\"value\":{\"%s\":\"e%d\",\"at\":%lld000,"
		    "\"amount\":%d.5,\"kind\":\"nps\",\"score\":9}}\n",
		    buys ? "purchases" : "feedback", customer,
		    (long long)arrived, buys ? "order_id" : "feedback_id", id,
		    (long long)(arrived - late), rand_r(&seed) % 40 + 1);
	}
}

/* ---- what comes out ---- */

struct heard {
	struct buffer lines;
	size_t n;
};

static void
hear(void *context, const struct message *message)
{
	struct heard *heard = context;

	message_print(&heard->lines, message);
	heard->n++;
}

struct run {
	enum outcome outcome;
	struct heard heard;
	struct stats *stats;
	struct failure why;
};

static const struct route route = {.format = FORMAT_JSON,
    .triggers = SPAN_INIT("triggers"),
    .suppressed = SPAN_INIT("suppressed"),
    .dead_letters = SPAN_INIT("dead"),
    .message_max = 100000};

static struct run
run_files(const struct route *to, const char *const *files, size_t n_files,
    size_t batch)
{
	struct run run = {.why = {{0}}};
	struct backtest_options options = {.edition = edition,
	    .route = to,
	    .tenant = SPAN("small"),
	    .live_within = MINUTE_MS,
	    .files = files,
	    .n_files = n_files,
	    .until = END_MS,
	    .batch = batch,
	    .on_message = hear,
	    .context = &run.heard};

	buffer_init(&run.heard.lines, arena);
	run.stats = stats_new(edition->schema->n_streams, edition->n_rules);
	run.outcome = backtest_run(&options, run.stats, &run.why);
	return (run);
}

static int
compare_spans(const void *a, const void *b)
{
	return (span_compare(*(const struct span *)a, *(const struct span *)b));
}

/* The lines, sorted: batches may say them in another order. */
static struct span
sorted(const struct heard *heard)
{
	struct span all = buffer_span(&heard->lines);
	struct span *lines = ARENA_ARRAY(arena, heard->n, struct span);
	struct buffer b;

	for (size_t i = 0; i < heard->n; i++) {
		const char *end = memchr(all.at, '\n', all.length);
		size_t length = (size_t)(end - all.at) + 1;

		lines[i] = (struct span){all.at, length};
		all.at += length;
		all.length -= length;
	}
	qsort(lines, heard->n, sizeof *lines, compare_spans);
	buffer_init(&b, arena);
	for (size_t i = 0; i < heard->n; i++)
		buffer_span_add(&b, lines[i]);
	return (buffer_span(&b));
}

static void
the_size_of_a_batch_changes_nothing(void **state)
{
	static const size_t sizes[] = {1, 2, 7, 50, 1000};
	struct history_file file = file_new();
	const char *path = file.path;
	struct span first = {NULL, 0};

	(void)state;
	write_history(&file);
	file_end(&file);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct run run = run_files(&route, &path, 1, sizes[i]);
		struct span lines = sorted(&run.heard);

		assert_int_equal(run.outcome, DONE);
		assert_true(run.heard.n > LINES / 2);
		assert_int_equal(
		    counter_read(&run.stats->messages), run.heard.n);
		assert_int_equal(counter_read(&run.stats->events[0]) +
				     counter_read(&run.stats->events[1]),
		    LINES);
		if (first.at == NULL)
			first = lines;
		if (!span_equals(lines, first))
			fail_msg("batches of %zu differ", sizes[i]);
		stats_free(run.stats);
	}
	(void)unlink(path);
}

static void
each_rule_comes_to_something(void **state)
{
	struct history_file file = file_new();
	const char *path = file.path;
	struct run run;

	(void)state;
	write_history(&file);
	file_end(&file);
	run = run_files(&route, &path, 1, 0);
	for (size_t i = 0; i < edition->n_rules; i++) {
		if (counter_read(&run.stats->rules[i].triggers) == 0)
			fail_msg("%.*s", SPAN_ARGS(edition->rules[i].id));
	}
	stats_free(run.stats);
	(void)unlink(path);
}

static void
files_one_after_the_other_are_one_history(void **state)
{
	struct history_file one = file_new();
	struct history_file two = file_new();
	const char *paths[] = {one.path, two.path};
	struct run run;

	(void)state;
	(void)fprintf(one.stream, "%s\n\n",
	    "{\"stream\":\"purchases\",\"key\":\"c1\",\"value\":"
	    "{\"order_id\":\"a\",\"amount\":1,\"at\":1735689600000}}");
	(void)fprintf(one.stream, "%s\r\n",
	    "{\"stream\":\"purchases\",\"key\":\"c1\",\"value\":"
	    "{\"order_id\":\"b\",\"amount\":1,\"at\":1735689600001}}");
	/* The last line has no end. */
	(void)fprintf(two.stream, "%s",
	    "{\"stream\":\"purchases\",\"key\":\"c1\",\"value\":"
	    "{\"order_id\":\"c\",\"amount\":1,\"at\":1735689600002}}");
	file_end(&one);
	file_end(&two);
	run = run_files(&route, paths, 2, 0);
	assert_int_equal(run.outcome, DONE);
	assert_int_equal(counter_read(&run.stats->events[0]), 3);
	assert_non_null(memmem(run.heard.lines.at, run.heard.lines.length,
	    "small/third", strlen("small/third")));
	stats_free(run.stats);
	(void)unlink(one.path);
	(void)unlink(two.path);
}

/* A record that can never be read is a message; a line that is none stops. */
static void
what_cannot_be_read_is_told_apart(void **state)
{
	struct history_file file = file_new();
	const char *path = file.path;
	struct run run;

	(void)state;
	(void)fprintf(file.stream,
	    "{\"stream\":\"purchases\",\"key\":\"c1\",\"arrived\":5,"
	    "\"value\":{\"order_id\":\"a\",\"at\":1}}\n");
	(void)fprintf(file.stream, "{\"stream\":\"carts\",\"value\":{}}\n");
	file_end(&file);
	run = run_files(&route, &path, 1, 0);
	assert_int_equal(run.outcome, REJECT);
	assert_non_null(strstr(run.why.text, path));
	assert_non_null(strstr(run.why.text, ":2: stream"));
	stats_free(run.stats);
	(void)unlink(path);
}

static void
dead_letters_go_to_their_topic_or_are_counted(void **state)
{
	struct history_file file = file_new();
	const char *path = file.path;
	struct route none = route;
	struct run run;

	(void)state;
	(void)fprintf(file.stream,
	    "{\"stream\":\"purchases\",\"key\":\"c1\",\"arrived\":5,"
	    "\"value\":{\"order_id\":\"a\",\"at\":1}}\n");
	file_end(&file);
	run = run_files(&route, &path, 1, 0);
	assert_int_equal(run.outcome, DONE);
	assert_int_equal(run.heard.n, 1);
	assert_string_equal(arena_span(arena, buffer_span(&run.heard.lines)).at,
	    "{\"topic\":\"dead\",\"key\":\"c1\",\"value\":"
	    "{\"order_id\":\"a\",\"at\":1}}\n");
	stats_free(run.stats);
	none.dead_letters = (struct span){NULL, 0};
	run = run_files(&none, &path, 1, 0);
	assert_int_equal(run.heard.n, 0);
	assert_int_equal(
	    counter_read(&run.stats->dead_letters[DEAD_MISSING_FIELD]), 1);
	stats_free(run.stats);
	(void)unlink(path);
}

static void
a_file_that_is_not_there_is_said(void **state)
{
	const char *path = "/nowhere/at/all.ndjson";
	struct run run;

	(void)state;
	run = run_files(&route, &path, 1, 0);
	assert_int_equal(run.outcome, FATAL);
	assert_non_null(strstr(run.why.text, path));
	stats_free(run.stats);
}

static int
setup(void **state)
{
	struct findings *findings;
	struct config_options options = {.zones = &some_zones};
	struct config config;
	struct failure why = {{0}};

	(void)state;
	arena = arena_new();
	findings = findings_new(arena);
	options.findings = findings;
	if (config_load(arena, "tests/backtest/kith.yaml", &options, &config,
		&why) != DONE) {
		struct buffer b;

		buffer_init(&b, arena);
		findings_print(findings, FINDINGS_TEXT, false, &b);
		print_error("%s\n%.*s", why.text, SPAN_ARGS(buffer_span(&b)));
		return (-1);
	}
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
	    cmocka_unit_test(the_size_of_a_batch_changes_nothing),
	    cmocka_unit_test(each_rule_comes_to_something),
	    cmocka_unit_test(files_one_after_the_other_are_one_history),
	    cmocka_unit_test(what_cannot_be_read_is_told_apart),
	    cmocka_unit_test(dead_letters_go_to_their_topic_or_are_counted),
	    cmocka_unit_test(a_file_that_is_not_there_is_said),
	};

	return (
	    cmocka_run_group_tests_name("backtest", tests, setup, teardown));
}
