#include "config/nearest.h"

#include <ctype.h>

#include "pipeline/base/buffer.h"

enum {
	WORD_MAX = 64,
	CANDIDATES_MAX = 3,
	LISTED_MAX = 40, /* names, when none is near */
};

/* A word without case and separators: futureTolerance = future_tolerance. */
struct letters {
	char at[WORD_MAX];
	size_t length;
};

static struct letters
letters_of(struct span name)
{
	struct letters w = {.length = 0};

	for (size_t i = 0; i < name.length && w.length < WORD_MAX; i++) {
		unsigned char c = (unsigned char)name.at[i];

		if (c != '_' && c != '-')
			w.at[w.length++] = (char)tolower(c);
	}
	return (w);
}

static size_t
least(size_t a, size_t b)
{
	return (a < b ? a : b);
}

/* Optimal string alignment: rows i - 2, i - 1 and i of the usual table. */
static size_t
distance(const struct letters *a, const struct letters *b)
{
	size_t rows[3][WORD_MAX + 1];

	for (size_t j = 0; j <= b->length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a->length; i++) {
		size_t *now = rows[i % 3];
		const size_t *last = rows[(i - 1) % 3];
		const size_t *older = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b->length; j++) {
			size_t differ = a->at[i - 1] != b->at[j - 1];

			now[j] = least(least(last[j], now[j - 1]) + 1,
			    last[j - 1] + differ);
			if (i > 1 && j > 1 && a->at[i - 1] == b->at[j - 2] &&
			    a->at[i - 2] == b->at[j - 1])
				now[j] = least(now[j], older[j - 2] + 1);
		}
	}
	return (rows[a->length % 3][b->length]);
}

/* How many edits still count as a slip. */
static size_t
slips(const struct letters *wanted)
{
	return (wanted->length / 3 > 1 ? wanted->length / 3 : 1);
}

bool
names_near(struct span a, struct span b)
{
	struct letters x = letters_of(a);
	struct letters y = letters_of(b);

	return (distance(&x, &y) <= slips(&x));
}

static bool
among(struct span name, const struct span *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (span_equals(names[i], name))
			return (true);
	}
	return (false);
}

/* The nearest, all equally near; how many. */
static size_t
find_candidates(struct span name, const struct span *names, size_t n_names,
    struct span best[CANDIDATES_MAX])
{
	struct letters wanted = letters_of(name);
	size_t nearest = slips(&wanted);
	size_t n = 0;

	for (size_t i = 0; i < n_names; i++) {
		struct letters letters = letters_of(names[i]);
		size_t d = distance(&wanted, &letters);

		if (d < nearest) {
			nearest = d;
			n = 0;
		}
		if (d == nearest && n < CANDIDATES_MAX &&
		    !among(names[i], best, n))
			best[n++] = names[i];
	}
	return (n);
}

struct span
nearest_help(struct arena *arena, struct span name, const struct span *names,
    size_t n_names)
{
	struct span best[CANDIDATES_MAX];
	size_t n = find_candidates(name, names, n_names, best);
	struct buffer b;

	buffer_init(&b, arena);
	if (n > 0) {
		buffer_print(&b, "did you mean ");
		for (size_t i = 0; i < n; i++)
			buffer_print(&b, "%s'%.*s'",
			    i == 0      ? ""
			    : i + 1 < n ? ", "
					: " or ",
			    SPAN_ARGS(best[i]));
		buffer_char(&b, '?');
	} else if (n_names > 0 && n_names <= LISTED_MAX) {
		buffer_print(&b, "one of: ");
		for (size_t i = 0; i < n_names; i++)
			buffer_print(&b, "%s%.*s", i == 0 ? "" : ", ",
			    SPAN_ARGS(names[i]));
	}
	buffer_char(&b, '\0');
	return ((struct span){b.at, b.length - 1});
}
