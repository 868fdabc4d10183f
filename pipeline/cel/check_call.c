/* Functions, methods and arithmetic: which row of the table is meant. */
#include "pipeline/cel/check.h"

static bool
is_operator(struct span name)
{
	return (name.at[0] == '_' || name.at[0] == '-');
}

/* What the names of the language are near to. */
static const char *
near_function(struct cel_checker *checker, struct span name)
{
	size_t n;
	const struct cel_name *names = cel_names(&n);
	struct span *texts = ARENA_ARRAY(checker->arena, n, struct span);

	for (size_t i = 0; i < n; i++)
		texts[i] = span_of(names[i].name);
	return (cel_near_help(checker, name, texts, n));
}

/* Every argument, so that their own mistakes are found in the same run. */
static bool
check_arguments(struct cel_checker *checker, struct checked *c)
{
	const struct cel_node *node = c->node;
	uint32_t n = 0;
	bool right = true;

	if (node->kind == CEL_METHOD)
		c->args[n++] = cel_check(checker, node->target);
	for (size_t i = 0; i < node->n_args; i++)
		c->args[n++] = cel_check(checker, node->args[i]);
	for (uint32_t i = 0; i < n; i++)
		right = right && !checked_is_wrong(c->args[i]);
	return (right);
}

static const struct cel_name *
find_function(struct cel_checker *checker, const struct cel_node *node)
{
	struct span text = node->name;
	const struct cel_name *name;
	bool method = node->kind == CEL_METHOD;
	const char *help;

	/* .f() is f(), whatever a container has */
	if (text.at[0] == '.') {
		text.at++;
		text.length--;
	}
	name = cel_name_find(text);
	if (name != NULL && checker->dialect->product &&
	    (name->function == FN_DYN || name->function == FN_TYPE)) {
		cel_refuse(checker, node, "E110", NULL,
		    "'%s' is not available: all types are known", name->name);
		return (NULL);
	}
	if (name != NULL &&
	    (method ? name->method : name->call || is_operator(node->name)))
		return (name);
	if (name == NULL && cel_name_later(node->name)) {
		cel_refuse(checker, node, "E110", NULL,
		    "'%.*s' is not available in this version",
		    SPAN_ARGS(node->name));
		return (NULL);
	}
	help = name == NULL ? near_function(checker, node->name)
	       : method     ? "it is no method: write it before its operand"
			    : "it is a method: write it behind its operand";
	cel_refuse(checker, node, "E110", help, "no function '%.*s'",
	    SPAN_ARGS(node->name));
	return (NULL);
}

static bool
row_takes(const struct cel_overload *row, const struct checked *c)
{
	if (row->function != (enum cel_function)c->op.function ||
	    row->n_args != c->op.n_args)
		return (false);
	for (uint32_t i = 0; i < c->op.n_args; i++) {
		if (row->args[i] != CEL_TYPE_DYN &&
		    row->args[i] != c->args[i]->type.kind &&
		    !cel_type_open(&c->args[i]->type))
			return (false);
	}
	return (true);
}

static bool
has_dyn(const struct checked *c)
{
	for (uint32_t i = 0; i < c->op.n_args; i++) {
		if (cel_type_open(&c->args[i]->type))
			return (true);
	}
	return (false);
}

static struct cel_type
result_type(struct cel_checker *checker, const struct checked *c,
    const struct cel_overload *row)
{
	if (row->result != CEL_TYPE_LIST)
		return (cel_type_of(row->result));
	return (cel_type_join(
	    checker->arena, &c->args[0]->type, &c->args[1]->type));
}

/* The row; with dyn among the operands it is left to the run. */
static bool
find_row(struct cel_checker *checker, struct checked *c)
{
	size_t n;
	const struct cel_overload *rows = cel_overloads(&n);
	bool open = has_dyn(c);
	bool found = false;

	for (size_t i = 0; i < n; i++) {
		if (!row_takes(&rows[i], c))
			continue;
		if (!open || rows[i].function == FN_TYPE ||
		    rows[i].function == FN_DYN) {
			c->op.overload = &rows[i];
			c->type = result_type(checker, c, &rows[i]);
			return (true);
		}
		c->type = found && c->type.kind != rows[i].result
			      ? cel_type_of(CEL_TYPE_DYN)
			      : cel_type_of(rows[i].result);
		found = true;
	}
	c->op.kind = OP_DISPATCH;
	return (found);
}

static void
refuse_call(struct cel_checker *checker, const struct checked *c)
{
	struct span name = c->node->name;
	bool pair = c->op.n_args == 2 && is_operator(name);
	bool numbers = pair && cel_kind_number(c->args[0]->type.kind) &&
		       cel_kind_number(c->args[1]->type.kind);
	const char *help = NULL;

	if (is_operator(name)) {
		name.at += name.at[0] == '_';
		name.length = 1;
		if (pair)
			help = cel_cast_help(checker, c->args[0], c->args[1]);
	}
	if (c->op.function == FN_DIVIDE &&
	    c->args[0]->type.kind == CEL_TYPE_MONEY)
		help = "money over an int is money, money over money is a "
		       "double";
	cel_refuse(checker, c->node, numbers ? "E121" : "E120", help,
	    "'%.*s' is not defined for %.*s", SPAN_ARGS(name),
	    SPAN_ARGS(cel_types_text(checker, c->args, c->op.n_args)));
}

static void
regex_done(void *what)
{
	regex_free(what);
}

/* A pattern that is known now is compiled now. */
static bool
compile_pattern(struct cel_checker *checker, struct checked *c)
{
	const struct checked *pattern = c->args[1];
	struct failure why = {{0}};
	struct regex *regex;

	if (!checked_is_constant(pattern) ||
	    pattern->type.kind != CEL_TYPE_STRING ||
	    c->args[0]->type.kind != CEL_TYPE_STRING)
		return (true);
	if (regex_new(value_text(pattern->op.constant), &regex, &why) != DONE) {
		if (!checker->dialect->product)
			return (true);
		cel_refuse(
		    checker, pattern->node, "E130", NULL, "%s", why.text);
		return (false);
	}
	arena_attend(checker->arena, regex_done, regex);
	c->op.kind = OP_MATCH;
	c->op.regex = regex;
	c->op.n_args = 1;
	return (true);
}

static void
adapt_operands(struct cel_checker *checker, struct checked *c)
{
	bool money;

	if (c->op.n_args != 2 || !is_operator(c->node->name))
		return;
	money = c->args[0]->type.kind == CEL_TYPE_MONEY ||
		c->args[1]->type.kind == CEL_TYPE_MONEY;
	/* 2 and 1.5 beside money are factors, not money */
	if (money && c->op.function != FN_ADD && c->op.function != FN_SUBTRACT)
		return;
	cel_adapt_pair(checker, c->args[0], c->args[1]);
}

static struct checked *
check_function(struct cel_checker *checker, const struct cel_node *node)
{
	size_t n = node->n_args + (node->kind == CEL_METHOD);
	struct checked *c = checked_new(checker, node, OP_CALL, n);
	const struct cel_name *name = NULL;

	if (check_arguments(checker, c))
		name = find_function(checker, node);
	if (name == NULL)
		return (checked_wrong(checker, node));
	c->op.function = (uint8_t)name->function;
	adapt_operands(checker, c);
	if (n > 0 && n <= CEL_ARGS_MAX &&
	    (checked_is_wrong(c->args[0]) || checked_is_wrong(c->args[n - 1])))
		return (checked_wrong(checker, node));
	if (n > CEL_ARGS_MAX || !find_row(checker, c)) {
		refuse_call(checker, c);
		return (checked_wrong(checker, node));
	}
	if (name->function == FN_MATCHES && !compile_pattern(checker, c))
		return (checked_wrong(checker, node));
	cel_class_call(checker, c);
	return (cel_fold(checker, c));
}

struct checked *
cel_check_call(struct cel_checker *checker, const struct cel_node *node)
{
	struct checked *c = cel_check_host(checker, node);

	if (c == NULL && node->kind == CEL_METHOD)
		c = cel_check_macro(checker, node);
	return (c != NULL ? c : check_function(checker, node));
}
