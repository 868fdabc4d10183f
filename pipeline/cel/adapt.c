/*
 * A number as it is written takes the type of what stands beside it: 3 beside
 * a double is 3.0, 30.0 beside money is read exactly from its text.  Names
 * are never converted.
 */
#include "pipeline/cel/check.h"

static void
become(struct checked *c, struct value v, enum cel_type_kind kind)
{
	c->op.constant = v;
	c->type = cel_type_of(kind);
}

static void
adapt_money(struct cel_checker *checker, struct checked *c)
{
	struct value v = c->op.constant;
	struct failure why = {{0}};
	struct span text = c->node->name;
	int64_t minor;

	if (v.kind == VALUE_INT) /* hexadecimal too */
		text = arena_print(checker->arena, "%lld", (long long)v.i);
	if (money_parse(text, &checker->dialect->currency, &minor, &why) ==
	    DONE) {
		become(c, value_money(minor), CEL_TYPE_MONEY);
		return;
	}
	cel_refuse(checker, c->node, "E131", NULL, "%s", why.text);
	*c = *checked_wrong(checker, c->node);
}

static void
adapt_literal(
    struct cel_checker *checker, struct checked *c, enum cel_type_kind to)
{
	struct value v = c->op.constant;

	if (to == CEL_TYPE_MONEY)
		adapt_money(checker, c);
	else if (to == CEL_TYPE_DOUBLE && v.kind == VALUE_INT)
		become(c, value_double((double)v.i), to);
	else if (to == CEL_TYPE_UINT && v.kind == VALUE_INT && v.i >= 0)
		become(c, cel_uint((uint64_t)v.i), to);
}

/* Elements of a list that was folded: it keeps the parts it was made of. */
static void
adapt_list(
    struct cel_checker *checker, struct checked *c, enum cel_type_kind to)
{
	struct cel_type element = cel_type_of(to);
	struct value *items;

	for (uint32_t i = 0; i < c->op.n_args; i++) {
		if (!c->args[i]->literal)
			return;
	}
	for (uint32_t i = 0; i < c->op.n_args; i++) {
		cel_adapt(checker, c->args[i], to);
		if (c->args[i]->type.kind != to)
			return;
	}
	c->type = cel_type_list(checker->arena, &element);
	if (!checked_is_constant(c))
		return;
	items = ARENA_ARRAY(checker->arena, c->op.n_args + 1, struct value);
	for (uint32_t i = 0; i < c->op.n_args; i++)
		items[i] = c->args[i]->op.constant;
	c->op.constant.items = items;
}

void
cel_adapt(struct cel_checker *checker, struct checked *c, enum cel_type_kind to)
{
	if (to != CEL_TYPE_MONEY && to != CEL_TYPE_DOUBLE &&
	    to != CEL_TYPE_UINT)
		return;
	if (c->literal)
		adapt_literal(checker, c, to);
	else if (c->type.kind == CEL_TYPE_LIST && c->node->kind == CEL_LIST)
		adapt_list(checker, c, to);
	else if (c->op.kind == OP_CHOICE) {
		cel_adapt(checker, c->args[1], to);
		cel_adapt(checker, c->args[2], to);
		if (c->args[1]->type.kind == to && c->args[2]->type.kind == to)
			c->type = cel_type_of(to);
	}
}

void
cel_adapt_pair(
    struct cel_checker *checker, struct checked *a, struct checked *b)
{
	if (!checker->dialect->product || a->type.kind == b->type.kind)
		return;
	if (!b->literal || a->literal)
		cel_adapt(checker, a, b->type.kind);
	if (a->type.kind != b->type.kind)
		cel_adapt(checker, b, a->type.kind);
}
