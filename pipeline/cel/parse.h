#ifndef PIPELINE_CEL_PARSE_H
#define PIPELINE_CEL_PARSE_H

#include "pipeline/base/arena.h"
#include "pipeline/base/report.h"
#include "pipeline/cel/tree.h"

/* What the text may use up. */
struct cel_limits {
	size_t text;  /* bytes */
	size_t nodes; /* of the tree */
};

enum { CEL_DEPTH_MAX = 250 };

/*
 * The tree of a text, or NULL: the first mistake has been reported (E100, or
 * E030 for a limit).  durations: 90d is a literal.
 */
const struct cel_node *cel_parse(struct arena *arena,
    const struct source_text *text, const struct cel_limits *limits,
    bool durations, struct report *report);

/* A digest of the tree: blanks, comments and spellings do not matter. */
uint64_t cel_node_hash(struct arena *arena, const struct cel_node *node);

#endif
