#include "config/fields.h"

#include <inttypes.h>

#include "config/nearest.h"
#include "pipeline/base/check.h"

bool
bind_mapping(struct binder *b, const struct node *node)
{
	if (node->wrong)
		return (false);
	if (node->kind == NODE_MAPPING)
		return (true);
	refuse(b, node, "E012", NULL, "'%.*s' must be a mapping: {key: value}",
	    SPAN_ARGS(node_title(node)));
	return (false);
}

bool
bind_list(struct binder *b, const struct node *node)
{
	if (node->wrong)
		return (false);
	if (node->kind == NODE_SEQUENCE)
		return (true);
	refuse(b, node, "E012", NULL, "'%.*s' must be a list: [a, b]",
	    SPAN_ARGS(node_title(node)));
	return (false);
}

/* One name alone counts as a list of one. */
static struct node **
items_of(struct node *node, struct node **alone, size_t *n)
{
	if (node->kind == NODE_SEQUENCE) {
		*n = node->n;
		return (node->items);
	}
	*alone = node;
	*n = 1;
	return (alone);
}

/* Each item by `read`, and none twice. */
static bool
bind_items(struct binder *b, struct node *node,
    bool (*read)(struct binder *, struct node *, struct span *),
    struct source_text **ret, size_t *n)
{
	struct node *alone;
	struct node **items;
	bool good = true;

	if (node->wrong)
		return (false);
	items = items_of(node, &alone, n);
	*ret = ARENA_ARRAY(b->arena, *n, struct source_text);
	for (size_t i = 0; i < *n; i++) {
		struct span text;

		if (!read(b, items[i], &text)) {
			good = false;
			continue;
		}
		(*ret)[i] = place_of(items[i]);
		for (size_t j = 0; j < i; j++) {
			if (!span_equals((*ret)[j].text, text))
				continue;
			refuse(b, items[i], "E010", NULL,
			    "'%.*s' is given twice", SPAN_ARGS(text));
			good = false;
			break;
		}
	}
	if (!good)
		*n = 0;
	return (good);
}

static const struct span *
without_places(struct arena *arena, const struct source_text *texts, size_t n)
{
	struct span *spans = ARENA_ARRAY(arena, n, struct span);

	for (size_t i = 0; i < n; i++)
		spans[i] = texts[i].text;
	return (spans);
}

bool
bind_names_at(struct binder *b, struct node *node,
    const struct source_text **ret, size_t *n)
{
	struct source_text *names;

	if (!bind_items(b, node, scalar_name, &names, n))
		return (false);
	*ret = names;
	return (true);
}

bool
bind_names(
    struct binder *b, struct node *node, const struct span **ret, size_t *n)
{
	struct source_text *names;

	if (!bind_items(b, node, scalar_name, &names, n))
		return (false);
	*ret = without_places(b->arena, names, *n);
	return (true);
}

bool
bind_texts(
    struct binder *b, struct node *node, const struct span **ret, size_t *n)
{
	struct source_text *texts;

	if (!bind_items(b, node, scalar_text, &texts, n))
		return (false);
	*ret = without_places(b->arena, texts, *n);
	return (true);
}

void
refuse_key(struct binder *b, const struct node *key, const struct span *names,
    size_t n_names)
{
	refuse(b, key, "E011",
	    nearest_help(b->arena, key->text, names, n_names).at,
	    "unknown key '%.*s'", SPAN_ARGS(key->text));
}

bool
bind_is_rest(const struct node *mapping, size_t pair)
{
	const struct node *value = mapping->items[2 * pair + 1];

	if (value->kind != NODE_SCALAR || value->text.length > 0)
		return (false);
	while (pair-- > 0) {
		value = mapping->items[2 * pair + 1];
		if (value->cut)
			return (true);
		if (value->kind != NODE_SCALAR || value->text.length > 0)
			return (false);
	}
	return (false);
}

bool
bind_api_version(struct binder *b, struct node *node, void *target)
{
	struct span text;

	(void)target;
	if (!scalar_text(b, node, &text))
		return (false);
	if (span_equals(text, SPAN("kith/v1")))
		return (true);
	refuse(b, node, "E012", "write apiVersion: kith/v1",
	    "this version reads 'kith/v1' only, not '%.*s'", SPAN_ARGS(text));
	return (false);
}

static void *
member(void *target, size_t offset)
{
	return ((char *)target + offset);
}

static bool
bind_int(struct binder *b, const struct key *key, struct node *node, void *at)
{
	int64_t value;

	if (!scalar_int(b, node, key->min, key->max, &value))
		return (false);
	if (key->size == sizeof(int64_t)) {
		*(int64_t *)at = value;
	} else {
		CHECK(key->size == sizeof(int32_t));
		*(int32_t *)at = (int32_t)value;
	}
	return (true);
}

static bool
bind_double(
    struct binder *b, const struct key *key, struct node *node, double *at)
{
	if (!scalar_double(b, node, at))
		return (false);
	if (key->min > 0 && *at <= 0) {
		refuse(
		    b, node, "E014", NULL, "'%s' must be above 0", key->name);
		return (false);
	}
	return (true);
}

static bool
bind_word(struct binder *b, const struct key *key, struct node *node, void *at)
{
	int value;

	if (!scalar_word(b, node, key->words, key->n_words, &value))
		return (false);
	CHECK(key->size == sizeof value);
	memcpy(at, &value, sizeof value);
	return (true);
}

static bool
bind_text_at(struct binder *b, struct node *node, struct source_text *at,
    bool (*read)(struct binder *, struct node *, struct span *))
{
	struct span text;

	if (!read(b, node, &text))
		return (false);
	*at = place_of(node);
	return (true);
}

static bool
bind_value(
    struct binder *b, const struct key *key, struct node *node, void *target)
{
	void *at = member(target, key->offset);

	switch (key->type) {
	case KEY_TEXT:
		return (scalar_text(b, node, at));
	case KEY_NAME:
		return (scalar_name(b, node, at));
	case KEY_TEXT_AT:
		return (bind_text_at(b, node, at, scalar_text));
	case KEY_NAME_AT:
		return (bind_text_at(b, node, at, scalar_name));
	case KEY_EXPRESSION:
		return (scalar_expression(b, node, at));
	case KEY_BOOL:
		return (scalar_bool(b, node, at));
	case KEY_INT:
		return (bind_int(b, key, node, at));
	case KEY_DOUBLE:
		return (bind_double(b, key, node, at));
	case KEY_DURATION:
		return (scalar_duration(b, node, key->min, key->max, at));
	case KEY_TIME:
		return (scalar_time_of_day(b, node, at));
	case KEY_WORD:
		return (bind_word(b, key, node, at));
	case KEY_NAMES:
		return (bind_names(b, node, at, member(target, key->count)));
	case KEY_NAMES_AT:
		return (bind_names_at(b, node, at, member(target, key->count)));
	case KEY_TABLE:
		return (bind_mapping(b, node) &&
			bind_table(b, key->inner, node, at));
	case KEY_CUSTOM:
		return (key->read(b, node, target));
	case KEY_FREE:
		return (true);
	case KEY_LATER:
	default:
		refuse_later(
		    b, node->key != NULL ? node->key : node, key->name);
		return (false);
	}
}

/* A default as if it were written; it has no file. */
static struct node *
preset_node(struct arena *arena, const char *text)
{
	struct node *node = ARENA_NEW(arena, struct node);

	node->kind = NODE_SCALAR;
	node->verbatim = true;
	node->text = span_of(text);
	return (node);
}

/* A table that is absent as a whole gets the defaults of its keys. */
static bool
bind_absent(struct binder *b, const struct key *key, void *target)
{
	struct node nothing = {.kind = NODE_MAPPING};

	if (key->preset != NULL)
		return (bind_value(
		    b, key, preset_node(b->arena, key->preset), target));
	if (key->type == KEY_TABLE && !key->optional)
		return (bind_table(
		    b, key->inner, &nothing, member(target, key->offset)));
	return (true);
}

static bool
bind_present(
    struct binder *b, const struct key *key, struct node *node, void *target)
{
	if (b->bound != NULL)
		b->bound(key);
	if (key->given > 0)
		*(bool *)member(target, key->given - 1) = true;
	if (key->nullable && node_null(node))
		return (true);
	return (bind_value(b, key, node, target));
}

static void
refuse_missing(
    struct binder *b, const struct key *key, const struct node *mapping)
{
	const struct node *at = mapping->key != NULL ? mapping->key : mapping;

	refuse(b, at, "E013", NULL, "%s%.*s%s needs the key '%s'",
	    mapping->key != NULL ? "'" : "",
	    SPAN_ARGS(mapping->key != NULL ? mapping->key->text
					   : SPAN("the document")),
	    mapping->key != NULL ? "'" : "", key->name);
}

static bool
has_key(const struct table *table, struct span name)
{
	for (size_t i = 0; i < table->n; i++) {
		if (span_equals(span_of(table->keys[i].name), name))
			return (true);
	}
	return (false);
}

static bool
known(const struct binding *bindings, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++) {
		if (has_key(bindings[i].table, name))
			return (true);
	}
	return (false);
}

static void
refuse_unknown(struct binder *b, const struct binding *bindings, size_t n,
    const struct node *key)
{
	struct span *names;
	size_t n_names = 0;

	for (size_t i = 0; i < n; i++)
		n_names += bindings[i].table->n;
	names = ARENA_ARRAY(b->arena, n_names, struct span);
	n_names = 0;
	for (size_t i = 0; i < n; i++) {
		const struct table *table = bindings[i].table;

		for (size_t j = 0; j < table->n; j++) {
			if (table->keys[j].type != KEY_LATER)
				names[n_names++] = span_of(table->keys[j].name);
		}
	}
	refuse_key(b, key, names, n_names);
}

/* A key that is missing because it is misspelt: that is reported already. */
static bool
misspelt(const struct binding *bindings, size_t n, const struct node *mapping,
    const struct key *key)
{
	for (size_t i = 0; i < mapping->n; i++) {
		struct span name = mapping->items[2 * i]->text;

		if (!known(bindings, n, name) &&
		    names_near(name, span_of(key->name)))
			return (true);
	}
	return (false);
}

/* The keys of one of the tables. */
static bool
bind_keys(struct binder *b, const struct binding *bindings, size_t n,
    size_t which, struct node *mapping)
{
	const struct binding *binding = &bindings[which];
	bool good = true;

	for (size_t i = 0; i < binding->table->n; i++) {
		const struct key *key = &binding->table->keys[i];
		struct node *value = node_value(mapping, span_of(key->name));

		if (value != NULL) {
			good = bind_present(b, key, value, binding->target) &&
			       good;
		} else if (key->required) {
			if (!mapping->cut &&
			    !misspelt(bindings, n, mapping, key))
				refuse_missing(b, key, mapping);
			good = false;
		} else {
			good = bind_absent(b, key, binding->target) && good;
		}
	}
	return (good);
}

bool
bind_tables(struct binder *b, const struct binding *bindings, size_t n,
    struct node *mapping)
{
	bool good = true;

	for (size_t i = 0; i < n; i++)
		good = bind_keys(b, bindings, n, i, mapping) && good;
	for (size_t i = 0; i < mapping->n; i++) {
		const struct node *key = mapping->items[2 * i];

		if (key->wrong || bind_is_rest(mapping, i) ||
		    known(bindings, n, key->text))
			continue;
		refuse_unknown(b, bindings, n, key);
		good = false;
	}
	return (good);
}

bool
bind_table(struct binder *b, const struct table *table, struct node *mapping,
    void *target)
{
	const struct binding binding = {table, target};

	return (bind_tables(b, &binding, 1, mapping));
}
