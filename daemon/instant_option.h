#ifndef DAEMON_INSTANT_OPTION_H
#define DAEMON_INSTANT_OPTION_H

#include "pipeline/base/instant.h"

/*
 * An instant of the command line: RFC 3339 with an offset, or milliseconds
 * since 1970.
 *
 * DONE    *ret; INSTANT_BEFORE where text is NULL
 * REJECT  it is neither
 */
enum outcome instant_option(
    const char *text, wall_ms *ret, struct failure *why) MUST_CHECK;

#endif
