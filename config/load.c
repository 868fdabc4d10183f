#include "config/load.h"

#include "config/assemble.h"
#include "config/test_file.h"

/* A run over files. */
struct loader {
	struct binder binder;
	struct sources sources;
	struct arena *arena;
	bool unreadable; /* something that the command line names */
	struct failure first;
};

static void
loader_init(struct loader *l, struct arena *arena,
    const struct config_options *options, bool running)
{
	*l = (struct loader){.arena = arena,
	    .binder = {.arena = arena,
		.report = findings_report(options->findings),
		.zones = options->zones,
		.variable = options->variable,
		.running = running}};
	sources_init(&l->sources, &l->binder);
}

/* A path of the command line: it has no place but its own name. */
static void
add_named(struct loader *l, const char *path, struct set *set)
{
	struct failure why = {{0}};

	if (sources_add(&l->sources, NULL, span_of(path), set, &why) == DONE)
		return;
	report_error(l->binder.report, "E021", NULL, 0, 0, NULL, "%s %s", path,
	    why.text);
	if (!l->unreadable)
		(void)fail_with(&l->first, FATAL, "%s %s", path, why.text);
	l->unreadable = true;
}

/* Files that a document names, from its own folder. */
static void
add_listed(struct loader *l, const struct document *document,
    const struct source_text *list, size_t n, struct set *set)
{
	for (size_t i = 0; i < n; i++) {
		struct failure why = {{0}};

		if (sources_add(&l->sources, document->file, list[i].text, set,
			&why) != DONE)
			refuse(&l->binder, list[i].place, "E021", NULL,
			    "'%.*s' %s", SPAN_ARGS(list[i].text), why.text);
	}
	for (size_t i = 0; i < set->n; i++)
		set->documents[i]->taken = true;
}

static bool
holds(const struct set *set, enum kind kind)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->documents[i]->kind == kind)
			return (true);
	}
	return (false);
}

static void
refuse_without_schema(struct loader *l, const struct document *document,
    const char *key, const struct set *set)
{
	struct node *list = node_value(document->root, span_of(key));

	if (list == NULL || !set->whole || holds(set, KIND_SCHEMA))
		return;
	refuse(&l->binder, list->key, "E040", NULL,
	    "none of these files holds an EventSchema");
}

static void
load_daemon(
    struct loader *l, const struct document *document, struct config *ret)
{
	const struct daemon_config *daemon =
	    read_daemon(&l->binder, document->root);
	struct set set = {.whole = true};

	add_listed(l, document, daemon->rules, daemon->n_rules, &set);
	if (daemon->n_rules > 0)
		refuse_without_schema(l, document, "rules", &set);
	assemble(&l->binder, &set, daemon, ret);
}

static const struct rule_test_file *
load_test(struct loader *l, const struct document *document, struct config *ret)
{
	struct set set = {.whole = true};
	const struct source_text *files = NULL;
	size_t n = 0;

	if (read_test_files(&l->binder, document->root, &files, &n)) {
		add_listed(l, document, files, n, &set);
		refuse_without_schema(l, document, "files", &set);
	} else {
		set.whole = false;
	}
	assemble(&l->binder, &set, NULL, ret);
	return (read_test(&l->binder, document, ret));
}

static struct document *
find_kind(const struct set *set, enum kind kind)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->documents[i]->kind == kind)
			return (set->documents[i]);
	}
	return (NULL);
}

enum outcome
config_load(struct arena *arena, const char *daemon_file,
    const struct config_options *options, struct config *ret,
    struct failure *why)
{
	struct set named = {.whole = true};
	const struct document *document;
	struct config config;
	struct loader l;

	loader_init(&l, arena, options, true);
	add_named(&l, daemon_file, &named);
	if (l.unreadable) {
		return (fail_with(why, FATAL, "%s", l.first.text));
	}
	document = find_kind(&named, KIND_DAEMON);
	if (document == NULL && findings_errors(options->findings) == 0)
		return (fail_with(
		    why, FATAL, "%s holds no kind: Daemon", daemon_file));
	if (document != NULL)
		load_daemon(&l, document, &config);
	if (document == NULL || findings_errors(options->findings) > 0)
		return (fail_with(why, REJECT, "there are mistakes in files"));
	*ret = config;
	return (DONE);
}

/* Documents that belong to no Daemon and no RuleTest. */
static bool
loose(const struct document *document)
{
	return (!document->taken && document->kind != KIND_NONE &&
		document->kind != KIND_DAEMON && document->kind != KIND_TEST);
}

/* The name of the schema that a document is, or speaks of. */
static struct span
schema_of(const struct document *document)
{
	const struct node *node = node_value(document->root,
	    document->kind == KIND_SCHEMA ? SPAN("name") : SPAN("schema"));

	return (
	    node != NULL && node->kind == NODE_SCALAR ? node->text : SPAN(""));
}

/*
 * What a loose document of the schema is checked with: all loose ones, and
 * where none of these is the schema, the policy and so on, the first that
 * somebody else has taken.
 */
static struct set
gather(struct loader *l, const struct set *all, struct span schema)
{
	struct set group = {.whole = all->whole};

	group.documents = ARENA_ARRAY(l->arena, 2 * all->n, struct document *);
	for (size_t i = 0; i < all->n; i++) {
		struct document *document = all->documents[i];

		if (loose(document) && span_equals(schema_of(document), schema))
			group.documents[group.n++] = document;
	}
	for (size_t i = 0; i < all->n; i++) {
		struct document *document = all->documents[i];

		if (document->taken && kind_is_single(document->kind) &&
		    span_equals(schema_of(document), schema) &&
		    !holds(&group, document->kind))
			group.documents[group.n++] = document;
	}
	return (group);
}

static void
check_group(struct loader *l, const struct set *all, struct span schema)
{
	struct set group = gather(l, all, schema);
	bool found = holds(&group, KIND_SCHEMA);
	struct config config;

	for (size_t i = 0; i < group.n; i++) {
		struct document *document = group.documents[i];

		document->taken = true;
		if (found || !all->whole || schema.length == 0)
			continue;
		refuse(&l->binder, node_value(document->root, SPAN("schema")),
		    "E040", "name the file that holds it too",
		    "there is no EventSchema '%.*s' among the files",
		    SPAN_ARGS(schema));
	}
	assemble(&l->binder, &group, NULL, &config);
}

enum outcome
config_check(struct arena *arena, const char *const *paths, size_t n_paths,
    const struct config_options *options, struct failure *why)
{
	struct set all = {.whole = true};
	struct config config;
	struct loader l;

	loader_init(&l, arena, options, false);
	for (size_t i = 0; i < n_paths; i++)
		add_named(&l, paths[i], &all);
	for (size_t i = 0; i < all.n; i++) {
		if (all.documents[i]->kind == KIND_DAEMON)
			load_daemon(&l, all.documents[i], &config);
		else if (all.documents[i]->kind == KIND_TEST)
			(void)load_test(&l, all.documents[i], &config);
	}
	for (size_t i = 0; i < all.n; i++) {
		if (loose(all.documents[i]))
			check_group(&l, &all, schema_of(all.documents[i]));
	}
	if (l.unreadable)
		return (fail_with(why, FATAL, "%s", l.first.text));
	if (findings_errors(options->findings) > 0)
		return (fail_with(why, REJECT, "there are mistakes in files"));
	return (DONE);
}

static bool
ends_in_test(struct span name)
{
	static const char *const ends[] = {"_test.yaml", "_test.yml"};

	for (size_t i = 0; i < ROWS(ends); i++) {
		size_t length = strlen(ends[i]);

		if (name.length >= length &&
		    memcmp(name.at + name.length - length, ends[i], length) ==
			0)
			return (true);
	}
	return (false);
}

/* Of a file that is named, every test; of others, only where it says so. */
static bool
wanted(const struct document *document, const char *const *paths, size_t n)
{
	if (document->kind != KIND_TEST)
		return (false);
	if (ends_in_test(document->file->name))
		return (true);
	for (size_t i = 0; i < n; i++) {
		if (span_equals(document->file->name, span_of(paths[i])))
			return (true);
	}
	return (false);
}

enum outcome
config_test(struct arena *arena, const char *const *paths, size_t n_paths,
    const struct config_options *options, struct config_tests *ret,
    struct failure *why)
{
	const struct rule_test_file **files;
	const struct config **configs;
	struct set all = {.whole = true};
	struct loader l;
	size_t n = 0;

	loader_init(&l, arena, options, false);
	for (size_t i = 0; i < n_paths; i++)
		add_named(&l, paths[i], &all);
	if (l.unreadable)
		return (fail_with(why, FATAL, "%s", l.first.text));
	files = ARENA_ARRAY(arena, all.n, const struct rule_test_file *);
	configs = ARENA_ARRAY(arena, all.n, const struct config *);
	for (size_t i = 0; i < all.n; i++) {
		struct config *config = ARENA_NEW(arena, struct config);

		if (!wanted(all.documents[i], paths, n_paths))
			continue;
		files[n] = load_test(&l, all.documents[i], config);
		configs[n++] = config;
	}
	if (findings_errors(options->findings) > 0)
		return (fail_with(why, REJECT, "there are mistakes in files"));
	if (n == 0)
		return (fail_with(why, FATAL, "there is no kind: RuleTest"));
	*ret = (struct config_tests){files, configs, n};
	return (DONE);
}
