/* Creates topics: for a development machine and the demo. */
#include "pipeline/stream/cluster_state.h"

enum { WORDS_MAX = 200 };

static rd_kafka_NewTopic_t *
plan_topic(const struct topic_plan *plan, struct failure *why)
{
	char words[WORDS_MAX];
	char *name = text_copy(plan->topic);
	rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(
	    name, plan->partitions, plan->replication, words, sizeof words);

	free(name);
	if (topic == NULL) {
		(void)fail_with(why, FATAL, "topic %.*s: %s",
		    SPAN_ARGS(plan->topic), words);
		return (NULL);
	}
	for (size_t i = 0; i < plan->n_properties; i++)
		(void)rd_kafka_NewTopic_set_config(
		    topic, plan->properties[i].name, plan->properties[i].value);
	return (topic);
}

static enum cause
cause_of_result(const rd_kafka_topic_result_t *result)
{
	rd_kafka_resp_err_t err = rd_kafka_topic_result_error(result);

	if (err == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
		return (CAUSE_NONE);
	/* Of a topic that is to be made: the name is refused. */
	return (cause_of(err) == CAUSE_TOPIC ? CAUSE_CONFIG : cause_of(err));
}

static enum outcome
read_answer(rd_kafka_event_t *event, enum cause *cause, struct failure *why)
{
	const rd_kafka_topic_result_t **results;
	size_t n;

	*cause =
	    event == NULL ? CAUSE_AWAY : cause_of(rd_kafka_event_error(event));
	if (*cause != CAUSE_NONE)
		return (
		    fail_with(why, cause_outcome(*cause), "create topics: %s",
			event == NULL ? "no answer"
				      : rd_kafka_event_error_string(event)));
	results = rd_kafka_CreateTopics_result_topics(
	    rd_kafka_event_CreateTopics_result(event), &n);
	for (size_t i = 0; i < n; i++) {
		const char *words =
		    rd_kafka_topic_result_error_string(results[i]);

		*cause = cause_of_result(results[i]);
		if (*cause != CAUSE_NONE)
			return (fail_with(why, cause_outcome(*cause),
			    "topic %s: %s",
			    rd_kafka_topic_result_name(results[i]),
			    words == NULL ? "refused" : words));
	}
	return (DONE);
}

static enum outcome
ask(struct cluster *cluster, rd_kafka_NewTopic_t **topics, size_t n,
    int timeout_ms, enum cause *cause, struct failure *why)
{
	rd_kafka_queue_t *queue = rd_kafka_queue_new(cluster->all.rk);
	rd_kafka_AdminOptions_t *options = cluster_admin_options(
	    cluster, RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout_ms);
	rd_kafka_event_t *event;
	enum outcome outcome;

	rd_kafka_CreateTopics(cluster->all.rk, topics, n, options, queue);
	event = cluster_answer(queue, timeout_ms);
	outcome = read_answer(event, cause, why);
	if (event != NULL)
		rd_kafka_event_destroy(event);
	rd_kafka_AdminOptions_destroy(options);
	rd_kafka_queue_destroy(queue);
	return (outcome);
}

enum outcome
cluster_create_topics(struct cluster *cluster, const struct topic_plan *list,
    size_t n, duration_ms timeout, enum cause *cause, struct failure *why)
{
	rd_kafka_NewTopic_t **topics;
	enum outcome outcome = DONE;
	size_t planned = 0;

	*cause = CAUSE_NONE;
	if (n == 0)
		return (DONE);
	topics = array_grow(NULL, n, sizeof(rd_kafka_NewTopic_t *));
	for (; planned < n; planned++) {
		topics[planned] = plan_topic(&list[planned], why);
		if (topics[planned] == NULL)
			break;
	}
	if (planned == n) {
		outcome = ask(cluster, topics, n,
		    deadline_left(deadline_in(timeout)), cause, why);
	} else {
		*cause = CAUSE_CONFIG;
		outcome = FATAL;
	}
	rd_kafka_NewTopic_destroy_array(topics, planned);
	free(topics);
	return (outcome);
}
