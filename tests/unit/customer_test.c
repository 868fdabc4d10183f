#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/customer_bench.h"
#include "tests/unit/customer_same.h"

static void
the_zone_is_the_profiles_then_the_countrys_then_the_schemas(void **state)
{
	static const struct {
		const char *zone;
		const char *country;
		int want;
		enum zone_source source;
	} rows[] = {
	    {NULL, NULL, ISLET, ZONE_OF_SCHEMA},
	    {"Europe/Oslo", NULL, OSLO, ZONE_OF_PROFILE},
	    {"Europe/Oslo", "US", OSLO, ZONE_OF_PROFILE},
	    {NULL, "NO", OSLO, ZONE_OF_COUNTRY},
	    {NULL, "US", ISLET, ZONE_OF_SCHEMA},
	    {"Mars/Olympus", NULL, ISLET, ZONE_OF_SCHEMA},
	    {"Mars/Olympus", "NO", OSLO, ZONE_OF_COUNTRY},
	};

	(void)state;
	shop.schema.zone = ISLET;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum zone_source source;

		c->profile[ZONE].value =
		    rows[i].zone == NULL ? value_null()
					 : value_string(span_of(rows[i].zone));
		c->profile[COUNTRY].value =
		    rows[i].country == NULL
			? value_null()
			: value_string(span_of(rows[i].country));
		if (customer_zone(c, &shop.schema, &source) != rows[i].want ||
		    source != rows[i].source)
			fail_msg("row %zu", i);
	}
	shop.schema.zone_field = NO_FIELD;
	shop.schema.country_field = NO_FIELD;
	assert_int_equal(customer_zone(c, &shop.schema,
			     &(enum zone_source){ZONE_OF_PROFILE}),
	    ISLET);
}

static void
a_rules_memory_is_found_again(void **state)
{
	static const uint32_t ids[] = {7, 3, 9, 1, 8, 2, 6, 7, 3};

	(void)state;
	assert_null(customer_rule(c, 3));
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		struct rule_state *rule = customer_rule_make(c, arena, ids[i]);

		if (i < 7)
			assert_int_equal(rule->decided, INSTANT_BEFORE);
		rule->decided = (wall_ms)ids[i] * 2;
	}
	assert_int_equal(c->n_rules, 7);
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		assert_int_equal(customer_rule(c, ids[i])->decided, ids[i] * 2);
	assert_null(customer_rule(c, 4));
}

static void
pendings_are_in_order_of_due_rule_and_key(void **state)
{
	static const struct {
		wall_ms due;
		uint32_t rule;
		const char *key;
	} rows[] = {
	    {5, 1, "b"}, {3, 9, "a"}, {5, 1, "a"}, {5, 0, "z"}, {9, 1, ""}};
	static const char *const want[] = {"a", "z", "a", "b", ""};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		customer_pending_add(c, arena,
		    &(struct pending){.due = rows[i].due,
			.rule = rows[i].rule,
			.key = span_of(rows[i].key)});
	for (size_t i = 0; i < c->n_pendings; i++)
		assert_true(span_equals(c->pendings[i].key, span_of(want[i])));
	customer_pending_remove(c, 1);
	customer_pending_remove(c, 3);
	assert_int_equal(c->n_pendings, 3);
	assert_true(span_equals(c->pendings[2].key, SPAN("b")));
	/* One of its own may be put again. */
	customer_pending_add(c, arena, &c->pendings[0]);
	assert_int_equal(c->pendings[0].due, 3);
	assert_int_equal(c->pendings[1].due, 3);
}

static void
slots_of_a_cap_are_forgotten_up_to_an_instant(void **state)
{
	static const wall_ms ats[] = {30, 10, 20, 20, 40};

	(void)state;
	for (size_t i = 0; i < sizeof ats / sizeof ats[0]; i++) {
		customer_slot_add(c, arena, 2, ats[i]);
		customer_slot_add(c, arena, 1, ats[i]);
		customer_slot_add(c, arena, 3, ats[i]);
	}
	customer_slots_forget(c, 2, 20);
	assert_int_equal(c->n_slots, 12);
	assert_int_equal(c->slots[5].cap, 2);
	assert_int_equal(c->slots[5].at, 30);
	assert_int_equal(c->slots[7].cap, 3);
	customer_slots_forget(c, 9, 100);
	customer_slots_forget(c, 3, 9);
	assert_int_equal(c->n_slots, 12);
}

/* Not a refund, and no other record under the id and time of one before. */
static bool
is_usable(const struct event *events, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (events[i].stream == events[n].stream &&
		    events[i].id_hash == events[n].id_hash &&
		    events[i].raw == events[n].raw)
			return (false);
	return (events[n].stream->role != ROLE_REFUND);
}

/*
 * Same records, another order of arrival.  What may depend on it is left out:
 * a refund acts on what is there when it arrives, a ring holds the latest to
 * arrive, and behind what is folded nothing is corrected.
 */
static void
arrival_order_leaves_no_trace_in_the_bytes(void **state)
{
	const struct customer_codec codec = {&shop.schema, NULL};
	uint64_t seed = 5;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct event events[RING_MAX];
		size_t n = 1 + random_below(&seed, RING_MAX);
		struct customer *a =
		    customer_new(arena, &shop.schema, SPAN("c1"));
		struct customer *b =
		    customer_new(arena, &shop.schema, SPAN("c1"));

		for (size_t i = 0; i < n;) {
			events[i] = random_event(&shop, arena, &seed, 6, 20);
			events[i].a = T0 + 60;
			events[i].e = events[i].raw;
			i += is_usable(events, i);
		}
		for (size_t i = 0; i < n; i++)
			(void)fold(a, &shop.schema, &events[i], true, arena);
		for (size_t i = n; i > 0; i--) {
			size_t k = random_below(&seed, i);
			struct event event = events[k];

			events[k] = events[i - 1];
			events[i - 1] = event;
			(void)fold(b, &shop.schema, &event, true, arena);
		}
		for (size_t i = 0; i < N_STREAMS; i++)
			a->histories[i].ring = b->histories[i].ring;
		a->seen = b->seen = T0 + 60;
		if (!span_equals(customer_encode(&codec, a, arena),
			customer_encode(&codec, b, arena)))
			fail_msg("round %d: %s", round,
			    same_customer(&shop.schema, a, b));
		arena_reset(arena);
	}
}

/*
 * A refund may come before its purchase or after it: as long as no more than
 * four wait, and no id has two purchases, the end is the same.
 */
static void
refunds_may_come_before_their_purchases(void **state)
{
	const struct customer_codec codec = {&shop.schema, NULL};
	uint64_t seed = 17;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct event events[8];
		struct customer *c2[2];

		for (int i = 0; i < 4; i++) {
			events[i] = purchase(&shop, arena,
			    arena_print(arena, "p%d", i), T0 + i, 500);
			events[4 + i] =
			    refund(&shop, arena, arena_print(arena, "r%d", i),
				arena_print(
				    arena, "p%d", (int)random_below(&seed, 4)),
				(int64_t)random_below(&seed, 600));
		}
		for (int k = 0; k < 2; k++) {
			c2[k] = customer_new(arena, &shop.schema, SPAN("c1"));
			for (size_t i = 8; i > 0; i--) {
				size_t at = random_below(&seed, i);
				struct event event = events[at];

				events[at] = events[i - 1];
				events[i - 1] = event;
				fold_with_orphans(c2[k], &shop, &event, arena);
			}
			assert_int_equal(c2[k]->n_orphans, 0);
		}
		assert_true(span_equals(customer_encode(&codec, c2[0], arena),
		    customer_encode(&codec, c2[1], arena)));
		arena_reset(arena);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, gone)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_zone_is_the_profiles_then_the_countrys_then_the_schemas),
	    TEST(a_rules_memory_is_found_again),
	    TEST(pendings_are_in_order_of_due_rule_and_key),
	    TEST(slots_of_a_cap_are_forgotten_up_to_an_instant),
	    TEST(arrival_order_leaves_no_trace_in_the_bytes),
	    TEST(refunds_may_come_before_their_purchases),
	};

	return (cmocka_run_group_tests_name("customer", tests, NULL, NULL));
}
