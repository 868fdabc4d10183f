#ifndef PIPELINE_BASE_MONEY_H
#define PIPELINE_BASE_MONEY_H

#include <stdint.h>

#include "pipeline/base/arena.h"
#include "pipeline/base/outcome.h"
#include "pipeline/base/span.h"

/*
 * Money is an int64 of minor units of the deployment's one base currency,
 * exact.  It never passes through a double.
 */
struct currency {
	char code[4]; /* ISO 4217, with its NUL */
	int decimals; /* 2 for EUR, 0 for JPY, 3 for KWD */
};

/* DONE, or REJECT: no such ISO 4217 code. */
enum outcome currency_find(
    struct span code, struct currency *ret, struct failure *why) MUST_CHECK;

/*
 * Read major units as JSON or a rule writes them ("45", "45.5", "-3.20",
 * "1.5e2"), exactly.
 *
 * DONE    *ret in minor units
 * REJECT  not a number, more decimals than the currency has (zeros at the end
 *         do not count), or out of range; *ret is as it was
 */
enum outcome money_parse(struct span text, const struct currency *currency,
    int64_t *ret, struct failure *why) MUST_CHECK;

/* Major units with exactly the currency's decimals: "45.00", "-0.05". */
struct span money_format(
    struct arena *arena, int64_t minor, const struct currency *currency);

/* n / d, half to even; d > 0. */
int64_t money_divide(int64_t n, int64_t d);

#endif
