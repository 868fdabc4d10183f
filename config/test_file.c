#include "config/test_file.h"

#include "config/test_entry.h"

enum { PER_CENT = 100 };

/* A RuleTest while it is read: what it is about, and what it says. */
struct test_file {
	struct rule_test_file file;
	struct test_scope scope;
};

struct customer_file {
	struct test_customer customer;
	const struct test_scope *scope;
};

struct one_test {
	struct rule_test test;
	const struct test_scope *scope;
	struct node *timeline;
	bool customer_given;
};

struct coverage_file {
	int minimum;
	int of;
};

bool
read_test_files(struct binder *b, struct node *root,
    const struct source_text **ret, size_t *n)
{
	struct node *node = node_value(root, SPAN("files"));
	struct source_text *files;
	struct span text;
	bool good = true;

	/* A missing key is reported with all the others. */
	if (node == NULL || !bind_list(b, node))
		return (false);
	files = ARENA_ARRAY(b->arena, node->n, struct source_text);
	for (size_t i = 0; i < node->n; i++) {
		good = scalar_text(b, node->items[i], &text) && good;
		files[i] = place_of(node->items[i]);
	}
	*ret = files;
	*n = node->n;
	return (good);
}

/* `files` was read before all others. */
static bool
read_files(struct binder *b, struct node *node, void *target)
{
	(void)target;
	return (bind_list(b, node));
}

static bool
read_start(struct binder *b, struct node *node, void *target)
{
	struct test_file *file = target;
	struct span text;

	if (!scalar_text(b, node, &text))
		return (false);
	if (instant_parse(text, &file->file.start, NULL) != DONE) {
		refuse(b, node, "E012", "RFC 3339: 2025-01-06T08:00:00Z",
		    "'start' must be an instant, found '%.*s'",
		    SPAN_ARGS(text));
		return (false);
	}
	file->scope.clock.start = file->file.start;
	return (true);
}

static bool
read_customer_profile(struct binder *b, struct node *node, void *target)
{
	struct customer_file *file = target;
	const struct schema *schema = file->scope->config->schema;

	if (schema == NULL)
		return (true);
	if (schema_role(schema, ROLE_PROFILE) == NO_FIELD) {
		refuse(b, node->key, "E042",
		    "add a stream with the role 'profile'",
		    "no stream brings profiles");
		return (false);
	}
	return (test_profile(b, node, schema, &file->scope->clock,
	    &file->customer.profile, &file->customer.n_profile));
}

static size_t
count_channels(const struct node *node)
{
	size_t n = 0;

	for (size_t i = 0; i < node->n; i++)
		n += node->items[2 * i + 1]->kind == NODE_SEQUENCE
			 ? node->items[2 * i + 1]->n
			 : 1;
	return (n);
}

/* purpose: [channel] */
static bool
read_granted(struct binder *b, const struct node *key, struct node *value,
    const struct schema *schema, struct test_customer *customer,
    struct test_consent *to)
{
	const struct source_text *channels;
	bool good = true;
	size_t n;

	if (!known_purpose(b, key, schema) ||
	    !bind_names_at(b, value, &channels, &n))
		return (false);
	for (size_t i = 0; i < n; i++) {
		if (!known_channel(b, channels[i].place, schema)) {
			good = false;
			continue;
		}
		to[customer->n_consents++] =
		    (struct test_consent){schema_purpose(schema, key->text),
			schema_channel(schema, channels[i].text)};
	}
	return (good);
}

static bool
read_customer_consent(struct binder *b, struct node *node, void *target)
{
	struct customer_file *file = target;
	const struct schema *schema = file->scope->config->schema;
	struct test_consent *consents;
	bool good = true;

	if (!bind_mapping(b, node))
		return (false);
	if (schema == NULL)
		return (true);
	if (schema_role(schema, ROLE_CONSENT) == NO_FIELD) {
		refuse(b, node->key, "E042",
		    "add a stream with the role 'consent'",
		    "no stream brings consents");
		return (false);
	}
	consents =
	    ARENA_ARRAY(b->arena, count_channels(node), struct test_consent);
	file->customer.consents = consents;
	for (size_t i = 0; i < node->n; i++)
		good =
		    read_granted(b, node->items[2 * i], node->items[2 * i + 1],
			schema, &file->customer, consents) &&
		    good;
	return (good);
}

static const struct key customer_keys[] = {
    {.name = "id",
	.type = KEY_TEXT,
	KEY_AT(customer_file, customer.id),
	.otherwise = "the name",
	.about = "The key of the records."},
    {.name = "profile",
	.type = KEY_CUSTOM,
	.read = read_customer_profile,
	.form = "{field: value}",
	.about = "A profile record before all others."},
    {.name = "consent",
	.type = KEY_CUSTOM,
	.read = read_customer_consent,
	.form = "{purpose: [channel]}",
	.about = "Granted before all other records."},
};
static const struct table customer_table = {.title = "A customer",
    .about = "Under `customers:`, by a name for this file.",
    .keys = customer_keys,
    .n = ROWS(customer_keys)};

static bool
read_customers(struct binder *b, struct node *node, void *target)
{
	struct test_file *file = target;
	struct test_customer *customers;
	bool good = true;

	if (!bind_mapping(b, node))
		return (false);
	customers = ARENA_ARRAY(b->arena, node->n, struct test_customer);
	for (size_t i = 0; i < node->n; i++) {
		struct node *key = node->items[2 * i];
		struct node *value = node->items[2 * i + 1];
		struct customer_file one = {.scope = &file->scope};
		struct span name;

		good = scalar_name(b, key, &name) && bind_mapping(b, value) &&
		       bind_table(b, &customer_table, value, &one) && good;
		customers[i] = one.customer;
		customers[i].name = place_of(key);
		if (customers[i].id.length == 0)
			customers[i].id = key->text;
	}
	file->file.customers = file->scope.customers = customers;
	file->file.n_customers = file->scope.n_customers = node->n;
	return (good);
}

static bool
read_test_customer(struct binder *b, struct node *node, void *target)
{
	struct one_test *one = target;

	return (find_customer(b, node, one->scope, &one->test.customer));
}

static bool
read_test_rules(struct binder *b, struct node *node, void *target)
{
	struct one_test *one = target;
	const struct rule **rules;
	bool good = true;

	if (!bind_list(b, node))
		return (false);
	rules = ARENA_ARRAY(b->arena, node->n, const struct rule *);
	for (size_t i = 0; i < node->n; i++)
		good =
		    find_rule(b, node->items[i], one->scope, &rules[i]) && good;
	one->test.rules = rules;
	one->test.n_rules = node->n;
	return (good);
}

static bool
read_until(struct binder *b, struct node *node, void *target)
{
	struct one_test *one = target;
	struct span text;

	return (scalar_text(b, node, &text) &&
		test_time(b, node, text, &one->scope->clock, &one->test.until));
}

/* Entries need the test's customer: they are read when it is known. */
static bool
keep_timeline(struct binder *b, struct node *node, void *target)
{
	((struct one_test *)target)->timeline = node;
	return (bind_list(b, node));
}

static const struct key one_keys[] = {
    {.name = "name",
	.type = KEY_TEXT_AT,
	.required = true,
	KEY_AT(one_test, test.name),
	.about = "What it shows, in words."},
    {.name = "customer",
	.type = KEY_CUSTOM,
	.required = true,
	KEY_GIVEN(one_test, customer_given),
	.read = read_test_customer,
	.form = "a name",
	.about = "Whose timeline it is."},
    {.name = "rules",
	.type = KEY_CUSTOM,
	.read = read_test_rules,
	.form = "[rule]",
	.otherwise = "all",
	.about = "The rules whose triggers must all be listed."},
    {.name = "until",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_until,
	.form = "a time",
	.about = "The end, included."},
    {.name = "timeline",
	.type = KEY_CUSTOM,
	.required = true,
	.inner = &entry_table,
	.read = keep_timeline,
	.form = "[entry]",
	.about = "What happens, and what must come of it."},
};
static const struct table one_table = {.title = "A test",
    .about = "Under `tests:`.",
    .keys = one_keys,
    .n = ROWS(one_keys)};

static bool
read_timeline(struct binder *b, struct one_test *one)
{
	struct node *node = one->timeline;
	struct test_entry *entries;
	bool good = true;

	/* Without a schema nobody knows what is a stream. */
	if (one->scope->config->schema == NULL)
		return (true);
	entries = ARENA_ARRAY(b->arena, node->n, struct test_entry);

	for (size_t i = 0; i < node->n; i++)
		good = read_entry(b, node->items[i], one->scope,
			   one->test.customer, &entries[i]) &&
		       good;
	one->test.entries = entries;
	one->test.n_entries = node->n;
	return (good);
}

static bool
read_tests(struct binder *b, struct node *node, void *target)
{
	struct test_file *file = target;
	struct rule_test *tests;
	bool good = true;

	if (!bind_list(b, node))
		return (false);
	tests = ARENA_ARRAY(b->arena, node->n, struct rule_test);
	for (size_t i = 0; i < node->n; i++) {
		struct one_test one = {.scope = &file->scope};

		good = bind_mapping(b, node->items[i]) &&
		       bind_table(b, &one_table, node->items[i], &one) && good;
		if (one.timeline != NULL && !one.timeline->wrong &&
		    one.timeline->kind == NODE_SEQUENCE)
			good = read_timeline(b, &one) && good;
		tests[i] = one.test;
	}
	file->file.tests = tests;
	file->file.n_tests = node->n;
	return (good);
}

static const struct word covered[] = {{"rules", 1, false}};

static const struct key coverage_keys[] = {
    {.name = "minimum",
	.type = KEY_INT,
	.required = true,
	KEY_NUMBER(coverage_file, minimum),
	.min = 1,
	.max = PER_CENT,
	.about = "Per cent."},
    {.name = "of",
	.type = KEY_WORD,
	KEY_NUMBER(coverage_file, of),
	KEY_WORDS(covered),
	.preset = "rules",
	.about = "Of live rules, fired or suppressed by a test of this "
		 "file."},
};
static const struct table coverage_table = {.title = "coverage",
    .about = "How much the tests of the file must reach.",
    .keys = coverage_keys,
    .n = ROWS(coverage_keys)};

static bool
read_coverage(struct binder *b, struct node *node, void *target)
{
	struct coverage_file coverage = {.minimum = 0};

	if (!bind_mapping(b, node) ||
	    !bind_table(b, &coverage_table, node, &coverage))
		return (false);
	((struct test_file *)target)->file.coverage = coverage.minimum;
	return (true);
}

static bool
read_name(struct binder *b, struct node *node, void *target)
{
	struct span name;

	if (!scalar_name(b, node, &name))
		return (false);
	((struct test_file *)target)->file.name = place_of(node);
	return (true);
}

/* Customers and times come first: tests speak of them. */
static const struct key test_keys[] = {
    {.name = "apiVersion",
	.type = KEY_CUSTOM,
	.required = true,
	.read = bind_api_version,
	.form = "`kith/v1`",
	.about = "The version of this form of files."},
    {.name = "kind",
	.type = KEY_FREE,
	.required = true,
	.form = "the word above",
	.about = "What the document is."},
    {.name = "name",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_name,
	.form = "a name",
	.about = "Its name."},
    {.name = "files",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_files,
	.form = "[path]",
	.about = "What it is about: files, folders or patterns, from this "
		 "file."},
    {.name = "start",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_start,
	.form = "an instant, RFC 3339",
	.about = "What offsets count from."},
    {.name = "customers",
	.type = KEY_CUSTOM,
	.required = true,
	.inner = &customer_table,
	.read = read_customers,
	.form = "{name: customer}",
	.about = "Who there is."},
    {.name = "tests",
	.type = KEY_CUSTOM,
	.required = true,
	.inner = &one_table,
	.read = read_tests,
	.form = "[test]",
	.about = "The tests."},
    {.name = "coverage",
	.type = KEY_CUSTOM,
	.inner = &coverage_table,
	.read = read_coverage,
	.form = "{minimum: 100, of: rules}",
	.otherwise = "not asked for",
	.about = "How much the tests must reach."},
};
static const struct table test_table = {.title = "RuleTest",
    .about = "A timeline on a virtual clock, and what must come of it. Exact: "
	     "a trigger that is not listed fails the test.",
    .keys = test_keys,
    .n = ROWS(test_keys)};

const struct table *const test_tables[] = {&test_table, &customer_table,
    &one_table, &entry_table, &coverage_table, NULL};

const struct rule_test_file *
read_test(struct binder *b, const struct document *document,
    const struct config *config)
{
	struct test_file *file = ARENA_NEW(b->arena, struct test_file);

	file->scope.config = config;
	file->file.path = document->file->name;
	file->file.edition = config->edition;
	(void)bind_table(b, &test_table, document->root, file);
	return (&file->file);
}
