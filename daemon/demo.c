/*
 * kithd demo: a look at all of it, without anything to set up.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/command.h"
#include "daemon/demo_run.h"

enum { ROW_FOR, ROW_SEED, ROW_SPEED, ROW_NDJSON };

static const struct option rows[] = {
    [ROW_FOR] = {.name = "for",
	.value = "TIME",
	.about = "how long it runs (61s: a year)"},
    [ROW_SEED] = {.name = "seed",
	.value = "N",
	.about = "other people, other purchases (1)"},
    [ROW_SPEED] = {.name = "speed",
	.value = "TIME",
	.about = "of the shop, in each second (6d)"},
    [ROW_NDJSON] = {.name = "ndjson",
	.about = "messages as lines of JSON; the rest on stderr"},
};

enum { DECIMAL = 10 };
#define LENGTH_DEFAULT_MS ((duration_ms)61 * 1000)
#define SPEED_DEFAULT_MS  ((duration_ms)6 * 24 * 60 * 60 * 1000)

static bool
read_duration(const struct arguments *arguments, size_t row, duration_ms *ret)
{
	const char *text = arguments->value[row];
	struct failure why;

	if (text == NULL)
		return (true);
	if (duration_parse(span_of(text), ret, &why) == DONE && *ret > 0)
		return (true);
	(void)fprintf(stderr, "kithd demo: --%s: '%s' is no time: 30s, 6d\n",
	    rows[row].name, text);
	return (false);
}

static bool
read_seed(const struct arguments *arguments, uint64_t *ret)
{
	const char *text = arguments->value[ROW_SEED];
	char *end;

	if (text == NULL)
		return (true);
	errno = 0;
	*ret = strtoull(text, &end, DECIMAL);
	if (errno == 0 && end != text && *end == '\0' && *text != '-')
		return (true);
	(void)fprintf(stderr, "kithd demo: --seed: '%s' is no number\n", text);
	return (false);
}

static enum exit_code
run(const struct arguments *arguments)
{
	struct demo_options options = {.length = LENGTH_DEFAULT_MS,
	    .speed = SPEED_DEFAULT_MS,
	    .seed = 1,
	    .ndjson = arguments->value[ROW_NDJSON] != NULL};

	if (!read_duration(arguments, ROW_FOR, &options.length) ||
	    !read_duration(arguments, ROW_SPEED, &options.speed) ||
	    !read_seed(arguments, &options.seed))
		return (EXIT_USAGE);
	return (demo_run(&options, arguments->arena));
}

const struct command demo_command = {
    .name = "demo",
    .synopsis = "[--for TIME] [--speed TIME] [--seed N] [--ndjson]",
    .about = "a shop's year in a minute, with nothing to set up",
    .text =
	"Runs the daemon's own job over a made-up shop: thousands of people "
	"who buy,\nreturn, rate, read and fall silent, and ten whose story can "
	"be followed.  Kafka\nis one inside of this process, which any client "
	"on this machine can read; Redis\nis a child of it.  Triggers are "
	"printed as they fire: all about the ten, some\nabout the others.  At "
	"the end: what was sent and what was not, and five\nstories.\n"
	"\n"
	"  kithd demo\n"
	"  kithd demo --for 30s --seed 7\n"
	"  kithd demo --ndjson | jq -r .value.type\n"
	"\n"
	"Exit: 0 over, or ended by Ctrl-C; 69 no redis-server, 70 a bug.",
    .options = {.rows = rows, .n = sizeof rows / sizeof rows[0]},
    .run = run,
};
