#ifndef PIPELINE_LAB_DICE_H
#define PIPELINE_LAB_DICE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Chance that can be repeated: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) and
 * what is drawn from it.  The same seed gives the same draws everywhere.
 */
struct dice {
	uint64_t state; /* the seed */
};

uint64_t dice_draw(struct dice *dice);
/* 0 to n - 1; n > 0. */
uint32_t dice_below(struct dice *dice, uint32_t n);
bool dice_per_mille(struct dice *dice, uint32_t chance);
/* Above 0, below 1. */
double dice_unit(struct dice *dice);
/* The time until something that happens every `mean` on the average. */
double dice_wait(struct dice *dice, double mean);
/* Lognormal: half of the draws lie below the median. */
double dice_around(struct dice *dice, double median, double sigma);

#endif
