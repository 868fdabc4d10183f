#ifndef PIPELINE_PIPELINE_H
#define PIPELINE_PIPELINE_H

#include "pipeline/stats.h"
#include "pipeline/task/outlet.h"
#include "pipeline/task/task.h"

/*
 * The way of an event, as six steps that a loop runs.  One thread.  Which tasks
 * there are, and what becomes of one that a step could not bring on, is the
 * loop's to say (worker.c, lab/backtest.c).
 */
struct pipeline {
	struct work work; /* all but arena and wall is set by the loop */
	struct store *store;
	struct outlet *outlet;
	struct stats *stats;
	/* Commit offsets with what is published: exactly once. */
	bool tells_offsets;
	const struct member *member; /* who commits them */

	/* Its own. */
	struct task **tasks;
	size_t n_tasks;
	size_t room;
	struct arena *outgoing;
	struct publication publication;
	bool made;      /* publication holds what is unpublished */
	size_t n_taken; /* records and due customers of this turn */
	bool full;      /* a task had more than the batch could take */
	bool draining;  /* nothing is taken any more */
	struct published result;
	/* What the last step that talks to the world for all tasks said. */
	enum outcome published;
	bool spoke; /* this turn: the outlet was asked, so Kafka has answered */
	struct failure why;
};

/* After `work` and the handles were set. */
void pipeline_init(struct pipeline *p);
void pipeline_done(struct pipeline *p);

/* A task that was claimed; the pipeline's to free. */
void pipeline_add(struct pipeline *p, struct task *task);
/* Forget a task, wherever it stands: nothing of it is published any more. */
void pipeline_drop(struct pipeline *p, struct task *task);
struct task *pipeline_task(const struct pipeline *p, int number);

/*
 * One turn: the six steps.  While something is committed and not published,
 * only the last one does anything.  What became of each task is its fate; what
 * became of the publication:
 *
 * DONE    published, or there was nothing to publish
 * RETRY   not yet: poll the group, and turn again
 * FENCED  the tasks in it belong to another owner: drop them
 * FATAL   p->result.cause says what is to be done; p->why
 */
enum outcome pipeline_turn(struct pipeline *p, wall_ms wall);

#endif
