/*
 * From a byte of a scalar's value to the byte of the file that it was read
 * from.  The raw text is walked as YAML reads it, style by style, and every
 * byte is compared with the value that libyaml gave: where the two disagree
 * the walk is lost and the start of the scalar is the answer, so a mistake
 * here makes a caret less exact and never wrong.
 *
 * Only findings ask, so nothing is stored.
 */
#include <stdint.h>
#include <stdlib.h>

#include "config/document.h"

struct walk {
	const struct node *node;
	const char *raw; /* the file */
	size_t at;
	size_t end;
	size_t done;   /* bytes of the value so far */
	size_t wanted; /* the byte that is looked for */
	size_t found;
	bool over; /* found, or lost */
};

static bool
emit(struct walk *w, char c, size_t from)
{
	struct span value = w->node->text;

	if (w->over)
		return (false);
	if (w->done == w->wanted) {
		w->found = from;
		w->over = true;
		return (false);
	}
	if (w->done >= value.length || value.at[w->done] != c) {
		w->over = true;
		return (false);
	}
	w->done++;
	return (true);
}

static bool
blank(char c)
{
	return (c == ' ' || c == '\t');
}

/* The length of the line break at `at`, or 0. */
static size_t
line_break(const struct walk *w, size_t at)
{
	if (at >= w->end)
		return (0);
	if (w->raw[at] == '\r' && at + 1 < w->end && w->raw[at + 1] == '\n')
		return (2);
	return (w->raw[at] == '\n' || w->raw[at] == '\r');
}

static void
skip_blanks(struct walk *w)
{
	while (w->at < w->end && blank(w->raw[w->at]))
		w->at++;
}

/* Line breaks and the blanks around them; how many breaks. */
static size_t
skip_breaks(struct walk *w)
{
	size_t n = 0;
	size_t length;

	while ((length = line_break(w, w->at)) > 0) {
		n++;
		w->at += length;
		skip_blanks(w);
	}
	return (n);
}

/* Blanks inside a line stay; a break is a blank, n of them n - 1 breaks. */
static void
fold(struct walk *w)
{
	size_t from = w->at;
	size_t breaks;

	skip_blanks(w);
	if (line_break(w, w->at) == 0) {
		for (size_t i = from; i < w->at; i++)
			(void)emit(w, w->raw[i], i);
		return;
	}
	breaks = skip_breaks(w);
	if (breaks == 1)
		(void)emit(w, ' ', from);
	for (size_t i = 1; i < breaks; i++)
		(void)emit(w, '\n', from);
}

/* UTF-8: how many bytes a code point takes, and what its first begins with. */
static const struct form {
	unsigned long below;
	unsigned char lead;
	unsigned shift; /* of the first byte */
} forms[] = {
    {0x80, 0, 0},
    {0x800, 0xc0, 6},
    {0x10000, 0xe0, 12},
    {0x110000, 0xf0, 18},
};

static void
emit_code_point(struct walk *w, unsigned long c, size_t from)
{
	enum { BITS = 6, MASK = 0x3f, CONTINUATION = 0x80 };
	const struct form *form = forms;

	while (
	    form < forms + sizeof forms / sizeof forms[0] && c >= form->below)
		form++;
	if (form == forms + sizeof forms / sizeof forms[0])
		return;
	(void)emit(w, (char)(form->lead | (c >> form->shift)), from);
	for (unsigned shift = form->shift; shift > 0;) {
		shift -= BITS;
		(void)emit(
		    w, (char)(CONTINUATION | ((c >> shift) & MASK)), from);
	}
}

static unsigned long
hex(const struct walk *w, size_t at, size_t digits)
{
	enum { DIGITS_MAX = 8 };
	char text[DIGITS_MAX + 1] = {0};

	for (size_t i = 0; i < digits && at + i < w->end; i++)
		text[i] = w->raw[at + i];
	return (strtoul(text, NULL, 16));
}

/* The escapes of "...", and what they stand for. */
static const struct escape {
	char letter;
	unsigned char digits;
	uint16_t is;
} escapes[] = {
    {'0', 0, 0},
    {'a', 0, 7},
    {'b', 0, 8},
    {'t', 0, 9},
    {'\t', 0, 9},
    {'n', 0, 10},
    {'v', 0, 11},
    {'f', 0, 12},
    {'r', 0, 13},
    {'e', 0, 27},
    {'N', 0, 0x85},
    {'_', 0, 0xa0},
    {'L', 0, 0x2028},
    {'P', 0, 0x2029},
    {'x', 2, 0},
    {'u', 4, 0},
    {'U', 8, 0},
};

static void
walk_escape(struct walk *w)
{
	size_t from = w->at++;
	char letter = '\0';

	if (w->at < w->end)
		letter = w->raw[w->at];
	if (line_break(w, w->at) > 0) {
		size_t breaks = skip_breaks(w);

		for (size_t i = 1; i < breaks; i++)
			(void)emit(w, '\n', from);
		return;
	}
	w->at++;
	for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
		const struct escape *e = &escapes[i];

		if (e->letter != letter)
			continue;
		emit_code_point(
		    w, e->digits > 0 ? hex(w, w->at, e->digits) : e->is, from);
		w->at += e->digits;
		return;
	}
	(void)emit(w, letter, from);
}

/* Plain, '...' and "...". */
static void
walk_flow(struct walk *w)
{
	enum node_style style = w->node->style;

	if (style != STYLE_PLAIN) {
		w->at++;
		w->end--;
	}
	while (w->at < w->end && !w->over) {
		char c = w->raw[w->at];

		if (blank(c) || line_break(w, w->at) > 0) {
			fold(w);
		} else if (style == STYLE_DOUBLE && c == '\\') {
			walk_escape(w);
		} else {
			(void)emit(w, c, w->at);
			w->at += style == STYLE_SINGLE && c == '\'' ? 2 : 1;
		}
	}
}

static void
skip_line(struct walk *w)
{
	while (w->at < w->end && line_break(w, w->at) == 0)
		w->at++;
	w->at += line_break(w, w->at);
}

/* The indentation of a block: what its first line has more than the value. */
static size_t
block_indent(const struct walk *w)
{
	struct span value = w->node->text;
	size_t in_value = 0;
	size_t column = 0;

	while (in_value < value.length && value.at[in_value] == '\n')
		in_value++;
	for (size_t i = in_value; i < value.length && value.at[i] == ' '; i++)
		in_value++, column++;
	for (size_t i = w->at, blanks = 0; i < w->end; i++) {
		if (w->raw[i] == '\n' || w->raw[i] == '\r')
			blanks = 0;
		else if (w->raw[i] == ' ')
			blanks++;
		else
			return (blanks > column ? blanks - column : 0);
	}
	return (0);
}

/* Up to `indent` spaces, then breaks of lines without text, and so on. */
static size_t
skip_empty_lines(struct walk *w, size_t indent)
{
	size_t breaks = 0;

	for (;;) {
		size_t line = w->at;
		size_t length;

		while (w->at < w->end && w->at - line < indent &&
		       w->raw[w->at] == ' ')
			w->at++;
		length = line_break(w, w->at);
		if (length == 0)
			return (breaks);
		w->at += length;
		breaks++;
	}
}

/* The break that ends a line with text, before `empty` lines without. */
static void
emit_break(struct walk *w, size_t from, bool folded, size_t empty)
{
	if (!folded)
		(void)emit(w, '\n', from);
	else if (empty == 0)
		(void)emit(w, ' ', from);
}

/* | and >. */
static void
walk_block(struct walk *w)
{
	bool folded = w->node->style == STYLE_FOLDED;
	bool first = true;
	bool before = false; /* the line before began with a blank */
	size_t indent;
	size_t from;

	skip_line(w);
	indent = block_indent(w);
	from = w->at;
	while (!w->over) {
		size_t empty = skip_empty_lines(w, indent);
		bool after = w->at < w->end && blank(w->raw[w->at]);

		if (w->at >= w->end)
			break;
		if (!first)
			emit_break(w, from, folded && !before && !after, empty);
		for (size_t i = 0; i < empty; i++)
			(void)emit(w, '\n', from);
		while (w->at < w->end && line_break(w, w->at) == 0) {
			(void)emit(w, w->raw[w->at], w->at);
			w->at++;
		}
		from = w->at;
		w->at += line_break(w, w->at);
		before = after;
		first = false;
	}
}

size_t
node_locate(const struct node *node, size_t offset)
{
	struct walk w = {.node = node,
	    .raw = node->file->text.at,
	    .at = node->start,
	    .end = node->end,
	    .wanted = offset,
	    .found = node->start};

	if (node->verbatim)
		return (node->start + offset);
	if (node->expanded || node->kind != NODE_SCALAR)
		return (node->start);
	if (node->style == STYLE_LITERAL || node->style == STYLE_FOLDED)
		walk_block(&w);
	else
		walk_flow(&w);
	/* The place behind the last byte: where the walk ended. */
	if (!w.over && w.done == offset)
		return (w.at < w.end ? w.at : w.end);
	return (w.found);
}
