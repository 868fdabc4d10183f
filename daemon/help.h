#ifndef DAEMON_HELP_H
#define DAEMON_HELP_H

#include <stdio.h>

#include "daemon/command.h"

/* What people read about commands; no line is wider than 80 columns. */

/* The list of commands; ended by NULL. */
void help_list(FILE *to, const struct command *const *commands);
void help_command(FILE *to, const struct command *command);
/* One line: "usage: kithd check PATH... [OPTIONS]". */
void help_usage(FILE *to, const struct command *command);

#endif
