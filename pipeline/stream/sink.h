#ifndef PIPELINE_STREAM_SINK_H
#define PIPELINE_STREAM_SINK_H

#include "pipeline/base/record.h"
#include "pipeline/stream/client.h"

/*
 * A worker's producer: what `publish` sees of Kafka.  One thread.
 */
struct sink;
struct member; /* source_member, pipeline/stream/source.h */

enum delivery {
	DELIVERY_EXACTLY_ONCE, /* one transaction a publication, with offsets */
	DELIVERY_AT_LEAST_ONCE, /* an idempotent producer, no offsets         */
};

struct sink_options {
	struct client_options client;
	enum delivery delivery;
	const char *group; /* transactional.id is <group>-<instance>-<worker> */
	const char *instance;
	int worker;
	/* Output topics, whose metadata sink_start fetches. */
	const char *const *topics;
	size_t n_topics;
	/*
	 * The smallest max.message.bytes of the output topics, or 0 if unknown:
	 * larger batches of messages would be refused whole.
	 */
	int64_t max_message_bytes;
	duration_ms transaction_timeout; /* 0: 8 s; below session_timeout */
};

/*
 * Build the client; asks no broker.
 *
 * DONE   *ret is the caller's, to close
 * FATAL  a setting is refused, in words
 */
enum outcome sink_open(const struct sink_options *options, struct sink **ret,
    struct failure *why) MUST_CHECK;
/* NULL is legal.  What was not published is not published. */
void sink_close(struct sink *sink);

/*
 * Once, before the source is opened: takes over the transactional id, which
 * ends a transaction that a former process left hanging, and fetches the
 * output topics' metadata.
 *
 * DONE   ready to publish
 * RETRY  no answer within timeout; call again, it goes on
 * FATAL  *cause: AUTH, CONFIG (exit), or CLIENT (close and open anew)
 */
enum outcome sink_start(struct sink *sink, duration_ms timeout,
    enum cause *cause, struct failure *why) MUST_CHECK;

/* What is published together. */
struct publication {
	/*
	 * Its number: another for another content, the same when the same
	 * content is tried again.
	 */
	uint64_t serial;
	const struct message *messages;
	size_t n_messages;
	/*
	 * Offsets to commit in the same transaction, each >= 0 (others would be
	 * left out silently), and who commits them.  Exactly once only.
	 */
	const struct topic_offset *offsets;
	size_t n_offsets;
	const struct member *member;
};

/* What became of it, beside the outcome. */
struct published {
	enum cause cause;
	size_t refused; /* of REJECT: index of the message */
};

/*
 * All or nothing (at least once: all, or again).
 *
 * DONE    published, and the offsets committed; also when an earlier call for
 *         the same serial had ended in RETRY with its end unknown
 * RETRY   not published, or its end is not known yet; nothing that a
 *         read_committed consumer sees.  Poll the source, then call again with
 *         the same content and serial (or, when the tasks are lost, with
 *         another's: the old one is ended first)
 * REJECT  messages[result->refused] is too large for client or topic (cause
 *         SIZE): nothing is published; replace it and call again with a new
 *         serial
 * FENCED  another member owns the partitions: drop the tasks; the sink is fine
 * FATAL   *cause AUTH or TOPIC (an output topic is gone): not published, the
 *         sink is fine; CLIENT: close sink and source, open them anew, and
 *         claim the tasks (whether it was published, the claim finds out)
 */
enum outcome sink_publish(struct sink *sink,
    const struct publication *publication, duration_ms timeout,
    struct published *result, struct failure *why) MUST_CHECK;

/* Whether a transaction is still open whose end is not known. */
bool sink_unsettled(const struct sink *sink);

/* The client's next log line; to be asked until false, each turn. */
bool sink_log(struct sink *sink, struct client_line *ret);

#endif
