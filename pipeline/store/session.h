#ifndef PIPELINE_STORE_SESSION_H
#define PIPELINE_STORE_SESSION_H

#include "pipeline/store/connection.h"
#include "pipeline/store/kind.h"
#include "pipeline/store/login.h"

/* That a batch was published, until Redis has heard it. */
struct publication {
	struct owner owner; /* its token is `token` */
	char token[STORE_TOKEN_MAX];
};

/*
 * What the calls of the Redis store share: a connection that is made again
 * when it is gone, the call under way, and publications, which ride along.
 */
struct session {
	struct store store;
	struct connection *connection;
	struct login login; /* its texts are the three that follow */
	char *username;
	char *password;
	char *name;
	char *prefix;
	duration_ms timeout;

	struct publication *publications;
	size_t n_publications;
	size_t n_queued; /* of them, with the exchange to come */
	size_t publications_room;

	/* Of the call under way. */
	struct arena *scratch;
	mono_ms deadline;
	enum outcome ended; /* how its exchange ended, and why */
	struct failure ended_why;
};

struct session *session_of(struct store *store);

/*
 * Not connected; the options' texts are copied.
 *
 * DONE    *ret is the session
 * FATAL   bad URL, prefix or name
 */
enum outcome session_new(const struct store_options *options,
    const struct store_kind *kind, struct session **ret,
    struct failure *why) MUST_CHECK;
void session_free(struct session *session);

/*
 * A call begins: connected and logged in, with publications queued first.
 *
 * DONE, RETRY, FATAL
 */
enum outcome session_begin(
    struct session *session, struct failure *why) MUST_CHECK;
/*
 * Exchange what the call has added since.  *ret has the answers to that, as
 * many as arrived; session_judge says what became of the others.  May be used
 * again in the same call, if the connection is open.
 */
void session_exchange(
    struct session *session, struct arena *arena, struct replies *ret);

/*
 * One answer; NULL is one that did not arrive.
 *
 * DONE    no error
 * RETRY, FATAL
 */
enum outcome session_judge(struct session *session, const struct reply *reply,
    struct failure *why) MUST_CHECK;
/* FATAL: an answer of a shape that Redis does not give to this command. */
enum outcome session_misread(
    const char *command, struct failure *why) MUST_CHECK;

/*
 * The answers to MULTI, n commands and EXEC, all of them consumed.
 *
 * DONE    *ret has n elements, none of them an error
 * RETRY, FATAL
 */
enum outcome session_judge_multi(struct session *session,
    struct replies *replies, size_t n, const struct reply **ret,
    struct failure *why) MUST_CHECK;

/* `<prefix>{<task>}<name>`, a key of the task's own. */
struct span session_key(
    const struct session *session, int task, const char *name);
/* `<prefix>{<task>}:<id>`, a customer's. */
struct span session_customer_key(
    const struct session *session, int task, struct span id);
/* The owner's epoch, token and batch as arguments of a script. */
void session_add_owner(struct command *command, const struct owner *owner);
/* set.lua: a field of :task, fenced. */
void session_add_set(struct session *session, const struct owner *owner,
    const char *field, int64_t value);

/* store_published */
void session_publication(struct session *session, const struct owner *owner);

#endif
