#include "daemon/demo_feed.h"

#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/stream/sink.h"

enum {
	START_MS = 5000,
	PUBLISH_MS = 1000,
	TRIES = 20,
	TOPICS_MAX = 16,
};

struct demo_feed {
	struct demo_feed_options options;
	struct sink *sink;
	struct arena *arena;
	uint64_t serial;
};

enum outcome
demo_feed_open(const struct demo_feed_options *options, struct demo_feed **ret,
    struct failure *why)
{
	const char *topics[TOPICS_MAX];
	struct demo_feed *feed = calloc(1, sizeof *feed);
	struct sink_options sink = {.client = {.brokers = options->brokers},
	    .delivery = DELIVERY_AT_LEAST_ONCE,
	    .group = "shop",
	    .instance = "generator",
	    .topics = topics,
	    .n_topics = options->schema->n_streams};
	enum cause cause;
	enum outcome outcome;

	CHECK(feed != NULL && options->schema->n_streams <= TOPICS_MAX);
	feed->options = *options;
	feed->arena = arena_new();
	for (size_t i = 0; i < options->schema->n_streams; i++)
		topics[i] =
		    arena_span(feed->arena, options->schema->streams[i].topic)
			.at;
	outcome = sink_open(&sink, &feed->sink, why);
	if (outcome == DONE)
		outcome = sink_start(feed->sink, START_MS, &cause, why);
	if (outcome != DONE) {
		demo_feed_close(feed);
		return (FATAL);
	}
	*ret = feed;
	return (DONE);
}

void
demo_feed_close(struct demo_feed *feed)
{
	if (feed == NULL)
		return;
	sink_close(feed->sink);
	arena_free(feed->arena);
	free(feed);
}

static enum outcome
publish(struct demo_feed *feed, const struct message *messages, size_t n,
    struct failure *why)
{
	const struct publication publication = {
	    .serial = ++feed->serial, .messages = messages, .n_messages = n};
	struct published result;
	enum outcome outcome = RETRY;

	for (int i = 0; i < TRIES && outcome == RETRY; i++)
		outcome = sink_publish(
		    feed->sink, &publication, PUBLISH_MS, &result, why);
	return (outcome == DONE ? DONE : FATAL);
}

enum outcome
demo_feed_send(struct demo_feed *feed, wall_ms until, size_t max, size_t *n,
    struct failure *why)
{
	const struct schema *schema = feed->options.schema;
	struct message *messages;
	struct generated record;

	*n = 0;
	arena_reset(feed->arena);
	messages = ARENA_ARRAY(feed->arena, max, struct message);
	while (*n < max && generator_next(feed->options.generator, until,
			       feed->arena, &record)) {
		int stream = schema_stream(schema, record.stream);

		CHECK(stream != NO_FIELD);
		messages[(*n)++] =
		    (struct message){.topic = schema->streams[stream].topic,
			.key = record.key,
			.value = record.value,
			.timestamp = record.arrived};
		if (record.persona >= 0)
			feed->options.on_persona(
			    feed->options.context, &record);
	}
	return (*n == 0 ? DONE : publish(feed, messages, *n, why));
}
