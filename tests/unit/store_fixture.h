#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

/*
 * A store under test and the calls that most tests of it begin with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "redis_server.h"

struct fixture {
	struct server server;
	struct store *store; /* NULL: the server is missing */
	struct arena *arena;
	int last_task; /* each behaviour has a task of its own */
};

/* One at a time: cmocka runs a file's tests one after the other. */
static struct fixture fixture;

static inline int
open_memory(void **state)
{
	*state = &fixture;
	fixture = (struct fixture){
	    .store = store_open_memory(), .arena = arena_new()};
	return (0);
}

static inline int
open_redis(void **state)
{
	struct store_options options;
	struct store_notice notice;
	struct failure why = {{0}};

	*state = &fixture;
	fixture = (struct fixture){.arena = arena_new()};
	if (!server_new(&fixture.server, 0, ""))
		return (fixture.server.missing ? 0 : -1);
	options = server_options(fixture.server.url);
	if (store_open_redis(&options, &fixture.store, &notice, &why) == DONE)
		return (0);
	print_error("open: %s\n", why.text);
	return (-1);
}

static inline int
close_all(void **state)
{
	(void)state;
	store_close(fixture.store);
	server_free(&fixture.server);
	arena_free(fixture.arena);
	return (0);
}

static inline struct store *
ready(void **state)
{
	struct fixture *f = *state;

	if (f->store == NULL)
		skip();
	arena_reset(f->arena);
	f->last_task++;
	return (f->store);
}

/* A task claimed, and who claimed it. */
static inline struct owner
claim(struct store *store, const char *token)
{
	struct task_found found;
	struct failure why = {{0}};

	if (store_claim(store, fixture.last_task, span_of(token), fixture.arena,
		&found, &why) != DONE)
		fail_msg("claim: %s", why.text);
	return ((struct owner){
	    .task = fixture.last_task,
	    .epoch = found.state.epoch,
	    .token = span_of(token),
	    .batch = found.state.batch,
	});
}

static inline struct task_found
find(struct store *store)
{
	struct task_found found;
	struct failure why = {{0}};

	if (store_state(
		store, fixture.last_task, fixture.arena, &found, &why) != DONE)
		fail_msg("state: %s", why.text);
	return (found);
}

/* The state after the owner's next batch; its id is the batch's number. */
static inline struct task_state
following(const struct owner *owner)
{
	return ((struct task_state){
	    .batch = owner->batch + 1,
	    .id = arena_print(fixture.arena, "%.*s:%lld",
		SPAN_ARGS(owner->token), (long long)owner->batch + 1),
	    .bound = {.instant = 5, .end = true},
	});
}

static inline enum outcome
commit_customers(struct store *store, struct owner *owner,
    const struct customer_write *customers, size_t n, struct span outbox,
    struct position *first)
{
	struct task_state next = following(owner);
	struct commit_request request = {
	    .owner = owner,
	    .next = &next,
	    .customers = customers,
	    .n = n,
	    .outbox = outbox,
	    .outcome = REJECT,
	};
	struct failure why = {{0}};
	enum outcome outcome =
	    store_commit(store, &request, 1, fixture.arena, &why);

	assert_int_equal(outcome, request.outcome);
	assert_true((outcome == DONE) == (why.text[0] == '\0'));
	if (outcome == DONE)
		owner->batch = next.batch;
	if (outcome == DONE && first != NULL)
		*first = request.first;
	return (outcome);
}

static inline void
put(struct store *store, struct owner *owner, const char *id, const char *bytes,
    wall_ms until)
{
	struct customer_write customer = {
	    span_of(id), span_of(bytes), until, true};

	assert_int_equal(
	    commit_customers(store, owner, &customer, 1, SPAN(""), NULL), DONE);
}

static inline void
assert_customer(struct store *store, struct span id, struct span bytes)
{
	struct span got = SPAN("untouched");
	struct failure why = {{0}};

	if (store_read(store, fixture.last_task, id, fixture.arena, &got,
		&why) != DONE)
		fail_msg("read: %s", why.text);
	assert_int_equal(got.length, bytes.length);
	assert_int_equal(got.at == NULL, bytes.at == NULL);
	assert_true(span_equals(got, bytes));
}

static const struct span nothing = {NULL, 0};

static inline enum outcome
load(struct store *store, const struct owner *owner, const struct span *ids,
    size_t n, struct span *values)
{
	struct load_request request = {
	    .owner = owner, .ids = ids, .n = n, .values = values};
	struct failure why = {{0}};
	enum outcome outcome =
	    store_load(store, &request, 1, fixture.arena, &why);

	assert_int_equal(outcome, request.outcome);
	return (outcome);
}

static inline struct due_request
due(struct store *store, const struct owner *owner, wall_ms up_to, size_t limit)
{
	struct due_request request = {
	    .owner = owner, .up_to = up_to, .limit = limit};
	struct failure why = {{0}};

	if (store_due(store, &request, 1, fixture.arena, &why) != DONE)
		fail_msg("due: %s", why.text);
	return (request);
}

/* Run the same behaviours against both kinds of store. */
#define run_against_both(name, behaviours)                            \
	(cmocka_run_group_tests_name(                                 \
	     name " in memory", behaviours, open_memory, close_all) + \
	    cmocka_run_group_tests_name(                              \
		name " in redis", behaviours, open_redis, close_all))

#endif
