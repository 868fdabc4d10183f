/*
 * The arguments of one command, gathered until hiredis formats them.
 */
#include "pipeline/store/command.h"

#include "pipeline/store/state.h"

enum { FIRST_ROOM = 16 };

void
command_init(struct command *command, struct arena *arena)
{
	*command = (struct command){.arena = arena};
}

static void
grow(struct command *command)
{
	size_t room = command->room == 0 ? FIRST_ROOM : command->room * 2;
	const char **at = ARENA_ARRAY(command->arena, room, const char *);
	size_t *length = ARENA_ARRAY(command->arena, room, size_t);

	for (size_t i = 0; i < command->n; i++) {
		at[i] = command->at[i];
		length[i] = command->length[i];
	}
	command->at = at;
	command->length = length;
	command->room = room;
}

void
command_add(struct command *command, struct span argument)
{
	if (command->n == command->room)
		grow(command);
	command->at[command->n] = argument.at == NULL ? "" : argument.at;
	command->length[command->n] = argument.length;
	command->bytes += argument.length;
	command->n++;
}

void
command_number(struct command *command, int64_t number)
{
	command_add(command, state_print(command->arena, number));
}

void
command_words(struct command *command, const char *words)
{
	while (words != NULL) {
		const char *blank = strchr(words, ' ');
		struct span word = span_of(words);

		if (blank != NULL)
			word.length = (size_t)(blank - words);
		command_add(command, word);
		words = blank == NULL ? NULL : blank + 1;
	}
}
