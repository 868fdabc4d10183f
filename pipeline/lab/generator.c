/*
 * A customer base that lives: each act plans the next ones, and an agenda
 * brings them in order.  Records carry the time of the act and arrive then,
 * but for what is late and for history, which arrives at the start.
 */
#include "pipeline/lab/generator.h"

#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/lab/generated_json.h"
#include "pipeline/lab/person.h"

/* How things go, per mille. */
enum {
	REFUNDED = 90,
	REFUNDED_WHOLE = 700,
	RATED = 160,
	CLICKED = 250,
	UNSUBSCRIBED = 12,
	LATE = 20,
	AGAIN = 5,
	JOINED_BEFORE = 750,
};

enum {
	HISTORY_DAYS = 400,
	ORDERS_FROM = 100000, /* those of personas lie below */
	ORDERS_OF_PERSONA = 1000,
	REFUND_DAYS = 12,
	RATING_DAYS = 9,
	LATE_HOURS = 30,
	AGAIN_SECONDS = 90,
	DECIMAL = 10,
};

struct generator {
	struct generator_options options;
	struct dice dice;
	struct agenda agenda;
	struct person *people; /* options.customers */
	uint32_t next_number;
	size_t joined;
};

static bool
is_persona(uint32_t who)
{
	return (who < n_personas);
}

static struct person *
person_of(struct generator *g, uint32_t who)
{
	return (&g->people[who - n_personas]);
}

static struct plan
plan_of(struct generator *g, uint32_t who, enum act act, wall_ms at)
{
	return ((struct plan){.at = at,
	    .e = at,
	    .act = act,
	    .who = who,
	    .number = g->next_number++});
}

/* ---- personas ---- */

static uint32_t
order_of_persona(uint32_t who, int purchase)
{
	return ((who + 1) * ORDERS_OF_PERSONA + (uint32_t)purchase);
}

static void
plan_consents(
    struct generator *g, uint32_t who, wall_ms at, bool mail, bool push)
{
	struct plan plan = plan_of(g, who, ACT_CONSENT, at);

	plan.granted = true;
	plan.text = "email";
	if (mail)
		agenda_add(&g->agenda, &plan);
	plan.number = g->next_number++;
	plan.text = "push";
	if (push)
		agenda_add(&g->agenda, &plan);
}

static void
plan_script(struct generator *g, uint32_t who)
{
	const struct persona *persona = &personas[who];
	wall_ms joins = g->options.start - HISTORY_DAYS * DAY_MS;
	struct plan plan = plan_of(g, who, ACT_JOIN, joins);
	int purchase = 0;

	agenda_add(&g->agenda, &plan);
	plan_consents(g, who, joins, true, true);
	for (size_t i = 0; i < persona->n_steps; i++) {
		const struct persona_step *step = &persona->steps[i];

		plan = plan_of(g, who, step->act,
		    g->options.start + step->day * DAY_MS +
			step->hour * HOUR_MS);
		plan.category = (int)step->category;
		plan.amount = step->amount;
		plan.score = step->score;
		plan.text = step->text;
		if (step->act == ACT_BUY)
			plan.number = order_of_persona(who, ++purchase);
		else if (step->purchase > 0)
			plan.number = order_of_persona(who, step->purchase);
		agenda_add(&g->agenda, &plan);
	}
}

/* ---- the many ---- */

static void
plan_purchase(struct generator *g, uint32_t who, wall_ms after)
{
	const struct person *person = person_of(g, who);
	struct plan plan = plan_of(
	    g, who, ACT_BUY, person_next_purchase(person, &g->dice, after));
	enum category category = person_wants(person, &g->dice);

	plan.category = (int)category;
	plan.amount = person_pays(&g->dice, category);
	agenda_add(&g->agenda, &plan);
}

static wall_ms
some_days_after(struct generator *g, wall_ms t, double mean)
{
	return (t + HOUR_MS +
		(wall_ms)(dice_wait(&g->dice, mean) * (double)DAY_MS));
}

static void
plan_reading(struct generator *g, uint32_t who, wall_ms after)
{
	struct plan plan = plan_of(g, who, ACT_READ,
	    some_days_after(g, after, person_of(g, who)->reads));

	plan.text = dice_per_mille(&g->dice, CLICKED) ? "clicked" : "opened";
	if (dice_per_mille(&g->dice, UNSUBSCRIBED))
		plan.act = ACT_UNSUBSCRIBE;
	agenda_add(&g->agenda, &plan);
}

static void
after_joining(struct generator *g, const struct plan *done)
{
	const struct person *person = person_of(g, done->who);
	wall_ms reads_from =
	    done->e > g->options.start ? done->e : g->options.start;

	plan_consents(g, done->who, done->e, person->mail, person->push);
	plan_purchase(g, done->who, done->e);
	if (person->mail)
		plan_reading(g, done->who, reads_from);
}

/* A purchase may be returned, or rated; then comes the next one, or none. */
static void
after_purchase(struct generator *g, const struct plan *done)
{
	struct person *person = person_of(g, done->who);
	struct plan plan = *done;

	if (dice_per_mille(&g->dice, REFUNDED)) {
		plan.act = ACT_REFUND;
		plan.at = plan.e = some_days_after(g, done->e, REFUND_DAYS);
		plan.amount = dice_per_mille(&g->dice, REFUNDED_WHOLE)
				  ? done->amount
				  : done->amount / 2;
		agenda_add(&g->agenda, &plan);
	}
	if (dice_per_mille(&g->dice, RATED)) {
		plan.act = ACT_RATE;
		plan.at = plan.e = some_days_after(g, done->e, RATING_DAYS);
		plan.score = person_score(&g->dice);
		agenda_add(&g->agenda, &plan);
	}
	if (!dice_per_mille(&g->dice, person->leaving))
		plan_purchase(g, done->who, done->e);
}

static void
plan_withdrawal(struct generator *g, const struct plan *done)
{
	struct plan plan = plan_of(g, done->who, ACT_CONSENT, done->e);

	plan.at = plan.e = done->e + SECOND_MS;
	plan.text = "email";
	agenda_add(&g->agenda, &plan);
}

/* What follows from what has just happened. */
static void
go_on(struct generator *g, const struct plan *done)
{
	if (done->act == ACT_JOIN)
		g->joined++;
	if (done->act == ACT_UNSUBSCRIBE)
		plan_withdrawal(g, done);
	if (is_persona(done->who))
		return;
	switch (done->act) {
	case ACT_JOIN:
		after_joining(g, done);
		break;
	case ACT_BUY:
		after_purchase(g, done);
		break;
	case ACT_READ:
		plan_reading(g, done->who, done->e);
		break;
	case ACT_CONSENT:
	case ACT_REFUND:
	case ACT_RATE:
	case ACT_UNSUBSCRIBE:
	case ACT_MOVE:
		break;
	}
}

/* ---- on the way to us ---- */

/* Some records are late: then they come again, later. */
static bool
is_late(struct generator *g, const struct plan *plan)
{
	struct plan later = *plan;

	if (plan->late || plan->again || is_persona(plan->who) ||
	    plan->e < g->options.start || !dice_per_mille(&g->dice, LATE))
		return (false);
	later.late = true;
	later.at +=
	    (wall_ms)dice_below(&g->dice, LATE_HOURS) * HOUR_MS + MINUTE_MS;
	agenda_add(&g->agenda, &later);
	return (true);
}

/* Some are sent twice. */
static void
maybe_again(struct generator *g, const struct plan *plan)
{
	struct plan copy = *plan;

	if (plan->again || is_persona(plan->who) ||
	    plan->e < g->options.start || !dice_per_mille(&g->dice, AGAIN))
		return;
	copy.again = true;
	copy.at += (1 + dice_below(&g->dice, AGAIN_SECONDS)) * SECOND_MS;
	agenda_add(&g->agenda, &copy);
}

/* ---- who they are ---- */

static struct span
key_of(uint32_t who, struct arena *arena)
{
	if (is_persona(who))
		return (span_of(personas[who].id));
	return (arena_print(arena, "c%u", who - (uint32_t)n_personas + 1));
}

static const char *
birth_of(const struct person *person, struct arena *arena)
{
	if (person->birth_month == 0)
		return (NULL);
	if (person->birth_year == 0)
		return (arena_print(arena, "--%02d-%02d", person->birth_month,
		    person->birth_day)
			    .at);
	return (arena_print(arena, "%04d-%02d-%02d", person->birth_year,
	    person->birth_month, person->birth_day)
		    .at);
}

static struct profile_words
profile_of(struct generator *g, const struct plan *plan, struct arena *arena)
{
	struct profile_words words = {.joined = plan->e};

	if (is_persona(plan->who)) {
		words.first_name = personas[plan->who].first_name;
		words.zone = personas[plan->who].zone;
		words.birth = personas[plan->who].birth;
	} else {
		const struct person *person = person_of(g, plan->who);

		words.first_name = person->first_name;
		words.zone = person->zone;
		words.birth = birth_of(person, arena);
	}
	return (words);
}

static void
make(struct generator *g, const struct plan *plan, struct arena *arena,
    struct generated *ret)
{
	struct profile_words profile = profile_of(g, plan, arena);

	*ret =
	    (struct generated){.stream = span_of(generated_stream(plan->act)),
		.key = key_of(plan->who, arena),
		.arrived =
		    plan->at > g->options.start ? plan->at : g->options.start,
		.history = plan->e < g->options.start,
		.persona = is_persona(plan->who) ? (int)plan->who : -1};
	ret->value =
	    generated_json(plan, ret->key, &profile, ret->history, arena);
	if (ret->persona >= 0)
		ret->told = generated_words(plan, arena);
}

bool
generator_next(struct generator *g, wall_ms until, struct arena *arena,
    struct generated *ret)
{
	const struct plan *first;

	while (
	    (first = agenda_first(&g->agenda)) != NULL && first->at <= until) {
		struct plan plan = agenda_take(&g->agenda);

		if (!plan.late && !plan.again)
			go_on(g, &plan);
		if (is_late(g, &plan))
			continue;
		maybe_again(g, &plan);
		make(g, &plan, arena, ret);
		return (true);
	}
	return (false);
}

struct generator *
generator_new(const struct generator_options *options)
{
	struct generator *g = calloc(1, sizeof *g);
	wall_ms oldest = options->start - HISTORY_DAYS * DAY_MS;

	CHECK(g != NULL);
	g->options = *options;
	g->dice.state = options->seed;
	g->next_number = ORDERS_FROM;
	g->people = calloc(options->customers + 1, sizeof *g->people);
	CHECK(g->people != NULL);
	for (uint32_t i = 0; i < n_personas; i++)
		plan_script(g, i);
	for (size_t i = 0; i < options->customers; i++) {
		bool before = dice_per_mille(&g->dice, JOINED_BEFORE);
		struct plan plan;

		g->people[i] =
		    person_new(&g->dice, before ? oldest : options->start,
			before ? options->start : options->end);
		plan = plan_of(g, (uint32_t)(n_personas + i), ACT_JOIN,
		    g->people[i].joined);
		agenda_add(&g->agenda, &plan);
	}
	return (g);
}

void
generator_free(struct generator *generator)
{
	if (generator == NULL)
		return;
	agenda_done(&generator->agenda);
	free(generator->people);
	free(generator);
}

int
generator_persona(struct span key)
{
	for (size_t i = 0; i < n_personas; i++) {
		if (span_equals(key, span_of(personas[i].id)))
			return ((int)i);
	}
	return (-1);
}

const char *
generator_name(const struct generator *generator, struct span key)
{
	int persona = generator_persona(key);
	size_t number = 0;

	if (persona >= 0)
		return (personas[persona].name);
	if (key.length < 2 || key.at[0] != 'c')
		return (NULL);
	for (size_t i = 1; i < key.length; i++) {
		if (key.at[i] < '0' || key.at[i] > '9' ||
		    number > generator->options.customers)
			return (NULL);
		number = number * DECIMAL + (size_t)(key.at[i] - '0');
	}
	return (number >= 1 && number <= generator->options.customers
		    ? generator->people[number - 1].first_name
		    : NULL);
}

size_t
generator_joined(const struct generator *generator)
{
	return (generator->joined);
}
