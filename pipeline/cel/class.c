/*
 * How an expression moves by itself, from how its parts do.  K and S change
 * only where a leaf announces it; L is exact integer arithmetic; M has at most
 * one crossing with what stands still.  Anything else has no crossing that
 * could be computed.
 */
#include "pipeline/cel/check.h"

bool cel_class_moves(enum cel_class class)
{
	return (class > CEL_S);
}

static bool is_monotone(enum cel_class class)
{
	return (class == CEL_RISING || class == CEL_FALLING);
}

void
cel_class_refuse(
    struct cel_checker *checker, struct checked *c, const char *help)
{
	if (checker->use == CEL_IN_TIME) {
		cel_refuse(checker, c->node, "E151", help,
		    "it cannot be computed when this changes by itself");
		c->class = CEL_S; /* once is enough */
		return;
	}
	c->class = CEL_FREE;
}

/* Of operands none of which moves: in steps if any does. */
static enum cel_class
steps(const struct checked *c)
{
	enum cel_class class = CEL_K;

	for (uint32_t i = 0; i < c->op.n_args; i++) {
		if (c->args[i]->class > class)
			class = c->args[i]->class;
	}
	return (class);
}

/* A pure function: what moves inside it has no crossing. */
void
cel_class_join(struct cel_checker *checker, struct checked *c)
{
	uint32_t first = c->op.kind == OP_CHOICE ? 1 : 0;

	c->class = steps(c);
	if (!cel_class_moves(c->class))
		return;
	/* both branches may move in the same way: then so does the choice */
	if (first == 1 && c->args[1]->class == c->args[2]->class &&
	    c->args[1]->slope == c->args[2]->slope &&
	    !cel_class_moves(c->args[0]->class)) {
		c->class = c->args[1]->class;
		c->slope = c->args[1]->slope;
		c->non_negative =
		    c->args[1]->non_negative && c->args[2]->non_negative;
		if (c->class != CEL_FREE)
			return;
	}
	cel_class_refuse(checker, c,
	    "compare it with < <= > >= directly, or give the rule a "
	    "`resolution`");
}

static int
slope_of(const struct checked *c)
{
	return (c->class == CEL_L ? c->slope : 0);
}

static bool
is_time(const struct checked *c)
{
	return (c->type.kind == CEL_TYPE_TIMESTAMP ||
		c->type.kind == CEL_TYPE_DURATION);
}

/* L +- L, L +- K: exact as long as the slopes are whole. */
static bool
add_linear(struct checked *c, bool minus)
{
	int right = slope_of(c->args[1]);
	int slope = slope_of(c->args[0]) + (minus ? -right : right);

	for (int i = 0; i < 2; i++) {
		if (!is_time(c->args[i]) ||
		    (cel_class_moves(c->args[i]->class) &&
			c->args[i]->class != CEL_L))
			return (false);
	}
	c->op.overload = cel_overload_linear(minus ? FN_SUBTRACT : FN_ADD);
	c->class = slope == 0 ? CEL_S : CEL_L;
	c->slope = slope;
	return (true);
}

static enum cel_class opposite(enum cel_class class)
{
	if (class == CEL_RISING)
		return (CEL_FALLING);
	return (class == CEL_FALLING ? CEL_RISING : class);
}

/* M +- M of one direction, M +- what stands still. */
static bool
add_monotone(struct checked *c, bool minus)
{
	const struct checked *left = c->args[0];
	const struct checked *right = c->args[1];
	enum cel_class class = minus ? opposite(right->class) : right->class;

	if (left->class == CEL_L || right->class == CEL_L ||
	    left->class == CEL_FREE || right->class == CEL_FREE)
		return (false);
	if (is_monotone(left->class) && is_monotone(class) &&
	    left->class != class)
		return (false);
	c->class = is_monotone(left->class) ? left->class : class;
	c->non_negative = !minus && left->non_negative && right->non_negative;
	return (true);
}

/*
 * M times what is known not to be negative, or what is known to be; two M
 * that never are, of one direction.  What changes in steps may do so: between
 * two steps it stands still, and its steps are announced.
 */
static bool
multiply_monotone(struct checked *c)
{
	const struct checked *left = c->args[0];
	const struct checked *right = c->args[1];
	bool both = is_monotone(left->class) && is_monotone(right->class);
	const struct checked *moving = is_monotone(left->class) ? left : right;
	const struct checked *factor = moving == left ? right : left;

	if (left->class == CEL_L || right->class == CEL_L ||
	    left->class == CEL_FREE || right->class == CEL_FREE ||
	    (both && left->class != right->class))
		return (false);
	c->non_negative = left->non_negative && right->non_negative;
	c->class = moving->class;
	if (both)
		return (c->non_negative);
	if (factor->non_negative)
		return (true);
	c->class = opposite(moving->class);
	return (checked_is_constant(factor));
}

/* -1, 0 or 1; 0 too where it is no number. */
static int
sign_of(struct value v)
{
	switch ((int)v.kind) {
	case VALUE_DOUBLE:
		return ((v.d > 0) - (v.d < 0));
	case VALUE_INT:
	case VALUE_MONEY:
		return ((v.i > 0) - (v.i < 0));
	default:
		return (0);
	}
}

/* M over a constant that is not 0. */
static bool
divide_monotone(struct checked *c)
{
	const struct checked *by = c->args[1];
	int sign = checked_is_constant(by) ? sign_of(by->op.constant) : 0;

	if (!is_monotone(c->args[0]->class) || sign == 0)
		return (false);
	c->class = sign > 0 ? c->args[0]->class : opposite(c->args[0]->class);
	c->non_negative = sign > 0 && c->args[0]->non_negative;
	return (true);
}

/* Functions that keep the direction: double(x), dyn(x). */
static bool
keep(struct checked *c)
{
	if (!is_monotone(c->args[0]->class))
		return (false);
	c->class = c->args[0]->class;
	c->non_negative = c->args[0]->non_negative;
	return (true);
}

/* A getter of what grows with the time; of a duration, or shrinks. */
static bool
getter(struct checked *c)
{
	const struct checked *of = c->args[0];
	bool instant = of->type.kind == CEL_TYPE_TIMESTAMP;

	if (of->class != CEL_L || !is_time(of) ||
	    (of->slope != 1 && (instant || of->slope != -1)) ||
	    (c->op.n_args > 1 && cel_class_moves(c->args[1]->class)))
		return (false);
	c->op.kind = OP_GETTER;
	c->op.slope = (int16_t)of->slope;
	c->class = CEL_S;
	return (true);
}

static bool
class_moving_call(struct checked *c)
{
	enum cel_function function = (enum cel_function)c->op.function;

	if (function >= FN_YEAR)
		return (getter(c));
	switch ((int)function) {
	case FN_ADD:
	case FN_SUBTRACT:
		if (c->args[0]->class == CEL_L || c->args[1]->class == CEL_L)
			return (add_linear(c, function == FN_SUBTRACT));
		return (add_monotone(c, function == FN_SUBTRACT));
	case FN_MULTIPLY:
		return (multiply_monotone(c));
	case FN_DIVIDE:
		return (divide_monotone(c));
	case FN_NEGATE:
		c->class = opposite(c->args[0]->class);
		return (is_monotone(c->class));
	case FN_DOUBLE:
		return (keep(c));
	default:
		return (false);
	}
}

/* Not negative because no operand is: a count, a sum, a share of such. */
static bool
keeps_sign(const struct checked *c)
{
	enum cel_function function = (enum cel_function)c->op.function;

	if (function == FN_DOUBLE)
		return (c->args[0]->non_negative);
	return ((function == FN_ADD || function == FN_MULTIPLY ||
		    function == FN_DIVIDE) &&
		c->args[0]->non_negative && c->args[1]->non_negative);
}

void
cel_class_call(struct cel_checker *checker, struct checked *c)
{
	c->class = steps(c);
	if (!cel_class_moves(c->class)) {
		/* a count, a sum or a share of such */
		c->non_negative = keeps_sign(c);
		return;
	}
	if (!class_moving_call(c))
		cel_class_refuse(checker, c,
		    "compare its parts with < <= > >= directly, or give the "
		    "rule a `resolution`");
}

/* M with what stands still, M+ with M-: one crossing at most. */
static bool
crosses_once(const struct checked *c)
{
	enum cel_class l = c->args[0]->class;
	enum cel_class r = c->args[1]->class;

	if (c->op.relation == CEL_EQUAL || c->op.relation == CEL_DIFFERENT)
		return (false);
	return ((is_monotone(l) && !cel_class_moves(r)) ||
		(is_monotone(r) && !cel_class_moves(l)) ||
		(is_monotone(l) && is_monotone(r) && l != r));
}

static bool
meets_linear(const struct checked *c)
{
	for (int i = 0; i < 2; i++) {
		enum cel_class class = c->args[i]->class;

		if (class != CEL_L && cel_class_moves(class))
			return (false);
		if (class == CEL_L && !is_time(c->args[i]))
			return (false);
	}
	return (true);
}

void
cel_class_compare(struct cel_checker *checker, struct checked *c)
{
	int slope = slope_of(c->args[0]) - slope_of(c->args[1]);

	c->class = steps(c);
	if (!cel_class_moves(c->class))
		return;
	c->class = CEL_S;
	if (meets_linear(c)) {
		c->op.motion = slope == 0 ? CEL_STILL : CEL_LINEAR;
		c->op.slope = (int16_t)slope;
	} else if (crosses_once(c) && checker->use != CEL_AT_ONCE)
		c->op.motion = CEL_MONOTONE;
	else
		cel_class_refuse(checker, c,
		    "what rises or falls has a crossing with < <= > >= and "
		    "what stands still, or with what moves the other way");
}
