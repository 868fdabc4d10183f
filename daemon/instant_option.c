#include "daemon/instant_option.h"

#include <ctype.h>

/* 9999-12-31T23:59:59.999Z */
#define INSTANT_LAST ((wall_ms)253402300799999)

enum { TEN = 10 };

/* False: not a number, or beyond the year 9999. */
static bool
read_number(const char *text, wall_ms *ret)
{
	wall_ms number = 0;

	for (; isdigit((unsigned char)*text) && number <= INSTANT_LAST; text++)
		number = number * TEN + (*text - '0');
	*ret = number;
	return (*text == '\0' && number <= INSTANT_LAST);
}

enum outcome
instant_option(const char *text, wall_ms *ret, struct failure *why)
{
	wall_ms t = INSTANT_BEFORE;

	if (text == NULL) {
		*ret = t;
		return (DONE);
	}
	if ((*text == '\0' || !read_number(text, &t)) &&
	    instant_parse(span_of(text), &t, NULL) != DONE)
		return (fail_with(why, REJECT,
		    "'%s' is no instant; write 2026-01-31T00:00:00Z, or "
		    "milliseconds since 1970",
		    text));
	*ret = t;
	return (DONE);
}
