/* Taking a batch, where no log and no store is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/task/task.h"

enum { MAX = 4, ALL = MAX + 1 };

/* The loop does not rest while a task is full. */
static const struct row {
	size_t records;
	size_t due;
	bool full;
} rows[] = {
    {0, 0, false},
    {0, 3, false},
    {0, MAX, false},
    {0, MAX + 1, true}, /* more are due than fit */
    {1, MAX, true},
    {1, MAX - 1, false},
};

static void
more_due_customers_than_fit_make_a_task_full(void **state)
{
	struct position due[ALL];
	struct record record = {.key = SPAN("c")};

	(void)state;
	for (size_t i = 0; i < ALL; i++)
		due[i] = (struct position){(wall_ms)i, SPAN("c"), false};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *arena = arena_new();
		struct task task = {.frontier_ahead = ALL,
		    .bound = {INSTANT_BEFORE, {NULL, 0}, true}};
		struct due_request request = {.due = due, .n_due = rows[i].due};

		batch_begin(&task.batch, arena, MAX);
		for (size_t n = 0; n < rows[i].records; n++)
			batch_record(&task.batch, &record);
		task_due(&task, &request);
		if (task.full != rows[i].full)
			fail_msg("row %zu: full is %d", i, task.full);
		arena_free(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(more_due_customers_than_fit_make_a_task_full),
	};

	return (cmocka_run_group_tests_name("take", tests, NULL, NULL));
}
