#ifndef PIPELINE_TASK_CLAIMING_H
#define PIPELINE_TASK_CLAIMING_H

#include "pipeline/stream/sink.h"
#include "pipeline/stream/source.h"
#include "pipeline/task/claim.h"
#include "pipeline/task/task.h"

/* What a worker claims tasks with. */
struct claimer {
	const struct work *work;
	struct store *store;
	struct source *source;
	struct sink *sink;
	bool exactly_once;
	bool latest;         /* at a first start: begin at the logs' ends  */
	bool live;           /* at a first start: nothing is primed        */
	duration_ms timeout; /* of each question to Kafka                  */
	uint64_t *serial;    /* of the last publication; raised            */
};

struct claim_result {
	struct task *task; /* the caller's, to free */
	struct claim_plan plan;
	enum cause cause;
};

/*
 * Become the owner of a task: nobody else can commit to it from here on.  The
 * token is random and of this claim alone.  The source reads the task then,
 * from its next source_poll on.
 *
 * DONE    ret->task goes on; an outbox that was not published is with it
 * RETRY   Redis or Kafka is not there now; the same call again is right
 * FENCED  another one claims it too: ask the group
 * FATAL   ret->cause CONFIG: a person has to decide, in words (ret->plan.row is
 *         the row of the table, if it is one of these); AUTH, CLIENT, or NONE
 */
enum outcome claim_task(const struct claimer *claimer, int number,
    struct span token, struct arena *arena, struct claim_result *ret,
    struct failure *why) MUST_CHECK;

#endif
