#include "pipeline/publish.h"

#include "pipeline/base/check.h"
#include "pipeline/task/outbox.h"

bool
publication_waits(const struct pipeline *p)
{
	if (p->made)
		return (true);
	for (size_t i = 0; i < p->n_tasks; i++) {
		if (p->tasks[i]->unpublished)
			return (true);
	}
	return (false);
}

/* An outbox that was committed by us can be read, or the task stops. */
static bool
open_outbox(struct pipeline *p, struct task *task, struct outbox *ret)
{
	if (outbox_read(task->outbox, p->outgoing, ret, &task->why) == DONE)
		return (true);
	task->fate = FATE_STOPS;
	task->cause = CAUSE_NONE;
	return (false);
}

static void
put_offsets(struct pipeline *p, const struct task *task,
    struct topic_offset *offsets, size_t *n)
{
	const struct schema *schema = p->work.edition->schema;
	struct span metadata = task_metadata(task, p->outgoing, p->work.wall);

	for (size_t i = 0; i < schema->n_streams; i++)
		offsets[(*n)++] =
		    (struct topic_offset){.topic = schema->streams[i].topic,
			.partition = task->number,
			.offset = task->places[i].next,
			.metadata = metadata};
}

static void
put_messages(const struct outbox *outbox, struct message *messages, size_t *n)
{
	for (size_t i = 0; i < outbox->n; i++)
		messages[(*n)++] = outbox->entries[i].message;
}

void
publication_make(struct pipeline *p)
{
	size_t n_streams = p->work.edition->schema->n_streams;
	struct outbox *outboxes;
	struct message *messages;
	struct topic_offset *offsets;
	size_t n_messages = 0;
	size_t n_offsets = 0;

	arena_reset(p->outgoing);
	outboxes = ARENA_ARRAY(p->outgoing, p->n_tasks, struct outbox);
	for (size_t i = 0; i < p->n_tasks; i++) {
		struct task *task = p->tasks[i];

		task->said = (task->unpublished || task->tells) &&
			     open_outbox(p, task, &outboxes[i]);
		n_messages += outboxes[i].n;
	}
	messages = ARENA_ARRAY(p->outgoing, n_messages, struct message);
	offsets = ARENA_ARRAY(
	    p->outgoing, p->n_tasks * n_streams, struct topic_offset);
	n_messages = 0;
	for (size_t i = 0; i < p->n_tasks; i++) {
		if (!p->tasks[i]->said)
			continue;
		put_messages(&outboxes[i], messages, &n_messages);
		if (p->tells_offsets)
			put_offsets(p, p->tasks[i], offsets, &n_offsets);
	}
	p->publication =
	    (struct publication){.serial = p->publication.serial + 1,
		.messages = messages,
		.n_messages = n_messages,
		.offsets = offsets,
		.n_offsets = n_offsets,
		.member = p->member};
	p->made = true;
}

void
publication_shorten(struct pipeline *p)
{
	struct message *messages =
	    ARENA_ARRAY(p->outgoing, p->publication.n_messages, struct message);
	struct header *header = ARENA_NEW(p->outgoing, struct header);
	struct message *refused;

	for (size_t i = 0; i < p->publication.n_messages; i++)
		messages[i] = p->publication.messages[i];
	CHECK(p->result.refused < p->publication.n_messages);
	refused = &messages[p->result.refused];
	*header = (struct header){SPAN("kith_truncated"), SPAN("true")};
	refused->value = SPAN("");
	refused->headers = header;
	refused->n_headers = 1;
	p->publication.messages = messages;
	p->publication.serial++;
	p->published = RETRY;
}

void
publication_over(struct pipeline *p)
{
	counter_add(&p->stats->messages, p->publication.n_messages);
	for (size_t i = 0; i < p->n_tasks; i++) {
		struct task *task = p->tasks[i];

		if (!task->said)
			continue;
		task_published(task);
		store_published(p->store, &task->owner);
	}
	p->made = false;
}
