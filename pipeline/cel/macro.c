/*
 * The macros: all, exists, exists_one, map, filter.  The first two absorb the
 * errors of elements as && and || do, the others never.
 */
#include "pipeline/cel/macro.h"

/* A walk over a range. */
struct range {
	const struct value *items;
	uint32_t n;
	size_t step; /* 2 over a map: its keys */
};

static bool
range_of(struct value v, struct range *ret)
{
	if (v.kind != VALUE_LIST && v.kind != VALUE_MAP)
		return (false);
	ret->items = v.items;
	ret->n = v.length;
	ret->step = v.kind == VALUE_MAP ? 2 : 1;
	return (true);
}

static struct value
predicate(struct cel_run *run, const struct cel_op *op)
{
	struct value v = cel_walk(run, op);

	if (v.kind == VALUE_BOOL || v.kind == VALUE_ERROR)
		return (v);
	return (value_error("no such overload"));
}

static struct value
walk_quantifier(
    struct cel_run *run, const struct cel_op *op, const struct range *range)
{
	bool decides = op->kind == OP_EXISTS;
	struct value result = value_bool(!decides);

	for (uint32_t i = 0; i < range->n; i++) {
		struct value v;

		if (!cel_run_step(run))
			return (cel_run_exhausted());
		run->slots[op->slot] = range->items[i * range->step];
		v = predicate(run, &op->args[1]);
		if (v.kind == VALUE_ERROR)
			result = v;
		else if (v.truth == decides)
			return (v);
	}
	return (result);
}

static struct value
walk_exists_one(
    struct cel_run *run, const struct cel_op *op, const struct range *range)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < range->n; i++) {
		struct value v;

		if (!cel_run_step(run))
			return (cel_run_exhausted());
		run->slots[op->slot] = range->items[i * range->step];
		v = predicate(run, &op->args[1]);
		if (v.kind == VALUE_ERROR)
			return (v);
		n += v.truth;
	}
	return (value_bool(n == 1));
}

/* map(x, value), map(x, predicate, value), filter(x, predicate) */
static struct value
walk_transform(
    struct cel_run *run, const struct cel_op *op, const struct range *range)
{
	bool filters = op->kind == OP_FILTER || op->n_args > 2;
	struct value *items =
	    cel_run_alloc(run, ((size_t)range->n + 1) * sizeof(struct value));
	uint32_t n = 0;

	if (items == NULL)
		return (cel_run_exhausted());
	for (uint32_t i = 0; i < range->n; i++) {
		struct value v = value_bool(true);

		if (!cel_run_step(run))
			return (cel_run_exhausted());
		run->slots[op->slot] = range->items[i * range->step];
		if (filters)
			v = predicate(run, &op->args[1]);
		if (cel_is_false(v))
			continue;
		if (v.kind != VALUE_ERROR)
			v = op->kind == OP_FILTER
				? run->slots[op->slot]
				: cel_walk(run, &op->args[op->n_args - 1]);
		if (v.kind == VALUE_ERROR)
			return (v);
		items[n++] = v;
	}
	return (
	    (struct value){.kind = VALUE_LIST, .length = n, .items = items});
}

struct value
cel_walk_macro(struct cel_run *run, const struct cel_op *op)
{
	struct value from = cel_walk(run, &op->args[0]);
	struct range range;

	if (from.kind == VALUE_ERROR)
		return (from);
	if (!range_of(from, &range))
		return (value_error("no such overload"));
	if (op->kind == OP_ALL || op->kind == OP_EXISTS)
		return (walk_quantifier(run, op, &range));
	if (op->kind == OP_EXISTS_ONE)
		return (walk_exists_one(run, op, &range));
	return (walk_transform(run, op, &range));
}
