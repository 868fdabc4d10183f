#ifndef PIPELINE_STORE_STORE_H
#define PIPELINE_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/arena.h"
#include "pipeline/base/instant.h"
#include "pipeline/base/outcome.h"
#include "pipeline/base/record.h"
#include "pipeline/base/span.h"

/*
 * Where customers are kept: in Redis, or in memory for backtests and tests.
 * Both keep the same promises and refuse the same owners.  README.md has the
 * keys and the reasons.
 *
 * A store belongs to one thread: a worker has its own.  No call blocks longer
 * than the time-out that the store was opened with (a host name that must be
 * resolved is bounded by the system's resolver alone), and each is one exchange
 * with Redis, however many tasks it is about.
 *
 * What calls answer, beside DONE:
 *
 * RETRY   Redis is not there now: connection lost, time-out, loading, out of
 *	   memory, read-only, disk full, a slot on the move.  Nothing may be
 *	   assumed: a commit may have happened.  The same call again is right and
 *	   safe, and finds out; store_wait() says when it is worth while.
 * FENCED  epoch, token or batch in :task are not the owner's.  Nothing was
 *	   changed.  Forget the task and ask the group.
 * FATAL   no retry helps: wrong password (store_notice()->denied), evicting
 *	   maxmemory-policy, a key of another type, a :task that we cannot read.
 */
struct store;

/* The longest token, in bytes. */
enum { STORE_TOKEN_MAX = 64 };

/* The batch of a task that has none: the first commit writes batch 0. */
#define BATCH_NONE ((int64_t)-1)

/* What :task says of one topic, by name: numbers change with the schema. */
struct topic_state {
	struct span name;
	int64_t next;    /* the offset to read next                     */
	wall_ms arrival; /* running maximum of arrivals; INSTANT_BEFORE */
};

/* :task.  What was never written reads as the value in brackets. */
struct task_state {
	bool exists;       /* has a batch; a claim alone does not make it so */
	int64_t epoch;     /* [0] */
	struct span token; /* of the last claim [empty] */
	int64_t batch;     /* the last committed [BATCH_NONE] */
	int64_t published; /* the last known to be [BATCH_NONE] */
	struct span id;    /* of the last batch [empty] */
	struct span kid;   /* the id then known to be in Kafka [empty] */
	wall_ms frontier;  /* [INSTANT_BEFORE] */
	struct position bound;            /* [INSTANT_BEFORE, end] */
	int partitions;                   /* of the input topics [0] */
	wall_ms live_from;                /* [INSTANT_BEFORE] */
	struct span edition;              /* [empty] */
	const struct topic_state *topics; /* in no order */
	size_t n_topics;
};

/* Who a worker believes to be: compared by every read and write. */
struct owner {
	int task;
	int64_t epoch;
	struct span token; /* random, at most STORE_TOKEN_MAX bytes       */
	int64_t batch;     /* as last read or written, or BATCH_NONE      */
};

/*
 * A task as it was found, in the arena of the call.  `first` is the position
 * of its first due customer, {INSTANT_NEVER, end} when nothing is due ever.
 */
struct task_found {
	struct task_state state;
	struct span outbox; /* empty: none */
	struct position first;
};

/*
 * Raise the epoch, set the token, and read the task in the same atomic call:
 * from here on every other owner is fenced.  ret->state has the new epoch and
 * token.  Called again after RETRY it raises the epoch again.
 *
 * DONE, RETRY, FATAL
 */
enum outcome store_claim(struct store *store, int task, struct span token,
    struct arena *arena, struct task_found *ret,
    struct failure *why) MUST_CHECK;

/*
 * Make owner->epoch at least `at_least`; it never falls.
 *
 * DONE    owner->epoch is what Redis has now
 * RETRY, FENCED, FATAL
 */
enum outcome store_raise_epoch(struct store *store, struct owner *owner,
    int64_t at_least, struct failure *why) MUST_CHECK;

/*
 * Is the task still the owner's, at this batch?  (For many tasks at once:
 * store_load without ids.)
 *
 * DONE, RETRY, FENCED, FATAL
 */
enum outcome store_check(struct store *store, const struct owner *owner,
    struct failure *why) MUST_CHECK;

/*
 * The calls for several tasks set each request's `outcome` (and its outputs
 * only where that is DONE) and answer for all of them: DONE when each is DONE,
 * else the first of FATAL, RETRY, FENCED that occurs, with its reason.
 * Requests need not agree: what is DONE is done.  At most one request for a
 * task.
 */

/* The bytes of customers, read with the owner in one atomic call. */
struct load_request {
	const struct owner *owner;
	const struct span *ids;
	size_t n;
	struct span *values; /* n, given by the caller; .at NULL: none */
	enum outcome outcome;
};

enum outcome store_load(struct store *store, struct load_request *requests,
    size_t n, struct arena *arena, struct failure *why) MUST_CHECK;

/*
 * The first `limit` customers whose until is <= up_to, in the order of :due:
 * instant, then bytes of the id.  Those that are never due are not among them.
 */
struct due_request {
	const struct owner *owner;
	wall_ms up_to;
	size_t limit;
	struct position *due; /* n_due of them, in the arena */
	size_t n_due;
	enum outcome outcome;
};

enum outcome store_due(struct store *store, struct due_request *requests,
    size_t n, struct arena *arena, struct failure *why) MUST_CHECK;

/*
 * A customer to write, or to remove where bytes.at is NULL.  :due holds every
 * customer: one that is new must say until_changed, with INSTANT_NEVER where
 * nothing is due.
 */
struct customer_write {
	struct span id;
	struct span bytes;
	wall_ms until;
	bool until_changed; /* otherwise `until` is not looked at */
};

/*
 * One batch of a task, all or nothing.  `next` becomes the state: its batch is
 * above owner->batch (by one, or by more where Kafka knew of later ones); its
 * exists, epoch, token and published are not looked at; a topic that it does
 * not name keeps what is stored.  An empty outbox is deleted.
 *
 * A commit that finds epoch and token to be the owner's, and next->batch with
 * next->id already there, is one whose answer was lost: DONE again, whatever
 * it brings.  So after RETRY a task's commit is repeated as it was, until it is
 * something else or the task is claimed anew; another batch under the same id
 * would be taken for it.
 * After DONE the owner's batch is next->batch; the caller sets it.
 */
struct commit_request {
	const struct owner *owner;
	const struct task_state *next;
	const struct customer_write *customers;
	size_t n;
	struct span outbox;
	struct position first; /* as in task_found, after this commit */
	enum outcome outcome;
};

enum outcome store_commit(struct store *store, struct commit_request *requests,
    size_t n, struct arena *arena, struct failure *why) MUST_CHECK;

/*
 * The owner's batch was published.  Costs nothing: it is written, fenced, with
 * the next call of any kind, and dropped where the task is no longer ours.
 */
void store_published(struct store *store, const struct owner *owner);

/*
 * For people, without owning the task: one customer (ret->at NULL: none), and
 * a task as store_claim would find it.
 *
 * DONE, RETRY, FATAL
 */
enum outcome store_read(struct store *store, int task, struct span id,
    struct arena *arena, struct span *ret, struct failure *why) MUST_CHECK;
enum outcome store_state(struct store *store, int task, struct arena *arena,
    struct task_found *ret, struct failure *why) MUST_CHECK;

/*
 * Scores in :due are milliseconds as doubles, exact below 2^53.  From
 * SCORE_NEVER on (2^52 ms: the year 144683) a score means "never", spread by
 * the id's hash over the 2^52 whole numbers up to 2^53, so that even a task
 * in which nothing is due can be walked in pages of scores.  An instant below
 * -2^52 is kept as -2^52.
 */
#define SCORE_NEVER ((int64_t)1 << 52)
int64_t store_score(wall_ms until, struct span id);
/* INSTANT_NEVER from SCORE_NEVER on. */
wall_ms store_instant(int64_t score);

/* Empty, gone when closed.  Never answers RETRY or FATAL. */
struct store *store_open_memory(void);

/* The caller's texts are copied. */
struct store_options {
	/* redis://HOST[:PORT][/DB] or unix:///PATH[?db=DB]; no secrets in it */
	const char *url;
	const char *username; /* NULL: the default user   */
	const char *password; /* NULL: no AUTH            */
	const char *prefix;   /* of every key; no brace   */
	const char *name;     /* CLIENT SETNAME; NULL: none; no blanks */
	duration_ms timeout;  /* of each call             */
	uint64_t seed;    /* random: spreads reconnections of many workers */
	size_t reply_max; /* bytes of the answer to one call; 0: 512 MiB   */
};

/*
 * What an operator should hear of the server, found at each connection.
 * `warning` is one line, empty when there is none: persistence is off, or the
 * server does not let us see its configuration.
 */
struct store_notice {
	bool denied; /* the last FATAL: login or permission, exit 77 */
	struct failure warning;
};

/*
 * Connect, log in, and look at the server's configuration.  `notice` is
 * written in every case.
 *
 * DONE    *ret is the store
 * RETRY   Redis is not there now
 * FATAL   bad URL or prefix, refused login (notice->denied), a
 *	   maxmemory-policy other than noeviction
 */
enum outcome store_open_redis(const struct store_options *options,
    struct store **ret, struct store_notice *notice,
    struct failure *why) MUST_CHECK;

/* Of the last connection; valid until the next call. */
const struct store_notice *store_notice(const struct store *store);

/*
 * After RETRY: how long until a call would do more than answer RETRY at once,
 * because the next attempt to connect is that far away.  0 otherwise.
 */
duration_ms store_wait(const struct store *store);

/* NULL is legal. */
void store_close(struct store *store);

#endif
