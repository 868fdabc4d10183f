#ifndef PIPELINE_STREAM_SOURCE_H
#define PIPELINE_STREAM_SOURCE_H

#include "pipeline/base/arena.h"
#include "pipeline/base/record.h"
#include "pipeline/stream/client.h"

/*
 * A worker's member of the consumer group: what `take` sees of Kafka.  One
 * thread.  Nothing calls upward: membership, records and errors are values.
 *
 * Records of each (stream, partition) wait in a queue of their own, so that
 * the merge looks at the first one of each and takes in its own order.  What
 * is buffered is bounded per partition; nothing needs to be paused.
 *
 * A turn of the loop:
 *	source_poll          membership first; else sleeps until there is work
 *	source_head, _take   records, as the merge wants them
 *	source_release       (or _put_back) when the batch is over
 */
struct source;
struct cluster;

struct source_options {
	struct client_options client;
	const char *group;
	const char *instance; /* group.instance.id is <instance>-<worker> */
	int worker;
	const char *const *topics; /* by stream index */
	size_t n_topics;
	duration_ms session_timeout;   /* 0: 10 s */
	duration_ms max_poll_interval; /* 0: 5 min */
};

/*
 * Build the client and subscribe; asks no broker, so an absent one shows later.
 *
 * DONE   *ret is the caller's, to close
 * FATAL  a setting is refused, in words
 */
enum outcome source_open(const struct source_options *options,
    struct source **ret, struct failure *why) MUST_CHECK;
/*
 * NULL is legal.  A static member does not leave the group: under the same
 * instance it is back at once, else its session has to time out.
 */
void source_close(struct source *source);

/* ---- membership ---- */

struct stream_partition {
	int stream;
	int32_t partition;
};

enum membership_change {
	MEMBERSHIP_SAME,
	/*
	 * `list` is all that this member has now.  Nothing is fetched until
	 * source_start.  The group's metadata was captured with the event and
	 * is what sink_publish needs: source_member.
	 */
	MEMBERSHIP_ASSIGNED,
	/*
	 * `list` has to be given back: publish what is committed, then answer
	 * with source_revoked.  The group waits for it, for max_poll_interval;
	 * a member that comes later is told so all the same, and then its
	 * publications are FENCED.
	 */
	MEMBERSHIP_REVOKED,
	/*
	 * `list` already belongs to others: drop all, publish nothing.  Nothing
	 * to answer; everything is stopped.
	 */
	MEMBERSHIP_LOST,
	/*
	 * `cause` and `why` say what is wrong.  TOPIC: an input topic does not
	 * exist; the member goes on, and heals when it is created.  OWNER:
	 * another process runs under our instance name.  CLIENT: close and open
	 * anew.  AUTH, CONFIG.  What passes by itself is not reported here, but
	 * is a line of the log.
	 */
	MEMBERSHIP_FAILED,
};

struct membership {
	enum membership_change change;
	const struct stream_partition *list; /* valid until the next poll */
	size_t n;
	enum cause cause; /* of MEMBERSHIP_FAILED */
	struct failure why;
};

/*
 * Wait at most timeout for something new: a change of membership, a record or
 * the end of a partition.  What is already buffered is not new: a caller that
 * still has work gives 0.  To be called at least every max_poll_interval, also
 * while another step retries: a change is then to be remembered by the caller.
 * Starts what source_start asked for.
 */
void source_poll(
    struct source *source, duration_ms timeout, struct membership *ret);

/*
 * Answer to MEMBERSHIP_REVOKED: everything is stopped and given back.  Legal
 * when there is nothing to answer any more (LOST came in between).
 */
void source_revoked(struct source *source);

/*
 * Who we were in the group when the last assignment arrived; NULL before the
 * first one.  Valid until source_close.  A task keeps the one that it was
 * claimed under and publishes with no other: the broker checks member and
 * generation, not ownership, so that a task of a former assignment, published
 * under a later one, would be let in.
 */
struct member;
const struct member *source_member(const struct source *source);

/*
 * ---- fetching: a task is the same partition of every topic ----
 *
 * A started task stays so until source_stop, source_revoked, or a poll that
 * answers LOST or ASSIGNED.  To ask for records or positions of one that is
 * not started is a bug.
 */

/*
 * Read a task from offsets[stream] (each >= 0) on; every topic's partition
 * must be assigned (a bug if not).  Takes effect at the next source_poll.
 * Starting a started task begins again at the new offsets.
 */
void source_start(
    struct source *source, int32_t partition, const int64_t *offsets);
/* Forget what is buffered of a task and fetch no more.  Legal if not started. */
void source_stop(struct source *source, int32_t partition);

/*
 * The first record that is buffered and not taken.  Bytes and headers of a
 * record that is then taken stay until source_release; of one that is not
 * taken, until the next source_release, _put_back, _start or _stop.
 *
 * DONE   *ret; its `arrival` is for the merge to set
 * RETRY  nothing is buffered now
 * FATAL  this partition cannot be read: *cause is POSITION (the offset has
 *        left the log), TOPIC (deleted), AUTH or CLIENT.  Said each time until
 *        source_stop.
 */
enum outcome source_head(struct source *source, struct stream_partition at,
    struct record *ret, enum cause *cause, struct failure *why) MUST_CHECK;
/* Take the record that source_head just showed. */
void source_take(struct source *source, struct stream_partition at);
/* The batch is over: all bytes of records taken are void. */
void source_release(struct source *source);
/*
 * The batch is abandoned: what was taken of a task since the last
 * source_release is first in line again, in the same order.
 */
void source_put_back(struct source *source, int32_t partition);

/*
 * Everything before this offset was taken, or is no record: the start, a
 * taken record + 1, an end that was reached, or the client's position (it
 * passes the markers of transactions) when nothing is buffered.
 */
int64_t source_next(struct source *source, struct stream_partition at);
/*
 * The last stable offset that was last heard of (a partition's end that was
 * reached, or source_refresh_ends); OFFSET_NONE if none.  A partition with
 * next < known end and nothing buffered is known to lag.
 */
int64_t source_known_end(
    const struct source *source, struct stream_partition at);

/* ---- questions; each blocks at most for timeout ---- */

/*
 * Ask for the last stable offsets of all started partitions, for
 * source_known_end.  After source_start, before the merge may trust that an
 * empty partition is not behind; later as often as the caller likes.
 *
 * DONE   all are known
 * RETRY  some are as they were
 */
enum outcome source_refresh_ends(
    struct source *source, duration_ms timeout, struct failure *why) MUST_CHECK;

/*
 * The barrier: the high watermarks of these partitions, in one request per
 * leader, so that open transactions of others count as not yet read.
 *
 * DONE   each ends[i] is known
 * RETRY  at least one is not; ends is as it was
 */
enum outcome source_ends(struct source *source,
    const struct stream_partition *list, size_t n, int64_t *ends,
    duration_ms timeout, struct failure *why) MUST_CHECK;

/*
 * What the group has committed: topic and partition of each element are asked
 * for, offset and metadata (in the arena) are the answer.  One request for
 * all; waits until no transaction is open that would change it.
 *
 * DONE   all are known; OFFSET_NONE where nothing is committed
 * RETRY  no answer in time, or a transaction is still open; ask again
 * FATAL  *cause AUTH or CLIENT
 */
enum outcome source_committed(struct source *source, struct topic_offset *list,
    size_t n, struct arena *arena, duration_ms timeout, enum cause *cause,
    struct failure *why) MUST_CHECK;

/*
 * Questions about topics (existence, counts, settings, log start and end) go
 * to pipeline/stream/cluster.h; the source has one.
 */
struct cluster *source_cluster(struct source *source);

/*
 * The client's next log line: consumer and cluster.  To be asked until false,
 * each turn.
 */
bool source_log(struct source *source, struct client_line *ret);

#endif
