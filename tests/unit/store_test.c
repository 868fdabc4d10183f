/*
 * What both stores promise about tasks and their owners.
 */
#include "store_fixture.h"

static void
a_task_that_nobody_wrote_does_not_exist(void **state)
{
	struct store *store = ready(state);
	struct task_found found = find(store);

	assert_false(found.state.exists);
	assert_int_equal(found.state.epoch, 0);
	assert_int_equal(found.state.batch, BATCH_NONE);
	assert_int_equal(found.state.published, BATCH_NONE);
	assert_int_equal(found.outbox.length, 0);
	assert_int_equal(found.first.instant, INSTANT_NEVER);
	assert_true(found.first.end);
	assert_true(found.state.bound.end);
	assert_int_equal(found.state.bound.instant, INSTANT_BEFORE);
}

static void
a_claim_raises_the_epoch_and_sets_the_token(void **state)
{
	struct store *store = ready(state);
	struct owner first = claim(store, "a");
	struct owner second = claim(store, "b");
	struct task_found found = find(store);

	assert_int_equal(first.epoch, 1);
	assert_int_equal(second.epoch, 2);
	assert_int_equal(found.state.epoch, 2);
	assert_true(span_equals(found.state.token, SPAN("b")));
	assert_false(found.state.exists);
}

static void
a_claim_finds_what_was_committed(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct customer_write customer = {SPAN("c"), SPAN("1"), 70, true};
	struct task_found found;
	struct failure why;

	assert_int_equal(commit_customers(store, &owner, &customer, 1,
			     SPAN("out\0box"), NULL),
	    DONE);
	assert_int_equal(store_claim(store, owner.task, SPAN("b"),
			     fixture.arena, &found, &why),
	    DONE);
	assert_true(found.state.exists);
	assert_int_equal(found.state.batch, 0);
	assert_true(span_equals(found.outbox, SPAN("out\0box")));
	assert_int_equal(found.first.instant, 70);
	assert_true(span_equals(found.first.customer, SPAN("c")));
}

static void
an_epoch_is_raised_and_never_lowered(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct owner stale = owner;
	struct failure why;

	assert_int_equal(store_raise_epoch(store, &owner, 9, &why), DONE);
	assert_int_equal(owner.epoch, 9);
	assert_int_equal(find(store).state.epoch, 9);
	assert_int_equal(store_raise_epoch(store, &owner, 4, &why), DONE);
	assert_int_equal(owner.epoch, 9);
	/* its answer was lost */
	assert_int_equal(store_raise_epoch(store, &stale, 9, &why), DONE);
	stale.epoch = 1;
	assert_int_equal(store_raise_epoch(store, &stale, 12, &why), FENCED);
	stale.token = SPAN("b");
	assert_int_equal(store_raise_epoch(store, &stale, 9, &why), FENCED);
	assert_int_equal(stale.epoch, 1);
	assert_int_equal(find(store).state.epoch, 9);
	assert_int_equal(claim(store, "b").epoch, 10);
}

static void
who_is_not_the_owner_is_fenced(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct span id = SPAN("c");
	struct span value = SPAN("untouched");
	struct failure why;
	struct owner rows[4];

	put(store, &owner, "c", "0", 10);
	put(store, &owner, "c", "1", 10);
	for (size_t i = 0; i < 4; i++)
		rows[i] = owner;
	rows[0].epoch--;
	rows[1].epoch++;
	rows[2].token = SPAN("b");
	rows[3].batch = BATCH_NONE;
	for (size_t i = 0; i < 4; i++) {
		struct due_request request = {
		    .owner = &rows[i], .up_to = 100, .limit = 1};
		struct customer_write customer = {id, SPAN("2"), 20, true};

		assert_int_equal(load(store, &rows[i], &id, 1, &value), FENCED);
		assert_true(span_equals(value, SPAN("untouched")));
		assert_int_equal(load(store, &rows[i], NULL, 0, NULL), FENCED);
		assert_int_equal(store_check(store, &rows[i], &why), FENCED);
		assert_int_equal(
		    store_due(store, &request, 1, fixture.arena, &why), FENCED);
		assert_null(request.due);
		assert_int_equal(commit_customers(store, &rows[i], &customer, 1,
				     SPAN("x"), NULL),
		    FENCED);
	}
	assert_int_equal(store_check(store, &owner, &why), DONE);
	assert_int_equal(load(store, &owner, &id, 1, &value), DONE);
	assert_true(span_equals(value, SPAN("1")));
}

static void
a_fenced_commit_changes_nothing(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct owner zombie;
	struct customer_write customers[] = {
	    {SPAN("c"), SPAN("2"), 5, true},
	    {SPAN("d"), SPAN("2"), 5, true},
	    {SPAN("e"), nothing, 0, false},
	};
	struct task_found found;

	put(store, &owner, "c", "1", 10);
	put(store, &owner, "e", "1", 11);
	zombie = owner;
	owner = claim(store, "b");
	assert_int_equal(
	    commit_customers(store, &zombie, customers, 3, SPAN("x"), NULL),
	    FENCED);
	assert_customer(store, SPAN("c"), SPAN("1"));
	assert_customer(store, SPAN("d"), nothing);
	assert_customer(store, SPAN("e"), SPAN("1"));
	found = find(store);
	assert_int_equal(found.state.batch, 1);
	assert_int_equal(found.outbox.length, 0);
	assert_int_equal(found.first.instant, 10);
}

static void
a_commit_whose_answer_was_lost_is_done_again(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct owner before = owner;
	struct owner other = owner;
	struct customer_write customer = {SPAN("c"), SPAN("1"), 8, true};
	struct position first = {.instant = 0};

	assert_int_equal(
	    commit_customers(store, &owner, &customer, 1, SPAN("x"), NULL),
	    DONE);
	customer.bytes = SPAN("never written");
	assert_int_equal(
	    commit_customers(store, &before, &customer, 1, SPAN("y"), &first),
	    DONE);
	assert_int_equal(first.instant, 8);
	assert_customer(store, SPAN("c"), SPAN("1"));
	assert_true(span_equals(find(store).outbox, SPAN("x")));
	/* the same number under another id is another history */
	other.token = SPAN("b");
	assert_int_equal(
	    commit_customers(store, &other, &customer, 1, SPAN("y"), NULL),
	    FENCED);
	/* and one that lies further back is not the last */
	assert_int_equal(
	    commit_customers(store, &owner, &customer, 1, SPAN(""), NULL),
	    DONE);
	before.batch = BATCH_NONE;
	assert_int_equal(
	    commit_customers(store, &before, &customer, 1, SPAN("y"), NULL),
	    FENCED);
}

static void
a_batch_number_may_jump(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct task_state next = following(&owner);
	struct commit_request request = {.owner = &owner, .next = &next};
	struct failure why;

	next.batch = INT64_C(9007199254740993);
	assert_int_equal(
	    store_commit(store, &request, 1, fixture.arena, &why), DONE);
	assert_int_equal(find(store).state.batch, next.batch);
	owner.batch = next.batch - 1;
	assert_int_equal(store_check(store, &owner, &why), FENCED);
	owner.batch = next.batch;
	assert_int_equal(store_check(store, &owner, &why), DONE);
}

static void
an_empty_outbox_is_deleted(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");

	assert_int_equal(
	    commit_customers(store, &owner, NULL, 0, SPAN("x"), NULL), DONE);
	assert_true(span_equals(find(store).outbox, SPAN("x")));
	assert_int_equal(
	    commit_customers(store, &owner, NULL, 0, SPAN(""), NULL), DONE);
	assert_int_equal(find(store).outbox.length, 0);
}

static void
published_rides_along_with_the_next_call(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct owner zombie;
	struct failure why;

	put(store, &owner, "c", "1", 10);
	store_published(store, &owner);
	assert_int_equal(store_check(store, &owner, &why), DONE);
	assert_int_equal(find(store).state.published, 0);
	put(store, &owner, "c", "2", 10);
	assert_int_equal(find(store).state.published, 0);
	zombie = owner;
	owner = claim(store, "b");
	store_published(store, &zombie);
	assert_int_equal(store_check(store, &owner, &why), DONE);
	assert_int_equal(find(store).state.published, 0);
	store_published(store, &owner);
	put(store, &owner, "c", "3", 10);
	assert_int_equal(find(store).state.published, 1);
}

static void
a_state_comes_back_as_it_was_written(void **state)
{
	const struct topic_state topics[] = {
	    {SPAN("orders"), 17, 1736150400123},
	    {SPAN("with space: and colon"), INT64_MAX, INSTANT_BEFORE},
	    {SPAN(""), 0, 0},
	    {SPAN("topic:topic:"), 1, -1},
	    {SPAN("nul\0\xff"), 2, 2},
	};
	enum { N = sizeof topics / sizeof topics[0] };
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct task_state next = following(&owner);
	struct commit_request request = {.owner = &owner, .next = &next};
	struct failure why;
	struct task_state got;
	size_t found = 0;

	next.kid = SPAN("kid:1");
	next.frontier = 1736150400000;
	next.bound =
	    (struct position){.instant = -3, .customer = SPAN("a:b\0c")};
	next.partitions = 48;
	next.live_from = 1700000000000;
	next.edition = SPAN("7f3a");
	next.topics = topics;
	next.n_topics = N;
	assert_int_equal(
	    store_commit(store, &request, 1, fixture.arena, &why), DONE);
	got = find(store).state;
	assert_true(got.exists);
	assert_int_equal(got.batch, 0);
	assert_true(span_equals(got.id, next.id));
	assert_true(span_equals(got.kid, next.kid));
	assert_int_equal(got.frontier, next.frontier);
	assert_int_equal(position_compare(got.bound, next.bound), 0);
	assert_false(got.bound.end);
	assert_int_equal(got.partitions, 48);
	assert_int_equal(got.live_from, next.live_from);
	assert_true(span_equals(got.edition, next.edition));
	assert_int_equal(got.n_topics, N);
	for (size_t i = 0; i < N * N; i++) {
		if (!span_equals(got.topics[i % N].name, topics[i / N].name))
			continue;
		assert_int_equal(got.topics[i % N].next, topics[i / N].next);
		assert_int_equal(
		    got.topics[i % N].arrival, topics[i / N].arrival);
		found++;
	}
	assert_int_equal(found, N);
}

static void
a_topic_that_a_commit_does_not_name_stays(void **state)
{
	const struct topic_state first[] = {
	    {SPAN("old"), 5, 5}, {SPAN("new"), 6, 6}};
	const struct topic_state second[] = {{SPAN("new"), 7, 7}};
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct task_state next = following(&owner);
	struct commit_request request = {.owner = &owner, .next = &next};
	struct task_state got;
	struct failure why;

	next.topics = first;
	next.n_topics = 2;
	assert_int_equal(
	    store_commit(store, &request, 1, fixture.arena, &why), DONE);
	owner.batch = next.batch;
	next = following(&owner);
	next.topics = second;
	next.n_topics = 1;
	assert_int_equal(
	    store_commit(store, &request, 1, fixture.arena, &why), DONE);
	got = find(store).state;
	assert_int_equal(got.n_topics, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(got.topics[i].next,
		    span_equals(got.topics[i].name, SPAN("old")) ? 5 : 7);
}

static void
tasks_end_each_for_itself(void **state)
{
	struct store *store = ready(state);
	struct owner mine = claim(store, "a");
	struct owner lost;
	struct owner also_mine;
	struct span ids[] = {SPAN("c"), SPAN("d")};
	struct span values[3][2];
	struct failure why;

	put(store, &mine, "c", "1", 10);
	fixture.last_task++;
	lost = claim(store, "a");
	(void)claim(store, "b");
	fixture.last_task++;
	also_mine = claim(store, "a");
	put(store, &also_mine, "d", "2", 20);
	{
		struct load_request requests[] = {
		    {.owner = &mine, .ids = ids, .n = 2, .values = values[0]},
		    {.owner = &lost, .ids = ids, .n = 2, .values = values[1]},
		    {.owner = &also_mine,
			.ids = ids,
			.n = 2,
			.values = values[2]},
		};
		struct task_state next[] = {
		    following(&mine), following(&lost), following(&also_mine)};
		struct commit_request commits[] = {
		    {.owner = &mine, .next = &next[0]},
		    {.owner = &lost, .next = &next[1]},
		    {.owner = &also_mine, .next = &next[2]},
		};

		assert_int_equal(
		    store_load(store, requests, 3, fixture.arena, &why),
		    FENCED);
		assert_int_equal(requests[0].outcome, DONE);
		assert_int_equal(requests[1].outcome, FENCED);
		assert_int_equal(requests[2].outcome, DONE);
		assert_true(span_equals(values[0][0], SPAN("1")));
		assert_null(values[0][1].at);
		assert_null(values[2][0].at);
		assert_true(span_equals(values[2][1], SPAN("2")));
		assert_int_equal(
		    store_commit(store, commits, 3, fixture.arena, &why),
		    FENCED);
		assert_int_equal(commits[0].outcome, DONE);
		assert_int_equal(commits[0].first.instant, 10);
		assert_int_equal(commits[1].outcome, FENCED);
		assert_int_equal(commits[2].outcome, DONE);
		assert_int_equal(commits[2].first.instant, 20);
	}
}

int
main(void)
{
	const struct CMUnitTest behaviours[] = {
	    cmocka_unit_test(a_task_that_nobody_wrote_does_not_exist),
	    cmocka_unit_test(a_claim_raises_the_epoch_and_sets_the_token),
	    cmocka_unit_test(a_claim_finds_what_was_committed),
	    cmocka_unit_test(an_epoch_is_raised_and_never_lowered),
	    cmocka_unit_test(who_is_not_the_owner_is_fenced),
	    cmocka_unit_test(a_fenced_commit_changes_nothing),
	    cmocka_unit_test(a_commit_whose_answer_was_lost_is_done_again),
	    cmocka_unit_test(a_batch_number_may_jump),
	    cmocka_unit_test(an_empty_outbox_is_deleted),
	    cmocka_unit_test(published_rides_along_with_the_next_call),
	    cmocka_unit_test(a_state_comes_back_as_it_was_written),
	    cmocka_unit_test(a_topic_that_a_commit_does_not_name_stays),
	    cmocka_unit_test(tasks_end_each_for_itself),
	};

	return (run_against_both("store", behaviours));
}
