/*
 * Names: the host is asked first, for the longest form, and the language
 * itself has `now` alone (and in plain CEL the names of types).
 */
#include "pipeline/cel/check.h"
#include "pipeline/cel/convert.h"

static const struct scope *
scope_find(const struct cel_checker *checker, struct span name)
{
	const struct scope *scope = checker->scope;

	while (scope != NULL && !span_equals(scope->name, name))
		scope = scope->outer;
	return (scope);
}

static const struct cel_node *
innermost(const struct cel_node *node)
{
	while (node->kind == CEL_SELECT || node->kind == CEL_METHOD)
		node = node->target;
	return (node);
}

static bool
is_now(const struct cel_checker *checker, const struct cel_node *node)
{
	return (checker->dialect->product && node->kind == CEL_IDENT &&
		span_equals(node->name, SPAN("now")));
}

/* Whether the host could know what stands there. */
static bool
may_be_hosts(const struct cel_checker *checker, const struct cel_node *node)
{
	const struct cel_node *root = innermost(node);

	if (root->kind == CEL_IDENT)
		return (scope_find(checker, root->name) == NULL &&
			!is_now(checker, root));
	return (root->kind == CEL_CALL && root->name.at[0] != '_' &&
		root->name.at[0] != '!' && root->name.at[0] != '-' &&
		cel_name_find(root->name) == NULL);
}

static struct checked *
leaf_new(struct cel_checker *checker, const struct cel_node *node,
    struct cel_leaf *leaf)
{
	struct checked *c = checked_new(checker, node, OP_LEAF, 0);

	if (leaf->shared != NULL) {
		leaf->type = leaf->shared->type;
		leaf->class = leaf->shared->class;
		leaf->slope = leaf->shared->slope;
		leaf->non_negative = leaf->shared->non_negative;
	}
	c->op.leaf = arena_copy(checker->arena, leaf, sizeof *leaf);
	c->type = leaf->type;
	c->class = leaf->class;
	c->slope = leaf->slope;
	c->non_negative = leaf->non_negative;
	if (leaf->class == CEL_FREE)
		cel_class_refuse(checker, c,
		    "give the rule a `resolution`, or ask at an event");
	return (c);
}

struct checked *
cel_check_host(struct cel_checker *checker, const struct cel_node *node)
{
	struct cel_leaf leaf = {.type = {.kind = CEL_TYPE_WRONG}};

	if (checker->host == NULL || !may_be_hosts(checker, node))
		return (NULL);
	switch (checker->host->resolve(checker->host, checker, node, &leaf)) {
	case CEL_MINE:
		return (leaf_new(checker, node, &leaf));
	case CEL_REFUSED:
		return (checked_wrong(checker, node));
	case CEL_NOT_MINE:
	default:
		return (NULL);
	}
}

static struct checked *
check_ident(struct cel_checker *checker, const struct cel_node *node)
{
	const struct scope *scope = scope_find(checker, node->name);
	enum cel_type_kind kind;
	struct checked *c;

	if (scope != NULL) {
		c = checked_new(checker, node, OP_VARIABLE, 0);
		c->op.slot = scope->slot;
		c->type = scope->type;
		c->class = scope->class;
		return (c);
	}
	if (is_now(checker, node)) {
		c = checked_new(checker, node, OP_NOW, 0);
		c->type = cel_type_of(CEL_TYPE_TIMESTAMP);
		c->class = CEL_L;
		c->slope = 1;
		return (c);
	}
	kind = cel_kind_named(node->name);
	if (kind != CEL_TYPE_WRONG && !checker->dialect->product)
		return (checked_constant(checker, node, cel_type_value(kind),
		    cel_type_of(CEL_TYPE_TYPE)));
	if (cel_name_later(node->name))
		cel_refuse(checker, node, "E110", NULL,
		    "'%.*s' is not available in this version",
		    SPAN_ARGS(node->name));
	else
		cel_refuse(checker, node, "E110", NULL,
		    "undeclared name '%.*s'", SPAN_ARGS(node->name));
	return (checked_wrong(checker, node));
}

/* google.protobuf.Timestamp: the one type whose name has dots. */
static struct checked *
check_type_name(struct cel_checker *checker, const struct cel_node *node)
{
	enum cel_type_kind kind;

	if (checker->dialect->product || innermost(node)->kind != CEL_IDENT)
		return (NULL);
	kind = cel_kind_named(cel_node_text(checker, node));
	if (kind == CEL_TYPE_WRONG)
		return (NULL);
	return (checked_constant(
	    checker, node, cel_type_value(kind), cel_type_of(CEL_TYPE_TYPE)));
}

/* m.key, of a map or dyn */
static struct checked *
check_select(struct cel_checker *checker, const struct cel_node *node,
    enum cel_op_kind kind)
{
	struct checked *c = checked_new(checker, node, kind, 1);
	const struct cel_type *from;

	c->args[0] = cel_check(checker, node->target);
	from = &c->args[0]->type;
	if (checked_is_wrong(c->args[0]))
		return (checked_wrong(checker, node));
	if (from->kind != CEL_TYPE_MAP && !cel_type_open(from)) {
		cel_refuse(checker, node, "E110", NULL,
		    "%s has no field '%.*s'", cel_kind_text(from->kind),
		    SPAN_ARGS(node->name));
		return (checked_wrong(checker, node));
	}
	c->op.name = node->name;
	c->type = kind == OP_HAS_KEY           ? cel_type_of(CEL_TYPE_BOOL)
		  : from->kind == CEL_TYPE_MAP ? *from->element
					       : cel_type_of(CEL_TYPE_DYN);
	cel_class_join(checker, c);
	return (cel_fold(checker, c));
}

struct checked *
cel_check_name(struct cel_checker *checker, const struct cel_node *node)
{
	struct checked *c = cel_check_host(checker, node);

	if (c == NULL && node->kind == CEL_SELECT)
		c = check_type_name(checker, node);
	if (c != NULL)
		return (c);
	if (node->kind == CEL_IDENT)
		return (check_ident(checker, node));
	return (check_select(checker, node, OP_SELECT));
}

/*
 * has(x): of what the host knows, whether it is there and neither null nor an
 * error; of a map, whether it has the key.
 */
struct checked *
cel_check_has(struct cel_checker *checker, const struct cel_node *node)
{
	const struct cel_node *of = node->n_args == 1 ? node->args[0] : NULL;
	struct checked *leaf = NULL;
	struct checked *c;

	if (of != NULL && (checker->dialect->product || of->kind == CEL_SELECT))
		leaf = cel_check_host(checker, of);
	if (leaf != NULL) {
		if (checked_is_wrong(leaf))
			return (leaf);
		c = checked_new(checker, node, OP_HAS, 1);
		c->args[0] = leaf;
		c->type = cel_type_of(CEL_TYPE_BOOL);
		/* that it is there does not move, even if its value does */
		c->class = leaf->class == CEL_K ? CEL_K : CEL_S;
		return (c);
	}
	if (of == NULL || of->kind != CEL_SELECT) {
		cel_refuse(checker, node, "E100", NULL,
		    "has() takes one name with a field, as in has(a.b)");
		return (checked_wrong(checker, node));
	}
	c = check_select(checker, of, OP_HAS_KEY);
	c->op.offset = node->offset;
	c->op.length = node->length;
	return (c);
}
