#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/event/line.h"
#include "tests/unit/schema_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct row {
	const char *text;
	int stream; /* NO_FIELD: refused */
	const char *key;
	const char *value;
	wall_ms arrived;
	wall_ms time;
} rows[] = {
    {"{\"stream\":\"purchases\",\"key\":\"c1\",\"arrived\":1735689600000,"
     "\"value\":{\"paid_at\":7,\"customer_id\":\"c2\"}}",
	FIXTURE_PURCHASES, "c1", "{\"paid_at\":7,\"customer_id\":\"c2\"}",
	1735689600000, 7},
    {"{\"stream\":\"refunds\",\"arrived\":\"2025-01-01T00:00:00Z\","
     "\"value\":{\"customer_id\":\"c2\",\"amount\":1.50}}",
	FIXTURE_REFUNDS, "c2", "{\"customer_id\":\"c2\",\"amount\":1.50}",
	1735689600000, TIMESTAMP_NONE},
    {"{\"value\": {\"at\": \"1970-01-01T00:00:01Z\", \"customer_id\": 7, "
     "\"a\": [ ], \"b\": {}, \"c\": [1e2, -0, true, false, null, "
     "\"\\u000a\"]}, "
     "\"key\": null, \"arrived\": null, \"stream\": \"engagement\"}",
	FIXTURE_ENGAGEMENT, "7",
	"{\"at\":\"1970-01-01T00:00:01Z\",\"customer_id\":7,\"a\":[],\"b\":{},"
	"\"c\":[1e2,-0,true,false,null,\"\\n\"]}",
	TIMESTAMP_NONE, 1000},
    {"{\"stream\":\"profile\",\"key\":\"c1\",\"value\":null}", FIXTURE_PROFILE,
	"c1", NULL, TIMESTAMP_NONE, TIMESTAMP_NONE},
    {"{\"stream\":\"profile\",\"value\":{\"changed_at\":\"soon\"}}",
	FIXTURE_PROFILE, NULL, "{\"changed_at\":\"soon\"}", TIMESTAMP_NONE,
	TIMESTAMP_NONE},
    {"{\"stream\":\"profile\",\"key\":\"c1\",\"value\":[1]}", FIXTURE_PROFILE,
	"c1", "[1]", TIMESTAMP_NONE, TIMESTAMP_NONE},
    {"", NO_FIELD, NULL, NULL, 0, 0},
    {"[]", NO_FIELD, NULL, NULL, 0, 0},
    {"{\"key\":\"c1\",\"value\":{}}", NO_FIELD, NULL, NULL, 0, 0},
    {"{\"stream\":\"cats\",\"value\":{}}", NO_FIELD, NULL, NULL, 0, 0},
    {"{\"stream\":\"profile\",\"key\":1,\"value\":{}}", NO_FIELD, NULL, NULL, 0,
	0},
    {"{\"stream\":\"profile\",\"key\":\"c1\"}", NO_FIELD, NULL, NULL, 0, 0},
    {"{\"stream\":\"profile\",\"arrived\":\"now\",\"value\":{}}", NO_FIELD,
	NULL, NULL, 0, 0},
};

static void
assert_line(const struct line *got, const struct row *want)
{
	assert_int_equal(got->stream, want->stream);
	assert_int_equal(got->key.at == NULL, want->key == NULL);
	assert_true(span_equals(got->key, span_of(want->key)));
	assert_int_equal(got->value.at == NULL, want->value == NULL);
	if (!span_equals(got->value, span_of(want->value)))
		fail_msg("%s: %.*s", want->text, SPAN_ARGS(got->value));
	assert_true(got->arrived == want->arrived);
	assert_true(got->time == want->time);
}

static void
line_of_a_file_becomes_a_record_or_is_refused(void **state)
{
	struct line_reader *reader = line_reader_new(&fixture_schema);
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct line line = {.stream = NO_FIELD};
		struct failure why = {{0}};
		enum outcome outcome = line_read(
		    reader, span_of(rows[i].text), arena, &line, &why);

		if ((outcome == DONE) != (rows[i].stream != NO_FIELD))
			fail_msg("%s: %s", rows[i].text, why.text);
		if (outcome == DONE)
			assert_line(&line, &rows[i]);
		else
			assert_int_equal(line.stream, NO_FIELD);
		assert_true((outcome == DONE) == (why.text[0] == '\0'));
	}
	arena_free(arena);
	line_reader_free(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(line_of_a_file_becomes_a_record_or_is_refused),
	};

	return (cmocka_run_group_tests_name("line", tests, NULL, NULL));
}
