/*
 * kithd check: every mistake in files, in one run, before anything runs them.
 */
#include "daemon/command.h"
#include "daemon/files.h"

enum { ROW_FORMAT, ROW_STRICT };

/* In the order of enum findings_format. */
static const char *const formats[] = {"text", "json", "github", NULL};
static const struct option rows[] = {
    [ROW_FORMAT] = {.name = "format",
	.value = "WORD",
	.words = formats,
	.about = "text (default), json, or github: annotations"},
    [ROW_STRICT] = {.name = "strict", .about = "warnings count as errors"},
};

static enum exit_code
run(const struct arguments *arguments)
{
	enum findings_format format =
	    (enum findings_format)option_word(arguments, rows, ROW_FORMAT);
	struct config_options options;
	struct failure why = {{0}};
	enum outcome outcome;
	size_t errors;
	size_t warnings;

	if (!files_begin(arguments->arena, &options))
		return (EXIT_UNREADABLE);
	outcome = config_check(arguments->arena, arguments->operands,
	    arguments->n_operands, &options, &why);
	errors = findings_errors(options.findings);
	warnings = findings_warnings(options.findings);
	files_report(arguments->arena, options.findings, format, stdout);
	if (format == FINDINGS_TEXT && errors + warnings == 0)
		(void)puts("no mistakes");
	if (outcome == FATAL)
		return (EXIT_UNREADABLE);
	if (errors > 0 ||
	    (warnings > 0 && arguments->value[ROW_STRICT] != NULL))
		return (EXIT_MISTAKES);
	return (EXIT_OK);
}

const struct command check_command = {
    .name = "check",
    .synopsis = "PATH... [--format text|json|github] [--strict]",
    .about = "find every mistake in rules and configuration",
    .text =
	"Reads files, and the .yaml and .yml files of folders and below, and "
	"prints\nevery mistake with its place and its cure.  A Daemon file is "
	"checked with the\nrules that it names, a RuleTest with its files, all "
	"others together.\nNothing is connected to, and no secret is read.\n"
	"\n"
	"  kithd check rules/\n"
	"  kithd check shop.yaml --strict\n"
	"  kithd check --format github rules/    in a GitHub workflow\n"
	"\n"
	"Exit: 0 no error, 65 mistakes, 66 a path cannot be read.",
    .options = {.rows = rows,
	.n = sizeof rows / sizeof rows[0],
	.operand = "PATH",
	.operands_min = 1,
	.operands_max = OPERANDS_ANY},
    .run = run,
};
