/*
 * What both kinds of store share: the calls of the contract, and the scores
 * of :due.
 */
#include "pipeline/store/store.h"

#include "pipeline/base/check.h"
#include "pipeline/base/hash.h"
#include "pipeline/store/kind.h"

int64_t
store_score(wall_ms until, struct span id)
{
	if (until >= SCORE_NEVER)
		return (SCORE_NEVER +
			(int64_t)(hash_id(id) & (uint64_t)(SCORE_NEVER - 1)));
	return (until < -SCORE_NEVER ? -SCORE_NEVER : until);
}

wall_ms
store_instant(int64_t score)
{
	return (score >= SCORE_NEVER ? INSTANT_NEVER : score);
}

struct position
position_never(void)
{
	return ((struct position){.instant = INSTANT_NEVER, .end = true});
}

static int
weight(enum outcome outcome)
{
	switch (outcome) {
	case DONE:
		return (0);
	case FENCED:
		return (1);
	case RETRY:
		return (2);
	case REJECT:
	case FATAL:
	default:
		return (3);
	}
}

void
kind_join(enum outcome *all, struct failure *why, enum outcome one,
    const struct failure *reason)
{
	if (weight(one) <= weight(*all))
		return;
	*all = one;
	if (why != NULL)
		*why = *reason;
}

enum outcome
kind_fenced(const struct owner *owner, struct failure *why)
{
	return (fail_with(
	    why, FENCED, "task %d: has another owner or batch", owner->task));
}

static void
check_owner(const struct owner *owner)
{
	CHECK(owner->task >= 0);
	CHECK(owner->token.length <= STORE_TOKEN_MAX);
	CHECK(owner->batch >= BATCH_NONE);
}

enum outcome
store_claim(struct store *store, int task, struct span token,
    struct arena *arena, struct task_found *ret, struct failure *why)
{
	CHECK(task >= 0 && token.length <= STORE_TOKEN_MAX);
	return (store->kind->claim(store, task, token, arena, ret, why));
}

enum outcome
store_raise_epoch(struct store *store, struct owner *owner, int64_t at_least,
    struct failure *why)
{
	enum outcome outcome;

	check_owner(owner);
	if (at_least <= owner->epoch)
		return (store_check(store, owner, why));
	outcome = store->kind->raise_epoch(store, owner, at_least, why);
	if (outcome == DONE)
		owner->epoch = at_least;
	return (outcome);
}

enum outcome
store_check(struct store *store, const struct owner *owner, struct failure *why)
{
	struct load_request request = {.owner = owner};

	return (store_load(store, &request, 1, NULL, why));
}

enum outcome
store_load(struct store *store, struct load_request *requests, size_t n,
    struct arena *arena, struct failure *why)
{
	for (size_t i = 0; i < n; i++) {
		check_owner(requests[i].owner);
		CHECK(requests[i].n == 0 || arena != NULL);
	}
	return (
	    n == 0 ? DONE : store->kind->load(store, requests, n, arena, why));
}

enum outcome
store_due(struct store *store, struct due_request *requests, size_t n,
    struct arena *arena, struct failure *why)
{
	for (size_t i = 0; i < n; i++)
		check_owner(requests[i].owner);
	return (
	    n == 0 ? DONE : store->kind->due(store, requests, n, arena, why));
}

enum outcome
store_commit(struct store *store, struct commit_request *requests, size_t n,
    struct arena *arena, struct failure *why)
{
	for (size_t i = 0; i < n; i++) {
		check_owner(requests[i].owner);
		CHECK(requests[i].next->batch > requests[i].owner->batch);
	}
	return (n == 0 ? DONE
		       : store->kind->commit(store, requests, n, arena, why));
}

void
store_published(struct store *store, const struct owner *owner)
{
	check_owner(owner);
	store->kind->published(store, owner);
}

enum outcome
store_read(struct store *store, int task, struct span id, struct arena *arena,
    struct span *ret, struct failure *why)
{
	CHECK(task >= 0);
	return (store->kind->read(store, task, id, arena, ret, why));
}

enum outcome
store_state(struct store *store, int task, struct arena *arena,
    struct task_found *ret, struct failure *why)
{
	CHECK(task >= 0);
	return (store->kind->state(store, task, arena, ret, why));
}

const struct store_notice *
store_notice(const struct store *store)
{
	return (&store->notice);
}

duration_ms
store_wait(const struct store *store)
{
	return (store->kind->wait(store));
}

void
store_close(struct store *store)
{
	if (store != NULL)
		store->kind->close(store);
}
