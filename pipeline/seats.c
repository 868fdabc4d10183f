/*
 * Which tasks are ours.  A number is a task when its partition of every topic
 * is assigned to us; then it is claimed.  Changes of membership arrive as
 * values, between two batches.
 */
#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/publish.h"
#include "pipeline/worker_state.h"

enum {
	CLAIM_MS = 2000,      /* each question of a claim               */
	CLAIM_AGAIN_MS = 200, /* between attempts                      */
	REVOKED_TRIES = 3,    /* at publishing what a revocation leaves */
};

static struct seat *
seat_of(const struct worker *w, int number)
{
	for (size_t i = 0; i < w->n_seats; i++) {
		if (w->seats[i].number == number)
			return (&w->seats[i]);
	}
	return (NULL);
}

static struct seat *
seat_make(struct worker *w, int number)
{
	struct seat *seat = seat_of(w, number);

	if (seat != NULL)
		return (seat);
	w->seats = realloc(w->seats, (w->n_seats + 1) * sizeof *w->seats);
	CHECK(w->seats != NULL);
	seat = &w->seats[w->n_seats++];
	*seat = (struct seat){.number = number};
	return (seat);
}

/* ---- forgetting ---- */

static void
drop(struct worker *w, struct seat *seat)
{
	pipeline_drop(&w->p, seat->task);
	source_stop(w->source, seat->number);
	seat->task = NULL;
	seat->barrier = false;
	seat->claim_at = w->now;
	free(seat->ends);
	seat->ends = NULL;
}

/*
 * Nobody knows what becomes of a publication that has begun: whoever is part
 * of it is claimed anew, and finds out.
 */
void
seat_forget(struct worker *w, struct seat *seat)
{
	bool shared = seat->task != NULL && w->p.made && seat->task->said;

	if (seat->task != NULL)
		drop(w, seat);
	for (size_t i = 0; shared && i < w->n_seats; i++) {
		struct task *task = w->seats[i].task;

		if (task != NULL && task->said)
			drop(w, &w->seats[i]);
	}
}

void
seats_forget_all(struct worker *w)
{
	for (size_t i = 0; i < w->n_seats; i++)
		seat_forget(w, &w->seats[i]);
	for (size_t i = 0; i < w->n_seats; i++)
		w->seats[i].assigned = 0;
}

void
seats_free(struct worker *w)
{
	for (size_t i = 0; i < w->n_seats; i++)
		free(w->seats[i].ends);
	free(w->seats);
}

/* ---- membership ---- */

static void
on_assigned(struct worker *w, const struct membership *m)
{
	seats_forget_all(w);
	for (size_t i = 0; i < m->n; i++) {
		struct seat *seat = seat_make(w, m->list[i].partition);

		seat->assigned++;
		seat->held = false;
		seat->claim_at = w->now;
	}
	w->p.member = source_member(w->source);
	atomic_store_explicit(&w->stats->joined, true, memory_order_relaxed);
	counter_add(&w->stats->rebalances, 1);
	worker_say(w, WORKER_INFO, "group: assigned", -1, NULL);
}

static void
give_up(struct worker *w, const struct membership *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct seat *seat = seat_of(w, m->list[i].partition);

		if (seat == NULL)
			continue;
		seat_forget(w, seat);
		if (seat->assigned > 0)
			seat->assigned--;
	}
}

/* The group waits: what is committed is published, if Kafka lets us. */
static void
on_revoked(struct worker *w, const struct membership *m)
{
	for (int i = 0; i < REVOKED_TRIES && w->source != NULL; i++) {
		if (worker_publish(w))
			break;
	}
	if (w->source == NULL)
		return;
	give_up(w, m);
	source_revoked(w->source);
	worker_say(w, WORKER_INFO, "group: revoked", -1, NULL);
}

static void
on_failed(struct worker *w, const struct membership *m)
{
	if (m->cause == CAUSE_TOPIC)
		worker_say(w, WORKER_ERROR, "kafka: an input topic is missing",
		    -1, m->why.text);
	else if (m->cause == CAUSE_OWNER)
		worker_end(w, WORKER_FAILED, m->why.text);
	else
		worker_end_by(w, m->cause, m->why.text);
}

void
seats_membership(struct worker *w, const struct membership *m)
{
	switch (m->change) {
	case MEMBERSHIP_SAME:
		break;
	case MEMBERSHIP_ASSIGNED:
		on_assigned(w, m);
		break;
	case MEMBERSHIP_REVOKED:
		on_revoked(w, m);
		break;
	case MEMBERSHIP_LOST:
		give_up(w, m);
		worker_say(
		    w, WORKER_WARNING, "group: assignment lost", -1, NULL);
		break;
	case MEMBERSHIP_FAILED:
		on_failed(w, m);
		break;
	}
}

/* ---- claims ---- */

/*
 * A transaction of tasks that were forgotten is ended first: until then Kafka
 * does not say what was committed.
 */
static bool
settle(struct worker *w)
{
	struct publication nothing = {.serial = ++w->p.publication.serial};
	struct published result;
	struct failure why;
	enum outcome outcome;

	if (!sink_unsettled(w->sink))
		return (true);
	outcome = sink_publish(w->sink, &nothing, CLAIM_MS, &result, &why);
	if (outcome == FATAL)
		worker_end_by(w, result.cause, why.text);
	return (outcome == DONE);
}

static void
on_claimed(
    struct worker *w, struct seat *seat, const struct claim_result *result)
{
	seat->task = result->task;
	seat->told_at = seat->checked_at = w->now;
	seat->batch_checked = result->task->owner.batch;
	pipeline_add(&w->p, result->task);
	w->ends_known = false;
	w->ends_at = w->now;
	counter_add(&w->stats->claims, 1);
	worker_say(w, WORKER_INFO, "task: claimed", seat->number,
	    result->plan.meaning);
	say_adopted(w, seat);
}

static void
stop_at_row(struct worker *w, const struct seat *seat,
    const struct claim_result *result, const char *why)
{
	struct worker_event event = {.level = WORKER_ERROR,
	    .message = "task: cannot be claimed",
	    .task = seat->number,
	    .row = result->plan.row,
	    .detail = why};
	const struct worker_listener *listener = &w->config->listener;

	if (listener->event != NULL)
		listener->event(listener->context, &event);
}

static void
claim(struct worker *w, struct seat *seat)
{
	const struct worker_config *config = w->config;
	struct claimer claimer = {.work = &w->p.work,
	    .store = w->store,
	    .source = w->source,
	    .sink = w->sink,
	    .exactly_once = config->exactly_once,
	    .latest = config->start_latest,
	    .live = config->first_live,
	    .timeout = CLAIM_MS,
	    .serial = &w->p.publication.serial};
	struct claim_result result;
	struct failure why;
	struct span token;

	arena_reset(w->arena);
	token = arena_print(w->arena, "%s.%d.%llu", config->token,
	    config->number, (unsigned long long)++w->n_tokens);
	seat->claim_at = w->now + CLAIM_AGAIN_MS;
	switch (claim_task(
	    &claimer, seat->number, token, w->arena, &result, &why)) {
	case DONE:
		on_claimed(w, seat, &result);
		return;
	case RETRY:
		worker_say(w, WORKER_WARNING, "task: claim waits", seat->number,
		    why.text);
		break;
	case FENCED:
		worker_say(w, WORKER_WARNING, "task: claimed by another",
		    seat->number, why.text);
		break;
	case REJECT:
	case FATAL:
		stop_at_row(w, seat, &result, why.text);
		if (result.cause == CAUSE_NONE)
			worker_end(w,
			    store_notice(w->store)->denied ? WORKER_DENIED
							   : WORKER_FAILED,
			    why.text);
		else
			worker_end_by(w, result.cause, why.text);
		break;
	}
	counter_add(&w->stats->claims_failed, 1);
}

void
seats_claim(struct worker *w)
{
	size_t topics = w->config->edition->schema->n_streams;

	/* A claim publishes too; what waits goes first. */
	if (publication_waits(&w->p))
		return;
	for (size_t i = 0; i < w->n_seats && !w->ended; i++) {
		struct seat *seat = &w->seats[i];

		if (seat->task != NULL || seat->held ||
		    seat->assigned != topics || seat->claim_at > w->now)
			continue;
		if (w->source == NULL || !settle(w))
			return;
		claim(w, seat);
	}
}
