/* all, exists, exists_one, map, filter: a variable over a range. */
#include "pipeline/cel/check.h"

static const struct macro {
	const char *name;
	enum cel_op_kind kind;
	size_t n_args;
} macros[] = {
    {"all", OP_ALL, 2},
    {"exists", OP_EXISTS, 2},
    {"exists_one", OP_EXISTS_ONE, 2},
    {"map", OP_TRANSFORM, 2},
    {"map", OP_TRANSFORM, 3},
    {"filter", OP_FILTER, 2},
};

static const struct macro *
macro_of(const struct cel_node *node)
{
	for (size_t i = 0; i < sizeof macros / sizeof macros[0]; i++) {
		if (macros[i].n_args == node->n_args &&
		    span_equals(node->name, span_of(macros[i].name)))
			return (&macros[i]);
	}
	return (NULL);
}

/* What the variable is: an element, or a key. */
static struct cel_type
variable_type(const struct cel_type *range)
{
	if (range->kind == CEL_TYPE_MAP && range->key != NULL)
		return (*range->key);
	if (range->kind == CEL_TYPE_LIST && range->element != NULL)
		return (*range->element);
	return (cel_type_of(CEL_TYPE_DYN));
}

static bool
is_range(const struct cel_type *type)
{
	return (type->kind == CEL_TYPE_LIST || type->kind == CEL_TYPE_MAP ||
		cel_type_open(type));
}

static bool
is_predicate(const struct macro *macro, size_t arg)
{
	return (macro->kind != OP_TRANSFORM || (macro->n_args > 2 && arg == 1));
}

/* The parts that see the variable; false if one is wrong. */
static bool
check_parts(
    struct cel_checker *checker, const struct macro *macro, struct checked *c)
{
	bool right = true;

	for (size_t i = 1; i < macro->n_args; i++) {
		struct checked *part = cel_check(checker, c->node->args[i]);

		c->args[i] = part;
		if (is_predicate(macro, i) &&
		    part->type.kind != CEL_TYPE_BOOL &&
		    !cel_type_open(&part->type)) {
			cel_refuse(checker, part->node, "E120", NULL,
			    "'%s' is for bool, found %s", macro->name,
			    cel_kind_text(part->type.kind));
			right = false;
		}
		right = right && !checked_is_wrong(part);
	}
	return (right);
}

static struct cel_type
macro_type(struct cel_checker *checker, const struct macro *macro,
    const struct checked *c, const struct scope *scope)
{
	if (macro->kind == OP_FILTER)
		return (cel_type_list(checker->arena, &scope->type));
	if (macro->kind == OP_TRANSFORM)
		return (cel_type_list(
		    checker->arena, &c->args[c->op.n_args - 1]->type));
	return (cel_type_of(CEL_TYPE_BOOL));
}

/* The range, or NULL: wrong. */
static struct checked *
check_range(struct cel_checker *checker, const struct cel_node *node)
{
	struct checked *range = cel_check(checker, node->target);

	if (checked_is_wrong(range))
		return (NULL);
	if (node->args[0]->kind != CEL_IDENT) {
		cel_refuse(checker, node->args[0], "E100", NULL,
		    "'%.*s' takes the name of a variable first",
		    SPAN_ARGS(node->name));
		return (NULL);
	}
	if (!is_range(&range->type)) {
		cel_refuse(checker, node, "E120", NULL,
		    "'%.*s' is for a list or a map, found %s",
		    SPAN_ARGS(node->name), cel_kind_text(range->type.kind));
		return (NULL);
	}
	return (range);
}

static uint16_t
next_slot(const struct cel_checker *checker)
{
	return (
	    checker->scope == NULL ? 0 : (uint16_t)(checker->scope->slot + 1));
}

struct checked *
cel_check_macro(struct cel_checker *checker, const struct cel_node *node)
{
	const struct macro *macro = macro_of(node);
	struct scope scope = {
	    .outer = checker->scope, .slot = next_slot(checker)};
	struct checked *c;
	struct checked *range;
	bool right;

	if (macro == NULL)
		return (NULL);
	range = check_range(checker, node);
	if (range != NULL && scope.slot >= CEL_SLOTS_MAX) {
		cel_refuse(checker, node, "E030", NULL,
		    "more than %d macros inside each other", CEL_SLOTS_MAX);
		range = NULL;
	}
	if (range == NULL)
		return (checked_wrong(checker, node));
	c = checked_new(checker, node, macro->kind, macro->n_args);
	c->args[0] = range;
	c->op.slot = scope.slot;
	scope.name = node->args[0]->name;
	scope.type = variable_type(&range->type);
	checker->scope = &scope;
	if (scope.slot >= checker->n_slots)
		checker->n_slots = scope.slot + 1;
	right = check_parts(checker, macro, c);
	checker->scope = scope.outer;
	if (!right)
		return (checked_wrong(checker, node));
	c->type = macro_type(checker, macro, c, &scope);
	cel_class_join(checker, c);
	return (c);
}
