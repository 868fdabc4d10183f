#ifndef CONFIG_RULE_FILE_H
#define CONFIG_RULE_FILE_H

#include "config/fields.h"
#include "pipeline/rule/draft.h"

/* One rule of a RuleSet, and what rules and `defaults:` have in common. */
extern const struct table rule_table;
extern const struct table yearly_table;
extern const struct table defaults_table;

/* False: reported; *ret holds what was right. */
bool read_rule(struct binder *b, struct node *key, struct node *node,
    struct rule_draft *ret);
bool read_defaults(struct binder *b, struct node *node, struct rule_terms *ret);

/* {name: expression} */
bool read_expressions(struct binder *b, struct node *node,
    const struct named_text **ret, size_t *n);

/* "always", "never", "30d", "P1M" */
bool read_reentry(struct binder *b, struct node *node, struct reentry *ret);

#endif
