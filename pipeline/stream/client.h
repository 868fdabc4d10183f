#ifndef PIPELINE_STREAM_CLIENT_H
#define PIPELINE_STREAM_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/duration.h"
#include "pipeline/base/outcome.h"
#include "pipeline/base/span.h"

/* What source, sink and cluster have in common: settings, causes, log lines. */

/* A property of librdkafka as the operator wrote it; NUL-terminated. */
struct property {
	const char *name;
	const char *value;
};

/*
 * May an operator set this property?
 *
 * DONE    librdkafka knows it and takes the value
 * REJECT  in words: unknown, a bad value, one that the program itself sets
 *         (group.id, enable.auto.commit, …), or one that breaks exactly-once
 *         (isolation.level=read_uncommitted, group.protocol=consumer, …)
 */
enum outcome property_check(
    const struct property *property, struct failure *why) MUST_CHECK;

/* Where the brokers are and how to talk to them; texts are copied at open. */
struct client_options {
	const char *brokers; /* "host:port,host:port" */
	const struct property *properties;
	size_t n_properties;
};

/*
 * Why a call did not end in DONE, for the one who chooses between waiting,
 * building the client anew and an exit code.
 */
enum cause {
	CAUSE_NONE,
	CAUSE_AWAY,   /* no answer, or "not now": the same call may work  */
	CAUSE_OWNER,  /* another member owns the partitions               */
	CAUSE_SIZE,   /* a message is larger than the client or topic takes */
	CAUSE_RECORD, /* the broker refuses a message: timestamp, key, policy */
	CAUSE_TOPIC,  /* a topic or partition does not exist              */
	CAUSE_POSITION, /* an offset is no longer, or not yet, in the log   */
	CAUSE_AUTH,     /* not authenticated, or not authorised: exit 77    */
	CAUSE_CONFIG,   /* a setting that the client or broker refuses: 78  */
	CAUSE_CLIENT,   /* beyond repair: close source and sink, open anew  */
};

/* For logs and metrics: "away", "owner", … */
const char *cause_name(enum cause cause);

enum {
	CLIENT_FACILITY_MAX = 32,
	CLIENT_LINE_MAX = 480,
};

/*
 * A line of librdkafka's own log, or an error that it reports beside the
 * calls.  One line, never payload.
 */
struct client_line {
	int severity; /* as syslog: 0 emergency … 7 debug  */
	char facility[CLIENT_FACILITY_MAX]; /* librdkafka's tag or error name */
	char text[CLIENT_LINE_MAX];
};

/*
 * A committed, or to be committed, position of one partition.  Topics are
 * named, not numbered: they may be ones that are no longer configured.
 */
struct topic_offset {
	struct span topic;
	int32_t partition;
	int64_t offset;       /* OFFSET_NONE: nothing is committed */
	struct span metadata; /* empty: none                       */
};

#define OFFSET_NONE ((int64_t)-1)

#endif
