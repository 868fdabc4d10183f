#include <stdint.h>
#include <stdlib.h>

#include "pipeline/base/utf8.h"
#include "pipeline/event/decode.h"
#include "tests/unit/schema_fixture.h"

/*
 * A record cut out of any bytes: a stream, a key, headers and a value, each
 * with its length in one byte before it and the value last.  The first bit of
 * a header's byte says whether its name is one that CloudEvents knows, so that
 * the fuzzer need not guess it.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	HEADERS_MAX = 8,
	KNOWN_NAME = 0x80,
	LENGTH_MASK = 0x7f,
};

/* 2025-03-17T08:00:00Z */
#define ARRIVAL INT64_C(1742198400000)

static const struct span names[] = {FIXTURE_SPAN("content-type"),
    FIXTURE_SPAN("ce_id"), FIXTURE_SPAN("ce_type"), FIXTURE_SPAN("ce_time"),
    FIXTURE_SPAN("traceparent"), FIXTURE_SPAN("ce_traceparent")};

static struct span
take(struct span *left, size_t length)
{
	struct span s = {
	    left->at, length < left->length ? length : left->length};

	left->at += s.length;
	left->length -= s.length;
	return (s);
}

static unsigned
take_byte(struct span *left)
{
	struct span s = take(left, 1);

	return (s.length == 0 ? 0 : (uint8_t)s.at[0]);
}

static struct header
take_header(struct span *left)
{
	unsigned byte = take_byte(left);
	struct header header;

	if ((byte & KNOWN_NAME) != 0)
		header.name =
		    names[(byte & LENGTH_MASK) % FIXTURE_COUNT(names)];
	else
		header.name = take(left, byte);
	header.value = take(left, take_byte(left) & LENGTH_MASK);
	return (header);
}

static void
promise(bool kept)
{
	if (!kept)
		abort();
}

static void
check_event(const struct event *e)
{
	promise(utf8_valid(e->customer) && e->customer.length > 0 &&
		e->customer.length <= CUSTOMER_ID_MAX);
	promise(utf8_valid(e->id) && e->id.length > 0);
	promise(e->e <= ARRIVAL && e->e <= e->raw);
	promise(utf8_valid(e->traceparent));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct decoder *decoder;
	static struct arena *arena;
	struct header headers[HEADERS_MAX];
	struct record record = {.arrival = ARRIVAL, .headers = headers};
	struct span left = {(const char *)data, size};
	struct event event;
	enum dead_reason reason;
	struct failure why = {{0}};

	if (decoder == NULL) {
		decoder = decoder_new(&fixture_schema);
		arena = arena_new();
	}
	record.stream = (int)(take_byte(&left) % FIXTURE_STREAMS);
	record.key = take(&left, take_byte(&left));
	record.n_headers = take_byte(&left) % HEADERS_MAX;
	for (size_t i = 0; i < record.n_headers; i++)
		headers[i] = take_header(&left);
	record.value = left;
	if (decoder_read(decoder, &record, arena, &event, &reason, &why) ==
	    DONE)
		check_event(&event);
	else
		promise(why.text[0] != '\0');
	arena_reset(arena);
	return (0);
}
