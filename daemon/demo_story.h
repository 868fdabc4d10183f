#ifndef DAEMON_DEMO_STORY_H
#define DAEMON_DEMO_STORY_H

#include "daemon/demo_decision.h"
#include "daemon/demo_screen.h"
#include "pipeline/lab/generator.h"

/* What happened to each persona, and what was said to it, to be told later. */
struct demo_stories;

struct demo_stories *demo_stories_new(const struct zones *zones);
/* NULL is legal. */
void demo_stories_free(struct demo_stories *stories);

void demo_stories_record(
    struct demo_stories *stories, const struct generated *record);
/* Those of others are ignored. */
void demo_stories_decision(
    struct demo_stories *stories, const struct demo_decision *decision);

/* The first `n` of those to whom something was said. */
void demo_stories_tell(
    struct demo_stories *stories, size_t n, struct demo_screen *screen);

#endif
