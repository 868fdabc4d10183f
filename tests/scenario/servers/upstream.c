/* A producer as others write them, straight on librdkafka. */
#include "tests/scenario/servers/upstream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <librdkafka/rdkafka.h>

enum {
	TEXT_MAX = 128,
	WAIT_MS = 30000,
};

static void
set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
	char words[TEXT_MAX];

	if (rd_kafka_conf_set(conf, name, value, words, sizeof words) !=
	    RD_KAFKA_CONF_OK)
		fail_msg("%s: %s", name, words);
}

static void
must(rd_kafka_error_t *error)
{
	if (error != NULL)
		fail_msg("upstream: %s", rd_kafka_error_string(error));
}

static rd_kafka_t *
client(struct upstream *upstream)
{
	return ((rd_kafka_t *)upstream);
}

struct upstream *
upstream_new(const char *brokers, const char *transactional_id)
{
	char words[TEXT_MAX];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_t *rk;

	set(conf, "bootstrap.servers", brokers);
	if (transactional_id != NULL) {
		set(conf, "transactional.id", transactional_id);
		set(conf, "retry.backoff.ms", "5");
	}
	rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, words, sizeof words);
	if (rk == NULL)
		fail_msg("upstream: %s", words);
	if (transactional_id != NULL)
		must(rd_kafka_init_transactions(rk, WAIT_MS));
	return ((struct upstream *)rk);
}

void
upstream_free(struct upstream *upstream)
{
	rd_kafka_destroy(client(upstream));
}

static void
write_one(rd_kafka_t *rk, const char *topic, int32_t partition, char *key,
    char *value)
{
	const rd_kafka_vu_t fields[] = {
	    {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
	    {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
	    {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {key, strlen(key)}},
	    {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {value, strlen(value)}},
	    {.vtype = RD_KAFKA_VTYPE_HEADER, .u.header = {"number", key, -1}},
	    {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
	};

	must(rd_kafka_produceva(rk, fields, sizeof fields / sizeof fields[0]));
}

void
upstream_write(struct upstream *upstream, const char *topic, int32_t partition,
    int first, int n)
{
	for (int i = first; i < first + n; i++) {
		char key[TEXT_MAX];
		char value[TEXT_MAX];

		(void)snprintf(key, sizeof key, "k%d", i);
		(void)snprintf(
		    value, sizeof value, "%s/%d/%d", topic, (int)partition, i);
		write_one(client(upstream), topic, partition, key, value);
	}
	assert_int_equal(rd_kafka_flush(client(upstream), WAIT_MS),
	    RD_KAFKA_RESP_ERR_NO_ERROR);
}

void
upstream_begin(struct upstream *upstream)
{
	must(rd_kafka_begin_transaction(client(upstream)));
}

void
upstream_offset(struct upstream *upstream, const char *group, const char *topic,
    int32_t partition, int64_t offset)
{
	rd_kafka_consumer_group_metadata_t *member =
	    rd_kafka_consumer_group_metadata_new(group);
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new(1);

	rd_kafka_topic_partition_list_add(list, topic, partition)->offset =
	    offset;
	must(rd_kafka_send_offsets_to_transaction(
	    client(upstream), list, member, WAIT_MS));
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_consumer_group_metadata_destroy(member);
}

void
upstream_commit(struct upstream *upstream)
{
	must(rd_kafka_commit_transaction(client(upstream), WAIT_MS));
}

void
upstream_abort(struct upstream *upstream)
{
	must(rd_kafka_abort_transaction(client(upstream), WAIT_MS));
}
