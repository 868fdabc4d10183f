#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/customer_bench.h"

static bool
is_open(void *context, const struct entry *entry)
{
	struct value kind = entry_field(context, entry, ACTION);

	return (kind.kind == VALUE_STRING &&
		span_equals(value_text(kind), SPAN("open")));
}

static void
days_count_whole_days_of_utc(void **state)
{
	static const struct {
		int from; /* days */
		int to;
		wall_ms n; /* after T0 */
		int all;
		int opens;
		wall_ms next; /* after T0; of all */
	} rows[] = {
	    {1, 0, 0, 2, 1, DAY_MS},
	    {1, 0, DAY_MS - 1, 2, 1, DAY_MS},
	    {1, 0, DAY_MS, 1, 1, 2 * DAY_MS},
	    {2, 0, DAY_MS, 3, 2, 2 * DAY_MS},
	    {2, 1, DAY_MS, 2, 1, 2 * DAY_MS},
	    {2, 1, 5, 0, 0, DAY_MS},
	    {30, 0, 29 * DAY_MS, 3, 2, 30 * DAY_MS},
	    {30, 0, 31 * DAY_MS, 0, 0, -1},
	};
	struct window_query query = {
	    .stream = &shop.streams[ENGAGEMENT],
	    .field = WINDOW_NO_FIELD,
	    .context = &shop.streams[ENGAGEMENT],
	};

	(void)state;
	fold_in(engagement(
	    &shop, arena, SPAN("1"), T0 + 5, value_string(SPAN("open"))));
	fold_in(engagement(
	    &shop, arena, SPAN("2"), T0 + 6, value_string(SPAN("click"))));
	fold_in(engagement(&shop, arena, SPAN("3"), T0 + DAY_MS + 7,
	    value_string(SPAN("open"))));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		wall_ms next;
		wall_ms want =
		    rows[i].next < 0 ? INSTANT_NEVER : T0 + rows[i].next;

		query.window = (struct window){
		    .from = rows[i].from * DAY_MS, .to = rows[i].to * DAY_MS};
		query.keep = NULL;
		if (ask(&query, T0 + rows[i].n, &next).i != rows[i].all ||
		    next != want)
			fail_msg("row %zu", i);
		query.keep = is_open;
		if (ask(&query, T0 + rows[i].n, &next).i != rows[i].opens)
			fail_msg("row %zu, opens", i);
	}
}

static void
days_answer_the_last_of_a_kind_and_nothing_else(void **state)
{
	struct window_query query = {
	    .stream = &shop.streams[ENGAGEMENT],
	    .window = {.whole = true},
	    .aggregate = AGGREGATE_LATEST,
	    .field = WINDOW_AT,
	    .context = &shop.streams[ENGAGEMENT],
	};
	wall_ms next;

	(void)state;
	assert_int_equal(ask(&query, T0, &next).kind, VALUE_ERROR);
	fold_in(engagement(
	    &shop, arena, SPAN("1"), T0 + 5, value_string(SPAN("open"))));
	fold_in(engagement(
	    &shop, arena, SPAN("2"), T0 + 6, value_string(SPAN("click"))));
	assert_int_equal(ask(&query, T0, &next).i, T0 + 6);
	query.keep = is_open;
	assert_int_equal(ask(&query, T0, &next).i, T0 + 5);
	query.field = WINDOW_NO_FIELD;
	assert_true(is_open(
	    &shop.streams[ENGAGEMENT], ask(&query, T0 + 9, &next).object));
	query.aggregate = AGGREGATE_COUNT;
	assert_int_equal(ask(&query, T0, &next).kind, VALUE_ERROR);
	query.window = (struct window){.from = 31 * DAY_MS};
	assert_int_equal(ask(&query, T0, &next).kind, VALUE_ERROR);
}

/* Purchases as hours after T0; what the model is then told. */
static void
purchase_days_are_days_of_the_schemas_zone(void **state)
{
	static const struct row {
		int zone;
		int hours[5]; /* 0 ends */
		int x;
		int t_x; /* hours */
	} rows[] = {
	    {ZONE_UTC, {1}, 0, 0},
	    {ZONE_UTC, {1, 23}, 0, 0},
	    {ZONE_UTC, {1, 23, 24}, 1, 23},
	    {ZONE_UTC, {23, 1, 30, 25}, 1, 24},
	    /* Oslo is an hour ahead: 23:00 UTC is the next day. */
	    {OSLO, {1, 23}, 1, 22},
	    {OSLO, {23, 24}, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		struct churn_history churn = {0, 0};
		wall_ms first = 0;
		wall_ms earliest = INSTANT_NEVER;

		shop.schema.zone = row->zone;
		c = customer_new(arena, &shop.schema, SPAN("c1"));
		assert_false(window_churn(c, &shop.schema, &churn, &first));
		for (int k = 0; row->hours[k] != 0; k++) {
			struct event event =
			    purchase(&shop, arena, arena_print(arena, "p%d", k),
				T0 + row->hours[k] * HOUR_MS, 1);

			if (k % 2 == 1) /* both streams count */
				event.stream = &shop.streams[STORES];
			if (event.e < earliest)
				earliest = event.e;
			fold_in(event);
		}
		fold_in(
		    purchase(&shop, arena, SPAN("void"), T0 + 99 * DAY_MS, 0));
		assert_true(window_churn(c, &shop.schema, &churn, &first));
		assert_int_equal(first, earliest);
		if (churn.x != row->x ||
		    churn.t_x != (double)(row->t_x * HOUR_MS) / 604800000.0)
			fail_msg("row %zu: %f, %f", i, churn.x, churn.t_x);
	}
}

/*
 * Folded or not, the model hears the same: in a zone too whose clocks go back
 * across midnight, where a day must not come after its own morrow.
 */
static void
churn_is_the_same_before_and_after_folding(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int i = 0; i < 400; i++) {
		struct churn_history whole = {0, 0};
		struct churn_history some = {0, 0};
		wall_ms first_whole = 0;
		wall_ms first_some = 0;
		struct customer *kept;
		uint64_t n = 1 + random_below(&seed, 30);
		wall_ms t = T0 + 9 * DAY_MS;

		shop.schema.zone = i % 2 == 0 ? ISLET : OSLO;
		shop.streams[PURCHASES].max = 256;
		kept = customer_new(arena, &shop.schema, SPAN("c1"));
		c = customer_new(arena, &shop.schema, SPAN("c1"));
		for (uint64_t k = 0; k < n; k++) {
			struct event event;

			t += (wall_ms)random_below(&seed, 20 * HOUR_MS);
			event = purchase(&shop, arena,
			    arena_print(arena, "p%d", (int)k), t,
			    (int64_t)random_below(&seed, 3));
			shop.streams[PURCHASES].max = 256;
			(void)fold(kept, &shop.schema, &event, true, arena);
			shop.streams[PURCHASES].max = (uint32_t)(i % 7 + 1);
			fold_in(event);
		}
		if (!window_churn(kept, &shop.schema, &whole, &first_whole)) {
			assert_false(
			    window_churn(c, &shop.schema, &some, &first_some));
			continue;
		}
		assert_true(window_churn(c, &shop.schema, &some, &first_some));
		assert_int_equal(first_some, first_whole);
		assert_true(some.x == whole.x && some.t_x == whole.t_x);
		assert_true(some.t_x >= 0);
		arena_reset(arena);
	}
}

/* A source may write any integer for a time; nothing overflows. */
static void
instants_beyond_the_calendar_are_instants(void **state)
{
	static const wall_ms times[] = {INT64_MIN + 1, INT64_MIN / 2, -1, 0, T0,
	    INT64_MAX / 2, INT64_MAX - 1, INT64_MAX};
	enum { N_TIMES = sizeof times / sizeof times[0] };
	struct churn_history churn = {0, 0};
	wall_ms first = 0;
	wall_ms next;

	(void)state;
	shop.schema.zone = OSLO;
	for (uint32_t max = N_TIMES; max > 0; max--) {
		c = customer_new(arena, &shop.schema, SPAN("c1"));
		shop.streams[PURCHASES].max = max;
		for (int i = 0; i < N_TIMES; i++) {
			struct span id = arena_print(arena, "p%d", i);

			fold_in(purchase(&shop, arena, id, times[i], 1));
			fold_in(engagement(
			    &shop, arena, id, times[i], value_null()));
		}
		assert_true(window_churn(c, &shop.schema, &churn, &first));
		assert_int_equal(first, INT64_MIN + 1);
		for (int i = 0; i < N_TIMES; i++) {
			struct window_query query = {
			    .stream = &shop.streams[PURCHASES],
			    .window = {.from = 3650 * DAY_MS, .to = DAY_MS},
			    .aggregate = AGGREGATE_SUM,
			    .field = WINDOW_AMOUNT,
			};

			(void)ask(&query, times[i], &next);
			query.stream = &shop.streams[ENGAGEMENT];
			query.aggregate = AGGREGATE_COUNT;
			query.window.from = 2 * DAY_MS;
			(void)ask(&query, times[i], &next);
			fold_expire(c, &shop.schema, times[i]);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, gone)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(days_count_whole_days_of_utc),
	    TEST(days_answer_the_last_of_a_kind_and_nothing_else),
	    TEST(purchase_days_are_days_of_the_schemas_zone),
	    TEST(churn_is_the_same_before_and_after_folding),
	    TEST(instants_beyond_the_calendar_are_instants),
	};

	return (cmocka_run_group_tests_name("window_days", tests, NULL, NULL));
}
