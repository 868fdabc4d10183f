/*
 * A socket that never blocks, with a deadline on every wait.  hiredis formats
 * and parses; the socket is ours, so that pipelines, time-outs and half an
 * answer are ours to decide.
 */
#include "pipeline/store/connection.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/check.h"
#include "pipeline/base/instant.h"

enum {
	READ_SIZE = 64 * 1024,
	OUT_KEPT = 1024 * 1024, /* a larger buffer is given back */
	ARGUMENT_COST = 32,     /* bytes of protocol, at most */
	FIRST_PAUSE_MS = 50,
	LAST_PAUSE_MS = 2000,
	NS_PER_MS = 1000 * 1000,
	ERROR_TEXT_MAX = 128,
};

struct connection {
	struct url url;
	size_t reply_max;
	int fd; /* -1: closed */
	struct redisReader *reader;

	char *out; /* formatted commands, of which `sent` bytes are away */
	size_t out_length;
	size_t out_room;
	size_t sent;
	size_t awaited;  /* answers of this exchange    */
	size_t received; /* bytes of them, so far */

	uint64_t random;
	duration_ms pause; /* after the last attempt; 0: none since settled */
	mono_ms next_attempt;

	char in[READ_SIZE];
};

mono_ms
connection_now(void)
{
	struct timespec now;
	int result = clock_gettime(CLOCK_MONOTONIC, &now);

	CHECK(result == 0);
	return ((mono_ms)now.tv_sec * SECOND_MS + now.tv_nsec / NS_PER_MS);
}

struct connection *
connection_new(const struct url *url, uint64_t seed, size_t reply_max)
{
	struct connection *connection = calloc(1, sizeof *connection);

	CHECK(connection != NULL);
	connection->url = *url;
	connection->random = seed;
	connection->reply_max = reply_max;
	connection->fd = -1;
	return (connection);
}

void
connection_free(struct connection *connection)
{
	if (connection == NULL)
		return;
	connection_close(connection);
	free(connection->out);
	free(connection);
}

bool
connection_is_open(const struct connection *connection)
{
	return (connection->fd >= 0);
}

static void
clear_queue(struct connection *connection)
{
	connection->out_length = connection->sent = 0;
	connection->awaited = connection->received = 0;
	if (connection->out_room > OUT_KEPT) {
		free(connection->out);
		connection->out = NULL;
		connection->out_room = 0;
	}
}

void
connection_close(struct connection *connection)
{
	if (connection->fd >= 0)
		(void)close(connection->fd);
	connection->fd = -1;
	if (connection->reader != NULL)
		redisReaderFree(connection->reader);
	connection->reader = NULL;
	clear_queue(connection);
}

void
connection_settled(struct connection *connection)
{
	connection->pause = 0;
	connection->next_attempt = 0;
}

duration_ms
connection_wait(const struct connection *connection)
{
	duration_ms left = connection->next_attempt - connection_now();

	return (connection_is_open(connection) || left < 0 ? 0 : left);
}

/* splitmix64 */
static uint64_t
draw(struct connection *connection)
{
	enum { SHIFT_1 = 30, SHIFT_2 = 27, SHIFT_3 = 31 };
	uint64_t z = connection->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> SHIFT_1)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> SHIFT_2)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> SHIFT_3));
}

/* Twice the last pause, of which the second half is random. */
static void
put_off_next(struct connection *connection)
{
	duration_ms pause =
	    connection->pause == 0 ? FIRST_PAUSE_MS : connection->pause * 2;

	if (pause > LAST_PAUSE_MS)
		pause = LAST_PAUSE_MS;
	connection->pause = pause;
	connection->next_attempt =
	    connection_now() + pause / 2 +
	    (duration_ms)(draw(connection) % (uint64_t)(pause / 2));
}

static enum outcome
fail_errno(struct failure *why, const char *what, int error)
{
	char text[ERROR_TEXT_MAX];

	return (fail_with(why, RETRY, "redis: %s: %s", what,
	    strerror_r(error, text, sizeof text)));
}

/* DONE: ready for `events`, or broken: the next call on it says how. */
static enum outcome
wait_for(int fd, short events, mono_ms deadline, struct failure *why)
{
	struct pollfd one = {.fd = fd, .events = events};

	for (;;) {
		mono_ms left = deadline - connection_now();
		int n;

		if (left <= 0)
			return (fail_with(why, RETRY, "redis: time-out"));
		n = poll(&one, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (n > 0)
			return (DONE);
		if (n < 0 && errno != EINTR)
			return (fail_errno(why, "poll", errno));
	}
}

/* *ret is a connected socket, or untouched. */
static enum outcome
connect_to(const struct sockaddr *address, socklen_t length, mono_ms deadline,
    int *ret, struct failure *why)
{
	int fd = socket(
	    address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error = 0;
	socklen_t size = sizeof error;
	enum outcome outcome = DONE;

	if (fd < 0)
		return (fail_errno(why, "socket", errno));
	if (connect(fd, address, length) != 0) {
		error = errno;
		if (error == EINPROGRESS) {
			outcome = wait_for(fd, POLLOUT, deadline, why);
			if (outcome == DONE &&
			    getsockopt(
				fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
				error = errno;
		}
	}
	if (outcome == DONE && error != 0)
		outcome = fail_errno(why, "connect", error);
	if (outcome == DONE)
		*ret = fd;
	else
		(void)close(fd);
	return (outcome);
}

static enum outcome
open_socket(
    const struct url *url, mono_ms deadline, int *ret, struct failure *why)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	_Static_assert(sizeof address.sun_path >= URL_PATH_MAX, "room");
	(void)memcpy(address.sun_path, url->path, sizeof url->path);
	return (connect_to((const struct sockaddr *)&address, sizeof address,
	    deadline, ret, why));
}

static void
set_options(int fd)
{
	int on = 1;

	/* Without them it is slower to answer, or to notice, but works. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

static enum outcome
open_network(
    const struct url *url, mono_ms deadline, int *ret, struct failure *why)
{
	struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *all;
	enum outcome outcome = RETRY;
	int error = getaddrinfo(url->host, url->port, &wanted, &all);

	if (error != 0)
		return (fail_with(why, RETRY, "redis: %s: %s", url->host,
		    gai_strerror(error)));
	for (struct addrinfo *one = all; one != NULL && outcome != DONE;
	     one = one->ai_next)
		outcome = connect_to(
		    one->ai_addr, one->ai_addrlen, deadline, ret, why);
	freeaddrinfo(all);
	if (outcome == DONE)
		set_options(*ret);
	return (outcome);
}

enum outcome
connection_open(
    struct connection *connection, mono_ms deadline, struct failure *why)
{
	const struct url *url = &connection->url;
	enum outcome outcome;

	CHECK(!connection_is_open(connection));
	if (connection_wait(connection) > 0)
		return (fail_with(
		    why, RETRY, "redis: waiting before the next attempt"));
	put_off_next(connection);
	if (url->host[0] == '\0')
		outcome = open_socket(url, deadline, &connection->fd, why);
	else
		outcome = open_network(url, deadline, &connection->fd, why);
	if (outcome == DONE)
		connection->reader = reply_reader_new();
	return (outcome);
}

static void
make_room(struct connection *connection, size_t more)
{
	size_t room =
	    connection->out_room == 0 ? READ_SIZE : connection->out_room;

	while (room - connection->out_length < more)
		room *= 2;
	if (room == connection->out_room)
		return;
	connection->out = realloc(connection->out, room);
	CHECK(connection->out != NULL);
	connection->out_room = room;
}

void
connection_add(struct connection *connection, const struct command *command)
{
	char *formatted;
	int length;

	CHECK(command->bytes < INT_MAX / 2 &&
	      command->n < INT_MAX / 2 / ARGUMENT_COST);
	length = redisFormatCommandArgv(
	    &formatted, (int)command->n, command->at, command->length);
	CHECK(length > 0);
	make_room(connection, (size_t)length);
	(void)memcpy(connection->out + connection->out_length, formatted,
	    (size_t)length);
	connection->out_length += (size_t)length;
	connection->awaited++;
	redisFreeCommand(formatted);
}

const struct reply *
replies_next(struct replies *replies)
{
	return (
	    replies->next < replies->n ? replies->at[replies->next++] : NULL);
}

static enum outcome
send_some(struct connection *connection, struct failure *why)
{
	ssize_t n = send(connection->fd, connection->out + connection->sent,
	    connection->out_length - connection->sent, MSG_NOSIGNAL);

	if (n >= 0)
		connection->sent += (size_t)n;
	else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
		return (fail_errno(why, "send", errno));
	return (DONE);
}

/* Every whole answer that the reader holds. */
static enum outcome
parse_some(
    struct connection *connection, struct replies *replies, struct failure *why)
{
	for (;;) {
		void *reply = NULL;

		if (redisReaderGetReply(connection->reader, &reply) != REDIS_OK)
			return (
			    fail_with(why, RETRY, "redis: not its protocol: %s",
				connection->reader->errstr));
		if (reply == NULL)
			return (DONE);
		if (replies->n == connection->awaited)
			return (
			    fail_with(why, RETRY, "redis: an answer too many"));
		replies->at[replies->n++] = reply;
	}
}

static enum outcome
receive_some(
    struct connection *connection, struct replies *replies, struct failure *why)
{
	ssize_t n =
	    recv(connection->fd, connection->in, sizeof connection->in, 0);

	if (n == 0)
		return (fail_with(why, RETRY, "redis: closed the connection"));
	if (n < 0) {
		if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
			return (DONE);
		return (fail_errno(why, "receive", errno));
	}
	connection->received += (size_t)n;
	if (connection->received > connection->reply_max)
		return (fail_with(why, FATAL,
		    "redis: answers of more than %zu bytes",
		    connection->reply_max));
	if (redisReaderFeed(connection->reader, connection->in, (size_t)n) !=
	    REDIS_OK)
		return (fail_with(why, RETRY, "redis: not its protocol: %s",
		    connection->reader->errstr));
	return (parse_some(connection, replies, why));
}

/*
 * Answers are read while commands are still being sent: a server whose output
 * nobody takes stops reading.
 */
static enum outcome
exchange(struct connection *connection, mono_ms deadline,
    struct replies *replies, struct failure *why)
{
	while (replies->n < connection->awaited) {
		bool more = connection->sent < connection->out_length;
		short events = more ? POLLIN | POLLOUT : POLLIN;
		enum outcome outcome =
		    wait_for(connection->fd, events, deadline, why);

		if (outcome == DONE && more)
			outcome = send_some(connection, why);
		if (outcome == DONE)
			outcome = receive_some(connection, replies, why);
		if (outcome != DONE)
			return (outcome);
	}
	return (DONE);
}

enum outcome
connection_exchange(struct connection *connection, mono_ms deadline,
    struct arena *arena, struct replies *ret, struct failure *why)
{
	enum outcome outcome;

	CHECK(connection_is_open(connection));
	*ret = (struct replies){.at = ARENA_ARRAY(arena, connection->awaited,
				    const struct reply *)};
	connection->reader->privdata = arena;
	outcome = exchange(connection, deadline, ret, why);
	if (outcome == DONE)
		clear_queue(connection);
	else
		connection_close(connection);
	return (outcome);
}
