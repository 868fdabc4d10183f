/* What became of the tasks and of the publication in a turn. */
#include "pipeline/stream/cluster.h"
#include "pipeline/worker_state.h"

enum {
	STORE_AGAIN_MS = 20,
	PUBLISH_AGAIN_MS = 50,
	COUNT_MS = 2000,
};

static void
store_is_away(struct worker *w, const char *why)
{
	duration_ms wait = store_wait(w->store);

	if (w->store_at <= w->now)
		worker_say(w, WORKER_WARNING, "store: away", -1, why);
	w->store_at = w->now + (wait > STORE_AGAIN_MS ? wait : STORE_AGAIN_MS);
	atomic_store_explicit(
	    &w->stats->store_there, false, memory_order_relaxed);
}

/*
 * A record lies in another partition than its key says.  If the brokers have
 * more partitions now, its producer was right and we are late.
 */
static void
recount(struct worker *w, struct seat *seat)
{
	const struct schema *schema = w->config->edition->schema;

	for (size_t i = 0; i < schema->n_streams; i++) {
		int32_t count;
		enum cause cause;
		struct failure why;
		enum outcome outcome = cluster_partition_count(
		    source_cluster(w->source), schema->streams[i].topic,
		    COUNT_MS, &count, &cause, &why);

		if (outcome == FATAL)
			worker_end_by(w, cause, why.text);
		if (outcome != DONE)
			return;
		if (count == seat->task->partitions)
			continue;
		worker_say(w, WORKER_ERROR,
		    "task: held, its topics have more partitions now",
		    seat->number, NULL);
		seat->held = true;
		seat_forget(w, seat);
		return;
	}
	seat->task->counted = true;
}

static void
stop(struct worker *w, const struct task *task)
{
	worker_say(w, WORKER_ERROR, "task: cannot go on", task->number,
	    task->why.text);
	if (task->cause == CAUSE_NONE && store_notice(w->store)->denied)
		worker_end(w, WORKER_DENIED, task->why.text);
	else
		worker_end_by(w, task->cause, task->why.text);
}

static void
handle(struct worker *w, struct seat *seat)
{
	struct task *task = seat->task;
	enum fate fate = task->fate;

	task->fate = FATE_GOES_ON;
	switch (fate) {
	case FATE_GOES_ON:
		break;
	case FATE_ASIDE:
		store_is_away(w, task->why.text);
		break;
	case FATE_UNKNOWN:
		store_is_away(w, task->why.text);
		seat_forget(w, seat);
		break;
	case FATE_FENCED:
		counter_add(&w->stats->fenced, 1);
		worker_say(w, WORKER_WARNING, "task: has another owner",
		    seat->number, task->why.text);
		seat_forget(w, seat);
		break;
	case FATE_RECOUNT:
		recount(w, seat);
		break;
	case FATE_STOPS:
		stop(w, task);
		break;
	}
}

/* Everything that was to be published belongs to somebody else. */
static void
forget_said(struct worker *w)
{
	counter_add(&w->stats->fenced, 1);
	worker_say(w, WORKER_WARNING, "group: another member owns our tasks",
	    -1, w->p.why.text);
	for (size_t i = 0; i < w->n_seats; i++) {
		struct task *task = w->seats[i].task;

		if (task != NULL && task->said)
			seat_forget(w, &w->seats[i]);
	}
}

static void
handle_publication(struct worker *w, enum outcome published)
{
	switch (published) {
	case DONE:
		w->publish_at = w->now;
		if (w->p.spoke)
			atomic_store_explicit(
			    &w->stats->kafka_there, true, memory_order_relaxed);
		break;
	case RETRY:
		worker_say(w, WORKER_WARNING, "kafka: not published yet", -1,
		    w->p.why.text);
		w->publish_at = w->now + PUBLISH_AGAIN_MS;
		atomic_store_explicit(
		    &w->stats->kafka_there, false, memory_order_relaxed);
		break;
	case FENCED:
		forget_said(w);
		break;
	case REJECT:
	case FATAL:
		worker_end_by(w, w->p.result.cause, w->p.why.text);
		break;
	}
}

void
fates_handle(struct worker *w, enum outcome published)
{
	bool committed = false;

	for (size_t i = 0; i < w->n_seats && !w->ended; i++) {
		struct task *task = w->seats[i].task;

		if (task == NULL)
			continue;
		committed =
		    committed || task->owner.batch != w->seats[i].batch_checked;
		handle(w, &w->seats[i]);
		if (w->source == NULL)
			return;
	}
	if (committed) {
		w->store_at = w->now;
		atomic_store_explicit(
		    &w->stats->store_there, true, memory_order_relaxed);
	}
	if (!w->ended)
		handle_publication(w, published);
	if (published == DONE && committed)
		w->fatal_in_a_row = 0;
}
