#ifndef PIPELINE_EVENT_DEAD_LETTER_H
#define PIPELINE_EVENT_DEAD_LETTER_H

#include "pipeline/base/arena.h"
#include "pipeline/base/record.h"
#include "pipeline/event/decode.h"

/* A record that can never be read, on its way out of the pipeline. */
struct dead_letter {
	const struct record *record;
	struct span stream_topic; /* where the record lay */
	enum dead_reason reason;
	const struct failure *why;
};

/*
 * The most that a message takes in a Kafka batch of its own: its key, its
 * value, names and values of its headers; 20 bytes for the lengths of each
 * header, as librdkafka counts them; and 128 for the frames of the batch (61)
 * and of the record (at most 36).
 */
size_t message_wire_size(const struct message *message);

/*
 * The message for the dead-letter topic: key, value, headers and timestamp of
 * the record, and behind its headers
 *
 *	__connect.errors.topic, .partition, .offset   where the record lay
 *	__connect.errors.exception.class.name         "kith." and the reason
 *	__connect.errors.exception.message            why, in words
 *	kith_reason                                   "wrong_type"
 *
 * (the names that Kafka Connect gives them, so its tools can read the topic).
 * A message over `limit` bytes goes without its payload: its value is empty,
 * the record's headers are left out, its key too if even that is too much; and
 * the header `kith_truncated: true` says so.  A limit of 0 keeps the payload
 * out of every dead letter.
 *
 * The message refers to the record's bytes and lives as long as they do.
 */
struct message dead_letter_encode(struct arena *arena,
    const struct dead_letter *letter, struct span topic, size_t limit);

#endif
