/*
 * Messages on their way, and what their delivery reports say.  A broker that
 * refuses one message refuses the whole batch that librdkafka put it in; to
 * learn which one it was, the next try sends each alone.
 */
#include "pipeline/base/check.h"
#include "pipeline/stream/sink_state.h"

enum { QUEUE_FULL_MS = 10 };

void
reports_begin(struct sink *sink, size_t n)
{
	if (n > sink->room) {
		sink->reports =
		    array_grow(sink->reports, n, sizeof *sink->reports);
		sink->room = n;
	}
	sink->n_reports = n;
	for (size_t i = 0; i < n; i++)
		sink->reports[i] = RD_KAFKA_RESP_ERR__IN_PROGRESS;
}

static rd_kafka_headers_t *
headers_of(const struct message *message)
{
	rd_kafka_headers_t *headers = rd_kafka_headers_new(message->n_headers);

	for (size_t i = 0; i < message->n_headers; i++) {
		const struct header *h = &message->headers[i];

		CHECK(rd_kafka_header_add(headers, h->name.at,
			  (ssize_t)h->name.length, h->value.at,
			  (ssize_t)h->value.length) ==
		      RD_KAFKA_RESP_ERR_NO_ERROR);
	}
	return (headers);
}

/* librdkafka takes pointers without const; it copies (F_COPY). */
static void *
bytes_of(struct span s)
{
	union {
		const char *from;
		void *to;
	} bytes = {.from = s.at};

	return (bytes.to);
}

static rd_kafka_resp_err_t
produce(struct sink *sink, rd_kafka_topic_t *topic,
    const struct message *message, rd_kafka_resp_err_t *report)
{
	rd_kafka_headers_t *headers = headers_of(message);
	const rd_kafka_vu_t fields[] = {
	    {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = topic},
	    {.vtype = RD_KAFKA_VTYPE_KEY,
		.u.mem = {bytes_of(message->key), message->key.length}},
	    {.vtype = RD_KAFKA_VTYPE_VALUE,
		.u.mem = {bytes_of(message->value), message->value.length}},
	    {.vtype = RD_KAFKA_VTYPE_TIMESTAMP,
		.u.i64 = message->timestamp > 0 ? message->timestamp : 0},
	    {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
	    {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
	    {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = report},
	};
	rd_kafka_error_t *error = rd_kafka_produceva(
	    sink->handle.rk, fields, sizeof fields / sizeof fields[0]);
	rd_kafka_resp_err_t err = rd_kafka_error_code(error);

	if (err != RD_KAFKA_RESP_ERR_NO_ERROR) {
		rd_kafka_headers_destroy(headers);
		rd_kafka_error_destroy(error);
	}
	return (err);
}

rd_kafka_resp_err_t
message_enqueue(struct sink *sink, const struct publication *publication,
    size_t i, struct deadline deadline)
{
	const struct message *message = &publication->messages[i];
	rd_kafka_topic_t *topic = sink_output(sink, message->topic);
	rd_kafka_resp_err_t *report = &sink->reports[i];

	if (topic == NULL)
		*report = RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION;
	else
		*report = produce(sink, topic, message, report);
	while (*report == RD_KAFKA_RESP_ERR__QUEUE_FULL &&
	       deadline_left(deadline) > 0) {
		(void)rd_kafka_poll(sink->handle.rk, QUEUE_FULL_MS);
		*report = produce(sink, topic, message, report);
	}
	if (*report != RD_KAFKA_RESP_ERR_NO_ERROR)
		return (*report);
	*report = RD_KAFKA_RESP_ERR__IN_PROGRESS;
	return (RD_KAFKA_RESP_ERR_NO_ERROR);
}

rd_kafka_resp_err_t
messages_enqueue(struct sink *sink, const struct publication *publication,
    struct deadline deadline)
{
	rd_kafka_resp_err_t err = RD_KAFKA_RESP_ERR_NO_ERROR;

	for (size_t i = 0;
	     err == RD_KAFKA_RESP_ERR_NO_ERROR && i < publication->n_messages;
	     i++) {
		err = message_enqueue(sink, publication, i, deadline);
		if (err == RD_KAFKA_RESP_ERR_NO_ERROR && sink->alone) {
			(void)rd_kafka_flush(
			    sink->handle.rk, deadline_left(deadline));
			err = sink->reports[i];
		}
	}
	return (err);
}

static bool
is_refusal(rd_kafka_resp_err_t err)
{
	return (cause_outcome(cause_of(err)) == REJECT);
}

/* Messages that fall with another's failure say nothing of their own. */
static bool
is_bystander(rd_kafka_resp_err_t err)
{
	return (err == RD_KAFKA_RESP_ERR__IN_PROGRESS ||
		err == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
		err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT);
}

static enum cause
read_refusals(struct sink *sink, size_t n_refused, struct published *result)
{
	size_t i = 0;

	if (n_refused > 1 && !sink->alone) {
		sink->alone = true;
		return (CAUSE_AWAY);
	}
	while (!is_refusal(sink->reports[i]))
		i++;
	result->refused = i;
	return (cause_of(sink->reports[i]));
}

enum cause
reports_read(struct sink *sink, struct published *result)
{
	enum cause worst = CAUSE_NONE;
	size_t n_refused = 0;

	for (size_t i = 0; i < sink->n_reports; i++) {
		rd_kafka_resp_err_t err = sink->reports[i];

		if (is_refusal(err))
			n_refused++;
		else if (!is_bystander(err) && cause_of(err) > worst)
			worst = cause_of(err);
	}
	if (worst == CAUSE_NONE && n_refused > 0)
		return (read_refusals(sink, n_refused, result));
	return (worst);
}
