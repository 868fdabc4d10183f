#ifndef DAEMON_DEMO_PLACE_H
#define DAEMON_DEMO_PLACE_H

#include <sys/types.h>

#include "pipeline/base/outcome.h"

/*
 * Where a demo lives: a folder of its own, which holds the files it runs and a
 * Redis on a socket.  Nothing is left of it afterwards; should we be killed,
 * the Redis goes with us and the folder stays.
 */
enum { DEMO_PATH_MAX = 512 };

struct demo_place {
	char folder[DEMO_PATH_MAX];
	char daemon_file[DEMO_PATH_MAX + 16];
	char redis_url[DEMO_PATH_MAX + 32];
	pid_t redis; /* 0: none */
};

/* DONE; or FATAL, in words, and nothing is left. */
enum outcome demo_place_open(
    struct demo_place *place, struct failure *why) MUST_CHECK;
void demo_place_close(struct demo_place *place);

#endif
