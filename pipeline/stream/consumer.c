/*
 * The member of the consumer group.  Rebalances are taken as events from the
 * consumer's queue, so that the loop gives up and claims tasks between two
 * batches, and not inside of a callback.
 */
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "pipeline/base/check.h"
#include "pipeline/stream/source_state.h"

enum { BELL_BYTES = 256 };

static const char ring[1] = {'!'};

static enum outcome
configure(const struct source_options *options, rd_kafka_conf_t *conf,
    struct failure *why)
{
	enum outcome outcome =
	    settings_set(conf, "group.id", options->group, why);

	if (outcome == DONE)
		outcome = settings_print(conf, why, "group.instance.id",
		    "%s-%d", options->instance, options->worker);
	if (outcome == DONE && options->session_timeout > 0)
		outcome = settings_print(conf, why, "session.timeout.ms",
		    "%lld", (long long)options->session_timeout);
	if (outcome == DONE && options->max_poll_interval > 0)
		outcome = settings_print(conf, why, "max.poll.interval.ms",
		    "%lld", (long long)options->max_poll_interval);
	if (outcome == DONE)
		rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_REBALANCE |
						   RD_KAFKA_EVENT_ERROR |
						   RD_KAFKA_EVENT_LOG);
	return (outcome);
}

static enum outcome
open_handle(struct source *source, const struct source_options *options,
    struct failure *why)
{
	rd_kafka_conf_t *conf;
	enum outcome outcome =
	    settings_new(ROLE_CONSUMER, &options->client, &conf, why);

	if (outcome != DONE)
		return (outcome);
	outcome = configure(options, conf, why);
	if (outcome != DONE) {
		rd_kafka_conf_destroy(conf);
		return (outcome);
	}
	return (handle_open(&source->handle, RD_KAFKA_CONSUMER, conf, why));
}

static enum outcome
subscribe(struct source *source, struct failure *why)
{
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new((int)source->n_topics);
	rd_kafka_resp_err_t err;

	for (size_t i = 0; i < source->n_topics; i++)
		(void)rd_kafka_topic_partition_list_add(
		    list, source->topics[i], RD_KAFKA_PARTITION_UA);
	err = rd_kafka_subscribe(source->handle.rk, list);
	rd_kafka_topic_partition_list_destroy(list);
	if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
		return (fail_with(why, FATAL, "kafka subscription: %s",
		    rd_kafka_err2str(err)));
	return (DONE);
}

static void
copy_topics(struct source *source, const struct source_options *options)
{
	source->topics =
	    array_grow(NULL, options->n_topics, sizeof *source->topics);
	source->n_topics = options->n_topics;
	for (size_t i = 0; i < options->n_topics; i++)
		source->topics[i] = text_copy(span_of(options->topics[i]));
}

enum outcome
source_open(const struct source_options *options, struct source **ret,
    struct failure *why)
{
	struct source *source = calloc(1, sizeof *source);
	enum outcome outcome;

	CHECK(source != NULL && options->n_topics > 0);
	source->bell[0] = source->bell[1] = -1;
	source->arena = arena_new();
	copy_topics(source, options);
	if (pipe2(source->bell, O_NONBLOCK | O_CLOEXEC) != 0)
		outcome = fail_with(why, FATAL, "kafka client: no more pipes");
	else
		outcome = open_handle(source, options, why);
	if (outcome == DONE)
		outcome = cluster_open(&options->client, &source->cluster, why);
	if (outcome == DONE) {
		(void)rd_kafka_poll_set_consumer(source->handle.rk);
		source->events = rd_kafka_queue_get_consumer(source->handle.rk);
		rd_kafka_queue_io_event_enable(
		    source->events, source->bell[1], ring, sizeof ring);
		outcome = subscribe(source, why);
	}
	if (outcome != DONE) {
		source_close(source);
		return (outcome);
	}
	*ret = source;
	return (DONE);
}

static void
free_partitions(struct source *source)
{
	size_t n = source_partition_count(source);

	for (size_t i = 0; i < n; i++) {
		struct partition *partition = source_partition_at(source, i);

		if (partition != NULL)
			partition_free(partition);
	}
	for (size_t i = 0; i < source->n_tasks; i++)
		free(source->tasks[i].streams);
	free(source->tasks);
}

static void
free_members(struct member *member)
{
	while (member != NULL) {
		struct member *before = member->before;

		rd_kafka_consumer_group_metadata_destroy(member->metadata);
		free(member);
		member = before;
	}
}

static void
close_pipe(struct source *source)
{
	for (size_t i = 0; i < 2; i++)
		if (source->bell[i] >= 0)
			(void)close(source->bell[i]);
}

void
source_close(struct source *source)
{
	if (source == NULL)
		return;
	free_partitions(source);
	free_members(source->member);
	if (source->events != NULL) {
		rd_kafka_queue_io_event_enable(source->events, -1, NULL, 0);
		rd_kafka_queue_destroy(source->events);
	}
	handle_close(&source->handle);
	cluster_close(source->cluster);
	close_pipe(source);
	for (size_t i = 0; i < source->n_topics; i++)
		free(source->topics[i]);
	free(source->topics);
	free(source->list);
	arena_free(source->arena);
	free(source);
}

bool
bell_wait(struct source *source, int timeout_ms)
{
	struct pollfd bell = {.fd = source->bell[0], .events = POLLIN};
	char rung[BELL_BYTES];
	bool any = false;

	(void)poll(&bell, 1, timeout_ms);
	while (read(source->bell[0], rung, sizeof rung) > 0)
		any = true;
	return (any);
}

const struct member *
source_member(const struct source *source)
{
	return (source->member);
}

struct cluster *
source_cluster(struct source *source)
{
	return (source->cluster);
}

bool
source_log(struct source *source, struct client_line *ret)
{
	return (handle_line(&source->handle, ret) ||
		cluster_log(source->cluster, ret));
}
