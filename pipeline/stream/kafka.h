#ifndef PIPELINE_STREAM_KAFKA_H
#define PIPELINE_STREAM_KAFKA_H

#include <stdlib.h>

#include <librdkafka/rdkafka.h>

#include "pipeline/base/instant.h"
#include "pipeline/stream/client.h"

/* What the files of this layer share around librdkafka; not for others. */

/* Of an error code: what its receiver is to do.  NO_ERROR is CAUSE_NONE. */
enum cause cause_of(rd_kafka_resp_err_t err);
/* RETRY for what passes by itself, FENCED for OWNER, FATAL for the rest. */
enum outcome cause_outcome(enum cause cause);

/* An instant of the monotonic clock by which a call must be over. */
struct deadline {
	int64_t at_ms;
};

struct deadline deadline_in(duration_ms timeout);
/* Milliseconds left, 0 if none: what librdkafka's calls take. */
int deadline_left(struct deadline deadline);

enum { NOTES_MAX = 16 };

/*
 * A client of librdkafka with its log: lines that wait in its queue, and
 * errors beside the calls, of which the newest are kept.
 */
struct handle {
	rd_kafka_t *rk;
	rd_kafka_queue_t *log;
	struct client_line notes[NOTES_MAX];
	unsigned first_note;
	unsigned n_notes;
	bool lost; /* all brokers were, at some time; cleared by who asks */
};

/*
 * Consumes conf, also when it fails; conf's opaque becomes the handle.
 *
 * DONE, or FATAL: librdkafka refuses the settings, in words.
 */
enum outcome handle_open(struct handle *handle, rd_kafka_type_t type,
    rd_kafka_conf_t *conf, struct failure *why) MUST_CHECK;
/* Legal on a handle that is not open; leaves no group and waits for none. */
void handle_close(struct handle *handle);
/* Keep an error for handle_line. */
void handle_note(
    struct handle *handle, rd_kafka_resp_err_t err, const char *text);
/* The next line; false when there is none. */
bool handle_line(struct handle *handle, struct client_line *ret);

enum role {
	ROLE_CONSUMER, /* member of the group               */
	ROLE_QUERY,    /* asks and reads nothing; any state  */
	ROLE_PRODUCER,
};

/*
 * A configuration: the role's defaults, the operator's properties over them,
 * then what is not theirs to set.
 *
 * DONE   *ret is the caller's
 * FATAL  a property is refused, in words
 */
enum outcome settings_new(enum role role, const struct client_options *options,
    rd_kafka_conf_t **ret, struct failure *why) MUST_CHECK;
/* Set one that is ours.  DONE, or FATAL with librdkafka's words. */
enum outcome settings_set(rd_kafka_conf_t *conf, const char *name,
    const char *value, struct failure *why) MUST_CHECK;
/* The same with a printed value. */
enum outcome settings_print(rd_kafka_conf_t *conf, struct failure *why,
    const char *name, const char *fmt, ...) PRINTF(4, 5) MUST_CHECK;
/* A number that was set before; a bug if it is not one. */
int64_t settings_number(rd_kafka_conf_t *conf, const char *name);

/* A NUL-terminated copy on the heap; out of memory ends the process. */
char *text_copy(struct span text);
/* realloc that never fails. */
void *array_grow(void *array, size_t n, size_t size);

#endif
