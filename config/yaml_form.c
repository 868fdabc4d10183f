#include "config/yaml_form.h"

#include <stdint.h>

#include "pipeline/base/utf8.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

enum {
	MARK_BYTES = sizeof BYTE_ORDER_MARK - 1,
	CONTINUATION = 0x80,
	CONTINUATION_MASK = 0xc0,
	FIRST_PRINTABLE = 0x20,
	DELETE = 0x7f,
};

struct span
form_after_mark(struct span text)
{
	if (text.length >= MARK_BYTES &&
	    memcmp(text.at, BYTE_ORDER_MARK, MARK_BYTES) == 0)
		return ((struct span){
		    text.at + MARK_BYTES, text.length - MARK_BYTES});
	return (text);
}

static bool
starts_character(char c)
{
	return (((unsigned char)c & CONTINUATION_MASK) != CONTINUATION);
}

/* The last byte of a line's end: LF, CR LF, or CR alone, as YAML has it. */
static bool
ends_line(struct span text, size_t at)
{
	if (text.at[at] == '\r')
		return (at + 1 == text.length || text.at[at + 1] != '\n');
	return (text.at[at] == '\n');
}

size_t
form_line(struct span text, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < offset && i < text.length; i++)
		line += ends_line(text, i);
	return (line);
}

static size_t
line_start(struct span text, size_t offset)
{
	size_t start = offset < text.length ? offset : text.length;

	while (start > 0 && !ends_line(text, start - 1))
		start--;
	return (start);
}

size_t
form_column(struct span text, size_t offset)
{
	size_t column = 1;

	for (size_t i = line_start(text, offset); i < offset; i++)
		column += starts_character(text.at[i]);
	return (column);
}

struct span
form_line_text(struct span text, size_t offset)
{
	size_t start = line_start(text, offset);
	size_t end = start;

	while (
	    end < text.length && text.at[end] != '\n' && text.at[end] != '\r')
		end++;
	return ((struct span){text.at + start, end - start});
}

struct form_cursor
form_cursor_of(struct span text)
{
	struct span after = form_after_mark(text);

	return ((struct form_cursor){
	    .text = text, .first = (size_t)(after.at - text.at)});
}

size_t
form_offset(struct form_cursor *cursor, size_t index)
{
	struct span text = cursor->text;
	size_t at = cursor->first + cursor->offset;

	for (; cursor->index < index && at < text.length; cursor->index++) {
		at++;
		while (at < text.length && !starts_character(text.at[at]))
			at++;
	}
	for (; cursor->index > index && at > cursor->first; cursor->index--) {
		at--;
		while (at > cursor->first && !starts_character(text.at[at]))
			at--;
	}
	cursor->offset = at - cursor->first;
	return (at);
}

/* What libyaml would refuse as well, but without saying where. */
static bool
control(struct span rest, size_t length)
{
	unsigned char c = (unsigned char)rest.at[0];

	if (length == 1)
		return ((c < FIRST_PRINTABLE && c != '\t' && c != '\n' &&
			    c != '\r') ||
			c == DELETE);
	/* U+0080 to U+009F, but not NEL; U+FEFF; U+FFFE and U+FFFF. */
	if (length == 2)
		return (memcmp(rest.at, "\xc2\xa0", 2) < 0 &&
			memcmp(rest.at, "\xc2\x85", 2) != 0);
	return (
	    length == 3 && (memcmp(rest.at, BYTE_ORDER_MARK, MARK_BYTES) == 0 ||
			       memcmp(rest.at, "\xef\xbf\xbe", 3) == 0 ||
			       memcmp(rest.at, "\xef\xbf\xbf", 3) == 0));
}

static void
refuse_byte(struct arena *arena, const struct file *file, size_t at,
    struct report *report, const char *what)
{
	struct source_text where = place_in(arena, file, at, at + 1);

	report_error(report, "E001", &where, 0, 1, "files are text in UTF-8",
	    "byte 0x%02x is %s", (unsigned)(unsigned char)file->text.at[at],
	    what);
}

bool
form_legal(struct arena *arena, const struct file *file, struct report *report)
{
	struct span rest = form_after_mark(file->text);

	if (file->text.length > FILE_BYTES_MAX) {
		struct source_text where = place_in(arena, file, 0, 0);

		report_error(report, "E030", &where, 0, 0,
		    "split it into several files",
		    "the file has more than 1 MiB");
		return (false);
	}
	while (rest.length > 0) {
		size_t length = utf8_length(rest);
		size_t at = (size_t)(rest.at - file->text.at);

		if (length == 0) {
			refuse_byte(arena, file, at, report, "not UTF-8");
			return (false);
		}
		if (control(rest, length)) {
			refuse_byte(
			    arena, file, at, report, "a control character");
			return (false);
		}
		rest.at += length;
		rest.length -= length;
	}
	return (true);
}

static bool
core_tag(const char *tag)
{
	static const char *const core[] = {
	    "str", "int", "float", "bool", "null", "map", "seq"};
	static const char prefix[] = "tag:yaml.org,2002:";

	if (strcmp(tag, "!") == 0)
		return (true);
	if (strncmp(tag, prefix, sizeof prefix - 1) != 0)
		return (false);
	for (size_t i = 0; i < sizeof core / sizeof core[0]; i++) {
		if (strcmp(tag + sizeof prefix - 1, core[i]) == 0)
			return (true);
	}
	return (false);
}

/* From the node's start to the end of its line, without comment and blanks. */
static struct span
written(const struct node *node)
{
	struct span line = form_line_text(node->file->text, node->start);
	const char *from = node->file->text.at + node->start;
	struct span rest = {from, (size_t)(line.at + line.length - from)};

	for (size_t i = 1; i < rest.length; i++) {
		if (rest.at[i] == '#' && rest.at[i - 1] == ' ')
			rest.length = i;
	}
	while (rest.length > 0 && rest.at[rest.length - 1] == ' ')
		rest.length--;
	while (node->flow && rest.length > 1 &&
	       (rest.at[rest.length - 1] == '}' ||
		   rest.at[rest.length - 1] == ','))
		rest.length--;
	return (rest);
}

static struct span
key_of(const struct node *node)
{
	return (node->key != NULL ? node->key->text : SPAN("key"));
}

/* How an expression is written so that YAML leaves it alone. */
static struct span
quoted(struct arena *arena, struct span key, struct span text)
{
	bool single = memchr(text.at, '\'', text.length) != NULL;
	bool both = single && memchr(text.at, '"', text.length) != NULL;

	if (both)
		return (arena_print(
		    arena, "write it as a block:  %.*s: |", SPAN_ARGS(key)));
	return (arena_print(arena, "quote it:  %.*s: %c%.*s%c", SPAN_ARGS(key),
	    single ? '"' : '\'', SPAN_ARGS(text), single ? '"' : '\''));
}

static void
refuse_tag(struct arena *arena, struct report *report, struct node *node)
{
	struct span text = written(node);
	size_t word = 0;
	struct source_text where;
	struct span help;

	while (word < text.length && text.at[word] != ' ')
		word++;
	where = place_in(arena, node->file, node->start, node->start + word);
	help = quoted(arena, key_of(node), text);
	report_error(report, "E002", &where, 0, word, help.at,
	    node->text.length == 0 ? "'%.*s' is a YAML tag, the value is empty"
				   : "'%.*s' is a YAML tag",
	    (int)word, text.at);
}

static void
refuse_anchor(struct arena *arena, struct report *report,
    const struct node *node, const char *what)
{
	struct span text = written(node);
	struct source_text where =
	    place_in(arena, node->file, node->start, node->start + text.length);
	struct span help = arena_print(arena,
	    "write the value where it is needed; if it is an expression, %s",
	    quoted(arena, key_of(node), text).at);

	report_error(report, "E020", &where, 0, text.length, help.at,
	    "'%.*s' is a YAML %s, and these are not used here", SPAN_ARGS(text),
	    what);
}

void
form_check_properties(struct arena *arena, struct report *report,
    struct node *node, const char *tag, const char *anchor)
{
	bool is_key = node->parent != NULL &&
		      node->parent->kind == NODE_MAPPING && node->key == NULL;

	if (anchor != NULL) {
		refuse_anchor(arena, report, node, "anchor");
		node->wrong = true;
	} else if (tag != NULL && !core_tag(tag)) {
		refuse_tag(arena, report, node);
		node->wrong = true;
	} else if (is_key && node->style == STYLE_PLAIN &&
		   span_equals(node->text, SPAN("<<"))) {
		struct source_text where = place_of(node);

		report_error(report, "E020", &where, 0, 2,
		    "write what is shared under 'defaults:'",
		    "'<<' merges mappings in YAML 1.1, and is not used here");
		node->wrong = true;
	}
}

void
form_refuse_alias(struct arena *arena, struct report *report, struct node *node)
{
	refuse_anchor(arena, report, node, "alias");
	node->wrong = true;
}
