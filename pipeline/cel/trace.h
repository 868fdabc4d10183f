#ifndef PIPELINE_CEL_TRACE_H
#define PIPELINE_CEL_TRACE_H

#include "pipeline/cel/op.h"

/* A comparison, or `in`, with what it compared. */
void cel_trace_relation(struct cel_run *run, const struct cel_op *op,
    struct value l, struct value r, struct value result);
/* A condition: if it is neither a comparison nor logic, a term of its own. */
void cel_trace_condition(
    struct cel_run *run, const struct cel_op *op, struct value v);

#endif
