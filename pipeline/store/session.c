/*
 * What the calls of the Redis store share.
 */
#include "pipeline/store/session.h"

#include <stdlib.h>

#include "pipeline/base/buffer.h"
#include "pipeline/base/check.h"
#include "pipeline/store/scripts.h"
#include "pipeline/store/state.h"

#define REPLY_MAX ((size_t)512 * 1024 * 1024)

enum { FIRST_ROOM = 16 };

struct session *
session_of(struct store *store)
{
	return ((struct session *)store);
}

static char *
copy_text(const char *text)
{
	char *copy;

	if (text == NULL)
		return (NULL);
	copy = strdup(text);
	CHECK(copy != NULL);
	return (copy);
}

enum outcome
session_new(const struct store_options *options, const struct store_kind *kind,
    struct session **ret, struct failure *why)
{
	struct session *session;
	struct url url;

	if (url_parse(options->url, &url, why) != DONE)
		return (FATAL);
	/* The braces of a key say which part decides over its slot. */
	if (strpbrk(options->prefix, "{}") != NULL)
		return (fail_with(why, FATAL, "prefix: has a brace"));
	session = calloc(1, sizeof *session);
	CHECK(session != NULL);
	*session = (struct session){
	    .store.kind = kind,
	    .connection = connection_new(&url, options->seed,
		options->reply_max == 0 ? REPLY_MAX : options->reply_max),
	    .username = copy_text(options->username),
	    .password = copy_text(options->password),
	    .name = copy_text(options->name),
	    .prefix = copy_text(options->prefix),
	    .timeout = options->timeout,
	    .scratch = arena_new(),
	};
	session->login = (struct login){
	    .username = session->username,
	    .password = session->password,
	    .name = session->name,
	    .db = url.db,
	};
	*ret = session;
	return (DONE);
}

void
session_free(struct session *session)
{
	connection_free(session->connection);
	if (session->password != NULL)
		explicit_bzero(session->password, strlen(session->password));
	free(session->username);
	free(session->password);
	free(session->name);
	free(session->prefix);
	free(session->publications);
	arena_free(session->scratch);
	free(session);
}

static enum outcome
connect_anew(struct session *session, struct failure *why)
{
	enum outcome outcome =
	    connection_open(session->connection, session->deadline, why);

	if (outcome != DONE)
		return (outcome);
	outcome = login_enter(session->connection, &session->login,
	    session->deadline, session->scratch, &session->store.notice, why);
	if (outcome == DONE)
		connection_settled(session->connection);
	else
		connection_close(session->connection);
	return (outcome);
}

static void
add_publications(struct session *session)
{
	for (size_t i = 0; i < session->n_publications; i++) {
		struct publication *one = &session->publications[i];

		one->owner.token.at = one->token;
		session_add_set(
		    session, &one->owner, "published", one->owner.batch);
	}
	session->n_queued = session->n_publications;
}

enum outcome
session_begin(struct session *session, struct failure *why)
{
	enum outcome outcome;

	arena_reset(session->scratch);
	session->deadline = connection_now() + session->timeout;
	if (!connection_is_open(session->connection)) {
		outcome = connect_anew(session, why);
		if (outcome != DONE)
			return (outcome);
	}
	add_publications(session);
	return (DONE);
}

/*
 * What Redis has heard, or will never accept, is forgotten; what it cannot
 * take now is sent again with the next call.
 */
static void
settle_publications(struct session *session, struct replies *replies)
{
	size_t kept = 0;

	if (session->n_queued == 0)
		return;
	for (size_t i = 0; i < session->n_queued; i++) {
		struct failure ignored;

		if (session_judge(session, replies_next(replies), &ignored) ==
		    RETRY)
			session->publications[kept++] =
			    session->publications[i];
	}
	session->n_publications = kept;
	session->n_queued = 0;
}

void
session_exchange(
    struct session *session, struct arena *arena, struct replies *ret)
{
	session->ended = connection_exchange(session->connection,
	    session->deadline, arena, ret, &session->ended_why);
	settle_publications(session, ret);
}

enum outcome
session_judge(
    struct session *session, const struct reply *reply, struct failure *why)
{
	if (reply == NULL) {
		if (why != NULL)
			*why = session->ended_why;
		return (session->ended == DONE ? RETRY : session->ended);
	}
	if (reply->type != REPLY_ERROR)
		return (DONE);
	/* A replica stays one: the address may lead elsewhere next time. */
	if (reply_is_error(reply, "READONLY"))
		connection_close(session->connection);
	return (reply_error(reply, &session->store.notice.denied, why));
}

enum outcome
session_misread(const char *command, struct failure *why)
{
	return (fail_with(why, FATAL, "redis: %s: unexpected answer", command));
}

enum outcome
session_judge_multi(struct session *session, struct replies *replies, size_t n,
    const struct reply **ret, struct failure *why)
{
	enum outcome outcome = DONE;
	const struct reply *exec = NULL;

	/* MULTI, the commands, EXEC: the first error says most. */
	for (size_t i = 0; i < n + 2; i++) {
		exec = replies_next(replies);
		if (outcome == DONE)
			outcome = session_judge(session, exec, why);
	}
	if (outcome != DONE)
		return (outcome);
	CHECK(exec != NULL); /* or it had been judged RETRY */
	if (!reply_is_array(exec, n))
		return (session_misread("EXEC", why));
	for (size_t i = 0; i < n && outcome == DONE; i++)
		outcome = session_judge(session, exec->element[i], why);
	if (outcome == DONE)
		*ret = exec;
	return (outcome);
}

struct span
session_key(const struct session *session, int task, const char *name)
{
	return (arena_print(
	    session->scratch, "%s{%d}%s", session->prefix, task, name));
}

struct span
session_customer_key(const struct session *session, int task, struct span id)
{
	struct buffer key;

	buffer_init(&key, session->scratch);
	buffer_print(&key, "%s{%d}:", session->prefix, task);
	buffer_span_add(&key, id);
	return (buffer_span(&key));
}

void
session_add_owner(struct command *command, const struct owner *owner)
{
	command_number(command, owner->epoch);
	command_add(command, owner->token);
	command_add(command, state_print_batch(command->arena, owner->batch));
}

void
session_add_set(struct session *session, const struct owner *owner,
    const char *field, int64_t value)
{
	struct command command;

	command_init(&command, session->scratch);
	command_words(&command, "EVAL");
	command_add(&command, span_of(script_set));
	command_number(&command, 1);
	command_add(&command, session_key(session, owner->task, "task"));
	session_add_owner(&command, owner);
	command_add(&command, span_of(field));
	command_number(&command, value);
	connection_add(session->connection, &command);
}

static struct publication *
place_for(struct session *session, int task)
{
	for (size_t i = 0; i < session->n_publications; i++) {
		if (session->publications[i].owner.task == task)
			return (&session->publications[i]);
	}
	if (session->n_publications == session->publications_room) {
		size_t room = session->publications_room == 0
				  ? FIRST_ROOM
				  : session->publications_room * 2;

		session->publications = realloc(session->publications,
		    room * sizeof *session->publications);
		CHECK(session->publications != NULL);
		session->publications_room = room;
	}
	return (&session->publications[session->n_publications++]);
}

void
session_publication(struct session *session, const struct owner *owner)
{
	struct publication *one = place_for(session, owner->task);

	one->owner = *owner;
	if (owner->token.length > 0)
		(void)memcpy(one->token, owner->token.at, owner->token.length);
}
