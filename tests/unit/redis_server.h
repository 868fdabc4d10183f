#ifndef TESTS_UNIT_REDIS_SERVER_H
#define TESTS_UNIT_REDIS_SERVER_H

/*
 * A real redis-server for tests, started and stopped by the scripts that
 * developers use, in a directory of its own under the temporary one.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/store/store.h"

enum {
	SERVER_DIR_MAX = 64,
	SERVER_URL_MAX = 128,
	SERVER_MISSING = 77,
	SERVER_TIMEOUT_MS = 5000,
};

struct server {
	char dir[SERVER_DIR_MAX];
	char url[SERVER_URL_MAX];
	int port; /* 0: a socket */
	bool missing;
};

/* Exit code of a command; it is a test that fails, where it does not run. */
static inline int
server_run(const char *command)
{
	int status = system(command); /* NOLINT(cert-env33-c): our scripts */

	return (WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

/* `environment` is put before the command: "REDIS_APPENDONLY=always". */
static inline bool
server_start(struct server *server, const char *environment)
{
	char command[1024];
	int code;

	(void)snprintf(command, sizeof command,
	    "%s deploy/dev/redis-start %s %d >/dev/null", environment,
	    server->dir, server->port);
	code = server_run(command);
	server->missing = code == SERVER_MISSING;
	return (code == 0);
}

/* A directory, then the server; port 0 for a socket in it. */
static inline bool
server_new(struct server *server, int port, const char *environment)
{
	*server =
	    (struct server){.dir = "/tmp/kith-redis.XXXXXX", .port = port};
	if (mkdtemp(server->dir) == NULL)
		return (false);
	if (port == 0)
		(void)snprintf(server->url, sizeof server->url,
		    "unix://%s/redis.sock", server->dir);
	else
		(void)snprintf(server->url, sizeof server->url,
		    "redis://127.0.0.1:%d", port);
	return (server_start(server, environment));
}

static inline void
server_stop(const struct server *server, const char *how)
{
	char command[256];

	(void)snprintf(command, sizeof command, "deploy/dev/redis-stop %s %s",
	    server->dir, how);
	(void)server_run(command);
}

static inline void
server_free(const struct server *server)
{
	if (server->missing)
		(void)rmdir(server->dir);
	else if (server->dir[0] != '\0')
		server_stop(server, "--kill --purge");
}

/* redis-cli with these words. */
static inline int
server_cli(const struct server *server, const char *words)
{
	char command[512];

	if (server->port == 0)
		(void)snprintf(command, sizeof command,
		    "redis-cli -e -s %s/redis.sock %s >/dev/null", server->dir,
		    words);
	else
		(void)snprintf(command, sizeof command,
		    "redis-cli -e -p %d %s >/dev/null", server->port, words);
	return (server_run(command));
}

/* SIGSTOP, SIGCONT. */
static inline void
server_signal(const struct server *server, int signal)
{
	char path[128];
	FILE *file;
	int pid = 0;

	(void)snprintf(path, sizeof path, "%s/redis.pid", server->dir);
	file = fopen(path, "r");
	if (file != NULL) {
		if (fscanf(file, "%d", &pid) == 1)
			(void)kill(pid, signal);
		(void)fclose(file);
	}
}

static inline struct store_options
server_options(const char *url)
{
	return ((struct store_options){
	    .url = url,
	    .prefix = "kith:",
	    .name = "kith-test",
	    .timeout = SERVER_TIMEOUT_MS,
	    .seed = 1,
	});
}

#endif
