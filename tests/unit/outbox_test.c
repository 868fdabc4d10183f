#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/task/metadata.h"
#include "pipeline/task/outbox.h"

static struct arena *arena;

/* ---- metadata ---- */

static const struct metadata_row {
	const char *text;
	struct metadata m;
} metadatas[] = {
    {"v1 i=tok.0.1:0 b=0 e=1 w=1700000000000 f=0",
	{SPAN_INIT("tok.0.1:0"), 0, 1, 1700000000000, {.end = true}}},
    {"v1 i=x b=7 e=3 w=-5 f=-9223372036854775808",
	{SPAN_INIT("x"), 7, 3, -5, {.instant = INSTANT_BEFORE, .end = true}}},
    {"v1 i=x b=9223372036854775807 e=3 w=0 f=12:c1",
	{SPAN_INIT("x"), INT64_MAX, 3, 0,
	    {.instant = 12, .customer = SPAN_INIT("c1")}}},
    {"v1 i=x b=1 e=1 w=1 f=12: a: f=3",
	{SPAN_INIT("x"), 1, 1, 1,
	    {.instant = 12, .customer = SPAN_INIT(" a: f=3")}}},
};

static void
metadata_is_read_as_it_was_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof metadatas / sizeof metadatas[0]; i++) {
		const struct metadata_row *row = &metadatas[i];
		struct span text = metadata_print(arena, &row->m);
		struct metadata m;

		if (!span_equals(text, span_of(row->text)))
			fail_msg("'%s': written as '%s'", row->text, text.at);
		if (!metadata_read(text, &m))
			fail_msg("'%s': not read", row->text);
		assert_true(span_equals(m.id, row->m.id));
		assert_int_equal(m.batch, row->m.batch);
		assert_int_equal(m.epoch, row->m.epoch);
		assert_int_equal(m.wall, row->m.wall);
		assert_int_equal(position_compare(m.bound, row->m.bound), 0);
	}
}

static void
what_others_wrote_is_not_ours(void **state)
{
	static const char *const texts[] = {"", "v1", "v1 i=x", "lag=3",
	    "v2 i=x b=1 e=1 w=1 f=1", "v1 i= b=1 e=1 w=1 f=1",
	    "v1 i=x b= e=1 w=1 f=1", "v1 i=x b=01 e=1 w=1 f=1",
	    "v1 i=x b=-0 e=1 w=1 f=1", "v1 i=x b=+1 e=1 w=1 f=1",
	    "v1 i=x b=9223372036854775808 e=1 w=1 f=1", "v1 i=x b=1 e=1 w=1 f=",
	    "v1 i=x b=1 e=1 w=1 f=1:", "v1 i=x b=1 e=1 w=1 f=1 ",
	    "v1 i=x b=1  e=1 w=1 f=1", " v1 i=x b=1 e=1 w=1 f=1"};
	struct metadata m;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (metadata_read(span_of(texts[i]), &m))
			fail_msg("'%s' was read", texts[i]);
	}
}

/* ---- outbox ---- */

static const struct header headers[] = {
    {SPAN_INIT("kith_batch"), SPAN_INIT("7/0/0")},
    {SPAN_INIT("empty"), SPAN_INIT("")},
    {SPAN_INIT("none"), {NULL, 0}},
};

static const struct outbox_entry entries[] = {
    {.message = {.topic = SPAN_INIT("t"),
	 .key = SPAN_INIT("c1"),
	 .value = SPAN_INIT("{}"),
	 .headers = headers,
	 .n_headers = 3,
	 .timestamp = 1700000000000},
	.before = {SPAN_INIT("purchases"), 0},
	.timed = true,
	.position = -3,
	.forced = {SPAN_INIT("feedback"), INT64_MAX}},
    {.message = {.topic = SPAN_INIT("dead"),
	 .value = SPAN_INIT(""),
	 .timestamp = TIMESTAMP_NONE},
	.before = {SPAN_INIT("purchases"), 9}},
    {.message = {.topic = SPAN_INIT("t"), .key = SPAN_INIT("")},
	.timed = true,
	.position = INSTANT_NEVER},
};

enum { ENTRIES = sizeof entries / sizeof entries[0] };

static void
same_text(struct span a, struct span b)
{
	assert_int_equal(a.at == NULL, b.at == NULL);
	assert_true(span_equals(a, b));
}

static void
same_place(struct record_name a, struct record_name b)
{
	assert_true(span_equals(a.topic, b.topic));
	assert_int_equal(a.offset, b.offset);
}

static void
same_entry(const struct outbox_entry *a, const struct outbox_entry *b)
{
	same_text(a->message.topic, b->message.topic);
	same_text(a->message.key, b->message.key);
	same_text(a->message.value, b->message.value);
	assert_int_equal(a->message.timestamp, b->message.timestamp);
	assert_int_equal(a->message.n_headers, b->message.n_headers);
	for (size_t i = 0; i < a->message.n_headers; i++) {
		same_text(
		    a->message.headers[i].name, b->message.headers[i].name);
		same_text(
		    a->message.headers[i].value, b->message.headers[i].value);
	}
	same_place(a->before, b->before);
	same_place(a->forced, b->forced);
	assert_int_equal(a->timed, b->timed);
	assert_int_equal(a->position, b->position);
}

static struct span
written(void)
{
	struct buffer b;

	buffer_init(&b, arena);
	for (size_t i = 0; i < ENTRIES; i++)
		outbox_add(&b, &entries[i]);
	return (buffer_span(&b));
}

static void
an_outbox_is_read_as_it_was_written(void **state)
{
	struct outbox outbox;
	struct failure why;

	(void)state;
	assert_int_equal(outbox_read(written(), arena, &outbox, &why), DONE);
	assert_int_equal(outbox.n, ENTRIES);
	for (size_t i = 0; i < ENTRIES; i++)
		same_entry(&outbox.entries[i], &entries[i]);
}

static void
no_bytes_are_no_entries(void **state)
{
	struct outbox outbox = {.n = 1};

	(void)state;
	assert_int_equal(
	    outbox_read((struct span){NULL, 0}, arena, &outbox, NULL), DONE);
	assert_int_equal(outbox.n, 0);
}

static void
an_outbox_that_was_cut_anywhere_is_refused_or_shorter(void **state)
{
	struct span whole = written();

	(void)state;
	for (size_t n = 1; n < whole.length; n++) {
		struct outbox outbox;
		struct failure why;
		struct span cut = {whole.at, n};

		if (outbox_read(cut, arena, &outbox, &why) == DONE)
			assert_true(outbox.n < ENTRIES);
	}
}

static void
a_newer_outbox_is_refused(void **state)
{
	struct outbox outbox;
	struct failure why;

	(void)state;
	assert_int_equal(
	    outbox_read(SPAN("\2abc"), arena, &outbox, &why), REJECT);
	/* More headers than there are bytes: no memory is asked for. */
	assert_int_equal(outbox_read(SPAN("\1\1t\0\0\0\xff\xff\xff\xff\x7f"),
			     arena, &outbox, &why),
	    REJECT);
}

static int
setup(void **state)
{
	(void)state;
	arena = arena_new();
	return (0);
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return (0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(metadata_is_read_as_it_was_written),
	    cmocka_unit_test(what_others_wrote_is_not_ours),
	    cmocka_unit_test(an_outbox_is_read_as_it_was_written),
	    cmocka_unit_test(no_bytes_are_no_entries),
	    cmocka_unit_test(
		an_outbox_that_was_cut_anywhere_is_refused_or_shorter),
	    cmocka_unit_test(a_newer_outbox_is_refused),
	};

	return (cmocka_run_group_tests_name("outbox", tests, setup, teardown));
}
