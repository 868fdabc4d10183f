#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/base/buffer.h"
#include "tests/unit/customer_fixture.h"
#include "tests/unit/customer_same.h"

static const struct tier tiers[] = {{{"silver", 6}, 100}, {{"gold", 4}, 900}};
static const struct tier_program program = {.tiers = tiers, .n_tiers = 2};

static struct arena *arena;
static struct shop shop;
static struct customer_codec codec;

static int
fresh(void **state)
{
	(void)state;
	arena = arena_new();
	shop_init(&shop);
	codec = (struct customer_codec){&shop.schema, &program};
	return (0);
}

static int
gone(void **state)
{
	(void)state;
	arena_free(arena);
	return (0);
}

static struct customer *
decoded(struct span bytes)
{
	struct failure why = {{0}};
	struct customer *c = NULL;

	if (customer_decode(&codec, SPAN("c1"), bytes, arena, &c, &why) != DONE)
		fail_msg("%s", why.text);
	return (c);
}

static void
check_round_trip(const struct customer *c)
{
	struct span bytes = customer_encode(&codec, c, arena);
	struct customer *back = decoded(bytes);
	const char *what = same_customer(&shop.schema, c, back);
	struct span again = customer_encode(&codec, back, arena);

	if (what != NULL)
		fail_msg("%s differs", what);
	assert_true(back->known);
	assert_true(span_equals(bytes, again));
}

static void
add_random_rules(struct customer *c, uint64_t *seed)
{
	for (uint64_t i = random_below(seed, 4); i-- > 0;) {
		struct rule_state *rule = customer_rule_make(
		    c, arena, (uint32_t)random_below(seed, 9) << 28);
		size_t n = random_below(seed, 3);
		struct rule_key *keys = ARENA_ARRAY(arena, n, struct rule_key);

		rule->flags = (uint8_t)(1 + random_below(seed, 7));
		if (random_below(seed, 2) == 0)
			rule->since = c->seen - 5;
		if (random_below(seed, 2) == 0)
			rule->decided = (wall_ms)random_next(seed);
		for (size_t k = 0; k < n; k++)
			keys[k] = (struct rule_key){
			    random_next(seed), (uint32_t)random_next(seed)};
		rule->keys = keys;
		rule->n_keys = n;
	}
	for (uint64_t i = random_below(seed, 6); i-- > 0;)
		customer_slot_add(c, arena, (uint32_t)random_below(seed, 3),
		    c->seen - (wall_ms)random_below(seed, 9));
}

static void
add_random_pendings(struct customer *c, uint64_t *seed)
{
	for (uint64_t i = random_below(seed, 4); i-- > 0;) {
		struct event event = random_event(&shop, arena, seed, 9, 1000);
		struct pending p = {
		    .rule = (uint32_t)random_next(seed),
		    .kind = (enum pending_kind)random_below(seed, 3),
		    .due = c->seen + (wall_ms)random_below(seed, DAY_MS),
		    .tau = c->seen - 1,
		    .decided = (wall_ms)random_below(seed, 2) * (c->seen - 2),
		    .lag = (duration_ms)random_below(seed, 2) * 99,
		    .key = event.id,
		    .step = (int32_t)random_below(seed, 3) - 1,
		    .about = random_below(seed, 2) * random_next(seed),
		};

		if (random_below(seed, 2) == 0)
			p.tier_old = TIER_NONE;
		p.tier_new = (int32_t)random_below(seed, 2);
		if (random_below(seed, 2) == 0) {
			p.stream = event.stream;
			p.partition = 3;
			p.offset = (int64_t)random_next(seed);
			p.event_id = event.id;
			p.event_at = event.e;
			p.fields = event.fields;
			p.traceparent = SPAN("00-1-2-3");
		}
		customer_pending_add(c, arena, &p);
	}
}

static struct customer *
random_customer(uint64_t *seed)
{
	struct customer *c = customer_new(arena, &shop.schema, SPAN("c1"));
	uint64_t ids = 1 + random_below(seed, 40);
	uint64_t span = 1 + random_below(seed, 400 * (uint64_t)DAY_MS);

	if (random_below(seed, 4) == 0)
		span = 1 + random_below(seed, 50);
	for (uint64_t i = random_below(seed, 80); i-- > 0;) {
		struct event event =
		    random_event(&shop, arena, seed, ids, span);

		if (random_below(seed, 2) == 0)
			fold_with_orphans(c, &shop, &event, arena);
		else
			(void)fold(c, &shop.schema, &event, true, arena);
		if (c->seen < event.a)
			c->seen = event.a;
	}
	for (size_t i = 0; i < c->n_orphans; i++) {
		c->orphans[i].n_decided = random_below(seed, 3);
		for (size_t k = 0; k < c->orphans[i].n_decided; k++)
			c->orphans[i].decided[k] = (uint32_t)random_next(seed);
	}
	if (c->seen == INSTANT_BEFORE)
		c->seen = T0;
	c->edition = random_next(seed);
	c->until = random_below(seed, 2) == 0
		       ? INSTANT_NEVER
		       : c->seen + (wall_ms)random_below(seed, DAY_MS);
	if (random_below(seed, 2) == 0)
		c->tier = (struct tier_state){
		    (int)random_below(seed, 3) - 1, TIER_GRACE, T0, c->seen, 3};
	add_random_rules(c, seed);
	add_random_pendings(c, seed);
	return (c);
}

static void
decode_and_encode_are_exact_inverses(void **state)
{
	uint64_t seed = 7;

	(void)state;
	check_round_trip(customer_new(arena, &shop.schema, SPAN("c1")));
	for (int i = 0; i < 3000; i++) {
		shop.streams[PURCHASES].max =
		    (uint32_t)(1 + random_below(&seed, 20));
		shop.streams[FEEDBACK].max =
		    (uint32_t)(1 + random_below(&seed, 9));
		check_round_trip(random_customer(&seed));
		arena_reset(arena);
	}
}

static void
extremes_come_back(void **state)
{
	struct customer *c = customer_new(arena, &shop.schema, SPAN("c1"));
	struct event event = purchase(&shop, arena, SPAN("p"), T0, INT64_MIN);
	struct value *fields =
	    arena_copy(arena, event.fields, MOST_FIELDS * sizeof *fields);

	(void)state;
	event.raw = event.e = INT64_MIN + 1;
	fields[WEIGHT] = value_double(-0.0);
	fields[QUANTITY] = value_int(INT64_MIN);
	event.fields = fields;
	(void)fold(c, &shop.schema, &event, true, arena);
	event.raw = event.e = event.a = INT64_MAX;
	fields[WEIGHT] = value_double(1e300);
	(void)fold(c, &shop.schema, &event, true, arena);
	c->seen = INT64_MAX;
	c->until = INT64_MIN;
	check_round_trip(c);
	c->seen = INT64_MIN;
	c->until = INT64_MAX - 1;
	check_round_trip(c);
	shop.streams[PURCHASES].max = 1;
	event.id_hash++;
	(void)fold(c, &shop.schema, &event, true, arena);
	check_round_trip(c);
}

/*
 * The picture in the README of pipeline/customer, byte by byte: a change of
 * the form is never an accident.
 */
static void
the_form_is_the_one_that_is_documented(void **state)
{
	static const unsigned char want[] = {0x01, 0x01, 0x80, 0xaa, 0x83, 0xf6,
	    0x83, 0x65, 0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01, 0x01,
	    0x2c, 0xa9, 0x65, 0x56, 0x72, 0x02, 0x12, 0xc0, 0xa2, 0xcb, 0x1b,
	    0x1c, 0x3e, 0x1a, 0x88, 0x99, 0xe5, 0xf6, 0xf9, 0x94, 0x23, 0x3c,
	    0xaa, 0xef, 0xf3, 0x76, 0x9e, 0xf9, 0xb0, 0x30, 0xe8, 0x07, 0xa0,
	    0x56, 0x80, 0xf6, 0x08, 0x00, 0x25, 0x73, 0x68, 0x6f, 0x65, 0x73,
	    0x00, 0x04, 0x11, 0x08, 0x5c, 0xe7, 0xd0, 0x01, 0xd3, 0x07, 0xf4,
	    0xdf, 0x5d, 0x51, 0xa4, 0xdf, 0xff, 0xb9, 0xb7, 0x03, 0x07, 0x1c,
	    0x01, 0x08, 0x5c, 0xe7, 0xd0, 0xff, 0xb9, 0xb7, 0x03, 0xd3, 0x07,
	    0xf4, 0xdf, 0x5d, 0x51, 0xa4, 0xdf, 0x01, 0xf0, 0xd9, 0x08, 0xc6,
	    0x01, 0xd3, 0xb0, 0xb5, 0xcc, 0x01, 0x09, 0x06, 0x01, 0xee, 0xff,
	    0xc0, 0x00, 0x08, 0x0b, 0x0a, 0x01, 0xfe, 0xca, 0xad, 0x0b, 0x01,
	    0xff, 0xb9, 0xb7, 0x03};
	struct customer *c = customer_new(arena, &shop.schema, SPAN("c1"));
	struct event events[] = {
	    purchase(&shop, arena, SPAN("p1"), T0, 4500),
	    purchase(&shop, arena, SPAN("p2"), T0 + HOUR_MS, 1000),
	    consent(&shop, SPAN("k1"), T0, 0, true),
	};
	struct span bytes;

	(void)state;
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
		struct value *fields =
		    ARENA_ARRAY(arena, MOST_FIELDS, struct value);

		if (events[i].fields != NULL)
			(void)memcpy(fields, events[i].fields,
			    MOST_FIELDS * sizeof *fields);
		fields[CATEGORY] = value_string(SPAN("shoes"));
		events[i].fields = fields;
		(void)fold(c, &shop.schema, &events[i], true, arena);
	}
	c->seen = T0 + HOUR_MS;
	c->edition = UINT64_C(0x0123456789abcdef);
	customer_rule_make(c, arena, 0x00c0ffee)->flags = RULE_HELD;
	customer_slot_add(c, arena, 0x0badcafe, T0);
	bytes = customer_encode(&codec, c, arena);
	assert_int_equal(bytes.length, sizeof want);
	assert_memory_equal(bytes.at, want, sizeof want);
}

/* Room, and memory of rules that remembers nothing, leave no trace. */
static void
equal_customers_have_equal_bytes(void **state)
{
	struct customer *a = customer_new(arena, &shop.schema, SPAN("c1"));
	struct customer *b = customer_new(arena, &shop.schema, SPAN("c1"));

	(void)state;
	customer_rule_make(a, arena, 1)->flags = RULE_HELD;
	(void)customer_rule_make(a, arena, 2);
	(void)customer_rule_make(b, arena, 2);
	customer_rule_make(b, arena, 1)->flags = RULE_HELD;
	customer_slot_add(a, arena, 1, T0);
	customer_slot_add(a, arena, 1, T0 + 1);
	customer_slot_add(b, arena, 1, T0 + 1);
	customer_slot_add(b, arena, 2, T0);
	customer_slot_add(b, arena, 1, T0);
	customer_slots_forget(b, 2, T0);
	assert_true(span_equals(customer_encode(&codec, a, arena),
	    customer_encode(&codec, b, arena)));
}

static struct customer *
rich_customer(void)
{
	static const struct span categories[] = {
	    {"shoes", 5}, {"hats", 4}, {"coats", 5}, {"bags", 4}};
	struct customer *c = customer_new(arena, &shop.schema, SPAN("c1"));
	const struct profile_change changes[] = {
	    {NAME, value_string(SPAN("Ana Example"))},
	    {COUNTRY, value_string(SPAN("NO"))},
	    {BORN, value_date((struct civil_day){1988, 2, 29})},
	};
	struct event event;

	for (int i = 0; i < 20; i++) {
		struct value *fields;

		event = purchase(&shop, arena,
		    arena_print(arena, "order-%d", 1000 + i * 7),
		    T0 + i * 23 * DAY_MS + i * i * 61123, 2999 + i * 517);
		fields = arena_copy(
		    arena, event.fields, MOST_FIELDS * sizeof *fields);
		fields[CATEGORY] = value_string(categories[i * i % 4]);
		fields[SKU] = value_string(
		    arena_print(arena, "SK-%05d", 12345 + i * 911));
		event.fields = fields;
		(void)fold(c, &shop.schema, &event, true, arena);
	}
	event = profile(&shop, SPAN("pr-1"), T0, changes, 3);
	(void)fold(c, &shop.schema, &event, true, arena);
	event = consent(&shop, SPAN("co-1"), T0, 0, true);
	(void)fold(c, &shop.schema, &event, true, arena);
	c->seen = T0 + 460 * DAY_MS;
	c->until = c->seen + 12 * DAY_MS;
	c->edition = UINT64_C(0x5c1f03b2a9e44d70);
	for (uint32_t i = 1; i <= 3; i++) {
		struct rule_state *rule =
		    customer_rule_make(c, arena, i * 0x3779b197);

		rule->flags = RULE_HELD;
		rule->decided = c->seen - i * 17 * DAY_MS;
		customer_slot_add(
		    c, arena, 0x85ebca6b, c->seen - i * 3 * DAY_MS);
	}
	return (c);
}

static void
a_customer_of_20_purchases_is_small(void **state)
{
	struct customer *c = rich_customer();
	size_t all = customer_encode(&codec, c, arena).length;
	size_t without_sku;

	(void)state;
	check_round_trip(c);
	shop.streams[PURCHASES].n_kept = 1; /* the category alone */
	without_sku = customer_encode(&codec, c, arena).length;
	print_message("20 purchases, profile, consent, 3 rules, 3 slots: "
		      "%zu bytes, and with a distinct 8-byte sku each %zu\n",
	    without_sku, all);
	assert_in_range(without_sku, 1, 560);
	assert_in_range(all, 1, 760);
}

/* The schema as it was, but for one thing; what is then left. */
static void
what_the_schema_lost_is_kept_and_what_it_gained_is_empty(void **state)
{
	struct customer *c = rich_customer();
	struct span bytes = customer_encode(&codec, c, arena);
	struct stream kept[N_STREAMS];
	struct customer *back;
	struct span between;

	(void)state;
	memcpy(kept, shop.streams, sizeof kept);
	/* A stream vanishes, and those that stay move up. */
	for (size_t i = 0; i + 1 < N_STREAMS; i++) {
		shop.streams[i] = kept[i + 1];
		shop.streams[i].index = (int)i;
	}
	shop.schema.n_streams = N_STREAMS - 1;
	back = decoded(bytes);
	assert_true(back->strange.length > 0);
	assert_int_equal(back->profile[NAME].stream, PROFILE - 1);
	assert_true(span_equals(customer_encode(&codec, back, arena),
	    customer_encode(
		&codec, decoded(customer_encode(&codec, back, arena)), arena)));
	back->seen += 1000;
	between = customer_encode(&codec, back, arena);
	/* It comes back, with what it had. */
	memcpy(shop.streams, kept, sizeof kept);
	shop.schema.n_streams = N_STREAMS;
	back = decoded(between);
	assert_int_equal(back->strange.length, 0);
	assert_null(same_history(&shop.streams[PURCHASES],
	    &c->histories[PURCHASES], &back->histories[PURCHASES]));
}

static void
refunds_that_wait_outlive_their_stream(void **state)
{
	struct customer *c = customer_new(arena, &shop.schema, SPAN("c1"));
	struct event event = refund(&shop, arena, SPAN("r"), SPAN("p"), 100);
	struct span bytes;

	(void)state;
	(void)fold(c, &shop.schema, &event, true, arena);
	c->seen = T0;
	bytes = customer_encode(&codec, c, arena);
	shop.streams[REFUNDS].name = SPAN("other");
	c = decoded(bytes);
	assert_int_equal(c->n_orphans, 0);
	(void)fold(c, &shop.schema, &event, true, arena);
	bytes = customer_encode(&codec, c, arena);
	shop.streams[REFUNDS].name = SPAN("refunds");
	c = decoded(bytes);
	assert_int_equal(c->n_orphans, 1);
	assert_true(c->strange.length > 0);
	check_round_trip(c);
}

static void
fields_are_found_by_name_and_type(void **state)
{
	static struct field fields[MOST_FIELDS];
	static const int reversed[] = {MADE, SKU, CATEGORY};
	struct customer *c = rich_customer();
	struct span bytes = customer_encode(&codec, c, arena);
	const struct entry *entry;
	struct customer *back;

	(void)state;
	memcpy(fields, purchase_fields, sizeof fields);
	fields[SKU].type = FIELD_INT; /* another field, under an old name */
	shop.streams[PURCHASES].fields = fields;
	shop.streams[PURCHASES].kept = reversed;
	shop.streams[PURCHASES].n_kept = 3;
	back = decoded(bytes);
	entry = &back->histories[PURCHASES].entries[0];
	assert_true(span_equals(
	    value_text(entry_field(&shop.streams[PURCHASES], entry, CATEGORY)),
	    SPAN("shoes")));
	assert_int_equal(
	    entry_field(&shop.streams[PURCHASES], entry, SKU).kind, VALUE_NULL);
	assert_int_equal(back->histories[PURCHASES].n_entries, 20);
}

static void
consent_and_tiers_are_found_by_name(void **state)
{
	static const struct span fewer[] = {{"sms", 3}, {"email", 5}};
	static const struct tier others[] = {{{"gold", 4}, 1}};
	const struct tier_program other = {.tiers = others, .n_tiers = 1};
	struct customer *c = rich_customer();
	struct span bytes;
	struct customer *back;

	(void)state;
	c->tier = (struct tier_state){1, TIER_GRACE, T0, T0, 0};
	bytes = customer_encode(&codec, c, arena);
	shop.schema.channels = fewer;
	shop.schema.n_channels = 2;
	codec.program = &other;
	back = decoded(bytes);
	assert_int_equal(back->consents[0].state, CONSENT_UNKNOWN);
	assert_int_equal(back->consents[1].state, CONSENT_GRANTED);
	assert_int_equal(back->tier.tier, 0);
	assert_int_equal(back->tier.mode, TIER_GRACE);
	codec.program = NULL;
	bytes = customer_encode(&codec, decoded(bytes), arena);
	codec.program = &other;
	assert_int_equal(decoded(bytes)->tier.tier, 0);
}

/* Sections of a newer program: as they came, with the `seen` they had. */
static void
what_is_unknown_is_kept_with_its_seen(void **state)
{
	struct customer *c = customer_new(arena, &shop.schema, SPAN("c1"));
	struct buffer b;
	struct span bytes;
	struct customer *back;
	struct span stamped;

	(void)state;
	c->seen = 100;
	bytes = customer_encode(&codec, c, arena);
	buffer_init(&b, arena);
	buffer_span_add(&b, bytes);
	buffer_add(&b, "\x7f\x03xyz", 5);
	bytes = buffer_span(&b);
	back = decoded(bytes);
	assert_true(span_equals(customer_encode(&codec, back, arena), bytes));
	back->seen = 101;
	stamped = customer_encode(&codec, back, arena);
	assert_memory_equal(
	    stamped.at + stamped.length - 7, "\xff\x05\xc8\x01xyz", 7);
	back = decoded(stamped);
	assert_true(span_equals(customer_encode(&codec, back, arena), stamped));
}

static void
bytes_that_are_cut_or_changed_never_crash(void **state)
{
	uint64_t seed = 99;
	struct failure why;
	struct customer *c;

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct span bytes =
		    customer_encode(&codec, random_customer(&seed), arena);
		char *copy = arena_copy(arena, bytes.at, bytes.length);

		for (int k = 0; k < 50; k++) {
			size_t at = random_below(&seed, bytes.length);
			char old = copy[at];

			(void)!customer_decode(&codec, SPAN("c1"),
			    (struct span){copy, at}, arena, &c, &why);
			copy[at] = (char)random_next(&seed);
			if (customer_decode(&codec, SPAN("c1"),
				(struct span){copy, bytes.length}, arena, &c,
				&why) == DONE)
				check_round_trip(c);
			copy[at] = old;
		}
		arena_reset(arena);
	}
}

static void
a_newer_version_is_refused_in_words(void **state)
{
	struct failure why = {{0}};
	struct customer *c = NULL;

	(void)state;
	assert_int_equal(
	    customer_decode(&codec, SPAN("c1"),
		SPAN("\x02\0\0\0\0\0\0\0\0\0\0\0\0"), arena, &c, &why),
	    REJECT);
	assert_null(c);
	assert_string_equal(
	    why.text, "customer: bytes of version 2, this program reads 1");
	assert_int_equal(
	    customer_decode(&codec, SPAN("c1"), SPAN(""), arena, &c, &why),
	    REJECT);
	assert_string_equal(why.text, "customer: head is broken");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, gone)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(decode_and_encode_are_exact_inverses),
	    TEST(extremes_come_back),
	    TEST(the_form_is_the_one_that_is_documented),
	    TEST(equal_customers_have_equal_bytes),
	    TEST(a_customer_of_20_purchases_is_small),
	    TEST(what_the_schema_lost_is_kept_and_what_it_gained_is_empty),
	    TEST(refunds_that_wait_outlive_their_stream),
	    TEST(fields_are_found_by_name_and_type),
	    TEST(consent_and_tiers_are_found_by_name),
	    TEST(what_is_unknown_is_kept_with_its_seen),
	    TEST(bytes_that_are_cut_or_changed_never_crash),
	    TEST(a_newer_version_is_refused_in_words),
	};

	return (cmocka_run_group_tests_name("codec", tests, NULL, NULL));
}
