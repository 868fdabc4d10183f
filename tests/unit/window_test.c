#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/customer_bench.h"

static double
number(struct value v)
{
	return (v.kind == VALUE_DOUBLE ? v.d : (double)v.i);
}

static void
an_entry_counts_until_e_plus_d(void **state)
{
	struct window_query query = {
	    .stream = &shop.streams[PURCHASES],
	    .window = {.from = DAY_MS},
	    .field = WINDOW_NO_FIELD,
	};
	wall_ms next;

	(void)state;
	fold_in(purchase(&shop, arena, SPAN("p1"), T0, 5));
	assert_int_equal(ask(&query, T0, &next).i, 1);
	assert_int_equal(next, T0 + DAY_MS);
	assert_int_equal(ask(&query, T0 + DAY_MS - 1, &next).i, 1);
	assert_int_equal(ask(&query, T0 + DAY_MS, &next).i, 0);
	assert_int_equal(next, INSTANT_NEVER);
	/* between(2d, 1d): it comes in at e + 1d, and leaves at e + 2d. */
	query.window = (struct window){.from = 2 * DAY_MS, .to = DAY_MS};
	assert_int_equal(ask(&query, T0 + DAY_MS - 1, &next).i, 0);
	assert_int_equal(next, T0 + DAY_MS);
	assert_int_equal(ask(&query, T0 + DAY_MS, &next).i, 1);
	assert_int_equal(next, T0 + 2 * DAY_MS);
	assert_int_equal(ask(&query, T0 + 2 * DAY_MS, &next).i, 0);
}

static void
a_sum_out_of_range_is_an_error_value(void **state)
{
	const struct window_query query = {
	    .stream = &shop.streams[PURCHASES],
	    .window = {.whole = true},
	    .aggregate = AGGREGATE_SUM,
	    .field = WINDOW_AMOUNT,
	};
	wall_ms next;

	(void)state;
	fold_in(purchase(&shop, arena, SPAN("p1"), T0, INT64_MAX));
	assert_int_equal(ask(&query, T0, &next).i, INT64_MAX);
	fold_in(purchase(&shop, arena, SPAN("p2"), T0, 1));
	assert_int_equal(ask(&query, T0, &next).kind, VALUE_ERROR);
}

static void
put_score(int i, struct value score)
{
	struct event event = event_of(
	    &shop, FEEDBACK, arena_print(arena, "f%d", i), T0 + i, T0 + i);
	struct value *fields = ARENA_ARRAY(arena, 3, struct value);

	fields[SCORE] = score;
	event.fields = fields;
	fold_in(event);
}

/* Scores 3, none, 4, 4: what the numbers are, and of which kind. */
static void
feedback_counts_without_an_amount_and_whole_numbers_stay_whole(void **state)
{
	static const struct {
		enum aggregate aggregate;
		int field;
		enum value_kind kind;
		double number;
	} rows[] = {
	    {AGGREGATE_COUNT, WINDOW_NO_FIELD, VALUE_INT, 4},
	    {AGGREGATE_SUM, SCORE, VALUE_INT, 11},
	    {AGGREGATE_AVG, SCORE, VALUE_DOUBLE, 11.0 / 3},
	    {AGGREGATE_MIN, SCORE, VALUE_INT, 3},
	    {AGGREGATE_TOP, SCORE, VALUE_INT, 4},
	    {AGGREGATE_DISTINCT, SCORE, VALUE_INT, 2},
	    {AGGREGATE_SUM, FEEDBACK_KIND, VALUE_ERROR, 0},
	    {AGGREGATE_SUM, WINDOW_AT, VALUE_ERROR, 0},
	};
	struct window_query query = {
	    .stream = &shop.streams[FEEDBACK],
	    .window = {.from = DAY_MS},
	};
	wall_ms next;

	(void)state;
	put_score(1, value_int(3));
	put_score(2, value_null());
	put_score(3, value_int(4));
	put_score(4, value_int(4));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct value got;

		query.aggregate = rows[i].aggregate;
		query.field = rows[i].field;
		got = ask(&query, T0 + 9, &next);
		if (got.kind != rows[i].kind ||
		    (got.kind != VALUE_ERROR && number(got) != rows[i].number))
			fail_msg("row %zu", i);
	}
	shop.streams[FEEDBACK].max = 2;
	put_score(5, value_int(5));
	query.window = (struct window){.whole = true};
	query.aggregate = AGGREGATE_COUNT;
	assert_int_equal(ask(&query, T0 + 9, &next).i, 5);
	query.aggregate = AGGREGATE_FIRST;
	query.field = WINDOW_AT;
	assert_int_equal(ask(&query, T0 + 9, &next).i, T0 + 1);
}

static void
an_average_of_money_is_half_to_even(void **state)
{
	const struct window_query query = {
	    .stream = &shop.streams[PURCHASES],
	    .window = {.from = DAY_MS},
	    .aggregate = AGGREGATE_AVG,
	    .field = WINDOW_AMOUNT,
	};
	wall_ms next;

	(void)state;
	fold_in(purchase(&shop, arena, SPAN("p1"), T0, 2));
	fold_in(purchase(&shop, arena, SPAN("p2"), T0, 3));
	assert_int_equal(ask(&query, T0, &next).kind, VALUE_MONEY);
	assert_int_equal(ask(&query, T0, &next).i, 2);
	fold_in(purchase(&shop, arena, SPAN("p3"), T0 + DAY_MS, 1));
	fold_in(purchase(&shop, arena, SPAN("p4"), T0 + DAY_MS, 2));
	assert_int_equal(ask(&query, T0 + DAY_MS, &next).i, 2);
}

/* Five purchases of 100, 200, ..., one a day; the oldest three folded. */
static void
whole_history_answers_outlive_folding(void **state)
{
	static const struct {
		enum aggregate aggregate;
		int field;
		enum value_kind kind;
		int64_t i;
	} rows[] = {
	    {AGGREGATE_COUNT, WINDOW_NO_FIELD, VALUE_INT, 5},
	    {AGGREGATE_SUM, WINDOW_AMOUNT, VALUE_MONEY, 1500},
	    {AGGREGATE_SUM, WEIGHT, VALUE_ERROR, 0},
	    {AGGREGATE_AVG, WINDOW_AMOUNT, VALUE_ERROR, 0},
	    {AGGREGATE_MAX, WINDOW_AMOUNT, VALUE_ERROR, 0},
	    {AGGREGATE_DISTINCT, CATEGORY, VALUE_ERROR, 0},
	    {AGGREGATE_TOP, CATEGORY, VALUE_ERROR, 0},
	    {AGGREGATE_FIRST, WINDOW_AT, VALUE_TIMESTAMP, T0},
	    {AGGREGATE_FIRST, CATEGORY, VALUE_ERROR, 0},
	    {AGGREGATE_LATEST, WINDOW_AMOUNT, VALUE_MONEY, 500},
	};
	struct window_query query = {
	    .stream = &shop.streams[PURCHASES],
	    .window = {.whole = true},
	};
	const struct entry *entry;
	struct value got;
	wall_ms next;

	(void)state;
	shop.streams[PURCHASES].max = 2;
	for (int i = 0; i < 5; i++)
		fold_in(purchase(&shop, arena, arena_print(arena, "p%d", i),
		    T0 + i * DAY_MS, (i + 1) * 100));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		query.aggregate = rows[i].aggregate;
		query.field = rows[i].field;
		got = ask(&query, T0 + 9 * DAY_MS, &next);
		if (got.kind != rows[i].kind ||
		    (got.kind != VALUE_ERROR && got.i != rows[i].i))
			fail_msg("row %zu", i);
	}
	query.aggregate = AGGREGATE_FIRST;
	query.field = WINDOW_NO_FIELD;
	entry = ask(&query, T0 + 9 * DAY_MS, &next).object;
	assert_int_equal(entry->e, T0);
	query.aggregate = AGGREGATE_PREVIOUS;
	query.but = window_last(c, query.stream);
	assert_int_equal(query.but->gross, 500);
	entry = ask(&query, T0 + 9 * DAY_MS, &next).object;
	assert_int_equal(entry->gross, 400);
	query.aggregate = AGGREGATE_COUNT;
	query.keep = is_gift;
	query.context = &shop.streams[PURCHASES];
	assert_int_equal(ask(&query, T0 + 9 * DAY_MS, &next).kind, VALUE_ERROR);
}

static void
a_window_behind_what_was_folded_is_an_error_until_it_has_passed(void **state)
{
	struct window_query query = {
	    .stream = &shop.streams[PURCHASES],
	    .window = {.from = 10 * DAY_MS},
	    .field = WINDOW_NO_FIELD,
	};
	wall_ms next;

	(void)state;
	shop.streams[PURCHASES].max = 1;
	fold_in(purchase(&shop, arena, SPAN("p1"), T0, 1));
	fold_in(purchase(&shop, arena, SPAN("p2"), T0 + DAY_MS, 1));
	assert_int_equal(
	    ask(&query, T0 + 10 * DAY_MS - 1, &next).kind, VALUE_ERROR);
	assert_int_equal(next, T0 + 10 * DAY_MS);
	assert_int_equal(ask(&query, T0 + 10 * DAY_MS, &next).i, 1);
}

enum { LAST_MS = 140 };

/* The same sum as of a history that was never folded, or an error value. */
static void
check_folded_sum(const struct customer *whole, const struct customer *folded,
    const struct window_query *query)
{
	wall_ms promised = INSTANT_BEFORE;
	struct value held = value_null();

	for (wall_ms n = T0; n < T0 + LAST_MS; n++) {
		const struct folded *f = &folded->histories[PURCHASES].folded;
		wall_ms next;
		struct value want = window_ask(query, whole, n, arena, &next);
		struct value got = window_ask(query, folded, n, arena, &next);

		if (n - query->window.from < f->before)
			assert_int_equal(got.kind, VALUE_ERROR);
		else
			assert_true(same_answer(got, want));
		assert_true(n >= promised || same_answer(got, held));
		promised = next;
		held = got;
	}
}

static void
a_folded_history_never_answers_wrongly(void **state)
{
	uint64_t seed = 23;

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct customer *whole =
		    customer_new(arena, &shop.schema, SPAN("c1"));
		struct window_query query = {
		    .stream = &shop.streams[PURCHASES],
		    .window = {.to = (duration_ms)random_below(&seed, 9)},
		    .aggregate = AGGREGATE_SUM,
		    .field = WINDOW_AMOUNT,
		};
		wall_ms t = T0;

		query.window.from =
		    query.window.to + 1 + (duration_ms)random_below(&seed, 50);
		c = customer_new(arena, &shop.schema, SPAN("c1"));
		for (int k = 0; k < 12; k++) {
			struct event event =
			    purchase(&shop, arena, arena_print(arena, "p%d", k),
				t, (int64_t)random_below(&seed, 3));

			t += 1 + (wall_ms)random_below(&seed, 6);
			shop.streams[PURCHASES].max = 256;
			(void)fold(whole, &shop.schema, &event, true, arena);
			shop.streams[PURCHASES].max = (uint32_t)(i % 9);
			fold_in(event);
		}
		check_folded_sum(whole, c, &query);
		query.window = (struct window){.whole = true};
		query.aggregate = AGGREGATE_COUNT;
		assert_int_equal(ask(&query, t, &t).i,
		    window_ask(&query, whole, t, arena, &t).i);
		arena_reset(arena);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, gone)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_entry_counts_until_e_plus_d),
	    TEST(a_sum_out_of_range_is_an_error_value),
	    TEST(
		feedback_counts_without_an_amount_and_whole_numbers_stay_whole),
	    TEST(an_average_of_money_is_half_to_even),
	    TEST(whole_history_answers_outlive_folding),
	    TEST(
		a_window_behind_what_was_folded_is_an_error_until_it_has_passed),
	    TEST(a_folded_history_never_answers_wrongly),
	};

	return (cmocka_run_group_tests_name("window", tests, NULL, NULL));
}
