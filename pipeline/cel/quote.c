/*
 * String and bytes literals.
 *
 *	STRING_LIT ::= [rR]? ( "…" | '…' | """…""" | '''…''' )
 *	BYTES_LIT  ::= [bB] STRING_LIT
 *	ESCAPE     ::= \[abfnrtv\?"'`] | \[xX]HH | \uHHHH | \UHHHHHHHH
 *	             | \[0-3][0-7][0-7]
 *
 * In a string \xHH and octal are code points, in bytes they are bytes, and \u
 * and \U are wrong there.
 */
#include "pipeline/cel/quote.h"

#include "pipeline/base/buffer.h"
#include "pipeline/cel/code_point.h"

/* A literal on its way. */
struct quote {
	struct span text;
	uint32_t at;
	char mark;
	uint32_t marks; /* 1 or 3 */
	struct cel_prefix prefix;
	struct buffer out;
};

static char
look(const struct quote *q, uint32_t ahead)
{
	size_t at = (size_t)q->at + ahead;

	if (at >= q->text.length)
		return ('\0');
	return (q->text.at[at]);
}

uint32_t
cel_quote_prefix(struct span text, uint32_t offset, struct cel_prefix *ret)
{
	struct cel_prefix p = {0};
	size_t at = offset;

	if (at < text.length && (text.at[at] == 'b' || text.at[at] == 'B')) {
		p.bytes = true;
		at++;
	}
	if (at < text.length && (text.at[at] == 'r' || text.at[at] == 'R')) {
		p.raw = true;
		at++;
	}
	if (at >= text.length || (text.at[at] != '"' && text.at[at] != '\''))
		return (0);
	*ret = p;
	return ((uint32_t)(at - offset));
}

static const char simple_from[] = "abfnrtv\\?\"'`";
static const char simple_to[] = "\a\b\f\n\r\t\v\\?\"'`";

static int
digit_of(char c, unsigned base)
{
	static const char digits[] = "0123456789abcdef";
	const char *found;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	if (c == '\0')
		return (-1);
	found = strchr(digits, c);
	if (found == NULL || found - digits >= (int)base)
		return (-1);
	return ((int)(found - digits));
}

/* Exactly n digits from q->at on. */
static bool
digits(struct quote *q, unsigned n, unsigned base, uint32_t *ret)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < n; i++) {
		int digit = digit_of(look(q, i), base);

		if (digit < 0)
			return (false);
		sum = sum * base + (uint32_t)digit;
	}
	q->at += n;
	*ret = sum;
	return (true);
}

static void
add_code(struct quote *q, uint32_t code)
{
	char bytes[CODE_POINT_BYTES];

	if (q->prefix.bytes)
		buffer_char(&q->out, (char)code);
	else
		buffer_add(&q->out, bytes, code_point_write(code, bytes));
}

/* \x, \X, \u, \U and octal; q->at is behind the backslash. */
static const char *
numeric_escape(struct quote *q)
{
	enum { OCTAL = 8, HEX = 16, LONG_DIGITS = 8, OCTAL_DIGITS = 3 };
	char c = look(q, 0);
	unsigned n = 2;
	uint32_t code;

	if (c >= '0' && c <= '3') {
		if (!digits(q, OCTAL_DIGITS, OCTAL, &code))
			return ("an octal escape has three digits");
		add_code(q, code);
		return (NULL);
	}
	if (c == 'u' || c == 'U') {
		if (q->prefix.bytes)
			return ("\\u is for strings, not for bytes");
		n = c == 'u' ? 4 : LONG_DIGITS;
	} else if (c != 'x' && c != 'X')
		return ("unknown escape");
	q->at++;
	if (!digits(q, n, HEX, &code))
		return ("too few hexadecimal digits in an escape");
	if (!code_point_valid(code))
		return ("not a Unicode code point");
	add_code(q, code);
	return (NULL);
}

static const char *
escape(struct quote *q)
{
	const char *found;
	char c;

	q->at++;
	c = look(q, 0);
	found = c == '\0' ? NULL : strchr(simple_from, c);
	if (found == NULL)
		return (numeric_escape(q));
	buffer_char(&q->out, simple_to[found - simple_from]);
	q->at++;
	return (NULL);
}

static bool
at_end(const struct quote *q)
{
	for (uint32_t i = 0; i < q->marks; i++) {
		if (look(q, i) != q->mark)
			return (false);
	}
	return (true);
}

static const char *
body(struct quote *q)
{
	while (!at_end(q)) {
		char c = look(q, 0);
		const char *why;

		if (q->at >= q->text.length ||
		    (q->marks == 1 && (c == '\n' || c == '\r')))
			return ("a text does not end");
		if (c == '\\' && !q->prefix.raw) {
			why = escape(q);
			if (why != NULL)
				return (why);
			continue;
		}
		buffer_char(&q->out, c);
		q->at++;
	}
	q->at += q->marks;
	return (NULL);
}

const char *
cel_unquote(struct arena *arena, struct span text, uint32_t offset,
    const struct cel_prefix *prefix, struct value *ret, uint32_t *end)
{
	struct quote q = {.text = text, .at = offset, .prefix = *prefix};
	struct span bytes;
	const char *why;

	q.mark = look(&q, 0);
	q.marks = look(&q, 1) == q.mark && look(&q, 2) == q.mark ? 3 : 1;
	q.at += q.marks;
	buffer_init(&q.out, arena);
	why = body(&q);
	*end = q.at;
	if (*end > text.length)
		*end = (uint32_t)text.length;
	if (why != NULL)
		return (why);
	bytes = arena_span(arena, buffer_span(&q.out));
	*ret = value_string(bytes);
	if (prefix->bytes)
		ret->kind = VALUE_BYTES;
	return (NULL);
}
