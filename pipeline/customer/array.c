/*
 * Sorted arrays that grow in an arena: everything that a customer has many of
 * is one, because he is written in order and mostly grows at the end.
 */
#include "pipeline/customer/array.h"

enum { FIRST_ROOM = 4 };

void *
array_open(struct arena *arena, void *at, size_t n, size_t *room, size_t index,
    size_t size)
{
	char *bytes = at;

	if (n >= *room) {
		*room = n == 0 ? FIRST_ROOM : n * 2;
		bytes = arena_array(arena, *room, size);
		if (n > 0)
			(void)memcpy(bytes, at, n * size);
	}
	if (index < n)
		(void)memmove(bytes + (index + 1) * size, bytes + index * size,
		    (n - index) * size);
	(void)memset(bytes + index * size, 0, size);
	return (bytes);
}

void
array_close(void *at, size_t n, size_t index, size_t count, size_t size)
{
	char *bytes = at;

	if (index + count < n)
		(void)memmove(bytes + index * size,
		    bytes + (index + count) * size, (n - index - count) * size);
}
