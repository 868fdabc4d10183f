#ifndef PIPELINE_BASE_UTF8_H
#define PIPELINE_BASE_UTF8_H

#include "pipeline/base/span.h"

/*
 * Bytes of the character that a non-empty text begins with, 1 to 4; or 0 where
 * that is not UTF-8 (a stray or missing continuation, an overlong form, a
 * surrogate, a code point above U+10FFFF).
 */
size_t utf8_length(struct span text);

/* Whether all of the text is UTF-8; the empty one is. */
bool utf8_valid(struct span text);

#endif
