/*
 * The middle of a batch, where nothing outside changes: records become events,
 * bytes become customers, customers move forward, and what comes of it becomes
 * a commit.
 */
#include <inttypes.h>

#include "pipeline/base/hash.h"
#include "pipeline/event/dead_letter.h"
#include "pipeline/task/outbox.h"
#include "pipeline/task/task.h"

enum {
	COMMIT_BYTES_MAX = 4 * 1024 * 1024,
	/* Nobody waits for more outputs than that to be encoded. */
	OUTPUTS_MAX = 64 * 1024,
	GROWTH = 16, /* a limit that was halved grows by one part of itself */
};

/* ---- decode ---- */

static bool
is_elsewhere(const struct task *task, const struct record *record)
{
	struct span id;
	struct failure why;

	return (decoder_key(record, &id, &why) == DONE &&
		hash_partition(id, task->partitions) != task->number);
}

/* DONE, REJECT, or RETRY: how many partitions there are must be asked first. */
static enum outcome
decode(const struct task *task, const struct work *work,
    const struct record *record, struct event *ret, struct batch_dead *dead)
{
	if (!is_elsewhere(task, record))
		return (decoder_read(work->decoder, record, work->arena, ret,
		    &dead->reason, &dead->why));
	/* Producers see new partitions before we do. */
	if (!task->counted)
		return (RETRY);
	dead->reason = DEAD_WRONG_PARTITION;
	return (fail_with(&dead->why, REJECT,
	    "key: belongs to another of %d partitions", task->partitions));
}

void
task_decode(struct task *task, const struct work *work)
{
	struct batch *batch = &task->batch;
	struct event *events =
	    ARENA_ARRAY(work->arena, batch->n_records, struct event);

	for (size_t i = 0; i < batch->n_records; i++) {
		struct batch_dead dead = {.record = batch->records[i]};
		enum outcome outcome =
		    decode(task, work, batch->records[i], &events[i], &dead);

		if (outcome == DONE) {
			batch_event(batch, &events[i]);
		} else if (outcome == REJECT) {
			batch_set_aside(batch, &dead);
		} else {
			task->fate = FATE_RECOUNT;
			return;
		}
	}
}

/* ---- load ---- */

void
task_load(struct task *task, const struct work *work)
{
	const struct batch *batch = &task->batch;
	size_t n = batch->n_customers;
	struct span *ids = ARENA_ARRAY(work->arena, n, struct span);

	for (size_t i = 0; i < n; i++)
		ids[i] = batch->customers[i]->id;
	task->load = (struct load_request){.owner = &task->owner,
	    .ids = ids,
	    .n = n,
	    .values = ARENA_ARRAY(work->arena, n, struct span)};
}

void
task_loaded(struct task *task, const struct work *work)
{
	struct batch *batch = &task->batch;

	for (size_t i = 0; i < batch->n_customers; i++) {
		struct batch_customer *c = batch->customers[i];
		struct span bytes = task->load.values[i];

		if (bytes.at == NULL) {
			c->customer = customer_new(
			    work->arena, work->edition->schema, c->id);
		} else if (customer_decode(&work->codec, c->id, bytes,
			       work->arena, &c->customer, &task->why) != DONE) {
			task->cause = CAUSE_NONE;
			task->fate = FATE_STOPS;
			return;
		}
		c->until = c->customer->until;
	}
}

/* ---- decide ---- */

static struct record_name
name_of(const struct work *work, struct record_place place)
{
	if (place.stream < 0)
		return ((struct record_name){.topic = {NULL, 0}});
	return ((struct record_name){
	    .topic = work->edition->schema->streams[place.stream].topic,
	    .offset = place.offset});
}

/* Which batch said it: for people, and to compare by after a loss. */
static void
put_batch_header(struct arena *arena, const struct task *task, size_t index,
    struct message *message)
{
	struct header *headers =
	    ARENA_ARRAY(arena, message->n_headers + 1, struct header);

	for (size_t i = 0; i < message->n_headers; i++)
		headers[i] = message->headers[i];
	headers[message->n_headers++] =
	    (struct header){.name = SPAN("kith_batch"),
		.value = arena_print(arena, "%lld/%d/%zu",
		    (long long)task->next.batch, task->number, index)};
	message->headers = headers;
}

/* What is being put together. */
struct packing {
	struct task *task;
	const struct work *work;
	struct buffer bytes;
	size_t n;
};

static void
pack(struct packing *p, struct outbox_entry *entry)
{
	put_batch_header(p->work->arena, p->task, p->n++, &entry->message);
	outbox_add(&p->bytes, entry);
}

static void
pack_output(struct packing *p, const struct output *output)
{
	const struct route *route = p->work->route;
	const struct trigger *t = &output->trigger;
	struct span topic = t->reason.length > 0 ? route->suppressed
						 : route_topic(route, t->type);
	struct outbox_entry entry = {
	    .before = name_of(p->work, output->mark.before),
	    .timed = output->mark.timed,
	    .position = output->mark.position,
	    .forced = name_of(p->work, output->mark.forced)};

	if (topic.length == 0)
		return;
	entry.message = trigger_encode(p->work->arena, t, route->format,
	    &p->work->edition->schema->currency, topic);
	pack(p, &entry);
}

static void
pack_dead(struct packing *p, const struct batch_dead *dead)
{
	const struct stream *streams = p->work->edition->schema->streams;
	const struct record *record = dead->record;
	struct dead_letter letter = {.record = record,
	    .stream_topic = streams[record->stream].topic,
	    .reason = dead->reason,
	    .why = &dead->why};
	struct outbox_entry entry = {
	    .before = {letter.stream_topic, record->offset}};

	if (p->work->route->dead_letters.length == 0)
		return;
	entry.message = dead_letter_encode(p->work->arena, &letter,
	    p->work->route->dead_letters, p->work->route->message_max);
	pack(p, &entry);
}

static bool
advance_all(struct task *task, struct advance *a)
{
	struct batch *batch = &task->batch;

	for (size_t i = 0; i < batch->n_customers; i++) {
		struct batch_customer *c = batch->customers[i];

		advance(a, c->customer, c->events, c->n_events, batch->bound);
		if (a->n_outputs > OUTPUTS_MAX && !batch_least(batch))
			return (false);
	}
	return (true);
}

/* Returns the bytes of all customers. */
static size_t
write_customers(struct task *task, const struct work *work)
{
	const struct batch *batch = &task->batch;
	struct customer_write *writes =
	    ARENA_ARRAY(work->arena, batch->n_customers, struct customer_write);
	size_t bytes = 0;

	for (size_t i = 0; i < batch->n_customers; i++) {
		const struct batch_customer *c = batch->customers[i];

		writes[i] = (struct customer_write){.id = c->id,
		    .bytes =
			customer_encode(&work->codec, c->customer, work->arena),
		    .until = c->customer->until,
		    .until_changed = task->load.values[i].at == NULL ||
				     c->customer->until != c->until};
		bytes += writes[i].bytes.length;
	}
	task->commit.customers = writes;
	task->commit.n = batch->n_customers;
	return (bytes);
}

static void
describe_next(struct task *task, const struct work *work)
{
	const struct schema *schema = work->edition->schema;
	struct topic_state *topics =
	    ARENA_ARRAY(work->arena, task->n_places, struct topic_state);
	int64_t batch =
	    1 + (task->batch_floor > task->owner.batch ? task->batch_floor
						       : task->owner.batch);

	for (size_t i = 0; i < task->n_places; i++)
		topics[i] =
		    (struct topic_state){.name = schema->streams[i].topic,
			.next = task->ahead[i].next,
			.arrival = task->ahead[i].arrival};
	task->next = (struct task_state){.exists = true,
	    .batch = batch,
	    .id = arena_print(work->arena, "%.*s:%" PRId64,
		SPAN_ARGS(task->owner.token), batch),
	    .kid = {task->kid.at, task->kid.length},
	    .frontier = task->frontier_ahead,
	    .bound = task->batch.bound,
	    .partitions = task->partitions,
	    .live_from = task->live_from,
	    .edition = task_edition_print(
		work->arena, work->edition->digest, task->swap),
	    .topics = topics,
	    .n_topics = task->n_places};
}

bool
task_decide(struct task *task, const struct work *work)
{
	struct batch *batch = &task->batch;
	struct packing p = {.task = task, .work = work};
	struct advance a = {.edition = work->edition,
	    .tenant = work->tenant,
	    .live_within = work->live_within,
	    .clock = {.stream = work->stream_clock, .wall = work->wall},
	    .live_from = task->live_from,
	    .swap = task->swap,
	    .tallies =
		ARENA_ARRAY(work->arena, work->edition->n_rules, struct tally)};
	size_t bytes;

	task->tallies = a.tallies;
	advance_begin(&a, work->arena);
	if (!advance_all(task, &a))
		return (false);
	describe_next(task, work);
	buffer_init(&p.bytes, work->arena);
	for (size_t i = 0; i < batch->n_dead; i++)
		pack_dead(&p, &batch->dead[i]);
	for (size_t i = 0; i < a.n_outputs; i++)
		pack_output(&p, &a.outputs[i]);
	task->commit = (struct commit_request){.owner = &task->owner,
	    .next = &task->next,
	    .outbox = buffer_span(&p.bytes)};
	bytes = write_customers(task, work) + p.bytes.length;
	if (bytes > COMMIT_BYTES_MAX && !batch_least(batch))
		return (false);
	if (task->full)
		task->limit += 1 + task->limit / GROWTH;
	if (task->limit > work->batch_max)
		task->limit = work->batch_max;
	return (true);
}
