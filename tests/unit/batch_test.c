#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "pipeline/task/batch.h"

static struct arena *arena;

static struct record
record_at(wall_ms arrival)
{
	return ((struct record){
	    .key = SPAN("c1"), .value = SPAN("{}"), .arrival = arrival});
}

/* Take records at one instant until no more fit; how many did. */
static size_t
fill(struct batch *batch, size_t max, bool due)
{
	struct record record = record_at(5);

	batch_begin(batch, arena, max);
	while (batch_fits(batch, &record, due))
		batch_record(batch, &record);
	return (batch->n_records);
}

static const struct room_row {
	size_t max;
	bool due;
	size_t records;
	size_t room; /* for due customers, afterwards */
} rooms[] = {
    {2000, false, 2000, 1},
    {2000, true, 1500, 500},
    {8, true, 6, 2},
    {4, true, 3, 1},
    {3, true, 2, 1},
    {2, true, 1, 1},
    /* One of each: no limit applies. */
    {1, true, 1, 1},
    {1, false, 1, 1},
};

static void
a_quarter_is_for_customers_who_may_be_due(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
		struct batch batch;
		size_t n = fill(&batch, rooms[i].max, rooms[i].due);

		if (n != rooms[i].records ||
		    batch_due_room(&batch) != rooms[i].room)
			fail_msg("max %zu: %zu records, room for %zu",
			    rooms[i].max, n, batch_due_room(&batch));
	}
}

static void
one_record_always_fits_and_a_heavy_one_goes_alone(void **state)
{
	static char heavy[BATCH_BYTES_MAX];
	struct record light = record_at(5);
	struct record record = record_at(5);
	struct batch batch;

	(void)state;
	record.value = (struct span){heavy, sizeof heavy};
	batch_begin(&batch, arena, 10);
	assert_true(batch_fits(&batch, &record, true));
	batch_record(&batch, &record);
	assert_false(batch_fits(&batch, &light, false));
	batch_begin(&batch, arena, 10);
	batch_record(&batch, &light);
	assert_false(batch_fits(&batch, &record, false));
}

static void
a_customer_has_his_events_in_order_and_once(void **state)
{
	static const char *const ids[] = {"b", "a", "b", "c", "b", "a"};
	struct event events[6] = {{.raw = 0}};
	struct position due = {.instant = 3, .customer = SPAN("a")};
	struct batch batch;

	(void)state;
	batch_begin(&batch, arena, 10);
	batch_due(&batch, &due, 1, 4, (struct position){.instant = 0});
	for (size_t i = 0; i < 6; i++) {
		events[i].customer = span_of(ids[i]);
		batch_event(&batch, &events[i]);
	}
	assert_int_equal(batch.n_customers, 3);
	assert_int_equal(batch.customers[0]->n_events, 2); /* a */
	assert_ptr_equal(batch.customers[0]->events[0], &events[1]);
	assert_ptr_equal(batch.customers[0]->events[1], &events[5]);
	assert_int_equal(batch.customers[1]->n_events, 3); /* b */
	assert_ptr_equal(batch.customers[1]->events[2], &events[4]);
	assert_int_equal(batch.customers[2]->n_events, 1); /* c */
}

static const struct position at_4_a = {
    .instant = 4, .customer = SPAN_INIT("a")};
static const struct position at_4_b = {
    .instant = 4, .customer = SPAN_INIT("b")};
static const struct position at_9_end = {.instant = 9, .end = true};
static const struct position at_3_end = {.instant = 3, .end = true};

static void
the_bound_is_the_frontier_only_if_every_due_customer_fits(void **state)
{
	const struct position due[] = {at_4_a, at_4_b};
	struct batch batch;

	(void)state;
	batch_begin(&batch, arena, 2);
	batch_due(&batch, due, 2, 9, at_3_end);
	assert_int_equal(batch.n_due, 2);
	assert_int_equal(position_compare(batch.bound, at_9_end), 0);
	batch_begin(&batch, arena, 1);
	batch_due(&batch, due, 2, 9, at_3_end);
	assert_int_equal(batch.n_due, 1);
	assert_int_equal(position_compare(batch.bound, at_4_a), 0);
}

static void
the_bound_never_falls(void **state)
{
	struct batch batch;

	(void)state;
	batch_begin(&batch, arena, 1);
	batch_due(&batch, NULL, 0, 3, at_9_end);
	assert_int_equal(position_compare(batch.bound, at_9_end), 0);
}

/*
 * Customers with random instants, batches of random size, a frontier that
 * moves: what has run is always a prefix of all positions.
 */
enum { CROWD = 40, INSTANTS = 12, ROUNDS = 300 };

struct crowd {
	struct position waiting[CROWD]; /* in order */
	size_t n;
	char names[CROWD][8];
};

static int
compare(const void *a, const void *b)
{
	const struct position *x = a;
	const struct position *y = b;

	return (position_compare(*x, *y));
}

static void
gather(struct crowd *crowd, unsigned *seed)
{
	crowd->n = CROWD;
	for (size_t i = 0; i < CROWD; i++) {
		(void)snprintf(
		    crowd->names[i], sizeof crowd->names[i], "c%02zu", i);
		crowd->waiting[i] =
		    (struct position){.instant = rand_r(seed) % INSTANTS,
			.customer = span_of(crowd->names[i])};
	}
	qsort(crowd->waiting, crowd->n, sizeof crowd->waiting[0], compare);
}

/* Those at or below the frontier, at most `limit`. */
static size_t
count_due(const struct crowd *crowd, wall_ms frontier, size_t limit)
{
	size_t n = 0;

	while (
	    n < crowd->n && n < limit && crowd->waiting[n].instant <= frontier)
		n++;
	return (n);
}

static void
run_to(struct crowd *crowd, const struct batch *batch)
{
	size_t ran = 0;

	while (ran < crowd->n &&
	       position_compare(crowd->waiting[ran], batch->bound) <= 0)
		ran++;
	/* Whoever lies at or below the bound was in the batch. */
	assert_int_equal(ran, batch->n_due);
	crowd->n -= ran;
	(void)memmove(crowd->waiting, crowd->waiting + ran,
	    crowd->n * sizeof crowd->waiting[0]);
}

static void
what_has_run_is_a_prefix_of_all_that_is_due(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct crowd crowd;
		struct position bound = {
		    .instant = INSTANT_BEFORE, .end = true};
		wall_ms frontier = 0;

		arena_reset(arena);
		gather(&crowd, &seed);
		while (crowd.n > 0) {
			struct batch batch;
			size_t max = 1 + (size_t)rand_r(&seed) % 7;
			size_t n;

			frontier += rand_r(&seed) % 3;
			batch_begin(&batch, arena, max);
			n = count_due(
			    &crowd, frontier, batch_due_room(&batch) + 1);
			batch_due(&batch, crowd.waiting, n, frontier, bound);
			assert_true(position_compare(batch.bound, bound) >= 0);
			assert_true(batch.n_due <= max);
			run_to(&crowd, &batch);
			bound = batch.bound;
			bound.customer = arena_span(arena, bound.customer);
		}
	}
}

static int
setup(void **state)
{
	(void)state;
	arena = arena_new();
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_quarter_is_for_customers_who_may_be_due),
	    cmocka_unit_test(one_record_always_fits_and_a_heavy_one_goes_alone),
	    cmocka_unit_test(a_customer_has_his_events_in_order_and_once),
	    cmocka_unit_test(
		the_bound_is_the_frontier_only_if_every_due_customer_fits),
	    cmocka_unit_test(the_bound_never_falls),
	    cmocka_unit_test(what_has_run_is_a_prefix_of_all_that_is_due),
	};

	return (cmocka_run_group_tests_name("batch", tests, setup, teardown));
}
