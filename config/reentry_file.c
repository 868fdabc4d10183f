/*
 * How soon a rule may fire again: always, never, a length of time (30d), or a
 * time of the calendar in the form of ISO 8601 (P1M, P1Y, P2W, P1DT12H).
 */
#include "config/rule_file.h"

enum {
	YEAR_MONTHS = 12,
	WEEK_DAYS = 7,
	CALENDAR_MAX = 3653, /* days; months likewise: ten years */
};

/* A designator, what it counts, and whether it stands behind the T. */
static const struct part {
	char letter;
	bool in_day;
	int months;
	int days;
	duration_ms length;
} parts[] = {
    {'Y', false, YEAR_MONTHS, 0, 0},
    {'M', false, 1, 0, 0},
    {'W', false, 0, WEEK_DAYS, 0},
    {'D', false, 0, 1, 0},
    {'H', true, 0, 0, HOUR_MS},
    {'M', true, 0, 0, MINUTE_MS},
    {'S', true, 0, 0, SECOND_MS},
};

/* The next part from `from` on; NULL if there is none in order. */
static const struct part *
find_part(char letter, bool in_day, const struct part *from)
{
	for (; from < parts + ROWS(parts); from++) {
		if (from->letter == letter && from->in_day == in_day)
			return (from);
	}
	return (NULL);
}

/* "P1M": each part at most once and in order, at least one. */
static bool
calendar_parse(struct span text, struct reentry *ret)
{
	struct reentry sum = {.kind = REENTRY_MONTHS};
	const struct part *next = parts;
	bool in_day = false;
	size_t i = 1;

	while (i < text.length) {
		const struct part *part;
		int count = 0;
		size_t digits;

		if (text.at[i] == 'T' && !in_day) {
			in_day = true;
			i++;
		}
		for (digits = i; i < text.length && text.at[i] >= '0' &&
				 text.at[i] <= '9' && count <= CALENDAR_MAX;
		     i++)
			count = count * 10 + (text.at[i] - '0');
		if (i == digits || i == text.length || count > CALENDAR_MAX)
			return (false);
		part = find_part(text.at[i++], in_day, next);
		if (part == NULL)
			return (false);
		sum.months += part->months * count;
		sum.days += part->days * count;
		sum.length += part->length * count;
		next = part + 1;
	}
	if (sum.months > CALENDAR_MAX || sum.days > CALENDAR_MAX ||
	    (sum.months == 0 && sum.days == 0 && sum.length == 0))
		return (false);
	if (sum.months == 0 && sum.days == 0)
		sum.kind = REENTRY_AFTER;
	*ret = sum;
	return (true);
}

bool
read_reentry(struct binder *b, struct node *node, struct reentry *ret)
{
	struct failure why = {{0}};
	struct span text;

	if (!scalar_text(b, node, &text))
		return (false);
	*ret = (struct reentry){.kind = REENTRY_ALWAYS};
	if (span_equals(text, SPAN("always")))
		return (true);
	if (span_equals(text, SPAN("never"))) {
		ret->kind = REENTRY_NEVER;
		return (true);
	}
	if (text.at[0] == 'P' && calendar_parse(text, ret))
		return (true);
	if (text.at[0] != 'P' &&
	    duration_parse(text, &ret->length, &why) == DONE) {
		ret->kind = ret->length > 0 ? REENTRY_AFTER : REENTRY_ALWAYS;
		return (true);
	}
	refuse(b, node, "E012", "always, never, 30d (30 x 24 hours), or P1M",
	    "'%.*s' is no time after which a rule may fire again",
	    SPAN_ARGS(text));
	return (false);
}
