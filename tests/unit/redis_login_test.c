/*
 * How the store gets in: addresses, passwords, a server whose configuration
 * loses customers, and peers that are no Redis at all.
 */
#include <netinet/in.h>

#include "redis_proxy.h"
#include "store_fixture.h"

#include "pipeline/store/reply.h"
#include "pipeline/store/url.h"

static const struct url_row {
	const char *text;
	const char *host; /* NULL: refused */
	const char *port;
	const char *path;
	int db;
} url_rows[] = {
    {"redis://127.0.0.1:6380/3", "127.0.0.1", "6380", "", 3},
    {"redis://redis.example", "redis.example", "6379", "", 0},
    {"redis://redis.example/", "redis.example", "6379", "", 0},
    {"redis://[::1]:1", "::1", "1", "", 0},
    {"redis://[fe80::1]", "fe80::1", "6379", "", 0},
    {"unix:///run/redis.sock", "", "", "/run/redis.sock", 0},
    {"unix:///run/redis.sock?db=7", "", "", "/run/redis.sock", 7},
    {"", NULL, NULL, NULL, 0},
    {"rediss://host", NULL, NULL, NULL, 0},
    {"127.0.0.1:6379", NULL, NULL, NULL, 0},
    {"redis://", NULL, NULL, NULL, 0},
    {"redis://:6379", NULL, NULL, NULL, 0},
    {"redis://host:", NULL, NULL, NULL, 0},
    {"redis://host:0", NULL, NULL, NULL, 0},
    {"redis://host:65536", NULL, NULL, NULL, 0},
    {"redis://host:00000006379", NULL, NULL, NULL, 0},
    {"redis://host:1/x", NULL, NULL, NULL, 0},
    {"redis://host:1/-1", NULL, NULL, NULL, 0},
    {"redis://[::1", NULL, NULL, NULL, 0},
    {"redis://[]", NULL, NULL, NULL, 0},
    {"redis://[::1]x", NULL, NULL, NULL, 0},
    {"redis://user:secret@host", NULL, NULL, NULL, 0},
    {"unix://run/redis.sock", NULL, NULL, NULL, 0},
    {"unix://", NULL, NULL, NULL, 0},
    {"unix:///s?db=", NULL, NULL, NULL, 0},
    {"unix:///s?x=1", NULL, NULL, NULL, 0},
    {"unix:///01234567890123456789012345678901234567890123456789"
     "012345678901234567890123456789012345678901234567890123456",
	NULL, NULL, NULL, 0},
};

static void
an_address_is_read_or_refused_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof url_rows / sizeof url_rows[0]; i++) {
		const struct url_row *row = &url_rows[i];
		struct url url;
		struct failure why = {{0}};
		enum outcome outcome = url_parse(row->text, &url, &why);

		if (outcome != (row->host == NULL ? REJECT : DONE))
			fail_msg("'%s': %d %s", row->text, outcome, why.text);
		assert_null(strstr(why.text, "secret"));
		if (outcome != DONE)
			continue;
		assert_string_equal(url.host, row->host);
		assert_string_equal(url.port, row->port);
		assert_string_equal(url.path, row->path);
		assert_int_equal(url.db, row->db);
	}
}

static const struct error_row {
	const char *text;
	enum outcome outcome;
	bool denied;
} error_rows[] = {
    {"LOADING Redis is loading the dataset in memory", RETRY, false},
    {"OOM command not allowed when used memory > 'maxmemory'.", RETRY, false},
    {"MISCONF Redis is configured to save RDB snapshots, but", RETRY, false},
    {"READONLY You can't write against a read only replica.", RETRY, false},
    {"TRYAGAIN Multiple keys request during rehashing of slot", RETRY, false},
    {"CLUSTERDOWN The cluster is down", RETRY, false},
    {"MASTERDOWN Link with MASTER is down and", RETRY, false},
    {"BUSY Redis is busy running a script.", RETRY, false},
    {"ERR max number of clients reached", RETRY, false},
    {"WRONGPASS invalid username-password pair or user is disabled.", FATAL,
	true},
    {"NOAUTH Authentication required.", FATAL, true},
    {"NOPERM this user has no permissions to run the 'get' command", FATAL,
	true},
    {"ERR AUTH <password> called without any password configured", FATAL, true},
    {"WRONGTYPE Operation against a key holding the wrong kind of value", FATAL,
	false},
    {"MOVED 3999 127.0.0.1:6381", FATAL, false},
    {"OOMPH is not OOM", FATAL, false},
    {"ERR unknown command", FATAL, false},
    {"", FATAL, false},
};

static void
an_error_of_redis_says_what_to_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof error_rows / sizeof error_rows[0]; i++) {
		const struct error_row *row = &error_rows[i];
		struct reply reply = {
		    .type = REPLY_ERROR, .text = span_of(row->text)};
		bool denied = !row->denied;
		struct failure why = {{0}};

		if (reply_error(&reply, &denied, &why) != row->outcome)
			fail_msg("%s", row->text);
		assert_int_equal(denied, row->denied);
		assert_true(strncmp(why.text, "redis: ", 7) == 0);
	}
}

/* A port that was free a moment ago. */
static int
free_port(void)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(
	    getsockname(fd, (struct sockaddr *)&address, &length), 0);
	(void)close(fd);
	return (ntohs(address.sin_port));
}

static void
start(struct server *server, int port, const char *environment)
{
	if (!server_new(server, port, environment)) {
		if (server->missing) {
			server_free(server);
			skip();
		}
		fail_msg("the server did not start: %s", environment);
	}
}

/* Open, commit a batch, close; the outcome of opening. */
static enum outcome
try_to_open(const struct store_options *options, struct store_notice *notice,
    struct failure *why)
{
	struct store *store = NULL;
	enum outcome outcome = store_open_redis(options, &store, notice, why);

	assert_true((outcome == DONE) == (store != NULL));
	if (store != NULL) {
		struct owner owner;

		fixture.last_task = 1;
		owner = claim(store, "a");
		put(store, &owner, "c", "1", 10);
		assert_customer(store, SPAN("c"), SPAN("1"));
		assert_int_equal(due(store, &owner, INSTANT_NEVER, 9).n_due, 1);
		assert_int_equal(store_check(store, &owner, why), DONE);
	}
	store_close(store);
	return (outcome);
}

static void
a_network_address_leads_to_the_server_and_its_database(void **state)
{
	struct server server;
	struct store_options options;
	struct store_notice notice;
	struct failure why = {{0}};
	char url[SERVER_URL_MAX + 8];

	(void)state;
	start(&server, free_port(), "");
	(void)snprintf(url, sizeof url, "%s/5", server.url);
	options = server_options(url);
	assert_int_equal(try_to_open(&options, &notice, &why), DONE);
	assert_int_equal(
	    server_cli(&server, "-n 5 EXISTS 'kith:{1}:c' | grep -q 1"), 0);
	(void)snprintf(url, sizeof url, "redis://localhost:%d/99", server.port);
	assert_int_equal(try_to_open(&options, &notice, &why), FATAL);
	assert_string_equal(why.text, "redis: ERR DB index is out of range");
	assert_false(notice.denied);
	server_free(&server);
}

static void
who_is_not_let_in_is_told_so(void **state)
{
	static const struct row {
		const char *username;
		const char *password;
		bool enters;
	} rows[] = {
	    {NULL, "secret", true},
	    {"default", "secret", true},
	    {NULL, NULL, false},
	    {NULL, "", false},
	    {NULL, "wrong", false},
	    {"nobody", "secret", false},
	};
	struct server server;
	struct store_options options;

	(void)state;
	start(&server, 0, "REDIS_PASSWORD=secret");
	options = server_options(server.url);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct store_notice notice;
		struct failure why = {{0}};

		options.username = rows[i].username;
		options.password = rows[i].password;
		assert_int_equal(try_to_open(&options, &notice, &why),
		    rows[i].enters ? DONE : FATAL);
		assert_int_equal(notice.denied, !rows[i].enters);
	}
	server_free(&server);
}

static void
a_password_that_nobody_wants_is_refused(void **state)
{
	struct server server;
	struct store_options options;
	struct store_notice notice;
	struct failure why;

	(void)state;
	start(&server, 0, "");
	options = server_options(server.url);
	options.password = "secret";
	assert_int_equal(try_to_open(&options, &notice, &why), FATAL);
	assert_true(notice.denied);
	server_free(&server);
}

static void
a_user_with_our_commands_alone_is_enough(void **state)
{
	struct server server;
	struct store_options options;
	struct store_notice notice;
	struct failure why = {{0}};

	(void)state;
	start(&server, 0, "");
	assert_int_equal(
	    server_cli(&server,
		"ACL SETUSER kith on '>pass' resetkeys '~kith:{*' "
		"resetchannels -@all +client\\|setname +script\\|load +multi "
		"+exec +hincrby +hset +hmget +hgetall +get +set +mget +mset "
		"+del +zadd +zrem +zcard +zrange +zrangebyscore +eval "
		"+evalsha"),
	    0);
	options = server_options(server.url);
	options.username = "kith";
	options.password = "pass";
	if (try_to_open(&options, &notice, &why) != DONE)
		fail_msg("%s", why.text);
	assert_non_null(strstr(notice.warning.text, "CONFIG GET"));
	options.prefix = "other:";
	assert_int_equal(
	    store_open_redis(&options, &fixture.store, &notice, &why), DONE);
	{
		struct task_found found;

		assert_int_equal(store_claim(fixture.store, 1, SPAN("a"),
				     fixture.arena, &found, &why),
		    FATAL);
		assert_true(store_notice(fixture.store)->denied);
	}
	store_close(fixture.store);
	fixture.store = NULL;
	server_free(&server);
}

static void
a_server_that_would_drop_customers_is_refused(void **state)
{
	struct server server;
	struct store_options options;
	struct store_notice notice;
	struct failure why;

	(void)state;
	start(&server, 0, "");
	options = server_options(server.url);
	assert_int_equal(
	    server_cli(&server, "CONFIG SET maxmemory-policy allkeys-lru"), 0);
	assert_int_equal(try_to_open(&options, &notice, &why), FATAL);
	assert_non_null(strstr(why.text, "allkeys-lru"));
	assert_false(notice.denied);
	server_free(&server);
}

static void
a_server_that_keeps_nothing_is_warned_about(void **state)
{
	static const struct row {
		const char *setting;
		bool warned;
	} rows[] = {
	    {"CONFIG SET save ''", true},
	    {"CONFIG SET save '3600 1'", false},
	    {"CONFIG SET save '' appendonly yes", false},
	};
	struct server server;
	struct store_options options;
	struct store_notice notice;
	struct failure why;

	(void)state;
	start(&server, 0, "");
	options = server_options(server.url);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(server_cli(&server, rows[i].setting), 0);
		assert_int_equal(try_to_open(&options, &notice, &why), DONE);
		assert_int_equal(
		    strstr(notice.warning.text, "persistence is off") != NULL,
		    rows[i].warned);
	}
	server_free(&server);
}

static void
what_is_misconfigured_is_fatal_at_once(void **state)
{
	struct store_options options = server_options("http://host");
	struct store_notice notice;
	struct failure why;

	(void)state;
	assert_int_equal(try_to_open(&options, &notice, &why), FATAL);
	options = server_options("unix:///nowhere");
	options.prefix = "a{b}";
	assert_int_equal(try_to_open(&options, &notice, &why), FATAL);
	options.prefix = "";
	assert_int_equal(try_to_open(&options, &notice, &why), RETRY);
	options.url = "redis://no-such-host.invalid";
	assert_int_equal(try_to_open(&options, &notice, &why), RETRY);
}

#define SHORT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LONG  SHORT SHORT SHORT SHORT SHORT SHORT SHORT SHORT

/* Whatever a peer says, a call ends, in time and without taking memory. */
static void
a_peer_that_is_no_redis_is_left(void **state)
{
	enum { SMALL = 1 << 20, SHORT_MS = 200 };
	static const struct row {
		const char *text;
		long repeat;
		enum outcome outcome;
	} rows[] = {
	    {"HTTP/1.1 400 Bad Request\r\n\r\n", 1, RETRY},
	    {"", 1, RETRY},
	    {"+OK\r\n", 1, RETRY},
	    {"+OK\r\n", 100, RETRY},
	    {"$5\r\nhello\r\n", 9, RETRY},
	    {"*2000000000\r\n", 1, RETRY},
	    {"*-2\r\n", 1, RETRY},
	    {"*2147483648\r\n", 1, RETRY},
	    {"*1\r\n", 100, RETRY},
	    {"$2000000000\r\n", 1, RETRY},
	    {"$-5\r\n", 1, RETRY},
	    {"$9999999999999999999\r\n", 1, RETRY},
	    {":99999999999999999999\r\n", 1, RETRY},
	    {"$100000000\r\n" LONG, 1 << 16, FATAL},
	    {"*1000000\r\n", 7, RETRY},
	    {"-LOADING\r\n", 9, RETRY},
	    {"-DENIED Redis is running in protected mode\r\n", 1, FATAL},
	    {"-ERR max number of clients reached\r\n", 1, RETRY},
	    {"-ERR unknown command\r\n", 9, FATAL},
	};
	char dir[] = "/tmp/kith-peer.XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct proxy proxy = {.end = PROXY_SAY,
		    .text = rows[i].text,
		    .repeat = rows[i].repeat};
		struct store_options options;
		struct store_notice notice;
		struct store *store = NULL;
		struct failure why = {{0}};
		enum outcome outcome;

		assert_true(proxy_start(&proxy, dir));
		options = server_options(proxy.url);
		options.timeout = SHORT_MS;
		options.reply_max = SMALL;
		outcome = store_open_redis(&options, &store, &notice, &why);
		if (outcome != rows[i].outcome)
			fail_msg("%s: %d, %s", rows[i].text, outcome, why.text);
		assert_null(store);
		proxy_stop(&proxy);
		(void)unlink(proxy.path);
	}
	(void)rmdir(dir);
}

static int
make_arena(void **state)
{
	(void)state;
	fixture.arena = arena_new();
	return (0);
}

static int
free_arena(void **state)
{
	(void)state;
	arena_free(fixture.arena);
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_address_is_read_or_refused_whole),
	    cmocka_unit_test(an_error_of_redis_says_what_to_do),
	    cmocka_unit_test(
		a_network_address_leads_to_the_server_and_its_database),
	    cmocka_unit_test(who_is_not_let_in_is_told_so),
	    cmocka_unit_test(a_password_that_nobody_wants_is_refused),
	    cmocka_unit_test(a_user_with_our_commands_alone_is_enough),
	    cmocka_unit_test(a_server_that_would_drop_customers_is_refused),
	    cmocka_unit_test(a_server_that_keeps_nothing_is_warned_about),
	    cmocka_unit_test(what_is_misconfigured_is_fatal_at_once),
	    cmocka_unit_test(a_peer_that_is_no_redis_is_left),
	};

	return (cmocka_run_group_tests_name(
	    "redis login", tests, make_arena, free_arena));
}
