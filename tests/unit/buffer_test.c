#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "pipeline/base/buffer.h"

static struct arena *arena;

static int
make_arena(void **state)
{
	(void)state;
	arena = arena_new();
	return (0);
}

static int
free_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return (0);
}

static const uint64_t unsigneds[] = {
    0,
    1,
    127,
    128,
    16383,
    16384,
    UINT32_MAX,
    (uint64_t)INT64_MAX,
    UINT64_MAX,
};

static const int64_t signeds[] = {
    0,
    -1,
    1,
    -64,
    64,
    INT64_MAX,
    INT64_MIN,
};

static void
what_is_written_is_read_back(void **state)
{
	struct buffer b;
	struct reader r;

	(void)state;
	buffer_init(&b, arena);
	for (size_t i = 0; i < sizeof unsigneds / sizeof unsigneds[0]; i++) {
		buffer_varint(&b, unsigneds[i]);
		buffer_u64(&b, unsigneds[i]);
		buffer_u32(&b, (uint32_t)unsigneds[i]);
		buffer_u8(&b, (uint8_t)unsigneds[i]);
	}
	for (size_t i = 0; i < sizeof signeds / sizeof signeds[0]; i++)
		buffer_zigzag(&b, signeds[i]);
	buffer_double(&b, -0.1);
	buffer_text(&b, SPAN("a\0b"));
	buffer_text(&b, (struct span){NULL, 0});
	r = reader_of(buffer_span(&b));
	for (size_t i = 0; i < sizeof unsigneds / sizeof unsigneds[0]; i++) {
		assert_int_equal(reader_varint(&r), unsigneds[i]);
		assert_int_equal(reader_u64(&r), unsigneds[i]);
		assert_int_equal(reader_u32(&r), (uint32_t)unsigneds[i]);
		assert_int_equal(reader_u8(&r), (uint8_t)unsigneds[i]);
	}
	for (size_t i = 0; i < sizeof signeds / sizeof signeds[0]; i++)
		assert_int_equal(reader_zigzag(&r), signeds[i]);
	assert_true(reader_double(&r) == -0.1);
	assert_true(span_equals(reader_text(&r), SPAN("a\0b")));
	assert_int_equal(reader_text(&r).length, 0);
	assert_int_equal(reader_left(&r), 0);
	assert_false(r.broken);
}

static const struct bytes_row {
	uint64_t value;
	struct span bytes;
} varints[] = {
    {0, SPAN_INIT("\x00")},
    {127, SPAN_INIT("\x7f")},
    {128, SPAN_INIT("\x80\x01")},
    {300, SPAN_INIT("\xac\x02")},
    {UINT64_MAX, SPAN_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
};

static void
varints_are_leb128(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof varints / sizeof varints[0]; i++) {
		struct buffer b;

		buffer_init(&b, arena);
		buffer_varint(&b, varints[i].value);
		assert_true(span_equals(buffer_span(&b), varints[i].bytes));
	}
}

static const struct span overlong[] = {
    SPAN_INIT("\x80"),
    SPAN_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
    SPAN_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00"),
    SPAN_INIT("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
};

static void
a_varint_over_64_bits_breaks_the_reader(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof overlong / sizeof overlong[0]; i++) {
		struct reader r = reader_of(overlong[i]);

		assert_int_equal(reader_varint(&r), 0);
		assert_true(r.broken);
	}
}

static void
a_read_past_the_end_breaks_the_reader_for_good(void **state)
{
	struct reader r = reader_of(SPAN("\x01\x02\x03"));

	(void)state;
	assert_int_equal(reader_u32(&r), 0);
	assert_true(r.broken);
	assert_int_equal(reader_left(&r), 0);
	assert_int_equal(reader_u8(&r), 0);
	assert_null(reader_bytes(&r, 1).at);
	r = reader_of(SPAN("\x05"
			   "abc"));
	assert_int_equal(reader_text(&r).length, 0);
	assert_true(r.broken);
	r = reader_of(SPAN("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
	assert_int_equal(reader_text(&r).length, 0);
	assert_true(r.broken);
	r = reader_of((struct span){NULL, 0});
	assert_int_equal(reader_left(&r), 0);
	assert_int_equal(reader_varint(&r), 0);
	assert_true(r.broken);
}

static void
a_buffer_grows_and_keeps_its_bytes(void **state)
{
	struct buffer b;

	(void)state;
	buffer_init(&b, arena);
	for (int i = 0; i < 10000; i++)
		buffer_print(&b, "%04d", i);
	assert_int_equal(b.length, 40000);
	for (int i = 0; i < 10000; i += 999) {
		char text[16];

		(void)snprintf(text, sizeof text, "%04d", i);
		assert_memory_equal(b.at + (ptrdiff_t)4 * i, text, 4);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_written_is_read_back),
	    cmocka_unit_test(varints_are_leb128),
	    cmocka_unit_test(a_varint_over_64_bits_breaks_the_reader),
	    cmocka_unit_test(a_read_past_the_end_breaks_the_reader_for_good),
	    cmocka_unit_test(a_buffer_grows_and_keeps_its_bytes),
	};

	return (cmocka_run_group_tests_name(
	    "buffer", tests, make_arena, free_arena));
}
