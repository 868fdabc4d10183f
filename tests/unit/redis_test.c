/*
 * What the store makes of a real Redis that is away, full, read-only, locked,
 * killed or cut off in the middle of an answer.
 */
#include "redis_proxy.h"
#include "store_fixture.h"

enum { SHORT_MS = 300, SOON_MS = 3000 };

static char upstream[SERVER_URL_MAX];

static int
open_on_disk(void **state)
{
	struct store_options options;
	struct store_notice notice;
	struct failure why = {{0}};

	*state = &fixture;
	fixture = (struct fixture){.arena = arena_new()};
	if (!server_new(&fixture.server, 0, "REDIS_APPENDONLY=always"))
		return (fixture.server.missing ? 0 : -1);
	(void)snprintf(
	    upstream, sizeof upstream, "%s/redis.sock", fixture.server.dir);
	options = server_options(fixture.server.url);
	options.timeout = SOON_MS;
	if (store_open_redis(&options, &fixture.store, &notice, &why) == DONE)
		return (0);
	print_error("open: %s\n", why.text);
	return (-1);
}

static void
cli(const char *words)
{
	assert_int_equal(server_cli(&fixture.server, words), 0);
}

/* Commit once; the outcome, and why. */
static enum outcome
try_commit(struct store *store, struct owner *owner, struct failure *why)
{
	struct task_state next = following(owner);
	struct customer_write customer = {SPAN("c"),
	    arena_print(fixture.arena, "%lld", (long long)next.batch), 7, true};
	struct commit_request request = {.owner = owner,
	    .next = &next,
	    .customers = &customer,
	    .n = 1,
	    .outbox = SPAN("out"),
	    .outcome = REJECT};
	enum outcome outcome =
	    store_commit(store, &request, 1, fixture.arena, why);

	assert_int_equal(outcome, request.outcome);
	if (outcome == DONE)
		owner->batch = next.batch;
	return (outcome);
}

/* The same call until it is not RETRY; how often it was. */
static int
commit_stubbornly(struct store *store, struct owner *owner)
{
	int retries = 0;
	struct failure why;
	enum outcome outcome;

	while ((outcome = try_commit(store, owner, &why)) == RETRY) {
		(void)poll(NULL, 0, (int)store_wait(store));
		retries++;
	}
	if (outcome != DONE)
		fail_msg("commit: %s", why.text);
	return (retries);
}

static void
assert_committed(struct store *store, int64_t batch)
{
	struct task_found found = find(store);

	assert_int_equal(found.state.batch, batch);
	assert_true(span_equals(found.outbox, SPAN("out")));
	assert_int_equal(found.first.instant, 7);
	assert_customer(store, SPAN("c"),
	    arena_print(fixture.arena, "%lld", (long long)batch));
}

/* Open until it is not RETRY; how often it was. */
static int
open_stubbornly(const struct store_options *options, struct store **ret)
{
	int retries = 0;
	struct store_notice notice;
	struct failure why;
	enum outcome outcome;

	while (
	    (outcome = store_open_redis(options, ret, &notice, &why)) == RETRY)
		retries++;
	if (outcome != DONE)
		fail_msg("open: %s", why.text);
	return (retries);
}

/* A store behind a proxy, which lets that many bytes of answers pass. */
static int
open_behind(struct proxy *proxy, enum proxy_end end, long budget,
    duration_ms timeout, struct store **ret)
{
	struct store_options options;

	*proxy =
	    (struct proxy){.upstream = upstream, .end = end, .budget = budget};
	assert_true(proxy_start(proxy, fixture.server.dir));
	options = server_options(proxy->url);
	options.timeout = timeout;
	return (open_stubbornly(&options, ret));
}

static void
close_behind(struct proxy *proxy, struct store *store)
{
	store_close(store);
	proxy_stop(proxy);
}

/* The bytes that Redis answers to a login. */
static long
login_bytes(void)
{
	long few = 0;
	long enough = 4096;

	while (few + 1 < enough) {
		long middle = (few + enough) / 2;
		struct proxy proxy;
		struct store *store;

		if (open_behind(&proxy, PROXY_CUT, middle, SOON_MS, &store) ==
		    0)
			enough = middle;
		else
			few = middle;
		close_behind(&proxy, store);
	}
	return (enough);
}

static void
a_forgotten_script_is_sent_again(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");

	assert_int_equal(commit_stubbornly(store, &owner), 0);
	cli("SCRIPT FLUSH");
	assert_int_equal(commit_stubbornly(store, &owner), 0);
	assert_int_equal(commit_stubbornly(store, &owner), 0);
	assert_committed(store, 2);
}

/* What a worker does in a batch, each call until it is not RETRY. */
static int
live_through_a_batch(struct store *store)
{
	struct span id = SPAN("c");
	struct span value;
	struct task_found found;
	struct failure why;
	struct owner owner = {.task = fixture.last_task, .token = SPAN("a")};
	struct load_request request = {
	    .owner = &owner, .ids = &id, .n = 1, .values = &value};
	int retries = 0;

	while (store_claim(store, owner.task, owner.token, fixture.arena,
		   &found, &why) == RETRY)
		retries++;
	owner.epoch = found.state.epoch;
	owner.batch = found.state.batch;
	retries += commit_stubbornly(store, &owner);
	while (store_load(store, &request, 1, fixture.arena, &why) == RETRY)
		retries++;
	assert_int_equal(request.outcome, DONE);
	assert_true(span_equals(value, SPAN("0")));
	store_published(store, &owner);
	while (store_check(store, &owner, &why) == RETRY)
		retries++;
	return (retries);
}

static void
an_answer_cut_at_any_byte_is_found_out(void **state)
{
	struct store *direct = ready(state);
	int retries = 1;

	for (long budget = 0; retries > 0; budget++) {
		struct proxy proxy;
		struct store *store;

		arena_reset(fixture.arena);
		fixture.last_task++;
		retries =
		    open_behind(&proxy, PROXY_CUT, budget, SOON_MS, &store);
		retries += live_through_a_batch(store);
		assert_committed(direct, 0);
		assert_int_equal(find(direct).state.published, 0);
		close_behind(&proxy, store);
		assert_true(budget < 10000);
	}
}

static void
restart_server(const char *environment)
{
	server_stop(&fixture.server, "--kill");
	assert_true(server_start(&fixture.server, environment));
}

static void
a_server_killed_before_its_answer_has_committed_once(void **state)
{
	struct store *direct = ready(state);
	struct owner owner = claim(direct, "a");
	struct proxy proxy;
	struct store *store;
	struct failure why;

	assert_int_equal(
	    open_behind(&proxy, PROXY_STALL, login_bytes(), SHORT_MS, &store),
	    0);
	assert_int_equal(try_commit(store, &owner, &why), RETRY);
	assert_committed(direct, 0);
	restart_server("REDIS_APPENDONLY=always");
	(void)commit_stubbornly(store, &owner);
	close_behind(&proxy, store);
	assert_int_equal(store_check(direct, &owner, &why), RETRY);
	assert_int_equal(store_check(direct, &owner, &why), DONE);
	assert_committed(direct, 0);
}

static void
a_server_that_never_read_the_commit_gets_it_again(void **state)
{
	struct store *direct = ready(state);
	struct owner owner = claim(direct, "a");
	struct store_options options = server_options(fixture.server.url);
	struct store *store;
	struct failure why;

	options.timeout = SHORT_MS;
	assert_int_equal(open_stubbornly(&options, &store), 0);
	server_signal(&fixture.server, SIGSTOP);
	assert_int_equal(try_commit(store, &owner, &why), RETRY);
	assert_string_equal(why.text, "redis: time-out");
	restart_server("REDIS_APPENDONLY=always");
	(void)commit_stubbornly(store, &owner);
	store_close(store);
	assert_int_equal(store_check(direct, &owner, &why), RETRY);
	assert_committed(direct, 0);
}

static void
a_server_that_is_away_is_asked_less_and_less(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct store_options options = server_options(fixture.server.url);
	struct store_notice notice;
	struct store *other = NULL;
	struct failure why;
	duration_ms longest = 0;

	server_stop(&fixture.server, "");
	assert_int_equal(
	    store_open_redis(&options, &other, &notice, &why), RETRY);
	assert_null(other);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(try_commit(store, &owner, &why), RETRY);
		/* the first finds the connection gone, and may connect */
		assert_true(i == 0 || store_wait(store) > 0);
		longest =
		    store_wait(store) > longest ? store_wait(store) : longest;
		(void)poll(NULL, 0, (int)store_wait(store) + 1);
	}
	assert_in_range(longest, 60, 2000);
	assert_true(server_start(&fixture.server, "REDIS_APPENDONLY=always"));
	(void)commit_stubbornly(store, &owner);
	assert_int_equal(store_wait(store), 0);
	assert_committed(store, 0);
}

/* A server that cannot now: nothing changes, and later it can. */
static const struct trouble {
	const char *name;
	const char *begin;
	const char *end;
} troubles[] = {
    {"OOM", "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"},
    {"READONLY", "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"},
    {"NOREPLICAS", "CONFIG SET min-replicas-to-write 1",
	"CONFIG SET min-replicas-to-write 0"},
    {"BUSY", "CONFIG SET busy-reply-threshold 1", "SCRIPT KILL"},
};

static void
make_busy(void)
{
	char command[256];

	(void)snprintf(command, sizeof command,
	    "redis-cli -s %s EVAL 'while true do end' 0 >/dev/null 2>&1 &",
	    upstream);
	assert_int_equal(server_run(command), 0);
	while (server_cli(&fixture.server, "PING 2>/dev/null") == 0)
		continue;
}

static void
a_server_that_cannot_now_is_asked_again(void **state)
{
	struct store *store = ready(state);

	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
		const struct trouble *trouble = &troubles[i];
		struct owner owner;
		struct failure why;

		fixture.last_task++;
		owner = claim(store, "a");
		cli(trouble->begin);
		if (strcmp(trouble->name, "BUSY") == 0)
			make_busy();
		if (try_commit(store, &owner, &why) != RETRY)
			fail_msg("%s: %s", trouble->name, why.text);
		assert_non_null(strstr(why.text, trouble->name));
		cli(trouble->end);
		while (store_check(store, &owner, &why) == RETRY)
			continue; /* a script dies when it next looks */
		assert_false(find(store).state.exists);
		assert_true(commit_stubbornly(store, &owner) <= 1);
		assert_committed(store, 0);
	}
}

static void
published_is_not_lost_with_the_connection(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct failure why;

	assert_int_equal(commit_stubbornly(store, &owner), 0);
	store_published(store, &owner);
	cli("CONFIG SET maxmemory 1");
	assert_int_equal(store_check(store, &owner, &why), RETRY);
	cli("CONFIG SET maxmemory 0");
	assert_int_equal(store_check(store, &owner, &why), DONE);
	assert_int_equal(find(store).state.published, 0);

	assert_int_equal(commit_stubbornly(store, &owner), 0);
	store_published(store, &owner);
	restart_server("REDIS_APPENDONLY=always");
	assert_int_equal(store_check(store, &owner, &why), RETRY);
	assert_int_equal(store_check(store, &owner, &why), DONE);
	assert_int_equal(find(store).state.published, 1);
}

static void
a_key_of_another_type_stops_before_anything_is_written(void **state)
{
	const char *keys[] = {"due", "task"};
	struct store *store = ready(state);

	for (size_t i = 0; i < 2; i++) {
		struct owner owner;
		struct failure why;

		fixture.last_task++;
		owner = claim(store, "a");
		cli((const char *)arena_print(
		    fixture.arena, "SET 'kith:{%d}%s' x", owner.task, keys[i])
			.at);
		assert_int_equal(try_commit(store, &owner, &why), FATAL);
		assert_string_equal(why.text,
		    "redis: a key of ours holds another type (WRONGTYPE)");
		assert_false(store_notice(store)->denied);
		assert_customer(store, SPAN("c"), nothing);
	}
}

static void
a_task_that_nobody_of_us_wrote_is_refused(void **state)
{
	const char *fields[] = {"batch 1x", "epoch ''", "bound :c",
	    "frontier 9223372036854775808", "topic:t 5", "topic:t '5 '",
	    "partitions -1", "published -"};
	struct store *store = ready(state);

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		struct task_found found;
		struct failure why;

		fixture.last_task++;
		cli(arena_print(fixture.arena, "HSET 'kith:{%d}task' %s",
		    fixture.last_task, fields[i])
			.at);
		assert_int_equal(store_state(store, fixture.last_task,
				     fixture.arena, &found, &why),
		    FATAL);
		assert_non_null(strstr(why.text, "not a value of ours"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_forgotten_script_is_sent_again),
	    cmocka_unit_test(an_answer_cut_at_any_byte_is_found_out),
	    cmocka_unit_test(
		a_server_killed_before_its_answer_has_committed_once),
	    cmocka_unit_test(a_server_that_never_read_the_commit_gets_it_again),
	    cmocka_unit_test(a_server_that_is_away_is_asked_less_and_less),
	    cmocka_unit_test(a_server_that_cannot_now_is_asked_again),
	    cmocka_unit_test(published_is_not_lost_with_the_connection),
	    cmocka_unit_test(
		a_key_of_another_type_stops_before_anything_is_written),
	    cmocka_unit_test(a_task_that_nobody_of_us_wrote_is_refused),
	};

	return (cmocka_run_group_tests_name(
	    "redis", tests, open_on_disk, close_all));
}
