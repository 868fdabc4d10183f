/*
 * Tokens into the tree: recursive descent, operators by a table of their
 * ranks.
 *
 *	Expr    = Binary ["?" Binary ":" Expr] ;
 *	Binary  = Unary {OPERATOR Unary} ;              by rank, to the left
 *	Unary   = Member | "!" {"!"} Member | "-" {"-"} Member ;
 *	Member  = Primary { "." SELECTOR ["(" [List] ")"] | "[" Expr "]" } ;
 *	Primary = ["."] IDENT ["(" [List] ")"] | "(" Expr ")" | LITERAL
 *	        | "[" [List] [","] "]" | "{" [Pairs] [","] "}" ;
 *	List    = Expr {"," Expr} ;    Pairs = Expr ":" Expr {"," Expr ":" Expr} ;
 *
 * One "-" directly before a number belongs to it.  The first mistake ends the
 * work: what follows it would be a guess.
 */
#include "pipeline/cel/parse.h"

#include "pipeline/base/utf8.h"
#include "pipeline/cel/token.h"

struct parser {
	struct arena *arena;
	const struct source_text *text;
	struct report *report;
	struct cel_lexer lexer;
	struct cel_token token; /* the next one */
	uint32_t end;           /* of the one before */
	size_t n_nodes;
	size_t max_nodes;
	unsigned depth;
};

/* Operands, arguments and elements while their number is not known. */
struct nodes {
	const struct cel_node **at;
	size_t n;
	size_t room;
};

static const struct cel_node *parse_expr(struct parser *p);

static void
advance(struct parser *p)
{
	p->end = p->token.offset + p->token.length;
	p->token = cel_lexer_next(&p->lexer);
}

static const struct cel_node *
too_large(struct parser *p, const char *what)
{
	report_error(p->report, "E030", p->text, p->token.offset,
	    p->token.length, "give parts of it names under `variables`",
	    "the expression %s", what);
	return (NULL);
}

static const struct cel_node *
unexpected(struct parser *p, const char *expected)
{
	const struct cel_token *t = &p->token;

	if (t->kind == TOKEN_WRONG)
		report_error(p->report, "E100", p->text, t->offset, t->length,
		    NULL, "%s", t->wrong);
	else if (t->kind == TOKEN_END)
		report_error(p->report, "E100", p->text, t->offset, 0, NULL,
		    "unexpected end, expected %s", expected);
	else
		report_error(p->report, "E100", p->text, t->offset, t->length,
		    NULL, "unexpected '%.*s', expected %s", SPAN_ARGS(t->text),
		    expected);
	return (NULL);
}

static struct cel_node *
node_new(struct parser *p, enum cel_node_kind kind, uint32_t offset)
{
	struct cel_node *node;

	if (++p->n_nodes > p->max_nodes) {
		(void)too_large(p, "has too many parts");
		return (NULL);
	}
	node = ARENA_NEW(p->arena, struct cel_node);
	node->kind = kind;
	node->offset = offset;
	node->length = p->end - offset;
	return (node);
}

static void
nodes_add(struct parser *p, struct nodes *nodes, const struct cel_node *node)
{
	if (nodes->n == nodes->room) {
		size_t room = nodes->room == 0 ? 4 : 2 * nodes->room;
		const struct cel_node **at =
		    ARENA_ARRAY(p->arena, room, const struct cel_node *);

		for (size_t i = 0; i < nodes->n; i++)
			at[i] = nodes->at[i];
		nodes->at = at;
		nodes->room = room;
	}
	nodes->at[nodes->n++] = node;
}

/* An operator over operands; its text reaches from the first to here. */
static struct cel_node *
operation(struct parser *p, struct span name, uint32_t name_offset,
    uint32_t offset, struct nodes operands)
{
	struct cel_node *node = node_new(p, CEL_CALL, offset);

	if (node == NULL)
		return (NULL);
	node->name = name;
	node->name_offset = name_offset;
	node->args = operands.at;
	node->n_args = operands.n;
	return (node);
}

static bool
expect(struct parser *p, enum cel_token_kind kind, const char *expected)
{
	if (p->token.kind != kind) {
		(void)unexpected(p, expected);
		return (false);
	}
	advance(p);
	return (true);
}

/* Expr {"," Expr} [","] up to a closing mark, which is taken too. */
static bool
parse_list(struct parser *p, enum cel_token_kind close, const char *expected,
    bool trailing, struct nodes *ret)
{
	while (p->token.kind != close || (!trailing && ret->n > 0)) {
		const struct cel_node *node = parse_expr(p);

		if (node == NULL)
			return (false);
		nodes_add(p, ret, node);
		if (p->token.kind != TOKEN_COMMA)
			break;
		advance(p);
	}
	return (expect(p, close, expected));
}

static const struct cel_node *
parse_list_literal(struct parser *p)
{
	uint32_t offset = p->token.offset;
	struct nodes elements = {0};
	struct cel_node *node;

	advance(p);
	if (!parse_list(p, TOKEN_BRACKET_CLOSE, "',' or ']'", true, &elements))
		return (NULL);
	node = node_new(p, CEL_LIST, offset);
	if (node == NULL)
		return (NULL);
	node->args = elements.at;
	node->n_args = elements.n;
	return (node);
}

/* Expr ":" Expr */
static bool
parse_pair(struct parser *p, struct nodes *ret)
{
	const struct cel_node *key = parse_expr(p);
	const struct cel_node *value;

	if (key == NULL || !expect(p, TOKEN_COLON, "':'"))
		return (false);
	value = parse_expr(p);
	if (value == NULL)
		return (false);
	nodes_add(p, ret, key);
	nodes_add(p, ret, value);
	return (true);
}

static const struct cel_node *
parse_map_literal(struct parser *p)
{
	uint32_t offset = p->token.offset;
	struct nodes pairs = {0};
	struct cel_node *node;

	advance(p);
	while (p->token.kind != TOKEN_BRACE_CLOSE) {
		if (!parse_pair(p, &pairs))
			return (NULL);
		if (p->token.kind != TOKEN_COMMA)
			break;
		advance(p);
	}
	if (!expect(p, TOKEN_BRACE_CLOSE, "',' or '}'"))
		return (NULL);
	node = node_new(p, CEL_MAP, offset);
	if (node == NULL)
		return (NULL);
	node->args = pairs.at;
	node->n_args = pairs.n;
	return (node);
}

static bool
is_reserved(struct span name)
{
	static const char *const words[] = {"as", "break", "const", "continue",
	    "else", "for", "function", "if", "import", "let", "loop", "package",
	    "namespace", "return", "var", "void", "while"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (span_equals(name, span_of(words[i])))
			return (true);
	}
	return (false);
}

/* "(" [List] ")" */
static bool
parse_arguments(struct parser *p, struct nodes *ret)
{
	advance(p);
	return (parse_list(p, TOKEN_PAREN_CLOSE, "',' or ')'", false, ret));
}

/* ["."] IDENT ["(" [List] ")"] */
static const struct cel_node *
parse_name(struct parser *p)
{
	uint32_t offset = p->token.offset;
	bool rooted = p->token.kind == TOKEN_DOT;
	struct nodes args = {0};
	struct cel_token name;
	struct cel_node *node;
	bool call;

	if (rooted)
		advance(p);
	name = p->token;
	if (name.kind != TOKEN_IDENT)
		return (unexpected(p, "a name"));
	if (is_reserved(name.text)) {
		report_error(p->report, "E100", p->text, name.offset,
		    name.length, NULL, "'%.*s' is a reserved word",
		    SPAN_ARGS(name.text));
		return (NULL);
	}
	advance(p);
	call = p->token.kind == TOKEN_PAREN_OPEN;
	if (call && !parse_arguments(p, &args))
		return (NULL);
	node = node_new(p, call ? CEL_CALL : CEL_IDENT, offset);
	if (node == NULL)
		return (NULL);
	node->name = rooted
			 ? arena_print(p->arena, ".%.*s", SPAN_ARGS(name.text))
			 : name.text;
	node->name_offset = name.offset;
	node->args = args.at;
	node->n_args = args.n;
	return (node);
}

/*
 * A number with its sign, or any other literal.  A number keeps its text, its
 * sign at its front, so that it can become money exactly.
 */
static const struct cel_node *
parse_literal(struct parser *p, bool negative, uint32_t offset)
{
	struct cel_token t = p->token;
	struct value v = t.value;
	struct cel_node *node;

	if (v.kind == VALUE_INT && t.kind == TOKEN_NUMBER) {
		if (v.u > (uint64_t)INT64_MAX + negative) {
			report_error(p->report, "E100", p->text, t.offset,
			    t.length, NULL, "the number is out of range");
			return (NULL);
		}
		if (negative)
			v.u = 0 - v.u;
	} else if (v.kind == VALUE_DOUBLE && negative)
		v.d = -v.d;
	advance(p);
	node = node_new(p, CEL_LITERAL, offset);
	if (node == NULL)
		return (NULL);
	node->literal = v;
	node->name_offset = offset;
	if (t.kind == TOKEN_NUMBER)
		node->name =
		    negative ? arena_print(p->arena, "-%.*s", SPAN_ARGS(t.text))
			     : t.text;
	return (node);
}

static const struct cel_node *
parse_primary(struct parser *p)
{
	const struct cel_node *inner;

	switch ((int)p->token.kind) {
	case TOKEN_NUMBER:
	case TOKEN_LITERAL:
		return (parse_literal(p, false, p->token.offset));
	case TOKEN_IDENT:
	case TOKEN_DOT:
		return (parse_name(p));
	case TOKEN_BRACKET_OPEN:
		return (parse_list_literal(p));
	case TOKEN_BRACE_OPEN:
		return (parse_map_literal(p));
	case TOKEN_PAREN_OPEN:
		advance(p);
		inner = parse_expr(p);
		if (inner == NULL || !expect(p, TOKEN_PAREN_CLOSE, "')'"))
			return (NULL);
		return (inner);
	default:
		return (unexpected(p, "an operand"));
	}
}

/* "." SELECTOR ["(" [List] ")"] */
static const struct cel_node *
parse_selection(
    struct parser *p, const struct cel_node *target, uint32_t offset)
{
	struct nodes args = {0};
	struct cel_token name;
	struct cel_node *node;
	bool call;

	advance(p);
	name = p->token;
	if (name.kind == TOKEN_QUESTION) {
		report_error(p->report, "E100", p->text, name.offset,
		    name.length, NULL,
		    "optional selection is not available in this version");
		return (NULL);
	}
	if (name.kind != TOKEN_IDENT && name.kind != TOKEN_ESCAPED)
		return (unexpected(p, "a name behind '.'"));
	advance(p);
	call = name.kind == TOKEN_IDENT && p->token.kind == TOKEN_PAREN_OPEN;
	if (call && !parse_arguments(p, &args))
		return (NULL);
	node = node_new(p, call ? CEL_METHOD : CEL_SELECT, offset);
	if (node == NULL)
		return (NULL);
	node->name = name.text;
	node->name_offset = name.offset;
	node->target = target;
	node->args = args.at;
	node->n_args = args.n;
	return (node);
}

/* "[" Expr "]" */
static const struct cel_node *
parse_index(struct parser *p, const struct cel_node *target, uint32_t offset)
{
	uint32_t at = p->token.offset;
	struct nodes operands = {0};
	const struct cel_node *index;

	advance(p);
	if (p->token.kind == TOKEN_QUESTION) {
		report_error(p->report, "E100", p->text, p->token.offset,
		    p->token.length, NULL,
		    "optional indexing is not available in this version");
		return (NULL);
	}
	index = parse_expr(p);
	if (index == NULL || !expect(p, TOKEN_BRACKET_CLOSE, "']'"))
		return (NULL);
	nodes_add(p, &operands, target);
	nodes_add(p, &operands, index);
	return (operation(p, SPAN("_[_]"), at, offset, operands));
}

/* What may follow a primary; begun is one that was read already, or NULL. */
static const struct cel_node *
parse_member(struct parser *p, const struct cel_node *begun, uint32_t offset)
{
	const struct cel_node *node = begun;

	if (node == NULL)
		node = parse_primary(p);
	while (node != NULL) {
		if (p->token.kind == TOKEN_DOT)
			node = parse_selection(p, node, offset);
		else if (p->token.kind == TOKEN_BRACKET_OPEN)
			node = parse_index(p, node, offset);
		else
			break;
	}
	return (node);
}

/* A row of one sign, each from its offset to here: the innermost first. */
static const struct cel_node *
apply_signs(struct parser *p, struct span name, const uint32_t *signs, size_t n,
    const struct cel_node *node)
{
	for (; node != NULL && n > 0; n--) {
		struct nodes operands = {0};

		nodes_add(p, &operands, node);
		node = operation(p, name, signs[n - 1], signs[n - 1], operands);
	}
	return (node);
}

static const struct cel_node *
parse_unary(struct parser *p)
{
	struct cel_token first = p->token;
	const struct cel_node *node;
	uint32_t *signs;
	size_t n = 0;

	if (first.kind != TOKEN_NOT && first.kind != TOKEN_MINUS)
		return (parse_member(p, NULL, first.offset));
	advance(p);
	if (first.kind == TOKEN_MINUS && p->token.kind == TOKEN_NUMBER) {
		node = parse_literal(p, true, first.offset);
		return (
		    node == NULL ? NULL : parse_member(p, node, first.offset));
	}
	signs = ARENA_ARRAY(p->arena, CEL_DEPTH_MAX, uint32_t);
	signs[n++] = first.offset;
	for (; p->token.kind == first.kind; advance(p)) {
		if (n == CEL_DEPTH_MAX)
			return (too_large(p, "is nested too deeply"));
		signs[n++] = p->token.offset;
	}
	node = parse_member(p, NULL, p->token.offset);
	return (apply_signs(p,
	    first.kind == TOKEN_NOT ? SPAN("!_") : SPAN("-_"), signs, n, node));
}

static const struct rank {
	enum cel_token_kind kind;
	unsigned rank;
	const char *name;
} ranks[] = {
    {TOKEN_OR, 1, "_||_"},
    {TOKEN_AND, 2, "_&&_"},
    {TOKEN_EQUAL, 3, "_==_"},
    {TOKEN_DIFFERENT, 3, "_!=_"},
    {TOKEN_LESS, 3, "_<_"},
    {TOKEN_AT_MOST, 3, "_<=_"},
    {TOKEN_AT_LEAST, 3, "_>=_"},
    {TOKEN_GREATER, 3, "_>_"},
    {TOKEN_IN, 3, "_in_"},
    {TOKEN_PLUS, 4, "_+_"},
    {TOKEN_MINUS, 4, "_-_"},
    {TOKEN_TIMES, 5, "_*_"},
    {TOKEN_DIVIDE, 5, "_/_"},
    {TOKEN_MODULO, 5, "_%_"},
};

static const struct rank *
rank_of(enum cel_token_kind kind)
{
	for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++) {
		if (ranks[i].kind == kind)
			return (&ranks[i]);
	}
	return (NULL);
}

/* Operands and operators of at least that rank. */
static const struct cel_node *
parse_binary(struct parser *p, unsigned least)
{
	uint32_t offset = p->token.offset;
	const struct cel_node *node = parse_unary(p);

	while (node != NULL) {
		const struct rank *rank = rank_of(p->token.kind);
		uint32_t at = p->token.offset;
		struct nodes operands = {0};
		const struct cel_node *right;

		if (rank == NULL || rank->rank < least)
			break;
		advance(p);
		right = parse_binary(p, rank->rank + 1);
		if (right == NULL)
			return (NULL);
		nodes_add(p, &operands, node);
		nodes_add(p, &operands, right);
		node = operation(p, span_of(rank->name), at, offset, operands);
	}
	return (node);
}

static const struct cel_node *
parse_choice(
    struct parser *p, const struct cel_node *condition, uint32_t offset)
{
	uint32_t at = p->token.offset;
	struct nodes operands = {0};
	const struct cel_node *node;

	nodes_add(p, &operands, condition);
	advance(p);
	node = parse_binary(p, 1);
	if (node == NULL || !expect(p, TOKEN_COLON, "':'"))
		return (NULL);
	nodes_add(p, &operands, node);
	node = parse_expr(p);
	if (node == NULL)
		return (NULL);
	nodes_add(p, &operands, node);
	return (operation(p, SPAN("_?_:_"), at, offset, operands));
}

static const struct cel_node *
parse_expr(struct parser *p)
{
	uint32_t offset = p->token.offset;
	const struct cel_node *node;

	if (p->depth >= CEL_DEPTH_MAX)
		return (too_large(p, "is nested too deeply"));
	p->depth++;
	node = parse_binary(p, 1);
	if (node != NULL && p->token.kind == TOKEN_QUESTION)
		node = parse_choice(p, node, offset);
	p->depth--;
	return (node);
}

const struct cel_node *
cel_parse(struct arena *arena, const struct source_text *text,
    const struct cel_limits *limits, bool durations, struct report *report)
{
	struct parser p = {.arena = arena,
	    .text = text,
	    .report = report,
	    .lexer = {text->text, 0, durations, arena},
	    .max_nodes = limits->nodes};
	const struct cel_node *node;

	if (text->text.length > limits->text) {
		report_error(report, "E030", text, 0, text->text.length, NULL,
		    "the expression is longer than %zu bytes", limits->text);
		return (NULL);
	}
	if (!utf8_valid(text->text)) {
		report_error(report, "E100", text, 0, text->text.length, NULL,
		    "the expression is not UTF-8");
		return (NULL);
	}
	advance(&p);
	p.end = 0;
	node = parse_expr(&p);
	if (node != NULL && p.token.kind != TOKEN_END)
		return (unexpected(&p, "an operator or the end"));
	return (node);
}
