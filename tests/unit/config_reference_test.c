#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "config/path.h"
#include "config/reference.h"

#define PAGE "config/README.md"

enum { PAGE_MAX = 1024 * 1024 };

/* KITH_GOLDEN=write writes the page anew instead of comparing it. */
static void
the_page_says_what_the_tables_say(void **state)
{
	const char *golden = getenv("KITH_GOLDEN");
	struct arena *arena = arena_new();
	struct failure why = {{0}};
	struct span page;
	struct buffer to;

	(void)state;
	buffer_init(&to, arena);
	reference_print(arena, &to);
	if (golden != NULL && strcmp(golden, "write") == 0) {
		FILE *file = fopen(PAGE, "w");

		assert_non_null(file);
		assert_int_equal(fwrite(to.at, 1, to.length, file), to.length);
		assert_int_equal(fclose(file), 0);
	}
	if (path_read(arena, SPAN(PAGE), PAGE_MAX, &page, &why) != DONE)
		fail_msg("%s %s", PAGE, why.text);
	if (!span_equals(page, buffer_span(&to)))
		fail_msg("%s is old: KITH_GOLDEN=write writes it", PAGE);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_page_says_what_the_tables_say),
	};

	return (
	    cmocka_run_group_tests_name("config_reference", tests, NULL, NULL));
}
