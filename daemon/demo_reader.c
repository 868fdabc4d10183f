#include "daemon/demo_reader.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>

#include "pipeline/base/check.h"

struct demo_reader {
	rd_kafka_t *rk;
	rd_kafka_message_t *message; /* of the last call, or NULL */
};

static enum outcome
settings(const char *brokers, rd_kafka_conf_t *conf, struct failure *why)
{
	static const char *const settings[][2] = {
	    {"group.id", "demo-reader"},
	    {"enable.auto.commit", "false"},
	    {"auto.offset.reset", "earliest"},
	    {"fetch.wait.max.ms", "50"},
	    {"log_level", "2"},
	};
	char text[FAILURE_TEXT_MAX];

	if (rd_kafka_conf_set(conf, "bootstrap.servers", brokers, text,
		sizeof text) != RD_KAFKA_CONF_OK)
		return (fail_with(why, FATAL, "%s", text));
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1],
			text, sizeof text) != RD_KAFKA_CONF_OK)
			return (fail_with(why, FATAL, "%s", text));
	}
	return (DONE);
}

static enum outcome
assign(struct demo_reader *reader, const char *const *topics, int partitions,
    struct failure *why)
{
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new(partitions);
	rd_kafka_resp_err_t error;

	for (; *topics != NULL; topics++) {
		for (int i = 0; i < partitions; i++)
			rd_kafka_topic_partition_list_add(list, *topics, i)
			    ->offset = RD_KAFKA_OFFSET_BEGINNING;
	}
	error = rd_kafka_assign(reader->rk, list);
	rd_kafka_topic_partition_list_destroy(list);
	if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
		return (fail_with(why, FATAL, "%s", rd_kafka_err2str(error)));
	return (DONE);
}

enum outcome
demo_reader_open(const char *brokers, const char *const *topics, int partitions,
    struct demo_reader **ret, struct failure *why)
{
	struct demo_reader *reader = calloc(1, sizeof *reader);
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char text[FAILURE_TEXT_MAX];
	enum outcome outcome = settings(brokers, conf, why);

	CHECK(reader != NULL);
	if (outcome == DONE) {
		reader->rk =
		    rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
		if (reader->rk == NULL)
			outcome = fail_with(why, FATAL, "%s", text);
	}
	if (reader->rk == NULL)
		rd_kafka_conf_destroy(conf);
	if (outcome == DONE) {
		(void)rd_kafka_poll_set_consumer(reader->rk);
		outcome = assign(reader, topics, partitions, why);
	}
	if (outcome != DONE) {
		demo_reader_close(reader);
		return (outcome);
	}
	*ret = reader;
	return (DONE);
}

void
demo_reader_close(struct demo_reader *reader)
{
	if (reader == NULL)
		return;
	if (reader->message != NULL)
		rd_kafka_message_destroy(reader->message);
	if (reader->rk != NULL) {
		(void)rd_kafka_consumer_close(reader->rk);
		rd_kafka_destroy(reader->rk);
	}
	free(reader);
}

bool
demo_reader_next(
    struct demo_reader *reader, int timeout_ms, struct message *ret)
{
	const rd_kafka_message_t *m;

	if (reader->message != NULL)
		rd_kafka_message_destroy(reader->message);
	m = reader->message = rd_kafka_consumer_poll(reader->rk, timeout_ms);
	if (m == NULL || m->err != RD_KAFKA_RESP_ERR_NO_ERROR)
		return (false);
	*ret = (struct message){.topic = span_of(rd_kafka_topic_name(m->rkt)),
	    .key = {m->key, m->key_len},
	    .value = {m->payload, m->len},
	    .timestamp = TIMESTAMP_NONE};
	return (true);
}
