#ifndef PIPELINE_BASE_SPAN_H
#define PIPELINE_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Bytes that somebody else owns, with their length: not ended by a NUL, and
 * free to hold one.  The empty span may have a NULL pointer.
 */
struct span {
	const char *at;
	size_t length;
};

/* A span over a string literal; SPAN_INIT in the table of a static. */
#define SPAN(literal) ((struct span)SPAN_INIT(literal))
#define SPAN_INIT(literal)                     \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}
/* The two arguments that "%.*s" wants. */
#define SPAN_ARGS(s) (int)(s).length, (s).at

static inline struct span
span_of(const char *text)
{
	return ((struct span){text, text == NULL ? 0 : strlen(text)});
}

static inline bool
span_equals(struct span a, struct span b)
{
	return (a.length == b.length &&
		(a.length == 0 || memcmp(a.at, b.at, a.length) == 0));
}

/* Bytewise order, as Redis orders the members of a sorted set. */
int span_compare(struct span a, struct span b);

#endif
