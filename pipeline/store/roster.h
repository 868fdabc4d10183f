#ifndef PIPELINE_STORE_ROSTER_H
#define PIPELINE_STORE_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/span.h"

/*
 * The customers of one task in memory: found by id, and walked in the order of
 * :due (score, then bytes of the id).
 */
struct roster;
struct roster_entry;

struct roster *roster_new(void);
/* NULL is legal. */
void roster_free(struct roster *roster);

/* NULL when there is none. */
const struct roster_entry *roster_find(
    const struct roster *roster, struct span id);
/* Add or replace, with a copy of id and bytes; the score stays. */
void roster_put(struct roster *roster, struct span id, struct span bytes);
/* An id that was never put gets a place in the order, but no bytes. */
void roster_score(struct roster *roster, struct span id, int64_t score);
/* Nothing happens when there is none. */
void roster_remove(struct roster *roster, struct span id);

/* In the order of :due; NULL at the end, and for what has no score. */
const struct roster_entry *roster_first(const struct roster *roster);
const struct roster_entry *roster_next(const struct roster_entry *entry);

/* What an entry holds, valid until it is put again or removed. */
struct span roster_id(const struct roster_entry *entry);
/* .at NULL: a score alone. */
struct span roster_bytes(const struct roster_entry *entry);
int64_t roster_score_of(const struct roster_entry *entry);

#endif
