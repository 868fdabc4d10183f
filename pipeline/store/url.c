/*
 * The address of a Redis.  Secrets are refused here: an address is logged.
 */
#include "pipeline/store/url.h"

#include <string.h>

#include "pipeline/base/span.h"
#include "pipeline/store/state.h"

enum {
	PORT_LAST = 65535,
	DB_LAST = 1 << 20, /* Redis itself has a limit, and says so */
};

static bool
take_prefix(const char **text, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(*text, prefix, length) != 0)
		return (false);
	*text += length;
	return (true);
}

/* Copy with a NUL; false where it is empty or does not fit. */
static bool
copy_text(char *to, size_t room, struct span from)
{
	if (from.length == 0 || from.length >= room)
		return (false);
	(void)memcpy(to, from.at, from.length);
	to[from.length] = '\0';
	return (true);
}

static bool
parse_db(const char *text, int *ret)
{
	int64_t db;

	if (!state_number(span_of(text), &db) || db < 0 || db > DB_LAST)
		return (false);
	*ret = (int)db;
	return (true);
}

static enum outcome
parse_socket(const char *text, struct url *ret, struct failure *why)
{
	const char *query = strchr(text, '?');
	struct span path = span_of(text);

	if (query != NULL) {
		path.length = (size_t)(query - text);
		query++;
		if (!take_prefix(&query, "db=") || !parse_db(query, &ret->db))
			return (fail_with(
			    why, REJECT, "url: after ? only db=NUMBER"));
	}
	if (path.length == 0 || path.at[0] != '/')
		return (fail_with(
		    why, REJECT, "url: unix:// wants an absolute path"));
	if (!copy_text(ret->path, sizeof ret->path, path))
		return (fail_with(why, REJECT,
		    "url: the path is longer than %d bytes", URL_PATH_MAX - 1));
	return (DONE);
}

static bool
parse_port(struct span text, struct url *ret)
{
	int64_t port;

	return (state_number(text, &port) && port > 0 && port <= PORT_LAST &&
		copy_text(ret->port, sizeof ret->port, text));
}

/* HOST, HOST:PORT, [ADDRESS], [ADDRESS]:PORT */
static bool
parse_host(struct span text, struct url *ret)
{
	bool bracket = text.length > 0 && text.at[0] == '[';
	const char *end = bracket ? memchr(text.at, ']', text.length)
			  : text.length == 0
			      ? NULL
			      : memchr(text.at, ':', text.length);
	struct span host = text;
	struct span rest = {NULL, 0};

	if (bracket) {
		if (end == NULL)
			return (false);
		host = (struct span){text.at + 1, (size_t)(end - text.at) - 1};
		end++;
	} else if (end != NULL) {
		host.length = (size_t)(end - text.at);
	}
	if (end != NULL)
		rest =
		    (struct span){end, (size_t)(text.at + text.length - end)};
	if (!copy_text(ret->host, sizeof ret->host, host))
		return (false);
	if (rest.length == 0)
		return (copy_text(ret->port, sizeof ret->port, SPAN("6379")));
	return (rest.at[0] == ':' &&
		parse_port((struct span){rest.at + 1, rest.length - 1}, ret));
}

static enum outcome
parse_network(const char *text, struct url *ret, struct failure *why)
{
	const char *slash = strchr(text, '/');
	struct span host = span_of(text);

	if (strchr(text, '@') != NULL)
		return (fail_with(why, REJECT,
		    "url: username and password have keys of their own"));
	if (slash != NULL) {
		host.length = (size_t)(slash - text);
		if (slash[1] != '\0' && !parse_db(slash + 1, &ret->db))
			return (fail_with(why, REJECT,
			    "url: after / only a database number"));
	}
	if (!parse_host(host, ret))
		return (fail_with(
		    why, REJECT, "url: not of the form redis://HOST:PORT/DB"));
	return (DONE);
}

enum outcome
url_parse(const char *text, struct url *ret, struct failure *why)
{
	struct url url = {.db = 0};
	enum outcome outcome;

	if (take_prefix(&text, "redis://"))
		outcome = parse_network(text, &url, why);
	else if (take_prefix(&text, "unix://"))
		outcome = parse_socket(text, &url, why);
	else
		return (fail_with(why, REJECT,
		    "url: begins with neither redis:// nor unix://"));
	if (outcome == DONE)
		*ret = url;
	return (outcome);
}
