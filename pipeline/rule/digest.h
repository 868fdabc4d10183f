#ifndef PIPELINE_RULE_DIGEST_H
#define PIPELINE_RULE_DIGEST_H

#include "pipeline/rule/rule.h"

/* Sets rule->tree_hash: a digest of all that a rule says; opaque. */
void rule_digest(struct arena *arena, struct rule *rule);

/*
 * Of a whole edition: its rules in their order, the tzdata version, and the
 * digest `base` of schema, policy, loyalty and models.  Never 0.
 */
uint64_t edition_digest(
    struct arena *arena, const struct edition *edition, uint64_t base);

#endif
