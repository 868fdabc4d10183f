#ifndef PIPELINE_CEL_CODE_POINT_H
#define PIPELINE_CEL_CODE_POINT_H

#include <stdint.h>

#include "pipeline/base/span.h"

enum { CODE_POINT_BYTES = 4 };

/* One of Unicode that is no surrogate. */
bool code_point_valid(uint32_t code);
/* As UTF-8: bytes written. */
size_t code_point_write(uint32_t code, char ret[CODE_POINT_BYTES]);
/* How many a legal text has. */
size_t code_points(struct span text);

#endif
