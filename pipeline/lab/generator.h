#ifndef PIPELINE_LAB_GENERATOR_H
#define PIPELINE_LAB_GENERATOR_H

#include "pipeline/base/arena.h"
#include "pipeline/base/instant.h"
#include "pipeline/lab/persona.h"

/*
 * A living customer base for the shop of config/example: people who join, buy
 * by season and hour, return, rate, read mail and fall silent, and among them
 * the personas.  The same seed gives the same records.
 *
 * Its time begins at `start`.  What happened in the 400 days before arrives
 * there as history (backfill: true), after the profiles and consents of those
 * who had joined.  Some records are late, some are sent twice.
 */
struct generator;

struct generator_options {
	uint64_t seed;
	size_t customers; /* beside the personas */
	wall_ms start;
	wall_ms end; /* nobody joins after it */
};

struct generator *generator_new(const struct generator_options *options);
/* NULL is legal. */
void generator_free(struct generator *generator);

/* A record; its texts are in the arena. */
struct generated {
	struct span stream; /* the name in the schema */
	struct span key;
	struct span value;
	wall_ms arrived; /* never falls from one to the next */
	bool history;
	int persona;      /* whose it is, or -1 */
	struct span told; /* of personas: "buys shoes for 79.00" */
};

/* The next one that arrives at or before `until`; false: there is none now. */
bool generator_next(struct generator *generator, wall_ms until,
    struct arena *arena, struct generated *ret);

/* What somebody is called, by the key of the records; NULL: nobody's. */
const char *generator_name(const struct generator *generator, struct span key);
/* Which persona has this key, or -1. */
int generator_persona(struct span key);
/* People who have joined so far. */
size_t generator_joined(const struct generator *generator);

#endif
