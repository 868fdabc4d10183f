#ifndef PIPELINE_BASE_BUFFER_H
#define PIPELINE_BASE_BUFFER_H

#include <stdint.h>

#include "pipeline/base/arena.h"
#include "pipeline/base/span.h"

/*
 * Bytes that grow inside an arena: what encoders write to.  `bytes` is the
 * text so far; it moves when the buffer grows.  Integers are little-endian or
 * varints (LEB128: seven bits a byte, the lowest first; signed ones zigzag).
 */
struct buffer {
	struct arena *arena;
	char *at;
	size_t length;
	size_t room;
};

void buffer_init(struct buffer *b, struct arena *arena);
struct span buffer_span(const struct buffer *b);

void buffer_add(struct buffer *b, const void *bytes, size_t length);
void buffer_span_add(struct buffer *b, struct span s);
void buffer_char(struct buffer *b, char c);
void buffer_print(struct buffer *b, const char *fmt, ...) PRINTF(2, 3);

void buffer_u8(struct buffer *b, uint8_t v);
void buffer_u32(struct buffer *b, uint32_t v);
void buffer_u64(struct buffer *b, uint64_t v);
void buffer_varint(struct buffer *b, uint64_t v);
void buffer_zigzag(struct buffer *b, int64_t v);
/* The IEEE-754 bits of a double. */
void buffer_double(struct buffer *b, double v);
/* A length as a varint, then the bytes. */
void buffer_text(struct buffer *b, struct span s);

/*
 * The exact inverse, over bytes that somebody else owns.  A read past the end
 * or of a varint over 64 bits sets `broken`, answers 0 or the empty span, and
 * so does each read after it: a decoder looks once, at its end.
 */
struct reader {
	const char *at;
	const char *end;
	bool broken;
};

struct reader reader_of(struct span s);
uint8_t reader_u8(struct reader *r);
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);
uint64_t reader_varint(struct reader *r);
int64_t reader_zigzag(struct reader *r);
double reader_double(struct reader *r);
struct span reader_text(struct reader *r);
struct span reader_bytes(struct reader *r, size_t length);
size_t reader_left(const struct reader *r);

#endif
