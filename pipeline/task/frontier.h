#ifndef PIPELINE_TASK_FRONTIER_H
#define PIPELINE_TASK_FRONTIER_H

#include <stdint.h>

#include "pipeline/base/instant.h"

/*
 * The frontier F of a task: all that arrived up to F has been taken, as far as
 * can be proven.  Timers up to F may run.  It never falls.  Pure.
 *
 * Under the wall clock a barrier proves it for each topic: at t its end was
 * asked for; once everything before that end was taken, the topic has reached
 * t.  Between barriers it has reached the arrival of its last record.
 */
struct reach {
	wall_ms reached; /* INSTANT_BEFORE: nothing is known */
	/* A barrier that is not met yet. */
	wall_ms asked;
	int64_t end; /* REACH_NO_BARRIER: none */
};

#define REACH_NO_BARRIER ((int64_t)-1)
#define REACH_INIT       ((struct reach){INSTANT_BEFORE, INSTANT_BEFORE, -1})

/* A record was taken that arrived at a; W is the wall clock. */
void reach_record(struct reach *reach, wall_ms a, wall_ms wall);
/* At t the log ended at `end`.  While an earlier barrier stands, nothing. */
void reach_barrier(struct reach *reach, wall_ms t, int64_t end);
/* Everything before `next` was taken. */
void reach_next(struct reach *reach, int64_t next);

/* F under the wall clock; `least` is what all topics of a task have reached. */
wall_ms frontier_wall(wall_ms least, duration_ms settle, wall_ms previous);
/* F under `clock: stream`, when the last record taken arrived at a: records
   with the same a may follow. */
wall_ms frontier_stream(wall_ms a, wall_ms previous);

#endif
