/*
 * Text into tokens.  A digit run followed by a letter is a syntax error in
 * CEL (but for u, 0x and exponents), so that a duration literal takes nothing
 * away from it.
 */
#include "pipeline/cel/token.h"

#include <math.h>
#include <stdlib.h>

#include "pipeline/cel/quote.h"

enum { DECIMAL = 10, HEXADECIMAL = 16 };

static char
peek(const struct cel_lexer *lexer, uint32_t ahead)
{
	size_t at = (size_t)lexer->at + ahead;

	if (at >= lexer->text.length)
		return ('\0');
	return (lexer->text.at[at]);
}

static bool
is_digit(char c)
{
	return (c >= '0' && c <= '9');
}

static int
hex_digit(char c)
{
	if (is_digit(c))
		return (c - '0');
	if (c >= 'a' && c <= 'f')
		return (c - 'a' + DECIMAL);
	if (c >= 'A' && c <= 'F')
		return (c - 'A' + DECIMAL);
	return (-1);
}

bool
cel_word_start(char c)
{
	return ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_');
}

bool
cel_word_char(char c)
{
	return (cel_word_start(c) || is_digit(c));
}

static void
skip_blanks(struct cel_lexer *lexer)
{
	for (; lexer->at < lexer->text.length; lexer->at++) {
		char c = peek(lexer, 0);

		if (c == '/' && peek(lexer, 1) == '/') {
			while (lexer->at < lexer->text.length &&
			       peek(lexer, 0) != '\n')
				lexer->at++;
			if (lexer->at == lexer->text.length)
				return;
		} else if (c != ' ' && c != '\t' && c != '\n' && c != '\r' &&
			   c != '\f')
			return;
	}
}

/* The token that ends where the lexer stands. */
static struct cel_token
token(const struct cel_lexer *lexer, enum cel_token_kind kind, uint32_t offset)
{
	struct cel_token t = {
	    .kind = kind, .offset = offset, .length = lexer->at - offset};

	t.text = (struct span){lexer->text.at + offset, t.length};
	return (t);
}

static struct cel_token
wrong(struct cel_lexer *lexer, uint32_t offset, const char *why)
{
	struct cel_token t = token(lexer, TOKEN_WRONG, offset);

	t.wrong = why;
	if (t.length == 0)
		t.length = 1;
	lexer->at = (uint32_t)lexer->text.length;
	return (t);
}

/* DIGIT+ | 0x HEXDIGIT+: its magnitude; false if it is over 64 bits. */
static bool
scan_integer(struct cel_lexer *lexer, uint64_t *ret)
{
	unsigned base = DECIMAL;
	bool fits = true;
	uint64_t sum = 0;

	if (peek(lexer, 0) == '0' && peek(lexer, 1) == 'x' &&
	    hex_digit(peek(lexer, 2)) >= 0) {
		base = HEXADECIMAL;
		lexer->at += 2;
	}
	for (;; lexer->at++) {
		int digit = hex_digit(peek(lexer, 0));

		if (digit < 0 || digit >= (int)base)
			break;
		fits = fits &&
		       !__builtin_mul_overflow(sum, (uint64_t)base, &sum) &&
		       !__builtin_add_overflow(sum, (uint64_t)digit, &sum);
	}
	*ret = sum;
	return (fits);
}

static void
scan_digits(struct cel_lexer *lexer)
{
	while (is_digit(peek(lexer, 0)))
		lexer->at++;
}

/* [. DIGIT+] [(e|E) [+|-] DIGIT+] behind digits; false if there is neither. */
static bool
scan_fraction(struct cel_lexer *lexer)
{
	uint32_t start = lexer->at;
	char c;

	if (peek(lexer, 0) == '.' && is_digit(peek(lexer, 1))) {
		lexer->at++;
		scan_digits(lexer);
	}
	c = peek(lexer, 0);
	if (c == 'e' || c == 'E') {
		uint32_t sign = peek(lexer, 1) == '+' || peek(lexer, 1) == '-';

		if (is_digit(peek(lexer, 1 + sign))) {
			lexer->at += 1 + sign;
			scan_digits(lexer);
		}
	}
	return (lexer->at > start);
}

static struct cel_token
decimal(struct cel_lexer *lexer, uint32_t offset)
{
	struct cel_token t = token(lexer, TOKEN_NUMBER, offset);
	struct span copy = arena_span(lexer->arena, t.text);

	t.value = value_double(strtod(copy.at, NULL));
	if (isinf(t.value.d))
		return (wrong(lexer, offset, "the number is out of range"));
	return (t);
}

/* Digits with a unit: 90d 2w 36h 15m 30s 500ms. */
static struct cel_token
duration(struct cel_lexer *lexer, uint32_t offset)
{
	struct failure why = {{0}};
	struct cel_token t;
	duration_ms ms;

	while (cel_word_char(peek(lexer, 0)))
		lexer->at++;
	t = token(lexer, TOKEN_LITERAL, offset);
	if (!lexer->durations)
		return (wrong(lexer, offset, "a number ends in letters"));
	if (duration_parse(t.text, &ms, &why) != DONE)
		return (wrong(lexer, offset,
		    arena_span(lexer->arena, span_of(why.text)).at));
	t.value = value_duration(ms);
	return (t);
}

static struct cel_token
number(struct cel_lexer *lexer)
{
	uint32_t offset = lexer->at;
	struct cel_token t;
	uint64_t magnitude;
	bool fits = scan_integer(lexer, &magnitude);
	bool is_uint;

	if (scan_fraction(lexer)) {
		if (cel_word_char(peek(lexer, 0)))
			return (wrong(lexer, offset,
			    "letters behind a decimal number; a duration is a "
			    "whole number and one unit, as in 90m"));
		return (decimal(lexer, offset));
	}
	is_uint = (peek(lexer, 0) == 'u' || peek(lexer, 0) == 'U') &&
		  !cel_word_char(peek(lexer, 1));
	if (!is_uint && cel_word_char(peek(lexer, 0)))
		return (duration(lexer, offset));
	if (is_uint)
		lexer->at++;
	if (!fits)
		return (wrong(lexer, offset, "the number is out of range"));
	t = token(lexer, TOKEN_NUMBER, offset);
	t.value.kind = is_uint ? VALUE_UINT : VALUE_INT;
	t.value.u = magnitude;
	return (t);
}

static struct cel_token
quoted(struct cel_lexer *lexer, uint32_t offset, const struct cel_prefix *p)
{
	struct cel_token t;
	struct value value;
	uint32_t end;
	const char *why =
	    cel_unquote(lexer->arena, lexer->text, lexer->at, p, &value, &end);

	lexer->at = end;
	if (why != NULL)
		return (wrong(lexer, offset, why));
	t = token(lexer, TOKEN_LITERAL, offset);
	t.value = value;
	return (t);
}

static struct cel_token
word(struct cel_lexer *lexer)
{
	uint32_t offset = lexer->at;
	struct cel_prefix prefix;
	uint32_t length = cel_quote_prefix(lexer->text, offset, &prefix);
	struct cel_token t;

	if (length > 0) {
		lexer->at += length;
		return (quoted(lexer, offset, &prefix));
	}
	while (cel_word_char(peek(lexer, 0)))
		lexer->at++;
	t = token(lexer, TOKEN_IDENT, offset);
	if (span_equals(t.text, SPAN("in")))
		t.kind = TOKEN_IN;
	else if (span_equals(t.text, SPAN("null")))
		t.kind = TOKEN_LITERAL;
	else if (span_equals(t.text, SPAN("true")) ||
		 span_equals(t.text, SPAN("false"))) {
		t.kind = TOKEN_LITERAL;
		t.value = value_bool(t.length == sizeof("true") - 1);
	}
	return (t);
}

static struct cel_token
escaped(struct cel_lexer *lexer)
{
	uint32_t offset = lexer->at++;
	struct cel_token t;

	while (
	    cel_word_char(peek(lexer, 0)) ||
	    (peek(lexer, 0) != '\0' && strchr("-./ ", peek(lexer, 0)) != NULL))
		lexer->at++;
	if (peek(lexer, 0) != '`' || lexer->at == offset + 1)
		return (wrong(lexer, offset, "a name between ` does not end"));
	lexer->at++;
	t = token(lexer, TOKEN_ESCAPED, offset);
	t.text = (struct span){t.text.at + 1, t.text.length - 2};
	return (t);
}

static const struct mark {
	char text[3];
	enum cel_token_kind kind;
} marks[] = {
    /* the longer first */
    {"||", TOKEN_OR},
    {"&&", TOKEN_AND},
    {"==", TOKEN_EQUAL},
    {"!=", TOKEN_DIFFERENT},
    {"<=", TOKEN_AT_MOST},
    {">=", TOKEN_AT_LEAST},
    {"<", TOKEN_LESS},
    {">", TOKEN_GREATER},
    {"?", TOKEN_QUESTION},
    {":", TOKEN_COLON},
    {"+", TOKEN_PLUS},
    {"-", TOKEN_MINUS},
    {"*", TOKEN_TIMES},
    {"/", TOKEN_DIVIDE},
    {"%", TOKEN_MODULO},
    {"!", TOKEN_NOT},
    {".", TOKEN_DOT},
    {",", TOKEN_COMMA},
    {"(", TOKEN_PAREN_OPEN},
    {")", TOKEN_PAREN_CLOSE},
    {"[", TOKEN_BRACKET_OPEN},
    {"]", TOKEN_BRACKET_CLOSE},
    {"{", TOKEN_BRACE_OPEN},
    {"}", TOKEN_BRACE_CLOSE},
};

static struct cel_token
mark(struct cel_lexer *lexer)
{
	uint32_t offset = lexer->at;
	char c = peek(lexer, 0);

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		const char *text = marks[i].text;

		if (c != text[0] ||
		    (text[1] != '\0' && peek(lexer, 1) != text[1]))
			continue;
		lexer->at += text[1] == '\0' ? 1 : 2;
		return (token(lexer, marks[i].kind, offset));
	}
	if (c == '=')
		return (
		    wrong(lexer, offset, "'=' is not an operator, write '=='"));
	if (c == '&' || c == '|')
		return (
		    wrong(lexer, offset, "write '&&' for and, '||' for or"));
	return (wrong(lexer, offset, "this character has no meaning here"));
}

struct cel_token
cel_lexer_next(struct cel_lexer *lexer)
{
	struct cel_prefix none = {0};
	char c;

	skip_blanks(lexer);
	if (lexer->at >= lexer->text.length)
		return (token(lexer, TOKEN_END, lexer->at));
	c = peek(lexer, 0);
	if (is_digit(c) || (c == '.' && is_digit(peek(lexer, 1))))
		return (number(lexer));
	if (c == '"' || c == '\'')
		return (quoted(lexer, lexer->at, &none));
	if (cel_word_start(c))
		return (word(lexer));
	if (c == '`')
		return (escaped(lexer));
	return (mark(lexer));
}
