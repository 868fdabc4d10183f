#include "daemon/demo_worker.h"

#include <pthread.h>
#include <stdlib.h>

#include "daemon/route.h"
#include "daemon/settings.h"
#include "daemon/worker_log.h"
#include "pipeline/base/check.h"

struct demo_worker {
	struct worker_config config;
	struct route route;
	struct worker_stats *stats;
	pthread_t thread;
	atomic_bool stop;
	/* Written by the thread, before `ended`. */
	enum worker_end end;
	struct failure why;
	atomic_bool ended;
};

static void *
work(void *context)
{
	struct demo_worker *worker = context;

	worker->end = worker_run(
	    &worker->config, worker->stats, &worker->stop, &worker->why);
	atomic_store(&worker->ended, true);
	return (NULL);
}

struct demo_worker *
demo_worker_new(const struct config *config, struct arena *arena)
{
	const struct daemon_config *d = config->daemon;
	const struct advanced_config *a = &d->advanced;
	struct demo_worker *worker = calloc(1, sizeof *worker);

	CHECK(worker != NULL);
	route_of(arena, &d->kafka, &worker->route);
	worker->stats = worker_stats_new(
	    config->edition->schema->n_streams, config->edition->n_rules);
	worker->config = (struct worker_config){.edition = config->edition,
	    .route = &worker->route,
	    .tenant = a->tenant,
	    .client = settings_client(arena, &d->kafka),
	    .group = arena_span(arena, d->kafka.group).at,
	    .instance = arena_span(arena, a->instance).at,
	    .exactly_once = a->delivery == DELIVERY_EXACTLY_ONCE,
	    .store = settings_store(arena, &d->store),
	    .stream_clock = a->clock == CLOCK_STREAM,
	    .first_live = a->on_first_start == FIRST_LIVE,
	    .settle = a->settle,
	    .live_within = a->live_within,
	    .max_delay = a->batch.max_delay,
	    .offset_interval = a->offset_interval,
	    .until = INSTANT_BEFORE,
	    .batch_max = (size_t)a->batch.max_records,
	    .token = "demo",
	    .listener = worker_log_of(&worker->config.number)};
	CHECK(pthread_create(&worker->thread, NULL, work, worker) == 0);
	return (worker);
}

void
demo_worker_free(struct demo_worker *worker)
{
	if (worker == NULL)
		return;
	atomic_store(&worker->stop, true);
	(void)pthread_join(worker->thread, NULL);
	worker_stats_free(worker->stats);
	free(worker);
}

bool
demo_worker_failed(const struct demo_worker *worker, struct failure *why)
{
	if (!atomic_load(&worker->ended))
		return (false);
	if (worker->end == WORKER_STOPPED)
		(void)fail_with(why, FATAL, "the worker has ended");
	else
		*why = worker->why;
	return (true);
}

const struct stats *
demo_worker_stats(const struct demo_worker *worker)
{
	return (worker->stats->work);
}
