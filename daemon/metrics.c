/*
 * Counters of all workers, summed: a worker is a thread, and which of them did
 * something is nobody's question.  Every name is here once, with its help.
 */
#include "daemon/metrics.h"

#include "daemon/metric.h"
#include "daemon/process.h"
#include "pipeline/event/schema.h"
#include "pipeline/rule/rule.h"

enum {
	RULES_SHOWN = 150,
	SUPPRESSED_SHOWN = 600,
	NS_IN_S = 1000 * 1000 * 1000,
	MS_IN_S = 1000,
};

#define OTHER SPAN("_other")

static struct labels
one_label(const char *name, struct span value)
{
	return ((struct labels){{{name, value}}});
}

/* ---- what was read ---- */

static void
print_events(const struct metrics_view *view, struct buffer *b)
{
	const struct schema *schema = view->edition->schema;

	metric_family(b, "kith_events_total", "counter",
	    "Records taken, the unreadable included.");
	for (size_t i = 0; i < schema->n_streams; i++) {
		struct labels labels =
		    one_label("topic", schema->streams[i].topic);
		uint64_t sum = 0;

		for (size_t w = 0; w < view->n; w++)
			sum += counter_read(&view->stats[w]->events[i]);
		metric_count(b, "kith_events_total", &labels, sum);
	}
}

static void
print_dead_letters(const struct metrics_view *view, struct buffer *b)
{
	metric_family(b, "kith_dead_letters_total", "counter",
	    "Records set aside because they could not be read.");
	for (int i = 0; i < DEAD_REASONS; i++) {
		struct labels labels = one_label(
		    "reason", span_of(dead_reason_name((enum dead_reason)i)));
		uint64_t sum = 0;

		for (size_t w = 0; w < view->n; w++)
			sum += counter_read(&view->stats[w]->dead_letters[i]);
		metric_count(b, "kith_dead_letters_total", &labels, sum);
	}
}

/* ---- what became of rules ---- */

/* A counter of struct rule_stats, by its place there. */
static uint64_t
sum_rule(const struct metrics_view *view, size_t rule, size_t member)
{
	uint64_t sum = 0;

	for (size_t w = 0; w < view->n; w++) {
		const char *at = (const char *)&view->stats[w]->rules[rule];

		sum +=
		    counter_read((const counter *)(const void *)(at + member));
	}
	return (sum);
}

static const struct rule_family {
	const char *name;
	const char *help;
	size_t member;
} rule_families[] = {
    {"kith_triggers_total", "Triggers published.",
	offsetof(struct rule_stats, triggers)},
    {"kith_rule_evaluations_total", "Times that a rule was looked at.",
	offsetof(struct rule_stats, evaluations)},
    {"kith_rule_errors_total",
	"Conditions that came to an error, and so counted as not matched.",
	offsetof(struct rule_stats, errors)},
    {"kith_rule_shadow_total",
	"Decisions of rules in mode shadow: counted, not published.",
	offsetof(struct rule_stats, shadows)},
    {"kith_rule_primed_total",
	"Decisions about the time before the first start: not published.",
	offsetof(struct rule_stats, primed)},
    {"kith_rule_behind_total",
	"Triggers published although the records were behind.",
	offsetof(struct rule_stats, behind)},
};

static void
print_rule_family(const struct metrics_view *view,
    const struct rule_family *family, struct buffer *b)
{
	struct labels labels = one_label("rule", OTHER);
	uint64_t rest = 0;

	metric_family(b, family->name, "counter", family->help);
	for (size_t i = 0; i < view->edition->n_rules; i++) {
		uint64_t n = sum_rule(view, i, family->member);

		if (i >= RULES_SHOWN) {
			rest += n;
			continue;
		}
		labels.list[0].value = view->edition->rules[i].id;
		metric_count(b, family->name, &labels, n);
	}
	labels.list[0].value = OTHER;
	if (view->edition->n_rules > RULES_SHOWN)
		metric_count(b, family->name, &labels, rest);
}

/* The pairs that have happened: most rules know few reasons. */
static void
print_suppressed(const struct metrics_view *view, struct buffer *b)
{
	const size_t cells = view->edition->n_rules * REASONS;
	struct labels labels = {{{"rule", OTHER}, {"reason", OTHER}}};
	uint64_t rest = 0;
	size_t shown = 0;

	metric_family(b, "kith_suppressed_total", "counter",
	    "Decisions that were not published, by the reason.");
	for (size_t i = 0; i < cells; i++) {
		size_t reason = i % REASONS;
		uint64_t n = sum_rule(view, i / REASONS,
		    offsetof(struct rule_stats, suppressed) +
			reason * sizeof(counter));

		if (n == 0)
			continue;
		if (shown++ >= SUPPRESSED_SHOWN) {
			rest += n;
			continue;
		}
		labels.list[0].value = view->edition->rules[i / REASONS].id;
		labels.list[1].value =
		    span_of(reason_name((enum reason)reason));
		metric_count(b, "kith_suppressed_total", &labels, n);
	}
	labels = (struct labels){{{"rule", OTHER}, {"reason", OTHER}}};
	if (rest > 0)
		metric_count(b, "kith_suppressed_total", &labels, rest);
}

/* ---- how the loops do ---- */

static uint64_t
sum_of(const struct metrics_view *view, size_t member)
{
	uint64_t sum = 0;

	for (size_t w = 0; w < view->n; w++)
		sum += counter_read((const counter *)(const void
			*)((const char *)view->stats[w] + member));
	return (sum);
}

static const struct total {
	const char *name;
	const char *help;
	size_t member;
} totals[] = {
    {"kith_batches_total", "Batches committed to Redis.",
	offsetof(struct stats, batches)},
    {"kith_batches_abandoned_total",
	"Batches that were too large, and taken again at half the size.",
	offsetof(struct stats, abandoned)},
    {"kith_customers_written_total", "Customers written to Redis.",
	offsetof(struct stats, customers)},
    {"kith_messages_total", "Messages published, of all kinds.",
	offsetof(struct stats, messages)},
};

static void
print_totals(const struct metrics_view *view, struct buffer *b)
{
	for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++) {
		metric_family(b, totals[i].name, "counter", totals[i].help);
		metric_count(
		    b, totals[i].name, NULL, sum_of(view, totals[i].member));
	}
}

static void
print_steps(const struct metrics_view *view, struct buffer *b)
{
	metric_family(b, "kith_step_seconds", "summary",
	    "Time spent in each step of a turn, and how often.");
	for (int i = 0; i < STEPS; i++) {
		struct labels labels =
		    one_label("step", span_of(step_name((enum step)i)));
		size_t at = (size_t)i * sizeof(counter);
		uint64_t ns =
		    sum_of(view, offsetof(struct stats, step_ns) + at);

		metric_number(
		    b, "kith_step_seconds_sum", &labels, (double)ns / NS_IN_S);
		metric_count(b, "kith_step_seconds_count", &labels,
		    sum_of(view, offsetof(struct stats, step_runs) + at));
	}
}

static void
print_gauge(struct buffer *b, const char *name, const char *help, double value)
{
	metric_family(b, name, "gauge", help);
	metric_number(b, name, NULL, value);
}

static void
print_workers(const struct health_view *health, struct buffer *b)
{
	duration_ms age = 0;
	size_t tasks = 0;
	size_t rebuilding = 0;
	int64_t lag = 0;

	for (size_t i = 0; i < health->n; i++) {
		const struct worker_view *worker = &health->workers[i];

		age = worker->turn_age > age ? worker->turn_age : age;
		tasks += worker->tasks;
		rebuilding += worker->rebuilding;
		lag += worker->lag;
	}
	print_gauge(b, "kith_tasks", "Tasks owned.", (double)tasks);
	print_gauge(b, "kith_tasks_rebuilding",
	    "Tasks that are read again from Kafka.", (double)rebuilding);
	print_gauge(b, "kith_lag",
	    "Records that wait to be taken, over all tasks owned.",
	    (double)lag);
	print_gauge(b, "kith_turn_age_seconds",
	    "Since the slowest loop turned last.", (double)age / MS_IN_S);
	print_gauge(b, "kith_workers", "Loops.", (double)health->n);
	print_gauge(b, "kith_fatal",
	    "1 when a worker has ended and the process is about to.",
	    health->failed ? 1 : 0);
}

static void
print_build(struct buffer *b)
{
	struct labels labels = one_label("version", SPAN(KITH_VERSION));

	metric_family(b, "kith_build_info", "gauge",
	    "Always 1; what is running is in the label.");
	metric_count(b, "kith_build_info", &labels, 1);
}

void
metrics_print(const struct metrics_view *view, struct buffer *b)
{
	print_build(b);
	print_events(view, b);
	print_dead_letters(view, b);
	for (size_t i = 0; i < sizeof rule_families / sizeof rule_families[0];
	     i++)
		print_rule_family(view, &rule_families[i], b);
	print_suppressed(view, b);
	print_totals(view, b);
	print_steps(view, b);
	print_workers(view->health, b);
	process_metrics(b);
}
