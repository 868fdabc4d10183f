#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/decode_bench.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(binary_cloudevent_has_id_and_time_in_headers),
	    cmocka_unit_test(
		attributes_of_a_binary_cloudevent_are_checked_where_they_count),
	    cmocka_unit_test(only_a_traceparent_of_its_form_is_passed_on),
	    cmocka_unit_test(structured_cloudevent_has_all_in_its_value),
	    cmocka_unit_test(structured_cloudevent_is_checked),
	};

	return (cmocka_run_group_tests_name(
	    "CloudEvents", tests, set_up, tear_down));
}
