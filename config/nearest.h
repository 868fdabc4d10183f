#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H

#include "pipeline/base/arena.h"
#include "pipeline/base/span.h"

/*
 * "did you mean 'a' or 'b'?": the nearest of several names, by edits (one of
 * them may be two letters that changed places) up to a third of the length,
 * where case, '_' and '-' do not count; or, where none is near and there are
 * few, all of them: "one of: a, b, c".  Empty for neither.
 */
struct span nearest_help(struct arena *arena, struct span name,
    const struct span *names, size_t n_names);

/* Whether one may be meant by the other. */
bool names_near(struct span a, struct span b);

#endif
