#ifndef TESTS_UNIT_REDIS_PROXY_H
#define TESTS_UNIT_REDIS_PROXY_H

/*
 * A process between a store and a real Redis, through which the answers to
 * the first connection pass up to a given byte.  Later connections are left
 * alone.
 */
#include <errno.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "redis_server.h"

enum proxy_end {
	PROXY_CUT,   /* closes the connection                          */
	PROXY_STALL, /* keeps the answers, and goes on passing commands */
	PROXY_SAY,   /* no Redis at all: says `text` to each connection */
};

struct proxy {
	pid_t pid;
	char path[SERVER_DIR_MAX + 32];
	char url[SERVER_URL_MAX];
	const char *upstream; /* the path of Redis's socket */
	enum proxy_end end;
	long budget; /* bytes of answers, to the first connection */
	const char *text;
	long repeat; /* of the text */
};

static inline void
proxy_address(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	(void)snprintf(address->sun_path, sizeof address->sun_path, "%s", path);
}

static inline bool
proxy_write(int fd, const char *bytes, ssize_t n)
{
	while (n > 0) {
		ssize_t written = send(fd, bytes, (size_t)n, MSG_NOSIGNAL);

		if (written <= 0)
			return (false);
		bytes += written;
		n -= written;
	}
	return (true);
}

/* Bytes one way; false at an end. */
static inline bool
proxy_pass(int from, int to, long *budget, enum proxy_end end)
{
	static char bytes[65536];
	ssize_t n = recv(from, bytes, sizeof bytes, 0);
	ssize_t let = budget != NULL && *budget < n ? *budget : n;

	if (n <= 0 || !proxy_write(to, bytes, let))
		return (false);
	if (budget != NULL)
		*budget -= let;
	return (let == n || end == PROXY_STALL);
}

static inline void
proxy_serve(const struct proxy *proxy, int client, long budget)
{
	struct sockaddr_un address;
	int server = socket(AF_UNIX, SOCK_STREAM, 0);
	bool going = true;

	proxy_address(&address, proxy->upstream);
	going =
	    connect(server, (struct sockaddr *)&address, sizeof address) == 0;
	while (going) {
		struct pollfd both[2] = {{.fd = client, .events = POLLIN},
		    {.fd = server, .events = POLLIN}};

		if (poll(both, 2, -1) < 0)
			break;
		if (both[0].revents != 0)
			going = proxy_pass(client, server, NULL, PROXY_CUT);
		if (going && both[1].revents != 0)
			going = proxy_pass(server, client, &budget, proxy->end);
	}
	(void)close(server);
}

static inline void
proxy_say(const struct proxy *proxy, int client)
{
	char bytes[4096];

	for (long i = 0; i < proxy->repeat; i++) {
		if (!proxy_write(
			client, proxy->text, (ssize_t)strlen(proxy->text)))
			return;
	}
	while (recv(client, bytes, sizeof bytes, 0) > 0)
		continue;
}

static inline void
proxy_loop(const struct proxy *proxy, int listener)
{
	long budget = proxy->budget;

	for (;;) {
		int client = accept(listener, NULL, NULL);

		if (client < 0)
			_exit(1);
		if (proxy->end == PROXY_SAY)
			proxy_say(proxy, client);
		else
			proxy_serve(proxy, client, budget);
		budget = 1L << 40;
		(void)close(client);
	}
}

/* The socket listens before this returns. */
static inline bool
proxy_start(struct proxy *proxy, const char *dir)
{
	struct sockaddr_un address;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)snprintf(proxy->path, sizeof proxy->path, "%s/proxy.sock", dir);
	(void)snprintf(proxy->url, sizeof proxy->url, "unix://%s", proxy->path);
	(void)unlink(proxy->path);
	proxy_address(&address, proxy->path);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
	    listen(listener, 8) != 0)
		return (false);
	proxy->pid = fork();
	if (proxy->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		proxy_loop(proxy, listener);
	}
	(void)close(listener);
	return (proxy->pid > 0);
}

static inline void
proxy_stop(const struct proxy *proxy)
{
	(void)kill(proxy->pid, SIGKILL);
	(void)waitpid(proxy->pid, NULL, 0);
}

#endif
