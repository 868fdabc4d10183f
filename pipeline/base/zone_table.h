#ifndef PIPELINE_BASE_ZONE_TABLE_H
#define PIPELINE_BASE_ZONE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/instant.h"
#include "pipeline/base/span.h"

/*
 * The inside of struct zones, for the bridge that fills it and for tests that
 * make a zone of their own.  Everybody else uses civil.h.
 *
 * An offset is local minus UTC in seconds (local mean times before 1900 have
 * some), its magnitude below 26 hours.  The clocks of a zone stand at
 * offset[0] before at[0], at offset[i] from at[i - 1] on and before at[i], at
 * offset[n] from the last change on; neighbours differ.  Several names may
 * share one table.
 */
struct zone_table {
	const wall_ms *at;     /* [n], rising */
	const int32_t *offset; /* [n + 1] */
	size_t n;
};

struct zone {
	struct span name;
	const struct zone_table *table;
};

struct zone_country {
	char code[3]; /* ISO 3166 alpha-2, with its NUL */
	int zone;     /* its only one, or ZONE_NONE */
};

struct zones {
	struct span version;
	const struct zone *zone; /* [0] is UTC; the others by bytes of name */
	size_t n;
	const struct zone_country *country; /* by code */
	size_t n_countries;
};

#endif
