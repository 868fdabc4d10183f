#ifndef PIPELINE_RULE_TERMS_H
#define PIPELINE_RULE_TERMS_H

#include "pipeline/rule/rule.h"

/*
 * Fill channel, class, reentry, expires, purpose, caps, quiet hours, priority
 * and mode of a rule: each whole from the first that gives it, of the rule
 * itself, its class, the `defaults:` of its rule set, its channel, and the
 * built-in value.  false: something is wrong (reported).
 */
bool terms_resolve(struct rule *rule, const struct rule_draft *draft,
    const struct rule_terms *defaults, const struct edition *edition,
    struct arena *arena, struct report *report);

#endif
