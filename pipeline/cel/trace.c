/* What was compared with what: the reasons of a trigger. */
#include "pipeline/cel/trace.h"

static struct span
text_of(const struct cel_run *run, const struct cel_op *op)
{
	return ((struct span){run->expr->text.at + op->offset, op->length});
}

static void
add(struct cel_trace *trace, const struct cel_term *term)
{
	if (trace->n_terms < trace->room)
		trace->terms[trace->n_terms++] = *term;
}

static struct span
symbol(const struct cel_op *op)
{
	static const char *const symbols[] = {[CEL_EQUAL] = "==",
	    [CEL_DIFFERENT] = "!=",
	    [CEL_LESS] = "<",
	    [CEL_AT_MOST] = "<=",
	    [CEL_GREATER] = ">",
	    [CEL_AT_LEAST] = ">="};

	return (
	    op->kind == OP_IN ? SPAN("in") : span_of(symbols[op->relation]));
}

void
cel_trace_relation(struct cel_run *run, const struct cel_op *op, struct value l,
    struct value r, struct value result)
{
	struct cel_term term = {.expr = text_of(run, &op->args[0]),
	    .value = l,
	    .op = symbol(op),
	    .bound = r,
	    .result = cel_is_true(result)};

	add(run->ev->trace, &term);
}

void
cel_trace_condition(
    struct cel_run *run, const struct cel_op *op, struct value v)
{
	struct cel_term term = {.expr = text_of(run, op),
	    .value = v,
	    .op = {"", 0},
	    .result = cel_is_true(v)};

	switch ((enum cel_op_kind)op->kind) {
	case OP_CONSTANT:
	case OP_AND:
	case OP_OR:
	case OP_NOT:
	case OP_CHOICE:
	case OP_COMPARE:
	case OP_IN:
		return;
	case OP_LEAF:
	case OP_NOW:
	case OP_VARIABLE:
	case OP_CALL:
	case OP_DISPATCH:
	case OP_GETTER:
	case OP_MATCH:
	case OP_LIST:
	case OP_MAP:
	case OP_SELECT:
	case OP_HAS_KEY:
	case OP_HAS:
	case OP_INDEX:
	case OP_ALL:
	case OP_EXISTS:
	case OP_EXISTS_ONE:
	case OP_TRANSFORM:
	case OP_FILTER:
	default:
		add(run->ev->trace, &term);
	}
}
