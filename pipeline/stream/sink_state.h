#ifndef PIPELINE_STREAM_SINK_STATE_H
#define PIPELINE_STREAM_SINK_STATE_H

#include "pipeline/stream/kafka.h"
#include "pipeline/stream/sink.h"

/* The inside of a sink, for the files of this layer. */

struct output {
	char *name;
	rd_kafka_topic_t *topic;
};

enum phase {
	PHASE_NONE,       /* no transaction is open                      */
	PHASE_OFFSETS,    /* all messages are with the client            */
	PHASE_COMMITTING, /* a commit was sent, its answer is not known   */
	PHASE_ABORTING,   /* it has to be aborted before another can begin */
};

struct sink {
	struct handle handle;
	enum delivery delivery;
	bool initialised; /* the transactional id is ours */
	bool started;

	struct output *outputs; /* every topic that was written to */
	size_t n_outputs;

	/*
	 * What became of each message of the publication at hand, written by
	 * the delivery callback.  It does not move while a message is on its
	 * way.
	 */
	rd_kafka_resp_err_t *reports;
	size_t n_reports;
	size_t room;

	enum phase phase;
	uint64_t serial; /* of the publication at hand */
	/*
	 * The broker refused a whole batch of messages: the next try sends each
	 * alone, to learn which one it was.
	 */
	bool alone;
};

/* The topic's handle, made at first use; NULL if no topic can be named so. */
rd_kafka_topic_t *sink_output(struct sink *sink, struct span name);

/* Begin to count reports of n messages. */
void reports_begin(struct sink *sink, size_t n);
/*
 * Hand messages[i] to the client, waiting for room in its queue.
 * NO_ERROR, or why not; __QUEUE_FULL when the deadline passed.
 */
rd_kafka_resp_err_t message_enqueue(struct sink *sink,
    const struct publication *publication, size_t i, struct deadline deadline);
/*
 * All messages, up to the first that is not taken.  When each goes alone, its
 * report is waited for.
 */
rd_kafka_resp_err_t messages_enqueue(struct sink *sink,
    const struct publication *publication, struct deadline deadline);
/*
 * The worst that the reports say: CAUSE_NONE when each message was delivered
 * or is on its way.  Of SIZE and RECORD, result->refused is the message, if it
 * can be told; else the sink has made a note to find out, and it is AWAY.
 */
enum cause reports_read(struct sink *sink, struct published *result);

#endif
