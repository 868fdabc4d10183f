#include "daemon/metric.h"

#include <inttypes.h>

#include "pipeline/base/json.h"

void
metric_family(
    struct buffer *b, const char *name, const char *type, const char *help)
{
	buffer_print(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
add_value(struct buffer *b, struct span value)
{
	for (size_t i = 0; i < value.length; i++) {
		char c = value.at[i];

		if (c == '\\' || c == '"')
			buffer_char(b, '\\');
		if (c == '\n')
			buffer_print(b, "\\n");
		else
			buffer_char(b, c);
	}
}

static void
add_series(struct buffer *b, const char *name, const struct labels *labels)
{
	const char *before = "{";

	buffer_print(b, "%s", name);
	for (size_t i = 0; labels != NULL && i < LABELS_MAX; i++) {
		const struct label *label = &labels->list[i];

		if (label->name == NULL)
			continue;
		buffer_print(b, "%s%s=\"", before, label->name);
		add_value(b, label->value);
		buffer_char(b, '"');
		before = ",";
	}
	buffer_print(b, *before == ',' ? "} " : " ");
}

void
metric_count(struct buffer *b, const char *name, const struct labels *labels,
    uint64_t value)
{
	add_series(b, name, labels);
	buffer_print(b, "%" PRIu64 "\n", value);
}

void
metric_number(struct buffer *b, const char *name, const struct labels *labels,
    double value)
{
	add_series(b, name, labels);
	json_double(b, value);
	buffer_char(b, '\n');
}
