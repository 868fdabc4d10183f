#ifndef PIPELINE_LAB_PERSON_H
#define PIPELINE_LAB_PERSON_H

#include "pipeline/lab/dice.h"
#include "pipeline/lab/persona.h"

/* Inside the generator: somebody of the many, by chance. */
struct person {
	const char *first_name;
	const char *zone; /* NULL: not told */
	int birth_year;   /* 0: not told */
	int birth_month;  /* 0: nor the day */
	int birth_day;
	wall_ms joined;
	bool mail; /* consents */
	bool push;
	double gap;       /* days between purchases, on the average */
	double reads;     /* days between mails that are opened */
	uint32_t leaving; /* per mille after each purchase */
	enum category likes;
};

struct person person_new(
    struct dice *dice, wall_ms joins_from, wall_ms joins_until);

/* When he buys after t: by his own pace, by season, by the hour. */
wall_ms person_next_purchase(
    const struct person *person, struct dice *dice, wall_ms t);
enum category person_wants(const struct person *person, struct dice *dice);
/* Minor units. */
int64_t person_pays(struct dice *dice, enum category category);
/* 0 to 10; mostly content. */
int person_score(struct dice *dice);

#endif
