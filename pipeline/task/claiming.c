/*
 * A claim, carried out: fence the others, ask both sides, plan, and begin.
 * Each attempt starts from the top; whatever a former one got done, this one
 * finds.
 */
#include "pipeline/task/claiming.h"

#include "pipeline/base/check.h"
#include "pipeline/stream/cluster.h"

struct attempt {
	const struct claimer *claimer;
	int number;
	struct arena *arena;
	struct claim_result *ret;
	struct failure *why;
	struct owner owner;
	struct task_found r;
	struct outbox outbox;
	struct claim_topic *topics; /* by stream */
	size_t n_topics;
	struct claim_destination *destinations; /* n_destinations of them */
	size_t n_destinations;
};

/* ---- R ---- */

static enum outcome
fence(struct attempt *at, struct span token)
{
	enum outcome outcome = store_claim(
	    at->claimer->store, at->number, token, at->arena, &at->r, at->why);

	if (outcome != DONE)
		return (outcome);
	at->owner = (struct owner){.task = at->number,
	    .epoch = at->r.state.epoch,
	    .token = token,
	    .batch = at->r.state.batch};
	if (outbox_read(at->r.outbox, at->arena, &at->outbox, at->why) == DONE)
		return (DONE);
	at->ret->cause = CAUSE_CONFIG;
	return (FATAL);
}

/* ---- K, and what the brokers have ---- */

static int64_t
stored_next(const struct task_state *state, struct span topic)
{
	for (size_t i = 0; i < state->n_topics; i++) {
		if (span_equals(state->topics[i].name, topic))
			return (state->topics[i].next);
	}
	return (OFFSET_NONE);
}

static enum outcome
ask_committed(struct attempt *at)
{
	size_t n = at->n_topics;
	struct topic_offset *list =
	    ARENA_ARRAY(at->arena, n, struct topic_offset);
	enum outcome outcome;

	for (size_t i = 0; i < n; i++)
		list[i] = (struct topic_offset){.topic = at->topics[i].name,
		    .partition = at->number,
		    .offset = OFFSET_NONE};
	if (!at->claimer->exactly_once)
		return (DONE);
	outcome = source_committed(at->claimer->source, list, n, at->arena,
	    at->claimer->timeout, &at->ret->cause, at->why);
	if (outcome != DONE)
		return (outcome);
	for (size_t i = 0; i < n; i++) {
		at->topics[i].committed = list[i].offset;
		at->topics[i].metadata = list[i].metadata;
	}
	return (DONE);
}

/* The distinct topics that the outbox goes to. */
static void
list_destinations(struct attempt *at)
{
	const struct outbox *outbox = &at->outbox;

	at->destinations =
	    ARENA_ARRAY(at->arena, outbox->n, struct claim_destination);
	for (size_t i = 0; i < outbox->n; i++) {
		struct span topic = outbox->entries[i].message.topic;
		size_t j = 0;

		while (j < at->n_destinations &&
		       !span_equals(at->destinations[j].name, topic))
			j++;
		if (j == at->n_destinations)
			at->destinations[at->n_destinations++].name = topic;
	}
}

static enum outcome
ask_topics(struct attempt *at)
{
	size_t n = at->n_topics + at->n_destinations;
	struct topic_log *logs = ARENA_ARRAY(at->arena, n, struct topic_log);
	enum outcome outcome;

	for (size_t i = 0; i < n; i++) {
		bool input = i < at->n_topics;

		logs[i].topic = input ? at->topics[i].name
				      : at->destinations[i - at->n_topics].name;
		logs[i].partition = input ? at->number : 0;
	}
	outcome = cluster_topics(source_cluster(at->claimer->source), logs, n,
	    at->claimer->timeout, &at->ret->cause, at->why);
	if (outcome != DONE)
		return (outcome);
	for (size_t i = 0; i < at->n_topics; i++) {
		at->topics[i].exists = logs[i].exists;
		at->topics[i].partitions = logs[i].partitions;
		at->topics[i].log_start = logs[i].log_start;
		at->topics[i].log_end = logs[i].log_end;
	}
	for (size_t i = 0; i < at->n_destinations; i++)
		at->destinations[i].exists = logs[at->n_topics + i].exists;
	return (DONE);
}

static enum outcome
ask(struct attempt *at)
{
	const struct schema *schema = at->claimer->work->edition->schema;
	enum outcome outcome;

	at->n_topics = schema->n_streams;
	at->topics = ARENA_ARRAY(at->arena, at->n_topics, struct claim_topic);
	for (size_t i = 0; i < at->n_topics; i++) {
		at->topics[i].name = schema->streams[i].topic;
		at->topics[i].configured = true;
		at->topics[i].committed = OFFSET_NONE;
		at->topics[i].stored =
		    stored_next(&at->r.state, at->topics[i].name);
	}
	list_destinations(at);
	outcome = ask_committed(at);
	return (outcome == DONE ? ask_topics(at) : outcome);
}

/* ---- beginning ---- */

static int64_t *
start_offsets(const struct attempt *at)
{
	int64_t *next = ARENA_ARRAY(at->arena, at->n_topics, int64_t);

	for (size_t i = 0; i < at->n_topics; i++) {
		const struct claim_topic *topic = &at->topics[i];

		if (at->ret->plan.act == CLAIM_BEGIN_AT_K)
			next[i] = topic->committed;
		else
			next[i] = at->claimer->latest ? topic->log_end
						      : topic->log_start;
	}
	return (next);
}

/* Row 1: Kafka hears of batch 0 before anything else remembers it. */
static enum outcome
tell(struct attempt *at, const int64_t *next, const struct metadata *metadata)
{
	struct topic_offset *offsets =
	    ARENA_ARRAY(at->arena, at->n_topics, struct topic_offset);
	struct publication publication = {.serial = ++*at->claimer->serial,
	    .offsets = offsets,
	    .n_offsets = at->n_topics,
	    .member = source_member(at->claimer->source)};
	struct span text = metadata_print(at->arena, metadata);
	struct published result;
	enum outcome outcome;

	for (size_t i = 0; i < at->n_topics; i++)
		offsets[i] = (struct topic_offset){.topic = at->topics[i].name,
		    .partition = at->number,
		    .offset = next[i],
		    .metadata = text};
	outcome = sink_publish(at->claimer->sink, &publication,
	    at->claimer->timeout, &result, at->why);
	at->ret->cause = result.cause;
	/* Offsets alone are never too large. */
	return (outcome == REJECT ? RETRY : outcome);
}

static void
start(struct attempt *at, const struct task_state *state, wall_ms first)
{
	const struct claimer *claimer = at->claimer;
	struct task *task = task_new(at->number, claimer->work);
	int64_t *next = ARENA_ARRAY(at->arena, at->n_topics, int64_t);

	task_begin(task, claimer->work, &at->owner, state, first);
	if (at->ret->plan.batch > task->batch_floor)
		task->batch_floor = at->ret->plan.batch;
	for (size_t i = 0; i < at->n_topics; i++)
		next[i] = task->places[i].next;
	source_start(claimer->source, at->number, next);
	at->ret->task = task;
}

static enum outcome
begin(struct attempt *at)
{
	const struct claimer *claimer = at->claimer;
	const struct claim_plan *plan = &at->ret->plan;
	bool resumes = plan->act == CLAIM_BEGIN_AT_K;
	bool live = claimer->live || claimer->work->stream_clock;
	wall_ms wall = resumes ? plan->k.wall : claimer->work->wall;
	struct span id = resumes ? plan->k.id
				 : arena_print(at->arena, "%.*s:0",
				       SPAN_ARGS(at->owner.token));
	struct metadata metadata = {.id = id,
	    .batch = 0,
	    .epoch = at->owner.epoch,
	    .wall = wall,
	    .bound = {.instant = 0, .end = true}};
	struct task_first first = {.next = start_offsets(at),
	    .partitions = at->topics[0].partitions,
	    .live_from = live ? 0 : wall,
	    .frontier = 0,
	    .id = id,
	    .kid = id};
	struct task_state state =
	    task_first_state(at->arena, claimer->work, &first);
	struct commit_request commit = {.owner = &at->owner, .next = &state};
	enum outcome outcome = DONE;

	if (claimer->exactly_once && !resumes)
		outcome = tell(at, first.next, &metadata);
	if (outcome == DONE)
		outcome = store_commit(
		    claimer->store, &commit, 1, at->arena, at->why);
	if (outcome != DONE)
		return (outcome);
	at->owner.batch = state.batch;
	start(at, &state, commit.first.instant);
	return (DONE);
}

static enum outcome
go_on(struct attempt *at)
{
	const struct claim_plan *plan = &at->ret->plan;
	bool all_published =
	    plan->told && span_equals(plan->k.id, at->r.state.id);

	start(at, &at->r.state, at->r.first.instant);
	if (all_published)
		task_published(at->ret->task);
	if (plan->publish)
		task_keep_outbox(at->ret->task, at->r.outbox);
	return (DONE);
}

static enum outcome
carry_out(struct attempt *at)
{
	switch (at->ret->plan.act) {
	case CLAIM_BEGIN:
	case CLAIM_BEGIN_AT_K:
		return (begin(at));
	case CLAIM_GO_ON:
		return (go_on(at));
	case CLAIM_STOP:
		break;
	}
	at->ret->cause = CAUSE_CONFIG;
	return (fail_with(at->why, FATAL, "%s", at->ret->plan.why.text));
}

enum outcome
claim_task(const struct claimer *claimer, int number, struct span token,
    struct arena *arena, struct claim_result *ret, struct failure *why)
{
	struct attempt at = {.claimer = claimer,
	    .number = number,
	    .arena = arena,
	    .ret = ret,
	    .why = why};
	struct claim_found found = {
	    .task = number, .exactly_once = claimer->exactly_once};
	enum outcome outcome;

	*ret = (struct claim_result){.cause = CAUSE_NONE};
	outcome = fence(&at, token);
	if (outcome == DONE)
		outcome = ask(&at);
	if (outcome != DONE)
		return (outcome);
	found.state = &at.r.state;
	found.topics = at.topics;
	found.n_topics = at.n_topics;
	found.outbox = at.outbox.n > 0;
	found.destinations = at.destinations;
	found.n_destinations = at.n_destinations;
	ret->plan = plan_claim(&found);
	if (ret->plan.told && ret->plan.k.epoch >= at.owner.epoch) {
		outcome = store_raise_epoch(
		    claimer->store, &at.owner, ret->plan.k.epoch + 1, why);
		if (outcome != DONE)
			return (outcome);
	}
	return (carry_out(&at));
}
