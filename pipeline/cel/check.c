/*
 * The static checker: names, types, classes.  It turns the tree into typed
 * operations and reports each mistake once: what was wrong fits everything
 * above it.
 */
#include "pipeline/cel/check.h"

struct checked *
checked_new(struct cel_checker *checker, const struct cel_node *node,
    enum cel_op_kind kind, size_t n_args)
{
	struct checked *c = ARENA_NEW(checker->arena, struct checked);

	c->op.kind = (uint8_t)kind;
	c->op.n_args = (uint32_t)n_args;
	c->op.offset = node->offset;
	c->op.length = node->length;
	c->node = node;
	c->args = ARENA_ARRAY(checker->arena, n_args + 1, struct checked *);
	return (c);
}

struct checked *
checked_constant(struct cel_checker *checker, const struct cel_node *node,
    struct value v, struct cel_type type)
{
	struct checked *c = checked_new(checker, node, OP_CONSTANT, 0);

	c->op.constant = v;
	c->type = type;
	c->non_negative =
	    ((v.kind == VALUE_INT || v.kind == VALUE_MONEY) && v.i >= 0) ||
	    v.kind == VALUE_UINT || (v.kind == VALUE_DOUBLE && v.d >= 0);
	return (c);
}

struct checked *
checked_wrong(struct cel_checker *checker, const struct cel_node *node)
{
	return (checked_constant(
	    checker, node, value_error("wrong"), cel_type_of(CEL_TYPE_WRONG)));
}

struct span
cel_node_text(const struct cel_checker *checker, const struct cel_node *node)
{
	return (
	    (struct span){checker->text->text.at + node->offset, node->length});
}

struct span
cel_types_text(
    struct cel_checker *checker, struct checked *const *args, size_t n)
{
	struct span text = SPAN("(");

	for (size_t i = 0; i < n; i++) {
		struct span type =
		    cel_type_text(checker->arena, &args[i]->type);

		text = arena_print(checker->arena, "%.*s%s%.*s",
		    SPAN_ARGS(text), i == 0 ? "" : ", ", SPAN_ARGS(type));
	}
	return (arena_print(checker->arena, "%.*s)", SPAN_ARGS(text)));
}

const char *
cel_near_help(struct cel_checker *checker, struct span name,
    const struct span *names, size_t n)
{
	struct span near = cel_nearest(name, names, n);

	if (near.length == 0)
		return (NULL);
	return (
	    arena_print(checker->arena, "did you mean '%.*s'?", SPAN_ARGS(near))
		.at);
}

static bool
casts_to(enum cel_type_kind to, enum cel_type_kind from)
{
	size_t n;
	const struct cel_overload *rows = cel_overloads(&n);
	const struct cel_name *name = cel_name_find(span_of(cel_kind_text(to)));

	/* the seconds of a timestamp are nobody's wish */
	if (!cel_kind_number(from) && from != CEL_TYPE_STRING)
		return (false);
	for (size_t i = 0; name != NULL && i < n; i++) {
		if (rows[i].function == name->function &&
		    rows[i].args[0] == from)
			return (true);
	}
	return (false);
}

/* a as the type of b */
static const char *
cast_text(struct cel_checker *checker, const struct checked *a,
    const struct checked *b)
{
	struct span text = cel_node_text(checker, a->node);

	return (arena_print(checker->arena, "write %s(%.*s)",
	    cel_kind_text(b->type.kind), SPAN_ARGS(text))
		    .at);
}

const char *
cel_cast_help(struct cel_checker *checker, const struct checked *a,
    const struct checked *b)
{
	/* towards the wider number, and from text to number */
	static const enum cel_type_kind wider[] = {
	    CEL_TYPE_DOUBLE, CEL_TYPE_INT, CEL_TYPE_UINT, CEL_TYPE_STRING};

	for (size_t i = 0; i < sizeof wider / sizeof wider[0]; i++) {
		if (b->type.kind == wider[i] &&
		    casts_to(wider[i], a->type.kind))
			return (cast_text(checker, a, b));
		if (a->type.kind == wider[i] &&
		    casts_to(wider[i], b->type.kind))
			return (cast_text(checker, b, a));
	}
	return (NULL);
}

static struct checked *
check_literal(struct cel_checker *checker, const struct cel_node *node)
{
	struct value v = node->literal;
	struct checked *c =
	    checked_constant(checker, node, v, cel_type_of(cel_kind_of(v)));

	c->literal = v.kind == VALUE_INT || v.kind == VALUE_DOUBLE;
	return (c);
}

static bool
is_product(const struct cel_checker *checker)
{
	return (checker->dialect->product);
}

/*
 * What elements or branches have in common; where they have nothing, a mistake
 * (strict) or dyn: plain CEL allows mixed lists and maps.
 */
static struct cel_type
common_type(struct cel_checker *checker, const struct cel_type *a,
    const struct checked *b, bool strict, const char *what)
{
	if (a->kind == CEL_TYPE_WRONG || checked_is_wrong(b))
		return (cel_type_of(CEL_TYPE_WRONG));
	if (strict && !cel_type_fits(a, &b->type)) {
		struct span one = cel_type_text(checker->arena, a);
		struct span other = cel_type_text(checker->arena, &b->type);

		cel_refuse(checker, b->node, "E120", NULL,
		    "%s are of one type, found %.*s beside %.*s", what,
		    SPAN_ARGS(other), SPAN_ARGS(one));
		return (cel_type_of(CEL_TYPE_WRONG));
	}
	return (cel_type_join(checker->arena, a, &b->type));
}

static struct checked *
check_list(struct cel_checker *checker, const struct cel_node *node)
{
	struct checked *c = checked_new(checker, node, OP_LIST, node->n_args);
	struct cel_type element = cel_type_of(CEL_TYPE_ANY);

	for (size_t i = 0; i < node->n_args; i++) {
		c->args[i] = cel_check(checker, node->args[i]);
		if (i > 0)
			cel_adapt_pair(checker, c->args[0], c->args[i]);
	}
	for (size_t i = 1; i < node->n_args; i++)
		cel_adapt_pair(checker, c->args[0], c->args[i]);
	for (size_t i = 0; i < node->n_args; i++)
		element = i == 0
			      ? c->args[0]->type
			      : common_type(checker, &element, c->args[i],
				    is_product(checker), "elements of a list");
	if (element.kind == CEL_TYPE_WRONG)
		return (checked_wrong(checker, node));
	c->type = cel_type_list(checker->arena, &element);
	cel_class_join(checker, c);
	return (cel_fold(checker, c));
}

static struct checked *
check_map(struct cel_checker *checker, const struct cel_node *node)
{
	struct checked *c = checked_new(checker, node, OP_MAP, node->n_args);
	struct cel_type sides[2] = {
	    cel_type_of(CEL_TYPE_ANY), cel_type_of(CEL_TYPE_ANY)};
	static const char *const what[] = {"keys of a map", "values of a map"};

	for (size_t i = 0; i < node->n_args; i++) {
		struct cel_type *side = &sides[i % 2];

		c->args[i] = cel_check(checker, node->args[i]);
		*side = i < 2 ? c->args[i]->type
			      : common_type(checker, side, c->args[i],
				    is_product(checker), what[i % 2]);
	}
	if (sides[0].kind == CEL_TYPE_WRONG || sides[1].kind == CEL_TYPE_WRONG)
		return (checked_wrong(checker, node));
	c->type = cel_type_map(checker->arena, &sides[0], &sides[1]);
	cel_class_join(checker, c);
	return (cel_fold(checker, c));
}

/* An operand that must be bool. */
static bool
check_bool(
    struct cel_checker *checker, const struct checked *c, const char *where)
{
	if (c->type.kind == CEL_TYPE_BOOL || cel_type_open(&c->type))
		return (!checked_is_wrong(c));
	cel_refuse(checker, c->node, "E120", NULL, "%s is for bool, found %s",
	    where, cel_kind_text(c->type.kind));
	return (false);
}

/* a && b && c, which the parser nests to the left, as one operation. */
static size_t
count_operands(const struct cel_node *node, struct span name)
{
	size_t n = 1;

	while (node->kind == CEL_CALL && span_equals(node->name, name)) {
		node = node->args[0];
		n++;
	}
	return (n);
}

static struct checked *
check_logic(struct cel_checker *checker, const struct cel_node *node)
{
	bool and = span_equals(node->name, SPAN("_&&_"));
	size_t n = count_operands(node, node->name);
	struct checked *c = checked_new(checker, node, and? OP_AND : OP_OR, n);
	const struct cel_node **operands =
	    ARENA_ARRAY(checker->arena, n, const struct cel_node *);
	const struct cel_node *left = node;
	bool right = true;

	for (size_t i = n - 1; i > 0; i--) {
		operands[i] = left->args[1];
		left = left->args[0];
	}
	operands[0] = left;
	for (size_t i = 0; i < n; i++) {
		c->args[i] = cel_check(checker, operands[i]);
		right = check_bool(checker, c->args[i], and? "'&&'" : "'||'") &&
			right;
	}
	if (!right)
		return (checked_wrong(checker, node));
	c->type = cel_type_of(CEL_TYPE_BOOL);
	cel_class_join(checker, c);
	return (cel_fold(checker, c));
}

static struct checked *
check_not(struct cel_checker *checker, const struct cel_node *node)
{
	struct checked *c = checked_new(checker, node, OP_NOT, 1);

	c->args[0] = cel_check(checker, node->args[0]);
	if (!check_bool(checker, c->args[0], "'!'"))
		return (checked_wrong(checker, node));
	c->type = cel_type_of(CEL_TYPE_BOOL);
	cel_class_join(checker, c);
	return (cel_fold(checker, c));
}

/* What the two branches answer; a literal null goes with anything. */
static struct cel_type
branch_type(
    struct cel_checker *checker, struct checked *yes, struct checked *no)
{
	if (yes->type.kind == CEL_TYPE_NULL && is_product(checker))
		return (no->type);
	if (no->type.kind == CEL_TYPE_NULL && is_product(checker))
		return (yes->type);
	return (
	    common_type(checker, &yes->type, no, true, "both sides of ':'"));
}

static struct checked *
check_choice(struct cel_checker *checker, const struct cel_node *node)
{
	struct checked *c = checked_new(checker, node, OP_CHOICE, 3);
	bool right;

	for (size_t i = 0; i < c->op.n_args; i++)
		c->args[i] = cel_check(checker, node->args[i]);
	right = check_bool(checker, c->args[0], "the condition before '?'");
	cel_adapt_pair(checker, c->args[1], c->args[2]);
	c->type = branch_type(checker, c->args[1], c->args[2]);
	if (!right || checked_is_wrong(c))
		return (checked_wrong(checker, node));
	cel_class_join(checker, c);
	return (cel_fold(checker, c));
}

static const struct operator
{
	const char *name;
	struct checked *(*check)(
	    struct cel_checker * checker, const struct cel_node *node);
}
operators[] = {
    {"_&&_", check_logic},
    {"_||_", check_logic},
    {"!_", check_not},
    {"_?_:_", check_choice},
    {"_==_", cel_check_relation},
    {"_!=_", cel_check_relation},
    {"_<_", cel_check_relation},
    {"_<=_", cel_check_relation},
    {"_>_", cel_check_relation},
    {"_>=_", cel_check_relation},
    {"_in_", cel_check_in},
    {"_[_]", cel_check_index},
    {"has", cel_check_has},
};

static struct checked *
check_node(struct cel_checker *checker, const struct cel_node *node)
{
	switch (node->kind) {
	case CEL_LITERAL:
		return (check_literal(checker, node));
	case CEL_LIST:
		return (check_list(checker, node));
	case CEL_MAP:
		return (check_map(checker, node));
	case CEL_IDENT:
	case CEL_SELECT:
		return (cel_check_name(checker, node));
	case CEL_CALL:
	case CEL_METHOD:
	default:
		break;
	}
	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
		if (node->kind == CEL_CALL &&
		    span_equals(node->name, span_of(operators[i].name)))
			return (operators[i].check(checker, node));
	}
	return (cel_check_call(checker, node));
}

struct checked *
cel_check(struct cel_checker *checker, const struct cel_node *node)
{
	struct checked *c = check_node(checker, node);

	if (checker->dialect->unchecked)
		c->type = cel_type_of(CEL_TYPE_DYN);
	return (c);
}

void
cel_refuse(struct cel_checker *checker, const struct cel_node *node,
    const char *code, const char *help, const char *fmt, ...)
{
	struct span text;
	va_list args;

	if (checker->dialect->unchecked)
		return; /* it is an error value, if it is ever evaluated */
	va_start(args, fmt);
	text = arena_vprint(checker->arena, fmt, args);
	va_end(args);
	report_error(checker->report, code, checker->text, node->offset,
	    node->length, help, "%.*s", SPAN_ARGS(text));
}

struct arena *
cel_checker_arena(struct cel_checker *checker)
{
	return (checker->arena);
}

struct report *
cel_checker_report(struct cel_checker *checker)
{
	return (checker->report);
}

const struct source_text *
cel_checker_text(struct cel_checker *checker)
{
	return (checker->text);
}
