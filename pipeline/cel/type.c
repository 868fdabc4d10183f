/* Static types and their names. */
#include "pipeline/cel/type.h"

static const struct kind {
	const char *name;
	bool number;
	bool ordered;
} kinds[] = {
    [CEL_TYPE_DYN] = {"dyn", false, false},
    [CEL_TYPE_WRONG] = {"error", false, false},
    [CEL_TYPE_NULL] = {"null_type", false, false},
    [CEL_TYPE_BOOL] = {"bool", false, true},
    [CEL_TYPE_INT] = {"int", true, true},
    [CEL_TYPE_UINT] = {"uint", true, true},
    [CEL_TYPE_DOUBLE] = {"double", true, true},
    [CEL_TYPE_MONEY] = {"money", false, true},
    [CEL_TYPE_STRING] = {"string", false, true},
    [CEL_TYPE_BYTES] = {"bytes", false, true},
    [CEL_TYPE_TIMESTAMP] = {"google.protobuf.Timestamp", false, true},
    [CEL_TYPE_DURATION] = {"google.protobuf.Duration", false, true},
    [CEL_TYPE_DATE] = {"date", false, true},
    [CEL_TYPE_LIST] = {"list", false, false},
    [CEL_TYPE_MAP] = {"map", false, false},
    [CEL_TYPE_TYPE] = {"type", false, false},
    [CEL_TYPE_OPTIONAL] = {"optional_type", false, false},
    [CEL_TYPE_ANY] = {"dyn", false, false},
};

struct cel_type
cel_type_of(enum cel_type_kind kind)
{
	return ((struct cel_type){.kind = kind});
}

struct cel_type
cel_type_list(struct arena *arena, const struct cel_type *element)
{
	struct cel_type t = {.kind = CEL_TYPE_LIST};

	t.element = arena_copy(arena, element, sizeof *element);
	return (t);
}

struct cel_type
cel_type_map(struct arena *arena, const struct cel_type *key,
    const struct cel_type *value)
{
	struct cel_type t = {.kind = CEL_TYPE_MAP};

	t.key = arena_copy(arena, key, sizeof *key);
	t.element = arena_copy(arena, value, sizeof *value);
	return (t);
}

static bool
part_equal(const struct cel_type *a, const struct cel_type *b)
{
	return (a == b || (a != NULL && b != NULL && cel_type_equal(a, b)));
}

bool
cel_type_equal(const struct cel_type *a, const struct cel_type *b)
{
	return (a->kind == b->kind && part_equal(a->key, b->key) &&
		part_equal(a->element, b->element));
}

const char *
cel_kind_text(enum cel_type_kind kind)
{
	if (kind == CEL_TYPE_TIMESTAMP)
		return ("timestamp");
	if (kind == CEL_TYPE_DURATION)
		return ("duration");
	return (kinds[kind].name);
}

enum cel_type_kind
cel_kind_named(struct span name)
{
	for (int i = CEL_TYPE_NULL; i <= CEL_TYPE_OPTIONAL; i++) {
		if (span_equals(name, span_of(kinds[i].name)))
			return ((enum cel_type_kind)i);
	}
	return (CEL_TYPE_WRONG);
}

struct span
cel_type_text(struct arena *arena, const struct cel_type *type)
{
	struct span key;
	struct span element;

	if (type->element == NULL)
		return (span_of(cel_kind_text(type->kind)));
	element = cel_type_text(arena, type->element);
	if (type->kind == CEL_TYPE_MAP && type->key != NULL) {
		key = cel_type_text(arena, type->key);
		return (arena_print(arena, "map(%.*s, %.*s)", SPAN_ARGS(key),
		    SPAN_ARGS(element)));
	}
	return (arena_print(
	    arena, "%s(%.*s)", kinds[type->kind].name, SPAN_ARGS(element)));
}

bool
cel_type_open(const struct cel_type *type)
{
	return (type->kind == CEL_TYPE_DYN || type->kind == CEL_TYPE_WRONG ||
		type->kind == CEL_TYPE_ANY);
}

static bool
part_fits(const struct cel_type *a, const struct cel_type *b)
{
	return (a == NULL || b == NULL || cel_type_fits(a, b));
}

bool
cel_type_fits(const struct cel_type *a, const struct cel_type *b)
{
	if (cel_type_open(a) || cel_type_open(b))
		return (true);
	return (a->kind == b->kind && part_fits(a->key, b->key) &&
		part_fits(a->element, b->element));
}

struct cel_type
cel_type_join(
    struct arena *arena, const struct cel_type *a, const struct cel_type *b)
{
	struct cel_type key;
	struct cel_type element;

	if (a->kind == CEL_TYPE_WRONG || b->kind == CEL_TYPE_WRONG)
		return (cel_type_of(CEL_TYPE_WRONG));
	if (a->kind == CEL_TYPE_ANY)
		return (*b);
	if (b->kind == CEL_TYPE_ANY)
		return (*a);
	if (a->kind != b->kind)
		return (cel_type_of(CEL_TYPE_DYN));
	if (a->element == NULL || b->element == NULL)
		return (
		    cel_type_of(a->kind)); /* what only one can be is gone */
	element = cel_type_join(arena, a->element, b->element);
	if (a->kind == CEL_TYPE_MAP && a->key != NULL && b->key != NULL) {
		key = cel_type_join(arena, a->key, b->key);
		return (cel_type_map(arena, &key, &element));
	}
	if (a->kind == CEL_TYPE_LIST)
		return (cel_type_list(arena, &element));
	return (*a);
}

bool
cel_kind_number(enum cel_type_kind kind)
{
	return (kinds[kind].number);
}

bool
cel_kind_ordered(enum cel_type_kind kind)
{
	return (kinds[kind].ordered);
}

enum cel_type_kind
cel_kind_of(struct value v)
{
	static const enum cel_type_kind of[] = {
	    [VALUE_NULL] = CEL_TYPE_NULL,
	    [VALUE_ERROR] = CEL_TYPE_WRONG,
	    [VALUE_BOOL] = CEL_TYPE_BOOL,
	    [VALUE_INT] = CEL_TYPE_INT,
	    [VALUE_UINT] = CEL_TYPE_UINT,
	    [VALUE_DOUBLE] = CEL_TYPE_DOUBLE,
	    [VALUE_MONEY] = CEL_TYPE_MONEY,
	    [VALUE_STRING] = CEL_TYPE_STRING,
	    [VALUE_BYTES] = CEL_TYPE_BYTES,
	    [VALUE_TIMESTAMP] = CEL_TYPE_TIMESTAMP,
	    [VALUE_DURATION] = CEL_TYPE_DURATION,
	    [VALUE_DATE] = CEL_TYPE_DATE,
	    [VALUE_LIST] = CEL_TYPE_LIST,
	    [VALUE_MAP] = CEL_TYPE_MAP,
	    [VALUE_TYPE] = CEL_TYPE_TYPE,
	    [VALUE_OPTIONAL] = CEL_TYPE_OPTIONAL,
	    [VALUE_ENTRY] = CEL_TYPE_WRONG,
	};

	return (of[v.kind]);
}
