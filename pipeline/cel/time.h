#ifndef PIPELINE_CEL_TIME_H
#define PIPELINE_CEL_TIME_H

#include "pipeline/cel/arithmetic.h"

/*
 * Rows of the overload table: the getters of a timestamp, in UTC or in the
 * zone of a second operand ("UTC", an IANA name, "+05:30"), and those of a
 * duration: totals towards zero, but for its milliseconds, which are the part.
 */
CEL_ROW(timestamp_get);
CEL_ROW(duration_get);

/*
 * How many ms it takes a getter to answer something else: `function` over
 * args, the first of which moves by `slope` ms each ms (1 for a timestamp, 1 or
 * -1 for a duration).  INSTANT_NEVER: it never does.
 */
int64_t cel_getter_change(struct cel_run *run, uint8_t function,
    const struct value *args, size_t n_args, int slope);

#endif
