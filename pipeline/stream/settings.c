/*
 * What librdkafka is told.  Three layers: our defaults, which an operator may
 * change; the operator's properties; and what exactly-once hangs on, which is
 * refused in a file and set by the program alone.
 *
 * Where the numbers come from (librdkafka 2.0.2, Kafka 4.1.1, 250-byte records):
 * retry.backoff.ms            the first request after a commit meets
 *                             CONCURRENT_TRANSACTIONS and waits one back-off:
 *                             back-to-back transactions 105 -> 5 ms
 * queued.max.messages.kbytes  with a queue per partition this is the limit of
 *                             each, and when all are full librdkafka looks
 *                             again after a second: one partition then gives
 *                             22,000 records/s with 4 MB, 89,000 with 16,
 *                             130,000 with 64.  16 MB cost 39 MB of memory
 * topic.metadata.propagation.max.ms  how long a message waits for a topic that
 *                             is not there: less than its transaction lives,
 *                             or nobody would hear that the topic is missing
 * fetch.wait.max.ms           one long poll a broker is open at a time: behind
 *                             that of an idle topic, a busy one waits
 */
#include <stdio.h>

#include "pipeline/base/check.h"
#include "pipeline/stream/kafka.h"

enum {
	WORDS_MAX = 512,
	VALUE_MAX = 128,
	DECIMAL = 10,
};

static const struct property anyone[] = {
    {"client.id", "kith"},
    {"socket.nagle.disable", "true"},
    {"socket.keepalive.enable", "true"},
    {"topic.metadata.refresh.interval.ms", "60000"},
    {"reconnect.backoff.ms", "50"},
    {"reconnect.backoff.max.ms", "2000"},
    {"retry.backoff.ms", "5"},
    {"session.timeout.ms", "10000"}, /* a sink's transactions end before it */
    {NULL, NULL},
};

static const struct property consumers[] = {
    {"heartbeat.interval.ms", "3000"},
    {"queued.min.messages", "100000"},
    {"queued.max.messages.kbytes", "16384"},
    {"fetch.error.backoff.ms", "50"},
    {"fetch.wait.max.ms", "100"},
    {NULL, NULL},
};

static const struct property producers[] = {
    {"linger.ms", "5"},
    {"compression.codec", "lz4"},
    {"topic.metadata.propagation.max.ms", "3000"},
    {NULL, NULL},
};

static const struct property consumers_must[] = {
    {"partition.assignment.strategy", "range"},
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},
    {"enable.partition.eof", "true"},
    {"isolation.level", "read_committed"},
    {NULL, NULL},
};

static const struct property producers_must[] = {
    {"partitioner", "murmur2_random"},
    {"enable.idempotence", "true"},
    {NULL, NULL},
};

static const struct property queries_must[] = {
    {"enable.auto.commit", "false"},
    {NULL, NULL},
};

/* Refused in a file, and why. */
static const struct property refused[] = {
    {"bootstrap.servers", "is set by kafka.brokers"},
    {"metadata.broker.list", "is set by kafka.brokers"},
    {"group.id", "is set by kafka.group"},
    {"group.instance.id", "follows from the instance and the worker"},
    {"transactional.id", "follows from group, instance and worker"},
    {"group.protocol", "must stay classic: the new one has not been shown to "
		       "refuse a former owner"},
    {"group.remote.assignor", "belongs to another group protocol"},
    {"partition.assignment.strategy", "must be range: a task is the same "
				      "partition of every topic"},
    {"enable.auto.commit", "must be false: offsets travel with the triggers"},
    {"auto.commit.enable", "must be false: offsets travel with the triggers"},
    {"auto.commit.interval.ms", "has no use: offsets travel with the triggers"},
    {"enable.auto.offset.store", "must be false"},
    {"auto.offset.reset", "must be error: where to begin is never guessed"},
    {"enable.partition.eof", "must be true: time is proven by it"},
    {"isolation.level", "must be read_committed: an uncommitted record may "
			"never have been"},
    {"enable.idempotence", "must be true"},
    {"partitioner", "must be murmur2_random, as in Java"},
    {"transaction.timeout.ms", "follows from session.timeout.ms"},
    {"log.queue", "is set by the program"},
    {NULL, NULL},
};

static enum outcome
set(rd_kafka_conf_t *conf, const struct property *property,
    enum outcome otherwise, struct failure *why)
{
	char words[WORDS_MAX];

	if (rd_kafka_conf_set(conf, property->name, property->value, words,
		sizeof words) == RD_KAFKA_CONF_OK)
		return (DONE);
	return (fail_with(
	    why, otherwise, "kafka property %s: %s", property->name, words));
}

static enum outcome
check_against(
    rd_kafka_conf_t *conf, const struct property *property, struct failure *why)
{
	for (const struct property *r = refused; r->name != NULL; r++)
		if (strcmp(r->name, property->name) == 0)
			return (fail_with(why, REJECT, "kafka property %s: %s",
			    r->name, r->value));
	return (set(conf, property, REJECT, why));
}

enum outcome
property_check(const struct property *property, struct failure *why)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	enum outcome outcome = check_against(conf, property, why);

	rd_kafka_conf_destroy(conf);
	return (outcome);
}

enum outcome
settings_set(rd_kafka_conf_t *conf, const char *name, const char *value,
    struct failure *why)
{
	return (set(conf, &(struct property){name, value}, FATAL, why));
}

enum outcome
settings_print(rd_kafka_conf_t *conf, struct failure *why, const char *name,
    const char *fmt, ...)
{
	char value[WORDS_MAX];
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(value, sizeof value, fmt, args);
	va_end(args);
	if (length < 0 || (size_t)length >= sizeof value)
		return (
		    fail_with(why, FATAL, "kafka property %s: too long", name));
	return (settings_set(conf, name, value, why));
}

int64_t
settings_number(rd_kafka_conf_t *conf, const char *name)
{
	char value[VALUE_MAX];
	size_t size = sizeof value;

	CHECK(rd_kafka_conf_get(conf, name, value, &size) == RD_KAFKA_CONF_OK);
	return (strtoll(value, NULL, DECIMAL));
}

static enum outcome
set_all(
    rd_kafka_conf_t *conf, const struct property *table, struct failure *why)
{
	enum outcome outcome = DONE;

	for (; outcome == DONE && table->name != NULL; table++)
		outcome = set(conf, table, FATAL, why);
	return (outcome);
}

static enum outcome
set_operators(rd_kafka_conf_t *conf, const struct client_options *options,
    struct failure *why)
{
	for (size_t i = 0; i < options->n_properties; i++)
		if (check_against(conf, &options->properties[i], why) != DONE)
			return (FATAL);
	return (DONE);
}

static const struct role_tables {
	const struct property *defaults;
	const struct property *must;
} tables[] = {
    [ROLE_CONSUMER] = {consumers, consumers_must},
    [ROLE_QUERY] = {anyone, queries_must},
    [ROLE_PRODUCER] = {producers, producers_must},
};

enum outcome
settings_new(enum role role, const struct client_options *options,
    rd_kafka_conf_t **ret, struct failure *why)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	enum outcome outcome = set_all(conf, anyone, why);

	if (outcome == DONE)
		outcome = set_all(conf, tables[role].defaults, why);
	if (outcome == DONE)
		outcome = set_operators(conf, options, why);
	if (outcome == DONE)
		outcome = set_all(conf, tables[role].must, why);
	if (outcome == DONE)
		outcome = settings_set(
		    conf, "bootstrap.servers", options->brokers, why);
	if (outcome != DONE) {
		rd_kafka_conf_destroy(conf);
		return (outcome);
	}
	*ret = conf;
	return (DONE);
}
