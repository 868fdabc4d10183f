#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "daemon/options.h"

enum { CONFIG, FORMAT, STRICT, INPUT, MAX_WORDS = 8 };

static const char *const formats[] = {"text", "json", NULL};
static const struct option options[] = {
    [CONFIG] = {.letter = 'c', .name = "config", .value = "FILE"},
    [FORMAT] = {.name = "format", .value = "WORD", .words = formats},
    [STRICT] = {.letter = 's', .name = "strict"},
    [INPUT] = {.name = "input", .value = "FILE", .many = true},
};
static const struct option_table table = {
    .rows = options,
    .n = sizeof options / sizeof options[0],
    .operand = "PATH",
    .operands_min = 1,
    .operands_max = 3,
};

/* What was read, as "config format strict | operands"; or why it was not. */
static const struct row {
	const char *words[MAX_WORDS];
	const char *got;
} rows[] = {
    {{"a"}, "- - - | a"},
    {{"a", "b", "c"}, "- - - | a b c"},
    {{"-c", "f", "a"}, "f - - | a"},
    {{"-cf", "a"}, "f - - | a"},
    {{"--config", "f", "a"}, "f - - | a"},
    {{"--config=f", "a"}, "f - - | a"},
    {{"--config=f=g", "a"}, "f=g - - | a"},
    {{"a", "--strict", "b"}, "- - strict | a b"},
    {{"-s", "-"}, "- - strict | -"},
    {{"--", "-s", "--strict"}, "- - - | -s --strict"},
    {{"a", "--", "--"}, "- - - | a --"},
    {{"--format", "json", "a"}, "- json - | a"},
    {{"--input", "x", "--input=y", "z"}, "- - - | x y z"},
    {{"-c", "--strict", "a"}, "--strict - - | a"},
    {{"-h"}, "help"},
    {{"a", "--help", "--nonsense"}, "help"},
    {{"--nonsense", "--help"}, "unknown option '--nonsense'"},

    {{NULL}, "PATH is missing"},
    {{"a", "b", "c", "d"}, "'d' is one word too many"},
    {{"a", "-c"}, "--config needs FILE"},
    {{"a", "--config="}, "--config needs FILE, not nothing"},
    {{"a", "-c", ""}, "--config needs FILE, not nothing"},
    {{"a", "-cf", "-cf"}, "--config is given twice"},
    {{"a", "--strict", "-s"}, "--strict is given twice"},
    {{"a", "--strict=yes"}, "--strict takes no value"},
    {{"a", "-sx"}, "--strict takes no value"},
    {{"a", "--stric"}, "unknown option '--stric'; did you mean '--strict'?"},
    {{"a", "--conifg=x"},
	"unknown option '--conifg'; did you mean '--config'?"},
    {{"a", "--format", "jsn"},
	"--format: 'jsn' is not known; did you mean 'json'?"},
};

static const char *
or_dash(const char *text)
{
	return (text == NULL ? "-" : text);
}

static void
print_got(const struct arguments *got, char *to, size_t room)
{
	int n = snprintf(to, room, "%s %s %s |", or_dash(got->value[CONFIG]),
	    or_dash(got->value[FORMAT]), or_dash(got->value[STRICT]));

	for (size_t i = 0; i < got->n_operands; i++)
		n +=
		    snprintf(to + n, room - (size_t)n, " %s", got->operands[i]);
	if (got->help)
		(void)snprintf(to, room, "help");
}

/* argv is char *, and never written. */
static int
copy_words(const struct row *row, char storage[MAX_WORDS][MAX_WORDS * 8],
    char *words[MAX_WORDS])
{
	int n = 0;

	for (; n < MAX_WORDS && row->words[n] != NULL; n++) {
		(void)snprintf(storage[n], MAX_WORDS * 8, "%s", row->words[n]);
		words[n] = storage[n];
	}
	return (n);
}

static void
words_become_options_and_operands_or_a_reason(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char storage[MAX_WORDS][MAX_WORDS * 8];
		char *words[MAX_WORDS];
		int n = copy_words(&rows[i], storage, words);
		struct arguments got;
		struct failure why;
		char text[256];

		if (options_parse(&table, arena, n, words, &got, &why) == DONE)
			print_got(&got, text, sizeof text);
		else
			(void)snprintf(text, sizeof text, "%s", why.text);
		if (strncmp(text, rows[i].got, strlen(rows[i].got)) != 0)
			fail_msg("row %zu: got '%s', want '%s'", i, text,
			    rows[i].got);
	}
	arena_free(arena);
}

static void
required_option_is_missed(void **state)
{
	static const struct option needed[] = {OPTION_CONFIG};
	static const struct option_table all = {.rows = needed, .n = 1};
	struct arena *arena = arena_new();
	struct arguments got;
	struct failure why;

	(void)state;
	assert_int_equal(
	    options_parse(&all, arena, 0, NULL, &got, &why), REJECT);
	assert_string_equal(why.text, "--config FILE is missing");
	arena_free(arena);
}

static void
word_is_its_index_and_the_first_by_default(void **state)
{
	struct arguments none = {0};
	struct arguments json = {.value = {[FORMAT] = "json"}};

	(void)state;
	assert_int_equal(option_word(&none, options, FORMAT), 0);
	assert_int_equal(option_word(&json, options, FORMAT), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_become_options_and_operands_or_a_reason),
	    cmocka_unit_test(required_option_is_missed),
	    cmocka_unit_test(word_is_its_index_and_the_first_by_default),
	};

	return (cmocka_run_group_tests_name("options", tests, NULL, NULL));
}
