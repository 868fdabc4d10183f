#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/customer_bench.h"

static struct fold_result
put(struct event event)
{
	return (fold(c, &shop.schema, &event, true, arena));
}

static struct fold_result
put_at(struct event event, wall_ms raw, wall_ms a)
{
	event.raw = raw;
	event.a = a;
	event.e = raw < a ? raw : a;
	return (put(event));
}

/* A purchase's id and raw time, its arrival, and what becomes of it. */
static void
duplicates_are_known_by_id_and_raw_time(void **state)
{
	static const struct {
		const char *id;
		wall_ms raw;
		wall_ms a;
		enum folding folding;
	} rows[] = {
	    {"p1", T0, T0, FOLD_DONE},
	    {"p1", T0, T0 + 5, FOLD_DUPLICATE},
	    {"p1", T0 + 1, T0 + 5, FOLD_DONE},
	    {"p2", T0, T0, FOLD_DONE},
	    /* Clamped: e differs at each arrival, the raw time does not. */
	    {"p3", T0 + 60000, T0 + 10, FOLD_DONE},
	    {"p3", T0 + 60000, T0 + 20, FOLD_DUPLICATE},
	    {"p3", T0 + 10, T0 + 20, FOLD_DONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct event event =
		    purchase(&shop, arena, span_of(rows[i].id), T0, 100);
		struct fold_result result =
		    put_at(event, rows[i].raw, rows[i].a);

		if (result.folding != rows[i].folding)
			fail_msg("row %zu: %d", i, result.folding);
	}
	assert_int_equal(c->histories[PURCHASES].n_entries, 5);
}

static void
a_late_event_is_put_at_its_own_time(void **state)
{
	const struct history *h = &c->histories[PURCHASES];

	(void)state;
	(void)put(purchase(&shop, arena, SPAN("p2"), T0 + 200, 1));
	(void)put(purchase(&shop, arena, SPAN("p3"), T0 + 300, 1));
	assert_ptr_equal(
	    put(purchase(&shop, arena, SPAN("p1"), T0 + 100, 1)).entry,
	    &h->entries[0]);
	assert_int_equal(h->entries[0].e, T0 + 100);
	assert_int_equal(h->entries[2].e, T0 + 300);
}

static void
a_refund_goes_to_the_latest_purchase_of_its_id(void **state)
{
	const struct history *h = &c->histories[PURCHASES];
	struct fold_result result;

	(void)state;
	(void)put(purchase(&shop, arena, SPAN("p1"), T0, 500));
	(void)put(purchase(&shop, arena, SPAN("p1"), T0 + 9, 500));
	result = put(refund(&shop, arena, SPAN("r1"), SPAN("p1"), 200));
	assert_int_equal(result.folding, FOLD_DONE);
	assert_ptr_equal(result.refunded, &h->entries[1]);
	assert_int_equal(entry_net(&h->entries[0]), 500);
	assert_int_equal(entry_net(&h->entries[1]), 300);
	assert_int_equal(
	    put(refund(&shop, arena, SPAN("r1"), SPAN("p1"), 200)).folding,
	    FOLD_DUPLICATE);
	(void)put(refund(&shop, arena, SPAN("r2"), SPAN("p1"), 900));
	assert_int_equal(h->entries[1].refunded, 1100);
	assert_int_equal(entry_net(&h->entries[1]), 0);
}

static void
a_refund_finds_a_purchase_of_another_stream(void **state)
{
	struct event store = purchase(&shop, arena, SPAN("p1"), T0, 500);

	(void)state;
	store.stream = &shop.streams[STORES];
	(void)put(store);
	assert_ptr_equal(
	    put(refund(&shop, arena, SPAN("r1"), SPAN("p1"), 1)).refunded,
	    &c->histories[STORES].entries[0]);
}

/* Put a purchase; then how many refunds were waiting for it. */
static int
waited(struct event event)
{
	struct event refund;
	struct orphan was;
	int n = 0;

	(void)put(event);
	event.a = event.e;
	while (fold_orphan(c, &event, arena, &refund, &was))
		n++;
	return (n);
}

static void
a_refund_before_its_purchase_waits_for_it(void **state)
{
	(void)state;
	(void)put(refund(&shop, arena, SPAN("r1"), SPAN("p1"), 200));
	(void)put(refund(&shop, arena, SPAN("r2"), SPAN("p2"), 200));
	(void)put(refund(&shop, arena, SPAN("r3"), SPAN("p1"), 250));
	assert_int_equal(
	    put(refund(&shop, arena, SPAN("r1"), SPAN("p1"), 200)).folding,
	    FOLD_DUPLICATE);
	assert_int_equal(c->n_orphans, 3);
	assert_int_equal(
	    waited(purchase(&shop, arena, SPAN("p1"), T0 + 9, 500)), 2);
	assert_int_equal(entry_net(&c->histories[PURCHASES].entries[0]), 50);
	assert_int_equal(c->n_orphans, 1);
	assert_int_equal(
	    put(refund(&shop, arena, SPAN("r3"), SPAN("p1"), 250)).folding,
	    FOLD_DUPLICATE);
	assert_int_equal(
	    waited(purchase(&shop, arena, SPAN("p3"), T0 + 9, 500)), 0);
}

static void
an_orphan_lives_30_days_from_its_arrival(void **state)
{
	(void)state;
	(void)put(refund(&shop, arena, SPAN("r1"), SPAN("p1"), 200));
	(void)put_at(
	    refund(&shop, arena, SPAN("r2"), SPAN("p2"), 200), T0, T0 + 1);
	assert_int_equal(
	    waited(purchase(&shop, arena, SPAN("p1"), T0 + 30 * DAY_MS, 500)),
	    0);
	fold_expire(c, &shop.schema, T0 + 30 * DAY_MS);
	assert_int_equal(c->n_orphans, 1);
	assert_int_equal(
	    waited(purchase(&shop, arena, SPAN("p2"), T0 + 30 * DAY_MS, 500)),
	    1);
}

static void
of_five_orphans_the_oldest_is_dropped(void **state)
{
	static const char *const orders[] = {"p1", "p2", "p3", "p4", "p5"};

	(void)state;
	for (int i = 0; i < 5; i++)
		(void)put(refund(
		    &shop, arena, span_of(orders[i]), span_of(orders[i]), 200));
	assert_int_equal(c->n_orphans, ORPHANS_MAX);
	assert_int_equal(
	    waited(purchase(&shop, arena, SPAN("p1"), T0, 500)), 0);
	assert_int_equal(
	    waited(purchase(&shop, arena, SPAN("p5"), T0, 500)), 1);
}

static void
ids_of_refunds_are_bounded_and_their_sum_is_not(void **state)
{
	const struct entry *entry;

	(void)state;
	(void)put(purchase(&shop, arena, SPAN("p1"), T0, 1000000));
	for (int i = 0; i < REFUNDS_MAX + 10; i++)
		(void)put(refund(
		    &shop, arena, arena_print(arena, "r%d", i), SPAN("p1"), 1));
	entry = &c->histories[PURCHASES].entries[0];
	assert_int_equal(entry->n_refunds, REFUNDS_MAX);
	assert_int_equal(entry->refunded, REFUNDS_MAX + 10);
	for (size_t i = 1; i < entry->n_refunds; i++)
		assert_true(entry->refunds[i - 1] < entry->refunds[i]);
	(void)put(refund(&shop, arena, SPAN("max"), SPAN("p1"), INT64_MAX));
	assert_int_equal(entry->refunded, INT64_MAX);
	(void)put(purchase(&shop, arena, SPAN("p2"), T0, 7));
	(void)put(refund(&shop, arena, SPAN("n"), SPAN("p2"), INT64_MIN));
	assert_int_equal(
	    entry_net(window_last(c, &shop.streams[PURCHASES])), 7);
}

static void
the_oldest_fold_into_months_and_closed_statistics(void **state)
{
	const struct history *h = &c->histories[PURCHASES];
	const struct folded *f = &h->folded;

	(void)state;
	shop.streams[PURCHASES].max = 2;
	/* Two days of January, the second twice; one of net 0; February. */
	(void)put(purchase(&shop, arena, SPAN("p1"), T0 + 5, 100));
	(void)put(purchase(&shop, arena, SPAN("p2"), T0 + DAY_MS, 200));
	(void)put(purchase(&shop, arena, SPAN("p3"), T0 + DAY_MS + 1, 300));
	(void)put(purchase(&shop, arena, SPAN("p0"), T0 + 2 * DAY_MS, 0));
	(void)put(purchase(&shop, arena, SPAN("p4"), T0 + 31 * DAY_MS, 400));
	(void)put(purchase(&shop, arena, SPAN("p5"), T0 + 32 * DAY_MS, 500));
	(void)put(purchase(&shop, arena, SPAN("p6"), T0 + 33 * DAY_MS, 600));
	assert_int_equal(h->n_entries, 2);
	assert_int_equal(f->count, 4);
	assert_int_equal(f->sum, 1000);
	assert_int_equal(f->first, T0 + 5);
	assert_int_equal(f->before, T0 + 31 * DAY_MS);
	assert_int_equal(f->days, 3);
	assert_int_equal(f->last_day, T0 / DAY_MS + 31);
	assert_int_equal(f->last_day_at, T0 + 31 * DAY_MS);
	assert_int_equal(h->n_months, 2);
	assert_int_equal(h->months[0].number, 55 * 12);
	assert_int_equal(h->months[0].count, 3);
	assert_int_equal(h->months[0].sum, 600);
	assert_int_equal(h->months[1].number, 55 * 12 + 1);
	assert_int_equal(h->months[1].sum, 400);
}

static void
behind_what_is_folded_a_correction_is_only_counted(void **state)
{
	const struct history *h = &c->histories[PURCHASES];

	(void)state;
	shop.streams[PURCHASES].max = 1;
	(void)put(purchase(&shop, arena, SPAN("p1"), T0, 100));
	(void)put(purchase(&shop, arena, SPAN("p9"), T0 + 9, 100));
	assert_int_equal(
	    put(purchase(&shop, arena, SPAN("p0"), T0, 100)).folding,
	    FOLD_TOO_OLD);
	assert_int_equal(h->folded.lost, 1);
	/* Between the two: folded at once, and counted. */
	assert_null(put(purchase(&shop, arena, SPAN("p5"), T0 + 5, 100)).entry);
	assert_int_equal(h->folded.count, 2);
	/* Its purchase was folded, as far as anybody can know. */
	(void)put(refund(&shop, arena, SPAN("r1"), SPAN("p1"), 100));
	fold_expire(c, &shop.schema, T0 + 30 * DAY_MS - 1);
	assert_int_equal(h->folded.lost, 1);
	fold_expire(c, &shop.schema, T0 + 30 * DAY_MS);
	assert_int_equal(h->folded.lost, 2);
	assert_int_equal(c->n_orphans, 0);
}

static void
months_are_bounded(void **state)
{
	const struct history *h = &c->histories[PURCHASES];

	(void)state;
	shop.streams[PURCHASES].max = 1;
	for (int i = 0; i < MONTHS_MAX + 20; i++)
		(void)put(purchase(&shop, arena, arena_print(arena, "p%d", i),
		    T0 + i * 31 * DAY_MS, 1));
	assert_int_equal(h->n_months, MONTHS_MAX);
	assert_int_equal(h->folded.count, MONTHS_MAX + 19);
}

/* One field, written in turn: what it then holds. */
static void
the_last_writer_of_a_field_wins(void **state)
{
	static const struct {
		int stream;
		const char *id;
		wall_ms e;
		const char *value;
		const char *then;
	} rows[] = {
	    {PROFILE, "a", T0 + 5, "Ann", "Ann"},
	    {PROFILE, "b", T0 + 4, "Bea", "Ann"},
	    {CRM, "c", T0 + 5, "Cat", "Cat"},
	    {PROFILE, "d", T0 + 5, "Dan", "Cat"},
	    {PROFILE, "e", T0 + 6, NULL, NULL},
	    {CRM, "f", T0 + 5, "Fay", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct profile_change change = {
		    NAME, rows[i].value == NULL
			      ? value_null()
			      : value_string(span_of(rows[i].value))};
		struct event event =
		    profile(&shop, span_of(rows[i].id), rows[i].e, &change, 1);
		struct value now;

		event.stream = &shop.streams[rows[i].stream];
		(void)put(event);
		now = c->profile[NAME].value;
		if (rows[i].then == NULL)
			assert_int_equal(now.kind, VALUE_NULL);
		else
			assert_true(span_equals(
			    value_text(now), span_of(rows[i].then)));
	}
	assert_int_equal(c->profile[COUNTRY].e, INSTANT_BEFORE);
}

static void
at_equal_times_denied_wins(void **state)
{
	static const struct {
		const char *id;
		wall_ms e;
		int channel;
		bool granted;
		enum consent_state then[N_CHANNELS];
	} rows[] = {
	    {"a", T0, ALL_CHANNELS, true, {1, 1, 1}},
	    {"b", T0, 1, false, {1, 2, 1}},
	    {"c", T0, 1, true, {1, 2, 1}},
	    {"d", T0 + 1, 1, true, {1, 1, 1}},
	    {"e", T0, ALL_CHANNELS, false, {2, 1, 2}},
	    {"e", T0, 1, false, {2, 1, 2}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		(void)put(consent(&shop, span_of(rows[i].id), rows[i].e,
		    rows[i].channel, rows[i].granted));
		for (int k = 0; k < N_CHANNELS; k++)
			if (c->consents[k].state != rows[i].then[k])
				fail_msg("row %zu, channel %d", i, k);
	}
	assert_int_equal(c->consents[N_CHANNELS].state, CONSENT_UNKNOWN);
}

static void
what_where_does_not_keep_is_known_again(void **state)
{
	struct event event = purchase(&shop, arena, SPAN("p1"), T0, 100);

	(void)state;
	assert_int_equal(
	    fold(c, &shop.schema, &event, false, arena).folding, FOLD_DONE);
	assert_int_equal(fold(c, &shop.schema, &event, false, arena).folding,
	    FOLD_DUPLICATE);
	assert_int_equal(c->histories[PURCHASES].n_entries, 0);
}

static void
what_keeps_no_entries_knows_its_latest_ids(void **state)
{
	(void)state;
	for (int i = 0; i < RING_MAX + 1; i++)
		assert_int_equal(
		    put(engagement(&shop, arena, arena_print(arena, "e%d", i),
			    T0 + i, value_null()))
			.folding,
		    FOLD_DONE);
	assert_int_equal(
	    put(engagement(&shop, arena, SPAN("e1"), T0 + 1, value_null()))
		.folding,
	    FOLD_DUPLICATE);
	assert_int_equal(
	    put(engagement(&shop, arena, SPAN("e1"), T0 + 2, value_null()))
		.folding,
	    FOLD_DONE);
	/* The first has been pushed out: best effort. */
	assert_int_equal(
	    put(engagement(&shop, arena, SPAN("e0"), T0, value_null())).folding,
	    FOLD_DONE);
}

static void
beyond_32_kinds_the_rest_count_under_null(void **state)
{
	const struct history *h = &c->histories[ENGAGEMENT];
	int nulls = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		(void)put(engagement(&shop, arena, arena_print(arena, "e%d", i),
		    T0 + i, value_string(arena_print(arena, "k%02d", i))));
	assert_true(h->n_lasts <= KINDS_MAX + 1);
	for (size_t i = 0; i < h->n_days; i++)
		if (h->days[i].kind.kind == VALUE_NULL)
			nulls += (int)h->days[i].count;
	assert_int_equal(nulls, 100 - KINDS_MAX);
}

static void
days_beyond_the_maximum_go(void **state)
{
	const struct history *h = &c->histories[ENGAGEMENT];

	(void)state;
	(void)put(engagement(&shop, arena, SPAN("e1"), T0, value_null()));
	(void)put(
	    engagement(&shop, arena, SPAN("e2"), T0 + DAY_MS, value_null()));
	fold_expire(c, &shop.schema, T0 + 30 * DAY_MS - 1);
	assert_int_equal(h->n_days, 2);
	fold_expire(c, &shop.schema, T0 + 30 * DAY_MS);
	assert_int_equal(h->n_days, 1);
	assert_int_equal(h->n_lasts, 1);
	assert_int_equal(h->lasts[0].e, T0 + DAY_MS);
	/* Too late for any window: only remembered as the last, if it is. */
	(void)put_at(engagement(&shop, arena, SPAN("e3"), T0, value_null()), T0,
	    T0 + 40 * DAY_MS);
	assert_int_equal(h->n_days, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, gone)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(duplicates_are_known_by_id_and_raw_time),
	    TEST(a_late_event_is_put_at_its_own_time),
	    TEST(a_refund_goes_to_the_latest_purchase_of_its_id),
	    TEST(a_refund_finds_a_purchase_of_another_stream),
	    TEST(a_refund_before_its_purchase_waits_for_it),
	    TEST(an_orphan_lives_30_days_from_its_arrival),
	    TEST(of_five_orphans_the_oldest_is_dropped),
	    TEST(ids_of_refunds_are_bounded_and_their_sum_is_not),
	    TEST(the_oldest_fold_into_months_and_closed_statistics),
	    TEST(behind_what_is_folded_a_correction_is_only_counted),
	    TEST(months_are_bounded),
	    TEST(the_last_writer_of_a_field_wins),
	    TEST(at_equal_times_denied_wins),
	    TEST(what_where_does_not_keep_is_known_again),
	    TEST(what_keeps_no_entries_knows_its_latest_ids),
	    TEST(beyond_32_kinds_the_rest_count_under_null),
	    TEST(days_beyond_the_maximum_go),
	};

	return (cmocka_run_group_tests_name("fold", tests, NULL, NULL));
}
