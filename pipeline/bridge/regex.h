#ifndef PIPELINE_BRIDGE_REGEX_H
#define PIPELINE_BRIDGE_REGEX_H

#include <stdbool.h>

#include "pipeline/base/outcome.h"
#include "pipeline/base/span.h"

/*
 * A regular expression of RE2: linear in the text, bounded in memory, over
 * UTF-8.  Any number of threads may match with one at a time.
 */
struct regex;

/*
 * DONE    *ret is the expression; regex_free gives it back
 * REJECT  not an expression, or one that needs too much memory; why names the
 *         part that is wrong
 */
enum outcome regex_new(
    struct span pattern, struct regex **ret, struct failure *why) MUST_CHECK;
/* NULL is legal. */
void regex_free(struct regex *regex);

/* Whether it matches anywhere in the text. */
bool regex_matches(const struct regex *regex, struct span text);

#endif
