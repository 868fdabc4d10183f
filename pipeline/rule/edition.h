#ifndef PIPELINE_RULE_EDITION_H
#define PIPELINE_RULE_EDITION_H

#include "pipeline/base/arena.h"
#include "pipeline/cel/cel.h"
#include "pipeline/customer/customer.h"
#include "pipeline/model/churn.h"
#include "pipeline/model/tier.h"
#include "pipeline/rule/draft.h"

/*
 * An edition: one set of schema, policy, loyalty programme, models and rules,
 * checked and compiled, immutable.
 */
struct rule;
struct variables;

struct edition {
	uint64_t digest; /* of all of it and of the tzdata version; never 0 */
	const struct schema *schema;
	const struct policy *policy;
	const struct tier_program *program; /* NULL: none */
	const struct churn_params *churn;   /* NULL: none */
	const struct rule *rules; /* by (priority descending, id): gate order */
	size_t n_rules;
	int n_memos; /* shared expressions */
	/* Of all rule sets: what a `check:` may name too. */
	struct variables *variables;
	const struct cel_expr *const *where; /* per stream, or NULL */
};

/* What config has read; policy, program and churn may be NULL. */
struct edition_draft {
	const struct schema *schema;
	const struct policy *policy;
	const struct tier_program *program;
	const struct churn_params *churn;
	const struct ruleset_draft *const *rulesets;
	size_t n_rulesets;
	/*
	 * A digest of the texts of schema, policy, loyalty and models, which
	 * config makes of the values, not of blanks and comments.
	 */
	uint64_t digest;
};

/*
 * Check every name and every expression, and compile.  All mistakes are
 * reported; NULL if there was an error.  The edition lives in the arena and
 * keeps pointing to what the draft points to.
 */
const struct edition *edition_compile(struct arena *arena,
    const struct edition_draft *draft, struct report *report);

/* A rule of the edition by "ruleset/name" or by a name that is alone. */
const struct rule *edition_rule(const struct edition *edition, struct span id);
struct span rule_id(const struct rule *rule);
struct span rule_name(const struct rule *rule);

/* For `check:` in a RuleTest: an expression over the customer alone. */
const struct cel_expr *edition_expression(struct arena *arena,
    const struct edition *edition, const struct source_text *text,
    struct report *report);

#endif
