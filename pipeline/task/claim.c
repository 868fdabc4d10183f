/*
 * The table of README.md, row by row, in the order in which rows are tested.
 * What this version cannot put right by itself it recognises, and stops.
 */
#include "pipeline/task/claim.h"

#include <inttypes.h>

enum {
	ROW_FIRST = 1,
	ROW_FIRST_CUT = 2,
	ROW_EMPTY = 3,
	ROW_NO_K = 4,
	ROW_LOG = 5,
	ROW_ADDED = 6,
	ROW_PARTITIONS = 7,
	ROW_DESTINATION = 8,
	ROW_BY_HAND = 9,
};

/* What Kafka was told, over all configured topics. */
enum told {
	TOLD_NOTHING,
	TOLD_OURS,    /* one batch of ours, by every topic that has anything */
	TOLD_OTHERS,  /* offsets, but not with metadata of ours              */
	TOLD_VARIOUS, /* topics that do not speak of one batch               */
};

static struct claim_plan
stop_at(struct claim_plan *plan, int row)
{
	plan->act = CLAIM_STOP;
	plan->publish = false;
	plan->row = row;
	return (*plan);
}

/*
 * A topic that was not configured for a while stands where it stood: it speaks
 * of an older batch, and R knows of nothing beyond.
 */
static bool
is_dormant(const struct claim_topic *topic, const struct metadata *own,
    const struct metadata *newest)
{
	return (
	    own->batch < newest->batch && topic->stored == topic->committed);
}

/* The newest batch that any topic speaks of, and whether all are ours. */
static enum told
find_newest(const struct claim_found *found, struct metadata *ret)
{
	enum told told = TOLD_NOTHING;
	struct metadata m;

	for (size_t i = 0; i < found->n_topics; i++) {
		const struct claim_topic *topic = &found->topics[i];
		bool ours;

		if (!topic->configured || topic->committed == OFFSET_NONE)
			continue;
		ours = metadata_read(topic->metadata, &m);
		if (told == TOLD_NOTHING)
			told = ours ? TOLD_OURS : TOLD_OTHERS;
		else if (ours != (told == TOLD_OURS))
			return (TOLD_VARIOUS);
		if (ours && (ret->id.length == 0 || m.batch > ret->batch))
			*ret = m;
	}
	return (told);
}

static enum told
what_was_told(const struct claim_found *found, struct metadata *ret)
{
	enum told told;
	struct metadata m;

	*ret = (struct metadata){.batch = BATCH_NONE};
	if (!found->exactly_once)
		return (TOLD_NOTHING);
	told = find_newest(found, ret);
	for (size_t i = 0; told == TOLD_OURS && i < found->n_topics; i++) {
		const struct claim_topic *topic = &found->topics[i];

		if (topic->configured && topic->committed != OFFSET_NONE &&
		    metadata_read(topic->metadata, &m) &&
		    !span_equals(m.id, ret->id) && !is_dormant(topic, &m, ret))
			told = TOLD_VARIOUS;
	}
	return (told);
}

/* Rows 7 and 5: the topics themselves are not what they were. */
static bool
check_topics(const struct claim_found *found, struct claim_plan *plan)
{
	int count = found->state->exists ? found->state->partitions : 0;

	for (size_t i = 0; i < found->n_topics; i++) {
		const struct claim_topic *t = &found->topics[i];

		if (!t->configured)
			continue;
		if (count == 0)
			count = t->partitions;
		if (t->exists && t->partitions == count)
			continue;
		(void)fail_with(&plan->why, FATAL,
		    "task %d: topic %.*s has %d partitions, not %d: customers "
		    "would move between tasks; give all input topics the same "
		    "number again, or begin anew with another group and "
		    "prefix",
		    found->task, SPAN_ARGS(t->name), (int)t->partitions, count);
		plan->row = ROW_PARTITIONS;
		return (false);
	}
	for (size_t i = 0; i < found->n_topics; i++) {
		const struct claim_topic *t = &found->topics[i];
		int64_t next = found->state->exists ? t->stored : t->committed;

		if (!t->configured || next == OFFSET_NONE ||
		    (next >= t->log_start && next <= t->log_end))
			continue;
		(void)fail_with(&plan->why, FATAL,
		    "task %d: topic %.*s holds offsets %" PRId64 " to %" PRId64
		    ", and %" PRId64 " is next: retention passed us, or the "
		    "topic was made anew; use another group to start again",
		    found->task, SPAN_ARGS(t->name), t->log_start, t->log_end,
		    next);
		plan->row = ROW_LOG;
		return (false);
	}
	return (true);
}

/* Row 8: an outbox must have where to go before any of it goes. */
static bool
check_destinations(const struct claim_found *found, struct claim_plan *plan)
{
	for (size_t i = 0; i < found->n_destinations; i++) {
		const struct claim_destination *d = &found->destinations[i];

		if (d->exists)
			continue;
		(void)fail_with(&plan->why, FATAL,
		    "task %d: messages that were decided wait for topic %.*s, "
		    "which does not exist: create it",
		    found->task, SPAN_ARGS(d->name));
		plan->row = ROW_DESTINATION;
		return (false);
	}
	return (true);
}

/* Row 6: a topic of which neither R nor K knows anything. */
static bool
check_added(const struct claim_found *found, struct claim_plan *plan)
{
	for (size_t i = 0; i < found->n_topics; i++) {
		const struct claim_topic *t = &found->topics[i];

		if (!t->configured || t->stored != OFFSET_NONE ||
		    (found->exactly_once && !found->state->exists &&
			t->committed != OFFSET_NONE))
			continue;
		(void)fail_with(&plan->why, FATAL,
		    "task %d: topic %.*s was added to the schema: this version "
		    "cannot add one to a group that has begun; use another "
		    "group and prefix",
		    found->task, SPAN_ARGS(t->name));
		plan->row = ROW_ADDED;
		return (false);
	}
	return (true);
}

/* Nothing in Redis. */
static struct claim_plan
plan_beginning(
    const struct claim_found *found, enum told told, struct claim_plan *plan)
{
	if (told == TOLD_NOTHING) {
		plan->act = CLAIM_BEGIN;
		plan->row = ROW_FIRST;
		plan->meaning = "first start";
		return (*plan);
	}
	if (told == TOLD_OURS && plan->k.batch == 0) {
		if (!check_added(found, plan))
			return (stop_at(plan, plan->row));
		plan->act = CLAIM_BEGIN_AT_K;
		plan->row = ROW_FIRST_CUT;
		plan->meaning = "a first start that was cut short";
		return (*plan);
	}
	if (told == TOLD_OTHERS) {
		(void)fail_with(&plan->why, FATAL,
		    "task %d: the group has offsets that kithd did not write: "
		    "delete the group's offsets to begin where `start:` says, "
		    "or use another group",
		    found->task);
		return (stop_at(plan, ROW_BY_HAND));
	}
	(void)fail_with(&plan->why, FATAL,
	    "task %d: Redis is empty, but Kafka was told of batch %" PRId64
	    ": restore Redis, or use another group to start again",
	    found->task, plan->k.batch);
	return (stop_at(plan, ROW_EMPTY));
}

/* Has Redis lost what Kafka was told of? */
static bool
is_behind(const struct claim_found *found, const struct claim_plan *plan)
{
	for (size_t i = 0; i < found->n_topics; i++) {
		const struct claim_topic *t = &found->topics[i];

		if (t->configured && t->committed != OFFSET_NONE &&
		    t->stored < t->committed)
			return (true);
	}
	return (position_compare(found->state->bound, plan->k.bound) < 0);
}

/* R and K exist: whether the last outbox was published is K's to say. */
static struct claim_plan
plan_usual(const struct claim_found *found, struct claim_plan *plan)
{
	const struct task_state *r = found->state;
	bool sent = span_equals(plan->k.id, r->id);
	bool held = span_equals(plan->k.id, r->kid);

	if ((!sent && !held) || is_behind(found, plan)) {
		(void)fail_with(&plan->why, FATAL,
		    "task %d: Redis is at batch %" PRId64
		    ", Kafka was told of batch %" PRId64
		    " of another history: Redis has lost writes; this version "
		    "cannot rebuild them: restore Redis, or use another group",
		    found->task, r->batch, plan->k.batch);
		return (stop_at(plan, 0));
	}
	plan->publish = !sent && found->outbox;
	if (plan->publish && !check_destinations(found, plan))
		return (stop_at(plan, ROW_DESTINATION));
	if (!check_added(found, plan))
		return (stop_at(plan, ROW_ADDED));
	plan->act = CLAIM_GO_ON;
	plan->meaning = plan->publish ? "a crash between commit and publish"
				      : "all was published";
	return (*plan);
}

/* At least once: R alone decides. */
static struct claim_plan
plan_alone(const struct claim_found *found, struct claim_plan *plan)
{
	const struct task_state *r = found->state;

	plan->publish = found->outbox && r->published < r->batch;
	if (plan->publish && !check_destinations(found, plan))
		return (stop_at(plan, ROW_DESTINATION));
	if (!check_added(found, plan))
		return (stop_at(plan, ROW_ADDED));
	plan->act = CLAIM_GO_ON;
	plan->meaning =
	    plan->publish ? "perhaps not published" : "all was published";
	return (*plan);
}

static struct claim_plan
plan_without_k(const struct claim_found *found, struct claim_plan *plan)
{
	const struct task_state *r = found->state;

	if (found->outbox && r->published < r->batch)
		(void)fail_with(&plan->why, FATAL,
		    "task %d: Kafka has no offsets of the group for batch "
		    "%" PRId64
		    " and so nobody can know whether its messages were "
		    "sent: look for kith_batch %" PRId64 "/%d in the output "
		    "topics",
		    found->task, r->batch, r->batch, found->task);
	else
		(void)fail_with(&plan->why, FATAL,
		    "task %d: Redis is at batch %" PRId64
		    ", but Kafka has no offsets of ours for the group: it was "
		    "deleted, has expired, or was reset by hand; use another "
		    "group and prefix to start again",
		    found->task, r->batch);
	return (stop_at(plan, ROW_NO_K));
}

struct claim_plan
plan_claim(const struct claim_found *found)
{
	const struct task_state *r = found->state;
	struct claim_plan plan = {.meaning = "", .batch = r->batch};
	enum told told = what_was_told(found, &plan.k);

	plan.told = told == TOLD_OURS;
	if (plan.told && plan.k.batch > plan.batch)
		plan.batch = plan.k.batch;
	if (!check_topics(found, &plan))
		return (stop_at(&plan, plan.row));
	if (!r->exists)
		return (plan_beginning(found, told, &plan));
	if (!found->exactly_once)
		return (plan_alone(found, &plan));
	if (told != TOLD_OURS)
		return (plan_without_k(found, &plan));
	return (plan_usual(found, &plan));
}
