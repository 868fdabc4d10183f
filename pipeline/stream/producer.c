/* The producer: its settings, its start, and the topics it writes to. */
#include "pipeline/base/check.h"
#include "pipeline/stream/sink_state.h"

enum {
	TRANSACTION_TIMEOUT_MS = 8000,
	PERCENT = 100,
	OF_SESSION =
	    80, /* a transaction is over before its owner is given up */
};

/* Runs in our own thread, inside a poll, a flush or a commit. */
static void
on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
	rd_kafka_resp_err_t *report = message->_private;

	(void)rk;
	(void)opaque;
	*report = message->err;
}

static enum outcome
configure_transactions(const struct sink_options *options,
    rd_kafka_conf_t *conf, struct failure *why)
{
	int64_t session = settings_number(conf, "session.timeout.ms");
	int64_t timeout = options->transaction_timeout > 0
			      ? options->transaction_timeout
			      : TRANSACTION_TIMEOUT_MS;
	enum outcome outcome = settings_print(conf, why, "transactional.id",
	    "%s-%s-%d", options->group, options->instance, options->worker);

	if (timeout >= session)
		timeout = session * OF_SESSION / PERCENT;
	if (outcome == DONE)
		outcome = settings_print(conf, why, "transaction.timeout.ms",
		    "%lld", (long long)timeout);
	return (outcome);
}

/*
 * A topic that takes less than librdkafka puts into one batch would refuse
 * batches of small messages, each of which it takes.
 */
static enum outcome
configure(const struct sink_options *options, rd_kafka_conf_t *conf,
    struct failure *why)
{
	enum outcome outcome = DONE;
	int64_t limit = options->max_message_bytes;

	if (limit > 0 && limit < settings_number(conf, "batch.size"))
		outcome = settings_print(
		    conf, why, "batch.size", "%lld", (long long)limit);
	if (outcome == DONE && options->delivery == DELIVERY_EXACTLY_ONCE)
		outcome = configure_transactions(options, conf, why);
	rd_kafka_conf_set_dr_msg_cb(conf, on_report);
	return (outcome);
}

static enum outcome
open_handle(
    struct sink *sink, const struct sink_options *options, struct failure *why)
{
	rd_kafka_conf_t *conf;
	enum outcome outcome =
	    settings_new(ROLE_PRODUCER, &options->client, &conf, why);

	if (outcome != DONE)
		return (outcome);
	outcome = configure(options, conf, why);
	if (outcome != DONE) {
		rd_kafka_conf_destroy(conf);
		return (outcome);
	}
	return (handle_open(&sink->handle, RD_KAFKA_PRODUCER, conf, why));
}

enum outcome
sink_open(
    const struct sink_options *options, struct sink **ret, struct failure *why)
{
	struct sink *sink = calloc(1, sizeof *sink);
	enum outcome outcome;

	CHECK(sink != NULL);
	sink->delivery = options->delivery;
	outcome = open_handle(sink, options, why);
	for (size_t i = 0; outcome == DONE && i < options->n_topics; i++) {
		struct span name = span_of(options->topics[i]);

		if (sink_output(sink, name) == NULL)
			outcome = fail_with(why, FATAL,
			    "topic %.*s: no topic can be named so",
			    SPAN_ARGS(name));
	}
	if (outcome != DONE) {
		sink_close(sink);
		return (outcome);
	}
	*ret = sink;
	return (DONE);
}

void
sink_close(struct sink *sink)
{
	if (sink == NULL)
		return;
	for (size_t i = 0; i < sink->n_outputs; i++) {
		rd_kafka_topic_destroy(sink->outputs[i].topic);
		free(sink->outputs[i].name);
	}
	free(sink->outputs);
	if (sink->handle.rk != NULL)
		(void)rd_kafka_purge(sink->handle.rk,
		    RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	handle_close(&sink->handle);
	free(sink->reports);
	free(sink);
}

rd_kafka_topic_t *
sink_output(struct sink *sink, struct span name)
{
	rd_kafka_topic_t *topic;
	char *text;

	for (size_t i = 0; i < sink->n_outputs; i++)
		if (span_equals(span_of(sink->outputs[i].name), name))
			return (sink->outputs[i].topic);
	text = text_copy(name);
	topic = rd_kafka_topic_new(sink->handle.rk, text, NULL);
	if (topic == NULL) {
		free(text);
		return (NULL);
	}
	sink->outputs = array_grow(
	    sink->outputs, sink->n_outputs + 1, sizeof *sink->outputs);
	sink->outputs[sink->n_outputs++] = (struct output){text, topic};
	return (topic);
}

static enum outcome
initialise(struct sink *sink, struct deadline deadline, enum cause *cause,
    struct failure *why)
{
	rd_kafka_error_t *error;
	enum outcome outcome = RETRY;

	if (sink->initialised || sink->delivery != DELIVERY_EXACTLY_ONCE)
		return (DONE);
	error = rd_kafka_init_transactions(
	    sink->handle.rk, deadline_left(deadline));
	if (error == NULL) {
		sink->initialised = true;
		return (DONE);
	}
	*cause = cause_of(rd_kafka_error_code(error));
	if (rd_kafka_error_is_retriable(error))
		*cause = CAUSE_AWAY;
	else if (*cause != CAUSE_AUTH && *cause != CAUSE_CONFIG)
		*cause = CAUSE_CLIENT;
	outcome = fail_with(why, *cause == CAUSE_AWAY ? RETRY : FATAL,
	    "start of transactions: %s", rd_kafka_error_string(error));
	rd_kafka_error_destroy(error);
	return (outcome);
}

/* Without it the first transaction takes a second. */
static enum outcome
fetch_metadata(struct sink *sink, const struct output *output,
    struct deadline deadline, enum cause *cause, struct failure *why)
{
	const struct rd_kafka_metadata *metadata;
	rd_kafka_resp_err_t err = rd_kafka_metadata(sink->handle.rk, 0,
	    output->topic, &metadata, deadline_left(deadline));

	if (err == RD_KAFKA_RESP_ERR_NO_ERROR) {
		err = metadata->topic_cnt == 1 ? metadata->topics[0].err
					       : RD_KAFKA_RESP_ERR__TIMED_OUT;
		rd_kafka_metadata_destroy(metadata);
	}
	*cause = cause_of(err);
	if (*cause == CAUSE_NONE)
		return (DONE);
	return (fail_with(why, cause_outcome(*cause), "topic %s: %s",
	    output->name, rd_kafka_err2str(err)));
}

enum outcome
sink_start(struct sink *sink, duration_ms timeout, enum cause *cause,
    struct failure *why)
{
	struct deadline deadline = deadline_in(timeout);
	enum outcome outcome;

	*cause = CAUSE_NONE;
	outcome = initialise(sink, deadline, cause, why);
	for (size_t i = 0; outcome == DONE && i < sink->n_outputs; i++)
		outcome = fetch_metadata(
		    sink, &sink->outputs[i], deadline, cause, why);
	sink->started = outcome == DONE;
	return (outcome);
}

bool
sink_unsettled(const struct sink *sink)
{
	return (sink->phase != PHASE_NONE);
}

bool
sink_log(struct sink *sink, struct client_line *ret)
{
	/* Idle, nobody else polls: errors and reports would pile up. */
	(void)rd_kafka_poll(sink->handle.rk, 0);
	return (handle_line(&sink->handle, ret));
}
