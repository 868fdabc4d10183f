/*
 * JSON that we write: the two things that are easily got wrong.
 */
#include "pipeline/base/json.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/base/utf8.h"

enum {
	DOUBLE_TEXT_MAX = 32,
	ENOUGH_DIGITS = 17, /* for any double */
	FIRST_PRINTABLE = 0x20,
	FIRST_BEYOND_ASCII = 0x80,
};

/* Whole doubles up to here are exact, and so are printed without exponent. */
#define WHOLE_MAX   9007199254740992.0

#define REPLACEMENT "\xef\xbf\xbd"

static void
put_escape(struct buffer *b, char c)
{
	static const char from[] = "\"\\\n\r\t\b\f";
	static const char to[] = "\"\\nrtbf";
	const char *found = strchr(from, c);

	if (c != '\0' && found != NULL) {
		buffer_char(b, '\\');
		buffer_char(b, to[found - from]);
	} else {
		buffer_print(b, "\\u%04x", (unsigned)c);
	}
}

/* How many bytes from here on can be copied as they are. */
static size_t
plain_length(struct span text)
{
	size_t i = 0;

	while (i < text.length && (uint8_t)text.at[i] >= FIRST_PRINTABLE &&
	       (uint8_t)text.at[i] < FIRST_BEYOND_ASCII && text.at[i] != '"' &&
	       text.at[i] != '\\')
		i++;
	return (i);
}

void
json_string(struct buffer *b, struct span text)
{
	struct span left = text;

	buffer_char(b, '"');
	while (left.length > 0) {
		size_t n = plain_length(left);

		if (n == 0 && (uint8_t)left.at[0] < FIRST_BEYOND_ASCII) {
			put_escape(b, left.at[0]);
			n = 1;
		} else if (n == 0 && (n = utf8_length(left)) == 0) {
			buffer_span_add(b, SPAN(REPLACEMENT));
			n = 1;
		} else {
			buffer_add(b, left.at, n);
		}
		left.at += n;
		left.length -= n;
	}
	buffer_char(b, '"');
}

/*
 * Fifteen digits survive a double, so the first try that reads back is the
 * shortest; below the normal doubles fewer do.
 */
void
json_double(struct buffer *b, double v)
{
	char text[DOUBLE_TEXT_MAX];
	int digits = fabs(v) < DBL_MIN ? 1 : DBL_DIG;

	if (!isfinite(v)) {
		buffer_span_add(b, SPAN("null"));
		return;
	}
	if (fabs(v) < WHOLE_MAX && v == trunc(v)) {
		buffer_print(b, "%.0f", v);
		return;
	}
	do {
		(void)snprintf(text, sizeof text, "%.*g", digits, v);
	} while (digits++ < ENOUGH_DIGITS && strtod(text, NULL) != v);
	buffer_span_add(b, span_of(text));
}
