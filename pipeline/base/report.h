#ifndef PIPELINE_BASE_REPORT_H
#define PIPELINE_BASE_REPORT_H

#include "pipeline/base/outcome.h"
#include "pipeline/base/span.h"

/*
 * Mistakes in what an operator wrote, on their way from the layer that finds
 * them to the one that knows files.  A text carries the place that its reader
 * gave it; pure layers pass it on and never look inside.
 */
struct source_text {
	struct span text;
	const void *place; /* config's; NULL for a text without a file */
};

enum severity {
	SEVERITY_ERROR,
	SEVERITY_WARNING,
};

/* One mistake; offset and length are bytes inside where->text. */
struct finding {
	enum severity severity;
	const char *code; /* "E120" */
	const struct source_text *where;
	size_t offset;
	size_t length;
	struct span message;
	struct span help; /* empty for none */
};

/* Where findings go.  The texts are valid during the call alone. */
struct report {
	void (*add)(struct report *report, const struct finding *finding);
	unsigned errors; /* counted by report_error */
};

/* Format message (and help, NULL for none) and hand the finding on. */
void report_error(struct report *report, const char *code,
    const struct source_text *where, size_t offset, size_t length,
    const char *help, const char *fmt, ...) PRINTF(7, 8);
void report_warning(struct report *report, const char *code,
    const struct source_text *where, size_t offset, size_t length,
    const char *help, const char *fmt, ...) PRINTF(7, 8);

#endif
