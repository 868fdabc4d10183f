#ifndef PIPELINE_BASE_INSTANT_H
#define PIPELINE_BASE_INSTANT_H

#include <stdint.h>

#include "pipeline/base/arena.h"
#include "pipeline/base/duration.h"
#include "pipeline/base/outcome.h"
#include "pipeline/base/span.h"

/*
 * An instant: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
 * What is finer is floored where it is read.
 */
typedef int64_t wall_ms;

/* An instant that never comes, and one before all others. */
#define INSTANT_NEVER  INT64_MAX
#define INSTANT_BEFORE INT64_MIN

#define SECOND_MS      ((duration_ms)1000)
#define MINUTE_MS      (60 * SECOND_MS)
#define HOUR_MS        (60 * MINUTE_MS)
#define DAY_MS         (24 * HOUR_MS)

/* Room for "YYYY-MM-DDTHH:MM:SS.mmmZ" and its NUL. */
enum { INSTANT_TEXT_MAX = 32 };

/*
 * Read RFC 3339 with an offset ("2025-01-06T08:00:00Z", "…T10:00:00.5+02:00",
 * t and z in either case; :60 is refused, and so is a day that does not
 * exist).  Years 0001 to 9999.
 *
 * DONE    *ret is the instant, floored to the millisecond
 * REJECT  the text is not of that form; *ret is as it was
 */
enum outcome instant_parse(
    struct span text, wall_ms *ret, struct failure *why) MUST_CHECK;

/* RFC 3339 in UTC with three decimals and Z; years 0001 to 9999. */
void instant_format(wall_ms t, char ret[INSTANT_TEXT_MAX]);

/* The first instant after t that is 00:00 UTC. */
wall_ms instant_next_utc_day(wall_ms t);
/* Days since the epoch of the UTC day that holds t; floored. */
int64_t instant_utc_day(wall_ms t);

#endif
