#ifndef CONFIG_VARIABLE_H
#define CONFIG_VARIABLE_H

#include "config/scalar.h"

/*
 * Replace ${VAR}, ${VAR:-default} (used where VAR is not set, or empty) and
 * $$ ('$') in a scalar's text, once.  A '$' before anything else stays.  False
 * where it is malformed or VAR is not set: reported, and the node is wrong.
 */
bool variable_expand(struct binder *b, struct node *node);

/* A secret: the text of the file that a scalar names, without the last line
   break.  Empty where secrets are not to be read.  Never printed. */
bool secret_read(struct binder *b, struct node *node, struct span *ret);

#endif
