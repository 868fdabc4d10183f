/*
 * The store in memory, for backtests and tests: the promises of Redis without
 * Redis, the refusal of other owners included.  A task is kept as Redis keeps
 * it, a hash of texts and an outbox beside the customers, so that both go
 * through the same reading and writing of :task.
 */
#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/store/kind.h"
#include "pipeline/store/roster.h"
#include "pipeline/store/state.h"

enum { TASKS_MAX = 1 << 20 };

struct text {
	char *at;
	size_t length;
};

struct memory_field {
	struct text name;
	struct text value;
};

struct memory_task {
	struct memory_field *fields;
	size_t n_fields;
	struct text outbox;
	struct roster *roster;
};

struct memory {
	struct store store;
	struct arena *scratch;
	struct memory_task **tasks; /* by number; NULL: never named */
	size_t n_tasks;
};

static struct memory *
memory_of(struct store *store)
{
	struct memory *memory = (struct memory *)store;

	arena_reset(memory->scratch);
	return (memory);
}

static struct span
span_in(const struct text *text)
{
	return ((struct span){text->at, text->length});
}

/* Replace what is there with a copy. */
static void
keep(struct text *text, struct span from)
{
	char *copy = malloc(from.length + 1);

	CHECK(copy != NULL);
	if (from.length > 0)
		(void)memcpy(copy, from.at, from.length);
	free(text->at);
	*text = (struct text){copy, from.length};
}

static void *
resize(void *array, size_t n, size_t size)
{
	void *larger = realloc(array, n * size);

	CHECK(larger != NULL);
	return (larger);
}

static struct memory_task *
task_of(struct memory *memory, int task)
{
	size_t at = (size_t)task;

	CHECK(task < TASKS_MAX);
	while (memory->n_tasks <= at) {
		memory->tasks = resize(memory->tasks, memory->n_tasks + 1,
		    sizeof(struct memory_task *));
		memory->tasks[memory->n_tasks++] = NULL;
	}
	if (memory->tasks[at] == NULL) {
		memory->tasks[at] = resize(NULL, 1, sizeof(struct memory_task));
		*memory->tasks[at] =
		    (struct memory_task){.roster = roster_new()};
	}
	return (memory->tasks[at]);
}

static struct span
get_field(const struct memory_task *task, struct span name)
{
	for (size_t i = 0; i < task->n_fields; i++) {
		if (span_equals(span_in(&task->fields[i].name), name))
			return (span_in(&task->fields[i].value));
	}
	return ((struct span){NULL, 0});
}

static void
set_field(struct memory_task *task, struct span name, struct span value)
{
	size_t i = 0;

	while (i < task->n_fields &&
	       !span_equals(span_in(&task->fields[i].name), name))
		i++;
	if (i == task->n_fields) {
		task->fields = resize(
		    task->fields, ++task->n_fields, sizeof *task->fields);
		task->fields[i] = (struct memory_field){{NULL, 0}, {NULL, 0}};
		keep(&task->fields[i].name, name);
	}
	keep(&task->fields[i].value, value);
}

static bool
is_held_by(const struct memory_task *task, const struct owner *owner,
    struct arena *scratch)
{
	return (span_equals(get_field(task, SPAN("epoch")),
		    state_print(scratch, owner->epoch)) &&
		span_equals(get_field(task, SPAN("token")), owner->token) &&
		span_equals(get_field(task, SPAN("batch")),
		    state_print_batch(scratch, owner->batch)));
}

static struct position
first_of(const struct memory_task *task, struct arena *arena)
{
	const struct roster_entry *entry = roster_first(task->roster);
	wall_ms instant = entry == NULL ? INSTANT_NEVER
					: store_instant(roster_score_of(entry));

	if (instant == INSTANT_NEVER)
		return (position_never());
	return ((struct position){
	    .instant = instant,
	    .customer = arena_span(arena, roster_id(entry)),
	});
}

static enum outcome
found(const struct memory_task *task, struct arena *arena,
    struct task_found *ret, struct failure *why)
{
	struct field *copies = ARENA_ARRAY(arena, task->n_fields, struct field);
	enum outcome outcome;

	for (size_t i = 0; i < task->n_fields; i++)
		copies[i] = (struct field){
		    arena_span(arena, span_in(&task->fields[i].name)),
		    arena_span(arena, span_in(&task->fields[i].value)),
		};
	outcome = state_decode(
	    (struct fields){copies, task->n_fields}, arena, &ret->state, why);
	ret->outbox = arena_span(arena, span_in(&task->outbox));
	ret->first = first_of(task, arena);
	return (outcome);
}

static enum outcome
memory_claim(struct store *store, int number, struct span token,
    struct arena *arena, struct task_found *ret, struct failure *why)
{
	struct memory *memory = memory_of(store);
	struct memory_task *task = task_of(memory, number);
	int64_t epoch = 0;

	(void)state_number(get_field(task, SPAN("epoch")), &epoch);
	set_field(task, SPAN("epoch"), state_print(memory->scratch, epoch + 1));
	set_field(task, SPAN("token"), token);
	return (found(task, arena, ret, why));
}

static enum outcome
memory_raise_epoch(struct store *store, const struct owner *owner,
    int64_t epoch, struct failure *why)
{
	struct memory *memory = memory_of(store);
	struct memory_task *task = task_of(memory, owner->task);
	struct owner raised = *owner;

	raised.epoch = epoch;
	if (!is_held_by(task, owner, memory->scratch) &&
	    !is_held_by(task, &raised, memory->scratch))
		return (kind_fenced(owner, why));
	set_field(task, SPAN("epoch"), state_print(memory->scratch, epoch));
	return (DONE);
}

static void
load_values(const struct memory_task *task, struct load_request *request,
    struct arena *arena)
{
	for (size_t i = 0; i < request->n; i++) {
		const struct roster_entry *entry =
		    roster_find(task->roster, request->ids[i]);

		request->values[i] = (struct span){NULL, 0};
		if (entry != NULL && roster_bytes(entry).at != NULL)
			request->values[i] =
			    arena_span(arena, roster_bytes(entry));
	}
}

static enum outcome
memory_load(struct store *store, struct load_request *requests, size_t n,
    struct arena *arena, struct failure *why)
{
	struct memory *memory = memory_of(store);
	enum outcome all = DONE;

	for (size_t i = 0; i < n; i++) {
		const struct owner *owner = requests[i].owner;
		struct memory_task *task = task_of(memory, owner->task);
		struct failure reason;

		requests[i].outcome = DONE;
		if (is_held_by(task, owner, memory->scratch))
			load_values(task, &requests[i], arena);
		else
			requests[i].outcome = kind_fenced(owner, &reason);
		kind_join(&all, why, requests[i].outcome, &reason);
	}
	return (all);
}

static bool
is_due(const struct roster_entry *entry, wall_ms up_to)
{
	return (entry != NULL && roster_score_of(entry) <= up_to &&
		roster_score_of(entry) < SCORE_NEVER);
}

static void
list_due(const struct memory_task *task, struct due_request *request,
    struct arena *arena)
{
	const struct roster_entry *entry = roster_first(task->roster);
	size_t n = 0;

	for (; n < request->limit && is_due(entry, request->up_to); n++)
		entry = roster_next(entry);
	request->due = ARENA_ARRAY(arena, n, struct position);
	request->n_due = n;
	entry = roster_first(task->roster);
	for (size_t i = 0; i < n; i++, entry = roster_next(entry))
		request->due[i] = (struct position){
		    .instant = roster_score_of(entry),
		    .customer = arena_span(arena, roster_id(entry)),
		};
}

static enum outcome
memory_due(struct store *store, struct due_request *requests, size_t n,
    struct arena *arena, struct failure *why)
{
	struct memory *memory = memory_of(store);
	enum outcome all = DONE;

	for (size_t i = 0; i < n; i++) {
		const struct owner *owner = requests[i].owner;
		struct memory_task *task = task_of(memory, owner->task);
		struct failure reason;

		requests[i].outcome = DONE;
		if (is_held_by(task, owner, memory->scratch))
			list_due(task, &requests[i], arena);
		else
			requests[i].outcome = kind_fenced(owner, &reason);
		kind_join(&all, why, requests[i].outcome, &reason);
	}
	return (all);
}

static void
write_customer(struct roster *roster, const struct customer_write *customer)
{
	if (customer->bytes.at == NULL) {
		roster_remove(roster, customer->id);
		return;
	}
	roster_put(roster, customer->id, customer->bytes);
	if (customer->until_changed)
		roster_score(roster, customer->id,
		    store_score(customer->until, customer->id));
}

static void
write_batch(struct memory_task *task, const struct commit_request *request,
    struct arena *scratch)
{
	struct fields fields = state_encode(scratch, request->next);

	for (size_t i = 0; i < fields.n; i++)
		set_field(task, fields.at[i].name, fields.at[i].value);
	for (size_t i = 0; i < request->n; i++)
		write_customer(task->roster, &request->customers[i]);
	keep(&task->outbox, request->outbox);
}

/* The same commit came before; its answer was lost. */
static bool
has_happened(const struct memory_task *task,
    const struct commit_request *request, struct arena *scratch)
{
	struct owner after = *request->owner;

	after.batch = request->next->batch;
	return (is_held_by(task, &after, scratch) &&
		span_equals(get_field(task, SPAN("id")), request->next->id));
}

static enum outcome
memory_commit(struct store *store, struct commit_request *requests, size_t n,
    struct arena *arena, struct failure *why)
{
	struct memory *memory = memory_of(store);
	enum outcome all = DONE;

	for (size_t i = 0; i < n; i++) {
		struct commit_request *request = &requests[i];
		struct memory_task *task =
		    task_of(memory, request->owner->task);
		struct failure reason;

		request->outcome = DONE;
		if (is_held_by(task, request->owner, memory->scratch))
			write_batch(task, request, memory->scratch);
		else if (!has_happened(task, request, memory->scratch))
			request->outcome = kind_fenced(request->owner, &reason);
		if (request->outcome == DONE)
			request->first = first_of(task, arena);
		kind_join(&all, why, request->outcome, &reason);
	}
	return (all);
}

static void
memory_published(struct store *store, const struct owner *owner)
{
	struct memory *memory = memory_of(store);
	struct memory_task *task = task_of(memory, owner->task);

	if (is_held_by(task, owner, memory->scratch))
		set_field(task, SPAN("published"),
		    state_print(memory->scratch, owner->batch));
}

static enum outcome
memory_read(struct store *store, int number, struct span id,
    struct arena *arena, struct span *ret, struct failure *why)
{
	struct load_request request = {.ids = &id, .n = 1, .values = ret};

	(void)why;
	load_values(task_of(memory_of(store), number), &request, arena);
	return (DONE);
}

static enum outcome
memory_state(struct store *store, int number, struct arena *arena,
    struct task_found *ret, struct failure *why)
{
	return (found(task_of(memory_of(store), number), arena, ret, why));
}

static duration_ms
memory_wait(const struct store *store)
{
	(void)store;
	return (0);
}

static void
free_task(struct memory_task *task)
{
	if (task == NULL)
		return;
	for (size_t i = 0; i < task->n_fields; i++) {
		free(task->fields[i].name.at);
		free(task->fields[i].value.at);
	}
	free(task->fields);
	free(task->outbox.at);
	roster_free(task->roster);
	free(task);
}

static void
memory_close(struct store *store)
{
	struct memory *memory = memory_of(store);

	for (size_t i = 0; i < memory->n_tasks; i++)
		free_task(memory->tasks[i]);
	free(memory->tasks);
	arena_free(memory->scratch);
	free(memory);
}

static const struct store_kind memory_kind = {
    .claim = memory_claim,
    .raise_epoch = memory_raise_epoch,
    .load = memory_load,
    .due = memory_due,
    .commit = memory_commit,
    .published = memory_published,
    .read = memory_read,
    .state = memory_state,
    .wait = memory_wait,
    .close = memory_close,
};

struct store *
store_open_memory(void)
{
	struct memory *memory = resize(NULL, 1, sizeof *memory);

	*memory = (struct memory){
	    .store.kind = &memory_kind,
	    .scratch = arena_new(),
	};
	return (&memory->store);
}
