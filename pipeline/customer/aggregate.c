/*
 * The aggregates over the entries of a window.  Sums go from the earliest
 * entry to the latest, so that a sum of doubles is the same at each try.
 */
#include "pipeline/customer/aggregate.h"

#include <stdlib.h>

#include "pipeline/base/money.h"

static const char NOTHING[] = "no entry in the window";
static const char OVERFLOW[] = "sum out of range";
static const char NO_SUCH[] = "not an aggregate of this field";

static enum field_type
type_of(const struct window_query *query)
{
	if (query->field == WINDOW_AMOUNT)
		return (FIELD_MONEY);
	if (query->field < 0)
		return (FIELD_TIMESTAMP);
	return (query->stream->fields[query->field].type);
}

void
tally_start(struct tally *tally, const struct window_query *query, size_t most,
    struct arena *arena)
{
	*tally = (struct tally){.query = query, .type = type_of(query)};
	if (query->aggregate == AGGREGATE_DISTINCT ||
	    query->aggregate == AGGREGATE_TOP)
		tally->seen = ARENA_ARRAY(arena, most, struct value);
}

struct value
tally_field(const struct window_query *query, const struct entry *entry)
{
	if (query->field == WINDOW_AMOUNT)
		return (value_money(entry_net(entry)));
	if (query->field == WINDOW_AT)
		return (value_timestamp(entry->e));
	return (entry_field(query->stream, entry, query->field));
}

/* Values of one field have one kind, but for the nulls that are skipped. */
static int
value_order(struct value a, struct value b)
{
	if (a.kind != b.kind)
		return (a.kind < b.kind ? -1 : 1);
	if (a.kind == VALUE_STRING)
		return (span_compare(value_text(a), value_text(b)));
	if (a.kind == VALUE_BOOL)
		return ((int)a.truth - (int)b.truth);
	if (a.kind == VALUE_DOUBLE)
		return ((a.d > b.d) - (a.d < b.d));
	return ((a.i > b.i) - (a.i < b.i));
}

static void
sum_add(struct tally *tally, struct value v)
{
	if (v.kind == VALUE_DOUBLE)
		tally->sum_double += v.d;
	else if ((v.kind == VALUE_INT || v.kind == VALUE_MONEY) &&
		 __builtin_add_overflow(tally->sum, v.i, &tally->sum))
		tally->overflow = true;
}

static void
best_add(struct tally *tally, struct value v, bool max)
{
	int order = tally->values == 1 ? 0 : value_order(v, tally->best);

	if (tally->values == 1 || (max ? order > 0 : order < 0))
		tally->best = v;
}

void
tally_add(struct tally *tally, const struct entry *entry)
{
	enum aggregate aggregate = tally->query->aggregate;
	struct value v;

	tally->count++;
	if (tally->query->field == WINDOW_NO_FIELD) {
		if (tally->first == NULL)
			tally->first = entry;
		tally->latest = entry;
		return;
	}
	v = tally_field(tally->query, entry);
	if (v.kind == VALUE_NULL)
		return;
	tally->values++;
	if (tally->first == NULL)
		tally->first = entry;
	tally->latest = entry;
	if (aggregate == AGGREGATE_MIN || aggregate == AGGREGATE_MAX)
		best_add(tally, v, aggregate == AGGREGATE_MAX);
	else
		sum_add(tally, v);
	if (tally->seen != NULL)
		tally->seen[tally->values - 1] = v;
}

void
tally_add_folded(struct tally *tally, const struct folded *folded)
{
	tally->count += folded->count;
	tally->values += folded->count;
	if (__builtin_add_overflow(tally->sum, folded->sum, &tally->sum))
		tally->overflow = true;
}

static struct value
end_sum(const struct tally *tally)
{
	if (tally->overflow)
		return (value_error(OVERFLOW));
	if (tally->type == FIELD_MONEY)
		return (value_money(tally->sum));
	if (tally->type == FIELD_INT)
		return (value_int(tally->sum));
	if (tally->type == FIELD_DOUBLE)
		return (value_double(tally->sum_double));
	return (value_error(NO_SUCH));
}

static struct value
end_avg(const struct tally *tally)
{
	struct value sum = end_sum(tally);

	if (sum.kind == VALUE_ERROR)
		return (sum);
	if (tally->values == 0)
		return (value_error(NOTHING));
	if (sum.kind == VALUE_MONEY)
		return (
		    value_money(money_divide(sum.i, (int64_t)tally->values)));
	return (
	    value_double((sum.kind == VALUE_DOUBLE ? sum.d : (double)sum.i) /
			 (double)tally->values));
}

/* A value and when it came, for TOP: equal values stand together, in order. */
struct turn {
	struct value value;
	uint64_t at;
};

static int
turn_compare(const void *a, const void *b)
{
	const struct turn *left = a;
	const struct turn *right = b;
	int order = value_order(left->value, right->value);

	if (order != 0)
		return (order);
	return ((left->at > right->at) - (left->at < right->at));
}

static struct turn *
turns_sorted(const struct tally *tally, struct arena *arena)
{
	struct turn *turns = ARENA_ARRAY(arena, tally->values, struct turn);

	for (uint64_t i = 0; i < tally->values; i++)
		turns[i] = (struct turn){tally->seen[i], i};
	if (tally->values > 0)
		qsort(turns, tally->values, sizeof *turns, turn_compare);
	return (turns);
}

static uint64_t
run_end(const struct turn *turns, uint64_t n, uint64_t from)
{
	uint64_t end = from + 1;

	while (end < n && value_order(turns[from].value, turns[end].value) == 0)
		end++;
	return (end);
}

static struct value
end_distinct(const struct tally *tally, struct arena *arena)
{
	const struct turn *turns = turns_sorted(tally, arena);
	int64_t distinct = 0;

	for (uint64_t i = 0; i < tally->values;
	     i = run_end(turns, tally->values, i))
		distinct++;
	return (value_int(distinct));
}

static struct value
end_top(const struct tally *tally, struct arena *arena)
{
	const struct turn *turns = turns_sorted(tally, arena);
	struct value top = value_error(NOTHING);
	uint64_t most = 0;
	uint64_t latest = 0;
	uint64_t end;

	for (uint64_t i = 0; i < tally->values; i = end) {
		end = run_end(turns, tally->values, i);
		if (end - i < most ||
		    (end - i == most && turns[end - 1].at < latest))
			continue;
		most = end - i;
		latest = turns[end - 1].at;
		top = turns[end - 1].value;
	}
	return (top);
}

static struct value
end_entry(const struct tally *tally, const struct entry *entry)
{
	if (entry == NULL)
		return (value_error(NOTHING));
	if (tally->query->field == WINDOW_NO_FIELD)
		return ((struct value){.kind = VALUE_ENTRY, .object = entry});
	return (tally_field(tally->query, entry));
}

struct value
tally_end(const struct tally *tally, struct arena *arena)
{
	switch (tally->query->aggregate) {
	case AGGREGATE_COUNT:
		return (value_int((int64_t)tally->count));
	case AGGREGATE_SUM:
		return (end_sum(tally));
	case AGGREGATE_AVG:
		return (end_avg(tally));
	case AGGREGATE_MIN:
	case AGGREGATE_MAX:
		return (
		    tally->values == 0 ? value_error(NOTHING) : tally->best);
	case AGGREGATE_DISTINCT:
		return (end_distinct(tally, arena));
	case AGGREGATE_TOP:
		return (end_top(tally, arena));
	case AGGREGATE_LATEST:
	case AGGREGATE_PREVIOUS:
		return (end_entry(tally, tally->latest));
	case AGGREGATE_FIRST:
		return (end_entry(tally, tally->first));
	default:
		return (value_error(NO_SUCH));
	}
}
