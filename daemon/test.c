/*
 * kithd test: rules against timelines, before anybody gets mail from them.
 */
#include "daemon/command.h"
#include "daemon/files.h"
#include "pipeline/lab/test_report.h"

enum { ROW_FORMAT };
enum format { FORMAT_TEXT, FORMAT_JSON_OBJECT };

static const char *const formats[] = {"text", "json", NULL};
static const struct option rows[] = {
    [ROW_FORMAT] = {.name = "format",
	.value = "WORD",
	.words = formats,
	.about = "text (default) or json"},
};

static void
locate(const struct source_text *where, struct span *file, size_t *line)
{
	if (!place_line(where, file, line)) {
		*file = SPAN("-");
		*line = 0;
	}
}

static enum exit_code
run_tests(
    const struct config_tests *tests, enum format format, struct arena *arena)
{
	struct test_file_run *runs =
	    ARENA_ARRAY(arena, tests->n, struct test_file_run);
	struct buffer b;
	struct test_report report = {.to = &b,
	    .colour = format == FORMAT_TEXT && files_colour(stdout),
	    .locate = locate};

	buffer_init(&b, arena);
	for (size_t i = 0; i < tests->n; i++) {
		test_run_file(tests->files[i], arena, &runs[i]);
		if (format == FORMAT_TEXT)
			test_report_file(&report, &runs[i]);
	}
	if (format == FORMAT_TEXT)
		test_report_end(&report, runs, tests->n);
	else
		test_report_json(&report, runs, tests->n);
	(void)fwrite(b.at, 1, b.length, stdout);
	return (test_count(runs, tests->n).failed > 0 ? EXIT_TESTS_FAILED
						      : EXIT_OK);
}

static enum exit_code
run(const struct arguments *arguments)
{
	static const char *const here[] = {"."};
	const char *const *paths = arguments->operands;
	size_t n_paths = arguments->n_operands;
	struct config_options options;
	struct config_tests tests;
	struct failure why = {{0}};
	enum outcome outcome;

	if (n_paths == 0) {
		paths = here;
		n_paths = 1;
	}
	if (!files_begin(arguments->arena, &options))
		return (EXIT_UNREADABLE);
	outcome = config_test(
	    arguments->arena, paths, n_paths, &options, &tests, &why);
	files_report(arguments->arena, options.findings, FINDINGS_TEXT, stderr);
	if (outcome == REJECT)
		return (EXIT_MISTAKES);
	if (outcome != DONE) {
		(void)fprintf(stderr, "kithd test: %s\n", why.text);
		return (EXIT_UNREADABLE);
	}
	return (run_tests(&tests,
	    (enum format)option_word(arguments, rows, ROW_FORMAT),
	    arguments->arena));
}

const struct command test_command = {
    .name = "test",
    .synopsis = "[PATH...] [--format text|json]",
    .about = "run rules against timelines of what must come out",
    .text =
	"Runs the RuleTests in files, and in the *_test.yaml of folders and "
	"below\n(default: here), on a virtual clock, through the way that "
	"events take in the\ndaemon.  A timeline is exact: a trigger that it "
	"does not list fails the test.\nNeither Kafka nor Redis is needed.\n"
	"\n"
	"  kithd test\n"
	"  kithd test rules/lifecycle_test.yaml\n"
	"  kithd test rules/ --format json\n"
	"\n"
	"Exit: 0 all passed, 1 some failed, 65 mistakes in files, 66 a path "
	"cannot be\nread, or holds no test.",
    .options = {.rows = rows,
	.n = sizeof rows / sizeof rows[0],
	.operand = "PATH",
	.operands_max = OPERANDS_ANY},
    .run = run,
};
