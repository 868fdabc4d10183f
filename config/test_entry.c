/*
 * One entry of a timeline: a time, and what arrives, must come out, or must
 * hold at it.  Besides the keys of the table an entry may have the name of a
 * stream: the table is completed with these, so that a misspelt stream is
 * found like a misspelt key.
 */
#include "config/test_entry.h"

#include "config/nearest.h"
#include "pipeline/decide/advance.h"

enum { REPEAT_MAX = 10000, LEAST_MAX = 1000000 };

struct entry_file {
	struct test_entry entry;
	const struct test_scope *scope;
	struct node *kinds[TEST_OUTAGE + 1]; /* what it is, by its keys */
	bool repeat_given;
	bool every_given;
	bool arrives_given;
	bool params_given;
	bool reason_given;
	struct source_text check;
};

bool
find_customer(struct binder *b, struct node *node,
    const struct test_scope *scope, int *ret)
{
	struct span *names;
	struct span name;

	if (!scalar_name(b, node, &name))
		return (false);
	names = ARENA_ARRAY(b->arena, scope->n_customers, struct span);
	for (size_t i = 0; i < scope->n_customers; i++) {
		names[i] = scope->customers[i].name.text;
		if (span_equals(names[i], name)) {
			*ret = (int)i;
			return (true);
		}
	}
	refuse(b, node, "E040",
	    nearest_help(b->arena, name, names, scope->n_customers).at,
	    "there is no customer '%.*s'", SPAN_ARGS(name));
	return (false);
}

/* The names of all rules: what one may have meant. */
static struct span
rule_names(struct arena *arena, const struct config *config, struct span name)
{
	struct span *names;
	size_t n = 0;

	for (size_t i = 0; i < config->n_rulesets; i++)
		n += config->rulesets[i]->n_rules;
	names = ARENA_ARRAY(arena, n, struct span);
	n = 0;
	for (size_t i = 0; i < config->n_rulesets; i++) {
		const struct ruleset_draft *set = config->rulesets[i];

		for (size_t j = 0; j < set->n_rules; j++)
			names[n++] = set->rules[j].name.text;
	}
	return (nearest_help(arena, name, names, n));
}

bool
find_rule(struct binder *b, struct node *node, const struct test_scope *scope,
    const struct rule **ret)
{
	struct span name;

	*ret = NULL;
	if (!scalar_text(b, node, &name))
		return (false);
	if (scope->config->edition == NULL)
		return (true);
	*ret = edition_rule(scope->config->edition, name);
	if (*ret != NULL)
		return (true);
	refuse(b, node, "E040", rule_names(b->arena, scope->config, name).at,
	    "there is no rule '%.*s'", SPAN_ARGS(name));
	return (false);
}

static bool
read_stream_event(struct binder *b, struct node *node, void *target)
{
	struct entry_file *file = target;
	const struct schema *schema = file->scope->config->schema;

	file->kinds[TEST_EVENT] = node;
	file->entry.kind = TEST_EVENT;
	file->entry.stream = schema_stream(schema, node->key->text);
	return (test_event(b, node, schema, &file->scope->clock, &file->entry));
}

static bool
read_expect(struct binder *b, struct node *node, void *target)
{
	struct entry_file *file = target;

	file->kinds[TEST_EXPECT] = node;
	file->entry.kind = TEST_EXPECT;
	return (find_rule(b, node, file->scope, &file->entry.rule));
}

static bool
read_suppressed(struct binder *b, struct node *node, void *target)
{
	struct entry_file *file = target;

	file->kinds[TEST_SUPPRESSED] = node;
	file->entry.kind = TEST_SUPPRESSED;
	if (node->kind == NODE_SCALAR && span_equals(node->text, SPAN("any")))
		return (true);
	return (find_rule(b, node, file->scope, &file->entry.rule));
}

/* A reason of the gate, or a stream: that of a rule's cancelOn. */
static bool
read_reason(struct binder *b, struct node *node, void *target)
{
	struct entry_file *file = target;
	const struct schema *schema = file->scope->config->schema;
	size_t n_streams = schema == NULL ? 0 : schema->n_streams;
	struct span *names =
	    ARENA_ARRAY(b->arena, REASONS + n_streams, struct span);
	size_t n = 0;
	struct span text;

	if (!scalar_text(b, node, &text))
		return (false);
	for (int i = REASON_NONE + 1; i < REASONS; i++) {
		if (i != REASON_CANCELLED)
			names[n++] = span_of(reason_name((enum reason)i));
	}
	for (size_t i = 0; i < n_streams; i++)
		names[n++] = schema->streams[i].name;
	for (size_t i = 0; i < n; i++) {
		if (span_equals(names[i], text)) {
			file->entry.reason = text;
			return (true);
		}
	}
	refuse(b, node, "E040", nearest_help(b->arena, text, names, n).at,
	    "there is no reason '%.*s'", SPAN_ARGS(text));
	return (false);
}

static bool
read_test_params(struct binder *b, struct node *node, void *target)
{
	struct test_entry *entry = &((struct entry_file *)target)->entry;
	struct test_param *params;
	bool good = true;

	if (!bind_mapping(b, node))
		return (false);
	params = ARENA_ARRAY(b->arena, node->n, struct test_param);
	for (size_t i = 0; i < node->n; i++) {
		struct node *value = node->items[2 * i + 1];
		struct span text;

		params[i].null = node_null(value);
		if (!params[i].null)
			good = scalar_text(b, value, &text) && good;
		params[i].name = place_of(node->items[2 * i]);
		params[i].text = place_of(value);
	}
	entry->params = params;
	entry->n_params = node->n;
	return (good);
}

static bool
read_check(struct binder *b, struct node *node, void *target)
{
	struct entry_file *file = target;
	const struct edition *edition = file->scope->config->edition;

	file->kinds[TEST_CHECK] = node;
	file->entry.kind = TEST_CHECK;
	if (!scalar_expression(b, node, &file->check))
		return (false);
	if (edition == NULL)
		return (true);
	file->entry.check =
	    edition_expression(b->arena, edition, &file->check, b->report);
	return (file->entry.check != NULL);
}

static bool
read_outage(struct binder *b, struct node *node, void *target)
{
	struct entry_file *file = target;

	file->kinds[TEST_OUTAGE] = node;
	file->entry.kind = TEST_OUTAGE;
	return (scalar_duration(b, node, 1, 0, &file->entry.length));
}

static bool
read_entry_customer(struct binder *b, struct node *node, void *target)
{
	struct entry_file *file = target;

	return (find_customer(b, node, file->scope, &file->entry.customer));
}

static bool
read_arrives(struct binder *b, struct node *node, void *target)
{
	struct entry_file *file = target;
	struct span text;

	return (scalar_text(b, node, &text) &&
		test_time(
		    b, node, text, &file->scope->clock, &file->entry.arrives));
}

static const struct key entry_keys[] = {
    {.name = "expect",
	.type = KEY_CUSTOM,
	.read = read_expect,
	.form = "a rule",
	.about = "A trigger of it is published at this time, or in this "
		 "range."},
    {.name = "suppressed",
	.type = KEY_CUSTOM,
	.read = read_suppressed,
	.form = "a rule, or `any`",
	.about = "A decision of it is suppressed."},
    {.name = "check",
	.type = KEY_CUSTOM,
	.read = read_check,
	.form = "an expression",
	.about = "It holds, after all records and timers of its instant."},
    {.name = "outage",
	.type = KEY_CUSTOM,
	.read = read_outage,
	.form = "a duration",
	.about = "Nothing is read meanwhile."},
    {.name = "customer",
	.type = KEY_CUSTOM,
	.read = read_entry_customer,
	.form = "a name",
	.otherwise = "the test's",
	.about = "Whose event or trigger it is."},
    {.name = "repeat",
	.type = KEY_INT,
	KEY_NUMBER(entry_file, entry.repeat),
	KEY_GIVEN(entry_file, repeat_given),
	.min = 1,
	.max = REPEAT_MAX,
	.preset = "1",
	.about = "So many events."},
    {.name = "every",
	.type = KEY_DURATION,
	KEY_AT(entry_file, entry.every),
	KEY_GIVEN(entry_file, every_given),
	.about = "How far they are apart."},
    {.name = "arrives",
	.type = KEY_CUSTOM,
	KEY_GIVEN(entry_file, arrives_given),
	.read = read_arrives,
	.form = "a time",
	.otherwise = "the time of the entry",
	.about = "When the event is read; the entry's time is then when it "
		 "happened."},
    {.name = "params",
	.type = KEY_CUSTOM,
	KEY_GIVEN(entry_file, params_given),
	.read = read_test_params,
	.form = "{name: value}",
	.about = "Params that the trigger has; others may be there."},
    {.name = "reason",
	.type = KEY_CUSTOM,
	KEY_GIVEN(entry_file, reason_given),
	.read = read_reason,
	.form = "a word, or the stream of `cancelOn`",
	.otherwise = "whichever",
	.about = "Why it was suppressed."},
    {.name = "atLeast",
	.type = KEY_INT,
	KEY_NUMBER(entry_file, entry.at_least),
	KEY_GIVEN(entry_file, entry.at_least_given),
	.min = 1,
	.max = LEAST_MAX,
	.preset = "1",
	.about = "How many at least; without it exactly one."},
};
const struct table entry_table = {.title = "An entry",
    .about = "Of a timeline: a time, and one of an event (`STREAM: {field: "
	     "value}`), `expect`, `suppressed`, `check`, `outage`. The time is "
	     "an offset from `start` or an instant; `A..B` includes A and not "
	     "B.",
    .keys = entry_keys,
    .n = ROWS(entry_keys)};

/* The table's keys, and the streams. */
static struct table
table_with_streams(struct arena *arena, const struct schema *schema)
{
	size_t n_streams = schema == NULL ? 0 : schema->n_streams;
	struct key *keys =
	    ARENA_ARRAY(arena, entry_table.n + n_streams, struct key);
	struct table ret = entry_table;

	for (size_t i = 0; i < entry_table.n; i++)
		keys[i] = entry_table.keys[i];
	for (size_t i = 0; i < n_streams; i++)
		keys[ret.n++] = (struct key){
		    .name = arena_span(arena, schema->streams[i].name).at,
		    .type = KEY_CUSTOM,
		    .read = read_stream_event};
	ret.keys = keys;
	return (ret);
}

static bool
check_one(
    struct binder *b, const struct entry_file *file, const struct node *node)
{
	const struct node *first = NULL;

	for (size_t i = 0; i < ROWS(file->kinds); i++) {
		if (file->kinds[i] == NULL)
			continue;
		if (first == NULL) {
			first = file->kinds[i];
			continue;
		}
		refuse(b, file->kinds[i]->key, "E016",
		    "write two entries with the same time",
		    "'%.*s' and '%.*s' in one entry",
		    SPAN_ARGS(first->key->text),
		    SPAN_ARGS(file->kinds[i]->key->text));
		return (false);
	}
	if (first != NULL)
		return (true);
	refuse(b, node->key, "E013", NULL,
	    "an entry needs an event, expect, suppressed, check or outage");
	return (false);
}

/* Keys that say something to some entries alone. */
static bool
check_entry_uses(
    struct binder *b, const struct entry_file *file, const struct node *node)
{
	enum test_entry_kind kind = file->entry.kind;
	bool of_event = kind == TEST_EVENT;
	bool out = kind == TEST_EXPECT || kind == TEST_SUPPRESSED;
	const struct use {
		const char *key;
		bool given;
		bool right;
	} uses[] = {
	    {"repeat", file->repeat_given, of_event},
	    {"every", file->every_given, of_event && file->repeat_given},
	    {"arrives", file->arrives_given, of_event},
	    {"params", file->params_given, kind == TEST_EXPECT},
	    {"reason", file->reason_given, kind == TEST_SUPPRESSED},
	    {"atLeast", file->entry.at_least_given, out},
	};

	for (size_t i = 0; i < ROWS(uses); i++) {
		if (!uses[i].given || uses[i].right)
			continue;
		refuse(b, node_value(node, span_of(uses[i].key))->key, "E016",
		    NULL, "'%s' says nothing about this entry", uses[i].key);
		return (false);
	}
	if (file->repeat_given && !file->every_given) {
		refuse(b, node->key, "E013", NULL, "'repeat' needs 'every'");
		return (false);
	}
	return (true);
}

/* "A" or "A..B" */
static bool
read_times(struct binder *b, const struct node *key,
    const struct test_scope *scope, struct test_entry *entry)
{
	struct span text = key->text;
	struct span first = text;
	struct span second = {NULL, 0};

	for (size_t i = 0; i + 1 < text.length; i++) {
		if (text.at[i] != '.' || text.at[i + 1] != '.')
			continue;
		first.length = i;
		second = (struct span){text.at + i + 2, text.length - i - 2};
		break;
	}
	if (!test_time(b, key, first, &scope->clock, &entry->from))
		return (false);
	entry->to = entry->from;
	entry->where = place_of(key);
	if (second.at == NULL)
		return (true);
	entry->range = true;
	if (!test_time(b, key, second, &scope->clock, &entry->to))
		return (false);
	if (entry->to > entry->from)
		return (true);
	refuse(b, key, "E016", "A..B includes A and not B",
	    "a range must end after it begins");
	return (false);
}

static bool
check_range(
    struct binder *b, const struct test_entry *entry, const struct node *key)
{
	if (!entry->range || entry->kind == TEST_EXPECT ||
	    entry->kind == TEST_SUPPRESSED)
		return (true);
	refuse(
	    b, key, "E016", NULL, "a range is for expect and suppressed alone");
	return (false);
}

bool
read_entry(struct binder *b, struct node *node, const struct test_scope *scope,
    int customer, struct test_entry *ret)
{
	struct entry_file *file = ARENA_NEW(b->arena, struct entry_file);
	struct table table =
	    table_with_streams(b->arena, scope->config->schema);
	struct node *key;
	struct node *value;
	bool good;

	if (!bind_mapping(b, node))
		return (false);
	if (node->n != 1) {
		refuse(b, node, "E016", "- 10d: {purchases: {amount: 45.00}}",
		    "an entry is one time and what happens then");
		return (false);
	}
	key = node->items[0];
	value = node->items[1];
	file->scope = scope;
	file->entry.customer = customer;
	good = read_times(b, key, scope, &file->entry);
	file->entry.arrives = file->entry.from;
	if (!bind_mapping(b, value) || !bind_table(b, &table, value, file) ||
	    !good)
		return (false);
	if (!check_one(b, file, value) || !check_entry_uses(b, file, value) ||
	    !check_range(b, &file->entry, key))
		return (false);
	*ret = file->entry;
	return (true);
}
