#ifndef PIPELINE_PUBLISH_H
#define PIPELINE_PUBLISH_H

#include "pipeline/pipeline.h"

/* What is published together: of all tasks that have something to say. */

/* Something is committed and not published. */
bool publication_waits(const struct pipeline *p);
/* The messages and offsets of the tasks, as one. */
void publication_make(struct pipeline *p);
/* A message is larger than its topic takes: it goes without its value. */
void publication_shorten(struct pipeline *p);
/* It is published. */
void publication_over(struct pipeline *p);

#endif
