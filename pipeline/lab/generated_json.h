#ifndef PIPELINE_LAB_GENERATED_JSON_H
#define PIPELINE_LAB_GENERATED_JSON_H

#include "pipeline/base/arena.h"
#include "pipeline/lab/agenda.h"

/* Inside the generator: who somebody is, in the words of a profile. */
struct profile_words {
	const char *first_name;
	const char *zone;  /* NULL: not told */
	const char *birth; /* NULL: not told */
	wall_ms joined;
};

/* The record of a plan: the stream's name in the schema, and its value. */
const char *generated_stream(enum act act);
struct span generated_json(const struct plan *plan, struct span customer,
    const struct profile_words *profile, bool history, struct arena *arena);
/* The same for people: "buys shoes for 79.00". */
struct span generated_words(const struct plan *plan, struct arena *arena);

#endif
