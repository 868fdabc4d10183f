#include <stdint.h>
#include <stdlib.h>

#include "pipeline/base/utf8.h"
#include "pipeline/event/dead_letter.h"
#include "tests/unit/schema_fixture.h"

/*
 * Any bytes as the value of a record, of any stream of the shop: the first
 * byte chooses it.  What is read keeps the promises of event.h; what is not
 * has a reason, words, and a dead letter.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2025-03-17T08:00:00Z */
#define ARRIVAL INT64_C(1742198400000)

static void
promise(bool kept)
{
	if (!kept)
		abort();
}

static void
check_value(struct value v)
{
	promise(v.kind == VALUE_NULL || v.kind == VALUE_STRING ||
		v.kind == VALUE_INT || v.kind == VALUE_MONEY ||
		v.kind == VALUE_TIMESTAMP || v.kind == VALUE_DATE);
	if (v.kind == VALUE_STRING)
		promise(
		    v.length <= EVENT_TEXT_MAX && utf8_valid(value_text(v)));
}

static void
check_event(const struct event *e)
{
	promise(e->id.length > 0 && e->id.length <= EVENT_TEXT_MAX);
	promise(utf8_valid(e->id));
	promise(e->a == ARRIVAL && e->e <= e->a && e->e <= e->raw);
	promise(e->raw <= e->a + fixture_schema.future_tolerance);
	for (size_t i = 0; i < e->stream->n_fields; i++)
		check_value(e->fields[i]);
	promise(e->n_changes <= FIXTURE_PROFILE_FIELDS);
	for (size_t i = 0; i < e->n_changes; i++)
		check_value(e->changes[i].value);
}

static void
check_letter(struct arena *arena, const struct record *record,
    enum dead_reason reason, const struct failure *why)
{
	enum { LIMIT = 4096 };
	struct dead_letter letter = {
	    .record = record, .reason = reason, .why = why};
	struct message m;

	letter.stream_topic = fixture_streams[record->stream].topic;
	promise(why->text[0] != '\0');
	m = dead_letter_encode(arena, &letter, SPAN("dead"), LIMIT);
	promise(message_wire_size(&m) <= LIMIT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct decoder *decoder;
	static struct arena *arena;
	struct record record = {.arrival = ARRIVAL, .key = SPAN("c1")};
	struct event event;
	enum dead_reason reason;
	struct failure why = {{0}};

	if (size == 0)
		return (0);
	if (decoder == NULL) {
		decoder = decoder_new(&fixture_schema);
		arena = arena_new();
	}
	record.stream = data[0] % FIXTURE_STREAMS;
	record.value = (struct span){(const char *)data + 1, size - 1};
	if (decoder_read(decoder, &record, arena, &event, &reason, &why) ==
	    DONE)
		check_event(&event);
	else
		check_letter(arena, &record, reason, &why);
	arena_reset(arena);
	return (0);
}
