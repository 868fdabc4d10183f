#ifndef CONFIG_REPORT_TEXT_H
#define CONFIG_REPORT_TEXT_H

#include "config/document.h"
#include "pipeline/base/buffer.h"

/*
 * All mistakes of a run, and how people, editors and build servers get to see
 * them: sorted by file and position, each with its place and its cure.  A
 * place without a file (NULL) is the command line's.
 */
struct findings;

enum findings_format {
	FINDINGS_TEXT,
	FINDINGS_JSON,   /* one array of objects       */
	FINDINGS_GITHUB, /* workflow commands, a line each */
};

struct findings *findings_new(struct arena *arena);
/* Where the layers report to; lives as long as the findings. */
struct report *findings_report(struct findings *findings);

/* Distinct ones: the same mistake, met twice, counts once. */
size_t findings_errors(const struct findings *findings);
size_t findings_warnings(const struct findings *findings);

/*
 * Add all of them to `to`: in text at most 20 of a file, with the line quoted
 * and the place marked.  `colour` is for terminals and for FINDINGS_TEXT
 * alone.  Text is empty without findings; JSON is an empty array.
 */
void findings_print(const struct findings *findings,
    enum findings_format format, bool colour, struct buffer *to);

#endif
