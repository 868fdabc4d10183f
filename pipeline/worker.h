#ifndef PIPELINE_WORKER_H
#define PIPELINE_WORKER_H

#include "pipeline/rule/edition.h"
#include "pipeline/stats.h"
#include "pipeline/store/store.h"
#include "pipeline/stream/client.h"
#include "pipeline/task/route.h"

/*
 * A thread that owns some tasks: a member of the consumer group, a producer
 * and a connection to the store of its own.  Nothing is shared with other
 * workers; others see its stats.
 */

enum worker_level {
	WORKER_DEBUG,
	WORKER_INFO,
	WORKER_WARNING,
	WORKER_ERROR,
};

/* What happened: one line of a log.  Valid during the call. */
struct worker_event {
	enum worker_level level;
	const char *message; /* a constant */
	int task;            /* -1: none in particular */
	int row;             /* of the table in task/README.md; 0: none */
	const char *detail;  /* NULL: none; never a payload */
};

/* Called by the worker's thread; both may be NULL. */
struct worker_listener {
	void *context;
	void (*event)(void *context, const struct worker_event *event);
	/* A line of the Kafka client's own log. */
	void (*client)(void *context, const struct client_line *line);
};

/* All of it outlives the worker. */
struct worker_config {
	int number; /* among the workers of this process, from 0 */
	const struct edition *edition;
	const struct route *route;
	struct span tenant;

	/* Kafka */
	struct client_options client;
	const char *group;
	const char *instance;
	bool exactly_once;
	bool start_latest;         /* a first start: at the logs' ends */
	int64_t max_message_bytes; /* of the output topics; 0: unknown */

	/* The store; `name` and `seed` are the worker's to set. */
	struct store_options store;

	/* Time */
	bool stream_clock;
	bool first_live; /* a first start primes nothing */
	duration_ms settle;
	duration_ms live_within;
	duration_ms max_delay;       /* how long a record waits for company */
	duration_ms offset_interval; /* offsets are told at least that often */
	/* Read to the ends that the logs have when a task is claimed, then run
	   timers up to here; INSTANT_BEFORE: go on for ever. */
	wall_ms until;

	size_t batch_max; /* records and due customers at once */
	/* Random, of this process: tokens are made of it.  Letters, digits. */
	const char *token;

	struct worker_listener listener;
};

/* What others may see of a task. */
enum task_condition {
	TASK_ABSENT,
	TASK_HELD,   /* not every topic's partition is assigned to us      */
	TASK_CLAIMS, /* to be claimed                                      */
	TASK_RUNS,
};

typedef _Atomic int64_t gauge; /* NOLINT: an atomic needs its own name */

struct task_gauges {
	gauge number;
	gauge condition; /* enum task_condition */
	gauge batch;
	gauge frontier;
	gauge first_due; /* INSTANT_NEVER: nothing is due ever */
	gauge behind;    /* records known to be in the logs and not taken */
	gauge *lags;     /* by stream: the same, of one topic */
};

enum { WORKER_TASKS_MAX = 256 };

/*
 * What a worker has done and how it stands.  Tasks beyond WORKER_TASKS_MAX are
 * not shown.
 */
struct worker_stats {
	struct stats *work;
	counter rebalances;
	counter claims;
	counter claims_failed;
	counter fenced;      /* tasks that had another owner */
	counter rebuilds;    /* of source and sink, after a fatal error */
	gauge turn_at;       /* monotonic ms of the last turn of the loop */
	gauge tasks;         /* that run */
	gauge joined;        /* an assignment has come, and was not lost */
	gauge input_missing; /* Kafka has no such input topic */
	gauge store_there;
	gauge kafka_there;
	gauge clock_steady;
	gauge timers_wait; /* ms: how far the frontier is behind what is due */
	gauge finished;    /* `until` is reached by all tasks */
	struct task_gauges shown[WORKER_TASKS_MAX];
	size_t n_streams;
};

struct worker_stats *worker_stats_new(size_t n_streams, size_t n_rules);
/* NULL is legal. */
void worker_stats_free(struct worker_stats *stats);

enum worker_end {
	WORKER_STOPPED,      /* as it was asked to                 0  */
	WORKER_DENIED,       /* a login or a permission            77 */
	WORKER_NEEDS_PERSON, /* settings, or a claim that cannot go on  78 */
	WORKER_FAILED,       /* a bug, or two fatal client errors in a row 70 */
};

/*
 * Run until *stop, or until it cannot go on: then *why says why.  Stopping
 * finishes the batch at hand and publishes it.
 */
enum worker_end worker_run(const struct worker_config *config,
    struct worker_stats *stats, const atomic_bool *stop, struct failure *why);

#endif
