#include "pipeline/lab/person.h"

#include "pipeline/base/civil.h"

#define ROWS(list) ((uint32_t)(sizeof(list) / sizeof((list)[0])))

static const char *const first_names[] = {"Adam", "Agnes", "Alba", "Alice",
    "Amir", "Anton", "Aya", "Béla", "Carla", "Celia", "Daniel", "Diana", "Elif",
    "Emil", "Enzo", "Fatou", "Felix", "Frida", "Hana", "Igor", "Ines", "Jakob",
    "Jana", "Julia", "Karim", "Katja", "Lars", "Lea", "Lina", "Luca", "Maja",
    "Malik", "Marta", "Mila", "Nadia", "Nils", "Noor", "Olga", "Omar", "Otto",
    "Paula", "Pavel", "Rosa", "Samir", "Sofia", "Theo", "Tilda", "Yara", "Zoé"};

/* As often as they are written here. */
static const char *const zones[] = {"Europe/Paris", "Europe/Paris",
    "Europe/Paris", "Europe/Berlin", "Europe/Berlin", "Europe/Madrid",
    "Europe/London", "Europe/Rome", "Europe/Warsaw", "America/New_York",
    "America/Los_Angeles", "Asia/Tokyo", "Australia/Sydney", NULL, NULL};

/* Of ten: how keen people are to buy, January first. */
static const uint32_t seasons[] = {5, 5, 6, 6, 6, 5, 4, 4, 6, 6, 9, 10};
enum { SEASON_MAX = 10 };

/* Of a hundred purchases, by the hour of the day. */
static const uint32_t hours[] = {
    1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 6, 6, 5, 5, 5, 6, 8, 10, 10, 7, 4, 2};
enum { HOURS_SUM = 100 };

struct price {
	double median;
	double sigma;
};

/* NOLINTBEGIN(readability-magic-numbers): how people are */
static const struct price prices[CATEGORIES] = {
    [CATEGORY_SHOES] = {72, 0.35},
    [CATEGORY_CAMERA] = {390, 0.4},
    [CATEGORY_LENS] = {230, 0.4},
    [CATEGORY_BOOKS] = {19, 0.5},
    [CATEGORY_GARDEN] = {42, 0.6},
    [CATEGORY_KITCHEN] = {55, 0.5},
    [CATEGORY_TOYS] = {28, 0.5},
};

struct person
person_new(struct dice *dice, wall_ms joins_from, wall_ms joins_until)
{
	double span = (double)(joins_until - joins_from);
	struct person p = {
	    .first_name = first_names[dice_below(dice, ROWS(first_names))],
	    .zone = zones[dice_below(dice, ROWS(zones))],
	    .joined = joins_from + (wall_ms)(dice_unit(dice) * span),
	    .mail = dice_per_mille(dice, 720),
	    .push = dice_per_mille(dice, 450),
	    .gap = dice_around(dice, 55, 0.8),
	    .reads = dice_around(dice, 40, 0.7),
	    .leaving = 40 + dice_below(dice, 160),
	    .likes = (enum category)dice_below(dice, CATEGORIES)};

	if (dice_per_mille(dice, 650)) {
		p.birth_month = 1 + (int)dice_below(dice, 12);
		p.birth_day = 1 + (int)dice_below(dice, 28);
	}
	if (dice_per_mille(dice, 800))
		p.birth_year = 1950 + (int)dice_below(dice, 57);
	return (p);
}

enum category
person_wants(const struct person *person, struct dice *dice)
{
	return (dice_per_mille(dice, 600)
		    ? person->likes
		    : (enum category)dice_below(dice, CATEGORIES));
}

int64_t
person_pays(struct dice *dice, enum category category)
{
	double amount =
	    dice_around(dice, prices[category].median, prices[category].sigma);

	return ((int64_t)(amount * 20) * 5 + 4);
}

int
person_score(struct dice *dice)
{
	static const int scores[] = {
	    2, 4, 6, 6, 7, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10};

	return (scores[dice_below(dice, ROWS(scores))]);
}
/* NOLINTEND(readability-magic-numbers) */

static bool
in_season(struct dice *dice, wall_ms t)
{
	int month = civil_from_days(instant_utc_day(t)).month;

	return (dice_below(dice, SEASON_MAX) < seasons[month - 1]);
}

/* An hour of the day of t, as hours go. */
static wall_ms
at_some_hour(struct dice *dice, wall_ms t)
{
	uint32_t draw = dice_below(dice, HOURS_SUM);
	wall_ms hour = 0;

	while (draw >= hours[hour])
		draw -= hours[hour++];
	return (instant_utc_day(t) * DAY_MS + hour * HOUR_MS +
		dice_below(dice, (uint32_t)HOUR_MS));
}

/* A waiting time is thinned out by season: Lewis and Shedler. */
wall_ms
person_next_purchase(const struct person *person, struct dice *dice, wall_ms t)
{
	wall_ms next = t;
	wall_ms at;

	do
		next += (wall_ms)(dice_wait(dice, person->gap / 2) *
				  (double)DAY_MS);
	while (!in_season(dice, next));
	at = at_some_hour(dice, next);
	return (at > t ? at : at + DAY_MS);
}
