#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "daemon/metric.h"
#include "daemon/metrics.h"
#include "pipeline/event/schema.h"
#include "pipeline/rule/rule.h"

enum { SERIES_MAX = 2000, MANY_RULES = 1000 };

/* An edition of n rules and one stream; two workers that did a little. */
struct fixture {
	struct arena *arena;
	struct stream stream;
	struct schema schema;
	struct edition edition;
	struct worker_stats *stats[2];
	struct worker_view workers[2];
	struct health_view health;
	struct metrics_view view;
	struct buffer text;
};

/* Tasks that lag by five records each. */
static void
show_tasks(struct worker_stats *stats, size_t n)
{
	atomic_store(&stats->tasks, (int64_t)n);
	for (size_t i = 0; i < n; i++) {
		struct task_gauges *task = &stats->shown[i];

		atomic_store(&task->number, (int64_t)i);
		atomic_store(&task->condition, TASK_RUNS);
		atomic_store(&task->lags[0], 5);
	}
}

static void
fixture_init(struct fixture *f, size_t n_rules, size_t n_tasks)
{
	struct rule *rules;
	struct stats *work;

	(void)memset(f, 0, sizeof *f);
	f->arena = arena_new();
	rules = ARENA_ARRAY(f->arena, n_rules + 1, struct rule);
	for (size_t i = 0; i < n_rules; i++)
		rules[i].id = arena_print(f->arena, "set/rule_%zu", i);
	f->stream.topic = SPAN("shop.\"odd\\name\n");
	f->schema.streams = &f->stream;
	f->schema.n_streams = 1;
	f->edition.schema = &f->schema;
	f->edition.rules = rules;
	f->edition.n_rules = n_rules;
	for (size_t w = 0; w < 2; w++) {
		f->stats[w] = worker_stats_new(1, n_rules);
		work = f->stats[w]->work;
		counter_add(&work->events[0], 20 + w);
		for (size_t i = 0; i < n_rules; i++) {
			counter_add(&work->rules[i].triggers, 1);
			for (int r = REASON_CONSENT; r < REASONS; r++)
				counter_add(&work->rules[i].suppressed[r], 1);
		}
		counter_add(&work->step_ns[STEP_DECIDE], 250000000);
		show_tasks(f->stats[w], n_tasks);
	}
	f->health = (struct health_view){.workers = f->workers, .n = 2};
	f->view = (struct metrics_view){&f->edition, f->stats, 2, &f->health};
	buffer_init(&f->text, f->arena);
	metrics_print(&f->view, &f->text);
	buffer_char(&f->text, '\0');
}

static void
fixture_done(struct fixture *f)
{
	worker_stats_free(f->stats[0]);
	worker_stats_free(f->stats[1]);
	arena_free(f->arena);
}

static void
assert_has(const struct fixture *f, const char *line)
{
	if (strstr(f->text.at, line) == NULL)
		fail_msg("no line '%s' in\n%s", line, f->text.at);
}

static void
workers_are_summed(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f, 2, 3);
	assert_has(
	    &f, "\nkith_events_total{topic=\"shop.\\\"odd\\\\name\\n\"} 41\n");
	assert_has(&f, "\nkith_triggers_total{rule=\"set/rule_1\"} 2\n");
	assert_has(&f, "\nkith_suppressed_total{rule=\"set/rule_0\","
		       "reason=\"quiet_hours\"} 2\n");
	assert_has(&f, "\nkith_step_seconds_sum{step=\"decide\"} 0.5\n");
	assert_has(&f, "\nkith_tasks 6\n");
	assert_has(&f, "partition=\"2\"} 5\n");
	assert_has(&f, "\nkith_fatal 0\n");
	fixture_done(&f);
}

static size_t
count_series(char *text)
{
	size_t n = 0;
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		n += line[0] != '#';
	return (n);
}

static void
series_are_bounded_and_nothing_is_lost(void **state)
{
	static const char family[] = "\nkith_triggers_total{";
	struct fixture f;
	uint64_t sum = 0;

	(void)state;
	fixture_init(&f, MANY_RULES, WORKER_TASKS_MAX);
	for (char *at = f.text.at; (at = strstr(at, family)) != NULL; at++)
		sum += strtoull(strchr(at, ' '), NULL, 10);
	assert_int_equal(sum, 2 * MANY_RULES);
	assert_has(&f, "\nkith_triggers_total{rule=\"_other\"} 1700\n");
	assert_has(
	    &f, "\nkith_suppressed_total{rule=\"_other\",reason=\"_other\"} ");
	assert_has(
	    &f, "\nkith_lag{topic=\"_other\",partition=\"_other\"} 1280\n");
	assert_in_range(count_series(f.text.at), 1, SERIES_MAX - 1);
	fixture_done(&f);
}

/* The family that a sample belongs to: "a_sum{...} 1" to "a". */
static size_t
family_length(const char *sample, size_t announced, const char *name)
{
	size_t n = strcspn(sample, "{ ");

	if (n != announced && strncmp(sample, name, announced) == 0 &&
	    (strncmp(sample + announced, "_sum", 4) == 0 ||
		strncmp(sample + announced, "_count", 6) == 0))
		return (announced);
	return (n);
}

static void
each_sample_follows_its_help_and_type(void **state)
{
	struct fixture f;
	const char *name = "";
	size_t length = 0;
	char *rest = NULL;

	(void)state;
	fixture_init(&f, 3, 2);
	for (char *line = strtok_r(f.text.at, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *end;

		if (strncmp(line, "# HELP ", 7) == 0) {
			name = line + 7;
			length = strcspn(name, " ");
			assert_true(strlen(name) > length + 1);
			continue;
		}
		if (strncmp(line, "# TYPE ", 7) == 0) {
			assert_memory_equal(line + 7, name, length);
			assert_true((strstr(line, "_total ") != NULL) ==
				    (strstr(line, " counter") != NULL));
			continue;
		}
		assert_int_equal(family_length(line, length, name), length);
		assert_memory_equal(line, name, length);
		(void)strtod(strrchr(line, ' ') + 1, &end);
		assert_int_equal(*end, '\0');
	}
	fixture_done(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(workers_are_summed),
	    cmocka_unit_test(series_are_bounded_and_nothing_is_lost),
	    cmocka_unit_test(each_sample_follows_its_help_and_type),
	};

	return (cmocka_run_group_tests_name("metrics", tests, NULL, NULL));
}
