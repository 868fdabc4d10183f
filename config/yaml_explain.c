/*
 * What libyaml says about a file that it cannot read, in the words of somebody
 * who wrote an expression into it.  libyaml names the place where its grammar
 * broke; the cause is nearly always earlier in the same line: a missing quote.
 * So each explanation looks at that line and names the fix.
 */
#include "config/yaml_form.h"

struct trouble {
	struct arena *arena;
	struct report *report;
	const struct file *file;
	size_t at;      /* where libyaml stopped */
	size_t context; /* where what it was reading began */
	struct span line;
	size_t column; /* of `at` in the line, in bytes */
};

static void
blame(const struct trouble *t, size_t at, size_t length, const char *code,
    const char *help, const char *message)
{
	struct source_text where = place_in(t->arena, t->file, at, at + length);

	report_error(t->report, code, &where, 0, length, help, "%s", message);
}

static char
byte_at(struct span text, size_t at)
{
	if (at >= text.length)
		return ('\0');
	return (text.at[at]);
}

static size_t
line_offset(const struct trouble *t, size_t in_line)
{
	return ((size_t)(t->line.at - t->file->text.at) + in_line);
}

static size_t
after_blanks(struct span line, size_t from)
{
	while (from < line.length && line.at[from] == ' ')
		from++;
	return (from);
}

/* Where the value of the line's first "key: value" begins; 0 if it has none. */
static size_t
value_start(struct span line)
{
	for (size_t i = 0; i + 1 < line.length; i++) {
		if (line.at[i] == ':' && line.at[i + 1] == ' ')
			return (after_blanks(line, i + 1));
	}
	return (0);
}

/* The last key before a column: "a: {when: !x" has `when` at the "!". */
static struct span
key_before(struct span line, size_t column)
{
	size_t end = column;
	size_t start;

	while (end > 0 && line.at[end - 1] != ':')
		end--;
	if (end == 0)
		return (SPAN("key"));
	start = --end;
	while (start > 0 && strchr(" {[,", line.at[start - 1]) == NULL)
		start--;
	return ((struct span){line.at + start, end - start});
}

/* How to write the value that stands at a column. */
static const char *
advise_quotes(const struct trouble *t, size_t column)
{
	if (memchr(t->line.at, '{', column) != NULL)
		return ("quote the whole expression");
	return (arena_print(t->arena,
	    "quote the expression, or write it as a block:  %.*s: |",
	    SPAN_ARGS(key_before(t->line, column)))
		    .at);
}

/* The line before the one that begins at `start`, empty ones passed over. */
static struct span
line_before(struct span text, size_t start)
{
	while (start > 0 && strchr("\r\n ", text.at[start - 1]) != NULL)
		start--;
	return (form_line_text(text, start > 0 ? start - 1 : 0));
}

/* A line without a colon took the key below it for its own rest. */
static bool
explain_no_colon(const struct trouble *t)
{
	struct span line = line_before(t->file->text, line_offset(t, 0));
	size_t start = after_blanks(line, 0);
	size_t at = (size_t)(line.at - t->file->text.at) + start;

	if (start != after_blanks(t->line, 0) ||
	    memchr(line.at, ':', line.length) != NULL)
		return (false);
	blame(t, at, line.length - start, "E001",
	    "write  key: value  (with a space behind the colon)",
	    "this line is no key with a value");
	return (true);
}

/* A ':' where a value goes on. */
static void
explain_colon(const struct trouble *t)
{
	size_t value = value_start(t->line);

	if (value == 0 || value > t->column) {
		if (explain_no_colon(t))
			return;
		blame(t, line_offset(t, after_blanks(t->line, 0)),
		    t->column - after_blanks(t->line, 0), "E001",
		    "indent it like the keys that it belongs to; the value "
		    "above it goes on into this line",
		    "this key is indented deeper than its place allows");
		return;
	}
	blame(t, t->at, 1, "E001", advise_quotes(t, value),
	    "':' followed by a space inside an unquoted expression");
}

/* A quote, list or mapping that ended, with more text behind it. */
static void
explain_rest(const struct trouble *t)
{
	size_t value = value_start(t->line);
	char first = byte_at(t->line, value);
	size_t rest =
	    t->line.length > t->column ? t->line.length - t->column : 1;

	if (value == 0 || value >= t->column || first == '\0' ||
	    strchr("'\"[{", first) == NULL) {
		blame(t, t->at, 1, "E001",
		    "indent it like its neighbours: keys of one mapping, and "
		    "items of one list, stand in one column",
		    "this line fits no mapping or list above it");
		return;
	}
	blame(t, t->at, rest, "E001", advise_quotes(t, value),
	    strchr("'\"", first) != NULL
		? "a value that begins with a quote ends with it, but text "
		  "follows"
		: "a value that begins with a bracket ends with it, but text "
		  "follows");
}

static bool
same_line(const struct trouble *t, size_t offset)
{
	return (offset >= line_offset(t, 0) &&
		offset <= line_offset(t, t->line.length));
}

/* Inside {...} or [...]: something that is neither ',' nor the end. */
static void
explain_flow(const struct trouble *t)
{
	char c = byte_at(t->file->text, t->at);
	char open = t->file->text.at[t->context];
	const char *message;

	if (!same_line(t, t->context) && (c == ':' || c == '\0')) {
		blame(t, t->context, 1, "E001",
		    open == '{' ? "close it with '}'" : "close it with ']'",
		    arena_print(
			t->arena, "the '%c' opened here is not closed", open)
			.at);
		return;
	}
	if (c == ':')
		message = "':' followed by a space inside an unquoted "
			  "expression";
	else
		message = arena_print(t->arena,
		    "'%c' inside %s needs quotes around the expression",
		    c == '\0' ? open : c, open == '{' ? "{...}" : "[...]")
			      .at;
	blame(t, t->at, 1, c == ':' ? "E001" : "E004",
	    "quote the whole expression", message);
}

/* A character that begins no value. */
static void
explain_character(const struct trouble *t)
{
	char c = byte_at(t->file->text, t->at);

	if (c == '\t')
		blame(t, t->at, 1, "E001", "indent with spaces",
		    "a tab cannot indent YAML");
	else
		blame(t, t->at, 1, "E001", "quote the value",
		    arena_print(
			t->arena, "'%c' cannot begin an unquoted value", c)
			.at);
}

/* "&&" and "*": libyaml expects a name behind them. */
static void
explain_anchor(const struct trouble *t)
{
	size_t value = value_start(t->line);

	if (value != 0 && value < t->line.length && t->line.at[value] == '!') {
		blame(t, line_offset(t, value), t->line.length - value, "E002",
		    advise_quotes(t, value),
		    "'!' at the beginning makes this a YAML tag");
		return;
	}
	blame(t, t->context, 1, "E020",
	    advise_quotes(t, t->context - line_offset(t, 0)),
	    arena_print(t->arena, "'%c' cannot begin an unquoted value",
		t->file->text.at[t->context])
		.at);
}

/* "!" takes all that follows for the name of a type. */
static void
explain_tag(const struct trouble *t)
{
	blame(t, t->context, t->at > t->context ? t->at - t->context : 1,
	    "E002", advise_quotes(t, t->context - line_offset(t, 0)),
	    "'!' at the beginning makes this a YAML tag");
}

static void
explain_end(const struct trouble *t)
{
	blame(t, t->context, 1, "E001", "close it, or write a block:  key: |",
	    "the quote opened here is never closed");
}

static void
explain_escape(const struct trouble *t)
{
	blame(t, t->at, 2, "E001",
	    "use '...', where \\ stands for itself, or a block:  key: |",
	    "\"...\" knows no such escape");
}

static void
explain_key(const struct trouble *t)
{
	struct span line = form_line_text(t->file->text, t->context);
	size_t start = (size_t)(line.at - t->file->text.at);
	size_t length = line.length - (t->context - start);

	blame(t, t->context, length > 0 ? length : 1, "E001",
	    "write  key: value  (with a space behind the colon)",
	    "this line is no key with a value");
}

static void
explain_item(const struct trouble *t)
{
	blame(t, t->at, 1, "E001",
	    "begin the list on a line of its own, or write [a, b]",
	    "a list cannot begin here");
}

static void
explain_version(const struct trouble *t)
{
	blame(t, t->at, 1, "E001", "write %YAML 1.2, or nothing",
	    "unknown version of YAML");
}

static void
explain_nothing(const struct trouble *t)
{
	if (t->at >= t->file->text.length) {
		blame(t, t->at > 0 ? t->at - 1 : 0, 1, "E001",
		    "close what was opened with [ or {",
		    "the file ends before the value does");
		return;
	}
	blame(
	    t, t->at, 1, "E001", "quote the value", "a value is expected here");
}

static const struct explanation {
	const char *problem; /* libyaml's */
	void (*explain)(const struct trouble *t);
} explanations[] = {
    {"mapping values are not allowed in this context", explain_colon},
    {"did not find expected key", explain_rest},
    {"did not find expected '-' indicator", explain_rest},
    {"did not find expected <document start>", explain_rest},
    {"did not find expected ',' or '}'", explain_flow},
    {"did not find expected ',' or ']'", explain_flow},
    {"found character that cannot start any token", explain_character},
    {"did not find expected alphabetic or numeric character", explain_anchor},
    {"did not find expected whitespace or line break", explain_tag},
    {"did not find expected tag URI", explain_tag},
    {"found unexpected end of stream", explain_end},
    {"found unexpected document indicator", explain_end},
    {"found unknown escape character", explain_escape},
    {"could not find expected ':'", explain_key},
    {"block sequence entries are not allowed in this context", explain_item},
    {"found incompatible YAML document", explain_version},
    {"did not find expected node content", explain_nothing},
};

void
form_explain(struct arena *arena, struct report *report,
    const struct file *file, const yaml_parser_t *parser)
{
	struct form_cursor cursor = form_cursor_of(file->text);
	const char *problem =
	    parser->problem != NULL ? parser->problem : "not readable as YAML";
	struct trouble t = {.arena = arena, .report = report, .file = file};

	t.context = form_offset(&cursor, parser->context_mark.index);
	t.at = form_offset(&cursor, parser->problem_mark.index);
	t.line = form_line_text(file->text, t.at);
	t.column = t.at - (size_t)(t.line.at - file->text.at);
	for (size_t i = 0; i < sizeof explanations / sizeof explanations[0];
	     i++) {
		if (strcmp(explanations[i].problem, problem) == 0) {
			explanations[i].explain(&t);
			return;
		}
	}
	blame(&t, t.at, 1, "E001", NULL, problem);
}
