#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/report_text.h"

struct read {
	struct arena *arena;
	struct findings *findings;
	struct file file;
	struct documents documents;
};

/* Nodes point to the file, so all of it lies in the arena. */
static struct read *
read_text(struct span text)
{
	struct arena *arena = arena_new();
	struct read *r = ARENA_NEW(arena, struct read);

	r->arena = arena;
	r->findings = findings_new(arena);
	r->file =
	    (struct file){.name = SPAN("x.yaml"), .text = text, .number = 1};
	r->documents =
	    document_read(arena, &r->file, findings_report(r->findings));
	return (r);
}

/*
 * In each text the value of `w` holds one '@', and the file as well: the one
 * must be found from the other.
 */
static void
a_byte_of_a_value_is_found_in_the_file(void **state)
{
	static const char *const texts[] = {
	    "w: a @ b\n",
	    "w:   'it''s @'\n",
	    "w: \"\\t\\x41\\u00e9\\\"@\"\n",
	    "w: \"\\U0001F600 \\/ @\"\n",
	    "w: \"a\n  b\\\n  c @\"\n",
	    "w: 'a\n\n\n  b @'\n",
	    "w: a\n  b\n\n  c   @\n",
	    "w: |\n  a\n   b\n\n  c @\n",
	    "w: |+\n\n\n  a\n  @ b\n\n\n",
	    "w: |4\n      a\n    @\n",
	    "w: >-\n  a\n  b @\n",
	    "w: >\n  a\n\n  b\n    c\n    d\n\n  e @\n  f\n",
	    "w: >2\n\n    a\n   \n  b\n  @\n",
	    "x: é\r\nw: |\r\n  a\r\n  @ b\r\n",
	    "{x: [1, 2], w: 'a @'}\n",
	    "\xef\xbb\xbfw: \xf0\x9f\x98\x80 @\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct read *r = read_text(span_of(texts[i]));
		struct node *node;
		const char *at;

		if (r->documents.n != 1)
			fail_msg("%zu is not read: '%s'", i, texts[i]);
		node = node_value(r->documents.roots[0], SPAN("w"));
		assert_non_null(node);
		at = memchr(node->text.at, '@', node->text.length);
		assert_non_null(at);
		if (texts[i][node_locate(node, (size_t)(at - node->text.at))] !=
		    '@')
			fail_msg("%zu: '%s'", i, texts[i]);
		arena_free(r->arena);
	}
}

/* What the walk does not understand is at the beginning, never outside. */
static void
every_offset_of_a_value_lies_in_the_file(void **state)
{
	static const char *const texts[] = {
	    "w: \"\\a\\b\\e\\f\\n\\r\\v\\0\\N\\_\\L\\P\"\n",
	    "w: \"tab\\\tx\"\n",
	    "w: \"a  \n   \n  b\"\n",
	    "w: |-\n\t\n",
	    "w: >1\n  a\n b\n",
	    "w: ''\n",
	    "w: |\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct read *r = read_text(span_of(texts[i]));
		struct node *node;

		if (r->documents.n == 0) {
			arena_free(r->arena);
			continue;
		}
		node = node_value(r->documents.roots[0], SPAN("w"));
		for (size_t j = 0; j <= node->text.length; j++)
			assert_in_range(node_locate(node, j), node->start,
			    r->file.text.length);
		arena_free(r->arena);
	}
}

static struct span
repeat(struct arena *arena, const char *head, const char *piece, size_t n)
{
	struct buffer b;

	buffer_init(&b, arena);
	buffer_print(&b, "%s", head);
	for (size_t i = 0; i < n; i++)
		buffer_print(&b, "%s", piece);
	buffer_char(&b, '\n');
	return (buffer_span(&b));
}

static const struct limit_row {
	const char *head;
	const char *piece;
	size_t good;
	size_t bad;
} limits[] = {
    {"", "[", 0, 65},
    {"a: ", "x", SCALAR_BYTES_MAX, SCALAR_BYTES_MAX + 1},
    {"a:\n", "- b\n", FILE_NODES_MAX - 3, FILE_NODES_MAX + 1},
    {"", "# a comment, 16\n", FILE_BYTES_MAX / 16 - 1, FILE_BYTES_MAX / 16},
};

static void
what_is_too_large_is_refused_and_what_is_not_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		const struct limit_row *row = &limits[i];
		struct arena *arena = arena_new();
		struct read *good =
		    read_text(repeat(arena, row->head, row->piece, row->good));
		struct read *bad =
		    read_text(repeat(arena, row->head, row->piece, row->bad));

		if (!good->file.whole)
			fail_msg("%zu: %zu of '%s'", i, row->good, row->piece);
		assert_false(bad->file.whole);
		assert_int_equal(findings_errors(bad->findings), 1);
		arena_free(good->arena);
		arena_free(bad->arena);
		arena_free(arena);
	}
}

static void
keys_and_values_know_each_other(void **state)
{
	struct read *r = read_text(SPAN("a: {b: [c, d]}\n--- {e: f}\n"));
	struct node *b;

	(void)state;
	assert_int_equal(r->documents.n, 2);
	b = node_value(node_value(r->documents.roots[0], SPAN("a")), SPAN("b"));
	assert_int_equal(b->kind, NODE_SEQUENCE);
	assert_int_equal(b->n, 2);
	assert_true(b->flow);
	assert_true(span_equals(b->key->text, SPAN("b")));
	assert_true(span_equals(b->parent->key->text, SPAN("a")));
	assert_ptr_equal(b->items[1]->parent, b);
	assert_null(b->items[1]->key);
	assert_null(node_value(b, SPAN("c")));
	arena_free(r->arena);
}

static void
null_is_what_is_written_plainly(void **state)
{
	static const struct {
		const char *text;
		bool null;
	} rows[] = {
	    {"w:\n", true},
	    {"w: ~\n", true},
	    {"w: null\n", true},
	    {"w: 'null'\n", false},
	    {"w: ''\n", false},
	    {"w: NULL\n", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct read *r = read_text(span_of(rows[i].text));

		assert_int_equal(
		    node_null(node_value(r->documents.roots[0], SPAN("w"))),
		    rows[i].null);
		arena_free(r->arena);
	}
}

static struct span
printed(const struct read *r, enum findings_format format, bool colour)
{
	struct buffer to;

	buffer_init(&to, r->arena);
	findings_print(r->findings, format, colour, &to);
	buffer_char(&to, '\0');
	return (buffer_span(&to));
}

static void
findings_come_in_the_form_that_is_asked_for(void **state)
{
	struct read *r = read_text(SPAN("a: 1\n\"b%,:\": !x\na: 2\n"));

	(void)state;
	assert_string_equal(printed(r, FINDINGS_JSON, false).at,
	    "[\n"
	    "  {\"file\": \"x.yaml\", \"line\": 2, \"column\": 9, "
	    "\"end_line\": 2, \"end_column\": 11, \"severity\": \"error\", "
	    "\"code\": \"E002\", \"message\": \"'!x' is a YAML tag, the value "
	    "is empty\", \"help\": \"quote it:  b%,:: '!x'\"},\n"
	    "  {\"file\": \"x.yaml\", \"line\": 3, \"column\": 1, "
	    "\"end_line\": 3, \"end_column\": 2, \"severity\": \"error\", "
	    "\"code\": \"E010\", \"message\": \"'a' is given twice\", "
	    "\"help\": \"first given at line 1, column 1\"}\n"
	    "]\n");
	assert_string_equal(printed(r, FINDINGS_GITHUB, false).at,
	    "::error file=x.yaml,line=2,col=9,title=E002::'!x' is a YAML tag, "
	    "the value is empty%0Ahelp: quote it:  b%25,:: '!x'\n"
	    "::error file=x.yaml,line=3,col=1,title=E010::'a' is given "
	    "twice%0Ahelp: first given at line 1, column 1\n");
	assert_non_null(strstr(printed(r, FINDINGS_TEXT, true).at,
	    "\033[1;31merror[E010]\033[0m"));
	assert_null(strchr(printed(r, FINDINGS_TEXT, false).at, '\033'));
	arena_free(r->arena);
}

/* A value may hold what commands a terminal; a report must not. */
static void
no_text_of_a_file_commands_the_terminal(void **state)
{
	struct read *r = read_text(SPAN("\"a\\e[2J\": 1\n\"a\\e[2J\": 2\n"));

	(void)state;
	assert_int_equal(findings_errors(r->findings), 1);
	assert_null(strchr(printed(r, FINDINGS_TEXT, false).at, '\033'));
	arena_free(r->arena);
}

/* YAML has lines that end with CR alone. */
static void
lines_end_as_yaml_has_it(void **state)
{
	struct read *r = read_text(SPAN("a: 1\rb: 2\r\na: 3\r"));

	(void)state;
	assert_string_equal(printed(r, FINDINGS_TEXT, false).at,
	    "x.yaml:3:1: error[E010]: 'a' is given twice\n"
	    "  |\n"
	    " 3|a: 3\n"
	    "  |^\n"
	    "  = help: first given at line 1, column 1\n"
	    "1 error\n");
	arena_free(r->arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_byte_of_a_value_is_found_in_the_file),
	    cmocka_unit_test(every_offset_of_a_value_lies_in_the_file),
	    cmocka_unit_test(
		what_is_too_large_is_refused_and_what_is_not_is_read),
	    cmocka_unit_test(keys_and_values_know_each_other),
	    cmocka_unit_test(null_is_what_is_written_plainly),
	    cmocka_unit_test(findings_come_in_the_form_that_is_asked_for),
	    cmocka_unit_test(no_text_of_a_file_commands_the_terminal),
	    cmocka_unit_test(lines_end_as_yaml_has_it),
	};

	return (
	    cmocka_run_group_tests_name("config_document", tests, NULL, NULL));
}
