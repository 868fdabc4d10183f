/*
 * What the brokers are asked about the logs' ends: for the merge, which waits
 * for a topic that is behind; for barriers, which prove that nothing has come;
 * for the end of a replay.
 */
#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/worker_state.h"

enum {
	QUESTION_MS = 500,
	BARRIER_MS = 1000, /* between two */
	ENDS_MS = 1000,
};

/* With `until`: the ends that the logs had when the task was claimed. */
static void
keep_ends(struct worker *w, struct seat *seat)
{
	size_t n = w->config->edition->schema->n_streams;

	if (w->config->until == INSTANT_BEFORE || seat->ends != NULL)
		return;
	seat->ends = calloc(n, sizeof *seat->ends);
	CHECK(seat->ends != NULL);
	for (size_t i = 0; i < n; i++)
		seat->ends[i] = source_known_end(
		    w->source, (struct stream_partition){(int)i, seat->number});
}

static void
refresh_ends(struct worker *w)
{
	struct failure why;

	if (w->p.n_tasks == 0 || w->now < w->ends_at)
		return;
	/* Once all are known, only a loop that has work needs newer ones. */
	if (w->ends_known && w->p.n_taken == 0)
		return;
	w->ends_at = w->now + ENDS_MS;
	if (source_refresh_ends(w->source, QUESTION_MS, &why) != DONE)
		return;
	w->ends_known = true;
	for (size_t i = 0; i < w->n_seats; i++) {
		if (w->seats[i].task != NULL)
			keep_ends(w, &w->seats[i]);
	}
}

/* ---- barriers ---- */

static bool
needs_barrier(const struct worker *w, const struct seat *seat)
{
	const struct task *task = seat->task;

	if (task == NULL)
		return (false);
	if (task->adopts && !seat->barrier)
		return (true);
	return (task->first <= w->p.work.wall - w->config->settle &&
		task->first > task->frontier);
}

static bool
any_needs_barrier(const struct worker *w)
{
	for (size_t i = 0; i < w->n_seats; i++) {
		if (needs_barrier(w, &w->seats[i]))
			return (true);
	}
	return (false);
}

/* All partitions of the tasks that run, in one question. */
static void
ask_barrier(struct worker *w)
{
	size_t streams = w->config->edition->schema->n_streams;
	struct stream_partition *list;
	int64_t *ends;
	wall_ms t = w->p.work.wall;
	struct failure why;
	size_t n = 0;

	arena_reset(w->arena);
	list = ARENA_ARRAY(
	    w->arena, w->n_seats * streams, struct stream_partition);
	ends = ARENA_ARRAY(w->arena, w->n_seats * streams, int64_t);
	for (size_t i = 0; i < w->n_seats; i++) {
		for (size_t j = 0; w->seats[i].task != NULL && j < streams; j++)
			list[n++] = (struct stream_partition){
			    (int)j, w->seats[i].number};
	}
	if (source_ends(w->source, list, n, ends, QUESTION_MS, &why) != DONE)
		return;
	n = 0;
	for (size_t i = 0; i < w->n_seats; i++) {
		struct seat *seat = &w->seats[i];

		for (size_t j = 0; seat->task != NULL && j < streams; j++)
			reach_barrier(
			    &seat->task->places[j].reach, t, ends[n++]);
		seat->barrier = seat->task != NULL;
	}
}

static bool
barrier_met(struct task *task, const struct work *work)
{
	task_look(task, work);
	for (size_t i = 0; i < task->n_places; i++) {
		if (task->ahead[i].reach.end != REACH_NO_BARRIER)
			return (false);
	}
	return (true);
}

void
say_adopted(const struct worker *w, const struct seat *seat)
{
	if (!seat->task->adopted)
		return;
	seat->task->adopted = false;
	worker_say(w, WORKER_INFO, "task: adopted another edition",
	    seat->number,
	    "each customer is primed when something of theirs comes by; who "
	    "stays silent keeps the timers of the old edition");
}

/* An edition is adopted where the task stands: caught up, or behind. */
static void
adopt(struct worker *w)
{
	for (size_t i = 0; i < w->n_seats; i++) {
		struct seat *seat = &w->seats[i];

		if (seat->task == NULL || !seat->task->adopts ||
		    !seat->barrier || !w->ends_known)
			continue;
		if (!barrier_met(seat->task, &w->p.work) &&
		    !task_behind(seat->task, &w->p.work))
			continue;
		task_adopt(seat->task, &w->p.work);
		say_adopted(w, seat);
	}
}

/* ---- the end of a replay ---- */

static bool
has_reached_ends(const struct worker *w, const struct seat *seat)
{
	const struct task *task = seat->task;

	if (task == NULL || seat->ends == NULL)
		return (false);
	for (size_t i = 0; i < task->n_places; i++) {
		struct stream_partition at = {(int)i, seat->number};

		if (source_next(w->source, at) < seat->ends[i])
			return (false);
	}
	return (true);
}

static void
end_replay(struct worker *w)
{
	for (size_t i = 0; i < w->n_seats; i++) {
		if (has_reached_ends(w, &w->seats[i]))
			w->seats[i].task->horizon = w->config->until;
	}
}

bool
frontiers_finished(struct worker *w)
{
	bool any = false;

	for (size_t i = 0; i < w->n_seats; i++) {
		const struct seat *seat = &w->seats[i];

		if (seat->assigned == 0)
			continue;
		if (seat->task == NULL ||
		    seat->task->horizon == INSTANT_BEFORE ||
		    seat->task->unpublished ||
		    task_ready(seat->task, &w->p.work))
			return (false);
		any = true;
	}
	return (any);
}

void
frontiers_ask(struct worker *w)
{
	refresh_ends(w);
	if (w->config->until != INSTANT_BEFORE)
		end_replay(w);
	if (w->config->stream_clock)
		return;
	if (w->steady && w->now >= w->barrier_at && any_needs_barrier(w)) {
		w->barrier_at = w->now + BARRIER_MS;
		ask_barrier(w);
	}
	adopt(w);
}
