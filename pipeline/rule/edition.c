/*
 * Questions to an edition.
 */
#include "pipeline/rule/edition.h"

#include "pipeline/rule/rule.h"

const struct rule *
edition_rule(const struct edition *edition, struct span id)
{
	const struct rule *found = NULL;

	for (size_t i = 0; i < edition->n_rules; i++) {
		const struct rule *rule = &edition->rules[i];

		if (span_equals(rule->id, id))
			return (rule);
		if (!span_equals(rule->name, id))
			continue;
		if (found != NULL)
			return (NULL);
		found = rule;
	}
	return (found);
}

struct span
rule_id(const struct rule *rule)
{
	return (rule->id);
}

struct span
rule_name(const struct rule *rule)
{
	return (rule->name);
}

uint64_t
streams_touched(const struct schema *schema, const struct stream *stream)
{
	uint64_t touched = UINT64_C(1) << stream->index;

	for (size_t i = 0; i < schema->n_streams; i++) {
		if (stream->role == ROLE_REFUND &&
		    schema->streams[i].role == ROLE_PURCHASE)
			touched |= UINT64_C(1) << i;
	}
	return (touched);
}
