#include "config/kinds.h"

static const struct word kinds[] = {
    {"Daemon", KIND_DAEMON, false},
    {"EventSchema", KIND_SCHEMA, false},
    {"ContactPolicy", KIND_POLICY, false},
    {"LoyaltyProgram", KIND_LOYALTY, false},
    {"ModelSet", KIND_MODELS, false},
    {"RuleSet", KIND_RULES, false},
    {"RuleTest", KIND_TEST, false},
};

const char *
kind_name(enum kind kind)
{
	return (kinds[kind].name);
}

bool
kind_is_single(enum kind kind)
{
	return (kind == KIND_SCHEMA || kind == KIND_POLICY ||
		kind == KIND_LOYALTY || kind == KIND_MODELS);
}

enum kind
kind_of(struct binder *b, struct node *root)
{
	struct node *node;
	int kind;

	if (root->wrong)
		return (KIND_NONE);
	if (root->kind != NODE_MAPPING) {
		refuse(b, root, "E012",
		    "it begins with apiVersion: kith/v1 and kind: …",
		    "the document is no mapping of keys");
		return (KIND_NONE);
	}
	node = node_value(root, SPAN("kind"));
	if (node == NULL) {
		refuse(b, root, "E013",
		    "kind: Daemon, EventSchema, ContactPolicy, LoyaltyProgram, "
		    "ModelSet, RuleSet or RuleTest",
		    "the document needs the key 'kind'");
		return (KIND_NONE);
	}
	if (!scalar_word(b, node, kinds, ROWS(kinds), &kind))
		return (KIND_NONE);
	return ((enum kind)kind);
}
