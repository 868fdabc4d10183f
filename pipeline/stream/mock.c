/* librdkafka's own mock cluster, behind a client that does nothing else. */
#include "pipeline/stream/mock.h"

#include "pipeline/base/check.h"
#include "pipeline/stream/kafka.h"
/* Only after rdkafka.h. */
#include <librdkafka/rdkafka_mock.h>

struct mock {
	struct handle handle;
	rd_kafka_mock_cluster_t *cluster;
};

enum outcome
mock_open(int brokers, struct mock **ret, struct failure *why)
{
	struct mock *mock = calloc(1, sizeof *mock);
	enum outcome outcome;

	CHECK(mock != NULL);
	outcome = handle_open(
	    &mock->handle, RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why);
	if (outcome == DONE) {
		mock->cluster =
		    rd_kafka_mock_cluster_new(mock->handle.rk, brokers);
		if (mock->cluster == NULL)
			outcome = fail_with(
			    why, FATAL, "mock cluster: no socket on loopback");
	}
	if (outcome != DONE) {
		mock_close(mock);
		return (outcome);
	}
	*ret = mock;
	return (DONE);
}

void
mock_close(struct mock *mock)
{
	if (mock == NULL)
		return;
	if (mock->cluster != NULL)
		rd_kafka_mock_cluster_destroy(mock->cluster);
	handle_close(&mock->handle);
	free(mock);
}

const char *
mock_brokers(const struct mock *mock)
{
	return (rd_kafka_mock_cluster_bootstraps(mock->cluster));
}

enum outcome
mock_create_topic(struct mock *mock, const char *topic, int32_t partitions,
    struct failure *why)
{
	rd_kafka_resp_err_t err =
	    rd_kafka_mock_topic_create(mock->cluster, topic, partitions, 1);

	if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
		return (fail_with(why, FATAL, "mock topic %s: %s", topic,
		    rd_kafka_err2str(err)));
	return (DONE);
}
