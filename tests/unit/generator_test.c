/* The made-up shop: the same from the same seed, in order, and readable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/load.h"
#include "pipeline/base/hash.h"
#include "pipeline/bridge/zones.h"
#include "pipeline/event/decode.h"
#include "pipeline/lab/generator.h"

/* 2025-01-01T00:00:00Z */
#define START ((wall_ms)1735689600000)

enum { PEOPLE = 300, DAYS = 120 };

static struct generator *
shop_of(uint64_t seed)
{
	return (generator_new(&(struct generator_options){.seed = seed,
	    .customers = PEOPLE,
	    .start = START,
	    .end = START + DAYS * DAY_MS}));
}

/* What all records of a seed come to. */
struct sums {
	uint64_t hash;
	size_t n;
	size_t history;
	size_t of_personas;
};

static struct sums
sums_of(uint64_t seed)
{
	struct generator *shop = shop_of(seed);
	struct arena *arena = arena_new();
	struct sums sums = {.hash = 0};
	struct generated r;
	wall_ms last = START;

	while (generator_next(shop, START + DAYS * DAY_MS, arena, &r)) {
		assert_true(r.arrived >= last);
		assert_true(!r.history || r.arrived == START);
		last = r.arrived;
		sums.hash = sums.hash * 31 + hash_id(r.key);
		sums.hash = sums.hash * 31 + hash_id(r.value);
		sums.n++;
		sums.history += r.history;
		sums.of_personas += r.persona >= 0;
		arena_reset(arena);
	}
	arena_free(arena);
	generator_free(shop);
	return (sums);
}

static void
the_same_seed_gives_the_same_records(void **state)
{
	struct sums one = sums_of(1);
	struct sums again = sums_of(1);
	struct sums other = sums_of(2);

	(void)state;
	assert_true(one.hash == again.hash);
	assert_true(one.hash != other.hash);
	assert_true(one.n > PEOPLE * 3);
	assert_true(one.history > PEOPLE);
	assert_int_equal(one.of_personas, other.of_personas);
}

static void
time_may_be_asked_for_in_pieces(void **state)
{
	struct generator *shop = shop_of(1);
	struct arena *arena = arena_new();
	struct generated r;
	size_t n = 0;

	(void)state;
	for (int day = 0; day <= DAYS; day++) {
		while (generator_next(shop, START + day * DAY_MS, arena, &r)) {
			assert_true(r.arrived <= START + day * DAY_MS);
			n++;
			arena_reset(arena);
		}
	}
	assert_int_equal(n, sums_of(1).n);
	arena_free(arena);
	generator_free(shop);
}

static const struct schema *
example(struct arena *arena)
{
	struct config_options options = {.findings = findings_new(arena)};
	struct config config;
	struct failure why;

	assert_int_equal(zones_load(arena, &options.zones, &why), DONE);
	if (config_load(arena, "config/example/demo.yaml", &options, &config,
		&why) != DONE)
		fail_msg("config/example/demo.yaml: %s", why.text);
	return (config.schema);
}

static void
every_record_is_an_event_of_the_example(void **state)
{
	struct arena *kept = arena_new();
	struct arena *arena = arena_new();
	const struct schema *schema = example(kept);
	struct decoder *decoder = decoder_new(schema);
	struct generator *shop = shop_of(3);
	struct generated r;

	(void)state;
	while (generator_next(shop, START + DAYS * DAY_MS, arena, &r)) {
		struct record record = {
		    .stream = schema_stream(schema, r.stream),
		    .timestamp = r.arrived,
		    .arrival = r.arrived,
		    .key = r.key,
		    .value = r.value};
		enum dead_reason reason;
		struct failure why;
		struct event event;

		assert_true(record.stream != NO_FIELD);
		if (decoder_read(
			decoder, &record, arena, &event, &reason, &why) != DONE)
			fail_msg("%.*s: %s", SPAN_ARGS(r.value), why.text);
		assert_true(event.backfill == r.history);
		assert_non_null(generator_name(shop, r.key));
		arena_reset(arena);
	}
	generator_free(shop);
	decoder_free(decoder);
	arena_free(arena);
	arena_free(kept);
}

static void
names_are_those_of_people_there_are(void **state)
{
	struct generator *shop = shop_of(1);

	(void)state;
	assert_string_equal(generator_name(shop, SPAN("ana")), "Ana Laurent");
	assert_non_null(generator_name(shop, SPAN("c1")));
	assert_non_null(generator_name(shop, SPAN("c300")));
	assert_null(generator_name(shop, SPAN("c0")));
	assert_null(generator_name(shop, SPAN("c301")));
	assert_null(generator_name(shop, SPAN("c99999999999999999999999")));
	assert_null(generator_name(shop, SPAN("c1x")));
	assert_null(generator_name(shop, SPAN("")));
	assert_int_equal(generator_persona(SPAN("bo")), 1);
	assert_int_equal(generator_persona(SPAN("c1")), -1);
	generator_free(shop);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_same_seed_gives_the_same_records),
	    cmocka_unit_test(time_may_be_asked_for_in_pieces),
	    cmocka_unit_test(every_record_is_an_event_of_the_example),
	    cmocka_unit_test(names_are_those_of_people_there_are),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
