/*
 * kithd customer: what is known about one customer now, read from Redis beside
 * whoever owns the task.
 */
#include "pipeline/customer/codec.h"

#include <stdio.h>

#include "daemon/command.h"
#include "daemon/files.h"
#include "daemon/settings.h"
#include "pipeline/base/hash.h"
#include "pipeline/customer/print.h"
#include "pipeline/rule/policy.h"
#include "pipeline/rule/rule.h"
#include "pipeline/stream/cluster.h"

enum { ROW_CONFIG, ROW_FORMAT };

static const char *const formats[] = {"text", "json", NULL};
static const struct option rows[] = {
    [ROW_CONFIG] = OPTION_CONFIG,
    [ROW_FORMAT] = {.name = "format",
	.value = "WORD",
	.words = formats,
	.about = "text (default) or json"},
};

#define KAFKA_TIMEOUT_MS ((duration_ms)5000)

/* Asking for one customer. */
struct question {
	struct arena *arena;
	const struct config *config;
	struct store *store;
	struct span id;
};

static struct span
rule_of_hash(const void *context, uint32_t hash)
{
	const struct edition *edition = context;

	for (size_t i = 0; i < edition->n_rules; i++)
		if (edition->rules[i].hash == hash)
			return (edition->rules[i].id);
	return ((struct span){NULL, 0});
}

static struct span
cap_of_hash(const void *context, uint32_t hash)
{
	const struct edition *edition = context;

	for (size_t i = 0;
	     edition->policy != NULL && i < edition->policy->n_caps; i++)
		if (edition->policy->caps[i].hash == hash)
			return (edition->policy->caps[i].name);
	return ((struct span){NULL, 0});
}

/* Kafka says how many partitions there are, until a task has kept it. */
static enum outcome
ask_kafka(struct question *q, int *ret, struct failure *why)
{
	struct client_options options =
	    settings_client(q->arena, &q->config->daemon->kafka);
	struct cluster *cluster;
	enum cause cause;
	enum outcome outcome;
	int32_t n = 0;

	outcome = cluster_open(&options, &cluster, why);
	if (outcome != DONE)
		return (outcome);
	outcome = cluster_partition_count(cluster,
	    q->config->schema->streams[0].topic, KAFKA_TIMEOUT_MS, &n, &cause,
	    why);
	cluster_close(cluster);
	if (outcome == DONE)
		*ret = n;
	return (outcome);
}

static enum outcome
count_partitions(struct question *q, int *ret, struct failure *why)
{
	struct task_found found;
	enum outcome outcome = store_state(q->store, 0, q->arena, &found, why);

	if (outcome != DONE)
		return (outcome);
	if (found.state.partitions == 0)
		return (ask_kafka(q, ret, why));
	*ret = found.state.partitions;
	return (DONE);
}

/* bytes->at NULL: there is none. */
static enum outcome
read_bytes(struct question *q, struct span *bytes, struct failure *why)
{
	int partitions = 0;
	enum outcome outcome = count_partitions(q, &partitions, why);

	*bytes = (struct span){NULL, 0};
	if (outcome != DONE || partitions == 0)
		return (outcome);
	return (store_read(q->store, hash_partition(q->id, partitions), q->id,
	    q->arena, bytes, why));
}

static enum exit_code
print_customer(const struct question *q, struct span bytes, bool json)
{
	const struct edition *edition = q->config->edition;
	const struct customer_codec codec = {
	    q->config->schema, edition->program};
	const struct customer_names names = {
	    rule_of_hash, cap_of_hash, edition};
	struct customer *customer;
	struct failure why;
	struct buffer b;

	if (customer_decode(&codec, q->id, bytes, q->arena, &customer, &why) !=
	    DONE) {
		(void)fprintf(stderr, "kithd customer: %s\n", why.text);
		return (EXIT_MISTAKES);
	}
	buffer_init(&b, q->arena);
	if (json) {
		customer_json(&b, customer, &codec, &names);
		buffer_char(&b, '\n');
	} else {
		customer_print(&b, customer, &codec, &names);
	}
	(void)fwrite(b.at, 1, b.length, stdout);
	return (EXIT_OK);
}

static enum exit_code
fail_for(struct question *q, enum outcome outcome, const struct failure *why)
{
	(void)fprintf(stderr, "kithd customer: %s\n", why->text);
	if (outcome == RETRY)
		return (EXIT_UNAVAILABLE);
	return (q->store != NULL && store_notice(q->store)->denied
		    ? EXIT_DENIED
		    : EXIT_CONFIG);
}

static enum exit_code
answer(struct question *q, bool json)
{
	struct failure why;
	struct span bytes;
	enum outcome outcome = read_bytes(q, &bytes, &why);

	if (outcome != DONE)
		return (fail_for(q, outcome, &why));
	if (bytes.at == NULL) {
		(void)fprintf(stderr, "kithd customer: '%.*s' is not known\n",
		    SPAN_ARGS(q->id));
		return (EXIT_NOT_KNOWN);
	}
	return (print_customer(q, bytes, json));
}

static enum exit_code
ask(struct question *q, bool json)
{
	struct store_options options =
	    settings_store(q->arena, &q->config->daemon->store);
	struct store_notice notice;
	struct failure why;
	enum outcome outcome;
	enum exit_code code;

	if (options.url == NULL) {
		(void)fputs("kithd customer: the store of this Daemon file is "
			    "memory: nothing is kept\n",
		    stderr);
		return (EXIT_CONFIG);
	}
	outcome = store_open_redis(&options, &q->store, &notice, &why);
	if (outcome != DONE) {
		(void)fprintf(stderr, "kithd customer: %s\n", why.text);
		if (outcome == RETRY)
			return (EXIT_UNAVAILABLE);
		return (notice.denied ? EXIT_DENIED : EXIT_CONFIG);
	}
	code = answer(q, json);
	store_close(q->store);
	return (code);
}

static enum exit_code
run(const struct arguments *arguments)
{
	struct config config;
	struct question q = {.arena = arguments->arena,
	    .config = &config,
	    .id = span_of(arguments->operands[0])};
	enum exit_code code = files_load(arguments->arena,
	    arguments->value[ROW_CONFIG], EXIT_MISTAKES, &config);

	if (code != EXIT_OK)
		return (code);
	return (ask(&q, option_word(arguments, rows, ROW_FORMAT) == 1));
}

const struct command customer_command = {
    .name = "customer",
    .synopsis = "-c FILE ID [--format text|json]",
    .about = "print what is known about one customer",
    .text = "Reads one customer from Redis and prints all of it, personal data "
	    "too.  Reading\ndisturbs nobody: kithd may run or not.\n"
	    "\n"
	    "  kithd customer -c shop.yaml c-4711\n"
	    "  kithd customer -c shop.yaml c-4711 --format json | jq .\n"
	    "\n"
	    "Exit: 0 printed, 1 not known, 65 mistakes in files, 69 Redis is "
	    "away,\n77 Redis refused the login.",
    .options = {.rows = rows,
	.n = sizeof rows / sizeof rows[0],
	.operand = "ID",
	.operands_min = 1,
	.operands_max = 1},
    .run = run,
};
