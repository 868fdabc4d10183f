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
			sum += counter_read(&view->workers[w]->work->events[i]);
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
			sum += counter_read(
			    &view->workers[w]->work->dead_letters[i]);
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
		const char *at =
		    (const char *)&view->workers[w]->work->rules[rule];

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
	metrics_workers(view, b);
	process_metrics(b);
}
