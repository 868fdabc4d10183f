/*
 * The first exchange of a connection.  It is made again after each loss of the
 * connection: another server may answer then, or the same one with another
 * configuration.
 */
#include "pipeline/store/login.h"

#include "pipeline/store/scripts.h"

/* The answers, in the order of the commands that were sent. */
struct answers {
	const struct reply *auth;   /* NULL: not sent, or not arrived */
	const struct reply *select; /* likewise */
	const struct reply *policy;
	const struct reply *save;
	const struct reply *append_only;
	const struct reply *script;
};

static void
send_words(struct connection *connection, struct arena *scratch,
    const char *words, struct span last)
{
	struct command command;

	command_init(&command, scratch);
	command_words(&command, words);
	command_add(&command, last);
	connection_add(connection, &command);
}

static void
send_auth(struct connection *connection, struct arena *scratch,
    const struct login *login)
{
	struct command command;

	command_init(&command, scratch);
	command_words(&command, "AUTH");
	if (login->username != NULL)
		command_add(&command, span_of(login->username));
	command_add(&command,
	    login->password == NULL ? SPAN("") : span_of(login->password));
	connection_add(connection, &command);
}

static bool
has_account(const struct login *login)
{
	return (login->username != NULL || login->password != NULL);
}

static void
send_all(struct connection *connection, struct arena *scratch,
    const struct login *login)
{
	if (has_account(login))
		send_auth(connection, scratch, login);
	if (login->db != 0) {
		struct command select;

		command_init(&select, scratch);
		command_words(&select, "SELECT");
		command_number(&select, login->db);
		connection_add(connection, &select);
	}
	if (login->name != NULL)
		send_words(connection, scratch, "CLIENT SETNAME",
		    span_of(login->name));
	send_words(connection, scratch, "CONFIG GET", SPAN("maxmemory-policy"));
	send_words(connection, scratch, "CONFIG GET", SPAN("save"));
	send_words(connection, scratch, "CONFIG GET", SPAN("appendonly"));
	send_words(connection, scratch, "SCRIPT LOAD", span_of(script_commit));
}

static struct answers
sort_out(struct replies *replies, const struct login *login)
{
	struct answers answers = {.auth = NULL};

	if (has_account(login))
		answers.auth = replies_next(replies);
	if (login->db != 0)
		answers.select = replies_next(replies);
	if (login->name != NULL)
		(void)replies_next(replies); /* the name is a convenience */
	answers.policy = replies_next(replies);
	answers.save = replies_next(replies);
	answers.append_only = replies_next(replies);
	answers.script = replies_next(replies);
	return (answers);
}

/* DONE for no answer and for every answer but an error. */
static enum outcome
refusal(
    const struct reply *reply, struct store_notice *notice, struct failure *why)
{
	if (reply == NULL || reply->type != REPLY_ERROR)
		return (DONE);
	return (reply_error(reply, &notice->denied, why));
}

/*
 * The server's refusal, if there is one.  One that turns everybody away says
 * so to the first command, whichever that is, and closes.  CONFIG may be
 * forbidden to us; that alone is no refusal.
 */
static enum outcome
find_refusal(const struct answers *answers, const struct reply *first,
    struct store_notice *notice, struct failure *why)
{
	const struct reply *needed[] = {
	    answers->auth, answers->select, answers->script};

	for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
		enum outcome outcome = refusal(needed[i], notice, why);

		if (outcome != DONE)
			return (outcome);
	}
	return (answers->script == NULL ? refusal(first, notice, why) : DONE);
}

/* The value of CONFIG GET; .at NULL where we are not told. */
static struct span
setting(const struct reply *reply)
{
	if (!reply_is_array(reply, 2) || reply->element[1]->type != REPLY_TEXT)
		return ((struct span){NULL, 0});
	return (reply->element[1]->text);
}

static enum outcome
check_settings(const struct answers *answers, struct store_notice *notice,
    struct failure *why)
{
	struct span policy = setting(answers->policy);
	struct span save = setting(answers->save);
	struct span append_only = setting(answers->append_only);

	if (policy.at == NULL) {
		(void)fail_with(&notice->warning, DONE,
		    "redis: CONFIG GET is not allowed to us: maxmemory-policy "
		    "must be noeviction, and persistence on; neither is known");
		return (DONE);
	}
	if (!span_equals(policy, SPAN("noeviction")))
		return (fail_with(why, FATAL,
		    "redis: maxmemory-policy is %.*s, which drops customers "
		    "when memory is short: set it to noeviction",
		    SPAN_ARGS(policy)));
	if (save.at != NULL && save.length == 0 &&
	    span_equals(append_only, SPAN("no")))
		(void)fail_with(&notice->warning, DONE,
		    "redis: persistence is off (no save, no appendonly): each "
		    "restart of Redis forgets all customers");
	return (DONE);
}

enum outcome
login_enter(struct connection *connection, struct login *login,
    mono_ms deadline, struct arena *scratch, struct store_notice *notice,
    struct failure *why)
{
	struct replies replies;
	struct answers answers;
	enum outcome exchanged;
	enum outcome outcome;

	*notice = (struct store_notice){.denied = false};
	send_all(connection, scratch, login);
	exchanged =
	    connection_exchange(connection, deadline, scratch, &replies, why);
	answers = sort_out(&replies, login);
	outcome = find_refusal(
	    &answers, replies.n == 0 ? NULL : replies.at[0], notice, why);
	if (outcome != DONE)
		return (outcome);
	if (exchanged != DONE)
		return (exchanged);
	if (answers.script->type != REPLY_TEXT ||
	    answers.script->text.length != SCRIPT_SHA_MAX - 1)
		return (fail_with(
		    why, FATAL, "redis: SCRIPT LOAD: unexpected answer"));
	(void)memcpy(
	    login->script_sha, answers.script->text.at, SCRIPT_SHA_MAX);
	return (check_settings(&answers, notice, why));
}
