#include "pipeline/base/report.h"

#include <stdio.h>

enum { MESSAGE_MAX = 512 };

static void hand_on(struct report *report, struct finding *finding,
    const char *help, const char *fmt, va_list args) PRINTF(4, 0);

static void
hand_on(struct report *report, struct finding *finding, const char *help,
    const char *fmt, va_list args)
{
	char message[MESSAGE_MAX];

	(void)vsnprintf(message, sizeof message, fmt, args);
	finding->message = span_of(message);
	finding->help = span_of(help);
	report->add(report, finding);
}

/* NOLINTBEGIN(readability-function-size): a finding in one call */
void
report_error(struct report *report, const char *code,
    const struct source_text *where, size_t offset, size_t length,
    const char *help, const char *fmt, ...)
{
	struct finding finding = {.severity = SEVERITY_ERROR,
	    .code = code,
	    .where = where,
	    .offset = offset,
	    .length = length};
	va_list args;

	report->errors++;
	va_start(args, fmt);
	hand_on(report, &finding, help, fmt, args);
	va_end(args);
}

void
report_warning(struct report *report, const char *code,
    const struct source_text *where, size_t offset, size_t length,
    const char *help, const char *fmt, ...)
{
	struct finding finding = {.severity = SEVERITY_WARNING,
	    .code = code,
	    .where = where,
	    .offset = offset,
	    .length = length};
	va_list args;

	va_start(args, fmt);
	hand_on(report, &finding, help, fmt, args);
	va_end(args);
}
/* NOLINTEND(readability-function-size) */
