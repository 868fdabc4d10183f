/* Fields: the short forms `order_id: string` and `kind: [nps, csat]`, and the
   mapping that says more. */
#include "config/stream_file.h"

static const struct word field_types[] = {
    {"string", FIELD_STRING, false},
    {"int", FIELD_INT, false},
    {"double", FIELD_DOUBLE, false},
    {"bool", FIELD_BOOL, false},
    {"money", FIELD_MONEY, false},
    {"timestamp", FIELD_TIMESTAMP, false},
    {"date", FIELD_DATE, false},
    {"timezone", FIELD_TIMEZONE, false},
    {"country", FIELD_COUNTRY, false},
};

enum { OPTIONS_MAX = 256 };

/* A word, or the list of values that an enum has. */
static bool
read_type(struct binder *b, struct node *node, void *target)
{
	struct field *field = target;
	int type;

	if (node->kind == NODE_SEQUENCE) {
		field->type = FIELD_ENUM;
		if (!bind_texts(b, node, &field->options, &field->n_options))
			return (false);
		if (field->n_options == 0 || field->n_options > OPTIONS_MAX) {
			refuse(b, node, "E014", NULL,
			    "a list of values has 1 to %d of them",
			    OPTIONS_MAX);
			return (false);
		}
		return (true);
	}
	if (!scalar_word(b, node, field_types, ROWS(field_types), &type))
		return (false);
	field->type = (enum field_type)type;
	return (true);
}

static bool
read_from(struct binder *b, struct node *node, void *target)
{
	struct field *field = target;

	if (!scalar_text(b, node, &field->from))
		return (false);
	if (schema_pointer_valid(field->from))
		return (true);
	refuse(b, node, "E012", "a JSON pointer: /total_minor, /order/total",
	    "'%.*s' is no JSON pointer", SPAN_ARGS(field->from));
	return (false);
}

enum unit { UNIT_MAJOR, UNIT_MINOR };

static bool
read_unit(struct binder *b, struct node *node, void *target)
{
	static const struct word units[] = {
	    {"major", UNIT_MAJOR, false}, {"minor", UNIT_MINOR, false}};
	struct field *field = target;
	int unit;

	if (!scalar_word(b, node, units, ROWS(units), &unit))
		return (false);
	field->minor = unit == UNIT_MINOR;
	if (field->minor && field->type != FIELD_MONEY) {
		refuse(b, node, "E016", NULL, "'unit' is for money alone");
		return (false);
	}
	return (true);
}

enum { PROFILE_ROWS = 2 };

static const struct key field_keys[] = {
    {.name = "type",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_type,
	.form = "`string`, `int`, `double`, `bool`, `money`, `timestamp`, "
		"`date`, `timezone`, `country`, or a list of values",
	.about = "What the field holds. `date` reads `{y?, m, d}`, "
		 "`1988-02-29` and `--02-29`; `timestamp` RFC 3339 with an "
		 "offset, or whole milliseconds since the epoch."},
    {.name = "pii",
	.type = KEY_BOOL,
	KEY_AT(field, pii),
	.preset = "false",
	.about = "Personal: never in logs, metrics and explanations; in params "
		 "only where the rule says `allowPii`."},
    {.name = "required",
	.type = KEY_BOOL,
	KEY_AT(field, required),
	.preset = "false",
	.about = "A record without it is a dead letter."},
    {.name = "from",
	.type = KEY_CUSTOM,
	.read = read_from,
	.form = "a JSON pointer",
	.otherwise = "`/<name>`",
	.about = "Where it lies in the record."},
    {.name = "unit",
	.type = KEY_CUSTOM,
	.read = read_unit,
	.form = "`major` or `minor`",
	.otherwise = "`major`",
	.about = "Money as amounts (`45.00`), or as a whole number of minor "
		 "units (`4500`)."},
};

const struct table stream_field_table = {.title = "Fields of a stream",
    .about = "Short: `name: string`, `kind: [nps, csat]`.",
    .keys = field_keys,
    .n = ROWS(field_keys)};
const struct table profile_field_table = {.title = "Fields of a customer",
    .about = "Short: `name: string`, `segment: [a, b]`.",
    .keys = field_keys,
    .n = PROFILE_ROWS};

/* Words of the language, which no field can be asked for by. */
static bool
reserved(struct span name)
{
	static const char *const words[] = {"true", "false", "null", "in", "as",
	    "break", "const", "continue", "else", "for", "function", "if",
	    "import", "let", "loop", "package", "namespace", "return", "var",
	    "void", "while"};

	for (size_t i = 0; i < ROWS(words); i++) {
		if (span_equals(name, span_of(words[i])))
			return (true);
	}
	return (false);
}

static bool
check_field_name(struct binder *b, const struct node *key)
{
	if (is_identifier(key->text) && !reserved(key->text))
		return (true);
	refuse(b, key, "E012",
	    "letters, digits and '_', no digit first; 'from: /other-name' says "
	    "where it lies in the record",
	    "'%.*s' cannot be the name of a field", SPAN_ARGS(key->text));
	return (false);
}

static bool
read_field(struct binder *b, const struct table *table, struct node *node,
    struct field *ret)
{
	if (node->wrong)
		return (false);
	ret->name = node->key->text;
	ret->from = arena_print(b->arena, "/%.*s", SPAN_ARGS(ret->name));
	if (node->kind == NODE_MAPPING)
		return (bind_table(b, table, node, ret));
	return (read_type(b, node, ret));
}

bool
read_fields(struct binder *b, const struct table *table, struct node *mapping,
    const struct field **ret, size_t *n)
{
	struct field *fields = ARENA_ARRAY(b->arena, mapping->n, struct field);
	bool good = true;

	for (size_t i = 0; i < mapping->n; i++) {
		good = check_field_name(b, mapping->items[2 * i]) && good;
		good = read_field(
			   b, table, mapping->items[2 * i + 1], &fields[i]) &&
		       good;
	}
	*ret = fields;
	*n = mapping->n;
	return (good);
}
