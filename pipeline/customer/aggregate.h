#ifndef PIPELINE_CUSTOMER_AGGREGATE_H
#define PIPELINE_CUSTOMER_AGGREGATE_H

#include "pipeline/customer/window.h"

/*
 * An aggregate while it is computed: started, given the entries of a window in
 * their order, the latest last, and asked.
 */
struct tally {
	const struct window_query *query;
	enum field_type type; /* of the field, if one is named */
	uint64_t count;       /* entries given                 */
	uint64_t values;      /* of them not null              */
	int64_t sum;
	double sum_double;
	bool overflow;
	struct value best;          /* MIN and MAX             */
	const struct entry *latest; /* whose value is not null */
	const struct entry *first;
	struct value *seen; /* DISTINCT and TOP: room for all that come */
};

/* At most `most` entries will be given. */
void tally_start(struct tally *tally, const struct window_query *query,
    size_t most, struct arena *arena);
void tally_add(struct tally *tally, const struct entry *entry);
/* What was folded away counts too (COUNT, and SUM of the amount). */
void tally_add_folded(struct tally *tally, const struct folded *folded);
struct value tally_end(const struct tally *tally, struct arena *arena);

/* The field that a query names, of an entry. */
struct value tally_field(
    const struct window_query *query, const struct entry *entry);

#endif
