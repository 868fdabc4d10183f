#ifndef PIPELINE_LAB_BACKTEST_H
#define PIPELINE_LAB_BACKTEST_H

#include "pipeline/base/buffer.h"
#include "pipeline/rule/edition.h"
#include "pipeline/stats.h"
#include "pipeline/task/route.h"

/*
 * Run an edition over history: the loop of `kithd run` on files in place of
 * Kafka, a store in memory, and time that moves by records (clock: stream).
 */
struct backtest_options {
	const struct edition *edition;
	const struct route *route;
	struct span tenant;
	duration_ms live_within;
	/* NDJSON, in merge order: one after the other is one history.
	   "-": standard input. */
	const char *const *files;
	size_t n_files;
	/* At the end time moves on to here, and timers up to it run;
	   INSTANT_BEFORE: they wait. */
	wall_ms until;
	size_t batch; /* records and due customers at once; 0: 2000 */
	/* Each message that is published; NULL: only counted.  Its bytes are
	   gone when it returns. */
	void (*on_message)(void *context, const struct message *message);
	void *context;
};

/*
 * stats is made with stats_new for the edition's streams and rules.
 *
 * DONE    to the end
 * REJECT  a line of a file is no record, or of a stream that the schema lacks:
 *         why names file and line (exit 65)
 * FATAL   a file cannot be read (exit 66), or a bug
 */
enum outcome backtest_run(const struct backtest_options *options,
    struct stats *stats, struct failure *why) MUST_CHECK;

/*
 * A message as one line of NDJSON, with its end: {"topic", "key", "value"},
 * where value is the message's, which is JSON; null where it is empty.
 */
void message_print(struct buffer *b, const struct message *message);

#endif
