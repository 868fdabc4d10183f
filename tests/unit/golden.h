#ifndef TESTS_UNIT_GOLDEN_H
#define TESTS_UNIT_GOLDEN_H

/*
 * A text against the file that holds what it should be.  KITH_GOLDEN=write
 * writes the file anew: read the difference before you commit it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/path.h"

enum { GOLDEN_MAX = 1024 * 1024 };

static inline void
write_golden(const char *path, struct span text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text.at, 1, text.length, file), text.length);
	assert_int_equal(fclose(file), 0);
}

static inline void
compare_golden(struct arena *arena, const char *path, struct span text)
{
	const char *golden = getenv("KITH_GOLDEN");
	struct failure why = {{0}};
	struct span expected;

	if (golden != NULL && strcmp(golden, "write") == 0)
		write_golden(path, text);
	if (path_read(arena, span_of(path), GOLDEN_MAX, &expected, &why) !=
	    DONE)
		fail_msg("%s %s", path, why.text);
	if (!span_equals(text, expected))
		fail_msg("%s\n--- expected\n%.*s--- found\n%.*s", path,
		    SPAN_ARGS(expected), SPAN_ARGS(text));
}

#endif
