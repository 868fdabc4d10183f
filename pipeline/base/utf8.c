#include "pipeline/base/utf8.h"

#include <stdint.h>

/* What a lead byte of UTF-8 promises. */
struct lead {
	uint8_t mask;
	uint8_t bits;
	uint8_t length;
	uint32_t least; /* a smaller code point is an overlong form */
};

static const struct lead leads[] = {
    {0xe0, 0xc0, 2, 0x80},    /* NOLINT(readability-magic-numbers) */
    {0xf0, 0xe0, 3, 0x800},   /* NOLINT(readability-magic-numbers) */
    {0xf8, 0xf0, 4, 0x10000}, /* NOLINT(readability-magic-numbers) */
};

enum {
	CONTINUATION_MASK = 0xc0,
	CONTINUATION = 0x80,
	CONTINUATION_SHIFT = 6,
	CONTINUATION_BITS = 0x3f,
	SURROGATE_FIRST = 0xd800,
	SURROGATE_LAST = 0xdfff,
	CODE_POINT_LAST = 0x10ffff,
};

static const struct lead *
find_lead(uint8_t byte)
{
	for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
		if ((byte & leads[i].mask) == leads[i].bits)
			return (&leads[i]);
	}
	return (NULL);
}

size_t
utf8_length(struct span text)
{
	const struct lead *lead = find_lead((uint8_t)text.at[0]);
	uint32_t code;

	if ((uint8_t)text.at[0] < CONTINUATION)
		return (1);
	if (lead == NULL || lead->length > text.length)
		return (0);
	code = (uint8_t)text.at[0] & (uint8_t)~lead->mask;
	for (size_t i = 1; i < lead->length; i++) {
		uint8_t byte = (uint8_t)text.at[i];

		if ((byte & CONTINUATION_MASK) != CONTINUATION)
			return (0);
		code =
		    (code << CONTINUATION_SHIFT) | (byte & CONTINUATION_BITS);
	}
	if (code < lead->least || code > CODE_POINT_LAST ||
	    (code >= SURROGATE_FIRST && code <= SURROGATE_LAST))
		return (0);
	return (lead->length);
}

bool
utf8_valid(struct span text)
{
	while (text.length > 0) {
		size_t n = utf8_length(text);

		if (n == 0)
			return (false);
		text.at += n;
		text.length -= n;
	}
	return (true);
}
