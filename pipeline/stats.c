#include "pipeline/stats.h"

#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/task/task.h"

const char *
step_name(enum step step)
{
	static const char *const names[STEPS] = {
	    [STEP_TAKE] = "take",
	    [STEP_DECODE] = "decode",
	    [STEP_LOAD] = "load",
	    [STEP_DECIDE] = "decide",
	    [STEP_COMMIT] = "commit",
	    [STEP_PUBLISH] = "publish",
	};

	CHECK(step < STEPS);
	return (names[step]);
}

struct stats *
stats_new(size_t n_streams, size_t n_rules)
{
	struct stats *stats = calloc(1, sizeof *stats);

	CHECK(stats != NULL);
	stats->n_streams = n_streams;
	stats->n_rules = n_rules;
	stats->events = calloc(n_streams + 1, sizeof *stats->events);
	stats->rules = calloc(n_rules + 1, sizeof *stats->rules);
	CHECK(stats->events != NULL && stats->rules != NULL);
	return (stats);
}

void
stats_free(struct stats *stats)
{
	if (stats == NULL)
		return;
	free(stats->events);
	free(stats->rules);
	free(stats);
}

static void
add_tally(struct rule_stats *rule, const struct tally *tally)
{
	counter_add(&rule->evaluations, tally->evaluations);
	counter_add(&rule->errors, tally->errors);
	counter_add(&rule->triggers, tally->triggers);
	counter_add(&rule->shadows, tally->shadows);
	counter_add(&rule->primed, tally->primed);
	counter_add(&rule->behind, tally->behind);
	for (size_t i = 0; i < REASONS; i++)
		counter_add(&rule->suppressed[i], tally->suppressed[i]);
}

void
stats_batch(struct stats *stats, const struct task *task)
{
	const struct batch *batch = &task->batch;

	for (size_t i = 0; i < batch->n_records; i++)
		counter_add(&stats->events[batch->records[i]->stream], 1);
	for (size_t i = 0; i < batch->n_dead; i++)
		counter_add(&stats->dead_letters[batch->dead[i].reason], 1);
	for (size_t i = 0; i < stats->n_rules; i++)
		add_tally(&stats->rules[i], &task->tallies[i]);
	counter_add(&stats->customers, batch->n_customers);
	counter_add(&stats->batches, 1);
}
