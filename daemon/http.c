/*
 * libmicrohttpd without threads of its own: its epoll descriptor is one of
 * those that the main loop waits for, so a page reads what the main loop
 * writes without a lock.
 */
#include "daemon/http.h"

#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/log.h"
#include "pipeline/base/check.h"
#include "pipeline/base/json.h"

enum {
	CONNECTIONS_MAX = 64,
	CONNECTION_SECONDS = 10,
	CONNECTION_BYTES = 16 * 1024,
	PORT_TEXT_MAX = 8,
};

struct http {
	struct MHD_Daemon *daemon;
	int descriptor;
	struct http_pages pages;
	struct arena *arena; /* of one answer */
};

/* What is sent back. */
struct reply {
	unsigned status;
	const char *type;
	struct buffer body;
};

static enum MHD_Result
send_reply(struct MHD_Connection *connection, const struct reply *reply)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
	    reply->body.length, reply->body.at, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (response == NULL)
		return (MHD_NO);
	(void)MHD_add_response_header(response, "Content-Type", reply->type);
	(void)MHD_add_response_header(response, "Cache-Control", "no-store");
	if (reply->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)MHD_add_response_header(response, "Allow", "GET, HEAD");
	result = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return (result);
}

static struct reply
refuse_with(struct buffer *b, unsigned status, const char *words)
{
	buffer_print(b, "{\"error\":");
	json_string(b, span_of(words));
	buffer_print(b, "}\n");
	return ((struct reply){status, "application/json", *b});
}

static struct reply
refuse_path(const struct http *http, struct buffer *b)
{
	const struct http_page *page = http->pages.list;
	struct buffer words;

	buffer_init(&words, http->arena);
	buffer_print(&words, "no such page; there are");
	for (; page->path != NULL; page++)
		buffer_print(&words, " %s", page->path);
	buffer_char(&words, '\0');
	return (refuse_with(b, MHD_HTTP_NOT_FOUND, words.at));
}

static struct reply
find_reply(struct http *http, const char *method, const char *path)
{
	const struct http_page *page = http->pages.list;
	struct reply reply = {0};

	buffer_init(&reply.body, http->arena);
	while (page->path != NULL && strcmp(page->path, path) != 0)
		page++;
	if (page->path == NULL)
		return (refuse_path(http, &reply.body));
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return (refuse_with(&reply.body, MHD_HTTP_METHOD_NOT_ALLOWED,
		    "pages are read with GET or HEAD"));
	reply.type = page->type;
	reply.status = page->answer(http->pages.context, &reply.body);
	return (reply);
}

/* Called when the headers are there: what follows them is never read. */
/* NOLINTBEGIN(readability-function-size, readability-non-const-parameter):
   libmicrohttpd's signature */
static enum MHD_Result
answer(void *context, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_size, void **request)
{
	struct http *http = context;
	struct reply reply = find_reply(http, method, url);
	enum MHD_Result result = send_reply(connection, &reply);

	(void)version;
	(void)upload;
	(void)upload_size;
	(void)request;
	arena_reset(http->arena);
	return (result);
}
/* NOLINTEND(readability-function-size, readability-non-const-parameter) */

static void log_server(void *context, const char *fmt, va_list args)
    PRINTF(2, 0);

static void
log_server(void *context, const char *fmt, va_list args)
{
	char text[FAILURE_TEXT_MAX];

	(void)context;
	(void)vsnprintf(text, sizeof text, fmt, args);
	text[strcspn(text, "\n")] = '\0';
	log_say(LEVEL_DEBUG, "http",
	    LOG_FIELDS(log_text("log.logger", "libmicrohttpd"),
		log_text("text", text)));
}

static enum outcome
resolve(const struct http_config *config, struct addrinfo **ret,
    struct failure *why)
{
	const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	    .ai_socktype = SOCK_STREAM};
	char host[NI_MAXHOST];
	char port[PORT_TEXT_MAX];
	int error;

	(void)snprintf(host, sizeof host, "%.*s", SPAN_ARGS(config->host));
	(void)snprintf(port, sizeof port, "%d", config->port);
	error = getaddrinfo(host, port, &hints, ret);
	if (error != 0)
		return (fail_with(why, RETRY, "http.listen: %s: %s", host,
		    gai_strerror(error)));
	return (DONE);
}

static struct MHD_Daemon *
start(struct http *http, const struct addrinfo *address)
{
	unsigned flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG;

	if (address->ai_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	return (MHD_start_daemon(flags, 0, NULL, NULL, answer, http,
	    MHD_OPTION_EXTERNAL_LOGGER, log_server, NULL, MHD_OPTION_SOCK_ADDR,
	    address->ai_addr, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
	    (unsigned)CONNECTION_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    (size_t)CONNECTION_BYTES, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U,
	    MHD_OPTION_END));
}

enum outcome
http_open(const struct http_config *config, const struct http_pages *pages,
    struct http **ret, struct failure *why)
{
	struct addrinfo *address;
	struct http *http;

	if (resolve(config, &address, why) != DONE)
		return (RETRY);
	http = calloc(1, sizeof *http);
	CHECK(http != NULL);
	http->pages = *pages;
	http->arena = arena_new();
	http->daemon = start(http, address);
	freeaddrinfo(address);
	if (http->daemon == NULL) {
		http_close(http);
		return (fail_with(why, RETRY,
		    "http.listen: %.*s:%d: cannot be listened on: in use, or "
		    "not an address of this machine",
		    SPAN_ARGS(config->host), config->port));
	}
	http->descriptor =
	    MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)
		->epoll_fd;
	*ret = http;
	return (DONE);
}

void
http_close(struct http *http)
{
	if (http == NULL)
		return;
	if (http->daemon != NULL)
		MHD_stop_daemon(http->daemon);
	arena_free(http->arena);
	free(http);
}

int
http_descriptor(const struct http *http)
{
	return (http->descriptor);
}

duration_ms
http_wait(struct http *http, duration_ms otherwise)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(http->daemon, &ms) != MHD_YES ||
	    ms > (MHD_UNSIGNED_LONG_LONG)otherwise)
		return (otherwise);
	return ((duration_ms)ms);
}

void
http_turn(struct http *http)
{
	(void)MHD_run(http->daemon);
}
