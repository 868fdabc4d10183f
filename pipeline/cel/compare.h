#ifndef PIPELINE_CEL_COMPARE_H
#define PIPELINE_CEL_COMPARE_H

#include "pipeline/cel/op.h"

/* Which of below (1), equal (2) and above (4) a relation takes. */
static const uint8_t cel_relation_takes[] = {
    [CEL_EQUAL] = 2,
    [CEL_DIFFERENT] = 5,
    [CEL_LESS] = 1,
    [CEL_AT_MOST] = 3,
    [CEL_GREATER] = 4,
    [CEL_AT_LEAST] = 6,
};

/* By an order of -1, 0 or 1. */
static inline bool
cel_relation_holds(enum cel_relation relation, int order)
{
	return ((cel_relation_takes[relation] >> (order + 1) & 1) != 0);
}

/*
 * bool, or an error: the first of the operands' own, then one for what has no
 * order.  Numbers of all kinds lie on one line, exactly.  Null equals null.
 */
struct value cel_compare(struct cel_run *run, enum cel_relation relation,
    struct value l, struct value r);

enum cel_equality {
	CEL_UNEQUAL,
	CEL_SAME,
	CEL_TOO_LONG, /* to find out: the run's fuel is used up */
};
enum cel_equality cel_values_equal(
    struct cel_run *run, struct value l, struct value r);

/* Whether an element is in a list, or a key in a map. */
struct value cel_contained(
    struct cel_run *run, struct value element, struct value in);
/* The value under a key, or NULL. */
const struct value *cel_map_find(
    struct cel_run *run, struct value map, struct value key);

#endif
