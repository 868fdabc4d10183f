#ifndef PIPELINE_CEL_FLIP_H
#define PIPELINE_CEL_FLIP_H

#include "pipeline/cel/op.h"

/*
 * A comparison of what moves was evaluated: v, of l and r.  Lowers `until` to
 * the first instant at which it answers differently, if that is before the
 * `until` that there is already.
 */
void cel_flip_lower(struct cel_run *run, const struct cel_op *op,
    struct value l, struct value r, struct value v);

#endif
