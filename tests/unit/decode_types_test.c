#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/decode_bench.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(field_is_read_by_its_type),
	};

	return (cmocka_run_group_tests_name(
	    "types of fields", tests, set_up, tear_down));
}
