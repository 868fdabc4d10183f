#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "pipeline/event/trigger.h"

static const struct currency eur = {"EUR", 2};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* 2025-03-17T08:00:00Z */
#define MARCH        INT64_C(1742198400000)

static const struct trigger_term win_back_terms[] = {
    {.expr = {"purchases.count()", 17},
	.value = {.kind = VALUE_INT, .i = 2},
	.op = {">=", 2},
	.bound = {.kind = VALUE_INT, .i = 2},
	.result = true},
    {.expr = {"customer.vip", 12},
	.value = {.kind = VALUE_BOOL, .truth = false},
	.result = false},
};

static struct trigger
win_back(void)
{
	return ((struct trigger){
	    .tenant = SPAN("shop"),
	    .type = SPAN("win_back"),
	    .rule = SPAN("lifecycle/win_back"),
	    .version = 1,
	    .rule_hash = SPAN("5c1f03b2a9e44d70"),
	    .customer = SPAN("c1"),
	    .channel = SPAN("email"),
	    .occurrence_key = SPAN("9f86d081884c7d65:1"),
	    .occurred_at = MARCH,
	    .decided_at = MARCH + 412,
	    .send_before = MARCH + 2 * DAY_MS,
	    .timezone = SPAN("Europe/Paris"),
	    .tz_source = SPAN("schema"),
	    .tzdata = SPAN("2025b"),
	    .priority = 40,
	    .why = SPAN("no purchase for 60 days (last 2025-01-16)"),
	    .terms = win_back_terms,
	    .n_terms = 1,
	});
}

static struct trigger
with_params(const struct trigger_param *params, size_t n)
{
	struct trigger t = win_back();

	t.params = params;
	t.n_params = n;
	return (t);
}

static void
assert_span(struct span got, const char *want)
{
	if (!span_equals(got, span_of(want)))
		fail_msg("got  %.*s\nwant %s", SPAN_ARGS(got), want);
}

static void
id_is_the_one_that_receivers_were_promised(void **state)
{
	struct trigger t = win_back();
	char id[TRIGGER_ID_LENGTH + 1];

	(void)state;
	trigger_id(&t, id);
	assert_string_equal(id, "3AVQ4KQG182J1DQYXQF2XQ1HR6");
}

static void
id_changes_with_each_of_its_parts(void **state)
{
	char first[TRIGGER_ID_LENGTH + 1];
	char id[TRIGGER_ID_LENGTH + 1];
	struct trigger t = win_back();
	struct span *parts[] = {
	    &t.tenant, &t.rule, &t.customer, &t.occurrence_key};

	(void)state;
	trigger_id(&t, first);
	for (size_t i = 0; i < COUNT(parts); i++) {
		struct span was = *parts[i];

		parts[i]->length--;
		trigger_id(&t, id);
		assert_string_not_equal(id, first);
		*parts[i] = was;
	}
	t.version = 10;
	trigger_id(&t, id);
	assert_string_not_equal(id, first);
	t.version = 1;
	t.why = SPAN("another sentence");
	trigger_id(&t, id);
	assert_string_equal(id, first);
}

/* Where one part ends and the next begins is part of the id. */
static void
id_tells_parts_apart(void **state)
{
	char one[TRIGGER_ID_LENGTH + 1];
	char other[TRIGGER_ID_LENGTH + 1];
	struct trigger t = win_back();

	(void)state;
	t.tenant = SPAN("ab");
	t.rule = SPAN("c");
	trigger_id(&t, one);
	t.tenant = SPAN("a");
	t.rule = SPAN("bc");
	trigger_id(&t, other);
	assert_string_not_equal(one, other);
}

static const struct trigger_param win_back_params[] = {
    {{"step", 4}, {.kind = VALUE_INT, .i = 1}},
    {{"best_category", 13},
	{.kind = VALUE_STRING, .length = 5, .text = "shoes"}},
    {{"spend", 5}, {.kind = VALUE_MONEY, .i = 12500}},
};

#define WIN_BACK_HEAD                                                         \
	"{\"trigger_id\":\"3AVQ4KQG182J1DQYXQF2XQ1HR6\","                     \
	"\"type\":\"win_back\",\"customer_id\":\"c1\",\"channel\":\"email\"," \
	"\"occurred_at\":\"2025-03-17T08:00:00.000Z\","                       \
	"\"decided_at\":\"2025-03-17T08:00:00.412Z\","                        \
	"\"send_before\":\"2025-03-19T08:00:00.000Z\","                       \
	"\"timezone\":\"Europe/Paris\","
#define WIN_BACK_WHY  "\"why\":\"no purchase for 60 days (last 2025-01-16)\","
#define WIN_BACK_RULE "\"rule\":\"lifecycle/win_back\",\"rule_version\":1,"
#define WIN_BACK_TRACE                                                 \
	"\"trace\":{\"occurrence_key\":\"9f86d081884c7d65:1\","        \
	"\"rule_hash\":\"5c1f03b2a9e44d70\",\"tz_source\":\"schema\"," \
	"\"tzdata\":\"2025b\",\"priority\":40,\"late\":false,"         \
	"\"explain\":[{\"expr\":\"purchases.count()\",\"value\":2,"    \
	"\"op\":\">=\",\"bound\":2,\"result\":true}"

#define WIN_BACK_PARAMS                                       \
	"\"params\":{\"step\":1,\"best_category\":\"shoes\"," \
	"\"spend\":\"125.00\"},\"currency\":\"EUR\","
#define WIN_BACK                                                     \
	WIN_BACK_HEAD WIN_BACK_PARAMS WIN_BACK_WHY                   \
	    "\"consent\":{\"purpose\":\"marketing\","                \
	    "\"as_of\":\"2025-03-17T08:00:00.000Z\"}," WIN_BACK_RULE \
	    "\"cause\":{\"kind\":\"timer\"}," WIN_BACK_TRACE "]}}"

static struct trigger
win_back_with_all(void)
{
	struct trigger t = with_params(win_back_params, COUNT(win_back_params));

	t.purpose = SPAN("marketing");
	t.consent_as_of = MARCH;
	t.traceparent =
	    SPAN("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
	return (t);
}

static void
assert_headers(const struct message *m, const char *const *want, size_t n)
{
	assert_int_equal(m->n_headers, n);
	for (size_t i = 0; i < n; i++) {
		assert_span(m->headers[i].name, want[2 * i]);
		assert_span(m->headers[i].value, want[2 * i + 1]);
	}
}

static void
binary_cloudevent_has_its_attributes_in_headers(void **state)
{
	static const char *const headers[] = {"ce_specversion", "1.0", "ce_id",
	    "3AVQ4KQG182J1DQYXQF2XQ1HR6", "ce_type", "trigger.win_back",
	    "ce_source", "/kith/shop", "ce_subject", "c1", "ce_time",
	    "2025-03-17T08:00:00.000Z", "content-type", "application/json",
	    "traceparent",
	    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
	struct arena *arena = arena_new();
	struct trigger t = win_back_with_all();
	struct message m = trigger_encode(
	    arena, &t, FORMAT_CLOUDEVENTS_BINARY, &eur, SPAN("kith.triggers"));

	(void)state;
	assert_span(m.topic, "kith.triggers");
	assert_span(m.key, "c1");
	assert_true(m.timestamp == TIMESTAMP_NONE);
	assert_headers(&m, headers, COUNT(headers) / 2);
	assert_span(m.value, WIN_BACK);
	arena_free(arena);
}

static void
structured_cloudevent_has_them_in_its_value(void **state)
{
	static const char *const headers[] = {"content-type",
	    "application/cloudevents+json; charset=UTF-8", "traceparent",
	    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
	struct arena *arena = arena_new();
	struct trigger t = win_back_with_all();
	struct message m = trigger_encode(arena, &t,
	    FORMAT_CLOUDEVENTS_STRUCTURED, &eur, SPAN("kith.triggers"));

	(void)state;
	assert_headers(&m, headers, COUNT(headers) / 2);
	assert_span(m.value,
	    "{\"specversion\":\"1.0\",\"id\":\"3AVQ4KQG182J1DQYXQF2XQ1HR6\","
	    "\"source\":\"/kith/shop\",\"type\":\"trigger.win_back\","
	    "\"subject\":\"c1\",\"time\":\"2025-03-17T08:00:00.000Z\","
	    "\"datacontenttype\":\"application/json\",\"traceparent\":"
	    "\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\","
	    "\"data\":" WIN_BACK "}");
	arena_free(arena);
}

static void
json_is_the_value_alone(void **state)
{
	static const char *const headers[] = {
	    "content-type", "application/json"};
	struct arena *arena = arena_new();
	struct trigger t = win_back_with_all();
	struct message m;

	(void)state;
	t.traceparent = SPAN("");
	m = trigger_encode(arena, &t, FORMAT_JSON, &eur, SPAN("kith.triggers"));
	assert_headers(&m, headers, COUNT(headers) / 2);
	assert_span(m.value, WIN_BACK);
	arena_free(arena);
}

static void
segment_track_has_params_as_properties(void **state)
{
	struct arena *arena = arena_new();
	struct trigger t = win_back_with_all();
	struct message m = trigger_encode(
	    arena, &t, FORMAT_SEGMENT_TRACK, &eur, SPAN("kith.triggers"));

	(void)state;
	assert_span(m.value,
	    "{\"type\":\"track\",\"messageId\":\"3AVQ4KQG182J1DQYXQF2XQ1HR6\","
	    "\"event\":\"win_back\",\"userId\":\"c1\","
	    "\"timestamp\":\"2025-03-17T08:00:00.000Z\",\"properties\":{"
	    "\"step\":1,\"best_category\":\"shoes\",\"spend\":\"125.00\","
	    "\"currency\":\"EUR\"}}");
	arena_free(arena);
}

/* No params, no purpose, an event as the cause, a term without a bound. */
static void
what_there_is_none_of_is_left_out(void **state)
{
	struct arena *arena = arena_new();
	struct trigger t = win_back();
	struct message m;

	(void)state;
	t.by_event = true;
	t.event_id = SPAN("o\"7");
	t.event_topic = SPAN("shop.purchases");
	t.event_partition = 3;
	t.event_offset = INT64_C(9007199254740993);
	t.n_terms = 2;
	m = trigger_encode(arena, &t, FORMAT_JSON, &eur, SPAN("t"));
	assert_span(m.value, WIN_BACK_HEAD
	    "\"params\":{}," WIN_BACK_WHY WIN_BACK_RULE
	    "\"cause\":{\"kind\":\"event\",\"event_id\":\"o\\\"7\","
	    "\"topic\":\"shop.purchases\",\"partition\":3,"
	    "\"offset\":9007199254740993}," WIN_BACK_TRACE
	    ",{\"expr\":\"customer.vip\",\"value\":false,\"result\":false}]}}");
	arena_free(arena);
}

static void
suppression_says_why_not(void **state)
{
	static const char *const headers[] = {
	    "content-type", "application/json"};
	struct arena *arena = arena_new();
	struct trigger t = win_back_with_all();
	struct message m;

	(void)state;
	t.reason = SPAN("cap");
	t.detail = SPAN("weekly");
	m = trigger_encode(arena, &t, FORMAT_CLOUDEVENTS_STRUCTURED, &eur,
	    SPAN("kith.suppressed"));
	assert_headers(&m, headers, COUNT(headers) / 2);
	assert_span(m.key, "c1");
	assert_span(m.value,
	    "{\"trigger_id\":\"3AVQ4KQG182J1DQYXQF2XQ1HR6\","
	    "\"type\":\"win_back\",\"rule\":\"lifecycle/win_back\","
	    "\"customer_id\":\"c1\",\"channel\":\"email\","
	    "\"occurred_at\":\"2025-03-17T08:00:00.000Z\","
	    "\"decided_at\":\"2025-03-17T08:00:00.412Z\",\"reason\":\"cap\","
	    "\"detail\":\"weekly\",\"cause\":{\"kind\":\"timer\"}}");
	arena_free(arena);
}

static const struct value pair[] = {
    {.kind = VALUE_INT, .i = 1}, {.kind = VALUE_MONEY, .i = 5}};

static const struct value_row {
	struct value value;
	const char *text;
} value_rows[] = {
    {{.kind = VALUE_NULL}, "null"},
    {{.kind = VALUE_ERROR, .error = "no such key"}, "null"},
    {{.kind = VALUE_BOOL, .truth = true}, "true"},
    {{.kind = VALUE_INT, .i = INT64_MIN}, "-9223372036854775808"},
    {{.kind = VALUE_UINT, .u = UINT64_MAX}, "18446744073709551615"},
    {{.kind = VALUE_DOUBLE, .d = 0.1}, "0.1"},
    {{.kind = VALUE_DOUBLE, .d = 42}, "42"},
    {{.kind = VALUE_DOUBLE, .d = 1.0 / 3}, "0.3333333333333333"},
    {{.kind = VALUE_DOUBLE, .d = NAN}, "null"},
    {{.kind = VALUE_DOUBLE, .d = -INFINITY}, "null"},
    {{.kind = VALUE_MONEY, .i = 4500}, "\"45.00\""},
    {{.kind = VALUE_MONEY, .i = -5}, "\"-0.05\""},
    {{.kind = VALUE_STRING, .length = 4, .text = "a\"\n\x01"},
	"\"a\\\"\\n\\u0001\""},
    {{.kind = VALUE_BYTES, .length = 0, .text = ""}, "\"\""},
    {{.kind = VALUE_BYTES, .length = 1, .text = "f"}, "\"Zg==\""},
    {{.kind = VALUE_BYTES, .length = 2, .text = "fo"}, "\"Zm8=\""},
    {{.kind = VALUE_BYTES, .length = 3, .text = "foo"}, "\"Zm9v\""},
    {{.kind = VALUE_BYTES, .length = 4, .text = "foob"}, "\"Zm9vYg==\""},
    {{.kind = VALUE_TIMESTAMP, .i = MARCH + 7}, "\"2025-03-17T08:00:00.007Z\""},
    {{.kind = VALUE_TIMESTAMP, .i = -1}, "\"1969-12-31T23:59:59.999Z\""},
    {{.kind = VALUE_DURATION, .i = 90000}, "90000"},
    {{.kind = VALUE_DATE, .i = (1988 << 16) | (2 << 8) | 29}, "\"1988-02-29\""},
    {{.kind = VALUE_DATE, .i = (2 << 8) | 29}, "\"--02-29\""},
    {{.kind = VALUE_LIST, .length = 0}, "[]"},
    {{.kind = VALUE_LIST, .length = 2, .items = pair}, "[1,\"0.05\"]"},
    {{.kind = VALUE_MAP, .length = 1, .items = pair}, "{\"1\":\"0.05\"}"},
    {{.kind = VALUE_OPTIONAL, .items = NULL}, "null"},
    {{.kind = VALUE_OPTIONAL, .items = pair}, "1"},
    {{.kind = VALUE_TYPE}, "null"},
    {{.kind = VALUE_ENTRY}, "null"},
};

static void
value_is_written_as_its_kind_is(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(value_rows); i++) {
		struct buffer b;

		buffer_init(&b, arena);
		json_value(&b, value_rows[i].value, &eur);
		assert_span(buffer_span(&b), value_rows[i].text);
	}
	arena_free(arena);
}

static void
currency_comes_with_money_wherever_it_lies(void **state)
{
	const struct trigger_param rows[] = {
	    {SPAN("a"), {.kind = VALUE_MONEY, .i = 1}},
	    {SPAN("a"), {.kind = VALUE_LIST, .length = 2, .items = pair}},
	    {SPAN("a"), {.kind = VALUE_MAP, .length = 1, .items = pair}},
	    {SPAN("a"), {.kind = VALUE_OPTIONAL, .items = &pair[1]}},
	    {SPAN("a"), {.kind = VALUE_INT, .i = 1}},
	    {SPAN("a"), {.kind = VALUE_LIST, .length = 1, .items = pair}},
	    {SPAN("a"), {.kind = VALUE_OPTIONAL, .items = NULL}},
	};
	enum { WITH_MONEY = 4 };
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct trigger t = with_params(&rows[i], 1);
		struct message m =
		    trigger_encode(arena, &t, FORMAT_JSON, &eur, SPAN("t"));
		bool has = memmem(m.value.at, m.value.length,
			       "\"currency\":\"EUR\"", 16) != NULL;

		assert_int_equal(has, i < WITH_MONEY);
	}
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(id_is_the_one_that_receivers_were_promised),
	    cmocka_unit_test(id_changes_with_each_of_its_parts),
	    cmocka_unit_test(id_tells_parts_apart),
	    cmocka_unit_test(binary_cloudevent_has_its_attributes_in_headers),
	    cmocka_unit_test(structured_cloudevent_has_them_in_its_value),
	    cmocka_unit_test(json_is_the_value_alone),
	    cmocka_unit_test(segment_track_has_params_as_properties),
	    cmocka_unit_test(what_there_is_none_of_is_left_out),
	    cmocka_unit_test(suppression_says_why_not),
	    cmocka_unit_test(value_is_written_as_its_kind_is),
	    cmocka_unit_test(currency_comes_with_money_wherever_it_lies),
	};

	return (cmocka_run_group_tests_name("trigger", tests, NULL, NULL));
}
