#ifndef PIPELINE_RULE_DRAFT_H
#define PIPELINE_RULE_DRAFT_H

#include "pipeline/base/report.h"
#include "pipeline/rule/policy.h"

/*
 * Rules as they are written, after YAML and before any name or expression in
 * them is understood: config reads files into this, edition_compile makes rules
 * of it.  A source_text with an empty text (.at NULL) was not given.
 */
enum source_kind {
	SOURCE_STATE, /* no source: the rising edge of `when` */
	SOURCE_EVENT,
	SOURCE_IDLE,
	SOURCE_YEARLY,
	SOURCE_TIER,
};

enum rule_class { CLASS_PROMOTIONAL, CLASS_TRANSACTIONAL };
enum rule_mode { MODE_LIVE, MODE_SHADOW, MODE_OFF };
enum leap_policy { LEAP_FEB28, LEAP_MAR1, LEAP_ONLY };
enum tier_change {
	TIER_UPGRADED,
	TIER_DOWNGRADED,
	TIER_AT_RISK,
	TIER_RETAINED,
};
enum reentry_kind {
	REENTRY_ALWAYS,
	REENTRY_NEVER,
	REENTRY_AFTER,  /* `length` */
	REENTRY_MONTHS, /* `months`, by the wall of the customer's zone; then
	                   `days` of the calendar, then `length` */
};

struct reentry {
	enum reentry_kind kind;
	duration_ms length;
	int months;
	int days;
};

/* The keys that `defaults:` and a rule share; each with whether it is given. */
struct rule_terms {
	struct source_text channel;
	bool class_given;
	enum rule_class class;
	bool reentry_given;
	struct reentry reentry;
	bool expires_given;
	duration_ms expires;
	bool priority_given;
	int32_t priority;
	bool purpose_given;
	struct source_text purpose; /* empty: `none` */
	bool caps_given;
	const struct source_text *caps; /* names */
	size_t n_caps;
	bool quiet_given;
	const struct quiet_hours *quiet; /* NULL: `none` */
	bool mode_given;
	enum rule_mode mode;
};

struct named_text {
	struct source_text name;
	struct source_text text;
};

enum { IDLE_STEPS_MAX = 16, AT_DEFAULT_MS = 9 * 60 * 60 * 1000 };

struct rule_draft {
	struct source_text name;
	enum source_kind source;
	struct source_text stream;         /* event, idle: the stream's name */
	duration_ms steps[IDLE_STEPS_MAX]; /* idle: ascending */
	size_t n_steps;
	struct source_text since;  /* idle: a timestamp expression */
	struct source_text yearly; /* the date expression */
	duration_ms at;            /* yearly: local time; AT_DEFAULT_MS */
	enum leap_policy leap;
	bool skip_first;
	enum tier_change tier;
	struct source_text when;
	struct source_text reset_when;
	duration_ms held_for; /* `for`; 0: none */
	bool delay_given;
	duration_ms delay;
	const struct named_text *cancel_on; /* stream name, expression */
	size_t n_cancel_on;
	struct source_text send_if;
	struct rule_terms terms;
	struct source_text exclusive;
	struct source_text type;
	const struct named_text *params;
	size_t n_params;
	const struct named_text *constants; /* text: as it stands */
	size_t n_constants;
	const struct source_text *allow_pii; /* "customer.first_name" */
	size_t n_allow_pii;
	int version; /* 1 where not given */
	struct source_text id;
};

struct ruleset_draft {
	struct source_text name;
	const struct named_text *variables;
	size_t n_variables;
	struct rule_terms defaults;
	const struct rule_draft *rules;
	size_t n_rules;
};

#endif
