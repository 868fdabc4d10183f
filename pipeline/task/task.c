/*
 * A task's memory between batches: what was committed, and how it changes when
 * a batch is committed, published or abandoned.
 */
#include "pipeline/task/task.h"

#include <inttypes.h>
#include <stdlib.h>

#include "pipeline/base/check.h"

static void *
zeroed(size_t n, size_t size)
{
	void *memory = calloc(n, size);

	CHECK(memory != NULL);
	return (memory);
}

struct task *
task_new(int number, const struct work *work)
{
	struct task *task = zeroed(1, sizeof *task);

	task->number = number;
	task->n_places = work->edition->schema->n_streams;
	task->places = zeroed(task->n_places, sizeof *task->places);
	task->ahead = zeroed(task->n_places, sizeof *task->ahead);
	task->limit = work->batch_max;
	task->horizon = INSTANT_BEFORE;
	return (task);
}

void
task_free(struct task *task)
{
	if (task == NULL)
		return;
	free(task->places);
	free(task->ahead);
	free(task->outbox_kept);
	free(task);
}

static struct span
span_of_id(const struct task_id *id)
{
	return ((struct span){id->at, id->length});
}

static void
set_id(struct task_id *id, struct span text)
{
	CHECK(text.length <= sizeof id->at);
	if (text.length > 0)
		(void)memcpy(id->at, text.at, text.length);
	id->length = text.length;
}

static void
set_bound(struct task *task, struct position bound)
{
	size_t length = bound.end ? 0 : bound.customer.length;

	CHECK(length <= sizeof task->bound_customer);
	if (length > 0)
		(void)memcpy(task->bound_customer, bound.customer.at, length);
	task->bound = bound;
	task->bound.customer = (struct span){task->bound_customer, length};
}

static void
forget_outbox(struct task *task)
{
	free(task->outbox_kept);
	task->outbox_kept = NULL;
	task->outbox = (struct span){NULL, 0};
	task->unpublished = false;
}

void
task_keep_outbox(struct task *task, struct span outbox)
{
	forget_outbox(task);
	if (outbox.length == 0)
		return;
	task->outbox_kept = zeroed(1, outbox.length);
	(void)memcpy(task->outbox_kept, outbox.at, outbox.length);
	task->outbox = (struct span){task->outbox_kept, outbox.length};
	task->unpublished = true;
}

struct span
task_edition_print(struct arena *arena, uint64_t digest, wall_ms swap)
{
	return (arena_print(arena, "%016" PRIx64 "@%" PRId64, digest, swap));
}

bool
task_edition_read(struct span text, uint64_t *digest, wall_ms *swap)
{
	enum { DIGITS = 16, SWAP_MAX = 24, HEX = 16 };
	char copy[DIGITS + SWAP_MAX];
	char *end;

	if (text.length <= DIGITS + 1 || text.length >= sizeof copy ||
	    text.at[DIGITS] != '@')
		return (false);
	(void)memcpy(copy, text.at, text.length);
	copy[text.length] = '\0';
	*digest = strtoull(copy, &end, HEX);
	if (end != copy + DIGITS)
		return (false);
	*swap = strtoll(copy + DIGITS + 1, &end, 10);
	return (end == copy + text.length);
}

struct task_state
task_first_state(
    struct arena *arena, const struct work *work, const struct task_first *f)
{
	const struct schema *schema = work->edition->schema;
	struct topic_state *topics =
	    ARENA_ARRAY(arena, schema->n_streams, struct topic_state);

	for (size_t i = 0; i < schema->n_streams; i++)
		topics[i] =
		    (struct topic_state){.name = schema->streams[i].topic,
			.next = f->next[i],
			.arrival = INSTANT_BEFORE};
	return ((struct task_state){.exists = true,
	    .batch = 0,
	    .published = BATCH_NONE,
	    .id = f->id,
	    .kid = f->kid,
	    .frontier = f->frontier,
	    .bound = {.instant = f->frontier, .end = true},
	    .partitions = f->partitions,
	    .live_from = f->live_from,
	    .edition =
		task_edition_print(arena, work->edition->digest, f->frontier),
	    .topics = topics,
	    .n_topics = schema->n_streams});
}

static const struct topic_state *
topic_of(const struct task_state *state, struct span name)
{
	for (size_t i = 0; i < state->n_topics; i++) {
		if (span_equals(state->topics[i].name, name))
			return (&state->topics[i]);
	}
	return (NULL);
}

static void
begin_places(
    struct task *task, const struct work *work, const struct task_state *state)
{
	const struct schema *schema = work->edition->schema;

	CHECK(task->n_places == schema->n_streams);
	for (size_t i = 0; i < task->n_places; i++) {
		const struct topic_state *topic =
		    topic_of(state, schema->streams[i].topic);

		task->places[i] = (struct place){.next = OFFSET_NONE,
		    .arrival = INSTANT_BEFORE,
		    .reach = REACH_INIT};
		if (topic == NULL)
			continue;
		task->places[i].next = topic->next;
		task->places[i].arrival = topic->arrival;
	}
}

static void
adopt_at(struct task *task, wall_ms frontier)
{
	task->adopts = false;
	task->adopted = true;
	task->swap = frontier;
	if (frontier > task->live_from)
		task->live_from = frontier;
}

static void
begin_edition(
    struct task *task, const struct work *work, const struct task_state *state)
{
	uint64_t digest;

	task->live_from = state->live_from;
	task->adopted = false;
	task->adopts =
	    !task_edition_read(state->edition, &digest, &task->swap) ||
	    digest != work->edition->digest;
	if (task->adopts && work->stream_clock)
		adopt_at(task, state->frontier);
}

void
task_begin(struct task *task, const struct work *work,
    const struct owner *owner, const struct task_state *state, wall_ms first)
{
	CHECK(owner->token.length <= sizeof task->token);
	(void)memcpy(task->token, owner->token.at, owner->token.length);
	task->owner = *owner;
	task->owner.token = (struct span){task->token, owner->token.length};
	task->batch_floor = owner->batch;
	set_id(&task->id, state->id);
	set_id(&task->kid, state->kid);
	task->partitions = state->partitions;
	task->first = first;
	task->frontier = state->frontier;
	set_bound(task, state->bound);
	begin_places(task, work, state);
	begin_edition(task, work, state);
	task->open = task->tells = false;
	forget_outbox(task);
	task->fate = FATE_GOES_ON;
}

void
task_committed(struct task *task)
{
	const struct batch *batch = &task->batch;

	CHECK(task->open);
	task->owner.batch = task->next.batch;
	set_id(&task->id, task->next.id);
	task->frontier = task->frontier_ahead;
	set_bound(task, batch->bound);
	/* What has run is a prefix of :due. */
	CHECK(position_compare(task->commit.first, task->bound) > 0);
	task->first = task->commit.first.instant;
	(void)memcpy(
	    task->places, task->ahead, task->n_places * sizeof *task->places);
	task->outbox = task->commit.outbox;
	task->unpublished = task->outbox.length > 0;
	task->open = false;
}

void
task_published(struct task *task)
{
	task->kid = task->id;
	task->tells = task->said = false;
	forget_outbox(task);
}

void
task_idle(struct task *task)
{
	CHECK(task->open && batch_empty(&task->batch));
	for (size_t i = 0; i < task->n_places; i++)
		task->places[i].reach = task->ahead[i].reach;
	task->frontier = task->frontier_ahead;
	task->open = false;
}

void
task_abandon(struct task *task, const struct work *work)
{
	if (!task->open)
		return;
	work->feed->kind->put_back(work->feed, task->number);
	task->open = false;
}

void
task_halve(struct task *task, const struct work *work)
{
	size_t size = task->batch.n_records > task->batch.n_due
			  ? task->batch.n_records
			  : task->batch.n_due;

	CHECK(!batch_least(&task->batch));
	task->limit = size > 2 ? size / 2 : 1;
	task_abandon(task, work);
}

void
task_adopt(struct task *task, const struct work *work)
{
	CHECK(task->adopts && !task->open);
	task_look(task, work);
	task->frontier = task->frontier_ahead;
	adopt_at(task, task->frontier);
}

struct span
task_metadata(const struct task *task, struct arena *arena, wall_ms wall)
{
	struct metadata metadata = {.id = span_of_id(&task->id),
	    .batch = task->owner.batch,
	    .epoch = task->owner.epoch,
	    .wall = wall,
	    .bound = task->bound};

	return (metadata_print(arena, &metadata));
}
