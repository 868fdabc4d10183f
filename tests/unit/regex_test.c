#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/bridge/regex.h"

static const struct row {
	const char *pattern;
	struct span text;
	bool matches;
} rows[] = {
    {"a.c", SPAN_INIT("xxabcxx"), true},
    {"^a.c$", SPAN_INIT("xxabcxx"), false},
    {"^a.c$", SPAN_INIT("abc"), true},
    {"", SPAN_INIT("anything"), true},
    {"", {NULL, 0}, true},
    {"x", {NULL, 0}, false},
    {"^\\p{Lu}", SPAN_INIT("\xc3\x89t\xc3\xa9"), true},
    {"^.{3}$", SPAN_INIT("\xc3\x89t\xc3\xa9"), true},
    {"(?i)SHOES", SPAN_INIT("red shoes"), true},
    {"b", SPAN_INIT("a\0b"), true},
    {"a", SPAN_INIT("\xff\xfe"), false},
    {"(x+x+)+y", SPAN_INIT("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
	false},
};

static void
an_expression_matches_anywhere_in_the_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct regex *regex = NULL;
		struct failure why;

		if (regex_new(span_of(rows[i].pattern), &regex, &why) != DONE)
			fail_msg("%s: %s", rows[i].pattern, why.text);
		assert_int_equal(
		    regex_matches(regex, rows[i].text), rows[i].matches);
		regex_free(regex);
	}
	regex_free(NULL);
}

static const struct wrong_row {
	struct span pattern;
	const char *named; /* what the reason names */
} wrong[] = {
    {SPAN_INIT("a(b"), "a(b"},
    {SPAN_INIT("[a-"), "[a-"},
    {SPAN_INIT("*"), "*"},
    {SPAN_INIT("(?=a)"), "(?="},
    {SPAN_INIT("a\\8"), "\\8"},
    {SPAN_INIT("\xff"), "UTF-8"},
    {SPAN_INIT("a{1001}"), "{1001}"},
    {SPAN_INIT("((((a{100}){100}){100}){100})"), "{100}"},
    {SPAN_INIT("(\\p{L}{1000}|\\p{N}{1000}|x{1000})"), "too large"},
};

static void
what_is_no_expression_is_rejected_with_the_part_that_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct regex *regex = NULL;
		struct failure why = {{0}};

		assert_int_equal(
		    regex_new(wrong[i].pattern, &regex, &why), REJECT);
		assert_null(regex);
		if (strstr(why.text, wrong[i].named) == NULL)
			fail_msg("%s", why.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_expression_matches_anywhere_in_the_text),
	    cmocka_unit_test(
		what_is_no_expression_is_rejected_with_the_part_that_is_wrong),
	};

	return (cmocka_run_group_tests_name("regex", tests, NULL, NULL));
}
