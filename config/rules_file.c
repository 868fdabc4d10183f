/* Kind RuleSet: variables, defaults and rules, as they are written. */
#include "config/kinds.h"
#include "config/rule_file.h"

enum { RULES_MAX = 1000 };

struct rules_file {
	struct ruleset_draft set;
	bool unknown; /* variables that could not be read */
};

static bool
read_variables(struct binder *b, struct node *node, void *target)
{
	struct rules_file *file = target;

	file->unknown = !read_expressions(
	    b, node, &file->set.variables, &file->set.n_variables);
	return (!file->unknown);
}

static bool
read_set_defaults(struct binder *b, struct node *node, void *target)
{
	return (read_defaults(
	    b, node, &((struct rules_file *)target)->set.defaults));
}

static bool
read_rule_map(struct binder *b, struct node *node, void *target)
{
	struct ruleset_draft *set = &((struct rules_file *)target)->set;
	struct rule_draft *rules;
	bool good = true;
	size_t n = 0;

	if (!bind_mapping(b, node))
		return (false);
	if (node->n > RULES_MAX) {
		refuse(b, node, "E030", "make two RuleSets of it",
		    "a RuleSet has at most %d rules", RULES_MAX);
		return (false);
	}
	rules = ARENA_ARRAY(b->arena, node->n, struct rule_draft);
	for (size_t i = 0; i < node->n; i++) {
		if (bind_is_rest(node, i))
			continue;
		if (read_rule(b, node->items[2 * i], node->items[2 * i + 1],
			&rules[n]))
			n++;
		else
			good = false;
	}
	set->rules = rules;
	set->n_rules = n;
	return (good);
}

static bool
read_set_name(struct binder *b, struct node *node, void *target)
{
	struct span name;

	if (!scalar_name(b, node, &name))
		return (false);
	((struct rules_file *)target)->set.name = place_of(node);
	return (true);
}

static const struct key rules_keys[] = {
    {.name = "apiVersion",
	.type = KEY_CUSTOM,
	.required = true,
	.read = bind_api_version,
	.form = "`kith/v1`",
	.about = "The version of this form of files."},
    {.name = "kind",
	.type = KEY_FREE,
	.required = true,
	.form = "the word above",
	.about = "What the document is."},
    {.name = "name",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_set_name,
	.form = "a name",
	.about = "Its name, the first part of the id of each rule."},
    {.name = "schema",
	.type = KEY_FREE,
	.required = true,
	.about = "The EventSchema that its expressions speak of."},
    {.name = "variables",
	.type = KEY_CUSTOM,
	.read = read_variables,
	.form = "{name: expression}",
	.otherwise = "none",
	.about = "Named once, computed at most once per evaluation, for all "
		 "rules of the set."},
    {.name = "defaults",
	.type = KEY_CUSTOM,
	.inner = &defaults_table,
	.read = read_set_defaults,
	.form = "{key: value}",
	.otherwise = "none",
	.about = "What rules say where they do not say it themselves."},
    {.name = "rules",
	.type = KEY_CUSTOM,
	.required = true,
	.inner = &rule_table,
	.read = read_rule_map,
	.form = "{name: rule}",
	.about = "The rules."},
    {.name = "version",
	.type = KEY_LATER,
	.about = "Starts state and ids of all rules anew."},
};
static const struct table rules_table = {.title = "RuleSet",
    .about = "Rules: as many sets as you like.",
    .keys = rules_keys,
    .n = ROWS(rules_keys)};

const struct table *const rules_tables[] = {
    &rules_table, &rule_table, &yearly_table, &defaults_table, NULL};

const struct ruleset_draft *
read_rules(struct binder *b, struct node *root)
{
	struct rules_file *file = ARENA_NEW(b->arena, struct rules_file);

	(void)bind_table(b, &rules_table, root, file);
	/* Rules that name them would be called wrong for it. */
	if (file->unknown)
		file->set.n_rules = file->set.n_variables = 0;
	return (file->set.name.text.length == 0 ? NULL : &file->set);
}
