#ifndef DAEMON_HEALTH_H
#define DAEMON_HEALTH_H

#include <stdbool.h>

#include "pipeline/base/buffer.h"
#include "pipeline/base/duration.h"

/*
 * Three questions that an orchestrator asks, answered from one look at the
 * workers.
 */
struct worker_view {
	duration_ms turn_age;  /* since its loop turned last               */
	duration_ms store_age; /* since Redis was there last: 0 if it is,
				  -1 if it never was                       */
	duration_ms kafka_age; /* the same of Kafka                        */
	bool joined;           /* has had an assignment, empty or not      */
	bool input_missing;    /* Kafka lacks a topic that the schema names */
	bool leapt;            /* the wall clock has: no timer runs        */
};

struct health_view {
	const struct worker_view *workers;
	size_t n;
	bool draining;
	bool failed; /* a worker ended: the process will */
};

enum {
	HEALTH_OK = 200,
	HEALTH_NOT = 503,
};

/* A loop that is older than this does not turn. */
#define TURN_AGE_MAX_MS ((duration_ms)60 * 1000)
/* A Redis or a Kafka that has not been there for this long is away. */
#define AWAY_MAX_MS     ((duration_ms)10 * 1000)

/*
 * Each adds JSON that names its parts, `why` beside those that are not well,
 * and answers HEALTH_OK or HEALTH_NOT.
 */

/* Do the loops turn?  Nothing else: a restart heals nothing else. */
unsigned health_live(const struct health_view *view, struct buffer *body);
/* Is it at work? */
unsigned health_ready(const struct health_view *view, struct buffer *body);
/* Has it come up? */
unsigned health_started(const struct health_view *view, struct buffer *body);

/* The first half of health_live alone: for the watchdog. */
bool health_turns(const struct health_view *view);
/* Every worker has joined. */
bool health_joined(const struct health_view *view);

#endif
