#ifndef PIPELINE_BASE_JSON_H
#define PIPELINE_BASE_JSON_H

#include "pipeline/base/buffer.h"
#include "pipeline/base/span.h"

/*
 * JSON that we write.  What we read is pipeline/bridge/json.h's.  Integers
 * need nothing of their own: buffer_print with PRId64.
 */

/*
 * A string with its quotes: always legal JSON and legal UTF-8.  Each byte that
 * belongs to no UTF-8 sequence becomes U+FFFD.
 */
void json_string(struct buffer *b, struct span text);

/*
 * The shortest text that reads back as the same double, whole numbers below
 * 2^53 without point and exponent ("45", "0.1", "1e+300"); null for what JSON
 * has no number for (NaN, infinities).
 */
void json_double(struct buffer *b, double v);

#endif
