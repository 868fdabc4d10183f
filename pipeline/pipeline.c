/*
 * The way of an event:
 *
 *	take      records in merge order, and customers that are due
 *	decode    bytes to events; the unreadable are set aside
 *	load      the customers that they concern, in one round trip
 *	decide    each customer moves forward: what is to be said (pure)
 *	commit    customers, positions and outbox, all or nothing, per task
 *	publish   the outbox, and the offsets, in one transaction
 *
 * A batch spans the tasks of a loop; each of them can fall behind on its own.
 */
#include "pipeline/pipeline.h"

#include <stdlib.h>
#include <time.h>

#include "pipeline/base/check.h"
#include "pipeline/publish.h"
#include "pipeline/stop_point.h"

/* Is this task part of the batch at hand? */
static bool
goes_on(const struct task *task)
{
	return (task->open && task->fate == FATE_GOES_ON);
}

static enum fate
fate_of(enum outcome outcome, enum fate retry)
{
	switch (outcome) {
	case DONE:
		return (FATE_GOES_ON);
	case RETRY:
		return (retry);
	case FENCED:
		return (FATE_FENCED);
	case REJECT:
	case FATAL:
		break;
	}
	return (FATE_STOPS);
}

/* A task that does not go on leaves the batch as if it had not begun. */
static void
leave(struct pipeline *p)
{
	for (size_t i = 0; i < p->n_tasks; i++) {
		struct task *task = p->tasks[i];

		if (task->open && task->fate != FATE_GOES_ON)
			task_abandon(task, &p->work);
	}
}

/* ---- take ---- */

static void
ask_due(struct pipeline *p)
{
	struct due_request *requests =
	    ARENA_ARRAY(p->work.arena, p->n_tasks, struct due_request);
	struct task **asking =
	    ARENA_ARRAY(p->work.arena, p->n_tasks, struct task *);
	struct failure why = {.text = ""};
	size_t n = 0;

	for (size_t i = 0; i < p->n_tasks; i++) {
		struct task *task = p->tasks[i];

		if (!goes_on(task))
			continue;
		if (task_asks_due(task, &requests[n]))
			asking[n++] = task;
		else
			task_due(task, NULL);
	}
	if (n == 0)
		return;
	/* Each request has its own answer. */
	(void)!store_due(p->store, requests, n, p->work.arena, &why);
	for (size_t i = 0; i < n; i++) {
		asking[i]->fate = fate_of(requests[i].outcome, FATE_ASIDE);
		asking[i]->why = why;
		if (asking[i]->fate == FATE_GOES_ON)
			task_due(asking[i], &requests[i]);
	}
}

/* Tasks that have something to do share the batch. */
static void
take_shares(struct pipeline *p)
{
	struct task **ready =
	    ARENA_ARRAY(p->work.arena, p->n_tasks, struct task *);
	size_t n = 0;

	for (size_t i = 0; i < p->n_tasks; i++) {
		if (task_ready(p->tasks[i], &p->work))
			ready[n++] = p->tasks[i];
	}
	for (size_t i = 0; i < n; i++) {
		size_t share = p->work.batch_max / n;

		task_take(ready[i], &p->work, share > 0 ? share : 1);
	}
}

static void
take(struct pipeline *p)
{
	take_shares(p);
	ask_due(p);
	for (size_t i = 0; i < p->n_tasks; i++) {
		struct task *task = p->tasks[i];

		if (!goes_on(task))
			continue;
		p->n_taken += task->batch.n_records + task->batch.n_due;
		p->full |= task->full;
		if (batch_empty(&task->batch))
			task_idle(task);
	}
}

/* ---- decode ---- */

static void
decode(struct pipeline *p)
{
	for (size_t i = 0; i < p->n_tasks; i++) {
		if (goes_on(p->tasks[i]))
			task_decode(p->tasks[i], &p->work);
	}
}

/* ---- load ---- */

/* The tasks that go on, of which there are *n. */
static struct task **
going_on(struct pipeline *p, size_t *n)
{
	struct task **list =
	    ARENA_ARRAY(p->work.arena, p->n_tasks, struct task *);

	*n = 0;
	for (size_t i = 0; i < p->n_tasks; i++) {
		if (goes_on(p->tasks[i]))
			list[(*n)++] = p->tasks[i];
	}
	return (list);
}

static void
load(struct pipeline *p)
{
	size_t n;
	struct task **tasks = going_on(p, &n);
	struct load_request *requests =
	    ARENA_ARRAY(p->work.arena, n, struct load_request);
	struct failure why = {.text = ""};

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		task_load(tasks[i], &p->work);
		requests[i] = tasks[i]->load;
	}
	(void)!store_load(p->store, requests, n, p->work.arena, &why);
	for (size_t i = 0; i < n; i++) {
		tasks[i]->fate = fate_of(requests[i].outcome, FATE_ASIDE);
		tasks[i]->why = why;
		if (tasks[i]->fate == FATE_GOES_ON)
			task_loaded(tasks[i], &p->work);
	}
}

/* ---- decide ---- */

static void
decide(struct pipeline *p)
{
	for (size_t i = 0; i < p->n_tasks; i++) {
		struct task *task = p->tasks[i];

		if (!goes_on(task) || task_decide(task, &p->work))
			continue;
		task_halve(task, &p->work);
		counter_add(&p->stats->abandoned, 1);
	}
}

/* ---- commit ---- */

static void
commit(struct pipeline *p)
{
	size_t n;
	struct task **tasks = going_on(p, &n);
	struct commit_request *requests =
	    ARENA_ARRAY(p->work.arena, n, struct commit_request);
	struct failure why = {.text = ""};

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		requests[i] = tasks[i]->commit;
	(void)!store_commit(p->store, requests, n, p->work.arena, &why);
	for (size_t i = 0; i < n; i++) {
		tasks[i]->fate = fate_of(requests[i].outcome, FATE_UNKNOWN);
		tasks[i]->why = why;
		if (tasks[i]->fate != FATE_GOES_ON)
			continue;
		tasks[i]->commit.first = requests[i].first;
		task_committed(tasks[i]);
		stats_batch(p->stats, tasks[i]);
	}
	leave(p);
	p->work.feed->kind->release(p->work.feed);
}

/* ---- publish ---- */

static void
publish(struct pipeline *p)
{
	if (!p->made)
		publication_make(p);
	if (p->publication.n_messages + p->publication.n_offsets == 0)
		publication_over(p);
	if (!p->made)
		return;
	p->spoke = true;
	p->published = p->outlet->kind->publish(
	    p->outlet, &p->publication, &p->result, &p->why);
	if (p->published != DONE)
		counter_add(&p->stats->publications_failed, 1);
	if (p->published == REJECT)
		publication_shorten(p);
	if (p->published == DONE) {
		counter_add(&p->stats->publications, 1);
		publication_over(p);
	}
}

/* ---- the loop's turn ---- */

static int64_t
now_ns(void)
{
	enum { NS = 1000 * 1000 * 1000 };
	struct timespec t;

	CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return ((int64_t)t.tv_sec * NS + t.tv_nsec);
}

enum outcome
pipeline_turn(struct pipeline *p, wall_ms wall)
{
	static void (*const steps[STEPS])(struct pipeline *) = {
	    [STEP_TAKE] = take,
	    [STEP_DECODE] = decode,
	    [STEP_LOAD] = load,
	    [STEP_DECIDE] = decide,
	    [STEP_COMMIT] = commit,
	    [STEP_PUBLISH] = publish,
	};
	bool waits = p->draining || publication_waits(p);
	int64_t before = now_ns();

	p->work.wall = wall;
	p->published = DONE;
	p->spoke = false;
	p->n_taken = 0;
	p->full = false;
	if (!waits)
		arena_reset(p->work.arena);
	for (size_t i = waits ? STEP_PUBLISH : STEP_TAKE; i < STEPS; i++) {
		int64_t after;

		STOP_POINT(step_name((enum step)i));
		steps[i](p);
		leave(p);
		after = now_ns();
		counter_add(&p->stats->step_ns[i], (uint64_t)(after - before));
		counter_add(&p->stats->step_runs[i], 1);
		before = after;
	}
	STOP_POINT("end");
	return (p->published);
}

/* ---- which tasks there are ---- */

void
pipeline_init(struct pipeline *p)
{
	p->work.arena = arena_new();
	p->outgoing = arena_new();
	p->tasks = NULL;
	p->n_tasks = p->room = 0;
	p->made = p->draining = false;
	p->publication = (struct publication){.serial = 0};
}

void
pipeline_done(struct pipeline *p)
{
	for (size_t i = 0; i < p->n_tasks; i++)
		task_free(p->tasks[i]);
	free(p->tasks);
	arena_free(p->work.arena);
	arena_free(p->outgoing);
}

void
pipeline_add(struct pipeline *p, struct task *task)
{
	if (p->n_tasks == p->room) {
		p->room = p->room == 0 ? 8 : 2 * p->room;
		p->tasks = realloc(p->tasks, p->room * sizeof(struct task *));
		CHECK(p->tasks != NULL);
	}
	p->tasks[p->n_tasks++] = task;
}

void
pipeline_drop(struct pipeline *p, struct task *task)
{
	size_t i = 0;

	while (i < p->n_tasks && p->tasks[i] != task)
		i++;
	CHECK(i < p->n_tasks);
	task_abandon(task, &p->work);
	/* The next publication is another. */
	p->made = false;
	p->tasks[i] = p->tasks[--p->n_tasks];
	task_free(task);
}

struct task *
pipeline_task(const struct pipeline *p, int number)
{
	for (size_t i = 0; i < p->n_tasks; i++) {
		if (p->tasks[i]->number == number)
			return (p->tasks[i]);
	}
	return (NULL);
}
