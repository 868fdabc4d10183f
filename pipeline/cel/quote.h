#ifndef PIPELINE_CEL_QUOTE_H
#define PIPELINE_CEL_QUOTE_H

#include "pipeline/base/arena.h"
#include "pipeline/base/value.h"

/* r'…', b'…', br'…' */
struct cel_prefix {
	bool raw;
	bool bytes;
};

/* Length of a prefix directly before a quote at offset; 0 if there is none. */
uint32_t cel_quote_prefix(
    struct span text, uint32_t offset, struct cel_prefix *ret);

/*
 * The literal whose quotes begin at offset.  Its value goes to *ret and where
 * it ends to *end.  Otherwise the answer is why not, and *end is where the
 * mistake ends.
 */
const char *cel_unquote(struct arena *arena, struct span text, uint32_t offset,
    const struct cel_prefix *prefix, struct value *ret, uint32_t *end);

#endif
