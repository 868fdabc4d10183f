#ifndef DAEMON_LOG_LINE_H
#define DAEMON_LOG_LINE_H

#include "config/daemon_file.h"
#include "pipeline/base/buffer.h"
#include "pipeline/base/instant.h"

/*
 * A line of the log: something that happened, in words that are always the
 * same, and its particulars as fields.  Names of fields are those of the
 * Elastic Common Schema where they hold a point ("error.message"); others are
 * ours, and JSON has them below "kith.".
 */
struct log_field {
	const char *name;
	bool is_number;
	struct span text;
	int64_t number;
};

struct log_line {
	wall_ms at;
	enum log_level level;
	const char *service;
	const char *message;
	const struct log_field *fields;
	size_t n_fields;
};

const char *log_level_name(enum log_level level);

/* One JSON object, with a line's end. */
void log_line_json(struct buffer *b, const struct log_line *line);
/* "20:53:48.123Z info    message  name=value", for people. */
void log_line_text(struct buffer *b, const struct log_line *line);

#endif
