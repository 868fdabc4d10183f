#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/base/money.h"
#include "tests/unit/customer_bench.h"

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
	size_t first;

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
	size_t first;

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
		fold_in(event);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, gone)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_window_is_exact_at_every_ms_and_knows_its_next_change),
	};

	return (cmocka_run_group_tests_name("window_exact", tests, NULL, NULL));
}
