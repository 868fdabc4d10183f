#ifndef CONFIG_PATH_H
#define CONFIG_PATH_H

#include "pipeline/base/arena.h"
#include "pipeline/base/outcome.h"
#include "pipeline/base/span.h"

/* Files by name: what is read, and what a pattern or a folder stands for. */

/* A path as it is seen from the folder of a file. */
struct span path_beside(
    struct arena *arena, struct span file, struct span path);

/*
 * All of a file, followed by a NUL that does not count.
 *
 * DONE    *ret is its text
 * REJECT  it cannot be read, is no regular file (a pipe is one), or is longer
 *	   than max
 */
enum outcome path_read(struct arena *arena, struct span path, size_t max,
    struct span *ret, struct failure *why) MUST_CHECK;

struct paths {
	struct span *paths; /* by bytes */
	size_t n;
};

/*
 * What a path stands for: a file itself; of a folder all *.yaml and *.yml in
 * it and below; of a pattern (*, ?, [...]) what it matches, folders as before.
 *
 * DONE    *ret, at least one path
 * REJECT  there is nothing
 */
enum outcome path_find(struct arena *arena, struct span path, struct paths *ret,
    struct failure *why) MUST_CHECK;

#endif
