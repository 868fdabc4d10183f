#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "pipeline/bridge/json.h"

static struct arena *arena;
static struct json_reader *reader;

static int
make_reader(void **state)
{
	(void)state;
	arena = arena_new();
	reader = json_reader_new();
	return (0);
}

static int
free_reader(void **state)
{
	(void)state;
	json_reader_free(reader);
	json_reader_free(NULL);
	arena_free(arena);
	return (0);
}

static const struct json *
read_text(struct span text)
{
	const struct json *root = NULL;
	enum json_error error;
	struct failure why;

	if (json_read(reader, text, arena, &root, &error, &why) != DONE)
		fail_msg("%.*s: %s", SPAN_ARGS(text), why.text);
	return (root);
}

static const struct json *
find(const struct json *root, const char *text)
{
	struct json_pointer pointer;
	struct failure why;

	if (json_pointer_compile(arena, span_of(text), &pointer, &why) != DONE)
		fail_msg("%s", why.text);
	return (json_find(root, &pointer));
}

static const struct broken_row {
	struct span text;
	enum json_error error;
} broken[] = {
    {{NULL, 0}, JSON_BROKEN},
    {SPAN_INIT(" "), JSON_BROKEN},
    {SPAN_INIT("1"), JSON_BROKEN},
    {SPAN_INIT("\"a\""), JSON_BROKEN},
    {SPAN_INIT("null"), JSON_BROKEN},
    {SPAN_INIT("[{}]"), JSON_BROKEN},
    {SPAN_INIT("{"), JSON_BROKEN},
    {SPAN_INIT("}"), JSON_BROKEN},
    {SPAN_INIT("{]"), JSON_BROKEN},
    {SPAN_INIT("{}}"), JSON_BROKEN},
    {SPAN_INIT("{}{}"), JSON_BROKEN},
    {SPAN_INIT("{} x"), JSON_BROKEN},
    {SPAN_INIT("{}\0"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":1"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":{\"b\":1}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":[1}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":[1,]}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":[1 2]}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":[,1]}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":1,}"), JSON_BROKEN},
    {SPAN_INIT("{,\"a\":1}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\" 1}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\"}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":1 \"b\":2}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"b\" \"c\":2}"), JSON_BROKEN},
    {SPAN_INIT("{a:1}"), JSON_BROKEN},
    {SPAN_INIT("{1:1}"), JSON_BROKEN},
    {SPAN_INIT("{'a':1}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":01}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":-}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":+1}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":1.}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":.5}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":1e}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":1x}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":0x10}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":NaN}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":Infinity}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":tru}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":truex}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":null0}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"x}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"\\q\"}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"\\u12g4\"}"), JSON_BROKEN},
    {SPAN_INIT("{\"\\q\":1}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"\n\"}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"\x01\"}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"\\ud800\"}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"\\ud800\\u0041\"}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"\\udc00\"}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"\xff\"}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"\xed\xa0\x80\"}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":1}\xff"), JSON_BROKEN},
    {SPAN_INIT("\xef\xbb\xbf{}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":1} // no"), JSON_BROKEN},
    /* A string in front of a colon is not a name everywhere. */
    {SPAN_INIT("{\"a\":[\"b\":1]}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"b\":{}}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":\"b\":1}"), JSON_BROKEN},
    {SPAN_INIT("{\"a\":{\"b\":\"c\":{\"d\":1}}}}"), JSON_BROKEN},
};

static void
what_is_no_json_object_is_rejected_wherever_it_is_broken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		const struct json *root = NULL;
		enum json_error error = JSON_TOO_DEEP;
		struct failure why = {{0}};

		if (json_read(reader, broken[i].text, arena, &root, &error,
			&why) != REJECT)
			fail_msg("%.*s: is read", SPAN_ARGS(broken[i].text));
		assert_int_equal(error, broken[i].error);
		assert_null(root);
		assert_true(why.text[0] != '\0');
	}
}

static const struct value_row {
	const char *text;
	const char *pointer;
	int kind; /* -1: nothing is there */
	const char *value;
} values[] = {
    {"{\"a\":1}", "/a", JSON_NUMBER, "1"},
    {" {\"a\" : -0.10e+7 } \n", "/a", JSON_NUMBER, "-0.10e+7"},
    {"{\"a\":99999999999999999999999.50}", "/a", JSON_NUMBER,
	"99999999999999999999999.50"},
    {"{\"a\":1e999}", "/a", JSON_NUMBER, "1e999"},
    {"{\"a\":\"x\"}", "/a", JSON_STRING, "x"},
    {"{\"a\":\"\"}", "/a", JSON_STRING, ""},
    {"{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "/a", JSON_STRING,
	"\"\\/\b\f\n\r\t"},
    {"{\"a\":\"\\u00e9\\ud83d\\ude00\"}", "/a", JSON_STRING,
	"\xc3\xa9\xf0\x9f\x98\x80"},
    {"{\"a\":\"\xc3\xa9\"}", "/a", JSON_STRING, "\xc3\xa9"},
    {"{\"\\u0061\":1}", "/a", JSON_NUMBER, "1"},
    {"{\"a\":null}", "/a", JSON_NULL, ""},
    {"{\"a\":true}", "/a", JSON_BOOL, ""},
    {"{\"a\":{}}", "/a", JSON_OBJECT, ""},
    {"{\"a\":[]}", "/a", JSON_ARRAY, ""},
    {"{\"a\":1}", "", JSON_OBJECT, ""},
    {"{\"a\":1}", "/b", -1, ""},
    {"{\"a\":1}", "/a/b", -1, ""},
    {"{\"a\":null}", "/a/b", -1, ""},
    {"{\"a\":{\"b\":{\"c\":\"x\"}}}", "/a/b/c", JSON_STRING, "x"},
    {"{\"a\":[1,[2,3],{\"b\":4}]}", "/a/0", JSON_NUMBER, "1"},
    {"{\"a\":[1,[2,3],{\"b\":4}]}", "/a/1/1", JSON_NUMBER, "3"},
    {"{\"a\":[1,[2,3],{\"b\":4}]}", "/a/2/b", JSON_NUMBER, "4"},
    {"{\"a\":[1]}", "/a/1", -1, ""},
    {"{\"a\":[1]}", "/a/00", -1, ""},
    {"{\"a\":[1]}", "/a/-", -1, ""},
    {"{\"a\":[1]}", "/a/99999999999999999999", -1, ""},
    {"{\"a\":[1]}", "/a/", -1, ""},
    {"{\"0\":1}", "/0", JSON_NUMBER, "1"},
    {"{\"\":1}", "/", JSON_NUMBER, "1"},
    {"{\"a/b\":1,\"m~n\":2,\"~1\":3}", "/a~1b", JSON_NUMBER, "1"},
    {"{\"a/b\":1,\"m~n\":2,\"~1\":3}", "/m~0n", JSON_NUMBER, "2"},
    {"{\"a/b\":1,\"m~n\":2,\"~1\":3}", "/~01", JSON_NUMBER, "3"},
    /* Of two members of one name the last one counts. */
    {"{\"a\":1,\"b\":2,\"a\":3}", "/a", JSON_NUMBER, "3"},
    {"{\"a\":{\"b\":1},\"a\":{\"c\":1}}", "/a/b", -1, ""},
};

static void
a_pointer_finds_the_value_as_it_was_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		const struct value_row *row = &values[i];
		const struct json *found =
		    find(read_text(span_of(row->text)), row->pointer);

		if (found == NULL && row->kind >= 0)
			fail_msg("%s: nothing at %s", row->text, row->pointer);
		if (found == NULL)
			continue;
		assert_int_equal(found->kind, row->kind);
		if (!span_equals(found->text, span_of(row->value)))
			fail_msg("%s: %.*s", row->text, SPAN_ARGS(found->text));
	}
}

static void
bools_are_told_apart(void **state)
{
	const struct json *root = read_text(SPAN("{\"t\":true,\"f\":false}"));

	(void)state;
	assert_true(json_member(root, SPAN("t"))->truth);
	assert_false(json_member(root, SPAN("f"))->truth);
	assert_null(json_member(json_member(root, SPAN("f")), SPAN("t")));
}

static void
a_string_may_hold_a_nul(void **state)
{
	const struct json *root = read_text(SPAN("{\"a\":\"x\\u0000y\"}"));

	(void)state;
	assert_true(span_equals(root->first->text, SPAN("x\0y")));
}

static void
members_come_in_the_order_of_the_text(void **state)
{
	const struct json *root =
	    read_text(SPAN("{\"b\":1,\"a\":2,\"b\":3,\"c\":[4,5]}"));
	const char *names[] = {"b", "a", "b", "c"};
	size_t n = 0;

	(void)state;
	for (const struct json *j = root->first; j != NULL; j = j->next)
		assert_true(span_equals(j->name, span_of(names[n++])));
	assert_int_equal(n, 4);
}

static struct span
nested(size_t depth)
{
	char *text = arena_alloc(arena, 8 * depth);
	size_t n = 0;

	for (size_t i = 0; i < depth; i++) {
		struct span open = i % 2 == 0 ? SPAN("{\"a\":") : SPAN("[");

		(void)memcpy(text + n, open.at, open.length);
		n += open.length;
	}
	text[n++] = '1';
	for (size_t i = depth; i-- > 0;)
		text[n++] = i % 2 == 0 ? '}' : ']';
	return ((struct span){text, n});
}

static void
depth_ends_at_32(void **state)
{
	const struct json *root = NULL;
	enum json_error error = JSON_BROKEN;

	(void)state;
	assert_int_equal(json_read(reader, nested(JSON_DEPTH_MAX), arena, &root,
			     &error, NULL),
	    DONE);
	assert_int_equal(json_read(reader, nested(JSON_DEPTH_MAX + 1), arena,
			     &root, &error, NULL),
	    REJECT);
	assert_int_equal(error, JSON_TOO_DEEP);
	error = JSON_BROKEN;
	assert_int_equal(
	    json_read(reader, nested(100000), arena, &root, &error, NULL),
	    REJECT);
	assert_int_equal(error, JSON_TOO_DEEP);
}

static void
a_huge_text_leaves_no_huge_tree_in_the_arena(void **state)
{
	enum { VALUES = 200000 };
	char *text = arena_alloc(arena, 2 * VALUES + 16);
	struct arena *texts = arena_new();
	const struct json *root;
	enum json_error error;
	size_t n = 0;
	size_t found = 0;

	(void)state;
	(void)memcpy(text, "{\"a\":[0", 7);
	n = 7;
	for (size_t i = 1; i < VALUES; i++, n += 2)
		(void)memcpy(text + n, ",0", 2);
	(void)memcpy(text + n, "]}", 2);
	n += 2;
	assert_int_equal(json_read(reader, (struct span){text, n}, texts, &root,
			     &error, NULL),
	    DONE);
	for (const struct json *j = root->first->first; j != NULL; j = j->next)
		found++;
	assert_int_equal(found, VALUES);
	assert_true(arena_used(texts) < n + 1024);
	assert_non_null(read_text(SPAN("{}")));
	arena_free(texts);
}

static void
a_text_may_end_where_its_memory_ends(void **state)
{
	const struct span whole = SPAN("{\"a\":[1,\"x\\n\",true],\"b\":null}");

	(void)state;
	for (size_t n = 0; n <= whole.length; n++) {
		char *text = test_malloc(n + 1);
		const struct json *root;
		enum json_error error;
		enum outcome outcome;

		(void)memcpy(text, whole.at, n);
		outcome = json_read(
		    reader, (struct span){text, n}, arena, &root, &error, NULL);
		assert_int_equal(outcome, n == whole.length ? DONE : REJECT);
		test_free(text);
	}
}

static void
a_pointer_that_is_none_is_rejected(void **state)
{
	const char *wrong[] = {"a", "a/b", "/a~", "/a~2", "/~/b", "#/a"};
	struct json_pointer pointer = {NULL, 7};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(json_pointer_compile(
				     arena, span_of(wrong[i]), &pointer, NULL),
		    REJECT);
	assert_int_equal(pointer.n, 7);
}

static const struct integer_row {
	const char *token;
	bool whole;
	int64_t integer;
} integers[] = {
    {"0", true, 0},
    {"-12", true, -12},
    {"2.0", true, 2},
    {"2e3", true, 2000},
    {"9223372036854775807", true, INT64_MAX},
    {"9007199254740993", true, 9007199254740993},
    {"9223372036854775808", false, 0},
    {"2.5", false, 0},
    {"1e-1", false, 0},
    {"1e99", false, 0},
    {"", false, 0},
};

static void
whole_numbers_are_integers_exactly(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
		int64_t got = -7;

		assert_int_equal(json_integer(span_of(integers[i].token), &got),
		    integers[i].whole);
		assert_int_equal(
		    got, integers[i].whole ? integers[i].integer : -7);
	}
}

static const struct number_row {
	const char *token;
	bool ok;
	double number;
} numbers[] = {
    {"0.1", true, 0.1},
    {"-12.5e2", true, -1250},
    {"1E+2", true, 100},
    {"9007199254740993", true, 9007199254740992},
    {"1e-400", true, 0},
    {"1e400", false, 0},
    {"", false, 0},
    {"x", false, 0},
};

static void
numbers_are_the_nearest_doubles(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		double got = -7;

		if (json_number(span_of(numbers[i].token), &got) !=
		    numbers[i].ok)
			fail_msg("%s: %g", numbers[i].token, got);
		assert_true(got == (numbers[i].ok ? numbers[i].number : -7));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		what_is_no_json_object_is_rejected_wherever_it_is_broken),
	    cmocka_unit_test(a_pointer_finds_the_value_as_it_was_written),
	    cmocka_unit_test(bools_are_told_apart),
	    cmocka_unit_test(a_string_may_hold_a_nul),
	    cmocka_unit_test(members_come_in_the_order_of_the_text),
	    cmocka_unit_test(depth_ends_at_32),
	    cmocka_unit_test(a_huge_text_leaves_no_huge_tree_in_the_arena),
	    cmocka_unit_test(a_text_may_end_where_its_memory_ends),
	    cmocka_unit_test(a_pointer_that_is_none_is_rejected),
	    cmocka_unit_test(whole_numbers_are_integers_exactly),
	    cmocka_unit_test(numbers_are_the_nearest_doubles),
	};

	return (cmocka_run_group_tests_name(
	    "json_read", tests, make_reader, free_reader));
}
