/*
 * A worker's loop: membership first, then claims, then a turn of the pipeline,
 * then what became of it.  Whatever is away is waited for while the group is
 * polled, so that it keeps us.
 */
#include "pipeline/worker.h"

#include <stdlib.h>
#include <time.h>

#include "pipeline/base/check.h"
#include "pipeline/clock_shift.h"
#include "pipeline/publish.h"
#include "pipeline/worker_state.h"

enum {
	IDLE_MS = 100,    /* how long the loop sleeps when nothing calls it */
	AWAY_MS = 50,     /* between attempts at what is away               */
	DRAIN_MS = 10000, /* how long a stop waits for Kafka                */
	MS = 1000,
	NS_IN_MS = 1000 * 1000,
};

void
worker_say(const struct worker *w, enum worker_level level, const char *message,
    int task, const char *detail)
{
	const struct worker_listener *listener = &w->config->listener;
	struct worker_event event = {
	    .level = level, .message = message, .task = task, .detail = detail};

	if (listener->event != NULL)
		listener->event(listener->context, &event);
}

void
worker_end(struct worker *w, enum worker_end end, const char *why)
{
	if (w->ended)
		return;
	w->ended = true;
	w->end = end;
	(void)fail_with(&w->why, FATAL, "%s", why);
}

static int64_t
read_ms(clockid_t clock)
{
	struct timespec t;

	CHECK(clock_gettime(clock, &t) == 0);
	return (
	    (int64_t)t.tv_sec * MS + t.tv_nsec / NS_IN_MS + CLOCK_SHIFT(clock));
}

void
worker_clock(struct worker *w)
{
	struct guarded_time time;
	bool was = w->steady;

	w->now = read_ms(CLOCK_MONOTONIC);
	time = clock_guard_read(&w->guard, read_ms(CLOCK_REALTIME), w->now);
	w->p.work.wall = time.wall;
	w->steady = time.steady;
	atomic_store_explicit(&w->stats->turn_at, w->now, memory_order_relaxed);
	atomic_store_explicit(
	    &w->stats->clock_steady, w->steady, memory_order_relaxed);
	if (was && !w->steady)
		worker_say(w, WORKER_ERROR,
		    "the wall clock leapt: timers wait until it holds", -1,
		    NULL);
}

bool
worker_publish(struct worker *w)
{
	enum outcome outcome;

	if (!publication_waits(&w->p))
		return (true);
	outcome = pipeline_turn(&w->p, w->p.work.wall);
	fates_handle(w, outcome);
	return (!publication_waits(&w->p));
}

/* ---- a turn ---- */

static bool
any_ready(struct worker *w)
{
	for (size_t i = 0; i < w->p.n_tasks; i++) {
		if (task_ready(w->p.tasks[i], &w->p.work))
			return (true);
	}
	return (false);
}

static bool
any_tells(const struct worker *w)
{
	for (size_t i = 0; i < w->p.n_tasks; i++) {
		if (w->p.tasks[i]->tells)
			return (true);
	}
	return (false);
}

static duration_ms
until(const struct worker *w, int64_t at)
{
	duration_ms left = at - w->now;

	if (left < 0)
		return (0);
	return (left < IDLE_MS ? left : IDLE_MS);
}

/* How long the poll may sleep. */
static duration_ms
patience(const struct worker *w)
{
	if (publication_waits(&w->p))
		return (until(w, w->publish_at));
	if (w->store_at > w->now)
		return (until(w, w->store_at));
	if (w->p.full)
		return (0);
	if (w->ready_since >= 0)
		return (until(w, w->ready_since + w->config->max_delay));
	return (IDLE_MS);
}

/* Is it time for a turn of the pipeline? */
static bool
is_time(struct worker *w)
{
	if (publication_waits(&w->p))
		return (w->now >= w->publish_at);
	if (w->now < w->store_at)
		return (false);
	if (any_tells(w))
		return (true);
	if (!any_ready(w)) {
		w->ready_since = -1;
		w->p.full = false;
		return (false);
	}
	if (w->p.full)
		return (true);
	if (w->ready_since < 0)
		w->ready_since = w->now;
	return (w->now - w->ready_since >= w->config->max_delay);
}

static void
turn(struct worker *w)
{
	struct membership m;
	enum outcome outcome;

	source_poll(w->source, patience(w), &m);
	worker_clock(w);
	seats_membership(w, &m);
	clients_log(w);
	if (w->ended || w->source == NULL)
		return;
	seats_claim(w);
	if (w->ended || w->source == NULL)
		return;
	frontiers_ask(w);
	if (is_time(w)) {
		outcome = pipeline_turn(&w->p, w->p.work.wall);
		w->ready_since = -1;
		fates_handle(w, outcome);
	}
	if (w->source != NULL)
		upkeep(w);
}

static bool
stopping(const struct worker *w)
{
	return (atomic_load_explicit(w->stop, memory_order_relaxed));
}

/* While something is away, without a source to poll. */
static void
pause_briefly(void)
{
	struct timespec t = {.tv_nsec = (long)AWAY_MS * NS_IN_MS};

	(void)nanosleep(&t, NULL);
}

/* What is committed is published before we leave, if Kafka is there. */
static void
drain(struct worker *w)
{
	int64_t end = w->now + DRAIN_MS;

	if (w->source == NULL || w->ended)
		return;
	upkeep_tell_all(w);
	while (!w->ended && w->source != NULL && w->now < end &&
	       (any_tells(w) || publication_waits(&w->p))) {
		struct membership m;
		enum outcome outcome;

		w->p.draining = true;
		outcome = pipeline_turn(&w->p, w->p.work.wall);
		fates_handle(w, outcome);
		if (w->source == NULL)
			break;
		source_poll(w->source, AWAY_MS, &m);
		worker_clock(w);
		seats_membership(w, &m);
	}
}

static void
init(struct worker *w)
{
	const struct worker_config *config = w->config;
	const struct edition *edition = config->edition;

	w->arena = arena_new();
	w->ready_since = -1;
	w->steady = true;
	w->p.work = (struct work){.edition = edition,
	    .route = config->route,
	    .tenant = config->tenant,
	    .live_within = config->live_within,
	    .settle = config->settle,
	    .stream_clock = config->stream_clock,
	    .batch_max = config->batch_max,
	    .decoder = decoder_new(edition->schema),
	    .codec = {edition->schema, edition->program}};
	w->p.stats = w->stats->work;
	w->p.tells_offsets = config->exactly_once;
	pipeline_init(&w->p);
	worker_clock(w);
}

static void
done(struct worker *w)
{
	clients_close(w);
	store_close(w->store);
	pipeline_done(&w->p);
	decoder_free(w->p.work.decoder);
	arena_free(w->arena);
	seats_free(w);
}

enum worker_end
worker_run(const struct worker_config *config, struct worker_stats *stats,
    const atomic_bool *stop, struct failure *why)
{
	struct worker w = {.config = config,
	    .stats = stats,
	    .stop = stop,
	    .end = WORKER_STOPPED};

	init(&w);
	while (!w.ended && !stopping(&w)) {
		worker_clock(&w);
		if (clients_open(&w))
			turn(&w);
		else if (!w.ended)
			pause_briefly();
	}
	drain(&w);
	done(&w);
	if (w.end != WORKER_STOPPED)
		*why = w.why;
	return (w.end);
}
