/*
 * A RuleTest says what the daemon's loop says: every timeline of tests/rules
 * that has no outage also runs through backtest, in batches of one and of
 * many, and the same must come out.
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
#include "pipeline/base/json.h"
#include "pipeline/bridge/json.h"
#include "pipeline/bridge/zones.h"
#include "pipeline/lab/backtest.h"
#include "pipeline/lab/test_run.h"

enum { LIVE_WITHIN_MS = 60000, FEWEST = 100 };

/* What came out, a line each, to be sorted. */
struct lines {
	struct arena *arena;
	struct json_reader *reader;
	struct span *list;
	size_t n;
	size_t room;
};

static void
add_line(struct lines *lines, struct span rule, struct span customer,
    struct span decided_at, struct span reason)
{
	if (lines->n == lines->room) {
		lines->room = lines->room * 2 + 8;
		lines->list =
		    realloc(lines->list, lines->room * sizeof *lines->list);
	}
	lines->list[lines->n++] = arena_print(lines->arena,
	    "%.*s %.*s %.*s %.*s", SPAN_ARGS(decided_at), SPAN_ARGS(customer),
	    SPAN_ARGS(rule), SPAN_ARGS(reason));
}

static int
compare_lines(const void *a, const void *b)
{
	return (span_compare(*(const struct span *)a, *(const struct span *)b));
}

static void
sort_lines(struct lines *lines)
{
	if (lines->n > 1)
		qsort(
		    lines->list, lines->n, sizeof *lines->list, compare_lines);
}

static void
add_run(struct lines *lines, const struct test_run *run)
{
	for (size_t i = 0; i < run->n_outputs; i++) {
		const struct test_output *o = &run->outputs[i];
		char at[INSTANT_TEXT_MAX];

		instant_format(o->at, at);
		add_line(lines, o->rule->id,
		    run->file->customers[o->customer].id, span_of(at),
		    o->reason);
	}
	sort_lines(lines);
}

static struct span
text_of(const struct json *object, const char *name)
{
	const struct json *json = json_member(object, span_of(name));

	return (json == NULL ? SPAN("") : json->text);
}

static void
on_message(void *context, const struct message *message)
{
	struct lines *lines = context;
	const struct json *object;
	enum json_error error;
	struct failure why;

	if (json_read(lines->reader, message->value, lines->arena, &object,
		&error, &why) != DONE)
		fail_msg("%s", why.text);
	add_line(lines, text_of(object, "rule"), text_of(object, "customer_id"),
	    text_of(object, "decided_at"), text_of(object, "reason"));
}

/* The timeline as a file has it. */
static int
write_file(const struct test_run *run, char *path, struct arena *arena)
{
	const struct schema *schema = run->file->edition->schema;
	int fd = mkstemp(path);
	struct buffer b;

	assert_true(fd >= 0);
	buffer_init(&b, arena);
	for (size_t i = 0; i < run->timeline.n; i++) {
		const struct record *r = &run->timeline.records[i].record;

		buffer_print(&b, "{\"stream\":");
		json_string(&b, schema->streams[r->stream].name);
		buffer_print(&b, ",\"key\":");
		json_string(&b, r->key);
		buffer_print(&b, ",\"arrived\":%lld,\"value\":%.*s}\n",
		    (long long)r->arrival, SPAN_ARGS(r->value));
	}
	assert_int_equal(write(fd, b.at, b.length), (ssize_t)b.length);
	return (fd);
}

static void
run_backtest(const struct test_run *run, size_t batch, struct lines *lines)
{
	const struct edition *edition = run->file->edition;
	const struct route route = {.format = FORMAT_JSON,
	    .triggers = SPAN("triggers"),
	    .suppressed = SPAN("suppressed"),
	    .dead_letters = SPAN("dead")};
	char path[] = "/tmp/kith-test-path-XXXXXX";
	const char *const files[] = {path};
	struct backtest_options options = {.edition = edition,
	    .route = &route,
	    .tenant = SPAN("test"),
	    .live_within = LIVE_WITHIN_MS,
	    .files = files,
	    .n_files = 1,
	    .until = run->test->until,
	    .batch = batch,
	    .on_message = on_message,
	    .context = lines};
	struct stats *stats =
	    stats_new(edition->schema->n_streams, edition->n_rules);
	int fd = write_file(run, path, lines->arena);
	struct failure why = {{0}};

	if (backtest_run(&options, stats, &why) != DONE)
		fail_msg("%.*s: %s", SPAN_ARGS(run->test->name.text), why.text);
	stats_free(stats);
	(void)close(fd);
	(void)unlink(path);
	sort_lines(lines);
}

static void
compare(const struct test_run *run, size_t batch)
{
	struct arena *arena = arena_new();
	struct lines by_test = {.arena = arena};
	struct lines by_loop = {.arena = arena, .reader = json_reader_new()};

	add_run(&by_test, run);
	run_backtest(run, batch, &by_loop);
	for (size_t i = 0; i < by_test.n && i < by_loop.n; i++) {
		if (!span_equals(by_test.list[i], by_loop.list[i]))
			fail_msg("%.*s, batch %zu:\ntest %.*s\nloop %.*s",
			    SPAN_ARGS(run->test->name.text), batch,
			    SPAN_ARGS(by_test.list[i]),
			    SPAN_ARGS(by_loop.list[i]));
	}
	if (by_test.n != by_loop.n)
		fail_msg("%.*s, batch %zu: test %zu, loop %zu",
		    SPAN_ARGS(run->test->name.text), batch, by_test.n,
		    by_loop.n);
	free(by_test.list);
	free(by_loop.list);
	json_reader_free(by_loop.reader);
	arena_free(arena);
}

/* In an outage the wall goes another way: backtest knows none. */
static bool
has_outage(const struct rule_test *test)
{
	for (size_t i = 0; i < test->n_entries; i++) {
		if (test->entries[i].kind == TEST_OUTAGE)
			return (true);
	}
	return (false);
}

static size_t
compare_file(const struct rule_test_file *file, struct arena *arena)
{
	struct test_file_run run;
	size_t n = 0;

	test_run_file(file, arena, &run);
	for (size_t i = 0; i < file->n_tests; i++) {
		if (has_outage(&file->tests[i]))
			continue;
		compare(&run.runs[i], 1);
		compare(&run.runs[i], 0);
		n++;
	}
	return (n);
}

static void
the_loop_says_the_same(void **state)
{
	struct arena *arena = arena_new();
	struct config_options options = {.findings = findings_new(arena)};
	static const char *const paths[] = {"tests/rules", "config/example"};
	struct config_tests tests;
	struct failure why = {{0}};
	size_t n = 0;

	(void)state;
	assert_int_equal(zones_load(arena, &options.zones, &why), DONE);
	if (config_test(arena, paths, 2, &options, &tests, &why) != DONE)
		fail_msg("%s", why.text);
	for (size_t i = 0; i < tests.n; i++)
		n += compare_file(tests.files[i], arena);
	assert_true(n >= FEWEST);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_loop_says_the_same),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
