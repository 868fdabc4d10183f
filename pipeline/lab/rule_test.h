#ifndef PIPELINE_LAB_RULE_TEST_H
#define PIPELINE_LAB_RULE_TEST_H

#include "pipeline/base/instant.h"
#include "pipeline/event/schema.h"
#include "pipeline/rule/edition.h"

/*
 * Kind RuleTest: what happens to some customers on a virtual clock, and what
 * must come out.  Read and checked by config: names are resolved, events are
 * JSON values that the schema allows, expressions are compiled.  Everything
 * lives in config's arena.  Times are absolute.
 *
 * A source_text keeps its place in the file, so a failed expectation can be
 * reported there.
 */

/*
 * One value of a record: what lies in its JSON at a pointer ("/total_minor",
 * "/set/first_name"), as JSON text ("8000", "\"Ana\"").
 */
struct test_value {
	struct span pointer;
	struct span json;
};

struct test_consent {
	int purpose; /* index in the schema */
	int channel;
};

/*
 * Before the first record (1 ms before the earlier of `start` and the first
 * record) come a profile record, where there are values, and a granted consent
 * record for each consent.
 */
struct test_customer {
	struct source_text name; /* in this file */
	struct span id;          /* the Kafka key; default: the name */
	const struct test_value *profile;
	size_t n_profile;
	const struct test_consent *consents;
	size_t n_consents;
};

enum test_entry_kind {
	TEST_EVENT,      /* a record of a stream arrives              */
	TEST_EXPECT,     /* a trigger of `rule` is published          */
	TEST_SUPPRESSED, /* a decision of `rule` is suppressed        */
	TEST_CHECK,      /* an expression holds                       */
	TEST_OUTAGE,     /* nothing is taken in [from, from + length) */
};

/* A param that a trigger must have; others may be there.  Compared by value. */
struct test_param {
	struct source_text name;
	struct source_text text;
	bool null; /* a plain `null` */
};

struct test_entry {
	enum test_entry_kind kind;
	struct source_text where; /* the entry's time, as it is written */
	/* One instant has to == from; "A..B" is [from, to). */
	wall_ms from;
	wall_ms to;
	bool range;
	int customer; /* index in the file's customers */

	/* TEST_EVENT: `repeat` records, the first at `from`, `every` apart. */
	int stream;
	const struct test_value *values;
	size_t n_values;
	bool id_given;   /* else the runner makes one up, at stream.id_from */
	bool time_given; /* else the event time is the arrival */
	wall_ms arrives; /* of the first record; `from` where not given */
	int repeat;      /* at least 1 */
	duration_ms every;

	/* TEST_EXPECT, TEST_SUPPRESSED */
	const struct rule *rule; /* NULL: any (TEST_SUPPRESSED) */
	const struct test_param *params;
	size_t n_params;
	struct span reason; /* empty: whichever */
	int at_least; /* at least 1: how many, whichever; else exactly 1 */
	bool at_least_given;

	/* TEST_CHECK: a bool over the customer, of edition_expression */
	const struct cel_expr *check;

	/* TEST_OUTAGE */
	duration_ms length;
};

struct rule_test {
	struct source_text name;
	int customer; /* index in the file's customers: of entries too */
	const struct rule *const *rules; /* none: every rule */
	size_t n_rules;
	wall_ms until;                    /* included */
	const struct test_entry *entries; /* in the order of the file */
	size_t n_entries;
};

struct rule_test_file {
	struct source_text name;
	struct span path;
	const struct edition *edition;
	wall_ms start;
	const struct test_customer *customers;
	size_t n_customers;
	const struct rule_test *tests;
	size_t n_tests;
	int coverage; /* per cent of the live rules; 0: not asked for */
};

#endif
