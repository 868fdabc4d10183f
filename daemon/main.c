/*
 * kithd: one program, a command each for the daemon and for what people do
 * with its rules and data.
 */
#include <stdio.h>

#include "config/nearest.h"
#include "daemon/command.h"
#include "daemon/help.h"

static const struct command *const commands[] = {
    &run_command,
    &check_command,
    &test_command,
    &backtest_command,
    &customer_command,
    &demo_command,
    &version_command,
    NULL,
};

enum { N_COMMANDS = sizeof commands / sizeof commands[0] - 1 };

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return (commands[i]);
	return (NULL);
}

static enum exit_code
refuse_command(struct arena *arena, const char *name)
{
	struct span names[N_COMMANDS + 1];
	struct span help;

	for (size_t i = 0; i < N_COMMANDS; i++)
		names[i] = span_of(commands[i]->name);
	names[N_COMMANDS] = SPAN("help");
	help = nearest_help(arena, span_of(name), names, N_COMMANDS + 1);
	(void)fprintf(stderr, "kithd: unknown %s '%s'%s%.*s\n",
	    name[0] == '-' ? "option" : "command", name,
	    help.length > 0 ? "; " : "", SPAN_ARGS(help));
	(void)fputs("'kithd help' lists the commands\n", stderr);
	return (EXIT_USAGE);
}

/* kithd help [COMMAND] */
static enum exit_code
run_help(struct arena *arena, int n, char *const *words)
{
	const struct command *command;

	if (n == 0) {
		help_list(stdout, commands);
		return (EXIT_OK);
	}
	command = find_command(words[0]);
	if (command == NULL)
		return (refuse_command(arena, words[0]));
	help_command(stdout, command);
	return (EXIT_OK);
}

static enum exit_code
run_with(const struct command *command, struct arena *arena, int n,
    char *const *words)
{
	struct arguments arguments;
	struct failure why;

	if (options_parse(
		&command->options, arena, n, words, &arguments, &why) != DONE) {
		(void)fprintf(
		    stderr, "kithd %s: %s\n", command->name, why.text);
		help_usage(stderr, command);
		(void)fprintf(
		    stderr, "'kithd help %s' explains it\n", command->name);
		return (EXIT_USAGE);
	}
	if (arguments.help) {
		help_command(stdout, command);
		return (EXIT_OK);
	}
	return (command->run(&arguments));
}

static bool
is_one_of(const char *word, const char *a, const char *b)
{
	return (strcmp(word, a) == 0 || strcmp(word, b) == 0);
}

static enum exit_code
run_words(struct arena *arena, int n, char *const *words)
{
	const struct command *command;

	if (n == 0) {
		help_list(stderr, commands);
		return (EXIT_USAGE);
	}
	if (is_one_of(words[0], "-h", "--help") ||
	    strcmp(words[0], "help") == 0)
		return (run_help(arena, n - 1, words + 1));
	command = is_one_of(words[0], "-V", "--version")
		      ? &version_command
		      : find_command(words[0]);
	if (command == NULL)
		return (refuse_command(arena, words[0]));
	return (run_with(command, arena, n - 1, words + 1));
}

/* A full disk behind standard output must not look like success. */
static enum exit_code
after_output(enum exit_code code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return (code);
	perror("kithd: standard output");
	return (code == EXIT_OK ? EXIT_UNAVAILABLE : code);
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	enum exit_code code =
	    after_output(run_words(arena, argc > 0 ? argc - 1 : 0, argv + 1));

	arena_free(arena);
	return ((int)code);
}
