#ifndef PIPELINE_TASK_OUTBOX_H
#define PIPELINE_TASK_OUTBOX_H

#include "pipeline/base/buffer.h"
#include "pipeline/base/record.h"

/*
 * What a batch has to say, as bytes that are committed with it and published
 * afterwards, perhaps by another owner under another configuration: topics are
 * named, and each entry carries the marks by which a claim knows whether it
 * has been published.
 */

/* A record by the name of its topic; topic.at NULL: none. */
struct record_name {
	struct span topic;
	int64_t offset;
};

struct outbox_entry {
	struct message message;
	/* The customer's last record in the batch before it; of a dead letter,
	   the record itself. */
	struct record_name before;
	bool timed;                /* it has a position: (position, its key) */
	wall_ms position;          /* timed */
	struct record_name forced; /* the record that made its timer run */
};

enum { OUTBOX_VERSION = 1 };

/* Add an entry; the first one writes what stands before all. */
void outbox_add(struct buffer *b, const struct outbox_entry *entry);

struct outbox {
	const struct outbox_entry *entries;
	size_t n;
};

/*
 * The exact inverse; no bytes are no entries.  Texts of *ret are those of
 * `bytes`.
 *
 * DONE    *ret, in the arena
 * REJECT  these are not the bytes of an outbox, or a newer version's
 */
enum outcome outbox_read(struct span bytes, struct arena *arena,
    struct outbox *ret, struct failure *why) MUST_CHECK;

#endif
