#ifndef PIPELINE_STORE_COMMAND_H
#define PIPELINE_STORE_COMMAND_H

#include <stdint.h>

#include "pipeline/base/arena.h"
#include "pipeline/base/span.h"

/* A command of Redis and its arguments; it points to their bytes. */
struct command {
	struct arena *arena;
	const char **at;
	size_t *length;
	size_t n;
	size_t room;
	size_t bytes; /* of all arguments */
};

void command_init(struct command *command, struct arena *arena);
/* Arguments, in order; the name is the first. */
void command_add(struct command *command, struct span argument);
/* In decimal, in the command's arena. */
void command_number(struct command *command, int64_t number);
/* Words that one blank separates. */
void command_words(struct command *command, const char *words);

#endif
