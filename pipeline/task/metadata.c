#include "pipeline/task/metadata.h"

#include <inttypes.h>

#include "pipeline/base/check.h"

struct span
metadata_print(struct arena *arena, const struct metadata *metadata)
{
	const struct position *f = &metadata->bound;
	struct span customer = f->end ? SPAN("") : f->customer;

	CHECK(metadata->id.length > 0);
	return (arena_print(arena,
	    "v1 i=%.*s b=%" PRId64 " e=%" PRId64 " w=%" PRId64 " f=%" PRId64
	    "%s%.*s",
	    SPAN_ARGS(metadata->id), metadata->batch, metadata->epoch,
	    metadata->wall, f->instant, f->end ? "" : ":",
	    SPAN_ARGS(customer)));
}

/* Pass `word` at the start of the text. */
static bool
pass(struct span *text, struct span word)
{
	if (text->length < word.length ||
	    memcmp(text->at, word.at, word.length) != 0)
		return (false);
	text->at += word.length;
	text->length -= word.length;
	return (true);
}

/* Up to the next blank, or the end. */
static struct span
take_word(struct span *text)
{
	struct span word = {text->at, 0};

	while (word.length < text->length && word.at[word.length] != ' ')
		word.length++;
	text->at += word.length;
	text->length -= word.length;
	return (word);
}

/* A number as it is printed: no leading zeros, no "-0". */
static bool
take_number(struct span *text, int64_t *ret)
{
	bool negative = pass(text, SPAN("-"));
	uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);
	uint64_t value = 0;
	size_t n = 0;

	while (n < text->length && text->at[n] >= '0' && text->at[n] <= '9') {
		uint64_t digit = (uint64_t)(text->at[n] - '0');

		if (value > (limit - digit) / 10)
			return (false);
		value = value * 10 + digit;
		n++;
	}
	if (n == 0 || (text->at[0] == '0' && (n > 1 || negative)))
		return (false);
	*ret = negative ? (int64_t)(0 - value) : (int64_t)value;
	text->at += n;
	text->length -= n;
	return (true);
}

static bool
take_bound(struct span *text, struct position *ret)
{
	if (!take_number(text, &ret->instant))
		return (false);
	ret->customer = (struct span){NULL, 0};
	ret->end = text->length == 0;
	if (ret->end)
		return (true);
	if (!pass(text, SPAN(":")) || text->length == 0)
		return (false);
	ret->customer = *text;
	return (true);
}

bool
metadata_read(struct span text, struct metadata *ret)
{
	struct metadata m;

	if (!pass(&text, SPAN("v1 i=")))
		return (false);
	m.id = take_word(&text);
	if (m.id.length == 0 || !pass(&text, SPAN(" b=")) ||
	    !take_number(&text, &m.batch) || !pass(&text, SPAN(" e=")) ||
	    !take_number(&text, &m.epoch) || !pass(&text, SPAN(" w=")) ||
	    !take_number(&text, &m.wall) || !pass(&text, SPAN(" f=")) ||
	    !take_bound(&text, &m.bound))
		return (false);
	*ret = m;
	return (true);
}
