/* == != < <= > >= in [] : what may be compared with what. */
#include "pipeline/cel/check.h"

static enum cel_relation
relation_of(struct span name)
{
	static const char *const names[] = {[CEL_EQUAL] = "_==_",
	    [CEL_DIFFERENT] = "_!=_",
	    [CEL_LESS] = "_<_",
	    [CEL_AT_MOST] = "_<=_",
	    [CEL_GREATER] = "_>_",
	    [CEL_AT_LEAST] = "_>=_"};
	int relation = CEL_EQUAL;

	while (!span_equals(name, span_of(names[relation])))
		relation++;
	return ((enum cel_relation)relation);
}

/* "<" of "_<_" */
static struct span
symbol_of(struct span name)
{
	return ((struct span){name.at + 1, name.length - 2});
}

/* Null is a value to == and !=: what the host answers may be null. */
static bool
equatable(const struct cel_checker *checker, const struct cel_type *l,
    const struct cel_type *r)
{
	bool null = l->kind == CEL_TYPE_NULL || r->kind == CEL_TYPE_NULL;

	return ((null && checker->dialect->product) || cel_type_fits(l, r));
}

static bool
orderable(const struct cel_checker *checker, const struct cel_type *l,
    const struct cel_type *r)
{
	if (cel_type_open(l))
		return (cel_type_open(r) || cel_kind_ordered(r->kind));
	if (cel_type_open(r))
		return (cel_kind_ordered(l->kind));
	if (l->kind == r->kind)
		return (cel_kind_ordered(l->kind));
	return (checker->dialect->product && cel_kind_number(l->kind) &&
		cel_kind_number(r->kind));
}

static bool
is_option(const struct cel_type *type, struct span text)
{
	for (size_t i = 0; i < type->n_options; i++) {
		if (span_equals(type->options[i], text))
			return (true);
	}
	return (false);
}

/* E160: a text that a name can never be. */
static void
check_option(struct cel_checker *checker, const struct checked *name,
    const struct cel_node *literal)
{
	const struct cel_type *type = &name->type;
	struct span text;

	if (type->n_options == 0 || literal->kind != CEL_LITERAL ||
	    literal->literal.kind != VALUE_STRING)
		return;
	text = value_text(literal->literal);
	if (is_option(type, text))
		return;
	cel_refuse(checker, literal, "E160",
	    cel_near_help(checker, text, type->options, type->n_options),
	    "%.*s is never '%.*s'",
	    SPAN_ARGS(cel_node_text(checker, name->node)), SPAN_ARGS(text));
}

static void
refuse_pair(struct cel_checker *checker, const struct checked *c)
{
	const struct checked *l = c->args[0];
	const struct checked *r = c->args[1];
	bool numbers =
	    cel_kind_number(l->type.kind) && cel_kind_number(r->type.kind);
	bool in = c->op.kind == OP_IN;

	cel_refuse(checker, c->node, numbers && !in ? "E121" : "E120",
	    in ? NULL : cel_cast_help(checker, l, r),
	    "'%.*s' is not defined for %.*s",
	    SPAN_ARGS(symbol_of(c->node->name)),
	    SPAN_ARGS(cel_types_text(checker, c->args, c->op.n_args)));
}

/* Both operands; false if one is wrong. */
static bool
check_operands(struct cel_checker *checker, struct checked *c)
{
	c->args[0] = cel_check(checker, c->node->args[0]);
	c->args[1] = cel_check(checker, c->node->args[1]);
	return (!checked_is_wrong(c->args[0]) && !checked_is_wrong(c->args[1]));
}

struct checked *
cel_check_relation(struct cel_checker *checker, const struct cel_node *node)
{
	struct checked *c = checked_new(checker, node, OP_COMPARE, 2);
	enum cel_relation relation = relation_of(node->name);
	bool equality = relation == CEL_EQUAL || relation == CEL_DIFFERENT;
	const struct cel_type *l;
	const struct cel_type *r;

	if (!check_operands(checker, c))
		return (checked_wrong(checker, node));
	cel_adapt_pair(checker, c->args[0], c->args[1]);
	l = &c->args[0]->type;
	r = &c->args[1]->type;
	if (l->kind == CEL_TYPE_WRONG || r->kind == CEL_TYPE_WRONG)
		return (checked_wrong(checker, node));
	if (equality ? !equatable(checker, l, r) : !orderable(checker, l, r)) {
		refuse_pair(checker, c);
		return (checked_wrong(checker, node));
	}
	if (equality) {
		check_option(checker, c->args[0], node->args[1]);
		check_option(checker, c->args[1], node->args[0]);
	}
	c->op.relation = (uint8_t)relation;
	c->type = cel_type_of(CEL_TYPE_BOOL);
	cel_class_compare(checker, c);
	return (cel_fold(checker, c));
}

static void
adapt_elements(struct cel_checker *checker, struct checked *c)
{
	const struct cel_type *element;

	if (!checker->dialect->product)
		return;
	if (c->args[1]->type.kind == CEL_TYPE_LIST)
		cel_adapt(checker, c->args[1], c->args[0]->type.kind);
	element = c->args[1]->type.element;
	if (element != NULL)
		cel_adapt(checker, c->args[0], element->kind);
}

/* What stands in a list, or is a key of a map. */
static bool
may_contain(const struct cel_type *element, const struct cel_type *in)
{
	if (in->kind == CEL_TYPE_MAP)
		return (in->key == NULL || cel_type_fits(element, in->key));
	if (in->kind == CEL_TYPE_LIST)
		return (
		    in->element == NULL || cel_type_fits(element, in->element));
	return (cel_type_open(in));
}

struct checked *
cel_check_in(struct cel_checker *checker, const struct cel_node *node)
{
	struct checked *c = checked_new(checker, node, OP_IN, 2);
	const struct cel_node *list = node->args[1];

	if (!check_operands(checker, c))
		return (checked_wrong(checker, node));
	adapt_elements(checker, c);
	if (checked_is_wrong(c->args[0]) || checked_is_wrong(c->args[1]))
		return (checked_wrong(checker, node));
	if (!may_contain(&c->args[0]->type, &c->args[1]->type)) {
		refuse_pair(checker, c);
		return (checked_wrong(checker, node));
	}
	for (size_t i = 0; list->kind == CEL_LIST && i < list->n_args; i++)
		check_option(checker, c->args[0], list->args[i]);
	c->op.null_is_value = !checker->dialect->product;
	c->type = cel_type_of(CEL_TYPE_BOOL);
	cel_class_join(checker, c);
	return (cel_fold(checker, c));
}

struct checked *
cel_check_index(struct cel_checker *checker, const struct cel_node *node)
{
	struct checked *c = checked_new(checker, node, OP_INDEX, 2);
	const struct cel_type *from;
	const struct cel_type *key;
	bool fits;

	if (!check_operands(checker, c))
		return (checked_wrong(checker, node));
	from = &c->args[0]->type;
	key = &c->args[1]->type;
	fits = cel_type_open(from) ||
	       (from->kind == CEL_TYPE_LIST &&
		   (key->kind == CEL_TYPE_INT || cel_type_open(key))) ||
	       (from->kind == CEL_TYPE_MAP &&
		   (from->key == NULL || cel_type_fits(key, from->key)));
	if (!fits) {
		cel_refuse(checker, node, "E120", NULL,
		    "'[]' is not defined for %.*s",
		    SPAN_ARGS(cel_types_text(checker, c->args, 2)));
		return (checked_wrong(checker, node));
	}
	c->type =
	    from->element != NULL ? *from->element : cel_type_of(CEL_TYPE_DYN);
	cel_class_join(checker, c);
	return (cel_fold(checker, c));
}
