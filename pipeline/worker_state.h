#ifndef PIPELINE_WORKER_STATE_H
#define PIPELINE_WORKER_STATE_H

#include "pipeline/clock_guard.h"
#include "pipeline/kafka_feed.h"
#include "pipeline/pipeline.h"
#include "pipeline/task/claiming.h"
#include "pipeline/worker.h"

/* The inside of a worker, for worker.c and the files named after its parts. */

/* A number of which at least one partition is assigned to us. */
struct seat {
	int number;
	size_t assigned;   /* topics */
	struct task *task; /* NULL: not claimed */
	bool held; /* its number of partitions has changed: not claimed */
	int64_t claim_at; /* not before */
	int64_t told_at;
	int64_t checked_at;
	int64_t batch_checked;
	bool barrier;  /* one was asked for since it was claimed */
	int64_t *ends; /* with `until`: by stream, or NULL: not known yet */
};

struct worker {
	const struct worker_config *config;
	struct worker_stats *stats;
	const atomic_bool *stop;
	struct pipeline p;
	struct store *store;
	struct source *source;
	struct sink *sink;
	bool sink_started;
	struct kafka_feed feed;
	struct kafka_outlet outlet;
	struct arena *arena; /* of claims and questions */
	struct seat *seats;
	size_t n_seats;
	uint64_t n_tokens;

	/* Time, as of this turn. */
	int64_t now; /* monotonic */
	struct clock_guard guard;
	bool steady;
	int64_t barrier_at;  /* not before */
	int64_t ends_at;     /* refreshed not before */
	bool ends_known;     /* of all started partitions, once */
	int64_t ready_since; /* -1: nothing is ready */
	int64_t shown_at;    /* gauges are set not before */

	/* Backing off. */
	int64_t store_at;
	int64_t publish_at;
	int fatal_in_a_row;

	bool ended;
	enum worker_end end;
	struct failure why;
};

/* ---- worker.c ---- */

void worker_say(const struct worker *w, enum worker_level level,
    const char *message, int task, const char *detail);
/* Once after a task has come under another edition: what that means. */
void say_adopted(const struct worker *w, const struct seat *seat);
/* The loop ends; the first reason stays. */
void worker_end(struct worker *w, enum worker_end end, const char *why);
/* Read the clocks. */
void worker_clock(struct worker *w);
/* One attempt to publish what waits; whether nothing waits any more. */
bool worker_publish(struct worker *w);

/* ---- clients.c: store, sink and source ---- */

/* Open what is not open; false: not yet, or never (the loop ends). */
bool clients_open(struct worker *w);
/* After a fatal error: all tasks are forgotten, both are opened anew. */
void clients_rebuild(struct worker *w, const char *why);
void clients_close(struct worker *w);
/* End by a cause: DENIED for AUTH, NEEDS_PERSON for CONFIG and TOPIC. */
void worker_end_by(struct worker *w, enum cause cause, const char *why);
/* Drain the clients' logs. */
void clients_log(struct worker *w);

/* ---- seats.c: membership and claims ---- */

void seats_membership(struct worker *w, const struct membership *m);
/* Claim what is to be claimed. */
void seats_claim(struct worker *w);
/* Forget a task; it is claimed anew, if the group still gives it to us. */
void seat_forget(struct worker *w, struct seat *seat);
void seats_forget_all(struct worker *w);
void seats_free(struct worker *w);

/* ---- fates.c: what became of the tasks in a turn ---- */

void fates_handle(struct worker *w, enum outcome published);

/* ---- frontiers.c: ends, barriers, adoption, `until` ---- */

void frontiers_ask(struct worker *w);
/* Whether every task has run to `until`. */
bool frontiers_finished(struct worker *w);

/* ---- upkeep.c: offsets, epochs, gauges ---- */

void upkeep(struct worker *w);
/* At the end: tell Kafka of what it does not know yet. */
void upkeep_tell_all(struct worker *w);

#endif
