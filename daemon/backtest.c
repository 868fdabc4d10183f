/*
 * kithd backtest: rules over history, as the daemon would have run them, with
 * files in place of Kafka and memory in place of Redis.
 */
#include "pipeline/lab/backtest.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/command.h"
#include "daemon/files.h"
#include "daemon/instant_option.h"
#include "daemon/monotonic.h"
#include "daemon/route.h"
#include "daemon/summary.h"

enum { ROW_CONFIG, ROW_INPUT, ROW_UNTIL, ROW_BATCH, ROW_NDJSON };

static const struct option rows[] = {
    [ROW_CONFIG] = OPTION_CONFIG,
    [ROW_INPUT] = {.name = "input",
	.value = "FILE",
	.many = true,
	.about = "records, a JSON object a line; -: standard input"},
    [ROW_UNTIL] = {.name = "until",
	.value = "T",
	.about = "let time go on to T after the last record"},
    [ROW_BATCH] = {.name = "batch",
	.value = "N",
	.about = "records at once (2000); the result is the same"},
    [ROW_NDJSON] = {.name = "ndjson",
	.about = "print each output as a line of JSON"},
};

enum { BATCH_MAX = 1000 * 1000, DECIMAL = 10 };
/* What a broker takes by default: dead letters keep their payload. */
enum { MESSAGE_MAX = 1000 * 1000 };

/* Of one run. */
struct printer {
	struct arena *arena; /* of one message */
};

static void
print_message(void *context, const struct message *message)
{
	struct printer *printer = context;
	struct buffer b;

	buffer_init(&b, printer->arena);
	message_print(&b, message);
	(void)fwrite(b.at, 1, b.length, stdout);
	arena_reset(printer->arena);
}

static enum outcome
read_batch(const char *text, size_t *ret, struct failure *why)
{
	char *end;
	long n;

	if (text == NULL)
		return (DONE);
	errno = 0;
	n = strtol(text, &end, DECIMAL);
	if (errno != 0 || end == text || *end != '\0' || n < 1 || n > BATCH_MAX)
		return (fail_with(why, REJECT,
		    "--batch: '%s' is not a number from 1 to %d", text,
		    BATCH_MAX));
	*ret = (size_t)n;
	return (DONE);
}

static enum exit_code
report_failure(enum outcome outcome, const struct failure *why)
{
	if (outcome == DONE)
		return (EXIT_OK);
	(void)fprintf(stderr, "kithd backtest: %s\n", why->text);
	return (outcome == REJECT ? EXIT_MISTAKES : EXIT_UNREADABLE);
}

static enum exit_code
run_history(const struct config *config, struct backtest_options *options,
    struct arena *arena)
{
	const struct edition *edition = config->edition;
	struct stats *stats =
	    stats_new(edition->schema->n_streams, edition->n_rules);
	duration_ms began = monotonic_ms();
	struct route route;
	struct failure why;
	enum outcome outcome;

	route_of(arena, &config->daemon->kafka, &route);
	route.message_max = MESSAGE_MAX;
	options->edition = edition;
	options->route = &route;
	options->tenant = config->daemon->advanced.tenant;
	options->live_within = config->daemon->advanced.live_within;
	outcome = backtest_run(options, stats, &why);
	if (outcome == DONE)
		summary_print(
		    arena, edition, stats, monotonic_ms() - began, stderr);
	stats_free(stats);
	return (report_failure(outcome, &why));
}

static enum exit_code
run(const struct arguments *arguments)
{
	struct printer printer = {arena_new()};
	struct backtest_options options = {
	    .files = arguments->operands,
	    .n_files = arguments->n_operands,
	    .context = &printer,
	};
	struct config config;
	struct failure why;
	enum exit_code code = EXIT_USAGE;

	if (arguments->value[ROW_NDJSON] != NULL)
		options.on_message = print_message;
	if (instant_option(arguments->value[ROW_UNTIL], &options.until, &why) !=
		DONE ||
	    read_batch(arguments->value[ROW_BATCH], &options.batch, &why) !=
		DONE)
		(void)fprintf(stderr, "kithd backtest: %s\n", why.text);
	else
		code = files_load(arguments->arena,
		    arguments->value[ROW_CONFIG], EXIT_MISTAKES, &config);
	if (code == EXIT_OK)
		code = run_history(&config, &options, arguments->arena);
	arena_free(printer.arena);
	return (code);
}

const struct command backtest_command = {
    .name = "backtest",
    .synopsis = "-c FILE --input FILE... [--until T] [--batch N] [--ndjson]",
    .about = "run rules over history: who would have got what, when",
    .text =
	"Runs the rules of a Daemon file over records in files, in the order "
	"of their\nlines, with memory in place of Redis and time that moves by "
	"records.  A line is\n"
	"\n"
	"  {\"stream\": \"purchases\", \"key\": \"c1\", \"arrived\": T, "
	"\"value\": {...}}\n"
	"\n"
	"where T is RFC 3339 or milliseconds; key and arrived may be absent.  "
	"A summary\ngoes to standard error.  Neither Kafka nor Redis is "
	"needed.\n"
	"\n"
	"  kithd backtest -c shop.yaml --input 2025.ndjson\n"
	"  zcat *.gz | kithd backtest -c shop.yaml --input - --ndjson\n"
	"  kithd backtest -c shop.yaml --input a.ndjson b.ndjson \\\n"
	"      --until 2026-01-31T00:00:00Z\n"
	"\n"
	"Exit: 0 done, 65 mistakes in files or records, 66 a file cannot be "
	"read.",
    .options = {.rows = rows,
	.n = sizeof rows / sizeof rows[0],
	.operand = "--input FILE",
	.operands_min = 1,
	.operands_max = OPERANDS_ANY},
    .run = run,
};
