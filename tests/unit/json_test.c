#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "pipeline/base/json.h"

static const struct string_row {
	struct span text;
	const char *json;
} strings[] = {
    {{NULL, 0}, "\"\""},
    {SPAN_INIT("plain"), "\"plain\""},
    {SPAN_INIT("say \"a\\b\""), "\"say \\\"a\\\\b\\\"\""},
    {SPAN_INIT("\n\r\t\b\f"), "\"\\n\\r\\t\\b\\f\""},
    {SPAN_INIT("a\0b"), "\"a\\u0000b\""},
    {SPAN_INIT("\x1f\x7f"), "\"\\u001f\x7f\""},
    {SPAN_INIT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
	"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
    {SPAN_INIT("a\xff"
	       "b"),
	"\"a\xef\xbf\xbd"
	"b\""},
    {SPAN_INIT("\xc3"), "\"\xef\xbf\xbd\""},
    {SPAN_INIT("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {SPAN_INIT("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {SPAN_INIT("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {SPAN_INIT("\xf4\x90\x80\x80"),
	"\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {SPAN_INIT("\xf4\x8f\xbf\xbf"), "\"\xf4\x8f\xbf\xbf\""},
};

static void
strings_are_legal_json_and_utf8_always(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
		struct buffer b;

		buffer_init(&b, arena);
		json_string(&b, strings[i].text);
		buffer_u8(&b, 0);
		assert_string_equal(b.at, strings[i].json);
	}
	arena_free(arena);
}

static const struct double_row {
	double v;
	const char *json;
} doubles[] = {
    {0, "0"},
    {-0.0, "-0"},
    {1, "1"},
    {-45, "-45"},
    {0.1, "0.1"},
    {0.30000000000000004, "0.30000000000000004"},
    {1.0 / 3, "0.3333333333333333"},
    {9007199254740991, "9007199254740991"},
    {1e300, "1e+300"},
    {1.5e-7, "1.5e-07"},
    {DBL_MAX, "1.7976931348623157e+308"},
    {DBL_MIN, "2.2250738585072014e-308"},
    {4.9406564584124654e-324, "5e-324"},
    {NAN, "null"},
    {INFINITY, "null"},
    {-INFINITY, "null"},
};

static void
doubles_are_the_shortest_text_that_reads_back(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof doubles / sizeof doubles[0]; i++) {
		double v = doubles[i].v;
		struct buffer b;

		buffer_init(&b, arena);
		json_double(&b, v);
		buffer_u8(&b, 0);
		assert_string_equal(b.at, doubles[i].json);
		if (isfinite(v))
			assert_true(strtod(b.at, NULL) == v);
	}
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(strings_are_legal_json_and_utf8_always),
	    cmocka_unit_test(doubles_are_the_shortest_text_that_reads_back),
	};

	return (cmocka_run_group_tests_name("json", tests, NULL, NULL));
}
