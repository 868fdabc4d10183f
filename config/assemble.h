#ifndef CONFIG_ASSEMBLE_H
#define CONFIG_ASSEMBLE_H

#include "config/load.h"
#include "config/sources.h"

/*
 * The documents of one deployment become a config: one schema, at most one
 * policy, programme and set of models, and rules, which agree with each other.
 * All mistakes are reported.  What could be read stands in *ret; its edition is
 * NULL if there was a mistake.
 */
void assemble(struct binder *b, const struct set *set,
    const struct daemon_config *daemon, struct config *ret);

#endif
