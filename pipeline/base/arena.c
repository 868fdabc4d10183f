#include "pipeline/base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/base/check.h"

enum {
	CHUNK_SIZE = 256 * 1024,
	ALIGNMENT = 16,
};

struct chunk {
	struct chunk *next;
	size_t size;
	size_t used;
	_Alignas(ALIGNMENT) char bytes[];
};

/* A thing of another maker that ends with the arena. */
struct attended {
	struct attended *next;
	void (*done)(void *what);
	void *what;
};

struct arena {
	struct chunk *first;
	struct chunk *current;
	size_t used;
	struct attended *attended;
};

static struct chunk *
chunk_new(size_t size)
{
	struct chunk *chunk = malloc(sizeof *chunk + size);

	CHECK(chunk != NULL);
	chunk->next = NULL;
	chunk->size = size;
	chunk->used = 0;
	return (chunk);
}

struct arena *
arena_new(void)
{
	struct arena *arena = malloc(sizeof *arena);

	CHECK(arena != NULL);
	arena->first = arena->current = chunk_new(CHUNK_SIZE);
	arena->used = 0;
	arena->attended = NULL;
	return (arena);
}

static void
free_from(struct chunk *chunk)
{
	while (chunk != NULL) {
		struct chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

static void
end_attended(struct arena *arena)
{
	struct attended *attended = arena->attended;

	arena->attended = NULL;
	for (; attended != NULL; attended = attended->next)
		attended->done(attended->what);
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	end_attended(arena);
	free_from(arena->first);
	free(arena);
}

/*
 * Chunks larger than the ordinary one were made for one large piece: they go
 * back, so that a single huge batch does not stay resident for ever.
 */
void
arena_reset(struct arena *arena)
{
	struct chunk **link = &arena->first->next;

	end_attended(arena);
	while (*link != NULL) {
		struct chunk *chunk = *link;

		if (chunk->size > CHUNK_SIZE) {
			*link = chunk->next;
			free(chunk);
		} else {
			chunk->used = 0;
			link = &chunk->next;
		}
	}
	arena->first->used = 0;
	arena->current = arena->first;
	arena->used = 0;
}

size_t
arena_used(const struct arena *arena)
{
	return (arena->used);
}

static void
add_chunk(struct arena *arena, size_t size)
{
	struct chunk *chunk;

	if (size <= CHUNK_SIZE && arena->current->next != NULL &&
	    arena->current->next->used == 0) {
		arena->current = arena->current->next;
		return;
	}
	chunk = chunk_new(size > CHUNK_SIZE ? size : CHUNK_SIZE);
	chunk->next = arena->current->next;
	arena->current->next = chunk;
	arena->current = chunk;
}

static void *
take(struct arena *arena, size_t size)
{
	void *piece;

	CHECK(size < SIZE_MAX / 2);
	size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (arena->current->size - arena->current->used < size)
		add_chunk(arena, size);
	piece = arena->current->bytes + arena->current->used;
	arena->current->used += size;
	arena->used += size;
	return (piece);
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	return (memset(take(arena, size), 0, size));
}

void *
arena_array(struct arena *arena, size_t n, size_t size)
{
	CHECK(size == 0 || n < SIZE_MAX / 2 / size);
	return (arena_alloc(arena, n * size));
}

void *
arena_copy(struct arena *arena, const void *from, size_t size)
{
	void *piece = take(arena, size);

	return (size == 0 ? piece : memcpy(piece, from, size));
}

struct span
arena_span(struct arena *arena, struct span from)
{
	char *copy = take(arena, from.length + 1);

	if (from.length > 0)
		(void)memcpy(copy, from.at, from.length);
	copy[from.length] = '\0';
	return ((struct span){copy, from.length});
}

struct span
arena_vprint(struct arena *arena, const char *fmt, va_list args)
{
	va_list again;
	char *text;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	CHECK(length >= 0);
	text = take(arena, (size_t)length + 1);
	(void)vsnprintf(text, (size_t)length + 1, fmt, args);
	return ((struct span){text, (size_t)length});
}

struct span
arena_print(struct arena *arena, const char *fmt, ...)
{
	struct span text;
	va_list args;

	va_start(args, fmt);
	text = arena_vprint(arena, fmt, args);
	va_end(args);
	return (text);
}

void
arena_attend(struct arena *arena, void (*done)(void *what), void *what)
{
	struct attended *attended = ARENA_NEW(arena, struct attended);

	attended->next = arena->attended;
	attended->done = done;
	attended->what = what;
	arena->attended = attended;
}
