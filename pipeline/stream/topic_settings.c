/* Two settings of topics that decide what we may write and what time means. */
#include "pipeline/stream/cluster_state.h"

enum { DECIMAL = 10 };

static void
read_entries(const rd_kafka_ConfigEntry_t *const *entries, size_t n,
    struct topic_settings *ret)
{
	for (size_t i = 0; i < n; i++) {
		const char *name = rd_kafka_ConfigEntry_name(entries[i]);
		const char *value = rd_kafka_ConfigEntry_value(entries[i]);

		if (value == NULL)
			continue;
		if (strcmp(name, "max.message.bytes") == 0)
			ret->max_message_bytes = strtoll(value, NULL, DECIMAL);
		if (strcmp(name, "message.timestamp.type") == 0)
			ret->timestamp_type =
			    strcmp(value, "LogAppendTime") == 0
				? TIMESTAMP_TYPE_LOG_APPEND
				: TIMESTAMP_TYPE_CREATE;
	}
}

static void
read_resource(const rd_kafka_ConfigResource_t *resource,
    struct topic_settings *list, size_t n)
{
	struct span name = span_of(rd_kafka_ConfigResource_name(resource));
	size_t n_entries;
	const rd_kafka_ConfigEntry_t **entries =
	    rd_kafka_ConfigResource_configs(resource, &n_entries);

	if (rd_kafka_ConfigResource_error(resource) !=
	    RD_KAFKA_RESP_ERR_NO_ERROR)
		return;
	for (size_t i = 0; i < n; i++)
		if (span_equals(list[i].topic, name))
			read_entries(entries, n_entries, &list[i]);
}

static void
ask(struct cluster *cluster, const struct topic_settings *list, size_t n,
    rd_kafka_queue_t *queue, int timeout_ms)
{
	rd_kafka_ConfigResource_t **resources =
	    array_grow(NULL, n, sizeof(rd_kafka_ConfigResource_t *));
	rd_kafka_AdminOptions_t *options = cluster_admin_options(
	    cluster, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout_ms);

	for (size_t i = 0; i < n; i++) {
		char *topic = text_copy(list[i].topic);

		resources[i] =
		    rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
		free(topic);
	}
	rd_kafka_DescribeConfigs(cluster->all.rk, resources, n, options, queue);
	rd_kafka_ConfigResource_destroy_array(resources, n);
	rd_kafka_AdminOptions_destroy(options);
	free(resources);
}

/*
 * A broker that does not know this request, or does not let us ask, leaves all
 * unknown; one that does not answer is asked again.
 */
static enum outcome
read_answer(rd_kafka_event_t *event, struct topic_settings *list, size_t n,
    struct failure *why)
{
	const rd_kafka_ConfigResource_t **resources;
	size_t n_resources;

	if (event == NULL)
		return (fail_with(why, RETRY, "topic settings: no answer"));
	if (cause_of(rd_kafka_event_error(event)) == CAUSE_AWAY)
		return (fail_with(why, RETRY, "topic settings: %s",
		    rd_kafka_event_error_string(event)));
	for (size_t i = 0; i < n; i++) {
		list[i].max_message_bytes = -1;
		list[i].timestamp_type = TIMESTAMP_TYPE_UNKNOWN;
	}
	if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR)
		return (DONE);
	resources = rd_kafka_DescribeConfigs_result_resources(
	    rd_kafka_event_DescribeConfigs_result(event), &n_resources);
	for (size_t i = 0; i < n_resources; i++)
		read_resource(resources[i], list, n);
	return (DONE);
}

enum outcome
cluster_settings(struct cluster *cluster, struct topic_settings *list, size_t n,
    duration_ms timeout, struct failure *why)
{
	int timeout_ms = deadline_left(deadline_in(timeout));
	rd_kafka_queue_t *queue;
	rd_kafka_event_t *event;
	enum outcome outcome;

	if (n == 0)
		return (DONE);
	queue = rd_kafka_queue_new(cluster->all.rk);
	ask(cluster, list, n, queue, timeout_ms);
	event = cluster_answer(queue, timeout_ms);
	outcome = read_answer(event, list, n, why);
	if (event != NULL)
		rd_kafka_event_destroy(event);
	rd_kafka_queue_destroy(queue);
	return (outcome);
}
