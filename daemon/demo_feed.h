#ifndef DAEMON_DEMO_FEED_H
#define DAEMON_DEMO_FEED_H

#include "pipeline/event/schema.h"
#include "pipeline/lab/generator.h"

/*
 * The generator's records on their way into Kafka, with the time of their
 * arrival as their timestamps.
 */
struct demo_feed;

struct demo_feed_options {
	const char *brokers;
	const struct schema *schema;
	struct generator *generator;
	/* Told of each record of a persona that is sent; valid during the
	   call. */
	void (*on_persona)(void *context, const struct generated *record);
	void *context;
};

/* DONE, or FATAL. */
enum outcome demo_feed_open(const struct demo_feed_options *options,
    struct demo_feed **ret, struct failure *why) MUST_CHECK;
/* NULL is legal. */
void demo_feed_close(struct demo_feed *feed);

/*
 * Send what arrives up to an instant, at most so many; *n is how many were
 * sent.
 *
 * DONE, or FATAL: Kafka does not take them.
 */
enum outcome demo_feed_send(struct demo_feed *feed, wall_ms until, size_t max,
    size_t *n, struct failure *why) MUST_CHECK;

#endif
