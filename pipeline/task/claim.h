#ifndef PIPELINE_TASK_CLAIM_H
#define PIPELINE_TASK_CLAIM_H

#include "pipeline/store/store.h"
#include "pipeline/stream/client.h"
#include "pipeline/task/metadata.h"
#include "pipeline/task/outbox.h"

/*
 * What to do with a task that was just claimed: what Redis holds (R) beside
 * what Kafka was told (K).  Pure; README.md has the table.
 */

/* One of the configured topics, or of those that R names. */
struct claim_topic {
	struct span name;
	bool configured;
	/* What the brokers say now. */
	bool exists;
	int32_t partitions;
	int64_t log_start;
	int64_t log_end;
	int64_t stored;       /* R: the next offset, or OFFSET_NONE */
	int64_t committed;    /* K: the same */
	struct span metadata; /* K; empty: none */
};

/* A topic that an entry of the outbox goes to. */
struct claim_destination {
	struct span name;
	bool exists;
};

struct claim_found {
	int task;
	bool exactly_once; /* otherwise K is not looked at */
	const struct task_state *state;
	const struct claim_topic *topics;
	size_t n_topics;
	bool outbox; /* there is one */
	const struct claim_destination *destinations;
	size_t n_destinations;
};

enum claim_act {
	CLAIM_BEGIN,      /* the very first start: resolve where to begin  */
	CLAIM_BEGIN_AT_K, /* a first start that was cut short: begin at K   */
	CLAIM_GO_ON, /* go on at R; first publish its outbox if `publish` */
	CLAIM_STOP,  /* a person has to decide: `why`, exit 78          */
};

struct claim_plan {
	enum claim_act act;
	bool publish;
	int row; /* of the table; 0: the usual case */
	/* For the log: what has happened. */
	const char *meaning;
	bool told; /* K is ours: */
	struct metadata k;
	int64_t batch; /* the highest that R or K knows; BATCH_NONE: none */
	struct failure why;
};

struct claim_plan plan_claim(const struct claim_found *found);

#endif
