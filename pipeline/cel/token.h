#ifndef PIPELINE_CEL_TOKEN_H
#define PIPELINE_CEL_TOKEN_H

#include "pipeline/base/arena.h"
#include "pipeline/base/value.h"

/* The words of the language. */
enum cel_token_kind {
	TOKEN_END,
	TOKEN_WRONG,   /* .wrong says why */
	TOKEN_IDENT,   /* .text */
	TOKEN_ESCAPED, /* `any-name`, after a dot alone; .text without ` */
	TOKEN_NUMBER,  /* .value: int, uint or double, without its sign */
	TOKEN_LITERAL, /* .value: anything else */
	TOKEN_QUESTION,
	TOKEN_COLON,
	TOKEN_OR,
	TOKEN_AND,
	TOKEN_EQUAL,
	TOKEN_DIFFERENT,
	TOKEN_LESS,
	TOKEN_AT_MOST,
	TOKEN_AT_LEAST,
	TOKEN_GREATER,
	TOKEN_IN,
	TOKEN_PLUS,
	TOKEN_MINUS,
	TOKEN_TIMES,
	TOKEN_DIVIDE,
	TOKEN_MODULO,
	TOKEN_NOT,
	TOKEN_DOT,
	TOKEN_COMMA,
	TOKEN_PAREN_OPEN,
	TOKEN_PAREN_CLOSE,
	TOKEN_BRACKET_OPEN,
	TOKEN_BRACKET_CLOSE,
	TOKEN_BRACE_OPEN,
	TOKEN_BRACE_CLOSE,
};

struct cel_token {
	enum cel_token_kind kind;
	uint32_t offset;
	uint32_t length;
	struct span text;
	/* VALUE_INT holds a magnitude in .u: the parser knows the sign. */
	struct value value;
	const char *wrong;
};

struct cel_lexer {
	struct span text;
	uint32_t at;
	bool durations; /* 90d is a literal */
	struct arena *arena;
};

/* The next token; TOKEN_END and TOKEN_WRONG for ever once met. */
struct cel_token cel_lexer_next(struct cel_lexer *lexer);
bool cel_word_start(char c);
bool cel_word_char(char c);

#endif
