#ifndef PIPELINE_BASE_ARENA_H
#define PIPELINE_BASE_ARENA_H

#include <stddef.h>

#include "pipeline/base/outcome.h"
#include "pipeline/base/span.h"

/*
 * Memory that is given out piece by piece and taken back all at once: a batch
 * has one for what it decodes and loads, an edition one for its rules.  Not
 * for use by two threads.  It never answers NULL: out of memory ends the
 * process, because the truth is in Redis and Kafka.
 */
struct arena;

struct arena *arena_new(void);
/* NULL is legal. */
void arena_free(struct arena *arena);
/* Everything given out is void; the memory is kept for the next use. */
void arena_reset(struct arena *arena);
/* Bytes given out since the last reset. */
size_t arena_used(const struct arena *arena);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
/* n pieces of size each, zeroed; n * size must not overflow (a bug if so). */
void *arena_array(struct arena *arena, size_t n, size_t size);
/* A copy of size bytes. */
void *arena_copy(struct arena *arena, const void *from, size_t size);
/* A copy of the bytes, followed by a NUL that does not count. */
struct span arena_span(struct arena *arena, struct span from);
/* A formatted text, followed by a NUL that does not count. */
struct span arena_print(struct arena *arena, const char *fmt, ...) PRINTF(2, 3);
struct span arena_vprint(struct arena *arena, const char *fmt, va_list args)
    PRINTF(2, 0);

/*
 * Something that is not made of this memory but lives as long: done(what) is
 * called when the memory is taken back, the last attended first.
 */
void arena_attend(struct arena *arena, void (*done)(void *what), void *what);

/* One thing of a type, and an array of things. */
#define ARENA_NEW(arena, type) ((type *)arena_alloc(arena, sizeof(type)))
#define ARENA_ARRAY(arena, n, type) \
	((type *)arena_array(arena, n, sizeof(type)))

#endif
