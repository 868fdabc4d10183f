/*
 * One publication, one transaction:
 *
 *	begin, produce all, offsets, commit
 *	  |        |          |        |
 *	  +--------+----------+--------+--> abort, and say why
 *
 * An answer that does not come is waited for in the next call, with the
 * transaction still open: librdkafka takes an abort of what never reached the
 * broker for a fatal error, and after a commit only its answer can tell.
 */
#include "pipeline/base/check.h"
#include "pipeline/stream/sink_state.h"
#include "pipeline/stream/source_state.h"

enum { PAUSE_MS = 10 };

/* Where a publication stands, so that its steps share one set of arguments. */
struct attempt {
	struct sink *sink;
	const struct publication *publication;
	struct deadline deadline;
	struct published *result;
	struct failure *why;
};

/* Whatever an abort heals is no reason to build the client anew. */
static enum cause
cause_of_error(const rd_kafka_error_t *error)
{
	enum cause cause = cause_of(rd_kafka_error_code(error));

	if (rd_kafka_error_is_fatal(error) && cause != CAUSE_AUTH)
		return (CAUSE_CLIENT);
	if (rd_kafka_error_txn_requires_abort(error) && cause == CAUSE_CLIENT)
		return (CAUSE_AWAY);
	return (cause);
}

/*
 * Of a message that was not taken.  STATE means that an earlier message has
 * already failed: its report says why.
 */
static enum cause
cause_of_refusal(const struct sink *sink, rd_kafka_resp_err_t err)
{
	if (rd_kafka_fatal_error(sink->handle.rk, NULL, 0) !=
	    RD_KAFKA_RESP_ERR_NO_ERROR)
		return (CAUSE_CLIENT);
	return (err == RD_KAFKA_RESP_ERR__STATE ? CAUSE_AWAY : cause_of(err));
}

static enum outcome
end_with(struct attempt *attempt, enum cause cause, const char *words)
{
	attempt->result->cause = cause;
	return (fail_with(attempt->why, cause_outcome(cause), "%s", words));
}

/* Consumes the error. */
static enum outcome
end_with_error(
    struct attempt *attempt, enum cause cause, rd_kafka_error_t *error)
{
	enum outcome outcome =
	    end_with(attempt, cause, rd_kafka_error_string(error));

	rd_kafka_error_destroy(error);
	return (outcome);
}

/*
 * DONE, or the reason why there is still something to abort: RETRY, or FATAL.
 */
static enum outcome
abort_transaction(struct attempt *attempt)
{
	struct sink *sink = attempt->sink;
	rd_kafka_error_t *error;
	enum cause cause;

	sink->phase = PHASE_ABORTING;
	error = rd_kafka_abort_transaction(
	    sink->handle.rk, deadline_left(attempt->deadline));
	if (error == NULL) {
		sink->phase = PHASE_NONE;
		return (DONE);
	}
	cause = cause_of_error(error);
	if (rd_kafka_error_is_retriable(error))
		cause = CAUSE_AWAY;
	else if (cause != CAUSE_AUTH)
		cause = CAUSE_CLIENT;
	return (end_with_error(attempt, cause, error));
}

/*
 * A step failed.  What the messages' own reports say comes before what the
 * step said, which is often only that some message failed.
 */
static enum outcome
give_up(struct attempt *attempt, enum cause cause, const char *words)
{
	enum cause reported;
	enum outcome outcome;
	struct failure first;

	(void)fail_with(&first, RETRY, "%s", words);
	if (cause == CAUSE_CLIENT)
		return (end_with(attempt, cause, first.text));
	outcome = abort_transaction(attempt);
	if (outcome == FATAL)
		return (FATAL);
	reported = reports_read(attempt->sink, attempt->result);
	if (cause_outcome(cause) == REJECT)
		cause = reported == CAUSE_NONE ? CAUSE_AWAY : reported;
	else if (cause != CAUSE_OWNER && reported > cause)
		cause = reported;
	return (end_with(attempt, cause, first.text));
}

static enum outcome
give_up_on(struct attempt *attempt, rd_kafka_error_t *error)
{
	enum outcome outcome = give_up(
	    attempt, cause_of_error(error), rd_kafka_error_string(error));

	rd_kafka_error_destroy(error);
	return (outcome);
}

static enum outcome
commit_transaction(struct attempt *attempt)
{
	struct sink *sink = attempt->sink;
	rd_kafka_error_t *error;

	sink->phase = PHASE_COMMITTING;
	for (;;) {
		error = rd_kafka_commit_transaction(
		    sink->handle.rk, deadline_left(attempt->deadline));
		if (error == NULL) {
			sink->phase = PHASE_NONE;
			return (DONE);
		}
		if (rd_kafka_error_is_fatal(error) ||
		    rd_kafka_error_txn_requires_abort(error))
			return (give_up_on(attempt, error));
		if (!rd_kafka_error_is_retriable(error))
			return (end_with_error(attempt, CAUSE_CLIENT, error));
		if (deadline_left(attempt->deadline) == 0)
			return (end_with_error(attempt, CAUSE_AWAY, error));
		rd_kafka_error_destroy(error);
		(void)rd_kafka_poll(sink->handle.rk, PAUSE_MS);
	}
}

static rd_kafka_topic_partition_list_t *
offsets_of(const struct publication *publication)
{
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new((int)publication->n_offsets);

	for (size_t i = 0; i < publication->n_offsets; i++) {
		const struct topic_offset *from = &publication->offsets[i];
		char *topic = text_copy(from->topic);
		rd_kafka_topic_partition_t *to =
		    rd_kafka_topic_partition_list_add(
			list, topic, from->partition);

		free(topic);
		CHECK(from->offset >= 0);
		to->offset = from->offset;
		to->metadata =
		    text_copy(from->metadata); /* the list frees it */
		to->metadata_size = from->metadata.length;
	}
	return (list);
}

static enum outcome
send_offsets(struct attempt *attempt)
{
	struct sink *sink = attempt->sink;
	const struct publication *publication = attempt->publication;
	rd_kafka_topic_partition_list_t *list;
	rd_kafka_error_t *error;

	sink->phase = PHASE_OFFSETS;
	if (publication->n_offsets == 0)
		return (DONE);
	CHECK(publication->member != NULL);
	list = offsets_of(publication);
	error = rd_kafka_send_offsets_to_transaction(sink->handle.rk, list,
	    publication->member->metadata, deadline_left(attempt->deadline));
	while (error != NULL && rd_kafka_error_is_retriable(error) &&
	       deadline_left(attempt->deadline) > 0) {
		rd_kafka_error_destroy(error);
		(void)rd_kafka_poll(sink->handle.rk, PAUSE_MS);
		error = rd_kafka_send_offsets_to_transaction(sink->handle.rk,
		    list, publication->member->metadata,
		    deadline_left(attempt->deadline));
	}
	rd_kafka_topic_partition_list_destroy(list);
	if (error == NULL)
		return (DONE);
	if (rd_kafka_error_is_retriable(error))
		return (end_with_error(attempt, CAUSE_AWAY, error));
	return (give_up_on(attempt, error));
}

/* What is left to do once all messages are with the client. */
static enum outcome
finish(struct attempt *attempt)
{
	enum outcome outcome = DONE;

	if (attempt->sink->phase != PHASE_COMMITTING)
		outcome = send_offsets(attempt);
	return (outcome == DONE ? commit_transaction(attempt) : outcome);
}

static enum outcome
send_all(struct attempt *attempt)
{
	struct sink *sink = attempt->sink;
	rd_kafka_error_t *error = rd_kafka_begin_transaction(sink->handle.rk);
	rd_kafka_resp_err_t err;

	if (error != NULL)
		return (end_with_error(attempt, cause_of_error(error), error));
	reports_begin(sink, attempt->publication->n_messages);
	err = messages_enqueue(sink, attempt->publication, attempt->deadline);
	if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
		return (give_up(attempt, cause_of_refusal(sink, err),
		    rd_kafka_err2str(err)));
	return (finish(attempt));
}

/* End what an earlier publication left open; DONE when nothing is. */
static enum outcome
settle(struct attempt *attempt)
{
	struct sink *sink = attempt->sink;
	enum outcome outcome;

	if (sink->phase == PHASE_COMMITTING) {
		outcome = commit_transaction(attempt);
		if (outcome == FATAL || sink->phase == PHASE_COMMITTING)
			return (outcome);
	}
	return (sink->phase == PHASE_NONE ? DONE : abort_transaction(attempt));
}

/*
 * After all brokers were lost, ask before a transaction is begun that could
 * only be aborted.
 */
static enum outcome
look_for_brokers(struct attempt *attempt)
{
	struct handle *handle = &attempt->sink->handle;
	const struct rd_kafka_metadata *metadata;
	rd_kafka_resp_err_t err;

	(void)rd_kafka_poll(handle->rk, 0);
	if (!handle->lost)
		return (DONE);
	err = rd_kafka_metadata(
	    handle->rk, 0, NULL, &metadata, deadline_left(attempt->deadline));
	if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
		return (end_with(attempt, CAUSE_AWAY, rd_kafka_err2str(err)));
	rd_kafka_metadata_destroy(metadata);
	handle->lost = false;
	return (DONE);
}

/* Without transactions: all delivered, or nothing is on its way any more. */
static enum outcome
deliver(struct attempt *attempt)
{
	struct sink *sink = attempt->sink;
	rd_kafka_resp_err_t err;
	enum cause cause;

	reports_begin(sink, attempt->publication->n_messages);
	err = messages_enqueue(sink, attempt->publication, attempt->deadline);
	if (err == RD_KAFKA_RESP_ERR_NO_ERROR)
		err = rd_kafka_flush(
		    sink->handle.rk, deadline_left(attempt->deadline));
	if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
		(void)rd_kafka_purge(sink->handle.rk,
		    RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
	while (rd_kafka_outq_len(sink->handle.rk) > 0)
		(void)rd_kafka_poll(sink->handle.rk, PAUSE_MS);
	if (rd_kafka_fatal_error(sink->handle.rk, NULL, 0) !=
	    RD_KAFKA_RESP_ERR_NO_ERROR)
		return (end_with(attempt, CAUSE_CLIENT, "the producer failed"));
	cause = reports_read(sink, attempt->result);
	if (cause == CAUSE_NONE)
		cause = cause_of(err);
	if (cause == CAUSE_NONE)
		return (DONE);
	return (end_with(attempt, cause,
	    err == RD_KAFKA_RESP_ERR_NO_ERROR ? "a message was not delivered"
					      : rd_kafka_err2str(err)));
}

enum outcome
sink_publish(struct sink *sink, const struct publication *publication,
    duration_ms timeout, struct published *result, struct failure *why)
{
	struct attempt attempt = {
	    sink, publication, deadline_in(timeout), result, why};
	bool same = sink->serial == publication->serial;
	enum outcome outcome;

	CHECK(sink->started);
	*result = (struct published){.cause = CAUSE_NONE};
	if (same && sink->phase != PHASE_NONE && sink->phase != PHASE_ABORTING)
		return (finish(&attempt));
	outcome = settle(&attempt);
	if (outcome == DONE)
		outcome = look_for_brokers(&attempt);
	if (outcome != DONE)
		return (outcome);
	*result = (struct published){.cause = CAUSE_NONE};
	sink->alone = sink->alone && same;
	sink->serial = publication->serial;
	return (sink->delivery == DELIVERY_EXACTLY_ONCE ? send_all(&attempt)
							: deliver(&attempt));
}
