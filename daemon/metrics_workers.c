/*
 * How the loops do: what each worker counts and shows, summed or at its worst.
 */
#include <inttypes.h>

#include "daemon/metric.h"
#include "daemon/metrics.h"
#include "pipeline/event/schema.h"

enum {
	LAGS_SHOWN = 256,
	NS_IN_S = 1000 * 1000 * 1000,
	MS_IN_S = 1000,
};

/* A counter of struct stats, by its place there. */
static uint64_t
sum_of(const struct metrics_view *view, size_t member)
{
	uint64_t sum = 0;

	for (size_t w = 0; w < view->n; w++)
		sum += counter_read((const counter *)(const void
			*)((const char *)view->workers[w]->work + member));
	return (sum);
}

/* The same of struct worker_stats. */
static uint64_t
sum_of_workers(const struct metrics_view *view, size_t member)
{
	uint64_t sum = 0;

	for (size_t w = 0; w < view->n; w++)
		sum += counter_read((const counter *)(const void
			*)((const char *)view->workers[w] + member));
	return (sum);
}

struct total {
	const char *name;
	const char *help;
	size_t member;
};

static const struct total totals[] = {
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

static const struct total worker_totals[] = {
    {"kith_rebalances_total", "Changes of what the group assigns to us.",
	offsetof(struct worker_stats, rebalances)},
    {"kith_claims_total", "Tasks claimed.",
	offsetof(struct worker_stats, claims)},
    {"kith_claims_failed_total", "Attempts to claim a task that failed.",
	offsetof(struct worker_stats, claims_failed)},
    {"kith_fenced_total", "Tasks found to have another owner.",
	offsetof(struct worker_stats, fenced)},
    {"kith_client_rebuilds_total",
	"Kafka clients made anew after a fatal error.",
	offsetof(struct worker_stats, rebuilds)},
};

static void
print_totals(const struct metrics_view *view, struct buffer *b)
{
	for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++) {
		metric_family(b, totals[i].name, "counter", totals[i].help);
		metric_count(
		    b, totals[i].name, NULL, sum_of(view, totals[i].member));
	}
	for (size_t i = 0; i < sizeof worker_totals / sizeof worker_totals[0];
	     i++) {
		const struct total *total = &worker_totals[i];

		metric_family(b, total->name, "counter", total->help);
		metric_count(
		    b, total->name, NULL, sum_of_workers(view, total->member));
	}
}

static void
print_transactions(const struct metrics_view *view, struct buffer *b)
{
	struct labels done = {{{"result", SPAN("committed")}}};
	struct labels failed = {{{"result", SPAN("failed")}}};

	metric_family(b, "kith_transactions_total", "counter",
	    "Publications, by how they ended; a failed one is tried again.");
	metric_count(b, "kith_transactions_total", &done,
	    sum_of(view, offsetof(struct stats, publications)));
	metric_count(b, "kith_transactions_total", &failed,
	    sum_of(view, offsetof(struct stats, publications_failed)));
}

static void
print_steps(const struct metrics_view *view, struct buffer *b)
{
	metric_family(b, "kith_step_seconds", "summary",
	    "Time spent in each step of a turn, and how often.");
	for (int i = 0; i < STEPS; i++) {
		struct labels labels = {
		    {{"step", span_of(step_name((enum step)i))}}};
		size_t at = (size_t)i * sizeof(counter);
		uint64_t ns =
		    sum_of(view, offsetof(struct stats, step_ns) + at);

		metric_number(
		    b, "kith_step_seconds_sum", &labels, (double)ns / NS_IN_S);
		metric_count(b, "kith_step_seconds_count", &labels,
		    sum_of(view, offsetof(struct stats, step_runs) + at));
	}
}

static int64_t
gauge_read(const gauge *g)
{
	return (atomic_load_explicit(g, memory_order_relaxed));
}

/* Of each topic and partition; what is beyond is summed. */
struct lags {
	struct buffer *to;
	size_t shown;
	int64_t rest;
};

static void
print_lag(struct lags *lags, struct span topic, int64_t partition, int64_t lag)
{
	struct buffer *b = lags->to;
	struct labels labels = {{{"topic", topic},
	    {"partition", arena_print(b->arena, "%" PRId64, partition)}}};

	if (lags->shown++ < LAGS_SHOWN)
		metric_number(b, "kith_lag", &labels, (double)lag);
	else
		lags->rest += lag;
}

static void
print_lags_of(const struct metrics_view *view,
    const struct worker_stats *worker, struct lags *lags)
{
	const struct schema *schema = view->edition->schema;

	for (size_t t = 0; t < WORKER_TASKS_MAX; t++) {
		const struct task_gauges *task = &worker->shown[t];

		if (gauge_read(&task->condition) != TASK_RUNS)
			continue;
		for (size_t i = 0; i < schema->n_streams; i++)
			print_lag(lags, schema->streams[i].topic,
			    gauge_read(&task->number),
			    gauge_read(&task->lags[i]));
	}
}

static void
print_lags(const struct metrics_view *view, struct buffer *b)
{
	struct lags lags = {.to = b};
	struct labels other = {
	    {{"topic", SPAN("_other")}, {"partition", SPAN("_other")}}};

	metric_family(b, "kith_lag", "gauge",
	    "Records in the log that have not been taken yet.");
	for (size_t w = 0; w < view->n; w++)
		print_lags_of(view, view->workers[w], &lags);
	if (lags.shown > LAGS_SHOWN)
		metric_number(b, "kith_lag", &other, (double)lags.rest);
}

static void
print_gauge(struct buffer *b, const char *name, const char *help, double value)
{
	metric_family(b, name, "gauge", help);
	metric_number(b, name, NULL, value);
}

static void
print_health(const struct health_view *health, struct buffer *b)
{
	duration_ms age = 0;
	bool store = true;
	bool kafka = true;

	for (size_t i = 0; i < health->n; i++) {
		const struct worker_view *worker = &health->workers[i];

		age = worker->turn_age > age ? worker->turn_age : age;
		store = store && worker->store_age == 0;
		kafka = kafka && worker->kafka_age == 0;
	}
	print_gauge(b, "kith_workers", "Loops.", (double)health->n);
	print_gauge(b, "kith_turn_age_seconds",
	    "Since the slowest loop turned last.", (double)age / MS_IN_S);
	print_gauge(b, "kith_store_up", "1 while Redis answers every worker.",
	    store ? 1 : 0);
	print_gauge(b, "kith_kafka_up", "1 while Kafka answers every worker.",
	    kafka ? 1 : 0);
	print_gauge(b, "kith_fatal",
	    "1 when a worker has ended and the process is about to.",
	    health->failed ? 1 : 0);
}

static void
print_tasks(const struct metrics_view *view, struct buffer *b)
{
	int64_t tasks = 0;
	int64_t late = 0;

	for (size_t w = 0; w < view->n; w++) {
		int64_t own = gauge_read(&view->workers[w]->timers_wait);

		tasks += gauge_read(&view->workers[w]->tasks);
		late = own > late ? own : late;
	}
	print_gauge(b, "kith_tasks", "Tasks owned.", (double)tasks);
	print_gauge(b, "kith_timer_lateness_seconds",
	    "How long the timer that is due longest has been waiting.",
	    (double)late / MS_IN_S);
}

void
metrics_workers(const struct metrics_view *view, struct buffer *b)
{
	print_totals(view, b);
	print_transactions(view, b);
	print_steps(view, b);
	print_tasks(view, b);
	print_lags(view, b);
	print_health(view->health, b);
}
