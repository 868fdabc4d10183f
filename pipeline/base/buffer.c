#include "pipeline/base/buffer.h"

#include <endian.h>
#include <stdio.h>

#include "pipeline/base/check.h"

enum {
	FIRST_ROOM = 256,
	VARINT_SHIFT = 7,
	VARINT_MORE = 0x80,
	VARINT_BITS = 0x7f,
	VARINT_MAX = 10, /* bytes of the longest; its last one is 0 or 1 */
};

void
buffer_init(struct buffer *b, struct arena *arena)
{
	*b = (struct buffer){.arena = arena};
}

struct span
buffer_span(const struct buffer *b)
{
	return ((struct span){b->at, b->length});
}

static void
grow(struct buffer *b, size_t more)
{
	size_t room = b->room == 0 ? FIRST_ROOM : b->room * 2;
	char *at;

	while (room - b->length < more)
		room *= 2;
	at = arena_alloc(b->arena, room);
	if (b->length > 0)
		(void)memcpy(at, b->at, b->length);
	b->at = at;
	b->room = room;
}

static inline char *
extend(struct buffer *b, size_t more)
{
	if (b->room - b->length < more)
		grow(b, more);
	b->length += more;
	return (b->at + b->length - more);
}

void
buffer_add(struct buffer *b, const void *bytes, size_t length)
{
	if (length > 0)
		(void)memcpy(extend(b, length), bytes, length);
}

void
buffer_span_add(struct buffer *b, struct span s)
{
	buffer_add(b, s.at, s.length);
}

void
buffer_char(struct buffer *b, char c)
{
	*extend(b, 1) = c;
}

void
buffer_print(struct buffer *b, const char *fmt, ...)
{
	va_list args;
	char *at;
	int length;

	va_start(args, fmt);
	length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	CHECK(length >= 0);
	at = extend(b, (size_t)length + 1);
	va_start(args, fmt);
	(void)vsnprintf(at, (size_t)length + 1, fmt, args);
	va_end(args);
	b->length--;
}

void
buffer_u8(struct buffer *b, uint8_t v)
{
	buffer_char(b, (char)v);
}

void
buffer_u32(struct buffer *b, uint32_t v)
{
	uint32_t little = htole32(v);

	(void)memcpy(extend(b, sizeof little), &little, sizeof little);
}

void
buffer_u64(struct buffer *b, uint64_t v)
{
	uint64_t little = htole64(v);

	(void)memcpy(extend(b, sizeof little), &little, sizeof little);
}

void
buffer_varint(struct buffer *b, uint64_t v)
{
	char *begin = extend(b, VARINT_MAX);
	char *at = begin;

	for (; v > VARINT_BITS; v >>= VARINT_SHIFT)
		*at++ = (char)((v & VARINT_BITS) | VARINT_MORE);
	*at++ = (char)v;
	b->length -= VARINT_MAX - (size_t)(at - begin);
}

void
buffer_zigzag(struct buffer *b, int64_t v)
{
	buffer_varint(b, ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0));
}

void
buffer_double(struct buffer *b, double v)
{
	uint64_t bits;

	(void)memcpy(&bits, &v, sizeof bits);
	buffer_u64(b, bits);
}

void
buffer_text(struct buffer *b, struct span s)
{
	buffer_varint(b, s.length);
	buffer_span_add(b, s);
}

struct reader
reader_of(struct span s)
{
	/* The empty span may have no pointer to add to. */
	return ((struct reader){
	    s.at, s.length == 0 ? s.at : s.at + s.length, false});
}

size_t
reader_left(const struct reader *r)
{
	return (r->broken ? 0 : (size_t)(r->end - r->at));
}

struct span
reader_bytes(struct reader *r, size_t length)
{
	struct span s = {r->at, length};

	if (reader_left(r) < length) {
		r->broken = true;
		return ((struct span){NULL, 0});
	}
	r->at += length;
	return (s);
}

/* `to` is untouched if there are not so many. */
static inline void
get(struct reader *r, void *to, size_t bytes)
{
	if (reader_left(r) < bytes) {
		r->broken = true;
		return;
	}
	(void)memcpy(to, r->at, bytes);
	r->at += bytes;
}

uint8_t
reader_u8(struct reader *r)
{
	uint8_t v = 0;

	get(r, &v, sizeof v);
	return (v);
}

uint32_t
reader_u32(struct reader *r)
{
	uint32_t little = 0;

	get(r, &little, sizeof little);
	return (le32toh(little));
}

uint64_t
reader_u64(struct reader *r)
{
	uint64_t little = 0;

	get(r, &little, sizeof little);
	return (le64toh(little));
}

uint64_t
reader_varint(struct reader *r)
{
	size_t left = reader_left(r);
	uint64_t v = 0;

	for (size_t i = 0; i < VARINT_MAX && i < left; i++) {
		uint8_t byte = (uint8_t)r->at[i];

		if (i == VARINT_MAX - 1 && byte > 1)
			break;
		v |= (uint64_t)(byte & VARINT_BITS) << (i * VARINT_SHIFT);
		if ((byte & VARINT_MORE) == 0) {
			r->at += i + 1;
			return (v);
		}
	}
	r->broken = true;
	return (0);
}

int64_t
reader_zigzag(struct reader *r)
{
	uint64_t v = reader_varint(r);

	return ((int64_t)((v >> 1) ^ (0 - (v & 1))));
}

double
reader_double(struct reader *r)
{
	uint64_t bits = reader_u64(r);
	double v;

	(void)memcpy(&v, &bits, sizeof v);
	return (v);
}

struct span
reader_text(struct reader *r)
{
	return (reader_bytes(r, reader_varint(r)));
}
