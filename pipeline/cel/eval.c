/*
 * THE evaluator: it walks the flat tree at one instant and lowers the one
 * `until` as it reads what moves.  What is not evaluated does not count;
 * errors are values, and && and || absorb them.
 */
#include "pipeline/cel/compare.h"
#include "pipeline/cel/convert.h"
#include "pipeline/cel/flip.h"
#include "pipeline/cel/macro.h"
#include "pipeline/cel/overload.h"
#include "pipeline/cel/time.h"
#include "pipeline/cel/trace.h"

/* A step of a loop, in bytes' worth of fuel. */
enum { FUEL = 1 << 18, FUEL_PER_STEP = 64 };

struct value
cel_run_exhausted(void)
{
	return (value_error("the result is too large"));
}

bool
cel_run_step(struct cel_run *run)
{
	run->fuel -= FUEL_PER_STEP;
	return (run->fuel >= 0);
}

bool
cel_run_charge(struct cel_run *run, size_t n)
{
	run->fuel -= n > FUEL ? FUEL : (int64_t)n;
	return (run->fuel >= 0);
}

void *
cel_run_alloc(struct cel_run *run, size_t size)
{
	if (run->fuel < 0 || size > (size_t)run->fuel)
		return (NULL);
	run->fuel -= (int64_t)size;
	return (arena_alloc(run->ev->arena, size));
}

/*
 * An expression under a name: once per evaluation, and for as long as it
 * holds.  What moves by itself (L, M) has another value each ms and is not
 * kept.  Its comparisons are not traced: whether they ran depends on who came
 * first.
 */
static struct value
read_shared(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	struct cel_memo *memo = ev->memos != NULL && leaf->class <= CEL_S
				    ? &ev->memos[leaf->memo]
				    : NULL;
	wall_ms outer = ev->until;
	struct cel_trace *trace = ev->trace;
	struct value v;

	if (memo != NULL && memo->stamp == ev->stamp && ev->now < memo->until) {
		cel_lower(ev, memo->until);
		return (memo->value);
	}
	ev->trace = NULL;
	if (memo != NULL)
		ev->until = INSTANT_NEVER;
	v = cel_evaluate(leaf->shared, ev);
	if (memo != NULL) {
		*memo = (struct cel_memo){ev->stamp, ev->until, v};
		cel_lower(ev, outer);
	}
	ev->trace = trace;
	return (v);
}

static struct value
walk_leaf(struct cel_run *run, const struct cel_op *op)
{
	const struct cel_leaf *leaf = op->leaf;

	if (leaf->shared != NULL)
		return (read_shared(leaf, run->ev));
	return (leaf->read(leaf, run->ev));
}

/*
 * Values travel in two registers or behind a pointer.  A value that came in
 * registers and is then copied whole is a 16-byte load over two 8-byte stores,
 * which a processor cannot forward: a dozen cycles each time.  So the frequent
 * paths below look at operands where they lie.
 */

/* An operand where it lies: the constant's own place, or *room. */
static inline const struct value *
walk_operand(struct cel_run *run, const struct cel_op *op, struct value *room)
{
	if (op->kind == OP_CONSTANT)
		return (&op->constant);
	if (op->kind == OP_LEAF && op->leaf->shared == NULL)
		*room = op->leaf->read(op->leaf, run->ev);
	else
		*room = cel_walk(run, op);
	return (room);
}

/* What is no bool where one is wanted. */
static struct value
not_bool(struct value v)
{
	if (v.kind == VALUE_ERROR)
		return (v);
	return (value_error(
	    v.kind == VALUE_NULL ? "a condition is null" : "no such overload"));
}

/* An operand of && and its kin; its own term if it is no comparison. */
static inline void
walk_condition(struct cel_run *run, const struct cel_op *op, struct value *ret)
{
	*ret = cel_walk(run, op);
	if (run->ev->trace != NULL)
		cel_trace_condition(run, op, *ret);
}

/* false && error is false, whichever comes first; likewise true || error. */
static struct value
walk_logic(struct cel_run *run, const struct cel_op *op)
{
	bool decides = op->kind == OP_OR;
	const struct cel_op *end = op->args + op->n_args;
	const char *error = NULL;

	for (const struct cel_op *at = op->args; at < end; at++) {
		struct value v;

		walk_condition(run, at, &v);
		if (v.kind != VALUE_BOOL) {
			if (error == NULL)
				error = not_bool(v).error;
		} else if (v.truth == decides)
			return (cel_bool(decides));
	}
	return (error == NULL ? cel_bool(!decides) : value_error(error));
}

static struct value
walk_not(struct cel_run *run, const struct cel_op *op)
{
	struct value v;

	walk_condition(run, &op->args[0], &v);
	return (v.kind == VALUE_BOOL ? cel_bool(!v.truth) : not_bool(v));
}

static struct value
walk_choice(struct cel_run *run, const struct cel_op *op)
{
	struct value v;

	walk_condition(run, &op->args[0], &v);
	if (v.kind != VALUE_BOOL)
		return (not_bool(v));
	return (cel_walk(run, &op->args[v.truth ? 1 : 2]));
}

/* A comparison that may turn by itself, or that someone wants to see. */
static struct value
compare_more(struct cel_run *run, const struct cel_op *op,
    const struct value *l, const struct value *r)
{
	struct value v =
	    cel_compare(run, (enum cel_relation)op->relation, *l, *r);

	if (op->motion != CEL_STILL)
		cel_flip_lower(run, op, *l, *r, v);
	if (run->ev->trace != NULL)
		cel_trace_relation(run, op, *l, *r, v);
	return (v);
}

static struct value
walk_compare(struct cel_run *run, const struct cel_op *op)
{
	struct value rooms[2];
	const struct value *l = walk_operand(run, &op->args[0], &rooms[0]);
	const struct value *r = walk_operand(run, &op->args[1], &rooms[1]);

	if (l->kind == r->kind &&
	    (l->kind == VALUE_INT || l->kind == VALUE_MONEY) &&
	    op->motion == CEL_STILL && run->ev->trace == NULL)
		return (
		    cel_bool(cel_relation_holds((enum cel_relation)op->relation,
			(l->i > r->i) - (l->i < r->i))));
	return (compare_more(run, op, l, r));
}

static struct value
walk_in(struct cel_run *run, const struct cel_op *op)
{
	struct value l = cel_walk(run, &op->args[0]);
	struct value r = cel_walk(run, &op->args[1]);
	struct value v;

	if (l.kind == VALUE_NULL && !op->null_is_value)
		v = value_error("null is in no list");
	else
		v = cel_contained(run, l, r);

	if (run->ev->trace != NULL)
		cel_trace_relation(run, op, l, r, v);
	return (v);
}

static struct value
walk_call(struct cel_run *run, const struct cel_op *op)
{
	struct value args[CEL_ARGS_MAX];

	args[0] = cel_walk(run, &op->args[0]);
	if (op->n_args > 1)
		args[1] = cel_walk(run, &op->args[1]);
	return (cel_overload_run(run, op->overload, args));
}

/* Which row it is turns out here alone: dyn. */
static struct value
walk_dispatch(struct cel_run *run, const struct cel_op *op)
{
	enum cel_function function = (enum cel_function)op->function;
	const struct cel_overload *overload;
	struct value args[CEL_ARGS_MAX];

	for (uint32_t i = 0; i < op->n_args; i++) {
		args[i] = cel_walk(run, &op->args[i]);
		if (args[i].kind == VALUE_ERROR)
			return (args[i]);
	}
	overload = cel_overload_for(function, args, op->n_args);
	if (overload == NULL)
		return (value_error("no such overload"));
	return (cel_overload_run(run, overload, args));
}

/* A getter of what moves: its value, and when that changes. */
static struct value
walk_getter(struct cel_run *run, const struct cel_op *op)
{
	struct value args[CEL_ARGS_MAX];
	struct value v;
	int64_t change;

	args[0] = cel_walk(run, &op->args[0]);
	if (op->n_args > 1)
		args[1] = cel_walk(run, &op->args[1]);
	v = cel_overload_run(run, op->overload, args);
	if (args[0].kind == VALUE_ERROR || args[0].kind == VALUE_NULL ||
	    (op->n_args > 1 && args[1].kind != VALUE_STRING))
		return (v);
	change =
	    cel_getter_change(run, op->function, args, op->n_args, op->slope);
	if (change != INSTANT_NEVER)
		cel_lower(run->ev, run->ev->now + change);
	return (v);
}

static struct value
walk_match(struct cel_run *run, const struct cel_op *op)
{
	struct value v = cel_walk(run, &op->args[0]);

	if (v.kind == VALUE_ERROR)
		return (v);
	if (v.kind != VALUE_STRING)
		return (value_error("an operand is null"));
	if (!cel_run_charge(run, v.length))
		return (cel_run_exhausted());
	return (cel_bool(regex_matches(op->regex, value_text(v))));
}

/* Of a leaf: it is there and is neither null nor an error. */
static struct value
walk_has(struct cel_run *run, const struct cel_op *op)
{
	struct value v = cel_walk(run, &op->args[0]);

	return (cel_bool(v.kind != VALUE_NULL && v.kind != VALUE_ERROR));
}

static struct value
walk_constant(struct cel_run *run, const struct cel_op *op)
{
	(void)run;
	return (op->constant);
}

static struct value
walk_now(struct cel_run *run, const struct cel_op *op)
{
	(void)op;
	return (value_timestamp(run->ev->now));
}

static struct value
walk_variable(struct cel_run *run, const struct cel_op *op)
{
	return (run->slots[op->slot]);
}

struct value (*const cel_walkers[])(
    struct cel_run *run, const struct cel_op *op) = {
    [OP_CONSTANT] = walk_constant,
    [OP_LEAF] = walk_leaf,
    [OP_NOW] = walk_now,
    [OP_VARIABLE] = walk_variable,
    [OP_AND] = walk_logic,
    [OP_OR] = walk_logic,
    [OP_NOT] = walk_not,
    [OP_CHOICE] = walk_choice,
    [OP_COMPARE] = walk_compare,
    [OP_IN] = walk_in,
    [OP_CALL] = walk_call,
    [OP_DISPATCH] = walk_dispatch,
    [OP_GETTER] = walk_getter,
    [OP_MATCH] = walk_match,
    [OP_LIST] = cel_walk_list,
    [OP_MAP] = cel_walk_map,
    [OP_SELECT] = cel_walk_select,
    [OP_HAS_KEY] = cel_walk_select,
    [OP_HAS] = walk_has,
    [OP_INDEX] = cel_walk_index,
    [OP_ALL] = cel_walk_macro,
    [OP_EXISTS] = cel_walk_macro,
    [OP_EXISTS_ONE] = cel_walk_macro,
    [OP_TRANSFORM] = cel_walk_macro,
    [OP_FILTER] = cel_walk_macro,
};

void
cel_run_init(
    struct cel_run *run, const struct cel_expr *expr, struct cel_eval *ev)
{
	run->expr = expr;
	run->ev = ev;
	run->row = NULL;
	run->fuel = FUEL;
	for (int i = 0; i < (expr == NULL ? 0 : expr->n_slots); i++)
		run->slots[i] = value_null();
}

struct value
cel_evaluate(const struct cel_expr *expr, struct cel_eval *ev)
{
	struct cel_run run;
	struct value v;

	cel_run_init(&run, expr, ev);
	v = cel_walk(&run, expr->root);
	if (ev->trace != NULL && expr->type.kind == CEL_TYPE_BOOL)
		cel_trace_condition(&run, expr->root, v);
	return (v);
}

bool
cel_holds(const struct cel_expr *expr, struct cel_eval *ev, bool *error)
{
	struct value v = cel_evaluate(expr, ev);

	*error = v.kind != VALUE_BOOL;
	return (cel_is_true(v));
}
