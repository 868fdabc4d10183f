#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

#include "daemon/log_line.h"

/*
 * The log of the process, on standard error: JSON lines, or text on a
 * terminal.  Any thread may write to it; a line is one write.  Never a payload,
 * and customers by log_customer alone.
 */
void log_open(const struct log_config *config, const char *service);
/* Tells what was held back, and frees. */
void log_close(void);
/* To be called about once a second: tells what was held back. */
void log_tick(void);

/* Whether lines of this level are written. */
bool log_shows(enum log_level level);

/* `message` is a literal; use with LOG_FIELDS or LOG_NO_FIELDS. */
void log_say(enum log_level level, const char *message,
    const struct log_field *fields, size_t n_fields);

#define LOG_FIELDS(...)                                       \
	(const struct log_field[]){__VA_ARGS__},              \
	    sizeof((const struct log_field[]){__VA_ARGS__}) / \
		sizeof(struct log_field)
#define LOG_NO_FIELDS NULL, 0

struct log_field log_text(const char *name, const char *text);
struct log_field log_span(const char *name, struct span text);
struct log_field log_int(const char *name, int64_t number);

#endif
