/*
 * The loop of a worker without its world: one task, fed by files, in a store
 * in memory.
 */
#include "pipeline/lab/backtest.h"

#include "pipeline/base/check.h"
#include "pipeline/lab/file_source.h"
#include "pipeline/pipeline.h"

enum { BATCH_DEFAULT = 2000 };

/* Who reads along. */
struct listener {
	struct outlet outlet;
	const struct backtest_options *options;
};

static enum outcome
listener_publish(struct outlet *outlet, const struct publication *publication,
    struct published *result, struct failure *why)
{
	const struct listener *listener = (const struct listener *)outlet;
	const struct backtest_options *options = listener->options;

	(void)result;
	(void)why;
	for (size_t i = 0; i < publication->n_messages; i++) {
		if (options->on_message != NULL)
			options->on_message(
			    options->context, &publication->messages[i]);
	}
	return (DONE);
}

static const struct outlet_kind listener_kind = {.publish = listener_publish};

/* The one task begins: batch 0, all decisions live. */
static enum outcome
begin(struct pipeline *p, struct task *task, struct failure *why)
{
	size_t n = p->work.edition->schema->n_streams;
	struct arena *arena = p->work.arena;
	struct task_first first = {.next = ARENA_ARRAY(arena, n, int64_t),
	    .partitions = 1,
	    .live_from = INSTANT_BEFORE,
	    .frontier = INSTANT_BEFORE,
	    .id = SPAN("lab:0")};
	struct task_state state = task_first_state(arena, &p->work, &first);
	struct owner owner = {.token = SPAN("lab"), .batch = BATCH_NONE};
	struct commit_request commit = {.owner = &owner, .next = &state};
	struct task_found found;
	enum outcome outcome =
	    store_claim(p->store, 0, owner.token, arena, &found, why);

	if (outcome != DONE)
		return (outcome);
	owner.epoch = found.state.epoch;
	outcome = store_commit(p->store, &commit, 1, arena, why);
	if (outcome != DONE)
		return (outcome);
	owner.batch = state.batch;
	task_begin(task, &p->work, &owner, &state, commit.first.instant);
	task->counted = true;
	return (DONE);
}

/* What stopped the loop, in the words of who knows best. */
static enum outcome
stopped(const struct file_source *source, const struct task *task,
    struct failure *why)
{
	enum outcome outcome = file_source_state(source, why);

	if (outcome == DONE)
		outcome = fail_with(why, FATAL, "%s", task->why.text);
	return (outcome);
}

static enum outcome
run(struct pipeline *p, struct task *task, struct file_source *source,
    const struct backtest_options *options, struct failure *why)
{
	enum outcome outcome;

	do {
		outcome = pipeline_turn(p, 0);
		if (outcome == FATAL)
			return (fail_with(why, FATAL, "%s", p->why.text));
		if (task->fate != FATE_GOES_ON)
			return (stopped(source, task, why));
		if (file_source_ended(source))
			task->horizon = options->until;
	} while (outcome != DONE || !file_source_ended(source) ||
		 task_ready(task, &p->work));
	return (file_source_state(source, why));
}

enum outcome
backtest_run(const struct backtest_options *options, struct stats *stats,
    struct failure *why)
{
	const struct edition *edition = options->edition;
	struct file_source *source =
	    file_source_new(edition->schema, options->files, options->n_files);
	struct listener listener = {
	    .outlet.kind = &listener_kind, .options = options};
	struct pipeline p = {
	    .work = {.edition = edition,
		.route = options->route,
		.tenant = options->tenant,
		.live_within = options->live_within,
		.stream_clock = true,
		.batch_max =
		    options->batch > 0 ? options->batch : BATCH_DEFAULT,
		.decoder = decoder_new(edition->schema),
		.codec = {edition->schema, edition->program},
		.feed = file_source_feed(source)},
	    .store = store_open_memory(),
	    .outlet = &listener.outlet,
	    .stats = stats};
	struct task *task = task_new(0, &p.work);
	enum outcome outcome;

	pipeline_init(&p);
	pipeline_add(&p, task);
	outcome = begin(&p, task, why);
	if (outcome == DONE)
		outcome = run(&p, task, source, options, why);
	pipeline_done(&p);
	store_close(p.store);
	decoder_free(p.work.decoder);
	file_source_free(source);
	return (outcome);
}
