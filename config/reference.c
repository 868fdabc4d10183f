#include "config/reference.h"

#include <inttypes.h>

#include "config/kinds.h"

static const char head[] =
    "# Files\n"
    "\n"
    "<!-- Printed from the tables in config/: change those, then\n"
    "     KITH_GOLDEN=write build/release/config_reference_test -->\n"
    "\n"
    "What `kithd` reads. Each document begins with `apiVersion: kith/v1`, "
    "`kind` and `name`; a file may hold several, between lines of `---`. "
    "[example/](example/) has one of each kind.\n"
    "\n"
    "- `kithd check PATH…` finds every mistake of every file in one run, "
    "each with its place and its cure. Codes: E001 to E030 are about the "
    "form, E040 to E042 about what files say of each other, E100 and above "
    "about expressions.\n"
    "- Scalars are read by the type that is wanted and never guessed: `no`, "
    "`21:00` and `017` are texts where a text is wanted. A *duration* is a "
    "whole number and a unit: `250ms`, `90s`, `15m`, `12h`, `30d`, `4w`; a "
    "day is 24 hours. A *name* has lower-case letters, digits, `_` and `-`, "
    "a letter first, at most 63. A *path* is seen from the file that names "
    "it.\n"
    "- `${VAR}` and `${VAR:-default}` in scalars are replaced from the "
    "environment, `$$` is a `$`; never in expressions. Secrets are read from "
    "the files that `passwordFile` and `…_file` name.\n"
    "- Expressions are CEL. One that holds `: `, ` #`, or begins with a "
    "quote, bracket, `!`, `&` or `*` is quoted or written as a block (`|`); "
    "inside `{…}` so is one with a comma or bracket.\n"
    "- Anchors, aliases, tags, `<<` and keys that are given twice are "
    "refused. A file has at most 1 MiB, 64 levels, 20,000 nodes.\n"
    "\n"
    "The sources, from bytes to structures: `document.c` (YAML as a tree "
    "with positions; `yaml_form.c`, `yaml_explain.c`, `scalar_map.c`), "
    "`scalar.c` and `fields.c` (values by type, mappings by table), a file "
    "per kind, `assemble.c` (documents that agree with each other), `load.c` "
    "(what the commands call), `report_text.c` (findings).\n";

const struct table *const *
reference_tables(int kind)
{
	switch ((enum kind)kind) {
	case KIND_DAEMON:
		return (daemon_tables);
	case KIND_SCHEMA:
		return (schema_tables);
	case KIND_POLICY:
		return (policy_tables);
	case KIND_LOYALTY:
		return (loyalty_tables);
	case KIND_MODELS:
		return (models_tables);
	case KIND_RULES:
		return (rules_tables);
	case KIND_TEST:
	case KINDS:
	case KIND_NONE:
	default:
		return (test_tables);
	}
}

/* A cell of a table: '|' would end it. */
static void
cell(struct buffer *to, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '|')
			buffer_char(to, '\\');
		buffer_char(to, *text);
	}
}

static void
print_words(const struct key *key, struct buffer *to)
{
	bool first = true;

	for (size_t i = 0; i < key->n_words; i++) {
		if (key->words[i].later)
			continue;
		buffer_print(
		    to, "%s`%s`", first ? "" : ", ", key->words[i].name);
		first = false;
	}
}

static void
print_range(struct arena *arena, const struct key *key, struct buffer *to)
{
	bool time = key->type == KEY_DURATION;

	if (key->type == KEY_INT)
		buffer_print(
		    to, ", %" PRId64 " to %" PRId64, key->min, key->max);
	else if (time && key->min > 0 && key->max > 0)
		buffer_print(to, ", %s to %s",
		    duration_text(arena, key->min).at,
		    duration_text(arena, key->max).at);
	else if (time && key->max > 0)
		buffer_print(
		    to, ", at most %s", duration_text(arena, key->max).at);
	else if (time && key->min > 0)
		buffer_print(
		    to, ", at least %s", duration_text(arena, key->min).at);
	else if (key->type == KEY_DOUBLE && key->min > 0)
		buffer_print(to, ", above 0");
}

static const char *
type_name(const struct key *key)
{
	static const char *const names[] = {
	    [KEY_TEXT] = "text",
	    [KEY_NAME] = "a name",
	    [KEY_TEXT_AT] = "text",
	    [KEY_NAME_AT] = "a name",
	    [KEY_EXPRESSION] = "an expression",
	    [KEY_BOOL] = "`true` or `false`",
	    [KEY_INT] = "a whole number",
	    [KEY_DOUBLE] = "a number",
	    [KEY_DURATION] = "a duration",
	    [KEY_TIME] = "a time of day, `\"21:00\"`",
	    [KEY_WORD] = "",
	    [KEY_NAMES] = "[name]",
	    [KEY_NAMES_AT] = "[name]",
	    [KEY_TABLE] = "a mapping",
	    [KEY_CUSTOM] = "",
	    [KEY_FREE] = "a name",
	    [KEY_LATER] = "",
	};

	return (key->form != NULL ? key->form : names[key->type]);
}

static void
print_default(const struct key *key, struct buffer *to)
{
	if (key->required)
		buffer_print(to, "**required**");
	else if (key->otherwise != NULL)
		cell(to, key->otherwise);
	else if (key->preset != NULL)
		buffer_print(to, "`%s`", key->preset);
}

static void
print_key(struct arena *arena, const struct key *key, struct buffer *to)
{
	buffer_print(to, "| `%s` | ", key->name);
	cell(to, type_name(key));
	if (key->type == KEY_WORD)
		print_words(key, to);
	print_range(arena, key, to);
	buffer_print(to, " | ");
	print_default(key, to);
	buffer_print(to, " | ");
	cell(to, key->about);
	buffer_print(to, " |\n");
}

static void
print_later(const struct table *table, struct buffer *to)
{
	bool first = true;

	for (size_t i = 0; i < table->n; i++) {
		if (table->keys[i].type != KEY_LATER)
			continue;
		buffer_print(to, "%s`%s`",
		    first ? "\nNot available in this version: " : ", ",
		    table->keys[i].name);
		first = false;
	}
	if (!first)
		buffer_print(to, ".\n");
}

static void
print_table(struct arena *arena, const struct table *table, bool kind,
    struct buffer *to)
{
	buffer_print(to, "\n%s %s\n\n%s\n\n", kind ? "##" : "###", table->title,
	    table->about);
	buffer_print(to, "| key | what | default | meaning |\n"
			 "|---|---|---|---|\n");
	for (size_t i = 0; i < table->n; i++) {
		if (table->keys[i].type != KEY_LATER)
			print_key(arena, &table->keys[i], to);
	}
	print_later(table, to);
}

void
reference_print(struct arena *arena, struct buffer *to)
{
	buffer_print(to, "%s", head);
	for (int kind = 0; kind < KINDS; kind++) {
		const struct table *const *tables = reference_tables(kind);

		for (size_t i = 0; tables[i] != NULL; i++)
			print_table(arena, tables[i], i == 0, to);
	}
}
