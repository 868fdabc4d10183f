/*
 * What `check` prints, in full: tests/config holds a file for each mistake and
 * beside it the text that it must get.  KITH_GOLDEN=write writes the texts
 * anew: read the difference before you commit it.
 *	alone		by itself
 *	with_schema	with schema.yaml
 *	with_shop	with schema.yaml and shop.yaml
 *	good		with schema.yaml and shop.yaml, without a finding
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "config/load.h"
#include "config/path.h"
#include "tests/unit/golden.h"
#include "tests/unit/some_zones.h"

#define FOLDER "tests/config/"

/* An environment that does not depend on who runs the tests. */
static char *
variable(const char *name)
{
	static char value[] = "host-1";

	return (strcmp(name, "HOSTNAME") == 0 ? value : NULL);
}

static struct span
checked(struct arena *arena, const char *const *paths, size_t n)
{
	struct findings *findings = findings_new(arena);
	const struct config_options options = {&some_zones, variable, findings};
	struct failure why = {{0}};
	struct buffer text;
	enum outcome outcome;

	outcome = config_check(arena, paths, n, &options, &why);
	buffer_init(&text, arena);
	findings_print(findings, FINDINGS_TEXT, false, &text);
	if ((outcome == DONE) != (findings_errors(findings) == 0))
		fail_msg("%s: outcome %d", paths[n - 1], outcome);
	return (buffer_span(&text));
}

/* Each file of the folder, after the `n` that it needs. */
static void
check_folder(const char *folder, const char *const *with, size_t n)
{
	struct arena *arena = arena_new();
	glob_t found;

	assert_int_equal(glob(arena_print(arena, FOLDER "%s/*.yaml", folder).at,
			     0, NULL, &found),
	    0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *paths[3];
		struct span path = span_of(found.gl_pathv[i]);
		struct span text;

		for (size_t j = 0; j < n; j++)
			paths[j] = with[j];
		paths[n] = path.at;
		text = checked(arena, paths, n + 1);
		path.length -= strlen(".yaml");
		if (strcmp(folder, "good") != 0)
			compare_golden(arena,
			    arena_print(arena, "%.*s.txt", SPAN_ARGS(path)).at,
			    text);
		else if (text.length > 0)
			fail_msg("%.*s", SPAN_ARGS(text));
	}
	globfree(&found);
	arena_free(arena);
}

static const char *const bases[] = {FOLDER "schema.yaml", FOLDER "shop.yaml"};

static void
mistakes_of_a_file_by_itself(void **state)
{
	(void)state;
	check_folder("alone", NULL, 0);
}

static void
mistakes_beside_a_schema(void **state)
{
	(void)state;
	check_folder("with_schema", bases, 1);
}

static void
mistakes_beside_a_shop(void **state)
{
	(void)state;
	check_folder("with_shop", bases, 2);
}

static void
good_files_have_no_findings(void **state)
{
	(void)state;
	check_folder("good", bases, 2);
}

static void
the_example_has_no_mistakes(void **state)
{
	const char *const paths[] = {"config/example"};
	struct arena *arena = arena_new();
	struct span text = checked(arena, paths, 1);

	(void)state;
	if (text.length > 0)
		fail_msg("%.*s", SPAN_ARGS(text));
	arena_free(arena);
}

static void
all_files_are_checked_in_one_run(void **state)
{
	const char *const paths[] = {FOLDER "alone/daemon_ranges.yaml",
	    FOLDER "alone/schema_currency.yaml",
	    FOLDER "with_shop/yaml_tab.yaml"};
	struct arena *arena = arena_new();
	struct span text = checked(arena, paths, 3);

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_non_null(strstr(arena_span(arena, text).at, paths[i]));
	arena_free(arena);
}

static void
a_path_that_is_not_there_is_told_apart(void **state)
{
	const char *const paths[] = {FOLDER "nowhere.yaml"};
	struct arena *arena = arena_new();
	struct findings *findings = findings_new(arena);
	const struct config_options options = {&some_zones, variable, findings};
	struct failure why = {{0}};

	(void)state;
	assert_int_equal(config_check(arena, paths, 1, &options, &why), FATAL);
	assert_string_equal(why.text,
	    FOLDER "nowhere.yaml cannot be read: No such file or directory");
	arena_free(arena);
}

static void
what_is_to_run_must_be_a_daemon_without_mistakes(void **state)
{
	static const struct {
		const char *path;
		enum outcome outcome;
	} rows[] = {
	    {"config/example/shop.yaml", DONE},
	    {FOLDER "nowhere.yaml", FATAL},
	    {FOLDER "schema.yaml", FATAL},
	    {FOLDER "alone/daemon_ranges.yaml", REJECT},
	    /* Here a variable that is not set matters. */
	    {FOLDER "alone/daemon_variable_not_set.yaml", REJECT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *arena = arena_new();
		const struct config_options options = {
		    &some_zones, variable, findings_new(arena)};
		struct failure why = {{0}};
		struct config config;

		if (config_load(arena, rows[i].path, &options, &config, &why) !=
		    rows[i].outcome)
			fail_msg("%s: %s", rows[i].path, why.text);
		arena_free(arena);
	}
}

/* Other programs keep YAML in the same folders. */
static void
files_of_others_are_let_alone(void **state)
{
	const char *const folder[] = {FOLDER "others"};
	const char *const named[] = {FOLDER "others/chart.yaml"};
	struct arena *arena = arena_new();

	(void)state;
	assert_int_equal(checked(arena, folder, 1).length, 0);
	assert_true(checked(arena, named, 1).length > 0);
	arena_free(arena);
}

/* The worked example of the design, where it lies beside the repository. */
static void
what_comes_later_is_refused_as_such(void **state)
{
	const char *const paths[] = {"../shared/rules/example"};
	struct arena *arena = arena_new();
	struct findings *findings = findings_new(arena);
	const struct config_options options = {&some_zones, variable, findings};
	struct failure why = {{0}};

	(void)state;
	if (path_find(arena, span_of(paths[0]), &(struct paths){0}, &why) !=
	    DONE) {
		print_message("skipped: %s %s\n", paths[0], why.text);
		arena_free(arena);
		skip();
	}
	assert_int_equal(config_check(arena, paths, 1, &options, &why), REJECT);
	assert_int_equal(findings_errors(findings), 5);
	assert_int_equal(findings_warnings(findings), 0);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mistakes_of_a_file_by_itself),
	    cmocka_unit_test(mistakes_beside_a_schema),
	    cmocka_unit_test(mistakes_beside_a_shop),
	    cmocka_unit_test(good_files_have_no_findings),
	    cmocka_unit_test(the_example_has_no_mistakes),
	    cmocka_unit_test(all_files_are_checked_in_one_run),
	    cmocka_unit_test(a_path_that_is_not_there_is_told_apart),
	    cmocka_unit_test(what_is_to_run_must_be_a_daemon_without_mistakes),
	    cmocka_unit_test(files_of_others_are_let_alone),
	    cmocka_unit_test(what_comes_later_is_refused_as_such),
	};

	return (cmocka_run_group_tests_name("config_check", tests, NULL, NULL));
}
