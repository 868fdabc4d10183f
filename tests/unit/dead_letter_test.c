#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/event/dead_letter.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum {
	ROOMY = 1024 * 1024,
};

static const struct header traced[] = {
    {{"traceparent", 11}, {"00-ab", 5}},
    {{"empty", 5}, {NULL, 0}},
};

static struct record
record_of(struct span key, struct span value)
{
	return ((struct record){
	    .stream = 1,
	    .partition = 7,
	    .offset = INT64_C(123456789012),
	    .timestamp = 1735689600000,
	    .arrival = 1735689600001,
	    .key = key,
	    .value = value,
	    .headers = traced,
	    .n_headers = COUNT(traced),
	});
}

static struct message
encode(struct arena *arena, const struct record *record, size_t limit)
{
	static const struct failure why = {"/amount: not a number"};
	struct dead_letter letter = {.record = record,
	    .stream_topic = SPAN("shop.refunds"),
	    .reason = DEAD_WRONG_TYPE,
	    .why = &why};

	return (dead_letter_encode(
	    arena, &letter, SPAN("kith.dead-letters"), limit));
}

static void
assert_span(struct span got, const char *want)
{
	if (!span_equals(got, span_of(want)))
		fail_msg("got %.*s, want %s", SPAN_ARGS(got), want);
}

static const char *const own_headers[] = {
    "__connect.errors.topic",
    "shop.refunds",
    "__connect.errors.partition",
    "7",
    "__connect.errors.offset",
    "123456789012",
    "__connect.errors.exception.class.name",
    "kith.wrong_type",
    "__connect.errors.exception.message",
    "/amount: not a number",
    "kith_reason",
    "wrong_type",
    "kith_truncated",
    "true",
};

enum { OWN_HEADERS = COUNT(own_headers) / 2 };

static void
assert_own_headers(const struct header *got, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_span(got[i].name, own_headers[2 * i]);
		assert_span(got[i].value, own_headers[2 * i + 1]);
	}
}

static void
record_is_kept_as_it_was_with_the_reason_behind_its_headers(void **state)
{
	struct arena *arena = arena_new();
	struct record record = record_of(SPAN("c1"), SPAN("{\"amount\":true}"));
	struct message m = encode(arena, &record, ROOMY);

	(void)state;
	assert_span(m.topic, "kith.dead-letters");
	assert_span(m.key, "c1");
	assert_span(m.value, "{\"amount\":true}");
	assert_true(m.timestamp == 1735689600000);
	assert_int_equal(m.n_headers, COUNT(traced) + OWN_HEADERS - 1);
	assert_memory_equal(m.headers, traced, sizeof traced);
	assert_own_headers(m.headers + COUNT(traced), OWN_HEADERS - 1);
	arena_free(arena);
}

static void
no_key_and_a_tombstone_stay_what_they_are(void **state)
{
	struct arena *arena = arena_new();
	struct record record =
	    record_of((struct span){NULL, 0}, (struct span){NULL, 0});
	struct message m;

	(void)state;
	record.headers = NULL;
	record.n_headers = 0;
	record.timestamp = TIMESTAMP_NONE;
	m = encode(arena, &record, ROOMY);
	assert_null(m.key.at);
	assert_null(m.value.at);
	assert_true(m.timestamp == TIMESTAMP_NONE);
	assert_int_equal(m.n_headers, OWN_HEADERS - 1);
	arena_free(arena);
}

static void
too_large_a_record_leaves_only_where_it_lay_and_why(void **state)
{
	static char bytes[ROOMY];
	const struct truncation {
		struct span key;
		struct span value;
		bool keeps_key;
	} rows[] = {
	    {SPAN("c1"), {bytes, sizeof bytes}, true},
	    {{bytes, sizeof bytes}, SPAN("{}"), false},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct record record = record_of(rows[i].key, rows[i].value);
		struct message m = encode(arena, &record, ROOMY);

		assert_int_equal(m.key.at != NULL, rows[i].keeps_key);
		assert_non_null(m.value.at);
		assert_int_equal(m.value.length, 0);
		assert_int_equal(m.n_headers, OWN_HEADERS);
		assert_own_headers(m.headers, OWN_HEADERS);
		assert_true(message_wire_size(&m) <= ROOMY);
	}
	arena_free(arena);
}

static void
limit_counts_key_value_headers_and_frames(void **state)
{
	struct arena *arena = arena_new();
	struct record record = record_of(SPAN("c1"), SPAN("{\"a\":1}"));
	struct message m = encode(arena, &record, ROOMY);
	size_t size = message_wire_size(&m);

	(void)state;
	m = encode(arena, &record, size);
	assert_span(m.value, "{\"a\":1}");
	m = encode(arena, &record, size - 1);
	assert_int_equal(m.value.length, 0);
	m = encode(arena, &record, 0);
	assert_int_equal(m.value.length, 0);
	assert_span(m.key, "c1");
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		record_is_kept_as_it_was_with_the_reason_behind_its_headers),
	    cmocka_unit_test(no_key_and_a_tombstone_stay_what_they_are),
	    cmocka_unit_test(
		too_large_a_record_leaves_only_where_it_lay_and_why),
	    cmocka_unit_test(limit_counts_key_value_headers_and_frames),
	};

	return (cmocka_run_group_tests_name("dead_letter", tests, NULL, NULL));
}
