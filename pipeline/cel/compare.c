/* Equality and order of values. */
#include "pipeline/cel/compare.h"

#include <math.h>

/* What `order` answers besides -1, 0 and 1. */
enum {
	NOT_A_NUMBER = 2, /* unequal to all, neither above nor below */
	NO_ORDER = 3,
};

static int
sign(bool below, bool above)
{
	return ((int)above - (int)below);
}

static int
order_doubles(double a, double b)
{
	if (isnan(a) || isnan(b))
		return (NOT_A_NUMBER);
	return (sign(a<b, a> b));
}

/* 2^63 and 2^64: where the integers end. */
static const double int_end = 9223372036854775808.0;
static const double uint_end = 18446744073709551616.0;

static int
order_int_double(int64_t i, double d)
{
	int64_t whole;

	if (isnan(d))
		return (NOT_A_NUMBER);
	/* the acceptance tests of CEL take the largest int for 2^63 */
	if (d >= int_end)
		return (d == int_end && i == INT64_MAX ? 0 : -1);
	if (d < -int_end)
		return (1);
	whole = (int64_t)d;
	if (i != whole)
		return (sign(i<whole, i> whole));
	return (order_doubles(0, d - (double)whole));
}

static int
order_uint_double(uint64_t u, double d)
{
	uint64_t whole;

	if (isnan(d))
		return (NOT_A_NUMBER);
	if (d >= uint_end)
		return (-1);
	if (d < 0)
		return (1);
	whole = (uint64_t)d;
	if (u != whole)
		return (sign(u<whole, u> whole));
	return (order_doubles(0, d - (double)whole));
}

static int
mirrored(int order)
{
	return (order == NOT_A_NUMBER ? order : -order);
}

/* Two numbers of different kinds. */
static int
order_mixed(struct value l, struct value r)
{
	if (l.kind == VALUE_DOUBLE)
		return (mirrored(r.kind == VALUE_INT
				     ? order_int_double(r.i, l.d)
				     : order_uint_double(r.u, l.d)));
	if (r.kind == VALUE_DOUBLE)
		return (l.kind == VALUE_INT ? order_int_double(l.i, r.d)
					    : order_uint_double(l.u, r.d));
	if (l.kind == VALUE_INT)
		return (
		    l.i < 0 ? -1 : sign((uint64_t)l.i<r.u, (uint64_t)l.i> r.u));
	return (r.i < 0 ? 1 : sign(l.u<(uint64_t)r.i, l.u>(uint64_t) r.i));
}

static bool
is_number(struct value v)
{
	return (v.kind == VALUE_INT || v.kind == VALUE_UINT ||
		v.kind == VALUE_DOUBLE);
}

/* ms, then ns above them */
static int
order_times(struct value l, struct value r)
{
	if (l.i != r.i)
		return (sign(l.i<r.i, l.i> r.i));
	return (sign(l.length<r.length, l.length> r.length));
}

static int
order(struct value l, struct value r)
{
	int bytes;

	if (l.kind != r.kind)
		return (is_number(l) && is_number(r) ? order_mixed(l, r)
						     : NO_ORDER);
	switch ((int)l.kind) {
	case VALUE_INT:
	case VALUE_MONEY:
	case VALUE_DATE:
		return (sign(l.i<r.i, l.i> r.i));
	case VALUE_DOUBLE:
		return (order_doubles(l.d, r.d));
	case VALUE_UINT:
		return (sign(l.u<r.u, l.u> r.u));
	case VALUE_BOOL:
		return (sign(!l.truth && r.truth, l.truth && !r.truth));
	case VALUE_STRING:
	case VALUE_BYTES:
		bytes = span_compare(value_text(l), value_text(r));
		return (sign(bytes<0, bytes> 0));
	case VALUE_TIMESTAMP:
	case VALUE_DURATION:
		return (order_times(l, r));
	default:
		return (NO_ORDER);
	}
}

static enum cel_equality
lists_equal(struct cel_run *run, struct value l, struct value r)
{
	if (l.length != r.length)
		return (CEL_UNEQUAL);
	if (!cel_run_charge(run, l.length))
		return (CEL_TOO_LONG);
	for (uint32_t i = 0; i < l.length; i++) {
		enum cel_equality equal =
		    cel_values_equal(run, l.items[i], r.items[i]);

		if (equal != CEL_SAME)
			return (equal);
	}
	return (CEL_SAME);
}

const struct value *
cel_map_find(struct cel_run *run, struct value map, struct value key)
{
	if (!cel_run_charge(run, map.length))
		return (NULL);
	for (uint32_t i = 0; i < map.length; i++) {
		if (cel_values_equal(run, map.items[2 * (size_t)i], key) ==
		    CEL_SAME)
			return (&map.items[2 * (size_t)i + 1]);
	}
	return (NULL);
}

static enum cel_equality
maps_equal(struct cel_run *run, struct value l, struct value r)
{
	if (l.length != r.length)
		return (CEL_UNEQUAL);
	for (uint32_t i = 0; i < l.length; i++) {
		const struct value *other =
		    cel_map_find(run, r, l.items[2 * (size_t)i]);
		enum cel_equality equal;

		if (other == NULL)
			return (run->fuel < 0 ? CEL_TOO_LONG : CEL_UNEQUAL);
		equal =
		    cel_values_equal(run, l.items[2 * (size_t)i + 1], *other);
		if (equal != CEL_SAME)
			return (equal);
	}
	return (CEL_SAME);
}

enum cel_equality
cel_values_equal(struct cel_run *run, struct value l, struct value r)
{
	int found;

	if (l.kind == r.kind) {
		switch ((int)l.kind) {
		case VALUE_NULL:
			return (CEL_SAME);
		case VALUE_STRING:
			return (span_equals(value_text(l), value_text(r))
				    ? CEL_SAME
				    : CEL_UNEQUAL);
		case VALUE_LIST:
		case VALUE_MAP:
			if (!cel_run_step(run))
				return (CEL_TOO_LONG);
			return (l.kind == VALUE_LIST ? lists_equal(run, l, r)
						     : maps_equal(run, l, r));
		case VALUE_TYPE:
		case VALUE_ENTRY:
			return (l.object == r.object ? CEL_SAME : CEL_UNEQUAL);
		default:
			break;
		}
	}
	found = order(l, r);
	return (found == 0 ? CEL_SAME : CEL_UNEQUAL);
}

static struct value
compare_equality(struct cel_run *run, enum cel_relation relation,
    struct value l, struct value r)
{
	enum cel_equality equal = cel_values_equal(run, l, r);

	if (equal == CEL_TOO_LONG)
		return (cel_run_exhausted());
	return (cel_bool((equal == CEL_SAME) == (relation == CEL_EQUAL)));
}

struct value
cel_compare(struct cel_run *run, enum cel_relation relation, struct value l,
    struct value r)
{
	int found;

	if (l.kind == VALUE_ERROR)
		return (l);
	if (r.kind == VALUE_ERROR)
		return (r);
	if (relation == CEL_EQUAL || relation == CEL_DIFFERENT)
		return (compare_equality(run, relation, l, r));
	found = order(l, r);
	if (found == NO_ORDER)
		return (value_error(l.kind == VALUE_NULL || r.kind == VALUE_NULL
					? "null has no order"
					: "no such overload"));
	/* NaN is neither below nor above */
	return (cel_bool(
	    found != NOT_A_NUMBER && cel_relation_holds(relation, found)));
}

struct value
cel_contained(struct cel_run *run, struct value element, struct value in)
{
	if (element.kind == VALUE_ERROR)
		return (element);
	if (in.kind == VALUE_ERROR)
		return (in);
	if (in.kind == VALUE_MAP) {
		const struct value *found = cel_map_find(run, in, element);

		if (found == NULL && run->fuel < 0)
			return (cel_run_exhausted());
		return (cel_bool(found != NULL));
	}
	if (in.kind != VALUE_LIST)
		return (
		    value_error(in.kind == VALUE_NULL ? "null has no elements"
						      : "no such overload"));
	if (!cel_run_charge(run, in.length))
		return (cel_run_exhausted());
	for (uint32_t i = 0; i < in.length; i++) {
		enum cel_equality equal =
		    cel_values_equal(run, element, in.items[i]);

		if (equal == CEL_SAME)
			return (cel_bool(true));
		if (equal == CEL_TOO_LONG)
			return (cel_run_exhausted());
	}
	return (cel_bool(false));
}
