#ifndef PIPELINE_LAB_PERSONA_H
#define PIPELINE_LAB_PERSONA_H

#include "pipeline/lab/agenda.h"

/*
 * People whose story can be followed among the many: each is a script, in days
 * from the start of the generator's time; what lies before it is history.
 */
enum category {
	CATEGORY_SHOES,
	CATEGORY_CAMERA,
	CATEGORY_LENS,
	CATEGORY_BOOKS,
	CATEGORY_GARDEN,
	CATEGORY_KITCHEN,
	CATEGORY_TOYS,
	CATEGORIES,
};
const char *category_name(enum category category);

struct persona_step {
	int day;
	int hour; /* UTC */
	enum act act;
	enum category category;
	int64_t amount; /* minor units */
	int purchase;   /* of the script, from 1: what a refund is about */
	int score;
	const char *text;
};

struct persona {
	const char *id;
	const char *name;
	const char *first_name;
	const char *about; /* one line */
	const char *zone;
	const char *birth; /* NULL: not told */
	const struct persona_step *steps;
	size_t n_steps;
};

/* The first ones have the most to tell. */
extern const struct persona personas[];
extern const size_t n_personas;

#endif
