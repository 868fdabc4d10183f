#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pipeline/base/buffer.h"
#include "pipeline/base/hash.h"
#include "pipeline/event/decode.h"
#include "tests/unit/schema_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* 2025-03-17T08:00:00Z, when all records here arrive. */
#define ARRIVAL      INT64_C(1742198400000)

/* One stream whose fields have every type there is. */
static const struct span sizes[] = {FIXTURE_SPAN("s"), FIXTURE_SPAN("m")};
static const struct field typed_fields[] = {
    FIXTURE_FIELD("string", FIELD_STRING),
    {.name = FIXTURE_SPAN("enum"),
	.type = FIELD_ENUM,
	.from = FIXTURE_SPAN("/enum"),
	.options = sizes,
	.n_options = COUNT(sizes)},
    FIXTURE_FIELD("int", FIELD_INT),
    FIXTURE_FIELD("double", FIELD_DOUBLE),
    FIXTURE_FIELD("bool", FIELD_BOOL),
    FIXTURE_FIELD("money", FIELD_MONEY),
    {.name = FIXTURE_SPAN("minor"),
	.type = FIELD_MONEY,
	.minor = true,
	.from = FIXTURE_SPAN("/minor")},
    FIXTURE_FIELD("timestamp", FIELD_TIMESTAMP),
    FIXTURE_FIELD("date", FIELD_DATE),
    FIXTURE_FIELD("timezone", FIELD_TIMEZONE),
    FIXTURE_FIELD("country", FIELD_COUNTRY),
    {.name = FIXTURE_SPAN("deep"),
	.type = FIELD_INT,
	.from = FIXTURE_SPAN("/a/1/b~1c")},
    {.name = FIXTURE_SPAN("needed"),
	.type = FIELD_BOOL,
	.required = true,
	.from = FIXTURE_SPAN("/needed")},
};
static const struct span typed_types[] = {
    FIXTURE_SPAN("thing.done"), FIXTURE_SPAN("thing.undone")};
/* No time of its own, and only two types of CloudEvents. */
static const struct stream typed_stream[] = {
    {.name = FIXTURE_SPAN("typed"),
	.topic = FIXTURE_SPAN("typed"),
	.role = ROLE_FEEDBACK,
	.fields = typed_fields,
	.n_fields = COUNT(typed_fields),
	.key_from = FIXTURE_SPAN("/customer_id"),
	.id_from = FIXTURE_SPAN("/id"),
	.id_field = NO_FIELD,
	.amount_field = NO_FIELD,
	.order_field = NO_FIELD,
	.kind_field = NO_FIELD,
	.types = typed_types,
	.n_types = COUNT(typed_types)},
};

struct bench {
	struct schema typed; /* the fixture with typed_stream alone */
	struct decoder *shop_decoder;
	struct decoder *typed_decoder;
	struct arena *arena;
	struct event event;
	enum dead_reason reason;
	struct failure why;
};

static int
set_up(void **state)
{
	struct bench *b = calloc(1, sizeof *b);

	assert_non_null(b);
	b->typed = fixture_schema;
	b->typed.streams = typed_stream;
	b->typed.n_streams = COUNT(typed_stream);
	b->shop_decoder = decoder_new(&fixture_schema);
	b->typed_decoder = decoder_new(&b->typed);
	b->arena = arena_new();
	*state = b;
	return (0);
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	decoder_free(b->shop_decoder);
	decoder_free(b->typed_decoder);
	arena_free(b->arena);
	free(b);
	return (0);
}

static struct record
record_of(int stream, struct span value)
{
	return ((struct record){
	    .stream = stream,
	    .partition = 3,
	    .offset = 42,
	    .timestamp = ARRIVAL,
	    .arrival = ARRIVAL,
	    .key = SPAN("c1"),
	    .value = value,
	});
}

static enum outcome
read_shop(struct bench *b, const struct record *record)
{
	b->why.text[0] = '\0';
	return (decoder_read(
	    b->shop_decoder, record, b->arena, &b->event, &b->reason, &b->why));
}

static enum outcome
read_typed(struct bench *b, const struct record *record)
{
	b->why.text[0] = '\0';
	return (decoder_read(b->typed_decoder, record, b->arena, &b->event,
	    &b->reason, &b->why));
}

static void
assert_span(struct span got, const char *want)
{
	if (!span_equals(got, span_of(want)))
		fail_msg("got '%.*s', want '%s'", SPAN_ARGS(got), want);
}

static void
assert_dead(struct bench *b, enum outcome outcome, const char *reason,
    const char *about)
{
	if (outcome != REJECT)
		fail_msg("%s: outcome %d", about, outcome);
	if (strcmp(dead_reason_name(b->reason), reason) != 0)
		fail_msg("%s: %s (%s), want %s", about,
		    dead_reason_name(b->reason), b->why.text, reason);
	assert_true(b->why.text[0] != '\0');
}

static void
assert_read(struct bench *b, enum outcome outcome, const char *about)
{
	if (outcome != DONE)
		fail_msg("%s: %s: %s", about, dead_reason_name(b->reason),
		    b->why.text);
}

#define BIG    "9223372036854775807"
#define NEEDED ",\"id\":1,\"needed\":true}"

/* One row: what a field of a type makes of a JSON text; NULL kind: refused. */
static const struct type_row {
	const char *field;
	const char *json;
	struct value value; /* VALUE_ERROR: a dead letter of that reason */
} type_rows[] = {
    {"string", "\"\"", {.kind = VALUE_STRING, .length = 0, .text = ""}},
    {"string", "\"a\\u00e9\\n\"",
	{.kind = VALUE_STRING, .length = 4, .text = "a\xc3\xa9\n"}},
    {"string", "null", {.kind = VALUE_NULL}},
    {"string", "7", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"enum", "\"m\"", {.kind = VALUE_STRING, .length = 1, .text = "m"}},
    {"enum", "\"M\"", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"enum", "0", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"int", "-7", {.kind = VALUE_INT, .i = -7}},
    {"int", BIG, {.kind = VALUE_INT, .i = INT64_MAX}},
    {"int", "-9223372036854775807", {.kind = VALUE_INT, .i = -INT64_MAX}},
    {"int", "9223372036854775808",
	{.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"int", "9.0", {.kind = VALUE_INT, .i = 9}},
    {"int", "9e2", {.kind = VALUE_INT, .i = 900}},
    {"int", "9.5", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"int", "\"9\"", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"double", "0.1", {.kind = VALUE_DOUBLE, .d = 0.1}},
    {"double", "3", {.kind = VALUE_DOUBLE, .d = 3}},
    {"double", "1e999", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"double", "true", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"bool", "true", {.kind = VALUE_BOOL, .truth = true}},
    {"bool", "false", {.kind = VALUE_BOOL, .truth = false}},
    {"bool", "1", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"money", "45", {.kind = VALUE_MONEY, .i = 4500}},
    {"money", "0.1", {.kind = VALUE_MONEY, .i = 10}},
    {"money", "19.990", {.kind = VALUE_MONEY, .i = 1999}},
    {"money", "\"-3.20\"", {.kind = VALUE_MONEY, .i = -320}},
    {"money", "90071992547409.93",
	{.kind = VALUE_MONEY, .i = INT64_C(9007199254740993)}},
    {"money", "0.001", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"money", BIG, {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"money", "\"12 EUR\"", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"money", "[]", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"minor", "4500", {.kind = VALUE_MONEY, .i = 4500}},
    {"minor", "45.5", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"minor", "\"4500\"", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"timestamp", "1735689600000",
	{.kind = VALUE_TIMESTAMP, .i = 1735689600000}},
    {"timestamp", "\"2025-01-01T02:00:00.0009+02:00\"",
	{.kind = VALUE_TIMESTAMP, .i = 1735689600000}},
    {"timestamp", "\"2025-01-01T00:00:00\"",
	{.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"timestamp", "\"2025-01-01\"",
	{.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"timestamp", BIG, {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"timestamp", "{}", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"date", "{\"y\":1988,\"m\":2,\"d\":29}",
	{.kind = VALUE_DATE, .i = 1988 << 16 | 2 << 8 | 29}},
    {"date", "{\"y\":null,\"m\":2,\"d\":29}",
	{.kind = VALUE_DATE, .i = 2 << 8 | 29}},
    {"date", "{\"m\":12,\"d\":31}", {.kind = VALUE_DATE, .i = 12 << 8 | 31}},
    {"date", "\"1988-02-29\"",
	{.kind = VALUE_DATE, .i = 1988 << 16 | 2 << 8 | 29}},
    {"date", "\"--02-29\"", {.kind = VALUE_DATE, .i = 2 << 8 | 29}},
    {"date", "\"1990-02-29\"", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"date", "{\"y\":1990,\"m\":2,\"d\":29}",
	{.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"date", "{\"y\":0,\"m\":2,\"d\":29}",
	{.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"date", "{\"y\":1988,\"m\":2}",
	{.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"date", "\"--02-30\"", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"date", "\"0000-02-01\"", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"date", "\"1988-2-29\"", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"date", "\"1988-02-29T00:00:00Z\"",
	{.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"date", "\"\"", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"date", "0", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"date", "573004800000", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"timezone", "\"Asia/Tokyo\"",
	{.kind = VALUE_STRING, .length = 10, .text = "Asia/Tokyo"}},
    {"timezone", "\"asia/tokyo\"",
	{.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"timezone", "\"Mars/Olympus\"",
	{.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"timezone", "9", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"country", "\"FR\"", {.kind = VALUE_STRING, .length = 2, .text = "FR"}},
    {"country", "\"us\"", {.kind = VALUE_STRING, .length = 2, .text = "US"}},
    {"country", "\"ZZ\"", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"country", "\"FRA\"", {.kind = VALUE_ERROR, .error = "wrong_type"}},
    {"a", "[0,{\"b/c\":5}]", {.kind = VALUE_INT, .i = 5}},
    {"a", "[0]", {.kind = VALUE_NULL}},
    {"a", "{\"1\":{\"b/c\":5}}", {.kind = VALUE_INT, .i = 5}},
};

static void
assert_value(struct value got, struct value want, const char *about)
{
	bool same = got.kind == want.kind;

	if (same && want.kind == VALUE_STRING)
		same = span_equals(value_text(got), value_text(want));
	else if (same && want.kind == VALUE_BOOL)
		same = got.truth == want.truth;
	else if (same && want.kind == VALUE_DOUBLE)
		same = got.d >= want.d && got.d <= want.d;
	else if (same && want.kind != VALUE_NULL)
		same = got.i == want.i;
	if (!same)
		fail_msg(
		    "%s: got kind %d, %lld", about, got.kind, (long long)got.i);
}

static void
field_is_read_by_its_type(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < COUNT(type_rows); i++) {
		const struct type_row *row = &type_rows[i];
		struct span value = arena_print(
		    b->arena, "{\"%s\":%s" NEEDED, row->field, row->json);
		struct record record = record_of(0, value);
		enum outcome outcome = read_typed(b, &record);
		int field = stream_field(&typed_stream[0],
		    row->field[1] == '\0' ? SPAN("deep") : span_of(row->field));

		if (row->value.kind == VALUE_ERROR) {
			assert_dead(b, outcome, row->value.error, value.at);
			continue;
		}
		assert_read(b, outcome, value.at);
		assert_value(b->event.fields[field], row->value, value.at);
	}
}

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

static const struct header binary_headers[] = {
    {FIXTURE_SPAN("ce_specversion"), FIXTURE_SPAN("1.0")},
    {FIXTURE_SPAN("ce_id"), FIXTURE_SPAN("ce-7")},
    {FIXTURE_SPAN("ce_type"), FIXTURE_SPAN("thing.done")},
    {FIXTURE_SPAN("ce_source"), FIXTURE_SPAN("/shop")},
    {FIXTURE_SPAN("ce_time"), FIXTURE_SPAN("2025-03-17T07:00:00Z")},
    {FIXTURE_SPAN("content-type"), FIXTURE_SPAN("application/json")},
    {FIXTURE_SPAN("traceparent"),
	FIXTURE_SPAN(
	    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")},
};

static struct record
binary_record(int stream, struct span value)
{
	struct record record = record_of(stream, value);

	record.headers = binary_headers;
	record.n_headers = COUNT(binary_headers);
	return (record);
}

static void
binary_cloudevent_has_id_and_time_in_headers(void **state)
{
	struct bench *b = *state;
	struct record record =
	    binary_record(0, SPAN("{\"amount\":1,\"paid_at\":0}"));

	assert_read(b, read_shop(b, &record), "no order_id");
	assert_span(b->event.id, "ce-7");
	assert_value(b->event.fields[0], value_null(), "not in the data");
	assert_true(b->event.raw == ARRIVAL - HOUR_MS);
	assert_int_equal(b->event.traceparent.length, 55);

	record = binary_record(0, SPAN("{\"amount\":1,\"order_id\":\"o1\"}"));
	assert_read(b, read_shop(b, &record), "no paid_at");
	assert_span(b->event.id, "o1");
	assert_true(b->event.raw == ARRIVAL - HOUR_MS);
}

/* A record of the typed stream with one header more. */
static enum outcome
read_with_header(struct bench *b, const char *name, struct span value)
{
	struct header headers[] = {binary_headers[1], {span_of(name), value}};
	struct record record = record_of(0, SPAN("{\"needed\":true}"));

	record.headers = headers;
	record.n_headers = COUNT(headers);
	return (read_typed(b, &record));
}

static void
attributes_of_a_binary_cloudevent_are_checked_where_they_count(void **state)
{
	static char long_id[EVENT_TEXT_MAX + 1];
	const struct attribute_row {
		const char *name;
		struct span value;
		const char *reason; /* NULL: it is read */
	} rows[] = {
	    {"ce_type", SPAN("thing.undone"), NULL},
	    {"ce_type", SPAN("thing.redone"), "unknown_type"},
	    {"ce_type", SPAN(""), "unknown_type"},
	    {"ce_type", {NULL, 0}, NULL},
	    {"ce_time", SPAN("2025-03-17T08:05:00Z"), NULL},
	    {"ce_time", SPAN("2025-03-17T08:05:00.001Z"), "future_time"},
	    {"ce_time", SPAN("1742198400000"), "bad_time"},
	    {"ce_time", SPAN(""), "bad_time"},
	    {"ce_time", {NULL, 0}, NULL},
	    {"ce_id", {long_id, EVENT_TEXT_MAX}, NULL},
	    {"ce_id", {long_id, EVENT_TEXT_MAX + 1}, "text_too_long"},
	    {"ce_id", SPAN("\xff"), "wrong_type"},
	    {"ce_id", SPAN(""), "missing_field"},
	    {"ce_id", {NULL, 0}, "missing_field"},
	    {"CE_ID", SPAN(""), NULL},
	    {"ce_specversion", SPAN("0.3"), NULL},
	};
	struct bench *b = *state;

	(void)memset(long_id, 'i', sizeof long_id);
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum outcome outcome =
		    read_with_header(b, rows[i].name, rows[i].value);

		if (rows[i].reason == NULL)
			assert_read(b, outcome, rows[i].name);
		else
			assert_dead(b, outcome, rows[i].reason, rows[i].name);
	}
}

static void
only_a_traceparent_of_its_form_is_passed_on(void **state)
{
	static const char good[] =
	    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
	const struct trace_row {
		const char *name;
		struct span value;
		bool kept;
	} rows[] = {
	    {"traceparent", SPAN(good), true},
	    {"ce_traceparent", SPAN(good), true},
	    {"traceparent", {good, sizeof good - 2}, false},
	    {"traceparent",
		SPAN("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
		false},
	    {"traceparent",
		SPAN(
		    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331\n01"),
		false},
	    {"traceparent", {NULL, 0}, false},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_read(b, read_with_header(b, rows[i].name, rows[i].value),
		    rows[i].name);
		assert_int_equal(b->event.traceparent.length > 0, rows[i].kept);
	}
}

static struct record
structured_record(int stream, const char *content_type, struct span value)
{
	static struct header header;
	struct record record = record_of(stream, value);

	header = (struct header){SPAN("Content-Type"), span_of(content_type)};
	record.headers = &header;
	record.n_headers = 1;
	return (record);
}

#define STRUCTURED "application/cloudevents+json"
#define ENVELOPE                                                         \
	"{\"specversion\":\"1.0\",\"id\":\"ce-7\",\"source\":\"/shop\"," \
	"\"type\":\"thing.done\",\"time\":\"2025-03-17T07:00:00Z\","

static void
structured_cloudevent_has_all_in_its_value(void **state)
{
	static const char *const types[] = {STRUCTURED,
	    "application/cloudevents+json; charset=UTF-8",
	    "Application/CloudEvents+JSON", "application/cloudevents"};
	struct bench *b = *state;

	for (size_t i = 0; i < COUNT(types); i++) {
		struct record record = structured_record(0, types[i],
		    SPAN(ENVELOPE "\"traceparent\":\"00-0af7651916cd43dd8448eb2"
				  "11c80319c-b7ad6b7169203331-01\","
				  "\"data\":{\"customer_id\":\"c1\","
				  "\"needed\":true,\"int\":5}}"));

		assert_read(b, read_typed(b, &record), types[i]);
		assert_span(b->event.id, "ce-7");
		assert_true(b->event.raw == ARRIVAL - HOUR_MS);
		assert_value(b->event.fields[2], value_int(5), "int");
		assert_int_equal(b->event.traceparent.length, 55);
	}
}

static const struct structured_row {
	const char *content_type;
	const char *value;
	const char *reason; /* NULL: it is read */
} structured_rows[] = {
    {STRUCTURED, "{\"id\":\"a\",\"data\":{\"needed\":true}}", NULL},
    {STRUCTURED, "{\"id\":\"a\",\"data\":{\"needed\":true,\"id\":\"b\"}}",
	NULL},
    {STRUCTURED, "{\"data\":{\"needed\":true}}", "missing_field"},
    {STRUCTURED, "{\"id\":7,\"data\":{\"needed\":true}}", "wrong_type"},
    {STRUCTURED, "{\"id\":\"a\"}", "missing_field"},
    {STRUCTURED, "{\"id\":\"a\",\"data\":null}", "missing_field"},
    {STRUCTURED, "{\"id\":\"a\",\"data\":\"{}\"}", "wrong_type"},
    {STRUCTURED, "{\"id\":\"a\",\"data_base64\":\"e30=\"}", "wrong_type"},
    {STRUCTURED, "{\"id\":\"a\",\"type\":\"x\",\"data\":{\"needed\":true}}",
	"unknown_type"},
    {STRUCTURED, "{\"id\":\"a\",\"time\":\"x\",\"data\":{\"needed\":true}}",
	"bad_time"},
    {STRUCTURED, "{\"id\":\"a\",\"time\":0,\"data\":{\"needed\":true}}",
	"bad_time"},
    {STRUCTURED,
	"{\"id\":\"a\",\"data\":{\"needed\":true,\"customer_id\":\"c9\"}}",
	"key_mismatch"},
    {"application/cloudevents-batch+json", "[]", "bad_json"},
    {"application/json", "{\"id\":\"a\",\"data\":{\"needed\":true}}",
	"missing_field"},
};

static void
structured_cloudevent_is_checked(void **state)
{
	struct bench *b = *state;

	for (size_t i = 0; i < COUNT(structured_rows); i++) {
		const struct structured_row *row = &structured_rows[i];
		struct record record = structured_record(
		    0, row->content_type, span_of(row->value));
		enum outcome outcome = read_typed(b, &record);

		if (row->reason == NULL)
			assert_read(b, outcome, row->value);
		else
			assert_dead(b, outcome, row->reason, row->value);
	}
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
	    cmocka_unit_test(field_is_read_by_its_type),
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
	    cmocka_unit_test(binary_cloudevent_has_id_and_time_in_headers),
	    cmocka_unit_test(
		attributes_of_a_binary_cloudevent_are_checked_where_they_count),
	    cmocka_unit_test(only_a_traceparent_of_its_form_is_passed_on),
	    cmocka_unit_test(structured_cloudevent_has_all_in_its_value),
	    cmocka_unit_test(structured_cloudevent_is_checked),
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
