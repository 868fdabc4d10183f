#ifndef DAEMON_DEMO_SCREEN_H
#define DAEMON_DEMO_SCREEN_H

#include <stdio.h>

#include "daemon/demo_decision.h"
#include "pipeline/base/civil.h"

/*
 * What a demo shows while it runs: decisions as lines, and on a terminal a
 * status that stays below them.
 */
struct demo_screen {
	FILE *to;
	bool terminal; /* lines can be written over */
	bool colour;
	int columns;
	const struct zones *zones;
	bool status; /* one stands in the last line */
	/* Lines about the many that may still be shown: they would scroll
	   away faster than anybody reads. */
	double tokens;
	int64_t filled_at; /* monotonic ms */
	int64_t status_at;
};

struct demo_progress {
	wall_ms now;
	double done; /* 0 to 1 */
	uint64_t records;
	double rate; /* records in a second */
	size_t customers;
	uint64_t published;
	uint64_t suppressed;
};

void demo_screen_init(
    struct demo_screen *screen, FILE *to, const struct zones *zones);

/* A line of text; formatted, without its end. */
void demo_screen_say(struct demo_screen *screen, const char *fmt, ...)
    PRINTF(2, 3);

/* May a line about one of the many be shown now? */
bool demo_screen_room(struct demo_screen *screen, int64_t now);
/* A decision about somebody; `known`: a persona. */
void demo_screen_decision(struct demo_screen *screen,
    const struct demo_decision *decision, const char *name, bool known);

/* Shown from time to time, and on a terminal whenever it is not there. */
void demo_screen_status(struct demo_screen *screen, int64_t now,
    const struct demo_progress *progress);
/* Take the status away. */
void demo_screen_clear(struct demo_screen *screen);

/* 12,345 */
struct span demo_number(uint64_t n, struct arena *arena);
/* "2025-03-22 09:00", by the wall of a zone; ZONE_NONE: UTC. */
enum { DEMO_TIME_MAX = 24 };
void demo_time(
    const struct zones *zones, int zone, wall_ms t, char ret[DEMO_TIME_MAX]);

#endif
