#ifndef TESTS_UNIT_DECODE_BENCH_H
#define TESTS_UNIT_DECODE_BENCH_H

/* Two decoders and what they read: of the shop, and of every type there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pipeline/base/buffer.h"
#include "pipeline/base/hash.h"
#include "pipeline/event/decode.h"
#include "tests/unit/schema_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* 2025-03-17T08:00:00Z, when all records here arrive. */
#define ARRIVAL      INT64_C(1742198400000)

/* One stream whose fields have every type there is. */
static const struct span sizes[] = {FIXTURE_SPAN("s"), FIXTURE_SPAN("m")};
static const struct field typed_fields[] = {
    FIXTURE_FIELD("string", FIELD_STRING),
    {.name = FIXTURE_SPAN("enum"),
	.type = FIELD_ENUM,
	.from = FIXTURE_SPAN("/enum"),
	.options = sizes,
	.n_options = COUNT(sizes)},
    FIXTURE_FIELD("int", FIELD_INT),
    FIXTURE_FIELD("double", FIELD_DOUBLE),
    FIXTURE_FIELD("bool", FIELD_BOOL),
    FIXTURE_FIELD("money", FIELD_MONEY),
    {.name = FIXTURE_SPAN("minor"),
	.type = FIELD_MONEY,
	.minor = true,
	.from = FIXTURE_SPAN("/minor")},
    FIXTURE_FIELD("timestamp", FIELD_TIMESTAMP),
    FIXTURE_FIELD("date", FIELD_DATE),
    FIXTURE_FIELD("timezone", FIELD_TIMEZONE),
    FIXTURE_FIELD("country", FIELD_COUNTRY),
    {.name = FIXTURE_SPAN("deep"),
	.type = FIELD_INT,
	.from = FIXTURE_SPAN("/a/1/b~1c")},
    {.name = FIXTURE_SPAN("needed"),
	.type = FIELD_BOOL,
	.required = true,
	.from = FIXTURE_SPAN("/needed")},
};
static const struct span typed_types[] = {
    FIXTURE_SPAN("thing.done"), FIXTURE_SPAN("thing.undone")};
/* No time of its own, and only two types of CloudEvents. */
static const struct stream typed_stream[] = {
    {.name = FIXTURE_SPAN("typed"),
	.topic = FIXTURE_SPAN("typed"),
	.role = ROLE_FEEDBACK,
	.fields = typed_fields,
	.n_fields = COUNT(typed_fields),
	.key_from = FIXTURE_SPAN("/customer_id"),
	.id_from = FIXTURE_SPAN("/id"),
	.id_field = NO_FIELD,
	.amount_field = NO_FIELD,
	.order_field = NO_FIELD,
	.kind_field = NO_FIELD,
	.types = typed_types,
	.n_types = COUNT(typed_types)},
};

struct bench {
	struct schema typed; /* the fixture with typed_stream alone */
	struct decoder *shop_decoder;
	struct decoder *typed_decoder;
	struct arena *arena;
	struct event event;
	enum dead_reason reason;
	struct failure why;
};

static inline int
set_up(void **state)
{
	struct bench *b = calloc(1, sizeof *b);

	assert_non_null(b);
	b->typed = fixture_schema;
	b->typed.streams = typed_stream;
	b->typed.n_streams = COUNT(typed_stream);
	b->shop_decoder = decoder_new(&fixture_schema);
	b->typed_decoder = decoder_new(&b->typed);
	b->arena = arena_new();
	*state = b;
	return (0);
}

static inline int
tear_down(void **state)
{
	struct bench *b = *state;

	decoder_free(b->shop_decoder);
	decoder_free(b->typed_decoder);
	arena_free(b->arena);
	free(b);
	return (0);
}

static inline struct record
record_of(int stream, struct span value)
{
	return ((struct record){
	    .stream = stream,
	    .partition = 3,
	    .offset = 42,
	    .timestamp = ARRIVAL,
	    .arrival = ARRIVAL,
	    .key = SPAN("c1"),
	    .value = value,
	});
}

static inline enum outcome
read_shop(struct bench *b, const struct record *record)
{
	b->why.text[0] = '\0';
	return (decoder_read(
	    b->shop_decoder, record, b->arena, &b->event, &b->reason, &b->why));
}

static inline enum outcome
read_typed(struct bench *b, const struct record *record)
{
	b->why.text[0] = '\0';
	return (decoder_read(b->typed_decoder, record, b->arena, &b->event,
	    &b->reason, &b->why));
}

static inline void
assert_span(struct span got, const char *want)
{
	if (!span_equals(got, span_of(want)))
		fail_msg("got '%.*s', want '%s'", SPAN_ARGS(got), want);
}

static inline void
assert_dead(struct bench *b, enum outcome outcome, const char *reason,
    const char *about)
{
	if (outcome != REJECT)
		fail_msg("%s: outcome %d", about, outcome);
	if (strcmp(dead_reason_name(b->reason), reason) != 0)
		fail_msg("%s: %s (%s), want %s", about,
		    dead_reason_name(b->reason), b->why.text, reason);
	assert_true(b->why.text[0] != '\0');
}

static inline void
assert_read(struct bench *b, enum outcome outcome, const char *about)
{
	if (outcome != DONE)
		fail_msg("%s: %s: %s", about, dead_reason_name(b->reason),
		    b->why.text);
}

#define BIG    "9223372036854775807"
#define NEEDED ",\"id\":1,\"needed\":true}"

static inline void
assert_value(struct value got, struct value want, const char *about)
{
	bool same = got.kind == want.kind;

	if (same && want.kind == VALUE_STRING)
		same = span_equals(value_text(got), value_text(want));
	else if (same && want.kind == VALUE_BOOL)
		same = got.truth == want.truth;
	else if (same && want.kind == VALUE_DOUBLE)
		same = got.d >= want.d && got.d <= want.d;
	else if (same && want.kind != VALUE_NULL)
		same = got.i == want.i;
	if (!same)
		fail_msg(
		    "%s: got kind %d, %lld", about, got.kind, (long long)got.i);
}

#endif
