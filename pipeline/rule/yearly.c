/*
 * A `yearly:` rule: on a day of the customer's year, at a local time, once per
 * date.  The dates that have run are remembered as long as one of them could
 * come back through a change of zone or of the date itself.
 */
#include "pipeline/rule/look.h"

enum {
	/* 29 February may be eight years away, around 2100. */
	YEARS_AHEAD = 9,
	FEBRUARY = 2,
	LEAP_DAY = 29,
	MARCH = 3,
	KEEP_DAYS_MORE = 3,
};

/* What day of the year, and from which year on. */
struct anniversary {
	int month;
	int day;
	int first_year; /* 0: any */
};

static bool
anniversary_of(struct look *look, const struct rule *rule, int zone,
    struct anniversary *ret)
{
	struct subject subject = look_subject(look);
	struct cel_eval ev = {.now = look->n,
	    .until = INSTANT_NEVER,
	    .arena = look->arena,
	    .subject = &subject,
	    .zones = look->edition->schema->zones,
	    .memos = look->memos,
	    .stamp = *look->stamp};
	struct value v = cel_evaluate(rule->yearly, &ev);
	struct civil_day day;

	if (ev.until < look->steady)
		look->steady = ev.until;
	if (v.kind == VALUE_TIMESTAMP)
		day = civil_from_days(zone_local(ev.zones, zone, v.i).days);
	else if (v.kind == VALUE_DATE)
		day = value_civil_day(v);
	else
		return (false);
	*ret = (struct anniversary){day.month, day.day, day.year};
	if (rule->skip_first && day.year > 0)
		ret->first_year++;
	return (true);
}

/* The date of the occasion in a year; false: none that year. */
static bool
date_in(const struct rule *rule, const struct anniversary *a, int year,
    struct civil_day *ret)
{
	if (year < a->first_year)
		return (false);
	*ret = (struct civil_day){year, a->month, a->day};
	if (a->month != FEBRUARY || a->day != LEAP_DAY || civil_leap_year(year))
		return (true);
	if (rule->leap == LEAP_FEB28)
		ret->day--;
	else
		*ret = (struct civil_day){year, MARCH, 1};
	return (rule->leap != LEAP_ONLY);
}

static bool
has_run(const struct look *look, const struct rule *rule, uint64_t date)
{
	const struct rule_state *state =
	    customer_rule(look->customer, rule->hash);

	for (size_t i = 0; state != NULL && i < state->n_keys; i++) {
		if (state->keys[i].key == date)
			return (true);
	}
	return (false);
}

static void
note(struct look *look, const struct rule *rule, uint64_t date)
{
	struct rule_state *state =
	    customer_rule_make(look->customer, look->arena, rule->hash);
	int64_t oldest =
	    instant_utc_day(look->n - rule->expires) - KEEP_DAYS_MORE;
	struct rule_key *keys =
	    ARENA_ARRAY(look->arena, state->n_keys + 1, struct rule_key);
	size_t n = 0;

	for (size_t i = 0; i < state->n_keys; i++) {
		if ((int64_t)state->keys[i].key >= oldest)
			keys[n++] = state->keys[i];
	}
	keys[n++] = (struct rule_key){date, 1};
	state->keys = keys;
	state->n_keys = n;
}

static void
run(struct look *look, const struct rule *rule, struct civil_day date,
    wall_ms due)
{
	struct subject subject = look_subject(look);

	note(look, rule, (uint64_t)civil_to_days(date));
	if (!look_holds(look, rule->when, &subject, NULL))
		return;
	look_says(look, &(struct occasion){.rule = rule,
			    .tau = due,
			    .key = arena_print(look->arena, "%04d-%02d-%02d",
				date.year, date.month, date.day)});
}

void
yearly_look(struct look *look, const struct rule *rule)
{
	const struct schema *schema = look->edition->schema;
	enum zone_source source;
	int zone = customer_zone(look->customer, schema, &source);
	wall_ms oldest = look->n - rule->expires;
	wall_ms runs = look->cause == LOOK_EVENT   ? INSTANT_BEFORE
		       : look->cause == LOOK_PRIME ? look->n
						   : look->due;
	struct anniversary a;
	int year;

	if (!anniversary_of(look, rule, zone, &a))
		return;
	year =
	    civil_from_days(zone_local(schema->zones, zone, oldest).days).year -
	    1;
	for (int last = year + YEARS_AHEAD + 1; year <= last; year++) {
		struct civil_day date;
		wall_ms due;

		if (!date_in(rule, &a, year, &date))
			continue;
		due = zone_instant(
		    schema->zones, zone, civil_to_days(date), rule->at);
		if (due < oldest ||
		    has_run(look, rule, (uint64_t)civil_to_days(date)))
			continue;
		if (due > runs) {
			if (due < look->dated)
				look->dated = due;
			return;
		}
		run(look, rule, date, due);
	}
}
