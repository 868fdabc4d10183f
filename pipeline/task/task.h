#ifndef PIPELINE_TASK_TASK_H
#define PIPELINE_TASK_TASK_H

#include "pipeline/customer/codec.h"
#include "pipeline/decide/advance.h"
#include "pipeline/store/store.h"
#include "pipeline/task/batch.h"
#include "pipeline/task/feed.h"
#include "pipeline/task/frontier.h"
#include "pipeline/task/merge.h"
#include "pipeline/task/metadata.h"
#include "pipeline/task/route.h"

/*
 * A task that is owned, and the batch that it is working on.  What the batch
 * changes stands in `ahead` until it is committed, so that it can be abandoned
 * at any time before.
 */

/* What the tasks of a worker share. */
struct work {
	/* For good. */
	const struct edition *edition;
	const struct route *route;
	struct span tenant;
	duration_ms live_within;
	duration_ms settle;
	bool stream_clock;
	size_t batch_max; /* batch.maxRecords */
	struct decoder *decoder;
	struct customer_codec codec;
	struct feed *feed;
	/* Of the batch at hand. */
	struct arena *arena;
	wall_ms wall; /* W */
};

/* How far a topic has been taken. */
struct place {
	int64_t next;    /* offset */
	wall_ms arrival; /* running maximum, or INSTANT_BEFORE */
	struct reach reach;
};

enum { TASK_ID_MAX = STORE_TOKEN_MAX + 24 };

/* Short texts that a task keeps. */
struct task_id {
	char at[TASK_ID_MAX];
	size_t length;
};

/* What becomes of a task after a step. */
enum fate {
	FATE_GOES_ON,
	FATE_ASIDE,   /* its store is away: take the batch again later     */
	FATE_UNKNOWN, /* a commit may have happened: claim it anew          */
	FATE_FENCED,  /* another owner: ask the group, then claim or drop   */
	FATE_RECOUNT, /* a record of another partition: ask how many there are */
	FATE_STOPS,   /* no retry helps: `cause` and `why`                  */
};

struct task {
	/* Where it stands. */
	int number;
	int partitions;
	bool counted; /* partitions is what the brokers say now */
	bool adopts;  /* another edition: nothing is taken until task_adopt */
	bool adopted; /* it has been, since the claim: not yet said */
	bool open;    /* a batch is at hand */
	bool full;    /* more was there than the batch could take */
	bool unpublished; /* committed, and perhaps not published */
	bool tells; /* its offsets are to be told with the next publication */
	bool said;  /* it is part of the publication at hand */

	/* Of the last step. */
	enum fate fate;
	enum cause cause; /* FATE_STOPS */
	struct failure why;

	/* Who owns it. */
	struct owner owner; /* its token is `token` */
	char token[STORE_TOKEN_MAX];
	int64_t batch_floor; /* Kafka has heard of this batch */
	struct task_id id;   /* of the last commit */
	struct task_id kid;  /* known to be in Kafka */

	/* Time. */
	wall_ms live_from;
	wall_ms swap;    /* F when the edition was adopted */
	wall_ms first;   /* instant of the first due customer */
	wall_ms horizon; /* F is at least this: the end of a replay;
	                    INSTANT_BEFORE: there is none */

	/* As committed. */
	wall_ms frontier;
	struct position bound;
	char bound_customer[CUSTOMER_ID_MAX];
	struct place *places; /* by stream */
	size_t n_places;
	struct span outbox; /* of the batch's arena, or of outbox_kept */
	void *outbox_kept;

	/* With the batch at hand. */
	struct batch batch;
	struct place *ahead;
	wall_ms frontier_ahead;
	size_t limit; /* of records; halved when a batch is abandoned */
	struct load_request load;
	struct tally *tallies;
	struct task_state next;
	struct commit_request commit;
};

/* The worker's memory of it, on the heap. */
struct task *task_new(int number, const struct work *work);
/* NULL is legal. */
void task_free(struct task *task);

/*
 * The state in which a task begins at its very first start: batch 0 of its
 * owner, which is to be committed.  `next` holds an offset for each stream; f
 * is the instant that was told to Kafka, and W as it was then.
 */
struct task_first {
	const int64_t *next;
	int partitions;
	wall_ms live_from;
	wall_ms frontier;
	struct span id;  /* "<token>:0" */
	struct span kid; /* known to be in Kafka; empty: nothing is */
};
struct task_state task_first_state(
    struct arena *arena, const struct work *work, const struct task_first *f);

/*
 * What was claimed, or first committed, becomes the task's memory; a stream
 * whose topic the state does not name has next OFFSET_NONE.
 */
void task_begin(struct task *task, const struct work *work,
    const struct owner *owner, const struct task_state *state, wall_ms first);

/*
 * Adopt the edition at F as it is now: what is decided before F is primed, and
 * customers of an older edition are primed first.  Under the wall clock that
 * waits for a barrier, so that F is not of the last time something happened.
 */
void task_adopt(struct task *task, const struct work *work);

/* The edition as :task holds it: its digest, and F when it was adopted. */
struct span task_edition_print(
    struct arena *arena, uint64_t digest, wall_ms swap);
/* False: it is none. */
bool task_edition_read(struct span text, uint64_t *digest, wall_ms *swap);

/* ---- a batch, step by step; each leaves the task's fate ---- */

/* How far the topics were taken by now, into `ahead`; F in frontier_ahead. */
void task_look(struct task *task, const struct work *work);
/* Is there anything in the logs, as far as is known, that was not taken? */
bool task_behind(struct task *task, const struct work *work);
/* Is a record ready, or a customer due? */
bool task_ready(struct task *task, const struct work *work);

/* Records, in merge order, at most `share` of them; where F is then. */
void task_take(struct task *task, const struct work *work, size_t share);
/* Whether the store has to be asked who is due: then ask for this. */
bool task_asks_due(struct task *task, struct due_request *ret);
/* The answer, or NULL where it was not asked. */
void task_due(struct task *task, const struct due_request *due);

/* Records become events, or are set aside. */
void task_decode(struct task *task, const struct work *work);

/* Which customers to load into task->load; then what was loaded. */
void task_load(struct task *task, const struct work *work);
void task_loaded(struct task *task, const struct work *work);

/*
 * Bring each customer forward and make the commit.  False: it is larger than a
 * commit may be, and to be taken again at half the size.
 */
bool task_decide(struct task *task, const struct work *work);

/*
 * At a claim: the last commit's outbox (copied) was not published.
 */
void task_keep_outbox(struct task *task, struct span outbox);

/* The commit was DONE. */
void task_committed(struct task *task);
/* What was committed is published, and Kafka knows its id. */
void task_published(struct task *task);

/* The batch is empty: there is nothing to commit; only F may have moved. */
void task_idle(struct task *task);
/* The batch did not happen: records are first in line again. */
void task_abandon(struct task *task, const struct work *work);
/* The same, and the next one is half as large. */
void task_halve(struct task *task, const struct work *work);

/* What Kafka is told beside the task's offsets. */
struct span task_metadata(
    const struct task *task, struct arena *arena, wall_ms wall);

#endif
