/* "Did you mean": the distance of Damerau and Levenshtein, bounded. */
#include "pipeline/cel/host.h"

enum { NAME_MAX_NEAR = 64 };

static size_t
least(size_t a, size_t b)
{
	return (a < b ? a : b);
}

/*
 * Insertions, deletions, replacements and swaps of neighbours between two
 * names, by three rows of the usual table.
 */
static size_t
distance(struct span a, struct span b)
{
	size_t rows[3][NAME_MAX_NEAR + 1];
	size_t *before = rows[0];
	size_t *last = rows[1];
	size_t *row = rows[2];

	for (size_t j = 0; j <= b.length; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.length; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t j = 1; j <= b.length; j++) {
			bool same = a.at[i - 1] == b.at[j - 1];

			row[j] = least(least(last[j], row[j - 1]) + 1,
			    last[j - 1] + !same);
			if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] &&
			    a.at[i - 2] == b.at[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = oldest;
	}
	return (last[b.length]);
}

struct span
cel_nearest(struct span name, const struct span *names, size_t n_names)
{
	enum { SHARE = 3 };
	size_t limit = name.length / SHARE > 1 ? name.length / SHARE : 1;
	struct span found = {0};

	if (name.length > NAME_MAX_NEAR)
		return (found);
	for (size_t i = 0; i < n_names; i++) {
		size_t d;

		if (names[i].length > NAME_MAX_NEAR)
			continue;
		d = distance(name, names[i]);
		if (d > limit || (found.at != NULL && d == limit))
			continue;
		found = names[i];
		limit = d;
	}
	return (found);
}
