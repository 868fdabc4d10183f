/*
 * Frequency caps.  A slot is the instant at which a trigger was or, as far as
 * is known, will be published.  A trigger at t fits if no window of the cap
 * would then hold more than `max` slots, later reserved ones included: rolling
 * windows are (s - length, s] for every s, calendar ones are days, weeks from
 * Monday and months by the wall of the customer's zone.
 */
#include "pipeline/decide/evaluation.h"

enum { DAYS_A_WEEK = 7, MONTHS = 12 };

bool
cap_reserved(const struct cap_question *q, const struct pending *pending,
    const struct cap *cap)
{
	const struct rule *rule;

	if (pending->kind != PENDING_GATE)
		return (false);
	rule = rule_of(q->edition, pending->rule);
	for (size_t i = 0; rule != NULL && i < rule->n_caps; i++) {
		if (rule->caps[i] == cap)
			return (true);
	}
	return (false);
}

/* The calendar period that holds t, as a number. */
static int64_t
period_of(const struct cap_question *q, const struct cap *cap, wall_ms t)
{
	int64_t days = zone_local(q->zones, q->zone, t).days;
	struct civil_day day;

	if (cap->period == CAP_DAY)
		return (days);
	if (cap->period == CAP_WEEK) {
		int since_monday =
		    (civil_weekday(days) + DAYS_A_WEEK - 1) % DAYS_A_WEEK;

		return (days - since_monday);
	}
	day = civil_from_days(days);
	return ((int64_t)day.year * MONTHS + day.month);
}

bool
cap_counts(
    const struct cap_question *q, const struct cap *cap, wall_ms s, wall_ms end)
{
	if (cap->period == CAP_ROLLING)
		return (s > end - cap->length && s <= end);
	return (period_of(q, cap, s) == period_of(q, cap, end));
}

/* Slots, without the one asked for, in the window that ends at `end`. */
static int64_t
count_in(const struct cap_question *q, const struct cap *cap, wall_ms end)
{
	const struct customer *c = q->customer;
	int64_t n = 0;

	for (size_t i = 0; i < c->n_slots; i++)
		n += c->slots[i].cap == cap->hash &&
		     cap_counts(q, cap, c->slots[i].at, end);
	for (size_t i = 0; i < c->n_pendings; i++)
		n += cap_reserved(q, &c->pendings[i], cap) &&
		     cap_counts(q, cap, c->pendings[i].due, end);
	return (n);
}

/* Windows that hold t end at t, or at a later slot less than a length away. */
static bool
overfull(const struct cap_question *q, const struct cap *cap, wall_ms t,
    wall_ms end, wall_ms *ret)
{
	if (end < t || !cap_counts(q, cap, t, end) ||
	    count_in(q, cap, end) + 1 <= cap->max)
		return (false);
	*ret = end;
	return (true);
}

bool
cap_full(const struct cap_question *q, const struct cap *cap, wall_ms t,
    wall_ms *end)
{
	const struct customer *c = q->customer;

	if (overfull(q, cap, t, t, end))
		return (true);
	if (cap->period != CAP_ROLLING)
		return (false);
	for (size_t i = 0; i < c->n_slots; i++) {
		if (c->slots[i].cap == cap->hash &&
		    overfull(q, cap, t, c->slots[i].at, end))
			return (true);
	}
	for (size_t i = 0; i < c->n_pendings; i++) {
		if (cap_reserved(q, &c->pendings[i], cap) &&
		    overfull(q, cap, t, c->pendings[i].due, end))
			return (true);
	}
	return (false);
}

static wall_ms
next_period(const struct cap_question *q, const struct cap *cap, wall_ms t)
{
	int64_t period = period_of(q, cap, t);

	do
		t = zone_next_day(q->zones, q->zone, t);
	while (t != INSTANT_NEVER && period_of(q, cap, t) == period);
	return (t);
}

static void
sooner(wall_ms candidate, wall_ms t, wall_ms *best)
{
	if (candidate > t && candidate < *best)
		*best = candidate;
}

/* Room comes when a slot leaves: exactly a length after it. */
wall_ms
cap_next(const struct cap_question *q, const struct cap *cap, wall_ms t)
{
	const struct customer *c = q->customer;
	wall_ms best = INSTANT_NEVER;

	if (cap->period != CAP_ROLLING)
		return (next_period(q, cap, t));
	for (size_t i = 0; i < c->n_slots; i++) {
		if (c->slots[i].cap == cap->hash)
			sooner(c->slots[i].at + cap->length, t, &best);
	}
	for (size_t i = 0; i < c->n_pendings; i++) {
		if (cap_reserved(q, &c->pendings[i], cap))
			sooner(c->pendings[i].due + cap->length, t, &best);
	}
	return (best);
}
