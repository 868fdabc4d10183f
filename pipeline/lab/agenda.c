#include "pipeline/lab/agenda.h"

#include <stdlib.h>

#include "pipeline/base/check.h"

enum { FIRST_ROOM = 1024 };

void
agenda_done(struct agenda *agenda)
{
	free(agenda->plans);
}

static bool
before(const struct plan *a, const struct plan *b)
{
	return (a->at != b->at ? a->at < b->at : a->order < b->order);
}

static void
swap(struct plan *a, struct plan *b)
{
	struct plan between = *a;

	*a = *b;
	*b = between;
}

void
agenda_add(struct agenda *agenda, const struct plan *plan)
{
	size_t i = agenda->n++;

	if (i == agenda->room) {
		agenda->room = i == 0 ? FIRST_ROOM : 2 * i;
		agenda->plans = realloc(
		    agenda->plans, agenda->room * sizeof *agenda->plans);
		CHECK(agenda->plans != NULL);
	}
	agenda->plans[i] = *plan;
	agenda->plans[i].order = agenda->added++;
	for (; i > 0; i = (i - 1) / 2) {
		struct plan *parent = &agenda->plans[(i - 1) / 2];

		if (!before(&agenda->plans[i], parent))
			break;
		swap(&agenda->plans[i], parent);
	}
}

const struct plan *
agenda_first(const struct agenda *agenda)
{
	return (agenda->n == 0 ? NULL : &agenda->plans[0]);
}

struct plan
agenda_take(struct agenda *agenda)
{
	struct plan first;
	size_t i = 0;

	CHECK(agenda->n > 0);
	first = agenda->plans[0];
	agenda->plans[0] = agenda->plans[--agenda->n];
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= agenda->n)
			return (first);
		if (child + 1 < agenda->n &&
		    before(&agenda->plans[child + 1], &agenda->plans[child]))
			child++;
		if (!before(&agenda->plans[child], &agenda->plans[i]))
			return (first);
		swap(&agenda->plans[i], &agenda->plans[child]);
		i = child;
	}
}
