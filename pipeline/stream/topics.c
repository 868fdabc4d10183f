/* Which topics exist, with how many partitions and what their logs hold. */
#include "pipeline/stream/cluster_state.h"

#include "pipeline/base/check.h"

/* Of one topic's metadata: NO_ERROR, and 0 partitions if it is not there. */
static rd_kafka_resp_err_t
count_in(const struct rd_kafka_metadata *metadata, int32_t *ret)
{
	rd_kafka_resp_err_t err;

	if (metadata->topic_cnt != 1)
		return (RD_KAFKA_RESP_ERR__TIMED_OUT);
	err = metadata->topics[0].err;
	if (cause_of(err) == CAUSE_TOPIC) {
		*ret = 0;
		return (RD_KAFKA_RESP_ERR_NO_ERROR);
	}
	if (err == RD_KAFKA_RESP_ERR_NO_ERROR)
		*ret = metadata->topics[0].partition_cnt;
	return (err);
}

static rd_kafka_resp_err_t
ask_count(rd_kafka_t *rk, struct span name, int timeout_ms, int32_t *ret)
{
	const struct rd_kafka_metadata *metadata;
	char *text = text_copy(name);
	rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, text, NULL);
	rd_kafka_resp_err_t err;

	free(text);
	if (topic == NULL) { /* a name that no topic can have */
		*ret = 0;
		return (RD_KAFKA_RESP_ERR_NO_ERROR);
	}
	err = rd_kafka_metadata(rk, 0, topic, &metadata, timeout_ms);
	if (err == RD_KAFKA_RESP_ERR_NO_ERROR) {
		err = count_in(metadata, ret);
		rd_kafka_metadata_destroy(metadata);
	}
	rd_kafka_topic_destroy(topic);
	return (err);
}

enum outcome
cluster_partition_count(struct cluster *cluster, struct span topic,
    duration_ms timeout, int32_t *ret, enum cause *cause, struct failure *why)
{
	int32_t count = 0;
	rd_kafka_resp_err_t err = ask_count(cluster->all.rk, topic,
	    deadline_left(deadline_in(timeout)), &count);

	*cause = cause_of(err);
	if (*cause == CAUSE_NONE) {
		*ret = count;
		return (DONE);
	}
	return (fail_with(why, *cause == CAUSE_AUTH ? FATAL : RETRY,
	    "topic %.*s: %s", SPAN_ARGS(topic), rd_kafka_err2str(err)));
}

static const struct topic_log *
find_before(const struct topic_log *list, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (span_equals(list[j].topic, list[i].topic))
			return (&list[j]);
	return (NULL);
}

static enum outcome
ask_counts(struct cluster *cluster, struct topic_log *list, size_t n,
    struct deadline deadline, enum cause *cause, struct failure *why)
{
	for (size_t i = 0; i < n; i++) {
		const struct topic_log *same = find_before(list, i);
		enum outcome outcome = DONE;

		if (same != NULL)
			list[i].partitions = same->partitions;
		else
			outcome = cluster_partition_count(cluster,
			    list[i].topic, deadline_left(deadline),
			    &list[i].partitions, cause, why);
		if (outcome != DONE)
			return (outcome);
		list[i].exists = list[i].partitions > 0;
		list[i].log_start = list[i].log_end = OFFSET_NONE;
	}
	return (DONE);
}

static enum outcome
ask_log(struct cluster *cluster, struct topic_log *list, size_t n,
    struct deadline deadline, struct failure *why)
{
	struct topic_partition *there = array_grow(NULL, n, sizeof *there);
	int64_t *starts = array_grow(NULL, n, sizeof *starts);
	int64_t *ends = array_grow(NULL, n, sizeof *ends);
	struct offset_question question = {LOG_START, there, 0};
	enum outcome outcome;

	for (size_t i = 0; i < n; i++)
		if (list[i].partition < list[i].partitions)
			there[question.n++] = (struct topic_partition){
			    list[i].topic, list[i].partition};
	outcome = cluster_offsets(
	    cluster, &question, starts, deadline_left(deadline), why);
	question.which = LOG_END;
	if (outcome == DONE)
		outcome = cluster_offsets(
		    cluster, &question, ends, deadline_left(deadline), why);
	for (size_t i = 0, at = 0; outcome == DONE && i < n; i++) {
		if (list[i].partition >= list[i].partitions)
			continue;
		list[i].log_start = starts[at];
		list[i].log_end = ends[at++];
	}
	free(ends);
	free(starts);
	free(there);
	return (outcome);
}

enum outcome
cluster_topics(struct cluster *cluster, struct topic_log *list, size_t n,
    duration_ms timeout, enum cause *cause, struct failure *why)
{
	struct deadline deadline = deadline_in(timeout);
	struct topic_log *answer;
	enum outcome outcome;

	*cause = CAUSE_NONE;
	if (n == 0)
		return (DONE);
	answer = array_grow(NULL, n, sizeof *answer);
	(void)memcpy(answer, list, n * sizeof *answer);
	outcome = ask_counts(cluster, answer, n, deadline, cause, why);
	if (outcome == DONE) {
		outcome = ask_log(cluster, answer, n, deadline, why);
		*cause = outcome == DONE ? CAUSE_NONE : CAUSE_AWAY;
	}
	if (outcome == DONE)
		(void)memcpy(list, answer, n * sizeof *answer);
	free(answer);
	return (outcome);
}
