#ifndef CONFIG_KINDS_H
#define CONFIG_KINDS_H

#include "config/daemon_file.h"
#include "config/fields.h"
#include "pipeline/event/schema.h"
#include "pipeline/model/churn.h"
#include "pipeline/model/tier.h"
#include "pipeline/rule/draft.h"
#include "pipeline/rule/policy.h"

/*
 * One reader per kind of document: a mapping becomes a structure in the
 * binder's arena.  Mistakes are reported; NULL where the structure cannot be
 * used at all, else one that holds what was right.
 */
enum kind {
	KIND_DAEMON,
	KIND_SCHEMA,
	KIND_POLICY,
	KIND_LOYALTY,
	KIND_MODELS,
	KIND_RULES,
	KIND_TEST,
	KINDS,
	KIND_NONE = -1,
};

/* "EventSchema" */
const char *kind_name(enum kind kind);
/* Of which a schema has only one, itself included. */
bool kind_is_single(enum kind kind);
/* What is under `kind:`; KIND_NONE, reported, where there is no such kind. */
enum kind kind_of(struct binder *b, struct node *root);

const struct daemon_config *read_daemon(struct binder *b, struct node *root);
const struct schema *read_schema(struct binder *b, struct node *root);
/* The schema may be NULL: what needs it is not checked then. */
const struct policy *read_policy(
    struct binder *b, struct node *root, const struct schema *schema);
const struct tier_program *read_loyalty(struct binder *b, struct node *root);
const struct churn_params *read_models(
    struct binder *b, struct node *root, const struct schema *schema);
const struct ruleset_draft *read_rules(struct binder *b, struct node *root);

/* "21:00-10:00", {from, to, allDay, otherwise, jitter} or none (*ret NULL). */
bool read_quiet_hours(
    struct binder *b, struct node *node, const struct quiet_hours **ret);

/* What the reference is printed from: the tables of every kind, in order. */
extern const struct table *const daemon_tables[];
extern const struct table *const schema_tables[];
extern const struct table *const policy_tables[];
extern const struct table *const loyalty_tables[];
extern const struct table *const models_tables[];
extern const struct table *const rules_tables[];
extern const struct table *const test_tables[];

#endif
