#ifndef DAEMON_COMMAND_H
#define DAEMON_COMMAND_H

#include "daemon/exit_code.h"
#include "daemon/options.h"

/* A subcommand: its words on the command line, its help, and what it does. */
struct command {
	const char *name;
	const char *synopsis; /* what follows the name, in short       */
	const char *about;    /* one line for the list of commands     */
	const char *text;     /* of its help: paragraphs and examples  */
	struct option_table options;
	enum exit_code (*run)(const struct arguments *arguments);
};

extern const struct command backtest_command;
extern const struct command check_command;
extern const struct command demo_command;
extern const struct command customer_command;
extern const struct command run_command;
extern const struct command test_command;
extern const struct command version_command;

#endif
