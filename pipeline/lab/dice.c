#include "pipeline/lab/dice.h"

#include <math.h>

enum { MILLE = 1000, MANTISSA_BITS = 52, WORD_BITS = 64 };

uint64_t
dice_draw(struct dice *dice)
{
	/* NOLINTBEGIN(readability-magic-numbers): the published constants */
	uint64_t z = (dice->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31));
	/* NOLINTEND(readability-magic-numbers) */
}

uint32_t
dice_below(struct dice *dice, uint32_t n)
{
	return ((uint32_t)(((dice_draw(dice) >> 32) * n) >> 32));
}

bool
dice_per_mille(struct dice *dice, uint32_t chance)
{
	return (dice_below(dice, MILLE) < chance);
}

double
dice_unit(struct dice *dice)
{
	uint64_t bits = dice_draw(dice) >> (WORD_BITS - MANTISSA_BITS);

	return (
	    (double)(2 * bits + 1) / (double)(UINT64_C(2) << MANTISSA_BITS));
}

double
dice_wait(struct dice *dice, double mean)
{
	return (-mean * log(dice_unit(dice)));
}

/* Box and Muller's transform. */
double
dice_around(struct dice *dice, double median, double sigma)
{
	double r = sqrt(-2 * log(dice_unit(dice)));
	double normal = r * cos(2 * M_PI * dice_unit(dice));

	return (median * exp(sigma * normal));
}
