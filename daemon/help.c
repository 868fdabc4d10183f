#include "daemon/help.h"

enum { NAME_COLUMNS = 22 };

void
help_list(FILE *to, const struct command *const *commands)
{
	(void)fputs("kithd decides who should get which relationship message, "
		    "when.\n\nusage: kithd COMMAND [OPTIONS]\n\n",
	    to);
	for (size_t i = 0; commands[i] != NULL; i++)
		(void)fprintf(
		    to, "  %-10s %s\n", commands[i]->name, commands[i]->about);
	(void)fputs(
	    "  help       this list, or 'kithd help COMMAND': its options\n"
	    "\n"
	    "Start with 'kithd check FOLDER', where FOLDER holds your rules.\n",
	    to);
}

void
help_usage(FILE *to, const struct command *command)
{
	(void)fprintf(
	    to, "usage: kithd %s %s\n", command->name, command->synopsis);
}

static void
print_option(FILE *to, const struct option *option)
{
	char name[2 * NAME_COLUMNS];

	(void)snprintf(name, sizeof name, "--%s%s%s", option->name,
	    option->value == NULL ? "" : " ",
	    option->value == NULL ? "" : option->value);
	if (option->letter != '\0')
		(void)fprintf(to, "  -%c, ", option->letter);
	else
		(void)fputs("      ", to);
	(void)fprintf(to, "%-*s %s\n", NAME_COLUMNS, name, option->about);
}

void
help_command(FILE *to, const struct command *command)
{
	help_usage(to, command);
	(void)fprintf(to, "\n%s\n\noptions:\n", command->text);
	for (size_t i = 0; i < command->options.n; i++)
		print_option(to, &command->options.rows[i]);
	print_option(
	    to, &(struct option){
		    .letter = 'h', .name = "help", .about = "this text"});
}
