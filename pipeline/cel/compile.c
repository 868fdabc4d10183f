/* From text to the flat expression. */
#include "pipeline/cel/compile.h"

#include "pipeline/cel/parse.h"

static const struct cel_limits product_limits = {4096, 250};
static const struct cel_limits plain_limits = {100000, 2000};

static void
flatten_into(struct arena *arena, const struct checked *from, struct cel_op *to)
{
	struct cel_op *args;

	*to = from->op;
	if (to->kind == OP_CONSTANT)
		to->n_args = 0;
	if (to->n_args == 0)
		return;
	args = ARENA_ARRAY(arena, to->n_args, struct cel_op);
	to->args = args;
	for (uint32_t i = 0; i < to->n_args; i++)
		flatten_into(arena, from->args[i], &args[i]);
}

const struct cel_op *
cel_flatten(struct arena *arena, const struct checked *checked)
{
	struct cel_op *op = ARENA_NEW(arena, struct cel_op);

	flatten_into(arena, checked, op);
	return (op);
}

/* The result is what is wanted; false: it is not, and that is reported. */
static bool
check_result(
    struct cel_checker *checker, struct checked *c, enum cel_type_kind wanted)
{
	if (checker->dialect->product)
		cel_adapt(checker, c, wanted);
	if (checked_is_wrong(c))
		return (false);
	if (wanted != CEL_TYPE_DYN && c->type.kind != wanted &&
	    !cel_type_open(&c->type)) {
		cel_refuse(checker, c->node, "E122", NULL,
		    "must be %s, found %s", cel_kind_text(wanted),
		    cel_kind_text(c->type.kind));
		return (false);
	}
	return (true);
}

static const struct cel_expr *
compile_node(struct cel_checker *checker, const struct cel_node *node,
    enum cel_type_kind wanted)
{
	unsigned errors = checker->report->errors;
	struct checked *c = cel_check(checker, node);
	struct cel_expr *expr;

	if (!check_result(checker, c, wanted))
		return (NULL);
	if (checker->use == CEL_IN_TIME && cel_class_moves(c->class))
		cel_class_refuse(checker, c,
		    "it moves all the time: compare it with something");
	if (checker->report->errors != errors)
		return (NULL);
	expr = ARENA_NEW(checker->arena, struct cel_expr);
	expr->root = cel_flatten(checker->arena, c);
	expr->type = c->type;
	expr->class = c->class;
	expr->slope = c->slope;
	expr->non_negative = c->non_negative;
	expr->n_slots = checker->n_slots;
	expr->hash = cel_node_hash(checker->arena, node);
	expr->text = checker->text->text;
	expr->currency = checker->dialect->currency;
	return (expr);
}

/* NOLINTBEGIN(readability-function-size): seven things make a meaning. */
const struct cel_expr *
cel_compile(struct arena *arena, const struct source_text *text,
    const struct cel_host *host, const struct cel_dialect *dialect,
    enum cel_use use, enum cel_type_kind wanted, struct report *report)
{
	struct cel_checker checker = {.arena = arena,
	    .text = text,
	    .host = host,
	    .dialect = dialect,
	    .use = use,
	    .report = report};
	const struct cel_node *node = cel_parse(arena, text,
	    dialect->product ? &product_limits : &plain_limits,
	    dialect->product, report);

	if (node == NULL)
		return (NULL);
	return (compile_node(&checker, node, wanted));
}
/* NOLINTEND(readability-function-size) */

const struct cel_expr *
cel_compile_part(struct cel_checker *checker, const struct cel_node *node,
    const struct cel_host *host, enum cel_type_kind wanted)
{
	struct cel_checker part = *checker;

	part.host = host;
	part.scope = NULL;
	part.n_slots = 0;
	return (compile_node(&part, node, wanted));
}

const struct cel_type *
cel_expr_type(const struct cel_expr *expr)
{
	return (&expr->type);
}

enum cel_class
cel_expr_class(const struct cel_expr *expr)
{
	return (expr->class);
}

bool
cel_expr_constant(const struct cel_expr *expr, struct value *ret)
{
	if (expr->root->kind != OP_CONSTANT)
		return (false);
	*ret = expr->root->constant;
	return (true);
}

uint64_t
cel_expr_hash(const struct cel_expr *expr)
{
	return (expr->hash);
}

struct span
cel_expr_text(const struct cel_expr *expr)
{
	return (expr->text);
}
