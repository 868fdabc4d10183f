#ifndef PIPELINE_TASK_MERGE_H
#define PIPELINE_TASK_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "pipeline/base/instant.h"

/*
 * The order in which a task takes the records of its topics: by (arrival,
 * topic, offset).  Pure: of what it is shown.
 */

/* How timestamps are understood. */
struct arrival_rule {
	bool stream;                  /* clock: stream: as they are */
	wall_ms wall;                 /* W                          */
	duration_ms future_tolerance; /* above W; further ahead is a mistake */
};

/*
 * `a` of a record behind one that arrived at `previous` on the same topic
 * (INSTANT_BEFORE: it is the first).  Never below `previous`.  A timestamp too
 * far ahead of W counts as `previous`, one that is missing as W.
 */
wall_ms merge_arrival(
    const struct arrival_rule *rule, wall_ms timestamp, wall_ms previous);

enum head_state {
	HEAD_RECORD, /* a record is buffered                          */
	HEAD_BEHIND, /* nothing is, but more is known to be in the log */
	HEAD_END,    /* nothing is, and nothing is known of            */
};

struct merge_head {
	enum head_state state;
	wall_ms arrival; /* HEAD_RECORD */
};

enum { MERGE_WAIT = -1, MERGE_END = -2 };

/*
 * The topic (index) whose record is next; MERGE_WAIT while one that is behind
 * might hold an earlier one; MERGE_END when there is none.
 */
int merge_next(const struct merge_head *heads, size_t n);

#endif
