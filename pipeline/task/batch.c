#include "pipeline/task/batch.h"

#include "pipeline/base/check.h"
#include "pipeline/base/hash.h"

enum {
	DUE_SHARE = 4, /* one part in so many is for due customers */
	CUSTOMERS_FIRST = 64,
	EVENTS_FIRST = 2,
};

void
batch_begin(struct batch *batch, struct arena *arena, size_t max)
{
	CHECK(max > 0);
	*batch = (struct batch){.arena = arena, .max = max, .n_buckets = 1};
	while (batch->n_buckets < 2 * max)
		batch->n_buckets *= 2;
	batch->records = ARENA_ARRAY(arena, max, struct record *);
	batch->dead = ARENA_ARRAY(arena, max, struct batch_dead);
	batch->buckets =
	    ARENA_ARRAY(arena, batch->n_buckets, struct batch_customer *);
}

static size_t
record_bytes(const struct record *record)
{
	size_t bytes = record->key.length + record->value.length;

	for (size_t i = 0; i < record->n_headers; i++)
		bytes += record->headers[i].name.length +
			 record->headers[i].value.length;
	return (bytes);
}

static size_t
due_quota(const struct batch *batch)
{
	size_t quota = batch->max / DUE_SHARE;

	return (quota > 0 ? quota : 1);
}

bool
batch_fits(const struct batch *batch, const struct record *record, bool due)
{
	if (batch->n_records == 0)
		return (true);
	if (batch->n_records + (due ? due_quota(batch) : 0) >= batch->max)
		return (false);
	return (batch->bytes + record_bytes(record) <= BATCH_BYTES_MAX);
}

void
batch_record(struct batch *batch, const struct record *record)
{
	CHECK(batch->n_records < batch->max);
	batch->records[batch->n_records++] =
	    arena_copy(batch->arena, record, sizeof *record);
	batch->bytes += record_bytes(record);
}

size_t
batch_due_room(const struct batch *batch)
{
	return (
	    batch->n_records < batch->max ? batch->max - batch->n_records : 1);
}

static struct batch_customer *
find(const struct batch *batch, struct span id, size_t bucket)
{
	struct batch_customer *c = batch->buckets[bucket];

	while (c != NULL && !span_equals(c->id, id))
		c = c->next;
	return (c);
}

static void
make_room(struct batch *batch)
{
	struct batch_customer **grown;

	if (batch->n_customers < batch->customers_room)
		return;
	batch->customers_room = batch->customers_room == 0
				    ? CUSTOMERS_FIRST
				    : 2 * batch->customers_room;
	grown = ARENA_ARRAY(
	    batch->arena, batch->customers_room, struct batch_customer *);
	for (size_t i = 0; i < batch->n_customers; i++)
		grown[i] = batch->customers[i];
	batch->customers = grown;
}

static struct batch_customer *
customer_of(struct batch *batch, struct span id)
{
	size_t bucket = (size_t)hash_id(id) & (batch->n_buckets - 1);
	struct batch_customer *c = find(batch, id, bucket);

	if (c != NULL)
		return (c);
	c = ARENA_NEW(batch->arena, struct batch_customer);
	c->id = id;
	c->next = batch->buckets[bucket];
	batch->buckets[bucket] = c;
	make_room(batch);
	batch->customers[batch->n_customers++] = c;
	return (c);
}

void
batch_due(struct batch *batch, const struct position *due, size_t n,
    wall_ms frontier, struct position previous)
{
	size_t room = batch_due_room(batch);
	bool all = n <= room;

	batch->n_due = all ? n : room;
	for (size_t i = 0; i < batch->n_due; i++)
		(void)customer_of(batch, due[i].customer);
	batch->bound = all ? (struct position){.instant = frontier, .end = true}
			   : due[batch->n_due - 1];
	if (position_compare(batch->bound, previous) < 0)
		batch->bound = previous;
}

void
batch_event(struct batch *batch, const struct event *event)
{
	struct batch_customer *c = customer_of(batch, event->customer);

	if (c->n_events == c->room) {
		size_t room = c->room == 0 ? EVENTS_FIRST : 2 * c->room;
		const struct event **grown =
		    ARENA_ARRAY(batch->arena, room, const struct event *);

		for (size_t i = 0; i < c->n_events; i++)
			grown[i] = c->events[i];
		c->events = grown;
		c->room = room;
	}
	c->events[c->n_events++] = event;
}

void
batch_set_aside(struct batch *batch, const struct batch_dead *dead)
{
	CHECK(batch->n_dead < batch->max);
	batch->dead[batch->n_dead++] = *dead;
}
