/*
 * A worker's handles: store, sink, source, opened in this order, because a
 * producer must have ended what its former life left open before its consumer
 * joins the group.
 */
#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/worker_state.h"

enum {
	START_MS = 1000,   /* one attempt to start the producer */
	ATTEMPT_MS = 2000, /* one attempt to publish            */
	FATAL_MAX = 2,
};

void
worker_end_by(struct worker *w, enum cause cause, const char *why)
{
	switch (cause) {
	case CAUSE_AUTH:
		worker_end(w, WORKER_DENIED, why);
		break;
	case CAUSE_CONFIG:
	case CAUSE_TOPIC:
	case CAUSE_POSITION:
		worker_end(w, WORKER_NEEDS_PERSON, why);
		break;
	case CAUSE_CLIENT:
		clients_rebuild(w, why);
		break;
	case CAUSE_NONE:
	case CAUSE_AWAY:
	case CAUSE_OWNER:
	case CAUSE_SIZE:
	case CAUSE_RECORD:
		worker_end(w, WORKER_FAILED, why);
		break;
	}
}

static void
set_there(struct worker *w, gauge *there, bool is, const char *message,
    const char *detail)
{
	int64_t was = atomic_exchange_explicit(there, is, memory_order_relaxed);

	if (was != (int64_t)is)
		worker_say(
		    w, is ? WORKER_INFO : WORKER_WARNING, message, -1, detail);
}

static bool
open_store(struct worker *w)
{
	struct store_options options = w->config->store;
	struct store_notice notice;
	struct failure why;

	if (w->store != NULL)
		return (true);
	arena_reset(w->arena);
	options.name =
	    arena_print(w->arena, "kithd-worker-%d", w->config->number).at;
	switch (store_open_redis(&options, &w->store, &notice, &why)) {
	case DONE:
		set_there(
		    w, &w->stats->store_there, true, "store: connected", NULL);
		if (notice.warning.text[0] != '\0')
			worker_say(w, WORKER_WARNING, "store: warning", -1,
			    notice.warning.text);
		w->p.store = w->store;
		return (true);
	case RETRY:
		set_there(
		    w, &w->stats->store_there, false, "store: away", why.text);
		return (false);
	case REJECT:
	case FENCED:
	case FATAL:
		break;
	}
	worker_end(
	    w, notice.denied ? WORKER_DENIED : WORKER_NEEDS_PERSON, why.text);
	return (false);
}

/* The topics that are written to. */
static size_t
output_topics(struct worker *w, const char **ret)
{
	const struct route *route = w->config->route;
	struct span named[] = {
	    route->triggers, route->suppressed, route->dead_letters};
	size_t n = 0;

	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
		if (named[i].length > 0)
			ret[n++] = arena_span(w->arena, named[i]).at;
	}
	for (size_t i = 0; i < route->n_types; i++)
		ret[n++] = arena_span(w->arena, route->types[i].topic).at;
	return (n);
}

static bool
open_sink(struct worker *w)
{
	enum { TOPICS = 3 };
	const struct worker_config *config = w->config;
	struct sink_options options = {.client = config->client,
	    .delivery = config->exactly_once ? DELIVERY_EXACTLY_ONCE
					     : DELIVERY_AT_LEAST_ONCE,
	    .group = config->group,
	    .instance = config->instance,
	    .worker = config->number,
	    .max_message_bytes = config->max_message_bytes};
	const char **topics;
	struct failure why;

	if (w->sink != NULL)
		return (true);
	arena_reset(w->arena);
	topics = ARENA_ARRAY(
	    w->arena, TOPICS + config->route->n_types, const char *);
	options.topics = topics;
	options.n_topics = output_topics(w, topics);
	if (sink_open(&options, &w->sink, &why) == DONE)
		return (true);
	worker_end(w, WORKER_NEEDS_PERSON, why.text);
	return (false);
}

static bool
start_sink(struct worker *w)
{
	enum cause cause = CAUSE_NONE;
	struct failure why;

	if (w->sink_started)
		return (true);
	switch (sink_start(w->sink, START_MS, &cause, &why)) {
	case DONE:
		set_there(
		    w, &w->stats->kafka_there, true, "kafka: connected", NULL);
		kafka_outlet_init(&w->outlet, w->sink, ATTEMPT_MS);
		w->p.outlet = &w->outlet.outlet;
		w->sink_started = true;
		return (true);
	case RETRY:
		set_there(
		    w, &w->stats->kafka_there, false, "kafka: away", why.text);
		return (false);
	case REJECT:
	case FENCED:
	case FATAL:
		break;
	}
	worker_end_by(w, cause, why.text);
	return (false);
}

static bool
open_source(struct worker *w)
{
	const struct worker_config *config = w->config;
	const struct schema *schema = config->edition->schema;
	struct source_options options = {.client = config->client,
	    .group = config->group,
	    .instance = config->instance,
	    .worker = config->number,
	    .n_topics = schema->n_streams};
	const char **topics;
	struct failure why;

	if (w->source != NULL)
		return (true);
	arena_reset(w->arena);
	topics = ARENA_ARRAY(w->arena, schema->n_streams, const char *);
	for (size_t i = 0; i < schema->n_streams; i++)
		topics[i] = arena_span(w->arena, schema->streams[i].topic).at;
	options.topics = topics;
	if (source_open(&options, &w->source, &why) != DONE) {
		worker_end(w, WORKER_NEEDS_PERSON, why.text);
		return (false);
	}
	kafka_feed_init(&w->feed, w->source);
	w->p.work.feed = &w->feed.feed;
	return (true);
}

bool
clients_open(struct worker *w)
{
	return (
	    open_store(w) && open_sink(w) && start_sink(w) && open_source(w));
}

static void
drain_log(struct worker *w, bool (*next)(void *handle, struct client_line *),
    void *handle)
{
	const struct worker_listener *listener = &w->config->listener;
	struct client_line line;

	while (handle != NULL && next(handle, &line)) {
		if (listener->client != NULL)
			listener->client(listener->context, &line);
	}
}

static bool
next_of_source(void *handle, struct client_line *line)
{
	return (source_log(handle, line));
}

static bool
next_of_sink(void *handle, struct client_line *line)
{
	return (sink_log(handle, line));
}

void
clients_log(struct worker *w)
{
	drain_log(w, next_of_source, w->source);
	drain_log(w, next_of_sink, w->sink);
}

void
clients_close(struct worker *w)
{
	clients_log(w);
	seats_forget_all(w);
	source_close(w->source);
	sink_close(w->sink);
	w->source = NULL;
	w->sink = NULL;
	w->sink_started = false;
}

void
clients_rebuild(struct worker *w, const char *why)
{
	worker_say(w, WORKER_ERROR, "kafka: the client has failed", -1, why);
	counter_add(&w->stats->rebuilds, 1);
	if (++w->fatal_in_a_row >= FATAL_MAX) {
		worker_end(w, WORKER_FAILED, why);
		return;
	}
	clients_close(w);
}
