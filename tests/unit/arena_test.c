#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/base/arena.h"

static void
pieces_are_zeroed_aligned_and_apart(void **state)
{
	struct arena *arena = arena_new();
	char *before = NULL;

	(void)state;
	for (size_t size = 1; size < 3000; size++) {
		char *piece = arena_alloc(arena, size);

		assert_int_equal((uintptr_t)piece % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(piece[i], 0);
		(void)memset(piece, 0xff, size);
		assert_true(piece != before);
		before = piece;
	}
	arena_free(arena);
}

static void
a_piece_may_be_larger_than_a_chunk(void **state)
{
	enum { LARGE = 3 * 1024 * 1024 };
	struct arena *arena = arena_new();

	(void)state;
	for (int round = 0; round < 3; round++) {
		char *small = arena_alloc(arena, 10);
		char *large = arena_alloc(arena, LARGE);
		char *after = arena_alloc(arena, 10);

		(void)memset(small, 1, 10);
		(void)memset(large, 2, LARGE);
		(void)memset(after, 3, 10);
		assert_int_equal(small[9], 1);
		assert_int_equal(large[LARGE - 1], 2);
		assert_true(arena_used(arena) >= LARGE + 20);
		arena_reset(arena);
		assert_int_equal(arena_used(arena), 0);
	}
	arena_free(arena);
}

static void
after_a_reset_the_same_memory_is_given_out_again(void **state)
{
	struct arena *arena = arena_new();
	void *first = arena_alloc(arena, 100);

	(void)state;
	for (int i = 0; i < 10000; i++)
		(void)arena_alloc(arena, 1000);
	arena_reset(arena);
	assert_ptr_equal(arena_alloc(arena, 100), first);
	arena_free(arena);
	arena_free(NULL);
}

static void
copies_and_texts_end_in_a_nul_that_does_not_count(void **state)
{
	struct arena *arena = arena_new();
	struct span copy = arena_span(arena, SPAN("a\0b"));
	struct span empty = arena_span(arena, (struct span){NULL, 0});
	struct span text = arena_print(arena, "%s-%d", "x", 42);
	int *numbers = ARENA_ARRAY(arena, 3, int);
	int from[] = {1, 2, 3};

	(void)state;
	assert_true(span_equals(copy, SPAN("a\0b")));
	assert_int_equal(copy.at[copy.length], '\0');
	assert_int_equal(empty.length, 0);
	assert_int_equal(empty.at[0], '\0');
	assert_string_equal(text.at, "x-42");
	assert_int_equal(text.length, 4);
	assert_int_equal(numbers[2], 0);
	assert_memory_equal(
	    arena_copy(arena, from, sizeof from), from, sizeof from);
	assert_non_null(arena_copy(arena, NULL, 0));
	arena_free(arena);
}

/* When something ended, by a count that many share. */
struct ending {
	int order;
	int *next;
};

static void
note_end(void *what)
{
	struct ending *noted = what;

	noted->order = (*noted->next)++;
}

static void
what_is_attended_ends_once_and_the_last_first(void **state)
{
	struct arena *arena = arena_new();
	int next = 1;
	struct ending first = {0, &next};
	struct ending last = {0, &next};

	(void)state;
	arena_attend(arena, note_end, &first);
	arena_attend(arena, note_end, &last);
	arena_reset(arena);
	assert_int_equal(last.order, 1);
	assert_int_equal(first.order, 2);
	arena_attend(arena, note_end, &last);
	arena_free(arena);
	assert_int_equal(last.order, 3);
	assert_int_equal(first.order, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
	    cmocka_unit_test(a_piece_may_be_larger_than_a_chunk),
	    cmocka_unit_test(after_a_reset_the_same_memory_is_given_out_again),
	    cmocka_unit_test(copies_and_texts_end_in_a_nul_that_does_not_count),
	    cmocka_unit_test(what_is_attended_ends_once_and_the_last_first),
	};

	return (cmocka_run_group_tests_name("arena", tests, NULL, NULL));
}
