#ifndef PIPELINE_CEL_COMPILE_H
#define PIPELINE_CEL_COMPILE_H

#include "pipeline/cel/check.h"

/* The flat form of what was checked: operands lie side by side. */
const struct cel_op *cel_flatten(
    struct arena *arena, const struct checked *checked);

#endif
