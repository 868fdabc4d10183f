/*
 * The store in Redis: how each call becomes commands, and answers become
 * outcomes.  The keys are in README.md; commits have a file of their own.
 */
#include "pipeline/base/check.h"
#include "pipeline/store/redis_commit.h"
#include "pipeline/store/session.h"
#include "pipeline/store/state.h"

enum {
	DUE_MAX = 1 << 19, /* customers in one answer */
	FOUND_COMMANDS = 3,
	CLAIM_COMMANDS = 2,
};

static void
add_words(struct session *session, const char *words)
{
	struct command command;

	command_init(&command, session->scratch);
	command_words(&command, words);
	connection_add(session->connection, &command);
}

/* A command about one key of the task's own, and what follows the key. */
static void
add_about(struct session *session, const char *name, struct span key,
    const char *words)
{
	struct command command;

	command_init(&command, session->scratch);
	command_words(&command, name);
	command_add(&command, key);
	command_words(&command, words);
	connection_add(session->connection, &command);
}

/* What struct task_found is made of. */
static void
add_found(struct session *session, int task)
{
	add_about(session, "HGETALL", session_key(session, task, "task"), NULL);
	add_about(session, "GET", session_key(session, task, "outbox"), NULL);
	add_about(session, "ZRANGE", session_key(session, task, "due"),
	    "0 0 WITHSCORES");
}

static enum outcome
read_state(const struct reply *all, struct arena *arena, struct task_state *ret,
    struct failure *why)
{
	struct field *fields;
	size_t n = all->n / 2;

	if (all->type != REPLY_ARRAY || all->n % 2 != 0)
		return (session_misread("HGETALL", why));
	fields = ARENA_ARRAY(arena, n, struct field);
	for (size_t i = 0; i < n; i++)
		fields[i] = (struct field){
		    all->element[2 * i]->text, all->element[2 * i + 1]->text};
	return (state_decode((struct fields){fields, n}, arena, ret, why));
}

/* The three answers that add_found asked for. */
static enum outcome
read_found(struct reply *const *answers, struct arena *arena,
    struct task_found *ret, struct failure *why)
{
	struct task_found found = {.outbox = answers[1]->text};
	enum outcome outcome = read_state(answers[0], arena, &found.state, why);

	if (outcome == DONE)
		outcome = redis_read_first(answers[2], &found.first, why);
	if (outcome == DONE)
		*ret = found;
	return (outcome);
}

static enum outcome
redis_claim(struct store *store, int task, struct span token,
    struct arena *arena, struct task_found *ret, struct failure *why)
{
	struct session *session = session_of(store);
	enum outcome outcome = session_begin(session, why);
	struct span key;
	struct command set;
	struct replies replies;
	const struct reply *exec;

	if (outcome != DONE)
		return (outcome);
	key = session_key(session, task, "task");
	add_words(session, "MULTI");
	add_about(session, "HINCRBY", key, "epoch 1");
	command_init(&set, session->scratch);
	command_words(&set, "HSET");
	command_add(&set, key);
	command_words(&set, "token");
	command_add(&set, token);
	connection_add(session->connection, &set);
	add_found(session, task);
	add_words(session, "EXEC");
	session_exchange(session, arena, &replies);
	outcome = session_judge_multi(
	    session, &replies, CLAIM_COMMANDS + FOUND_COMMANDS, &exec, why);
	if (outcome != DONE)
		return (outcome);
	return (read_found(&exec->element[CLAIM_COMMANDS], arena, ret, why));
}

static enum outcome
redis_state(struct store *store, int task, struct arena *arena,
    struct task_found *ret, struct failure *why)
{
	struct session *session = session_of(store);
	enum outcome outcome = session_begin(session, why);
	struct replies replies;
	const struct reply *exec;

	if (outcome != DONE)
		return (outcome);
	add_words(session, "MULTI");
	add_found(session, task);
	add_words(session, "EXEC");
	session_exchange(session, arena, &replies);
	outcome =
	    session_judge_multi(session, &replies, FOUND_COMMANDS, &exec, why);
	if (outcome != DONE)
		return (outcome);
	return (read_found(exec->element, arena, ret, why));
}

static enum outcome
redis_raise_epoch(struct store *store, const struct owner *owner, int64_t epoch,
    struct failure *why)
{
	struct session *session = session_of(store);
	enum outcome outcome = session_begin(session, why);
	struct replies replies;
	const struct reply *reply;

	if (outcome != DONE)
		return (outcome);
	session_add_set(session, owner, "epoch", epoch);
	session_exchange(session, session->scratch, &replies);
	reply = replies_next(&replies);
	outcome = session_judge(session, reply, why);
	if (outcome != DONE)
		return (outcome);
	if (reply->type != REPLY_NUMBER)
		return (session_misread("EVAL", why));
	return (reply->number == 1 ? DONE : kind_fenced(owner, why));
}

static enum outcome
redis_read(struct store *store, int task, struct span id, struct arena *arena,
    struct span *ret, struct failure *why)
{
	struct session *session = session_of(store);
	enum outcome outcome = session_begin(session, why);
	struct replies replies;
	const struct reply *reply;

	if (outcome != DONE)
		return (outcome);
	add_about(
	    session, "GET", session_customer_key(session, task, id), NULL);
	session_exchange(session, arena, &replies);
	reply = replies_next(&replies);
	outcome = session_judge(session, reply, why);
	if (outcome == DONE)
		*ret = reply->text;
	return (outcome);
}

/* Every read of an owner begins so, and ends with EXEC. */
static void
add_owned(struct session *session, const struct owner *owner)
{
	add_words(session, "MULTI");
	add_about(session, "HMGET", session_key(session, owner->task, "task"),
	    "epoch token batch");
}

/* The answer to HMGET against who we believe to be. */
static enum outcome
judge_owner(struct session *session, const struct reply *held,
    const struct owner *owner, struct failure *why)
{
	enum { EPOCH, TOKEN, BATCH, FIELDS };

	if (!reply_is_array(held, FIELDS))
		return (session_misread("HMGET", why));
	if (!span_equals(held->element[EPOCH]->text,
		state_print(session->scratch, owner->epoch)) ||
	    !span_equals(held->element[TOKEN]->text, owner->token) ||
	    !span_equals(held->element[BATCH]->text,
		state_print_batch(session->scratch, owner->batch)))
		return (kind_fenced(owner, why));
	return (DONE);
}

static void
add_load(struct session *session, const struct load_request *request)
{
	int task = request->owner->task;
	struct command get;

	add_owned(session, request->owner);
	if (request->n > 0) {
		command_init(&get, session->scratch);
		command_words(&get, "MGET");
		for (size_t i = 0; i < request->n; i++)
			command_add(&get, session_customer_key(
					      session, task, request->ids[i]));
		connection_add(session->connection, &get);
	}
	add_words(session, "EXEC");
}

static enum outcome
read_load(struct session *session, struct load_request *request,
    struct replies *replies, struct failure *why)
{
	const struct reply *exec;
	enum outcome outcome = session_judge_multi(
	    session, replies, request->n > 0 ? 2 : 1, &exec, why);

	if (outcome == DONE)
		outcome =
		    judge_owner(session, exec->element[0], request->owner, why);
	if (outcome != DONE || request->n == 0)
		return (outcome);
	if (!reply_is_array(exec->element[1], request->n))
		return (session_misread("MGET", why));
	for (size_t i = 0; i < request->n; i++)
		request->values[i] = exec->element[1]->element[i]->text;
	return (DONE);
}

static enum outcome
redis_load(struct store *store, struct load_request *requests, size_t n,
    struct arena *arena, struct failure *why)
{
	struct session *session = session_of(store);
	enum outcome all = session_begin(session, why);
	struct replies replies;

	if (all != DONE) {
		for (size_t i = 0; i < n; i++)
			requests[i].outcome = all;
		return (all);
	}
	for (size_t i = 0; i < n; i++)
		add_load(session, &requests[i]);
	session_exchange(
	    session, arena == NULL ? session->scratch : arena, &replies);
	for (size_t i = 0; i < n; i++) {
		struct failure reason;

		requests[i].outcome =
		    read_load(session, &requests[i], &replies, &reason);
		kind_join(&all, why, requests[i].outcome, &reason);
	}
	return (all);
}

static void
add_due(struct session *session, const struct due_request *request)
{
	struct command range;
	wall_ms up_to =
	    request->up_to < SCORE_NEVER ? request->up_to : SCORE_NEVER - 1;

	CHECK(request->limit <= DUE_MAX);
	add_owned(session, request->owner);
	command_init(&range, session->scratch);
	command_words(&range, "ZRANGEBYSCORE");
	command_add(&range, session_key(session, request->owner->task, "due"));
	command_words(&range, "-inf");
	command_number(&range, up_to);
	command_words(&range, "WITHSCORES LIMIT 0");
	command_number(&range, (int64_t)request->limit);
	connection_add(session->connection, &range);
	add_words(session, "EXEC");
}

static enum outcome
read_due(struct session *session, struct due_request *request,
    struct replies *replies, struct arena *arena, struct failure *why)
{
	const struct reply *exec;
	const struct reply *range;
	struct position *due;
	enum outcome outcome =
	    session_judge_multi(session, replies, 2, &exec, why);

	if (outcome == DONE)
		outcome =
		    judge_owner(session, exec->element[0], request->owner, why);
	if (outcome != DONE)
		return (outcome);
	range = exec->element[1];
	if (range->type != REPLY_ARRAY || range->n % 2 != 0)
		return (session_misread("ZRANGEBYSCORE", why));
	due = ARENA_ARRAY(arena, range->n / 2, struct position);
	for (size_t i = 0; i < range->n / 2 && outcome == DONE; i++)
		outcome =
		    redis_read_position(&range->element[2 * i], &due[i], why);
	if (outcome == DONE) {
		request->due = due;
		request->n_due = range->n / 2;
	}
	return (outcome);
}

static enum outcome
redis_due(struct store *store, struct due_request *requests, size_t n,
    struct arena *arena, struct failure *why)
{
	struct session *session = session_of(store);
	enum outcome all = session_begin(session, why);
	struct replies replies;

	if (all != DONE) {
		for (size_t i = 0; i < n; i++)
			requests[i].outcome = all;
		return (all);
	}
	for (size_t i = 0; i < n; i++)
		add_due(session, &requests[i]);
	session_exchange(session, arena, &replies);
	for (size_t i = 0; i < n; i++) {
		struct failure reason;

		requests[i].outcome =
		    read_due(session, &requests[i], &replies, arena, &reason);
		kind_join(&all, why, requests[i].outcome, &reason);
	}
	return (all);
}

static void
redis_published(struct store *store, const struct owner *owner)
{
	session_publication(session_of(store), owner);
}

static duration_ms
redis_wait(const struct store *store)
{
	return (connection_wait(((const struct session *)store)->connection));
}

static void
redis_close(struct store *store)
{
	session_free(session_of(store));
}

static const struct store_kind redis_kind = {
    .claim = redis_claim,
    .raise_epoch = redis_raise_epoch,
    .load = redis_load,
    .due = redis_due,
    .commit = redis_commit,
    .published = redis_published,
    .read = redis_read,
    .state = redis_state,
    .wait = redis_wait,
    .close = redis_close,
};

enum outcome
store_open_redis(const struct store_options *options, struct store **ret,
    struct store_notice *notice, struct failure *why)
{
	struct session *session;
	enum outcome outcome;

	*notice = (struct store_notice){.denied = false};
	outcome = session_new(options, &redis_kind, &session, why);
	if (outcome != DONE)
		return (outcome);
	outcome = session_begin(session, why);
	*notice = session->store.notice;
	if (outcome == DONE)
		*ret = &session->store;
	else
		session_free(session);
	return (outcome);
}
