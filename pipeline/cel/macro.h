#ifndef PIPELINE_CEL_MACRO_H
#define PIPELINE_CEL_MACRO_H

#include "pipeline/cel/op.h"

/* Walkers of lists and maps: OP_LIST, OP_MAP, OP_SELECT and OP_HAS_KEY, ... */
struct value cel_walk_list(struct cel_run *run, const struct cel_op *op);
struct value cel_walk_map(struct cel_run *run, const struct cel_op *op);
struct value cel_walk_select(struct cel_run *run, const struct cel_op *op);
struct value cel_walk_index(struct cel_run *run, const struct cel_op *op);
/* OP_ALL and kin: over the elements of a list, or the keys of a map. */
struct value cel_walk_macro(struct cel_run *run, const struct cel_op *op);

#endif
