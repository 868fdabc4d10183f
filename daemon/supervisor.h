#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include "config/load.h"
#include "daemon/exit_code.h"
#include "daemon/health.h"
#include "pipeline/worker.h"

/*
 * The workers of the process, each on a thread, as the main thread sees them.
 * It starts them, looks at them, stops them, and knows what their ends mean;
 * it never waits for them but in supervisor_free.
 */
struct supervisor;

/*
 * Everything that config points to outlives it.  Signals must be blocked.
 * `until`: worker.h.
 */
struct supervisor *supervisor_new(const struct config *config, wall_ms until);
/* Waits for the threads: after supervisor_over. */
void supervisor_free(struct supervisor *supervisor);

/* To poll for reading: a thread has ended. */
int supervisor_descriptor(const struct supervisor *supervisor);

/*
 * Look at everybody now; to be called about once a second.  *view points into
 * the supervisor, until the next call.
 */
void supervisor_look(struct supervisor *supervisor, struct health_view *view);
/* For metrics. */
struct worker_stats *const *supervisor_stats(
    const struct supervisor *supervisor);

/* Finish the batch at hand, publish it, and end. */
void supervisor_stop(struct supervisor *supervisor);
/* Has everybody reached `until`? */
bool supervisor_finished(const struct supervisor *supervisor);
/* Has everybody ended?  Then *ret is the exit code. */
bool supervisor_over(const struct supervisor *supervisor, enum exit_code *ret);

#endif
