#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/health.h"

#define WELL                                                       \
	{                                                          \
		.turn_age = 5, .store_age = 100, .kafka_age = 100, \
		.joined = true                                     \
	}

/* Two workers, the first of which is well. */
static const struct row {
	const char *what;
	struct worker_view second;
	struct health_view view;
	unsigned live;
	unsigned ready;
	unsigned started;
	const char *why; /* in the answer to /readyz */
} rows[] = {
    {"all is well", WELL, {.n = 2}, 200, 200, 200, "\"status\":\"ok\""},
    {"nothing has happened yet", {.store_age = -1, .kafka_age = -1}, {.n = 2},
	200, 503, 503, "Redis has not answered worker 1 yet"},
    {"one has not joined", {.store_age = 1}, {.n = 2}, 200, 503, 503,
	"worker 1 has not joined"},
    {"Redis never answered", {.joined = true, .store_age = -1}, {.n = 2}, 200,
	503, 503, "Redis has not answered worker 1 yet"},
    {"Redis went away", {.joined = true, .store_age = 11000}, {.n = 2}, 200,
	503, 200, "Redis has not answered worker 1 for 11 s"},
    {"Redis went away just now", {.joined = true, .store_age = 9000}, {.n = 2},
	200, 200, 200, "\"status\":\"ok\""},
    {"Kafka went away", {.joined = true, .kafka_age = 30000}, {.n = 2}, 200,
	503, 200, "Kafka has not answered worker 1 for 30 s"},
    {"an input topic is missing", {.joined = true, .input_missing = true},
	{.n = 2}, 200, 503, 200, "an input topic is missing"},
    {"a loop hangs", {.joined = true, .turn_age = TURN_AGE_MAX_MS + 1},
	{.n = 2}, 503, 200, 200, "\"status\":\"ok\""},
    {"the clock leaps", {.joined = true, .leapt = true}, {.n = 2}, 200, 503,
	200, "the wall clock has leapt"},
    {"told to stop", WELL, {.n = 2, .draining = true}, 200, 503, 200,
	"told to stop"},
    {"a worker ended", WELL, {.n = 2, .failed = true, .draining = true}, 200,
	503, 200, "a worker has ended"},
    {"three at once", {.store_age = -1, .turn_age = TURN_AGE_MAX_MS + 1},
	{.n = 2, .draining = true}, 503, 503, 503, "has not answered worker 1"},
};

static void
each_question_has_its_answer(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct worker_view workers[] = {WELL, rows[i].second};
		struct health_view view = rows[i].view;
		struct buffer live;
		struct buffer ready;
		struct buffer started;

		view.workers = workers;
		buffer_init(&live, arena);
		buffer_init(&ready, arena);
		buffer_init(&started, arena);
		if (health_live(&view, &live) != rows[i].live ||
		    health_ready(&view, &ready) != rows[i].ready ||
		    health_started(&view, &started) != rows[i].started)
			fail_msg("%s: %.*s%.*s%.*s", rows[i].what,
			    SPAN_ARGS(buffer_span(&live)),
			    SPAN_ARGS(buffer_span(&ready)),
			    SPAN_ARGS(buffer_span(&started)));
		buffer_char(&ready, '\0');
		if (strstr(ready.at, rows[i].why) == NULL)
			fail_msg("%s: %s", rows[i].what, ready.at);
		assert_int_equal(health_turns(&view), rows[i].live == 200);
	}
	arena_free(arena);
}

static void
answer_names_each_part(void **state)
{
	static const struct worker_view worker = {.joined = true};
	const struct health_view view = {
	    .workers = &worker, .n = 1, .draining = true};
	struct arena *arena = arena_new();
	struct buffer b;

	(void)state;
	buffer_init(&b, arena);
	assert_int_equal(health_ready(&view, &b), HEALTH_NOT);
	buffer_char(&b, '\0');
	assert_string_equal(b.at,
	    "{\"status\":\"unavailable\",\"parts\":{"
	    "\"configuration\":{\"ok\":true},\"group\":{\"ok\":true},"
	    "\"store\":{\"ok\":true},\"kafka\":{\"ok\":true},\"clock\":{\"ok\":"
	    "true},"
	    "\"process\":{\"ok\":false,\"why\":\"told to stop: the last batch "
	    "is being finished\"}}}\n");
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_question_has_its_answer),
	    cmocka_unit_test(answer_names_each_part),
	};

	return (cmocka_run_group_tests_name("health", tests, NULL, NULL));
}
