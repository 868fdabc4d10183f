#ifndef PIPELINE_STORE_URL_H
#define PIPELINE_STORE_URL_H

#include "pipeline/base/outcome.h"

enum {
	URL_HOST_MAX = 256,
	URL_PORT_MAX = 8,
	URL_PATH_MAX = 108, /* what a socket's address holds */
};

/* Where a Redis is: a host and port, or the path of a socket. */
struct url {
	char host[URL_HOST_MAX]; /* empty: `path` is meant */
	char port[URL_PORT_MAX];
	char path[URL_PATH_MAX];
	int db;
};

/*
 * redis://HOST[:PORT][/DB], an IPv6 address in brackets, port 6379 and
 * database 0 where they are not given; or unix:///PATH[?db=DB].
 *
 * DONE    *ret is the place
 * REJECT  not of that form, or too long, or with a user or password in it
 */
enum outcome url_parse(
    const char *text, struct url *ret, struct failure *why) MUST_CHECK;

#endif
