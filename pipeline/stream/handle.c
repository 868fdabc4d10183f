/*
 * One client of librdkafka.  Its log goes to a queue that is emptied when the
 * loop asks for lines, so that no thread of librdkafka's ever calls into the
 * program.
 */
#include <stdio.h>

#include "pipeline/base/check.h"
#include "pipeline/stream/kafka.h"

enum {
	WORDS_MAX = 512,
	SEVERITY_ERROR_LINE = 3,
	SEVERITY_WARNING_LINE = 4,
};

char *
text_copy(struct span text)
{
	char *copy = malloc(text.length + 1);

	CHECK(copy != NULL);
	if (text.length > 0)
		(void)memcpy(copy, text.at, text.length);
	copy[text.length] = '\0';
	return (copy);
}

void *
array_grow(void *array, size_t n, size_t size)
{
	void *larger = reallocarray(array, n, size);

	CHECK(larger != NULL);
	return (larger);
}

/* Runs in our own thread, inside a poll. */
static void
on_error(rd_kafka_t *rk, int err, const char *reason, void *opaque)
{
	(void)rk;
	handle_note(opaque, (rd_kafka_resp_err_t)err, reason);
}

enum outcome
handle_open(struct handle *handle, rd_kafka_type_t type, rd_kafka_conf_t *conf,
    struct failure *why)
{
	char words[WORDS_MAX];

	*handle = (struct handle){.rk = NULL};
	if (settings_set(conf, "log.queue", "true", why) != DONE) {
		rd_kafka_conf_destroy(conf);
		return (FATAL);
	}
	rd_kafka_conf_set_opaque(conf, handle);
	rd_kafka_conf_set_error_cb(conf, on_error);
	handle->rk = rd_kafka_new(type, conf, words, sizeof words);
	if (handle->rk == NULL) {
		rd_kafka_conf_destroy(conf);
		return (fail_with(why, FATAL, "kafka client: %s", words));
	}
	handle->log = rd_kafka_queue_new(handle->rk);
	CHECK(rd_kafka_set_log_queue(handle->rk, handle->log) ==
	      RD_KAFKA_RESP_ERR_NO_ERROR);
	return (DONE);
}

void
handle_close(struct handle *handle)
{
	if (handle->rk == NULL)
		return;
	(void)rd_kafka_set_log_queue(handle->rk, NULL);
	rd_kafka_queue_destroy(handle->log);
	rd_kafka_destroy_flags(
	    handle->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	*handle = (struct handle){.rk = NULL};
}

/* Copy the first line of text, cut where it does not fit. */
static void
copy_line(char *to, size_t size, const char *text)
{
	size_t length = strcspn(text, "\r\n");

	if (length >= size)
		length = size - 1;
	(void)memcpy(to, text, length);
	to[length] = '\0';
}

void
handle_note(struct handle *handle, rd_kafka_resp_err_t err, const char *text)
{
	struct client_line *line;

	if (err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
		handle->lost = true;
	if (handle->n_notes == NOTES_MAX) {
		handle->first_note = (handle->first_note + 1) % NOTES_MAX;
		handle->n_notes--;
	}
	line =
	    &handle
		 ->notes[(handle->first_note + handle->n_notes++) % NOTES_MAX];
	line->severity = cause_of(err) == CAUSE_AWAY ? SEVERITY_WARNING_LINE
						     : SEVERITY_ERROR_LINE;
	copy_line(
	    line->facility, sizeof line->facility, rd_kafka_err2name(err));
	copy_line(line->text, sizeof line->text, text == NULL ? "" : text);
}

static bool
take_note(struct handle *handle, struct client_line *ret)
{
	if (handle->n_notes == 0)
		return (false);
	*ret = handle->notes[handle->first_note];
	handle->first_note = (handle->first_note + 1) % NOTES_MAX;
	handle->n_notes--;
	return (true);
}

/*
 * One set of properties serves consumers and producers; that each ignores
 * what is meant for the other is not worth a line.
 */
static bool
is_noise(const char *facility, const char *text)
{
	return (strcmp(facility, "CONFWARN") == 0 &&
		strstr(text, "will be ignored by this") != NULL);
}

static bool
take_log(rd_kafka_event_t *event, struct client_line *ret)
{
	const char *facility;
	const char *text;
	int severity;

	if (rd_kafka_event_type(event) != RD_KAFKA_EVENT_LOG ||
	    rd_kafka_event_log(event, &facility, &text, &severity) != 0 ||
	    is_noise(facility, text))
		return (false);
	ret->severity = severity;
	copy_line(ret->facility, sizeof ret->facility, facility);
	copy_line(ret->text, sizeof ret->text, text);
	return (true);
}

bool
handle_line(struct handle *handle, struct client_line *ret)
{
	rd_kafka_event_t *event;
	bool taken = take_note(handle, ret);

	while (
	    !taken && (event = rd_kafka_queue_poll(handle->log, 0)) != NULL) {
		taken = take_log(event, ret);
		rd_kafka_event_destroy(event);
	}
	return (taken);
}
