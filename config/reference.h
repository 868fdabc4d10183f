#ifndef CONFIG_REFERENCE_H
#define CONFIG_REFERENCE_H

#include "config/fields.h"
#include "pipeline/base/buffer.h"

/*
 * The reference of every key, in Markdown, out of the tables that the binder
 * reads by: what is printed here is what is accepted.  config/README.md is this
 * text; a test compares the two.
 */
void reference_print(struct arena *arena, struct buffer *to);

/* The tables of a kind in the order of the reference, ended by NULL. */
const struct table *const *reference_tables(int kind);

#endif
