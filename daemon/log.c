/*
 * Lines of all threads go through one lock, which no thread holds longer than
 * it takes to print a line: the work logs rarely.
 */
#include "daemon/log.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "daemon/log_repeat.h"
#include "pipeline/base/hash.h"

static struct log {
	pthread_mutex_t lock;
	struct arena *arena; /* of one line; NULL: not open */
	enum log_level level;
	bool text;
	const char *service;
	struct repeats repeats;
} log_of_process = {.lock = PTHREAD_MUTEX_INITIALIZER};

enum { MS_IN_S = 1000, NS_IN_MS = 1000 * 1000 };

static int64_t
clock_read(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return ((int64_t)now.tv_sec * MS_IN_S + now.tv_nsec / NS_IN_MS);
}

void
log_open(const struct log_config *config, const char *service)
{
	struct log *log = &log_of_process;

	(void)pthread_mutex_lock(&log->lock);
	log->arena = arena_new();
	log->level = config->level;
	log->text = config->format == LOG_TEXT ||
		    (config->format == LOG_AUTO && isatty(STDERR_FILENO) == 1);
	log->service = service;
	log->repeats = (struct repeats){0};
	(void)pthread_mutex_unlock(&log->lock);
}

/* Whole, or as much as the reader at the other end takes. */
static void
write_all(struct span text)
{
	while (text.length > 0) {
		ssize_t n = write(STDERR_FILENO, text.at, text.length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text.at += n;
		text.length -= (size_t)n;
	}
}

static struct span
print_line(struct log *log, const struct log_line *line)
{
	struct buffer b;

	buffer_init(&b, log->arena);
	if (log->text)
		log_line_text(&b, line);
	else
		log_line_json(&b, line);
	return (buffer_span(&b));
}

/* Equal lines have equal hashes whenever they were said. */
static uint64_t
hash_line(struct log *log, struct log_line line)
{
	line.at = 0;
	return (hash_id(print_line(log, &line)) | 1);
}

static void
tell_repeats(struct log *log, bool all)
{
	struct repeat over;

	while (repeats_over(
	    &log->repeats, clock_read(CLOCK_MONOTONIC), all, &over)) {
		const struct log_field fields[] = {
		    log_text("text", over.message),
		    log_int("times", (int64_t)over.held),
		};
		struct log_line line = {
		    .at = clock_read(CLOCK_REALTIME),
		    .level = (enum log_level)over.level,
		    .service = log->service,
		    .message = "message repeated",
		    .fields = fields,
		    .n_fields = sizeof fields / sizeof fields[0],
		};

		if (over.held > 0)
			write_all(print_line(log, &line));
		arena_reset(log->arena);
	}
}

void
log_close(void)
{
	struct log *log = &log_of_process;

	(void)pthread_mutex_lock(&log->lock);
	if (log->arena != NULL)
		tell_repeats(log, true);
	arena_free(log->arena);
	log->arena = NULL;
	(void)pthread_mutex_unlock(&log->lock);
}

void
log_tick(void)
{
	struct log *log = &log_of_process;

	(void)pthread_mutex_lock(&log->lock);
	if (log->arena != NULL)
		tell_repeats(log, false);
	(void)pthread_mutex_unlock(&log->lock);
}

bool
log_shows(enum log_level level)
{
	return (level >= log_of_process.level);
}

void
log_say(enum log_level level, const char *message,
    const struct log_field *fields, size_t n_fields)
{
	struct log *log = &log_of_process;
	struct log_line line = {
	    .level = level,
	    .message = message,
	    .fields = fields,
	    .n_fields = n_fields,
	};

	if (!log_shows(level))
		return;
	(void)pthread_mutex_lock(&log->lock);
	if (log->arena != NULL) {
		line.service = log->service;
		line.at = clock_read(CLOCK_REALTIME);
		if (repeats_pass(&log->repeats, hash_line(log, line),
			(int)level, message, clock_read(CLOCK_MONOTONIC)))
			write_all(print_line(log, &line));
		arena_reset(log->arena);
	}
	(void)pthread_mutex_unlock(&log->lock);
}

struct log_field
log_text(const char *name, const char *text)
{
	return (log_span(name, span_of(text)));
}

struct log_field
log_span(const char *name, struct span text)
{
	return ((struct log_field){.name = name, .text = text});
}

struct log_field
log_int(const char *name, int64_t number)
{
	return ((struct log_field){
	    .name = name, .is_number = true, .number = number});
}
