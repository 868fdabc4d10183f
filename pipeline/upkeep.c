/* What happens beside the batches: offsets, epochs, and what others see. */
#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/worker_state.h"

/* Of a task that says nothing new, far below Kafka's offsets.retention. */
#define TELL_IDLE_MS (10 * MINUTE_MS)

enum { SHOW_MS = 200 };

static bool
is_told(const struct task *task)
{
	return (task->id.length == task->kid.length &&
		memcmp(task->id.at, task->kid.at, task->id.length) == 0);
}

static void
tell(struct worker *w)
{
	if (!w->config->exactly_once)
		return;
	for (size_t i = 0; i < w->n_seats; i++) {
		struct seat *seat = &w->seats[i];
		duration_ms since = w->now - seat->told_at;

		if (seat->task == NULL || since < w->config->offset_interval)
			continue;
		if (is_told(seat->task) && since < TELL_IDLE_MS)
			continue;
		seat->task->tells = true;
		seat->told_at = w->now;
	}
}

void
upkeep_tell_all(struct worker *w)
{
	for (size_t i = 0; w->config->exactly_once && i < w->n_seats; i++) {
		struct task *task = w->seats[i].task;

		if (task != NULL && !is_told(task))
			task->tells = true;
	}
}

/*
 * Tasks without a batch for a while: are they still ours?  Else we would never
 * notice that Redis lost what it had.
 */
static void
check_epochs(struct worker *w)
{
	struct load_request *requests;
	struct seat **asked;
	struct failure why = {.text = ""};
	size_t n = 0;

	arena_reset(w->arena);
	requests = ARENA_ARRAY(w->arena, w->n_seats, struct load_request);
	asked = ARENA_ARRAY(w->arena, w->n_seats, struct seat *);
	for (size_t i = 0; i < w->n_seats; i++) {
		struct seat *seat = &w->seats[i];

		if (seat->task == NULL ||
		    w->now - seat->checked_at < w->config->offset_interval)
			continue;
		seat->checked_at = w->now;
		if (seat->task->owner.batch == seat->batch_checked) {
			requests[n].owner = &seat->task->owner;
			asked[n++] = seat;
		}
		seat->batch_checked = seat->task->owner.batch;
	}
	if (n == 0 || w->store_at > w->now)
		return;
	(void)!store_load(w->store, requests, n, w->arena, &why);
	for (size_t i = 0; i < n; i++) {
		if (requests[i].outcome != FENCED || asked[i]->task == NULL)
			continue;
		counter_add(&w->stats->fenced, 1);
		worker_say(w, WORKER_WARNING, "task: has another owner",
		    asked[i]->number, why.text);
		seat_forget(w, asked[i]);
	}
}

/* ---- gauges ---- */

static void
set(gauge *g, int64_t value)
{
	atomic_store_explicit(g, value, memory_order_relaxed);
}

static int64_t
lag_of(const struct worker *w, const struct task *task, size_t stream)
{
	struct stream_partition at = {(int)stream, task->number};
	int64_t end = source_known_end(w->source, at);

	return (end > task->places[stream].next
		    ? end - task->places[stream].next
		    : 0);
}

static void
show_task(
    const struct worker *w, const struct seat *seat, struct task_gauges *gauges)
{
	const struct task *task = seat->task;
	int64_t behind = 0;

	set(&gauges->number, seat->number);
	if (task == NULL) {
		set(&gauges->condition,
		    seat->held || seat->assigned !=
				      w->config->edition->schema->n_streams
			? TASK_HELD
			: TASK_CLAIMS);
		return;
	}
	for (size_t i = 0; i < task->n_places; i++) {
		int64_t lag = lag_of(w, task, i);

		set(&gauges->lags[i], lag);
		behind += lag;
	}
	set(&gauges->condition, TASK_RUNS);
	set(&gauges->batch, task->owner.batch);
	set(&gauges->frontier, task->frontier);
	set(&gauges->first_due, task->first);
	set(&gauges->behind, behind);
}

static void
show(struct worker *w)
{
	wall_ms due = w->p.work.wall - w->config->settle;
	size_t shown = 0;
	int64_t running = 0;
	int64_t waits = 0;

	for (size_t i = 0; i < w->n_seats; i++) {
		const struct seat *seat = &w->seats[i];

		if (seat->assigned == 0)
			continue;
		running += seat->task != NULL;
		if (seat->task != NULL && seat->task->first < due &&
		    due - seat->task->first > waits)
			waits = due - seat->task->first;
		if (shown < WORKER_TASKS_MAX)
			show_task(w, seat, &w->stats->shown[shown++]);
	}
	for (; shown < WORKER_TASKS_MAX; shown++)
		set(&w->stats->shown[shown].condition, TASK_ABSENT);
	set(&w->stats->tasks, running);
	set(&w->stats->timers_wait, w->config->stream_clock ? 0 : waits);
	set(&w->stats->finished,
	    w->config->until != INSTANT_BEFORE && frontiers_finished(w));
}

void
upkeep(struct worker *w)
{
	tell(w);
	check_epochs(w);
	if (w->now < w->shown_at)
		return;
	w->shown_at = w->now + SHOW_MS;
	show(w);
}

struct worker_stats *
worker_stats_new(size_t n_streams, size_t n_rules)
{
	struct worker_stats *stats = calloc(1, sizeof *stats);

	CHECK(stats != NULL);
	stats->work = stats_new(n_streams, n_rules);
	stats->n_streams = n_streams;
	stats->store_there = stats->kafka_there = -1;
	for (size_t i = 0; i < WORKER_TASKS_MAX; i++) {
		stats->shown[i].lags =
		    calloc(n_streams, sizeof *stats->shown[i].lags);
		CHECK(stats->shown[i].lags != NULL);
	}
	return (stats);
}

void
worker_stats_free(struct worker_stats *stats)
{
	if (stats == NULL)
		return;
	for (size_t i = 0; i < WORKER_TASKS_MAX; i++)
		free(stats->shown[i].lags);
	stats_free(stats->work);
	free(stats);
}
