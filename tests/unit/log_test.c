#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/log.h"
#include "daemon/log_repeat.h"

/* 2026-11-24T20:53:48.123Z */
#define AT ((wall_ms)1795553628123)

enum { MAX_FIELDS = 3 };

static const struct row {
	const char *message;
	struct log_field fields[MAX_FIELDS];
	size_t n_fields;
	const char *json; /* behind the service's name */
	const char *text;
} rows[] = {
    {"stopped", {{0}}, 0, "}", "20:53:48.123Z warning  stopped"},
    {"joined", {{"tasks", true, {NULL, 0}, 12}}, 1, ",\"kith.tasks\":12}",
	"20:53:48.123Z warning  joined  tasks=12"},
    {"gone", {{"error.message", false, SPAN_INIT("no \"x\""), 0}}, 1,
	",\"error.message\":\"no \\\"x\\\"\"}",
	"20:53:48.123Z warning  gone  error.message=\"no \\\"x\\\"\""},
    {"two", {{"a", false, SPAN_INIT("b"), 0}, {"c", true, {NULL, 0}, -1}}, 2,
	",\"kith.a\":\"b\",\"kith.c\":-1}",
	"20:53:48.123Z warning  two  a=b c=-1"},
    {"line", {{"a", false, SPAN_INIT("x\ny"), 0}}, 1, ",\"kith.a\":\"x\\ny\"}",
	"20:53:48.123Z warning  line  a=\"x\\ny\""},
    {"empty", {{"a", false, SPAN_INIT(""), 0}}, 1, ",\"kith.a\":\"\"}",
	"20:53:48.123Z warning  empty  a=\"\""},
    {"not utf-8", {{"a", false, SPAN_INIT("\xff"), 0}}, 1,
	",\"kith.a\":\"\xef\xbf\xbd\"}",
	"20:53:48.123Z warning  not utf-8  a=\"\xef\xbf\xbd\""},
};

static void
assert_line(struct arena *arena, struct buffer *got, const char *fmt,
    const char *a, const char *b)
{
	struct span want = fmt == NULL ? arena_print(arena, "%s\n", b)
				       : arena_print(arena, "%s%s\n", a, b);

	if (!span_equals(want, buffer_span(got)))
		fail_msg("got  %.*swant %.*s", SPAN_ARGS(buffer_span(got)),
		    SPAN_ARGS(want));
}

static void
line_says_what_happened_in_json_and_in_text(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct log_line line = {AT, LEVEL_WARNING, "shop",
		    rows[i].message, rows[i].fields, rows[i].n_fields};
		struct span head = arena_print(arena,
		    "{\"@timestamp\":\"2026-11-24T20:53:48.123Z\","
		    "\"log.level\":\"warning\",\"message\":\"%s\","
		    "\"ecs.version\":\"1.6.0\",\"service.name\":\"shop\"",
		    rows[i].message);
		struct buffer json;
		struct buffer text;

		buffer_init(&json, arena);
		log_line_json(&json, &line);
		assert_line(arena, &json, "", head.at, rows[i].json);
		buffer_init(&text, arena);
		log_line_text(&text, &line);
		assert_line(arena, &text, NULL, NULL, rows[i].text);
	}
	arena_free(arena);
}

static void
line_is_bounded_whatever_a_field_holds(void **state)
{
	struct arena *arena = arena_new();
	char *big = arena_alloc(arena, 1 << 20);
	struct log_field field;
	const struct log_line line = {
	    AT, LEVEL_ERROR, "shop", "big", &field, 1};
	struct buffer b;

	(void)state;
	(void)memset(big, 'x', 1 << 20);
	field = log_span("a", (struct span){big, 1 << 20});
	buffer_init(&b, arena);
	log_line_json(&b, &line);
	assert_true(b.length < 2048);
	arena_free(arena);
}

static void
repeat_is_held_back_and_told_once(void **state)
{
	struct repeats repeats = {0};
	struct repeat over;

	(void)state;
	assert_true(repeats_pass(&repeats, 7, 2, "a", 0));
	assert_true(repeats_pass(&repeats, 9, 2, "b", 0));
	assert_false(repeats_pass(&repeats, 7, 2, "a", 1));
	assert_false(repeats_pass(&repeats, 7, 2, "a", REPEAT_WINDOW_MS - 1));
	assert_false(
	    repeats_over(&repeats, REPEAT_WINDOW_MS - 1, false, &over));
	assert_true(repeats_over(&repeats, REPEAT_WINDOW_MS, false, &over));
	assert_string_equal(over.message, "a");
	assert_int_equal(over.held, 2);
	assert_true(repeats_over(&repeats, REPEAT_WINDOW_MS, false, &over));
	assert_int_equal(over.held, 0);
	assert_false(repeats_over(&repeats, REPEAT_WINDOW_MS, true, &over));
	assert_true(repeats_pass(&repeats, 7, 2, "a", REPEAT_WINDOW_MS));
}

static void
repeat_that_waits_to_be_told_is_not_pushed_out(void **state)
{
	struct repeats repeats = {0};
	struct repeat over;
	uint64_t told = 0;

	(void)state;
	assert_true(repeats_pass(&repeats, 1000, 2, "a", 0));
	assert_false(repeats_pass(&repeats, 1000, 2, "a", 0));
	for (uint64_t i = 1; i <= 3 * REPEATS_KEPT; i++)
		assert_true(repeats_pass(&repeats, i, 2, "b", (int64_t)i));
	while (repeats_over(&repeats, 200, true, &over))
		told += over.held;
	assert_int_equal(told, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(line_says_what_happened_in_json_and_in_text),
	    cmocka_unit_test(line_is_bounded_whatever_a_field_holds),
	    cmocka_unit_test(repeat_is_held_back_and_told_once),
	    cmocka_unit_test(repeat_that_waits_to_be_told_is_not_pushed_out),
	};

	return (cmocka_run_group_tests_name("log", tests, NULL, NULL));
}
