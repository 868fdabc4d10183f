#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/base/money.h"
#include "tests/unit/customer_fixture.h"

static struct arena *arena;
static struct shop shop;
static struct customer *c;

static int
fresh(void **state)
{
	(void)state;
	arena = arena_new();
	shop_init(&shop);
	c = customer_new(arena, &shop.schema, SPAN("c1"));
	return (0);
}

static int
gone(void **state)
{
	(void)state;
	arena_free(arena);
	return (0);
}

static void
put(struct event event)
{
	(void)fold(c, &shop.schema, &event, true, arena);
}

static bool
is_gift(void *context, const struct entry *entry)
{
	const struct stream *stream = context;
	struct value gift = entry_field(stream, entry, GIFT);

	return (gift.kind == VALUE_BOOL && gift.truth);
}

static struct value
ask(const struct window_query *query, wall_ms n, wall_ms *next)
{
	return (window_ask(query, c, n, arena, next));
}

/* The same value, and an error is like any other. */
static bool
same_answer(struct value a, struct value b)
{
	if (a.kind != b.kind)
		return (false);
	if (a.kind == VALUE_ERROR)
		return (true);
	if (a.kind == VALUE_STRING)
		return (span_equals(value_text(a), value_text(b)));
	if (a.kind == VALUE_ENTRY)
		return (a.object == b.object);
	if (a.kind == VALUE_BOOL)
		return (a.truth == b.truth);
	return (a.i == b.i);
}

/*
 * Brute force: the values of what lies in the window, by the words of the
 * definition and by nothing that window.c has.
 */
struct plain {
	const struct entry *entries[64];
	struct value values[64]; /* of them, without nulls */
	size_t n_entries;
	size_t n;
	const struct entry *first; /* with a value */
	const struct entry *last;
};

static struct value
plain_field(const struct window_query *query, const struct entry *entry)
{
	if (query->field == WINDOW_AT)
		return (value_timestamp(entry->e));
	if (query->field == WINDOW_AMOUNT)
		return (value_money(entry->gross - entry->refunded));
	return (entry->fields[query->field - CATEGORY]);
}

static void
plain_collect(struct plain *plain, const struct window_query *query, wall_ms n)
{
	const struct history *h = &c->histories[query->stream->index];

	for (size_t i = 0; i < h->n_entries; i++) {
		const struct entry *entry = &h->entries[i];
		struct value v;

		if (!(entry->e > n - query->window.from &&
			entry->e <= n - query->window.to))
			continue;
		if (entry->gross - entry->refunded <= 0 ||
		    entry == query->but ||
		    (query->keep != NULL &&
			!query->keep(query->context, entry)))
			continue;
		plain->entries[plain->n_entries++] = entry;
		if (query->field == WINDOW_NO_FIELD)
			continue;
		v = plain_field(query, entry);
		if (v.kind == VALUE_NULL)
			continue;
		if (plain->n == 0)
			plain->first = entry;
		plain->last = entry;
		plain->values[plain->n++] = v;
	}
}

static size_t
plain_times(const struct plain *plain, size_t of, size_t *first)
{
	size_t times = 0;

	for (size_t i = plain->n; i-- > 0;)
		if (same_answer(plain->values[i], plain->values[of])) {
			times++;
			*first = i;
		}
	return (times);
}

static struct value
plain_distinct(const struct plain *plain)
{
	int64_t distinct = 0;
	size_t first = 0;

	for (size_t i = 0; i < plain->n; i++) {
		(void)plain_times(plain, i, &first);
		distinct += first == i;
	}
	return (value_int(distinct));
}

static struct value
plain_top(const struct plain *plain)
{
	struct value top = value_error("");
	size_t most = 0;
	size_t first = 0;

	for (size_t i = plain->n; i-- > 0;)
		if (plain_times(plain, i, &first) > most) {
			most = plain_times(plain, i, &first);
			top = plain->values[i];
		}
	return (top);
}

static double
number(struct value v)
{
	return (v.kind == VALUE_DOUBLE ? v.d : (double)v.i);
}

static struct value
plain_number(const struct plain *plain, const struct window_query *query)
{
	int64_t sum = 0;
	double sum_double = 0;
	struct value best = value_error("");

	for (size_t i = 0; i < plain->n; i++) {
		double d = number(plain->values[i]);

		if (plain->values[i].kind != VALUE_DOUBLE)
			sum += plain->values[i].i;
		sum_double += d;
		if (i == 0 ||
		    (query->aggregate == AGGREGATE_MIN ? d < number(best)
						       : d > number(best)))
			best = plain->values[i];
	}
	if (query->aggregate == AGGREGATE_SUM)
		return (query->field == WINDOW_AMOUNT
			    ? value_money(sum)
			    : value_double(sum_double));
	if (query->aggregate == AGGREGATE_AVG && plain->n > 0)
		return (query->field == WINDOW_AMOUNT
			    ? value_money(money_divide(sum, (int64_t)plain->n))
			    : value_double(sum_double / (double)plain->n));
	return (best);
}

static struct value
plain_end(const struct plain *plain, const struct window_query *query,
    size_t entry, const struct entry *with_value)
{
	if (query->field == WINDOW_NO_FIELD && plain->n_entries > 0)
		return ((struct value){
		    .kind = VALUE_ENTRY, .object = plain->entries[entry]});
	if (with_value != NULL)
		return (plain_field(query, with_value));
	return (value_error(""));
}

static struct value
plain_ask(const struct window_query *query, wall_ms n)
{
	struct plain plain = {.n = 0};

	plain_collect(&plain, query, n);
	switch (query->aggregate) {
	case AGGREGATE_COUNT:
		return (value_int((int64_t)plain.n_entries));
	case AGGREGATE_DISTINCT:
		return (plain_distinct(&plain));
	case AGGREGATE_TOP:
		return (plain_top(&plain));
	case AGGREGATE_FIRST:
		return (plain_end(&plain, query, 0, plain.first));
	case AGGREGATE_LATEST:
	case AGGREGATE_PREVIOUS:
		return (
		    plain_end(&plain, query, plain.n_entries - 1, plain.last));
	case AGGREGATE_SUM:
	case AGGREGATE_AVG:
	case AGGREGATE_MIN:
	case AGGREGATE_MAX:
	default:
		return (plain_number(&plain, query));
	}
}

/* Questions that are legal together; the rest `check` refuses. */
static const struct question {
	enum aggregate aggregate;
	int field;
} questions[] = {
    {AGGREGATE_COUNT, WINDOW_NO_FIELD},
    {AGGREGATE_SUM, WINDOW_AMOUNT},
    {AGGREGATE_SUM, WEIGHT},
    {AGGREGATE_AVG, WINDOW_AMOUNT},
    {AGGREGATE_AVG, WEIGHT},
    {AGGREGATE_MIN, WINDOW_AMOUNT},
    {AGGREGATE_MAX, WEIGHT},
    {AGGREGATE_MAX, WINDOW_AT},
    {AGGREGATE_DISTINCT, CATEGORY},
    {AGGREGATE_DISTINCT, MADE},
    {AGGREGATE_TOP, CATEGORY},
    {AGGREGATE_TOP, GIFT},
    {AGGREGATE_LATEST, WINDOW_NO_FIELD},
    {AGGREGATE_LATEST, CATEGORY},
    {AGGREGATE_LATEST, WINDOW_AT},
    {AGGREGATE_FIRST, WINDOW_NO_FIELD},
    {AGGREGATE_FIRST, CATEGORY},
    {AGGREGATE_PREVIOUS, WINDOW_NO_FIELD},
    {AGGREGATE_PREVIOUS, PROMISED},
};

enum { SPAN_MS = 40, LAST_MS = 140 };

/*
 * Every ms of a short life: the answer is the plain one, and it does not
 * change before the instant that was promised.
 */
static void
check_every_ms(const struct window_query *query)
{
	wall_ms next = T0 - 1;
	struct value held = value_null();

	for (wall_ms n = T0 - 1; n < T0 + LAST_MS; n++) {
		wall_ms now_next;
		struct value got = ask(query, n, &now_next);
		struct value want = plain_ask(query, n);

		if (!same_answer(got, want))
			fail_msg("aggregate %d of field %d at %d: wrong",
			    query->aggregate, query->field, (int)(n - T0));
		if (n < next && !same_answer(got, held))
			fail_msg("aggregate %d of field %d at %d: too early",
			    query->aggregate, query->field, (int)(n - T0));
		if (now_next <= n)
			fail_msg("aggregate %d: next is not after n",
			    query->aggregate);
		/* Each promise must hold, not only the last. */
		if (n >= next || now_next < next)
			next = now_next;
		held = got;
	}
}

static void
random_history(uint64_t *seed)
{
	c = customer_new(arena, &shop.schema, SPAN("c1"));
	for (uint64_t i = random_below(seed, 40); i-- > 0;) {
		struct event event =
		    random_event(&shop, arena, seed, 12, SPAN_MS);

		/* Nothing ahead of its arrival, all arrived at T0 + SPAN. */
		event.a = T0 + 2 * SPAN_MS;
		event.e = event.raw;
		put(event);
	}
}

static void
a_window_is_exact_at_every_ms_and_knows_its_next_change(void **state)
{
	uint64_t seed = 11;

	(void)state;
	for (int i = 0; i < 60; i++) {
		struct window_query query = {
		    .stream = &shop.streams[PURCHASES],
		    .window = {.to = (duration_ms)random_below(&seed, 2) *
				     (duration_ms)random_below(&seed, 20)},
		    .keep = i % 3 == 0 ? is_gift : NULL,
		    .context = &shop.streams[PURCHASES],
		};
		const struct history *h;

		random_history(&seed);
		h = &c->histories[PURCHASES];
		query.window.from =
		    query.window.to + 1 + (duration_ms)random_below(&seed, 50);
		if (h->n_entries > 0)
			query.but =
			    &h->entries[random_below(&seed, h->n_entries)];
		for (size_t k = 0; k < sizeof questions / sizeof questions[0];
		     k++) {
			const struct entry *but = query.but;

			query.aggregate = questions[k].aggregate;
			query.field = questions[k].field;
			if (query.aggregate != AGGREGATE_PREVIOUS)
				query.but = NULL;
			check_every_ms(&query);
			query.but = but;
		}
		arena_reset(arena);
	}
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
	put(purchase(&shop, arena, SPAN("p1"), T0, 5));
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
	put(purchase(&shop, arena, SPAN("p1"), T0, INT64_MAX));
	assert_int_equal(ask(&query, T0, &next).i, INT64_MAX);
	put(purchase(&shop, arena, SPAN("p2"), T0, 1));
	assert_int_equal(ask(&query, T0, &next).kind, VALUE_ERROR);
}

static void
all_of_a_feedback_stream_counts(void **state)
{
	const struct window_query query = {
	    .stream = &shop.streams[FEEDBACK],
	    .window = {.whole = true},
	    .field = WINDOW_NO_FIELD,
	};
	struct event event = event_of(&shop, FEEDBACK, SPAN("f"), T0, T0);
	wall_ms next;

	(void)state;
	event.fields = ARENA_ARRAY(arena, 3, struct value);
	put(event);
	assert_int_equal(ask(&query, T0, &next).i, 1);
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
		put(purchase(&shop, arena, arena_print(arena, "p%d", i),
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
	put(purchase(&shop, arena, SPAN("p1"), T0, 1));
	put(purchase(&shop, arena, SPAN("p2"), T0 + DAY_MS, 1));
	assert_int_equal(
	    ask(&query, T0 + 10 * DAY_MS - 1, &next).kind, VALUE_ERROR);
	assert_int_equal(next, T0 + 10 * DAY_MS);
	assert_int_equal(ask(&query, T0 + 10 * DAY_MS, &next).i, 1);
}

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
	put(engagement(
	    &shop, arena, SPAN("1"), T0 + 5, value_string(SPAN("open"))));
	put(engagement(
	    &shop, arena, SPAN("2"), T0 + 6, value_string(SPAN("click"))));
	put(engagement(&shop, arena, SPAN("3"), T0 + DAY_MS + 7,
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
	put(engagement(
	    &shop, arena, SPAN("1"), T0 + 5, value_string(SPAN("open"))));
	put(engagement(
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
		struct churn_history churn;
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
			put(event);
		}
		put(purchase(&shop, arena, SPAN("void"), T0 + 99 * DAY_MS, 0));
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
		struct churn_history whole;
		struct churn_history some;
		wall_ms first_whole;
		wall_ms first_some;
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
			put(event);
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
	struct churn_history churn;
	wall_ms first = 0;
	wall_ms next;

	(void)state;
	shop.schema.zone = OSLO;
	for (uint32_t max = N_TIMES; max > 0; max--) {
		c = customer_new(arena, &shop.schema, SPAN("c1"));
		shop.streams[PURCHASES].max = max;
		for (int i = 0; i < N_TIMES; i++) {
			struct span id = arena_print(arena, "p%d", i);

			put(purchase(&shop, arena, id, times[i], 1));
			put(engagement(
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
	    TEST(a_window_is_exact_at_every_ms_and_knows_its_next_change),
	    TEST(an_entry_counts_until_e_plus_d),
	    TEST(a_sum_out_of_range_is_an_error_value),
	    TEST(all_of_a_feedback_stream_counts),
	    TEST(whole_history_answers_outlive_folding),
	    TEST(
		a_window_behind_what_was_folded_is_an_error_until_it_has_passed),
	    TEST(days_count_whole_days_of_utc),
	    TEST(days_answer_the_last_of_a_kind_and_nothing_else),
	    TEST(purchase_days_are_days_of_the_schemas_zone),
	    TEST(churn_is_the_same_before_and_after_folding),
	    TEST(instants_beyond_the_calendar_are_instants),
	};

	return (cmocka_run_group_tests_name("window", tests, NULL, NULL));
}
