#ifndef PIPELINE_RULE_RULE_H
#define PIPELINE_RULE_RULE_H

#include "pipeline/rule/edition.h"

/* A param: an expression, or (expr NULL) a constant text. */
struct rule_param {
	struct span name;
	const struct cel_expr *expr;
	struct span constant;
};

/* cancelOn: a record of `stream` for which the expression holds. */
struct rule_cancel {
	const struct stream *stream;
	const struct cel_expr *expr;
};

enum { RULE_HASH_DIGITS = 16 };

/* A rule: compiled, defaults resolved, immutable. */
struct rule {
	struct span id; /* "lifecycle/win_back" */
	struct span name;
	struct span type;
	int version;
	uint32_t hash; /* of id and version: its memory in a customer */
	char tree_hash[RULE_HASH_DIGITS + 1]; /* over all that it says */
	enum source_kind source;
	const struct stream *stream; /* event, idle */
	const duration_ms *steps;    /* idle */
	size_t n_steps;
	const struct cel_expr *yearly;
	duration_ms at;
	enum leap_policy leap;
	bool skip_first;
	enum tier_change tier;
	const struct cel_expr *when;  /* NULL: always true */
	const struct cel_expr *reset; /* resetWhen; NULL: on exit */
	duration_ms held_for;
	bool delayed;
	duration_ms delay;
	const struct rule_cancel *cancels;
	size_t n_cancels;
	const struct cel_expr *send_if;
	struct reentry reentry;
	const struct channel *channel;
	int purpose;         /* of the schema, or NO_FIELD: needs no consent  */
	int consent_channel; /* of the schema, where purpose is one   */
	const struct cap *const *caps;
	size_t n_caps;
	const struct quiet_hours *quiet; /* NULL: none */
	bool transactional;
	duration_ms expires;
	int32_t priority;
	enum rule_mode mode;
	int group; /* exclusive: a number per name; -1: none */
	const struct rule_param *params;
	size_t n_params;
	uint64_t streams; /* read set: a bit per stream of the schema       */
	bool in_time;     /* can come to something without a record         */
};

/* Streams that a record of this stream touches: itself, and for a refund the
   purchases. */
uint64_t streams_touched(
    const struct schema *schema, const struct stream *stream);

/*
 * What the names of an expression are read from.  The evaluator carries it as
 * its subject.
 */
struct subject {
	const struct edition *edition;
	const struct customer *customer;
	/* event.*: the record at hand, or the one that a release is about. */
	const struct stream *event_stream;
	const struct value *event_fields;
	wall_ms event_at;
	const struct entry *event_entry; /* in the history; NULL if not kept */
	/* start.*: the record that a delay began with. */
	const struct stream *start_stream;
	const struct value *start_fields;
	wall_ms start_at;
	/* idle.* */
	int step;
	wall_ms idle_last;
	/* tier.old */
	int tier_old;
	/* where(): the entry that is asked about. */
	const struct stream *entry_stream;
	const struct entry *entry;
};

#endif
