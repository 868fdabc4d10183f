#include "daemon/log_line.h"

#include <ctype.h>
#include <inttypes.h>

#include "pipeline/base/json.h"

#define ECS_VERSION "1.6.0"

enum {
	VALUE_MAX = 1024, /* bytes of a field; the rest is cut */
	TIME_FROM = 11,   /* "20:53:48.123Z" in an instant */
};

const char *
log_level_name(enum log_level level)
{
	static const char *const names[] = {
	    [LEVEL_DEBUG] = "debug",
	    [LEVEL_INFO] = "info",
	    [LEVEL_WARNING] = "warning",
	    [LEVEL_ERROR] = "error",
	};

	return (names[level]);
}

static struct span
bounded(struct span text)
{
	if (text.length > VALUE_MAX)
		text.length = VALUE_MAX;
	return (text);
}

static void
add_name(struct buffer *b, const char *name)
{
	buffer_print(
	    b, ",\"%s%s\":", strchr(name, '.') == NULL ? "kith." : "", name);
}

void
log_line_json(struct buffer *b, const struct log_line *line)
{
	char at[INSTANT_TEXT_MAX];

	instant_format(line->at, at);
	buffer_print(b, "{\"@timestamp\":\"%s\",\"log.level\":\"%s\"", at,
	    log_level_name(line->level));
	buffer_print(b, ",\"message\":");
	json_string(b, span_of(line->message));
	buffer_print(b, ",\"ecs.version\":\"" ECS_VERSION "\"");
	buffer_print(b, ",\"service.name\":");
	json_string(b, span_of(line->service));
	for (size_t i = 0; i < line->n_fields; i++) {
		const struct log_field *field = &line->fields[i];

		add_name(b, field->name);
		if (field->is_number)
			buffer_print(b, "%" PRId64, field->number);
		else
			json_string(b, bounded(field->text));
	}
	buffer_print(b, "}\n");
}

/* Whether a value can stand without quotes. */
static bool
is_bare(struct span text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!isgraph((unsigned char)text.at[i]) || text.at[i] == '"' ||
		    text.at[i] == '=')
			return (false);
	return (text.length > 0);
}

void
log_line_text(struct buffer *b, const struct log_line *line)
{
	char at[INSTANT_TEXT_MAX];

	instant_format(line->at, at);
	buffer_print(b, "%s %-8s %s", at + TIME_FROM,
	    log_level_name(line->level), line->message);
	for (size_t i = 0; i < line->n_fields; i++) {
		const struct log_field *field = &line->fields[i];

		buffer_print(b, "%s%s=", i == 0 ? "  " : " ", field->name);
		if (field->is_number)
			buffer_print(b, "%" PRId64, field->number);
		else if (is_bare(field->text))
			buffer_span_add(b, bounded(field->text));
		else
			json_string(b, bounded(field->text));
	}
	buffer_char(b, '\n');
}
