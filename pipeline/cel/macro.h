#ifndef PIPELINE_CEL_MACRO_H
#define PIPELINE_CEL_MACRO_H

#include "pipeline/cel/op.h"

/* OP_LIST, OP_MAP, OP_SELECT, OP_HAS_KEY, OP_INDEX */
struct value cel_walk_collection(struct cel_run *run, const struct cel_op *op);
/* OP_ALL and kin: over the elements of a list, or the keys of a map. */
struct value cel_walk_macro(struct cel_run *run, const struct cel_op *op);

/* Of values: what an index answers, and a list or map of them. */
struct value cel_index(
    struct cel_run *run, struct value from, struct value key);

#endif
