#ifndef DAEMON_HTTP_H
#define DAEMON_HTTP_H

#include "config/daemon_file.h"
#include "pipeline/base/buffer.h"

/*
 * The daemon's pages: read only, few, and small.  One thread, the one that
 * calls http_turn: nothing here starts another.  Connections, the size of a
 * request and the time that it may take are bounded; who asks for something
 * else than GET or HEAD of a page is told what there is.
 */
struct http;

/* A page answers into `body`, with a status. */
struct http_page {
	const char *path;
	const char *type; /* of its content */
	unsigned (*answer)(void *context, struct buffer *body);
};

/* Ended by a path that is NULL; outlives the server. */
struct http_pages {
	const struct http_page *list;
	void *context;
};

/*
 * DONE   *ret listens
 * RETRY  the address cannot be listened on now: in use, or not ours
 */
enum outcome http_open(const struct http_config *config,
    const struct http_pages *pages, struct http **ret,
    struct failure *why) MUST_CHECK;
/* NULL is legal. */
void http_close(struct http *http);

/* To poll for reading; then, or when http_wait is over, http_turn. */
int http_descriptor(const struct http *http);
/* At most `otherwise`. */
duration_ms http_wait(struct http *http, duration_ms otherwise);
void http_turn(struct http *http);

#endif
