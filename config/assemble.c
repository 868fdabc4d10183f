#include "config/assemble.h"

#include "config/nearest.h"
#include "pipeline/base/hash.h"

struct assembly {
	struct binder *b;
	const struct set *set;
	struct config *config;
	struct document *only[KINDS]; /* the first of each kind */
	bool usable; /* what rules rest on is right: they can be checked */
};

static void
pick(struct assembly *a)
{
	for (size_t i = 0; i < a->set->n; i++) {
		struct document *document = a->set->documents[i];
		const struct node *kind;
		struct document **only;

		if (document->kind == KIND_NONE)
			continue;
		only = &a->only[document->kind];
		if (*only == NULL)
			*only = document;
		if (*only == document || !kind_is_single(document->kind))
			continue;
		kind = node_value(document->root, SPAN("kind"));
		refuse(a->b, kind, "E041",
		    arena_print(a->b->arena, "the first is in %.*s",
			SPAN_ARGS((*only)->file->name))
			.at,
		    "a second %s", kind_name(document->kind));
		a->usable = false;
	}
}

/* What is wrong with a document beside keys of a later version. */
struct watch {
	unsigned errors;
	unsigned later;
};

static struct watch
watch_begin(const struct binder *b)
{
	return ((struct watch){b->report->errors, b->later});
}

static bool
watch_clean(const struct binder *b, struct watch watch)
{
	return (b->report->errors - watch.errors == b->later - watch.later);
}

/* One with mistakes is none: what speaks of it would be called wrong. */
static void
read_the_schema(struct assembly *a)
{
	struct document *document = a->only[KIND_SCHEMA];
	struct watch watch = watch_begin(a->b);
	const struct schema *schema;
	struct schema *copy;

	if (document == NULL)
		return;
	schema = read_schema(a->b, document->root);
	if (schema == NULL)
		return;
	a->b->currency = &schema->currency;
	if (!watch_clean(a->b, watch))
		return;
	copy = ARENA_NEW(a->b->arena, struct schema);
	*copy = *schema;
	if (a->config->daemon != NULL)
		copy->future_tolerance =
		    a->config->daemon->advanced.future_tolerance;
	a->config->schema = copy;
}

static void
check_schema_name(struct assembly *a, const struct document *document)
{
	struct node *node = node_value(document->root, SPAN("schema"));
	const struct schema *schema = a->config->schema;
	struct span name;

	if (node == NULL || !scalar_name(a->b, node, &name) || schema == NULL ||
	    schema->name.length == 0 || span_equals(name, schema->name))
		return;
	refuse(a->b, node, "E040",
	    nearest_help(a->b->arena, name, &schema->name, 1).at,
	    "there is no EventSchema '%.*s'", SPAN_ARGS(name));
}

static void
read_the_others(struct assembly *a)
{
	struct config *config = a->config;
	const struct document *const *only =
	    (const struct document *const *)a->only;
	struct watch watch = watch_begin(a->b);

	if (only[KIND_LOYALTY] != NULL)
		config->program = read_loyalty(a->b, only[KIND_LOYALTY]->root);
	if (only[KIND_MODELS] != NULL)
		config->churn =
		    read_models(a->b, only[KIND_MODELS]->root, config->schema);
	a->usable = a->usable && watch_clean(a->b, watch);
	if (only[KIND_POLICY] != NULL)
		config->policy =
		    read_policy(a->b, only[KIND_POLICY]->root, config->schema);
}

static bool
name_is_new(struct assembly *a, const struct ruleset_draft *const *sets,
    size_t n, const struct ruleset_draft *set)
{
	for (size_t i = 0; i < n; i++) {
		if (!span_equals(sets[i]->name.text, set->name.text))
			continue;
		refuse(a->b, set->name.place, "E041",
		    "rules are known by the name of their set",
		    "a second RuleSet '%.*s'", SPAN_ARGS(set->name.text));
		return (false);
	}
	return (true);
}

static void
read_the_rules(struct assembly *a)
{
	const struct ruleset_draft **sets =
	    ARENA_ARRAY(a->b->arena, a->set->n, const struct ruleset_draft *);
	size_t n = 0;

	for (size_t i = 0; i < a->set->n; i++) {
		const struct document *document = a->set->documents[i];

		if (document->kind != KIND_RULES)
			continue;
		sets[n] = read_rules(a->b, document->root);
		if (sets[n] != NULL && name_is_new(a, sets, n, sets[n]))
			n++;
	}
	a->config->rulesets = sets;
	a->config->n_rulesets = n;
}

/* Values alone: blanks, comments and quotes do not change a digest. */
static void
encode(struct buffer *to, const struct node *root)
{
	enum { STACK = DOCUMENT_DEPTH_MAX + 1 };
	const struct node *stack[STACK];
	size_t next[STACK];
	size_t depth = 1;

	stack[0] = root;
	next[0] = 0;
	while (depth > 0) {
		const struct node *node = stack[depth - 1];
		size_t i = next[depth - 1]++;
		size_t n = node->kind == NODE_MAPPING ? 2 * node->n : node->n;

		if (i == 0) {
			buffer_u8(to, (uint8_t)node->kind);
			buffer_varint(to, n);
			buffer_text(to, node->text);
		}
		if (i >= n || depth == STACK) {
			depth--;
			continue;
		}
		stack[depth] = node->items[i];
		next[depth++] = 0;
	}
}

static uint64_t
digest(const struct assembly *a)
{
	struct buffer bytes;
	uint64_t hash;

	buffer_init(&bytes, a->b->arena);
	for (size_t kind = 0; kind < KINDS; kind++) {
		if (!kind_is_single((enum kind)kind))
			continue;
		buffer_u8(&bytes, (uint8_t)kind);
		if (a->only[kind] != NULL)
			encode(&bytes, a->only[kind]->root);
	}
	hash = hash_id(buffer_span(&bytes));
	return (hash == 0 ? 1 : hash);
}

/* The types of all rules; how many. */
static size_t
list_types(struct arena *arena, const struct config *config, struct span **ret)
{
	size_t n = 0;

	for (size_t i = 0; i < config->n_rulesets; i++)
		n += config->rulesets[i]->n_rules;
	*ret = ARENA_ARRAY(arena, n, struct span);
	n = 0;
	for (size_t i = 0; i < config->n_rulesets; i++) {
		const struct ruleset_draft *set = config->rulesets[i];

		for (size_t j = 0; j < set->n_rules; j++) {
			const struct rule_draft *rule = &set->rules[j];

			(*ret)[n++] = rule->type.text.at != NULL
					  ? rule->type.text
					  : rule->name.text;
		}
	}
	return (n);
}

static bool
listed(struct span name, const struct span *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (span_equals(names[i], name))
			return (true);
	}
	return (false);
}

static void
check_topics(struct assembly *a)
{
	const struct topics_config *topics;
	struct span *types;
	size_t n;

	if (a->config->daemon == NULL)
		return;
	topics = &a->config->daemon->kafka.topics;
	n = list_types(a->b->arena, a->config, &types);
	for (size_t i = 0; i < topics->n_by_type; i++) {
		const struct source_text *type = &topics->by_type[i].type;

		if (!listed(type->text, types, n))
			refuse(a->b, type->place, "E040",
			    nearest_help(a->b->arena, type->text, types, n).at,
			    "no rule has triggers of the type '%.*s'",
			    SPAN_ARGS(type->text));
	}
}

static void
compile(struct assembly *a)
{
	struct config *config = a->config;
	const struct edition_draft draft = {.schema = config->schema,
	    .policy = config->policy,
	    .program = config->program,
	    .churn = config->churn,
	    .rulesets = config->rulesets,
	    .n_rulesets = config->n_rulesets,
	    .digest = config->digest};

	config->edition = edition_compile(a->b->arena, &draft, a->b->report);
}

void
assemble(struct binder *b, const struct set *set,
    const struct daemon_config *daemon, struct config *ret)
{
	struct assembly a = {
	    .b = b, .set = set, .config = ret, .usable = set->whole};
	unsigned errors = b->report->errors;

	*ret = (struct config){.daemon = daemon, .zones = b->zones};
	pick(&a);
	b->currency = NULL;
	read_the_schema(&a);
	for (size_t i = 0; i < set->n; i++) {
		enum kind kind = set->documents[i]->kind;

		if (kind == KIND_RULES ||
		    (kind != KIND_SCHEMA && kind != KIND_NONE &&
			kind_is_single(kind)))
			check_schema_name(&a, set->documents[i]);
	}
	read_the_others(&a);
	read_the_rules(&a);
	ret->digest = digest(&a);
	if (!a.usable || ret->schema == NULL)
		return;
	if (b->report->errors == errors)
		check_topics(&a);
	compile(&a);
	if (b->report->errors != errors)
		ret->edition = NULL;
}
