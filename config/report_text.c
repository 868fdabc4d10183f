#include "config/report_text.h"

#include <stdlib.h>

#include "config/yaml_form.h"
#include "pipeline/base/json.h"
#include "pipeline/base/utf8.h"

enum {
	FIRST_ROOM = 16,
	PER_FILE_MAX = 20,
	FINDINGS_MAX = 1000,  /* that are kept; more are counted */
	LINE_SHOWN_MAX = 160, /* bytes of a quoted line */
	SHOWN_BEFORE = 60,    /* of them before the mark, in a long line */
};

/* A finding with its place in the file; the texts are ours. */
struct entry {
	enum severity severity;
	const char *code;
	const struct file *file; /* NULL: the command line */
	size_t start;
	size_t end;
	struct span message;
	struct span help;
	struct span rule; /* "lifecycle/win_back"; empty outside of rules */
};

struct findings {
	struct report report; /* first: the report is the findings */
	struct arena *arena;
	struct entry *entries; /* sorted, each once */
	size_t n;
	size_t room;
	size_t more[SEVERITY_WARNING + 1]; /* beyond FINDINGS_MAX */
};

static unsigned
file_number(const struct entry *e)
{
	return (e->file == NULL ? 0 : e->file->number);
}

static int
compare(const struct entry *a, const struct entry *b)
{
	int order;

	if (file_number(a) != file_number(b))
		return (file_number(a) < file_number(b) ? -1 : 1);
	if (a->start != b->start)
		return (a->start < b->start ? -1 : 1);
	if (a->end != b->end)
		return (a->end < b->end ? -1 : 1);
	order = strcmp(a->code, b->code);
	return (order != 0 ? order : span_compare(a->message, b->message));
}

/* Where to put it: *found says that it is there already. */
static size_t
place_for(const struct findings *f, const struct entry *e, bool *found)
{
	size_t low = 0;
	size_t high = f->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(&f->entries[middle], e);

		if (order == 0) {
			*found = true;
			return (middle);
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*found = false;
	return (low);
}

static void
make_room(struct findings *f)
{
	size_t room = f->room == 0 ? FIRST_ROOM : f->room * 2;
	struct entry *entries;

	if (f->n < f->room)
		return;
	entries = ARENA_ARRAY(f->arena, room, struct entry);
	if (f->n > 0)
		memcpy(entries, f->entries, f->n * sizeof *entries);
	f->entries = entries;
	f->room = room;
}

/* A node inside `rules:` of a RuleSet belongs to "<name>/<rule>". */
static struct span
rule_around(struct arena *arena, const struct node *node)
{
	const struct node *rule = NULL;
	const struct node *rules = NULL;
	const struct node *root = node;
	const struct node *name;

	if (root->parent != NULL && root->key == NULL &&
	    root->parent->kind == NODE_MAPPING)
		root = node_value(root->parent, root->text);
	while (root != NULL && root->parent != NULL) {
		rule = rules;
		rules = root;
		root = root->parent;
	}
	if (rule == NULL || rule->key == NULL || rules->key == NULL ||
	    !span_equals(rules->key->text, SPAN("rules")))
		return (SPAN(""));
	name = node_value(root, SPAN("name"));
	if (name == NULL || name->kind != NODE_SCALAR)
		return (SPAN(""));
	return (arena_print(arena, "%.*s/%.*s", SPAN_ARGS(name->text),
	    SPAN_ARGS(rule->key->text)));
}

static void
find_place(struct arena *arena, const struct finding *finding, struct entry *e)
{
	const struct node *node =
	    finding->where == NULL ? NULL : finding->where->place;
	size_t length = finding->length;

	if (node == NULL || node->file == NULL)
		return;
	e->file = node->file;
	e->start = node_locate(node, finding->offset);
	e->end = e->start + 1;
	if (node->kind == NODE_SCALAR && !node->expanded && length > 0)
		e->end = node_locate(node, finding->offset + length - 1) + 1;
	else if (node->kind == NODE_SCALAR)
		e->end = node->end;
	if (e->end <= e->start)
		e->end = e->start + 1;
	e->rule = rule_around(arena, node);
}

static void
add(struct report *report, const struct finding *finding)
{
	struct findings *f = (struct findings *)(void *)report;
	struct entry e = {.severity = finding->severity,
	    .code = finding->code,
	    .message = finding->message};
	bool found = false;
	size_t at;

	find_place(f->arena, finding, &e);
	at = place_for(f, &e, &found);
	if (found)
		return;
	if (f->n == FINDINGS_MAX) {
		f->more[e.severity]++;
		return;
	}
	make_room(f);
	e.message = arena_span(f->arena, finding->message);
	e.help = arena_span(f->arena, finding->help);
	memmove(&f->entries[at + 1], &f->entries[at],
	    (f->n - at) * sizeof f->entries[0]);
	f->entries[at] = e;
	f->n++;
}

struct findings *
findings_new(struct arena *arena)
{
	struct findings *f = ARENA_NEW(arena, struct findings);

	f->report.add = add;
	f->arena = arena;
	return (f);
}

struct report *
findings_report(struct findings *findings)
{
	return (&findings->report);
}

static size_t
count(const struct findings *f, enum severity severity)
{
	size_t n = f->more[severity];

	for (size_t i = 0; i < f->n; i++)
		n += f->entries[i].severity == severity;
	return (n);
}

size_t
findings_errors(const struct findings *findings)
{
	return (count(findings, SEVERITY_ERROR));
}

size_t
findings_warnings(const struct findings *findings)
{
	return (count(findings, SEVERITY_WARNING));
}

/* What a terminal is told, or nothing. */
struct paint {
	const char *error;
	const char *warning;
	const char *mark;
	const char *bold;
	const char *plain;
};

static const struct paint colours = {
    .error = "\033[1;31m",
    .warning = "\033[1;33m",
    .mark = "\033[1;32m",
    .bold = "\033[1m",
    .plain = "\033[0m",
};
static const struct paint no_colours = {"", "", "", "", ""};

static const char *
severity_name(const struct entry *e)
{
	return (e->severity == SEVERITY_ERROR ? "error" : "warning");
}

static struct span
file_name(const struct entry *e)
{
	return (e->file == NULL ? SPAN("kithd") : e->file->name);
}

static bool
has_line(const struct entry *e)
{
	return (e->file != NULL && e->file->text.length > 0);
}

/* Step back to the first byte of a character. */
static size_t
character_start(struct span line, size_t at)
{
	enum { CONTINUATION = 0x80, CONTINUATION_MASK = 0xc0 };

	while (at > 0 && at < line.length &&
	       ((unsigned char)line.at[at] & CONTINUATION_MASK) == CONTINUATION)
		at--;
	return (at);
}

/* The part of a line that is shown: all of it, or the surroundings. */
static struct span
shown_part(struct span line, size_t column)
{
	size_t from;
	size_t to;

	if (line.length <= LINE_SHOWN_MAX)
		return (line);
	from = column > SHOWN_BEFORE
		   ? character_start(line, column - SHOWN_BEFORE)
		   : 0;
	to = from + LINE_SHOWN_MAX < line.length
		 ? character_start(line, from + LINE_SHOWN_MAX)
		 : line.length;
	return ((struct span){line.at + from, to - from});
}

/*
 * Text of a file on its way to a terminal: what would command the terminal, or
 * is no UTF-8, becomes a replacement character.
 */
static void
print_clean(struct span text, struct buffer *to)
{
	enum { BLANK = 0x20, DELETE = 0x7f };

	while (text.length > 0) {
		size_t length = utf8_length(text);
		unsigned char c = (unsigned char)text.at[0];

		if (length == 0 || (c < BLANK && c != '\t') || c == DELETE)
			buffer_span_add(to, SPAN("\xef\xbf\xbd"));
		else
			buffer_add(to, text.at, length);
		length = length == 0 ? 1 : length;
		text.at += length;
		text.length -= length;
	}
}

/* Blanks as wide as the text: tabs stay tabs. */
static void
print_blanks(struct span text, struct buffer *to)
{
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] == '\t')
			buffer_char(to, '\t');
		else if (character_start(text, i) == i)
			buffer_char(to, ' ');
	}
}

static void
print_mark(struct span marked, struct buffer *to)
{
	bool first = true;

	for (size_t i = 0; i < marked.length; i++) {
		if (character_start(marked, i) == i)
			buffer_char(to, first ? '^' : '~');
		first = false;
	}
	if (first)
		buffer_char(to, '^');
}

/* Room for the line's number. */
static int
gutter(const struct entry *e)
{
	size_t line = has_line(e) ? form_line(e->file->text, e->start) : 0;
	int width = 1;

	for (size_t bound = 10; line >= bound; bound *= 10)
		width++;
	return (width < 2 ? 2 : width);
}

static void
print_line(const struct entry *e, const struct paint *p, struct buffer *to)
{
	struct span text = e->file->text;
	struct span line = form_line_text(text, e->start);
	size_t column = (size_t)(text.at + e->start - line.at);
	size_t length = e->end - e->start;
	struct span part;
	size_t before;
	bool cut;

	if (column > line.length)
		column = line.length;
	part = shown_part(line, column);
	cut = part.at > line.at;
	before = (size_t)(line.at + column - part.at);
	if (length > part.length - before)
		length = part.length - before;
	buffer_print(to, "%*s|\n%*zu|%s", gutter(e), "", gutter(e),
	    form_line(text, e->start), cut ? "..." : "");
	print_clean(part, to);
	buffer_print(to, "%s\n%*s|%s",
	    part.at + part.length < line.at + line.length ? "..." : "",
	    gutter(e), "", cut ? "   " : "");
	print_blanks((struct span){part.at, before}, to);
	buffer_print(to, "%s", p->mark);
	print_mark((struct span){part.at + before, length}, to);
	buffer_print(to, "%s\n", p->plain);
}

static void
print_note(const struct entry *e, const char *what, struct span text,
    struct buffer *to)
{
	if (text.length == 0)
		return;
	buffer_print(to, "%*s= %s: ", gutter(e), "", what);
	print_clean(text, to);
	buffer_char(to, '\n');
}

static void
print_entry(const struct entry *e, const struct paint *p, struct buffer *to)
{
	buffer_print(to, "%s", p->bold);
	print_clean(file_name(e), to);
	if (has_line(e))
		buffer_print(to, ":%zu:%zu", form_line(e->file->text, e->start),
		    form_column(e->file->text, e->start));
	buffer_print(to, ": %s%s[%s]%s: %s",
	    e->severity == SEVERITY_ERROR ? p->error : p->warning,
	    severity_name(e), e->code, p->plain, p->bold);
	print_clean(e->message, to);
	buffer_print(to, "%s\n", p->plain);
	if (has_line(e))
		print_line(e, p, to);
	print_note(e, "help", e->help, to);
	print_note(e, "rule", e->rule, to);
}

static void
print_counts(const struct findings *f, struct buffer *to)
{
	size_t errors = findings_errors(f);
	size_t warnings = findings_warnings(f);

	if (errors > 0)
		buffer_print(to, "%zu error%s", errors, errors == 1 ? "" : "s");
	if (warnings > 0)
		buffer_print(to, "%s%zu warning%s", errors > 0 ? ", " : "",
		    warnings, warnings == 1 ? "" : "s");
	buffer_char(to, '\n');
}

static void
print_text(const struct findings *f, const struct paint *p, struct buffer *to)
{
	size_t of_file = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct entry *e = &f->entries[i];
		bool last = i + 1 == f->n || f->entries[i + 1].file != e->file;

		if (of_file++ < PER_FILE_MAX)
			print_entry(e, p, to);
		if (!last)
			continue;
		if (i + 1 == f->n)
			of_file +=
			    f->more[SEVERITY_ERROR] + f->more[SEVERITY_WARNING];
		if (of_file > PER_FILE_MAX)
			buffer_print(to, "%.*s: and %zu more\n",
			    SPAN_ARGS(file_name(e)), of_file - PER_FILE_MAX);
		of_file = 0;
	}
	if (f->n > 0)
		print_counts(f, to);
}

static void
json_member(struct buffer *to, const char *name, struct span text)
{
	buffer_print(to, ", \"%s\": ", name);
	json_string(to, text);
}

static void
print_json(const struct findings *f, struct buffer *to)
{
	buffer_char(to, '[');
	for (size_t i = 0; i < f->n; i++) {
		const struct entry *e = &f->entries[i];

		buffer_print(to, "%s\n  {\"file\": ", i > 0 ? "," : "");
		json_string(to, file_name(e));
		if (has_line(e))
			buffer_print(to,
			    ", \"line\": %zu, \"column\": %zu, "
			    "\"end_line\": %zu, \"end_column\": %zu",
			    form_line(e->file->text, e->start),
			    form_column(e->file->text, e->start),
			    form_line(e->file->text, e->end - 1),
			    form_column(e->file->text, e->end - 1) + 1);
		json_member(to, "severity", span_of(severity_name(e)));
		json_member(to, "code", span_of(e->code));
		json_member(to, "message", e->message);
		if (e->help.length > 0)
			json_member(to, "help", e->help);
		if (e->rule.length > 0)
			json_member(to, "rule", e->rule);
		buffer_char(to, '}');
	}
	buffer_print(to, "%s]\n", f->n > 0 ? "\n" : "");
}

/* A workflow command: its own escapes, more of them in properties. */
static void
github_text(struct buffer *to, struct span text, bool property)
{
	for (size_t i = 0; i < text.length; i++) {
		char c = text.at[i];

		if (c == '%' || c == '\n' || c == '\r' ||
		    (property && (c == ':' || c == ',')))
			buffer_print(to, "%%%02X", (unsigned)(unsigned char)c);
		else
			buffer_char(to, c);
	}
}

static void
print_github(const struct findings *f, struct buffer *to)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct entry *e = &f->entries[i];

		buffer_print(to, "::%s file=", severity_name(e));
		github_text(to, file_name(e), true);
		if (has_line(e))
			buffer_print(to, ",line=%zu,col=%zu",
			    form_line(e->file->text, e->start),
			    form_column(e->file->text, e->start));
		buffer_print(to, ",title=%s::", e->code);
		github_text(to, e->message, false);
		if (e->help.length > 0) {
			buffer_print(to, "%%0Ahelp: ");
			github_text(to, e->help, false);
		}
		buffer_char(to, '\n');
	}
}

void
findings_print(const struct findings *findings, enum findings_format format,
    bool colour, struct buffer *to)
{
	switch (format) {
	case FINDINGS_JSON:
		print_json(findings, to);
		return;
	case FINDINGS_GITHUB:
		print_github(findings, to);
		return;
	case FINDINGS_TEXT:
	default:
		print_text(findings, colour ? &colours : &no_colours, to);
		return;
	}
}
