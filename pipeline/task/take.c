/*
 * What a batch of a task is made of: records in merge order, then customers
 * that are due at the frontier which these records prove.
 */
#include "pipeline/base/check.h"
#include "pipeline/task/task.h"

static struct stream_partition
partition_of(const struct task *task, size_t stream)
{
	return ((struct stream_partition){
	    .stream = (int)stream, .partition = task->number});
}

static struct arrival_rule
rule_of(const struct work *work)
{
	return ((struct arrival_rule){.stream = work->stream_clock,
	    .wall = work->wall,
	    .future_tolerance = work->edition->schema->future_tolerance});
}

/* A topic's first record, and what it says to the merge. */
struct topic_head {
	struct record record;
	struct merge_head head;
};

static bool
is_behind(const struct work *work, struct stream_partition at)
{
	int64_t end = work->feed->kind->known_end(work->feed, at);

	return (end < 0 || work->feed->kind->next(work->feed, at) < end);
}

/* False: it cannot be read, and the task stops. */
static bool
look(struct task *task, const struct work *work, size_t stream,
    struct topic_head *ret)
{
	struct stream_partition at = partition_of(task, stream);
	struct arrival_rule rule = rule_of(work);
	enum outcome outcome = work->feed->kind->head(
	    work->feed, at, &ret->record, &task->cause, &task->why);

	if (outcome == FATAL) {
		task->fate = FATE_STOPS;
		return (false);
	}
	if (outcome == DONE) {
		ret->head.state = HEAD_RECORD;
		ret->head.arrival = merge_arrival(
		    &rule, ret->record.timestamp, task->ahead[stream].arrival);
		ret->record.arrival = ret->head.arrival;
	} else {
		ret->head.state = is_behind(work, at) ? HEAD_BEHIND : HEAD_END;
	}
	return (true);
}

static wall_ms
later(wall_ms a, wall_ms b)
{
	return (a > b ? a : b);
}

/* All topics whose first record is not known; false: one cannot be read. */
static bool
look_at_all(struct task *task, const struct work *work,
    struct topic_head *topics, struct merge_head *heads)
{
	for (size_t i = 0; i < task->n_places; i++) {
		if (heads[i].state == HEAD_RECORD)
			continue;
		if (!look(task, work, i, &topics[i]))
			return (false);
		heads[i] = topics[i].head;
	}
	return (true);
}

static void
take_record(struct task *task, const struct work *work, size_t stream,
    const struct record *record)
{
	struct place *place = &task->ahead[stream];

	work->feed->kind->take(work->feed, partition_of(task, stream));
	batch_record(&task->batch, record);
	place->arrival = record->arrival;
	if (!work->stream_clock)
		reach_record(&place->reach, record->arrival, work->wall);
	else
		task->frontier_ahead =
		    frontier_stream(record->arrival, task->frontier_ahead);
}

/* What the merge said last: MERGE_WAIT, MERGE_END, or a topic: full. */
static int
take_records(struct task *task, const struct work *work,
    struct topic_head *topics, struct merge_head *heads)
{
	int next = MERGE_WAIT;

	while (look_at_all(task, work, topics, heads) &&
	       (next = merge_next(heads, task->n_places)) >= 0) {
		size_t stream = (size_t)next;
		struct record *record = &topics[stream].record;
		/* F cannot pass it by this record. */
		wall_ms reach = later(task->frontier_ahead,
		    work->stream_clock ? record->arrival - 1 : record->arrival);

		if (!batch_fits(&task->batch, record, task->first <= reach))
			return (next);
		take_record(task, work, stream, record);
		heads[stream].state = HEAD_END;
	}
	return (task->fate == FATE_STOPS ? MERGE_WAIT : next);
}

/* How far the topics are taken, and the frontier that this proves. */
static void
move_places(struct task *task, const struct work *work)
{
	wall_ms least = INSTANT_NEVER;

	for (size_t i = 0; i < task->n_places; i++) {
		struct place *place = &task->ahead[i];

		place->next =
		    work->feed->kind->next(work->feed, partition_of(task, i));
		reach_next(&place->reach, place->next);
		if (place->reach.reached < least)
			least = place->reach.reached;
	}
	if (!work->stream_clock)
		task->frontier_ahead =
		    frontier_wall(least, work->settle, task->frontier_ahead);
}

void
task_look(struct task *task, const struct work *work)
{
	task->frontier_ahead = task->frontier;
	(void)memcpy(
	    task->ahead, task->places, task->n_places * sizeof *task->places);
	move_places(task, work);
}

void
task_take(struct task *task, const struct work *work, size_t share)
{
	size_t n = task->n_places;
	struct topic_head *topics =
	    ARENA_ARRAY(work->arena, n, struct topic_head);
	struct merge_head *heads =
	    ARENA_ARRAY(work->arena, n, struct merge_head);
	int next;

	CHECK(!task->open && !task->unpublished);
	task->fate = FATE_GOES_ON;
	task->open = true;
	task_look(task, work);
	batch_begin(&task->batch, work->arena,
	    share < task->limit ? share : task->limit);
	for (size_t i = 0; i < n; i++)
		heads[i].state = HEAD_END;
	next = take_records(task, work, topics, heads);
	move_places(task, work);
	task->full = next >= 0;
	if (next == MERGE_END)
		task->frontier_ahead =
		    later(task->frontier_ahead, task->horizon);
}

bool
task_behind(struct task *task, const struct work *work)
{
	for (size_t i = 0; i < task->n_places; i++) {
		struct stream_partition at = partition_of(task, i);
		struct record record;

		if (is_behind(work, at) ||
		    work->feed->kind->head(work->feed, at, &record,
			&task->cause, &task->why) != RETRY)
			return (true);
	}
	return (false);
}

bool
task_ready(struct task *task, const struct work *work)
{
	if (task->adopts)
		return (false);
	task_look(task, work);
	if (task->first <= later(task->frontier_ahead, task->horizon))
		return (true);
	for (size_t i = 0; i < task->n_places; i++) {
		struct record record;
		enum outcome outcome = work->feed->kind->head(work->feed,
		    partition_of(task, i), &record, &task->cause, &task->why);

		if (outcome != RETRY)
			return (true);
	}
	return (false);
}

bool
task_asks_due(struct task *task, struct due_request *ret)
{
	if (!task->open || task->first > task->frontier_ahead)
		return (false);
	*ret = (struct due_request){.owner = &task->owner,
	    .up_to = task->frontier_ahead,
	    .limit = batch_due_room(&task->batch) + 1};
	return (true);
}

void
task_due(struct task *task, const struct due_request *due)
{
	if (due == NULL) {
		batch_due(
		    &task->batch, NULL, 0, task->frontier_ahead, task->bound);
		return;
	}
	batch_due(&task->batch, due->due, due->n_due, task->frontier_ahead,
	    task->bound);
	if (due->n_due > task->batch.n_due)
		task->full = true;
}
