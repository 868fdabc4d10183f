/*
 * What both stores promise about customers and when they are due.
 */
#include "store_fixture.h"

static void
due_customers_come_in_the_order_of_score_then_bytes(void **state)
{
	const struct customer_write customers[] = {
	    {SPAN("b"), SPAN("1"), 20, true},
	    {SPAN("late"), SPAN("1"), 31, true},
	    {SPAN("\xff"), SPAN("1"), 20, true},
	    {SPAN("a\0b"), SPAN("1"), 20, true},
	    {SPAN("a"), SPAN("1"), 20, true},
	    {SPAN(""), SPAN("1"), 20, true},
	    {SPAN("a\r\n$3"), SPAN("1"), 20, true},
	    {SPAN("task"), SPAN("1"), 30, true},
	    {SPAN("z"), SPAN("1"), -7, true},
	    {SPAN("never"), SPAN("1"), INSTANT_NEVER, true},
	    {SPAN("{9}:x"), SPAN("1"), 19, true},
	};
	static const int order[] = {8, 10, 5, 4, 3, 6, 0, 2, 7};
	enum { N = sizeof order / sizeof order[0] };
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct position first = {.instant = 0};

	assert_int_equal(
	    commit_customers(store, &owner, customers,
		sizeof customers / sizeof customers[0], SPAN(""), &first),
	    DONE);
	assert_int_equal(first.instant, -7);
	assert_true(span_equals(first.customer, SPAN("z")));
	for (size_t limit = 0; limit <= N + 1; limit++) {
		struct due_request got = due(store, &owner, 30, limit);

		assert_int_equal(got.n_due, limit < N ? limit : N);
		for (size_t i = 0; i < got.n_due; i++) {
			const struct customer_write *want =
			    &customers[order[i]];

			assert_int_equal(got.due[i].instant, want->until);
			assert_true(span_equals(got.due[i].customer, want->id));
			assert_false(got.due[i].end);
		}
	}
	assert_int_equal(due(store, &owner, 29, N).n_due, N - 1);
	assert_int_equal(due(store, &owner, -8, N).n_due, 0);
	assert_int_equal(due(store, &owner, INSTANT_BEFORE, N).n_due, 0);
	assert_int_equal(due(store, &owner, INSTANT_NEVER, 100).n_due, N + 1);
}

static void
never_is_a_score_beyond_all_instants(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct position first = {.instant = 0};
	struct customer_write customer = {
	    SPAN("c"), SPAN("1"), INSTANT_NEVER, true};

	assert_int_equal(
	    commit_customers(store, &owner, &customer, 1, SPAN(""), &first),
	    DONE);
	assert_int_equal(first.instant, INSTANT_NEVER);
	assert_true(first.end);
	assert_int_equal(due(store, &owner, INSTANT_NEVER, 9).n_due, 0);
	customer.until = SCORE_NEVER - 1;
	assert_int_equal(
	    commit_customers(store, &owner, &customer, 1, SPAN(""), &first),
	    DONE);
	assert_int_equal(first.instant, SCORE_NEVER - 1);
	assert_int_equal(due(store, &owner, SCORE_NEVER - 1, 9).n_due, 1);
	assert_int_equal(due(store, &owner, SCORE_NEVER - 2, 9).n_due, 0);
	customer.until = INSTANT_BEFORE;
	assert_int_equal(
	    commit_customers(store, &owner, &customer, 1, SPAN(""), &first),
	    DONE);
	assert_int_equal(first.instant, -SCORE_NEVER);
}

static void
scores_of_never_are_spread_and_exact(void **state)
{
	int64_t halves[2] = {0, 0};
	char id[16];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int length = snprintf(id, sizeof id, "c%d", i);
		int64_t score = store_score(
		    INSTANT_NEVER, (struct span){id, (size_t)length});

		assert_true(score >= SCORE_NEVER && score < 2 * SCORE_NEVER);
		assert_true((int64_t)(double)score == score);
		assert_int_equal(store_instant(score), INSTANT_NEVER);
		halves[score >= SCORE_NEVER + SCORE_NEVER / 2]++;
	}
	assert_true(halves[0] > 400 && halves[1] > 400);
	assert_int_equal(store_instant(SCORE_NEVER - 1), SCORE_NEVER - 1);
}

static void
an_unchanged_until_leaves_the_score(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct customer_write customer = {SPAN("c"), SPAN("2"), 99, false};
	struct position first = {.instant = 0};

	put(store, &owner, "c", "1", 10);
	assert_int_equal(
	    commit_customers(store, &owner, &customer, 1, SPAN(""), &first),
	    DONE);
	assert_int_equal(first.instant, 10);
	assert_customer(store, SPAN("c"), SPAN("2"));
}

static void
a_removed_customer_is_gone_from_both(void **state)
{
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct customer_write customers[] = {
	    {SPAN("c"), nothing, 0, true},
	    {SPAN("d"), SPAN(""), 12, true},
	    {SPAN("unknown"), nothing, 0, false},
	};
	struct position first = {.instant = 0};

	put(store, &owner, "c", "1", 10);
	assert_int_equal(
	    commit_customers(store, &owner, customers, 3, SPAN(""), &first),
	    DONE);
	assert_customer(store, SPAN("c"), nothing);
	assert_customer(store, SPAN("d"), SPAN(""));
	assert_int_equal(first.instant, 12);
	put(store, &owner, "c", "3", 9);
	assert_customer(store, SPAN("c"), SPAN("3"));
}

static void
a_large_batch_is_one_commit_and_one_load(void **state)
{
	enum { N = 2000, SIZE = 2048 };
	struct store *store = ready(state);
	struct owner owner = claim(store, "a");
	struct customer_write *customers =
	    ARENA_ARRAY(fixture.arena, N, struct customer_write);
	struct span *ids = ARENA_ARRAY(fixture.arena, N + 1, struct span);
	struct span *values = ARENA_ARRAY(fixture.arena, N + 1, struct span);
	struct due_request got;

	for (size_t i = 0; i < N; i++) {
		char *bytes = arena_alloc(fixture.arena, SIZE);

		ids[i] = arena_print(fixture.arena, "customer-%05zu", i);
		(void)memset(bytes, (int)(i % 256), SIZE);
		customers[i] = (struct customer_write){
		    ids[i], {bytes, SIZE}, (wall_ms)(N - i), true};
	}
	ids[N] = SPAN("unknown");
	assert_int_equal(
	    commit_customers(store, &owner, customers, N, SPAN("x"), NULL),
	    DONE);
	assert_int_equal(load(store, &owner, ids, N + 1, values), DONE);
	for (size_t i = 0; i < N; i++)
		assert_true(span_equals(values[i], customers[i].bytes));
	assert_null(values[N].at);
	got = due(store, &owner, INSTANT_NEVER, N + 1);
	assert_int_equal(got.n_due, N);
	for (size_t i = 0; i < N; i++)
		assert_true(span_equals(got.due[i].customer, ids[N - 1 - i]));
	for (size_t i = 0; i < N; i++)
		customers[i].bytes = nothing;
	assert_int_equal(
	    commit_customers(store, &owner, customers, N, SPAN(""), NULL),
	    DONE);
	assert_int_equal(due(store, &owner, INSTANT_NEVER, 1).n_due, 0);
	assert_int_equal(load(store, &owner, ids, N, values), DONE);
	for (size_t i = 0; i < N; i++)
		assert_null(values[i].at);
}

int
main(void)
{
	const struct CMUnitTest behaviours[] = {
	    cmocka_unit_test(
		due_customers_come_in_the_order_of_score_then_bytes),
	    cmocka_unit_test(never_is_a_score_beyond_all_instants),
	    cmocka_unit_test(scores_of_never_are_spread_and_exact),
	    cmocka_unit_test(an_unchanged_until_leaves_the_score),
	    cmocka_unit_test(a_removed_customer_is_gone_from_both),
	    cmocka_unit_test(a_large_batch_is_one_commit_and_one_load),
	};

	return (run_against_both("customers", behaviours));
}
