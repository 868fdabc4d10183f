#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/decode_bench.h"

/* Rows of the shop: a stream, a value, and why it is a dead letter. */
static const struct dead_row {
	int stream;
	const char *value;
	const char *reason;
	const char *words; /* what the text must begin with; NULL: anything */
} dead_rows[] = {
    {0, "", "bad_json", "the value is empty"},
    {0, "{", "bad_json", NULL},
    {0, "[]", "bad_json", NULL},
    {0, "{} {}", "bad_json", NULL},
    {0, "{\"order_id\":\"\xff\"}", "bad_json", NULL},
    {0, "{\"paid_at\":0,\"amount\":1}", "missing_field", "/order_id: "},
    {0, "{\"order_id\":\"\",\"paid_at\":0,\"amount\":1}", "missing_field",
	"/order_id: empty"},
    {0, "{\"order_id\":null,\"paid_at\":0,\"amount\":1}", "missing_field",
	"/order_id: "},
    {0, "{\"order_id\":1.5,\"paid_at\":0,\"amount\":1}", "wrong_type",
	"/order_id: "},
    {0, "{\"order_id\":\"o\",\"amount\":1}", "missing_field", "/paid_at: "},
    {0, "{\"order_id\":\"o\",\"paid_at\":null,\"amount\":1}", "missing_field",
	"/paid_at: "},
    {0, "{\"order_id\":\"o\",\"paid_at\":\"today\",\"amount\":1}", "bad_time",
	"/paid_at: "},
    {0, "{\"order_id\":\"o\",\"paid_at\":true,\"amount\":1}", "bad_time",
	"/paid_at: "},
    {0, "{\"order_id\":\"o\",\"paid_at\":1.5,\"amount\":1}", "bad_time",
	"/paid_at: "},
    {0, "{\"order_id\":\"o\",\"paid_at\":" BIG ",\"amount\":1}", "bad_time",
	"/paid_at: "},
    {0,
	"{\"order_id\":\"o\",\"paid_at\":\"2025-03-17T08:05:00.001Z\","
	"\"amount\":1}",
	"future_time", NULL},
    {0, "{\"order_id\":\"o\",\"paid_at\":0}", "missing_field", "/amount: "},
    {0, "{\"order_id\":\"o\",\"paid_at\":0,\"amount\":null}", "missing_field",
	"/amount: "},
    {0, "{\"order_id\":\"o\",\"paid_at\":0,\"amount\":{}}", "wrong_type",
	"/amount: "},
    {0, "{\"order_id\":\"o\",\"paid_at\":0,\"amount\":1,\"currency\":\"KWD\"}",
	"unknown_currency", NULL},
    {0, "{\"order_id\":\"o\",\"paid_at\":0,\"amount\":1,\"currency\":\"eur\"}",
	"unknown_currency", NULL},
    {0,
	"{\"order_id\":\"o\",\"paid_at\":0,\"amount\":1,"
	"\"customer_id\":\"c2\"}",
	"key_mismatch", "/customer_id: "},
    {0, "{\"order_id\":\"o\",\"paid_at\":0,\"amount\":1,\"customer_id\":[]}",
	"wrong_type", "/customer_id: "},
    {0, "{\"order_id\":\"o\",\"paid_at\":0,\"amount\":1,\"backfill\":\"yes\"}",
	"wrong_type", "/backfill: "},
    {1, "{\"refund_id\":\"r\",\"refunded_at\":0,\"amount\":1}", "missing_field",
	"/order_id: "},
    {1, "{\"refund_id\":\"r\",\"refunded_at\":0,\"order_id\":\"o\"}",
	"missing_field", "/amount: "},
    {1,
	"{\"refund_id\":\"r\",\"refunded_at\":0,\"order_id\":\"o\","
	"\"amount\":1,\"currency\":\"USD\"}",
	"unknown_currency", NULL},
    {2, "{\"feedback_id\":\"f\",\"submitted_at\":0,\"kind\":\"smile\"}",
	"wrong_type", "/kind: "},
    {4, "{\"changed_at\":0}", "missing_field", "/event_id: "},
    {4, "{\"event_id\":\"p\",\"changed_at\":0,\"set\":[]}", "wrong_type",
	"/set: "},
    {4, "{\"event_id\":\"p\",\"changed_at\":0,\"unset\":\"birth\"}",
	"wrong_type", "/unset: "},
    {4, "{\"event_id\":\"p\",\"changed_at\":0,\"unset\":[1]}", "wrong_type",
	"/unset: "},
    {4, "{\"event_id\":\"p\",\"changed_at\":0,\"set\":{\"birth\":0}}",
	"wrong_type", "/set/birth: "},
    {4,
	"{\"event_id\":\"p\",\"changed_at\":0,"
	"\"set\":{\"timezone\":\"Nowhere\"}}",
	"wrong_type", "/set/timezone: "},
    {5, "{\"event_id\":\"g\",\"changed_at\":0,\"state\":\"granted\"}",
	"missing_field", "/purpose: "},
    {5, "{\"event_id\":\"g\",\"changed_at\":0,\"purpose\":\"marketing\"}",
	"missing_field", "/state: "},
    {5,
	"{\"event_id\":\"g\",\"changed_at\":0,\"purpose\":\"spying\","
	"\"state\":\"granted\"}",
	"unknown_purpose", "/purpose: "},
    {5,
	"{\"event_id\":\"g\",\"changed_at\":0,\"purpose\":\"marketing\","
	"\"channel\":\"fax\",\"state\":\"granted\"}",
	"unknown_purpose", "/channel: "},
    {5,
	"{\"event_id\":\"g\",\"changed_at\":0,\"purpose\":\"marketing\","
	"\"state\":\"maybe\"}",
	"wrong_type", "/state: "},
    {5,
	"{\"event_id\":\"g\",\"changed_at\":0,\"purpose\":7,"
	"\"state\":\"granted\"}",
	"wrong_type", "/purpose: "},
};

static void
what_cannot_be_read_says_which_field_and_why(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < COUNT(dead_rows); i++) {
		const struct dead_row *row = &dead_rows[i];
		struct record record =
		    record_of(row->stream, span_of(row->value));

		b->event.offset = -1;
		assert_dead(b, read_shop(b, &record), row->reason, row->value);
		assert_int_equal(b->event.offset, -1);
		if (row->words != NULL &&
		    strncmp(b->why.text, row->words, strlen(row->words)) != 0)
			fail_msg("%s: %s", row->value, b->why.text);
	}
}

static void
key_is_short_text_without_control_characters(void **state)
{
	static char long_key[CUSTOMER_ID_MAX + 1];
	const struct key_row {
		struct span key;
		enum outcome outcome;
	} rows[] = {
	    {SPAN("c1"), DONE},
	    {SPAN("\xc3\xa9\xf0\x9f\x91\x8b \xc2\xa0"), DONE},
	    {{long_key, CUSTOMER_ID_MAX}, DONE},
	    {{long_key, CUSTOMER_ID_MAX + 1}, REJECT},
	    {{NULL, 0}, REJECT},
	    {SPAN(""), REJECT},
	    {SPAN("a\0b"), REJECT},
	    {SPAN("a\n"), REJECT},
	    {SPAN("\x7f"), REJECT},
	    {SPAN("\xc2\x85"), REJECT},
	    {SPAN("\xff"), REJECT},
	    {SPAN("\xc3"), REJECT},
	    {SPAN("\xc0\xaf"), REJECT},
	    {SPAN("\xed\xa0\x80"), REJECT},
	};
	struct bench *b = *state;

	(void)memset(long_key, 'k', sizeof long_key);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct record record = record_of(
		    0, SPAN("{\"order_id\":\"o\",\"paid_at\":0,\"amount\":1}"));
		enum outcome outcome;

		record.key = rows[i].key;
		outcome = read_shop(b, &record);
		assert_int_equal(outcome, rows[i].outcome);
		if (outcome == REJECT)
			assert_int_equal(b->reason, DEAD_BAD_KEY);
		else
			assert_true(span_equals(b->event.customer, record.key));
	}
}

static void
purchase_is_read_whole(void **state)
{
	struct bench *b = *state;
	struct record record = record_of(
	    0, SPAN("{\"customer_id\":\"c1\",\"order_id\":\"o7\","
		    "\"paid_at\":\"2025-03-16T10:00:00Z\",\"amount\":12.5,"
		    "\"currency\":\"EUR\",\"category\":\"shoes\",\"x\":[{}],"
		    "\"backfill\":true}"));
	const struct event *e = &b->event;

	assert_read(b, read_shop(b, &record), "purchase");
	assert_ptr_equal(e->stream, &fixture_streams[FIXTURE_PURCHASES]);
	assert_span(e->customer, "c1");
	assert_span(e->id, "o7");
	assert_true(e->id_hash == hash_id(SPAN("o7")));
	assert_true(e->a == ARRIVAL);
	assert_true(e->raw == 1742119200000 && e->e == e->raw);
	assert_true(e->backfill);
	assert_int_equal(e->partition, 3);
	assert_int_equal(e->offset, 42);
	assert_value(e->fields[0], value_string(SPAN("o7")), "order_id");
	assert_value(e->fields[1], value_money(1250), "amount");
	assert_value(e->fields[2], value_string(SPAN("shoes")), "category");
	assert_value(e->fields[3], value_null(), "sku");
	assert_int_equal(e->traceparent.length, 0);
}

/* The order is named by a number here and there: both are one text. */
static void
id_may_be_an_integer(void **state)
{
	struct bench *b = *state;
	struct record record = record_of(1,
	    SPAN("{\"customer_id\":\"c1\",\"refund_id\":12345678901234567890,"
		 "\"refunded_at\":0,\"order_id\":77,\"amount\":1}"));

	assert_read(b, read_shop(b, &record), "refund");
	assert_span(b->event.id, "12345678901234567890");
	assert_value(b->event.fields[1], value_string(SPAN("77")), "order_id");
}

static const struct time_row {
	const char *paid_at;
	wall_ms raw;
	wall_ms e;
} time_rows[] = {
    {"0", 0, 0},
    {"-1", -1, -1},
    {"1742198400000", ARRIVAL, ARRIVAL},
    {"1742198700000", ARRIVAL + 300000, ARRIVAL},
    {"\"2025-03-17T08:05:00.0009Z\"", ARRIVAL + 300000, ARRIVAL},
    {"\"2025-03-17T07:59:59.9999Z\"", ARRIVAL - 1, ARRIVAL - 1},
    {"\"1969-12-31T23:59:59.9999Z\"", -1, -1},
    {"\"2025-03-17T09:00:00+01:00\"", ARRIVAL, ARRIVAL},
};

static void
event_lies_no_later_than_its_arrival(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < COUNT(time_rows); i++) {
		struct record record = record_of(
		    0, arena_print(b->arena,
			   "{\"order_id\":\"o\",\"amount\":1,\"paid_at\":%s}",
			   time_rows[i].paid_at));

		assert_read(b, read_shop(b, &record), time_rows[i].paid_at);
		assert_true(b->event.raw == time_rows[i].raw);
		assert_true(b->event.e == time_rows[i].e);
		assert_true(b->event.a == ARRIVAL);
	}
}

static void
stream_without_a_time_takes_the_arrival(void **state)
{
	struct bench *b = *state;
	struct record record = record_of(0, SPAN("{\"id\":1,\"needed\":true}"));

	assert_read(b, read_typed(b, &record), "typed");
	assert_true(b->event.raw == ARRIVAL && b->event.e == ARRIVAL);
	record.arrival = INT64_MAX;
	assert_dead(b, read_typed(b, &record), "bad_time", "end of time");
	record.arrival = INT64_MIN;
	assert_dead(b, read_typed(b, &record), "bad_time", "no arrival");
}

static void
required_field_must_be_there(void **state)
{
	struct bench *b = *state;
	struct record record = record_of(0, SPAN("{\"id\":1}"));

	assert_dead(b, read_typed(b, &record), "missing_field", "absent");
	assert_string_equal(b->why.text, "/needed: missing");
	record = record_of(0, SPAN("{\"id\":1,\"needed\":null}"));
	assert_dead(b, read_typed(b, &record), "missing_field", "null");
}

static void
tombstone_and_registry_framing_are_called_by_their_names(void **state)
{
	struct bench *b = *state;
	struct record record = record_of(0, (struct span){NULL, 0});

	assert_dead(b, read_shop(b, &record), "bad_json", "tombstone");
	assert_non_null(strstr(b->why.text, "tombstone"));
	record.value = SPAN("\0\0\0\0\7{}");
	assert_dead(b, read_shop(b, &record), "schema_registry_framing", "");
	record.value = SPAN("\0{}");
	assert_dead(b, read_shop(b, &record), "bad_json", "a zero byte");
}

/* `n` times `text`, between a head and a tail. */
static struct span
repeated(struct arena *arena, const char *head, const char *text, size_t n,
    const char *tail)
{
	struct buffer b;

	buffer_init(&b, arena);
	buffer_span_add(&b, span_of(head));
	for (size_t i = 0; i < n; i++)
		buffer_span_add(&b, span_of(text));
	buffer_span_add(&b, span_of(tail));
	return (arena_span(arena, buffer_span(&b)));
}

#define ORDER "{\"order_id\":\"o\",\"paid_at\":0,\"amount\":1"

static void
limits_are_exact(void **state)
{
	enum {
		FIXED = sizeof ORDER - 1 + 1,
		LISTS = EVENT_DEPTH_MAX - 1, /* the object is the first */
	};
	struct bench *b = *state;
	struct record record = record_of(0, SPAN(""));
	struct span closing = repeated(b->arena, "", "]", LISTS, "}");
	struct span one_more = repeated(b->arena, "", "]", LISTS + 1, "}");

	record.value =
	    repeated(b->arena, ORDER, " ", EVENT_VALUE_MAX - FIXED, "}");
	assert_int_equal(record.value.length, EVENT_VALUE_MAX);
	assert_read(b, read_shop(b, &record), "a MiB");
	record.value =
	    repeated(b->arena, ORDER, " ", EVENT_VALUE_MAX - FIXED + 1, "}");
	assert_dead(b, read_shop(b, &record), "too_large", "a MiB and one");

	record.value =
	    repeated(b->arena, ORDER ",\"x\":", "[", LISTS, closing.at);
	assert_read(b, read_shop(b, &record), "32 deep");
	record.value =
	    repeated(b->arena, ORDER ",\"x\":", "[", LISTS + 1, one_more.at);
	assert_dead(b, read_shop(b, &record), "too_deep", "33 deep");

	record.value =
	    repeated(b->arena, ORDER ",\"sku\":\"", "x", EVENT_TEXT_MAX, "\"}");
	assert_read(b, read_shop(b, &record), "1024 bytes");
	record.value = repeated(
	    b->arena, ORDER ",\"sku\":\"", "x", EVENT_TEXT_MAX + 1, "\"}");
	assert_dead(b, read_shop(b, &record), "text_too_long", "1025 bytes");
	record.value = repeated(
	    b->arena, ORDER ",\"other\":\"", "x", EVENT_TEXT_MAX + 1, "\"}");
	assert_read(b, read_shop(b, &record), "not declared");
	record.value = repeated(b->arena,
	    "{\"paid_at\":0,\"amount\":1,"
	    "\"order_id\":\"",
	    "x", EVENT_TEXT_MAX + 1, "\"}");
	assert_dead(b, read_shop(b, &record), "text_too_long", "the id");
}

static void
profile_sets_and_unsets_what_the_schema_knows(void **state)
{
	struct bench *b = *state;
	struct record record = record_of(FIXTURE_PROFILE,
	    SPAN("{\"event_id\":\"p1\",\"changed_at\":0,"
		 "\"set\":{\"shoe_size\":44,\"country\":\"fr\","
		 "\"birth\":{\"y\":1988,\"m\":2,\"d\":29},"
		 "\"first_name\":null,\"joined_at\":1,\"joined_at\":2},"
		 "\"unset\":[\"timezone\",\"country\",\"hat_size\"]}"));
	const struct profile_change *changes;

	assert_read(b, read_shop(b, &record), "profile");
	changes = b->event.changes;
	assert_int_equal(b->event.n_changes, FIXTURE_PROFILE_FIELDS);
	for (int i = 0; i < FIXTURE_PROFILE_FIELDS; i++)
		assert_int_equal(changes[i].field, i);
	assert_value(changes[FIXTURE_FIRST_NAME].value, value_null(), "null");
	assert_value(changes[FIXTURE_TIMEZONE].value, value_null(), "unset");
	assert_value(changes[FIXTURE_BIRTH].value,
	    value_date((struct civil_day){1988, 2, 29}), "birth");
	assert_value(changes[FIXTURE_JOINED_AT].value, value_timestamp(2),
	    "the last of two");
	assert_value(changes[FIXTURE_COUNTRY].value, value_string(SPAN("FR")),
	    "set wins over unset");
	assert_int_equal(b->event.ignored, 2);
}

static void
profile_may_change_nothing(void **state)
{
	struct bench *b = *state;
	struct record record = record_of(FIXTURE_PROFILE,
	    SPAN("{\"event_id\":\"p1\",\"changed_at\":0,\"set\":null}"));

	assert_read(b, read_shop(b, &record), "profile");
	assert_int_equal(b->event.n_changes, 0);
	assert_int_equal(b->event.ignored, 0);
}

static const struct consent_row {
	const char *members;
	int purpose;
	int channel;
	bool granted;
} consent_rows[] = {
    {"\"purpose\":\"marketing\",\"channel\":\"push\",\"state\":\"granted\"", 0,
	1, true},
    {"\"purpose\":\"partner\",\"state\":\"denied\"", 1, ALL_CHANNELS, false},
    {"\"purpose\":\"partner\",\"channel\":null,\"state\":\"withdrawn\"", 1,
	ALL_CHANNELS, false},
};

static void
consent_is_about_a_purpose_and_a_channel_or_all(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < COUNT(consent_rows); i++) {
		const struct consent_row *row = &consent_rows[i];
		struct record record = record_of(FIXTURE_CONSENT,
		    arena_print(b->arena,
			"{\"event_id\":\"g\",\"changed_at\":0,%s}",
			row->members));

		assert_read(b, read_shop(b, &record), row->members);
		assert_int_equal(b->event.purpose, row->purpose);
		assert_int_equal(b->event.channel, row->channel);
		assert_int_equal(b->event.granted, row->granted);
	}
}

/* A value that could not be read is nobody's to see. */
static void
words_never_quote_what_a_field_holds(void **state)
{
	static const char *const values[] = {
	    "{\"order_id\":\"o\",\"paid_at\":\"SECRET\",\"amount\":1}",
	    "{\"order_id\":\"o\",\"paid_at\":0,\"amount\":\"SECRET\"}",
	    "{\"order_id\":\"o\",\"paid_at\":0,\"amount\":1,"
	    "\"customer_id\":\"SECRET\"}",
	    "{\"order_id\":\"o\",\"paid_at\":0,\"amount\":1,"
	    "\"currency\":\"SECRET\"}",
	    "{\"SECRET\":SECRET}",
	    "SECRET",
	};
	struct bench *b = *state;

	for (size_t i = 0; i < COUNT(values); i++) {
		struct record record = record_of(0, span_of(values[i]));

		assert_int_equal(read_shop(b, &record), REJECT);
		if (strstr(b->why.text, "SECRET") != NULL)
			fail_msg("%s: %s", values[i], b->why.text);
	}
}

static void
pointers_of_a_schema_are_checked(void **state)
{
	(void)state;
	assert_true(schema_pointer_valid(SPAN("/amount")));
	assert_true(schema_pointer_valid(SPAN("/a~0b/~1/0/")));
	assert_false(schema_pointer_valid(SPAN("")));
	assert_false(schema_pointer_valid(SPAN("amount")));
	assert_false(schema_pointer_valid(SPAN("/a~")));
	assert_false(schema_pointer_valid(SPAN("/a~2")));
}

static void
names_of_a_schema_are_found(void **state)
{
	const struct schema *s = &fixture_schema;

	(void)state;
	assert_int_equal(schema_stream(s, SPAN("feedback")), FIXTURE_FEEDBACK);
	assert_int_equal(schema_stream(s, SPAN("feed")), NO_FIELD);
	assert_int_equal(stream_field(&s->streams[0], SPAN("sku")), 3);
	assert_int_equal(stream_field(&s->streams[4], SPAN("sku")), NO_FIELD);
	assert_int_equal(schema_profile_field(s, SPAN("birth")), FIXTURE_BIRTH);
	assert_int_equal(schema_purpose(s, SPAN("partner")), 1);
	assert_int_equal(schema_channel(s, SPAN("fax")), NO_FIELD);
	assert_int_equal(schema_role(s, ROLE_CONSENT), FIXTURE_CONSENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_cannot_be_read_says_which_field_and_why),
	    cmocka_unit_test(key_is_short_text_without_control_characters),
	    cmocka_unit_test(purchase_is_read_whole),
	    cmocka_unit_test(id_may_be_an_integer),
	    cmocka_unit_test(event_lies_no_later_than_its_arrival),
	    cmocka_unit_test(stream_without_a_time_takes_the_arrival),
	    cmocka_unit_test(required_field_must_be_there),
	    cmocka_unit_test(
		tombstone_and_registry_framing_are_called_by_their_names),
	    cmocka_unit_test(limits_are_exact),
	    cmocka_unit_test(profile_sets_and_unsets_what_the_schema_knows),
	    cmocka_unit_test(profile_may_change_nothing),
	    cmocka_unit_test(consent_is_about_a_purpose_and_a_channel_or_all),
	    cmocka_unit_test(words_never_quote_what_a_field_holds),
	    cmocka_unit_test(pointers_of_a_schema_are_checked),
	    cmocka_unit_test(names_of_a_schema_are_found),
	};

	return (
	    cmocka_run_group_tests_name("decode", tests, set_up, tear_down));
}
