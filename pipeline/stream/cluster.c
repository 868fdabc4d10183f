/*
 * Questions beside the group.  rd_kafka_query_watermark_offsets is not used: it
 * does not keep its timeout when the broker is away, and the cached variant is
 * no proof of anything.
 */
#include "pipeline/stream/cluster_state.h"

#include "pipeline/base/check.h"

enum { ADMIN_GRACE_MS = 100 };

static enum outcome
open_handle(struct handle *handle, const char *isolation,
    const struct client_options *options, struct failure *why)
{
	rd_kafka_conf_t *conf;
	enum outcome outcome = settings_new(ROLE_QUERY, options, &conf, why);

	if (outcome != DONE)
		return (outcome);
	outcome = settings_set(conf, "isolation.level", isolation, why);
	if (outcome != DONE) {
		rd_kafka_conf_destroy(conf);
		return (outcome);
	}
	return (handle_open(handle, RD_KAFKA_CONSUMER, conf, why));
}

enum outcome
cluster_open(const struct client_options *options, struct cluster **ret,
    struct failure *why)
{
	struct cluster *cluster = calloc(1, sizeof *cluster);
	enum outcome outcome;

	CHECK(cluster != NULL);
	outcome = open_handle(&cluster->all, "read_uncommitted", options, why);
	if (outcome == DONE)
		outcome = open_handle(
		    &cluster->committed, "read_committed", options, why);
	if (outcome != DONE) {
		cluster_close(cluster);
		return (outcome);
	}
	*ret = cluster;
	return (DONE);
}

void
cluster_close(struct cluster *cluster)
{
	if (cluster == NULL)
		return;
	handle_close(&cluster->all);
	handle_close(&cluster->committed);
	free(cluster);
}

bool
cluster_log(struct cluster *cluster, struct client_line *ret)
{
	/* Nobody else polls these: errors would pile up. */
	(void)rd_kafka_poll(cluster->all.rk, 0);
	(void)rd_kafka_poll(cluster->committed.rk, 0);
	return (handle_line(&cluster->all, ret) ||
		handle_line(&cluster->committed, ret));
}

static rd_kafka_topic_partition_list_t *
ask_for(const struct offset_question *question)
{
	int64_t what = question->which == LOG_START ? RD_KAFKA_OFFSET_BEGINNING
						    : RD_KAFKA_OFFSET_END;
	rd_kafka_topic_partition_list_t *asked =
	    rd_kafka_topic_partition_list_new((int)question->n);

	for (size_t i = 0; i < question->n; i++) {
		char *topic = text_copy(question->list[i].topic);

		rd_kafka_topic_partition_list_add(
		    asked, topic, question->list[i].partition)
		    ->offset = what;
		free(topic);
	}
	return (asked);
}

/*
 * An element counts only if its own error and its offset say so too: one that
 * was not answered keeps what was asked for, without an error.
 */
static rd_kafka_resp_err_t
verify(const rd_kafka_topic_partition_list_t *answered)
{
	for (int i = 0; i < answered->cnt; i++) {
		if (answered->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR)
			return (answered->elems[i].err);
		if (answered->elems[i].offset < 0)
			return (RD_KAFKA_RESP_ERR__TIMED_OUT);
	}
	return (RD_KAFKA_RESP_ERR_NO_ERROR);
}

enum outcome
cluster_offsets(struct cluster *cluster, const struct offset_question *question,
    int64_t *offsets, duration_ms timeout, struct failure *why)
{
	struct handle *handle = question->which == LOG_STABLE_END
				    ? &cluster->committed
				    : &cluster->all;
	rd_kafka_topic_partition_list_t *list;
	rd_kafka_resp_err_t err;

	if (question->n == 0)
		return (DONE);
	list = ask_for(question);
	err = rd_kafka_offsets_for_times(
	    handle->rk, list, deadline_left(deadline_in(timeout)));
	if (err == RD_KAFKA_RESP_ERR_NO_ERROR)
		err = verify(list);
	for (int i = 0; err == RD_KAFKA_RESP_ERR_NO_ERROR && i < list->cnt; i++)
		offsets[i] = list->elems[i].offset;
	rd_kafka_topic_partition_list_destroy(list);
	if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
		return (fail_with(
		    why, RETRY, "log offsets: %s", rd_kafka_err2str(err)));
	return (DONE);
}

rd_kafka_event_t *
cluster_answer(rd_kafka_queue_t *queue, int timeout_ms)
{
	return (rd_kafka_queue_poll(queue, timeout_ms + ADMIN_GRACE_MS));
}

rd_kafka_AdminOptions_t *
cluster_admin_options(
    struct cluster *cluster, rd_kafka_admin_op_t op, int timeout_ms)
{
	rd_kafka_AdminOptions_t *options =
	    rd_kafka_AdminOptions_new(cluster->all.rk, op);

	/* 0 would be refused. */
	CHECK(rd_kafka_AdminOptions_set_request_timeout(options,
		  timeout_ms > 0 ? timeout_ms : 1, NULL,
		  0) == RD_KAFKA_RESP_ERR_NO_ERROR);
	return (options);
}
