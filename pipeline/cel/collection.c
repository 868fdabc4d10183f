/* Lists and maps: literals, selection and indexing. */
#include "pipeline/cel/compare.h"
#include "pipeline/cel/macro.h"

struct value
cel_walk_list(struct cel_run *run, const struct cel_op *op)
{
	struct value *items =
	    cel_run_alloc(run, (op->n_args + 1) * sizeof(struct value));

	if (items == NULL)
		return (cel_run_exhausted());
	for (uint32_t i = 0; i < op->n_args; i++) {
		items[i] = cel_walk(run, &op->args[i]);
		if (items[i].kind == VALUE_ERROR)
			return (items[i]);
	}
	return ((struct value){
	    .kind = VALUE_LIST, .length = op->n_args, .items = items});
}

static bool
is_key(struct value v)
{
	return (v.kind == VALUE_BOOL || v.kind == VALUE_INT ||
		v.kind == VALUE_UINT || v.kind == VALUE_STRING);
}

struct value
cel_walk_map(struct cel_run *run, const struct cel_op *op)
{
	struct value map = {.kind = VALUE_MAP};
	struct value *items =
	    cel_run_alloc(run, (op->n_args + 1) * sizeof(struct value));

	if (items == NULL)
		return (cel_run_exhausted());
	map.items = items;
	for (uint32_t i = 0; i < op->n_args; i += 2) {
		items[i] = cel_walk(run, &op->args[i]);
		items[i + 1] = cel_walk(run, &op->args[i + 1]);
		if (items[i].kind == VALUE_ERROR)
			return (items[i]);
		if (items[i + 1].kind == VALUE_ERROR)
			return (items[i + 1]);
		if (!is_key(items[i]))
			return (value_error("unsupported key type"));
		if (cel_map_find(run, map, items[i]) != NULL)
			return (value_error("a key is there twice"));
		map.length++;
	}
	return (map);
}

/* A number of any kind that is whole; false for all else. */
static bool
whole_number(struct value key, int64_t *ret)
{
	static const double end = 9223372036854775808.0;

	if (key.kind == VALUE_INT)
		*ret = key.i;
	else if (key.kind == VALUE_UINT && key.u <= INT64_MAX)
		*ret = (int64_t)key.u;
	else if (key.kind == VALUE_DOUBLE && key.d > -end && key.d < end &&
		 (double)(int64_t)key.d == key.d)
		*ret = (int64_t)key.d;
	else
		return (false);
	return (true);
}

static struct value
index_of(struct cel_run *run, struct value from, struct value key)
{
	const struct value *found;
	int64_t i;

	if (from.kind == VALUE_ERROR)
		return (from);
	if (key.kind == VALUE_ERROR)
		return (key);
	if (from.kind == VALUE_MAP) {
		found = cel_map_find(run, from, key);
		return (found != NULL ? *found : value_error("no such key"));
	}
	if (from.kind != VALUE_LIST)
		return (value_error("no such overload"));
	if (!whole_number(key, &i))
		return (value_error("not an index"));
	if (i < 0 || i >= (int64_t)from.length)
		return (value_error("index out of range"));
	return (from.items[i]);
}

struct value
cel_walk_select(struct cel_run *run, const struct cel_op *op)
{
	struct value map = cel_walk(run, &op->args[0]);
	const struct value *found;

	if (map.kind == VALUE_ERROR)
		return (map);
	if (map.kind != VALUE_MAP)
		return (value_error("no such overload"));
	found = cel_map_find(run, map, value_string(op->name));
	if (found == NULL && run->fuel < 0)
		return (cel_run_exhausted());
	if (op->kind == OP_HAS_KEY)
		return (value_bool(found != NULL));
	return (found != NULL ? *found : value_error("no such key"));
}

struct value
cel_walk_index(struct cel_run *run, const struct cel_op *op)
{
	struct value from = cel_walk(run, &op->args[0]);

	return (index_of(run, from, cel_walk(run, &op->args[1])));
}
