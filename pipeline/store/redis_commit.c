/*
 * One commit is one call of commit.lua, whose arguments are laid out here and
 * described there.
 */
#include "pipeline/store/redis_commit.h"

#include <math.h>
#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/store/scripts.h"
#include "pipeline/store/session.h"
#include "pipeline/store/state.h"

/* What commit.lua answers. */
enum verdict {
	REFUSED = 0,
	WRITTEN = 1,
	HAD_BEEN = 2,
};

/* Scores are whole numbers, exact in a double, on both sides of zero. */
static const double score_end = (double)(2 * SCORE_NEVER);

static bool
read_score(struct span text, wall_ms *ret)
{
	char *end;
	double score;
	int64_t whole;

	if (text.length == 0)
		return (false);
	score = strtod(text.at, &end);
	if (end != text.at + text.length || !(fabs(score) < score_end))
		return (false);
	/* A foreign fraction counts as the instant before it: early is sound. */
	whole = (int64_t)score;
	*ret = store_instant((double)whole > score ? whole - 1 : whole);
	return (true);
}

enum outcome
redis_read_position(
    struct reply *const *pair, struct position *ret, struct failure *why)
{
	wall_ms instant;

	if (pair[0]->type != REPLY_TEXT || pair[1]->type != REPLY_TEXT ||
	    !read_score(pair[1]->text, &instant))
		return (
		    fail_with(why, FATAL, "redis: due: not a score of ours"));
	*ret = (struct position){.instant = instant, .customer = pair[0]->text};
	return (DONE);
}

enum outcome
redis_read_first(
    const struct reply *range, struct position *ret, struct failure *why)
{
	struct position first = position_never();
	enum outcome outcome = DONE;

	if (reply_is_array(range, 2))
		outcome = redis_read_position(range->element, &first, why);
	else if (!reply_is_array(range, 0))
		outcome = session_misread("ZRANGE", why);
	if (outcome == DONE)
		*ret =
		    first.instant == INSTANT_NEVER ? position_never() : first;
	return (outcome);
}

static bool
is_removed(const struct customer_write *customer)
{
	return (customer->bytes.at == NULL);
}

static void
add_keys(struct command *command, const struct session *session,
    const struct commit_request *request)
{
	enum { OWN_KEYS = 3 };
	int task = request->owner->task;

	command_number(command, OWN_KEYS + (int64_t)request->n);
	command_add(command, session_key(session, task, "task"));
	command_add(command, session_key(session, task, "due"));
	command_add(command, session_key(session, task, "outbox"));
	for (int removed = 0; removed <= 1; removed++) {
		for (size_t i = 0; i < request->n; i++) {
			const struct customer_write *customer =
			    &request->customers[i];

			if (is_removed(customer) == (removed == 1))
				command_add(
				    command, session_customer_key(
						 session, task, customer->id));
		}
	}
}

static void
add_fields(struct command *command, const struct task_state *next)
{
	struct fields fields = state_encode(command->arena, next);

	command_number(command, (int64_t)(2 * fields.n));
	for (size_t i = 0; i < fields.n; i++) {
		command_add(command, fields.at[i].name);
		command_add(command, fields.at[i].value);
	}
}

static bool
is_rescored(const struct customer_write *customer)
{
	return (!is_removed(customer) && customer->until_changed);
}

static void
add_customers(struct command *command, const struct commit_request *request)
{
	const struct customer_write *end = request->customers + request->n;
	const struct customer_write *one;
	int64_t removed = 0;
	int64_t rescored = 0;

	for (one = request->customers; one != end; one++) {
		removed += is_removed(one);
		rescored += is_rescored(one);
	}
	command_number(command, (int64_t)request->n - removed);
	for (one = request->customers; one != end; one++) {
		if (!is_removed(one))
			command_add(command, one->bytes);
	}
	command_number(command, 2 * rescored);
	for (one = request->customers; one != end; one++) {
		if (!is_rescored(one))
			continue;
		command_number(command, store_score(one->until, one->id));
		command_add(command, one->id);
	}
	command_number(command, removed);
	for (one = request->customers; one != end; one++) {
		if (is_removed(one))
			command_add(command, one->id);
	}
}

/* By its name; with its text, where Redis has forgotten it. */
static void
add_commit(struct session *session, const struct commit_request *request,
    bool with_text)
{
	struct command command;

	command_init(&command, session->scratch);
	command_words(&command, with_text ? "EVAL" : "EVALSHA");
	command_add(&command,
	    span_of(with_text ? script_commit : session->login.script_sha));
	add_keys(&command, session, request);
	session_add_owner(&command, request->owner);
	command_number(&command, request->next->batch);
	command_add(&command, request->next->id);
	command_add(&command, request->outbox);
	add_fields(&command, request->next);
	add_customers(&command, request);
	connection_add(session->connection, &command);
}

static enum outcome
read_commit(const struct reply *reply, struct commit_request *request,
    struct failure *why)
{
	CHECK(reply != NULL); /* or it had been judged RETRY */
	if (!reply_is_array(reply, 2) ||
	    reply->element[0]->type != REPLY_NUMBER)
		return (session_misread("EVALSHA", why));
	switch (reply->element[0]->number) {
	case WRITTEN:
	case HAD_BEEN:
		return (
		    redis_read_first(reply->element[1], &request->first, why));
	case REFUSED:
		return (kind_fenced(request->owner, why));
	default:
		return (session_misread("EVALSHA", why));
	}
}

/* The commits of one call, some of which may have to be sent twice. */
struct commits {
	struct session *session;
	struct commit_request *requests;
	size_t n;
	bool *settled;
	struct arena *arena;
	enum outcome all;
	struct failure *why;
};

static void
settle(struct commits *commits, size_t i, enum outcome outcome,
    const struct failure *reason)
{
	commits->settled[i] = true;
	commits->requests[i].outcome = outcome;
	kind_join(&commits->all, commits->why, outcome, reason);
}

/* Send what is not settled; the number of those that need the script's text. */
static size_t
send_round(struct commits *commits, bool with_text)
{
	struct session *session = commits->session;
	struct replies replies;
	size_t left = 0;

	for (size_t i = 0; i < commits->n; i++) {
		if (!commits->settled[i])
			add_commit(session, &commits->requests[i], with_text);
	}
	session_exchange(session, commits->arena, &replies);
	for (size_t i = 0; i < commits->n; i++) {
		const struct reply *reply;
		struct failure reason;
		enum outcome outcome;

		if (commits->settled[i])
			continue;
		reply = replies_next(&replies);
		if (reply != NULL && reply_is_error(reply, "NOSCRIPT")) {
			left++;
			continue;
		}
		outcome = session_judge(session, reply, &reason);
		if (outcome == DONE)
			outcome =
			    read_commit(reply, &commits->requests[i], &reason);
		settle(commits, i, outcome, &reason);
	}
	return (left);
}

enum outcome
redis_commit(struct store *store, struct commit_request *requests, size_t n,
    struct arena *arena, struct failure *why)
{
	struct session *session = session_of(store);
	enum outcome outcome = session_begin(session, why);
	struct commits commits = {
	    .session = session,
	    .requests = requests,
	    .n = n,
	    .settled = ARENA_ARRAY(session->scratch, n, bool),
	    .arena = arena,
	    .all = DONE,
	    .why = why,
	};

	if (outcome != DONE) {
		for (size_t i = 0; i < n; i++)
			requests[i].outcome = outcome;
		return (outcome);
	}
	if (send_round(&commits, false) > 0 &&
	    connection_is_open(session->connection))
		(void)send_round(&commits, true);
	for (size_t i = 0; i < n; i++) {
		struct failure reason;

		if (!commits.settled[i])
			settle(&commits, i,
			    fail_with(&reason, RETRY,
				"redis: commit.lua is not there"),
			    &reason);
	}
	return (commits.all);
}
