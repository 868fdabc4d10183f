#ifndef PIPELINE_CEL_UTF8_H
#define PIPELINE_CEL_UTF8_H

#include <stdint.h>

#include "pipeline/base/span.h"

enum { UTF8_MAX = 4 };

/* A code point that is no surrogate. */
bool utf8_scalar(uint32_t code);
/* Bytes written. */
size_t utf8_encode(uint32_t code, char ret[UTF8_MAX]);
bool utf8_valid(struct span text);
/* Code points of a valid text. */
size_t utf8_length(struct span text);

#endif
