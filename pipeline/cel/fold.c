/*
 * Constant folding, by the evaluator itself, so that there is one truth.  What
 * is an error already at load is reported there, not at the first event.
 */
#include "pipeline/cel/compile.h"

static bool
all_constant(const struct checked *c)
{
	for (uint32_t i = 0; i < c->op.n_args; i++) {
		if (!checked_is_constant(c->args[i]))
			return (false);
	}
	return (true);
}

/* An operand of && or || that decides whatever the others are. */
static bool
decided(const struct checked *c)
{
	bool decides = c->op.kind == OP_OR;

	if (c->op.kind != OP_AND && c->op.kind != OP_OR)
		return (false);
	for (uint32_t i = 0; i < c->op.n_args; i++) {
		const struct cel_op *op = &c->args[i]->op;

		if (op->kind == OP_CONSTANT &&
		    (decides ? cel_is_true(op->constant)
			     : cel_is_false(op->constant)))
			return (true);
	}
	return (false);
}

static struct value
evaluate(struct cel_checker *checker, const struct checked *c)
{
	struct cel_expr expr = {.currency = checker->dialect->currency};
	struct cel_eval ev = {.until = INSTANT_NEVER,
	    .arena = checker->arena,
	    .zones = checker->dialect->zones};
	struct cel_run run;

	expr.root = cel_flatten(checker->arena, c);
	cel_run_init(&run, &expr, &ev);
	return (cel_walk(&run, expr.root));
}

static struct checked *
become(struct checked *c, struct value v)
{
	c->op.kind = OP_CONSTANT;
	c->op.constant = v;
	c->class = CEL_K;
	c->non_negative =
	    ((v.kind == VALUE_INT || v.kind == VALUE_MONEY) && v.i >= 0) ||
	    v.kind == VALUE_UINT || (v.kind == VALUE_DOUBLE && v.d >= 0);
	return (c);
}

struct checked *
cel_fold(struct cel_checker *checker, struct checked *c)
{
	struct value v;

	if (decided(c))
		return (become(c, value_bool(c->op.kind == OP_OR)));
	if (!all_constant(c))
		return (c);
	v = evaluate(checker, c);
	if (v.kind != VALUE_ERROR)
		return (become(c, v));
	if (!checker->dialect->product)
		return (c);
	cel_refuse(
	    checker, c->node, "E130", NULL, "always an error: %s", v.error);
	return (checked_wrong(checker, c->node));
}
