#include "pipeline/base/buffer.h"

#include <stdio.h>

#include "pipeline/base/check.h"

enum {
	FIRST_ROOM = 256,
	VARINT_SHIFT = 7,
	VARINT_MORE = 0x80,
	VARINT_BITS = 0x7f,
	WORD_BITS = 64,
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

static char *
grow(struct buffer *b, size_t more)
{
	if (b->room - b->length < more) {
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
	b->length += more;
	return (b->at + b->length - more);
}

void
buffer_add(struct buffer *b, const void *bytes, size_t length)
{
	if (length > 0)
		(void)memcpy(grow(b, length), bytes, length);
}

void
buffer_span_add(struct buffer *b, struct span s)
{
	buffer_add(b, s.at, s.length);
}

void
buffer_char(struct buffer *b, char c)
{
	*grow(b, 1) = c;
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
	at = grow(b, (size_t)length + 1);
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

static void
put_little_endian(struct buffer *b, uint64_t v, size_t bytes)
{
	char *at = grow(b, bytes);

	for (size_t i = 0; i < bytes; i++)
		at[i] = (char)(v >> (i * 8));
}

void
buffer_u32(struct buffer *b, uint32_t v)
{
	put_little_endian(b, v, sizeof v);
}

void
buffer_u64(struct buffer *b, uint64_t v)
{
	put_little_endian(b, v, sizeof v);
}

void
buffer_varint(struct buffer *b, uint64_t v)
{
	for (; v > VARINT_BITS; v >>= VARINT_SHIFT)
		buffer_u8(b, (uint8_t)((v & VARINT_BITS) | VARINT_MORE));
	buffer_u8(b, (uint8_t)v);
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

static uint64_t
get_little_endian(struct reader *r, size_t bytes)
{
	struct span s = reader_bytes(r, bytes);
	uint64_t v = 0;

	for (size_t i = 0; i < s.length; i++)
		v |= (uint64_t)(uint8_t)s.at[i] << (i * 8);
	return (v);
}

uint8_t
reader_u8(struct reader *r)
{
	return ((uint8_t)get_little_endian(r, sizeof(uint8_t)));
}

uint32_t
reader_u32(struct reader *r)
{
	return ((uint32_t)get_little_endian(r, sizeof(uint32_t)));
}

uint64_t
reader_u64(struct reader *r)
{
	return (get_little_endian(r, sizeof(uint64_t)));
}

uint64_t
reader_varint(struct reader *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < WORD_BITS; shift += VARINT_SHIFT) {
		uint8_t byte = reader_u8(r);

		if (shift + VARINT_SHIFT > WORD_BITS && byte > 1)
			break;
		v |= (uint64_t)(byte & VARINT_BITS) << shift;
		if ((byte & VARINT_MORE) == 0)
			return (v);
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
