#include "daemon/worker_log.h"

#include "daemon/log.h"

enum {
	FIELDS_MAX = 4,
	/* syslog's severities */
	SEVERITY_ERR = 3,
	SEVERITY_WARN = 4,
	SEVERITY_INFORM = 6,
};

struct fields {
	struct log_field list[FIELDS_MAX];
	size_t n;
};

static void
add_field(struct fields *fields, struct log_field field)
{
	fields->list[fields->n++] = field;
}

static void
say_event(void *context, const struct worker_event *event)
{
	static const enum log_level levels[] = {
	    [WORKER_DEBUG] = LEVEL_DEBUG,
	    [WORKER_INFO] = LEVEL_INFO,
	    [WORKER_WARNING] = LEVEL_WARNING,
	    [WORKER_ERROR] = LEVEL_ERROR,
	};
	struct fields fields = {.n = 0};

	add_field(&fields, log_int("worker", *(const int *)context));
	if (event->task >= 0)
		add_field(&fields, log_int("task", event->task));
	if (event->row > 0)
		add_field(&fields, log_int("claim_row", event->row));
	if (event->detail != NULL)
		add_field(&fields, log_text("detail", event->detail));
	log_say(levels[event->level], event->message, fields.list, fields.n);
}

static enum log_level
level_of(int severity)
{
	if (severity <= SEVERITY_ERR)
		return (LEVEL_ERROR);
	if (severity <= SEVERITY_WARN)
		return (LEVEL_WARNING);
	return (severity <= SEVERITY_INFORM ? LEVEL_INFO : LEVEL_DEBUG);
}

void
worker_log_client(int worker, const struct client_line *line)
{
	struct fields fields = {.n = 0};

	add_field(&fields, log_text("log.logger", "librdkafka"));
	if (worker >= 0)
		add_field(&fields, log_int("worker", worker));
	add_field(&fields, log_text("facility", line->facility));
	add_field(&fields, log_text("detail", line->text));
	log_say(
	    level_of(line->severity), "kafka client", fields.list, fields.n);
}

static void
say_client(void *context, const struct client_line *line)
{
	worker_log_client(*(const int *)context, line);
}

struct worker_listener
worker_log_of(const int *number)
{
	/* A listener's context is not const; this one is only read. */
	union {
		const int *in;
		void *out;
	} context = {.in = number};

	return ((struct worker_listener){
	    .context = context.out, .event = say_event, .client = say_client});
}
