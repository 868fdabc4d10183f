#include "daemon/log_repeat.h"

/* The older, the sooner it is given to another line; a free one first. */
static bool
is_older(const struct repeat *a, const struct repeat *b)
{
	if (a->line == 0 || b->line == 0)
		return (a->line == 0 && b->line != 0);
	return (a->since < b->since);
}

bool
repeats_pass(struct repeats *repeats, uint64_t line, int level,
    const char *message, int64_t now)
{
	struct repeat *idle = NULL;
	struct repeat *row = repeats->rows;

	for (; row < repeats->rows + REPEATS_KEPT; row++) {
		if (row->line == line) {
			row->held++;
			return (false);
		}
		/* A row that has something to tell waits for repeats_over. */
		if (row->held == 0 && (idle == NULL || is_older(row, idle)))
			idle = row;
	}
	if (idle != NULL)
		*idle = (struct repeat){.line = line,
		    .since = now,
		    .message = message,
		    .level = level};
	return (true);
}

bool
repeats_over(struct repeats *repeats, int64_t now, bool all, struct repeat *ret)
{
	struct repeat *row = repeats->rows;

	for (; row < repeats->rows + REPEATS_KEPT; row++) {
		if (row->line == 0 ||
		    (!all && now - row->since < REPEAT_WINDOW_MS))
			continue;
		*ret = *row;
		*row = (struct repeat){0};
		return (true);
	}
	return (false);
}
