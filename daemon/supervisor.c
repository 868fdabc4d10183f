/*
 * One thread looks at the topics and then starts the workers, so that neither
 * the main thread nor a probe waits for a Kafka that is away.  When one worker
 * cannot go on, all are stopped: a process that does half of its work looks
 * healthy and is not.
 */
#include "daemon/supervisor.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/monotonic.h"
#include "daemon/route.h"
#include "daemon/settings.h"
#include "daemon/topics.h"
#include "daemon/worker_log.h"
#include "pipeline/base/check.h"

enum {
	/* librdkafka's message.max.bytes: outputs beyond it are refused. */
	CLIENT_MESSAGE_MAX = 1000 * 1000,
	TOKEN_BYTES = 8,
	TOKEN_ROOM = 2 * TOKEN_BYTES + 1,
};

/* A worker and its thread. */
struct seat {
	struct supervisor *supervisor;
	struct worker_config config;
	pthread_t thread;
	/* Written by the thread, before `ended`. */
	enum worker_end end;
	struct failure why;
	atomic_bool ended;
};

struct supervisor {
	const struct config *config;
	struct arena *arena; /* of the starter, then of nobody */
	wall_ms until;
	struct route route;
	char token[TOKEN_ROOM];
	atomic_bool stop;
	int ended; /* eventfd */

	/* The starter's, until `started` or `starter_ended`. */
	pthread_t starter;
	enum exit_code starter_code;
	atomic_bool started;
	atomic_bool starter_ended;

	struct seat *seats;
	struct worker_stats **stats;
	size_t n;

	/* The main thread's. */
	struct worker_view *views;
	int64_t *store_seen; /* monotonic ms; -1: never */
	int64_t *kafka_seen;
};

/* ---- the starter's thread, and the workers' ---- */

static void
tell_ended(const struct supervisor *s)
{
	const uint64_t one = 1;

	(void)!write(s->ended, &one, sizeof one);
}

static void
log_end(const struct seat *seat)
{
	if (seat->end == WORKER_STOPPED)
		return;
	log_say(LEVEL_ERROR, "worker ended",
	    LOG_FIELDS(log_int("worker", seat->config.number),
		log_text("error.message", seat->why.text)));
}

static void *
run_seat(void *context)
{
	struct seat *seat = context;
	struct supervisor *s = seat->supervisor;

	seat->end = worker_run(
	    &seat->config, s->stats[seat->config.number], &s->stop, &seat->why);
	log_end(seat);
	if (seat->end != WORKER_STOPPED)
		atomic_store(&s->stop, true);
	atomic_store(&seat->ended, true);
	tell_ended(s);
	return (NULL);
}

static void
set_token(struct supervisor *s)
{
	unsigned char random[TOKEN_BYTES];

	CHECK(getrandom(random, sizeof random, 0) == (ssize_t)sizeof random);
	for (size_t i = 0; i < TOKEN_BYTES; i++)
		(void)snprintf(s->token + 2 * i, 3, "%02x", random[i]);
}

static struct worker_config
worker_config_of(struct supervisor *s, size_t number, int64_t message_max)
{
	const struct daemon_config *d = s->config->daemon;
	const struct advanced_config *a = &d->advanced;

	return ((struct worker_config){
	    .number = (int)number,
	    .edition = s->config->edition,
	    .route = &s->route,
	    .tenant = a->tenant,
	    .client = settings_client(s->arena, &d->kafka),
	    .group = arena_span(s->arena, d->kafka.group).at,
	    .instance = settings_instance(s->arena, a).at,
	    .exactly_once = a->delivery == DELIVERY_EXACTLY_ONCE,
	    .start_latest = d->kafka.start == START_LATEST,
	    .max_message_bytes = message_max > 0 ? message_max : 0,
	    .store = settings_store(s->arena, &d->store),
	    .stream_clock = a->clock == CLOCK_STREAM,
	    .first_live = a->on_first_start == FIRST_LIVE,
	    .settle = a->settle,
	    .live_within = a->live_within,
	    .max_delay = a->batch.max_delay,
	    .offset_interval = a->offset_interval,
	    .until = s->until,
	    .batch_max = (size_t)a->batch.max_records,
	    .token = s->token,
	    .listener = worker_log_of(&s->seats[number].config.number),
	});
}

static void
start_workers(struct supervisor *s, int64_t message_max)
{
	route_of(s->arena, &s->config->daemon->kafka, &s->route);
	s->route.message_max = CLIENT_MESSAGE_MAX;
	if (message_max > 0 && message_max < CLIENT_MESSAGE_MAX)
		s->route.message_max = (size_t)message_max;
	for (size_t i = 0; i < s->n; i++) {
		struct seat *seat = &s->seats[i];

		seat->supervisor = s;
		seat->config = worker_config_of(s, i, message_max);
	}
	for (size_t i = 0; i < s->n; i++)
		CHECK(pthread_create(&s->seats[i].thread, NULL, run_seat,
			  &s->seats[i]) == 0);
	atomic_store(&s->started, true);
}

static enum exit_code
code_of_cause(enum outcome outcome, enum cause cause)
{
	if (outcome == RETRY)
		return (EXIT_OK); /* stopped before Kafka answered */
	return (cause == CAUSE_AUTH ? EXIT_DENIED : EXIT_CONFIG);
}

static void *
run_starter(void *context)
{
	struct supervisor *s = context;
	struct topics_found found;
	struct failure why;
	enum cause cause;
	enum outcome outcome =
	    topics_prepare(s->config, s->arena, &s->stop, &found, &cause, &why);

	if (outcome == DONE) {
		start_workers(s, found.message_max);
	} else {
		if (outcome != RETRY)
			log_say(LEVEL_ERROR, "topics cannot be used",
			    LOG_FIELDS(log_text("error.message", why.text)));
		s->starter_code = code_of_cause(outcome, cause);
	}
	atomic_store(&s->starter_ended, true);
	tell_ended(s);
	return (NULL);
}

/* ---- the main thread ---- */

struct supervisor *
supervisor_new(const struct config *config, wall_ms until)
{
	struct supervisor *s = calloc(1, sizeof *s);
	size_t n = (size_t)config->daemon->workers;

	CHECK(s != NULL);
	s->config = config;
	s->arena = arena_new();
	s->until = until;
	s->n = n;
	s->seats = calloc(n, sizeof *s->seats);
	s->stats = calloc(n, sizeof(struct worker_stats *));
	s->views = calloc(n, sizeof *s->views);
	s->store_seen = calloc(n, sizeof *s->store_seen);
	s->kafka_seen = calloc(n, sizeof *s->kafka_seen);
	CHECK(s->seats != NULL && s->stats != NULL && s->views != NULL &&
	      s->store_seen != NULL && s->kafka_seen != NULL);
	for (size_t i = 0; i < n; i++) {
		s->stats[i] = worker_stats_new(
		    config->schema->n_streams, config->edition->n_rules);
		s->store_seen[i] = s->kafka_seen[i] = -1;
	}
	set_token(s);
	s->ended = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	CHECK(s->ended >= 0);
	CHECK(pthread_create(&s->starter, NULL, run_starter, s) == 0);
	return (s);
}

void
supervisor_free(struct supervisor *s)
{
	if (s == NULL)
		return;
	(void)pthread_join(s->starter, NULL);
	for (size_t i = 0; i < s->n; i++) {
		if (atomic_load(&s->started))
			(void)pthread_join(s->seats[i].thread, NULL);
		worker_stats_free(s->stats[i]);
	}
	(void)close(s->ended);
	free(s->kafka_seen);
	free(s->store_seen);
	free(s->views);
	free(s->stats);
	free(s->seats);
	arena_free(s->arena);
	free(s);
}

int
supervisor_descriptor(const struct supervisor *s)
{
	return (s->ended);
}

/* How long ago something was there: 1 now, 0 away, -1 not known yet. */
static duration_ms
age_of(const gauge *there, int64_t *seen, int64_t now)
{
	if (atomic_load_explicit(there, memory_order_relaxed) == 1)
		*seen = now;
	return (*seen < 0 ? -1 : now - *seen);
}

/* Before its first turn a worker waits for Kafka, which is no fault of it. */
static duration_ms
turn_age(const struct worker_stats *stats, int64_t now)
{
	int64_t at =
	    atomic_load_explicit(&stats->turn_at, memory_order_relaxed);

	return (at == 0 || at > now ? 0 : now - at);
}

void
supervisor_look(struct supervisor *s, struct health_view *view)
{
	int64_t now = monotonic_ms();

	*view = (struct health_view){.workers = s->views,
	    .n = s->n,
	    .draining = atomic_load(&s->stop),
	    .failed =
		atomic_load(&s->starter_ended) && s->starter_code != EXIT_OK};
	for (size_t i = 0; i < s->n; i++) {
		const struct worker_stats *stats = s->stats[i];
		bool ended = atomic_load(&s->seats[i].ended);

		s->views[i] = (struct worker_view){
		    /* One that has ended turns no more, and need not. */
		    .turn_age = ended ? 0 : turn_age(stats, now),
		    .store_age =
			age_of(&stats->store_there, &s->store_seen[i], now),
		    .kafka_age =
			age_of(&stats->kafka_there, &s->kafka_seen[i], now),
		    .joined = atomic_load_explicit(
				  &stats->joined, memory_order_relaxed) != 0,
		    .input_missing = atomic_load_explicit(&stats->input_missing,
					 memory_order_relaxed) != 0,
		    .leapt = atomic_load_explicit(
				 &stats->turn_at, memory_order_relaxed) != 0 &&
			     atomic_load_explicit(&stats->clock_steady,
				 memory_order_relaxed) == 0,
		};
		if (ended && s->seats[i].end != WORKER_STOPPED)
			view->failed = true;
	}
}

struct worker_stats *const *
supervisor_stats(const struct supervisor *s)
{
	return (s->stats);
}

void
supervisor_stop(struct supervisor *s)
{
	atomic_store(&s->stop, true);
}

bool
supervisor_finished(const struct supervisor *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (atomic_load_explicit(
			&s->stats[i]->finished, memory_order_relaxed) == 0)
			return (false);
	return (true);
}

static enum exit_code
code_of_end(enum worker_end end)
{
	static const enum exit_code codes[] = {
	    [WORKER_STOPPED] = EXIT_OK,
	    [WORKER_DENIED] = EXIT_DENIED,
	    [WORKER_NEEDS_PERSON] = EXIT_CONFIG,
	    [WORKER_FAILED] = EXIT_INTERNAL,
	};

	return (codes[end]);
}

bool
supervisor_over(const struct supervisor *s, enum exit_code *ret)
{
	enum exit_code code = EXIT_OK;

	if (!atomic_load(&s->starter_ended))
		return (false);
	if (!atomic_load(&s->started)) {
		*ret = s->starter_code;
		return (true);
	}
	for (size_t i = 0; i < s->n; i++) {
		if (!atomic_load(&s->seats[i].ended))
			return (false);
		if (code == EXIT_OK)
			code = code_of_end(s->seats[i].end);
	}
	*ret = code;
	return (true);
}
