/*
 * kithd version: what is running here, for a report of a fault.
 */
#include <librdkafka/rdkafka.h>
#include <microhttpd.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <xxhash.h>
#include <yaml.h>

#include "daemon/command.h"
#include "pipeline/base/buffer.h"
#include "pipeline/base/json.h"
#include "pipeline/bridge/zones.h"

/* A library, or kithd, or tzdata, and which one of it runs here. */
struct component {
	const char *name;
	struct span version;
};

struct versions {
	const struct component *list;
	size_t n;
};

enum { ROW_FORMAT };

static const char *const formats[] = {"text", "json", NULL};
static const struct option rows[] = {
    [ROW_FORMAT] = {.name = "format",
	.value = "WORD",
	.words = formats,
	.about = "text (default) or json"},
};

enum { XXH_STEP = 100 };

/* XXH_versionNumber: 801 is 0.8.1. */
static struct span
xxhash_version(struct arena *arena)
{
	unsigned number = XXH_versionNumber();

	return (arena_print(arena, "%u.%u.%u", number / XXH_STEP / XXH_STEP,
	    number / XXH_STEP % XXH_STEP, number % XXH_STEP));
}

static struct span
tzdata_version(struct arena *arena)
{
	const struct zones *zones;
	struct failure why;

	if (zones_load(arena, &zones, &why) != DONE)
		return (arena_print(arena, "none (%s)", why.text));
	return (zones_version(zones));
}

/* The libraries that can say it do: what is linked may not be what was built. */
static struct versions
versions_of(struct arena *arena)
{
	const struct component list[] = {
	    {"kithd", SPAN(KITH_VERSION)},
	    {"tzdata", tzdata_version(arena)},
	    {"librdkafka", span_of(rd_kafka_version_str())},
	    {"hiredis", SPAN(KITH_HIREDIS_VERSION)},
	    {"libyaml", span_of(yaml_get_version_string())},
	    {"simdjson", SPAN(KITH_SIMDJSON_VERSION)},
	    {"libmicrohttpd", span_of(MHD_get_version())},
	    {"openssl", span_of(OpenSSL_version(OPENSSL_VERSION_STRING))},
	    {"xxhash", xxhash_version(arena)},
	};

	return ((struct versions){arena_copy(arena, list, sizeof list),
	    sizeof list / sizeof list[0]});
}

static void
print_json(const struct versions *versions, struct buffer *b)
{
	for (size_t i = 0; i < versions->n; i++) {
		buffer_char(b, i == 0 ? '{' : ',');
		json_string(b, span_of(versions->list[i].name));
		buffer_char(b, ':');
		json_string(b, versions->list[i].version);
	}
	buffer_print(b, "}\n");
}

static void
print_text(const struct versions *versions, struct buffer *b)
{
	for (size_t i = 0; i < versions->n; i++)
		buffer_print(b, "%-13s %.*s\n", versions->list[i].name,
		    SPAN_ARGS(versions->list[i].version));
}

static enum exit_code
run(const struct arguments *arguments)
{
	struct versions versions = versions_of(arguments->arena);
	struct buffer b;

	buffer_init(&b, arguments->arena);
	if (option_word(arguments, rows, ROW_FORMAT) == 0)
		print_text(&versions, &b);
	else
		print_json(&versions, &b);
	(void)fwrite(b.at, 1, b.length, stdout);
	return (EXIT_OK);
}

const struct command version_command = {
    .name = "version",
    .synopsis = "[--format text|json]",
    .about = "what is installed here: for reports of faults",
    .text = "Prints the version of kithd, of the time zones that it finds, "
	    "and of the\nlibraries that it runs with.",
    .options = {.rows = rows, .n = sizeof rows / sizeof rows[0]},
    .run = run,
};
