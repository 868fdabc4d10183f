/* Runs deploy/dev/kafka-start and kafka-stop as a developer would. */
#include "tests/scenario/servers/broker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	NOT_FOUND = 127,
	FIRST_PORT = 20000,
	PORTS = 12000, /* below those that the kernel gives to clients */
	PORT_STEP = 2,
	TRIES = 50,
};

static int
run(char *const argv[])
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		(void)dup2(STDERR_FILENO, STDOUT_FILENO);
		(void)execv(argv[0], argv);
		_exit(NOT_FOUND);
	}
	if (child < 0 || waitpid(child, &status, 0) != child ||
	    !WIFEXITED(status))
		return (NOT_FOUND);
	return (WEXITSTATUS(status));
}

static bool
is_free(int port)
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool free = bind(fd, (struct sockaddr *)&at, sizeof at) == 0;

	(void)close(fd);
	return (free);
}

/* The broker takes a port, its controller the next one. */
static int
free_port(void)
{
	int port = FIRST_PORT + (int)(getpid() % PORTS);

	for (int i = 0; i < TRIES; i++, port += PORT_STEP)
		if (is_free(port) && is_free(port + 1))
			break;
	return (port);
}

static void
stop_and_purge(struct broker *broker)
{
	char stop[] = "deploy/dev/kafka-stop";
	char purge[] = "--purge";

	if (run((char *[]){stop, broker->folder, purge, NULL}) != 0)
		(void)rmdir(broker->folder);
}

/* Leave a process behind that waits until this one has closed its end. */
static int
keep(struct broker *broker)
{
	int ends[2];
	char none;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return (NOT_FOUND);
	broker->keeper = fork();
	if (broker->keeper == 0) {
		(void)setsid();
		(void)close(ends[1]);
		(void)!read(ends[0], &none, sizeof none);
		stop_and_purge(broker);
		_exit(0);
	}
	(void)close(ends[0]);
	broker->alive = ends[1];
	return (broker->keeper < 0 ? NOT_FOUND : 0);
}

int
broker_start(struct broker *broker)
{
	int port = free_port();

	(void)snprintf(
	    broker->folder, sizeof broker->folder, "/tmp/kith-broker-XXXXXX");
	if (mkdtemp(broker->folder) == NULL)
		return (NOT_FOUND);
	(void)snprintf(broker->port, sizeof broker->port, "%d", port);
	(void)snprintf(
	    broker->address, sizeof broker->address, "127.0.0.1:%d", port);
	if (keep(broker) != 0)
		return (NOT_FOUND);
	return (broker_again(broker));
}

int
broker_again(struct broker *broker)
{
	char start[] = "deploy/dev/kafka-start";

	return (run((char *[]){start, broker->folder, broker->port, NULL}));
}

int
broker_stop(struct broker *broker)
{
	char stop[] = "deploy/dev/kafka-stop";

	return (run((char *[]){stop, broker->folder, NULL}));
}

void
broker_remove(struct broker *broker)
{
	(void)close(broker->alive);
	(void)waitpid(broker->keeper, NULL, 0);
}
