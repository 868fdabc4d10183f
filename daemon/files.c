#include "daemon/files.h"

#include <stdlib.h>
#include <unistd.h>

#include "pipeline/bridge/zones.h"

/* Called before any thread is started. */
static char *
environment(const char *name)
{
	return (getenv(name)); /* NOLINT(concurrency-mt-unsafe): no thread */
}

bool
files_begin(struct arena *arena, struct config_options *ret)
{
	struct failure why;

	*ret = (struct config_options){
	    .variable = environment, .findings = findings_new(arena)};
	if (zones_load(arena, &ret->zones, &why) == DONE)
		return (true);
	(void)fprintf(stderr, "kithd: %s\n", why.text);
	return (false);
}

bool
files_colour(FILE *to)
{
	const char *refused = environment("NO_COLOR");

	return (
	    isatty(fileno(to)) == 1 && (refused == NULL || *refused == '\0'));
}

void
files_report(struct arena *arena, const struct findings *findings,
    enum findings_format format, FILE *to)
{
	struct buffer b;

	buffer_init(&b, arena);
	findings_print(
	    findings, format, format == FINDINGS_TEXT && files_colour(to), &b);
	if (b.length > 0)
		(void)fwrite(b.at, 1, b.length, to);
}

enum exit_code
files_load(struct arena *arena, const char *path, enum exit_code mistakes,
    struct config *ret)
{
	return (files_load_with(arena, path, mistakes, environment, ret));
}

enum exit_code
files_load_with(struct arena *arena, const char *path, enum exit_code mistakes,
    char *(*variable)(const char *name), struct config *ret)
{
	struct config_options options;
	struct failure why = {{0}};
	enum outcome outcome;

	if (!files_begin(arena, &options))
		return (EXIT_UNREADABLE);
	options.variable = variable;
	outcome = config_load(arena, path, &options, ret, &why);
	files_report(arena, options.findings, FINDINGS_TEXT, stderr);
	if (outcome == DONE)
		return (EXIT_OK);
	if (outcome == REJECT)
		return (mistakes);
	if (findings_errors(options.findings) == 0)
		(void)fprintf(stderr, "kithd: %s\n", why.text);
	return (EXIT_UNREADABLE);
}
