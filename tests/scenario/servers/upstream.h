#ifndef TESTS_SCENARIO_SERVERS_UPSTREAM_H
#define TESTS_SCENARIO_SERVERS_UPSTREAM_H

#include <stdint.h>

/*
 * Another program that writes to our inputs: plainly, or in transactions that
 * it commits, aborts, or leaves hanging.  Whatever fails ends the test.
 */
struct upstream;

/* transactional_id NULL: plain. */
struct upstream *upstream_new(
    const char *brokers, const char *transactional_id);
void upstream_free(struct upstream *upstream);

/* Write n records "k<i>" -> "<topic>/<partition>/<i>", delivered on return. */
void upstream_write(struct upstream *upstream, const char *topic,
    int32_t partition, int first, int n);
void upstream_begin(struct upstream *upstream);
/* Within the transaction: a group's offset of one partition. */
void upstream_offset(struct upstream *upstream, const char *group,
    const char *topic, int32_t partition, int64_t offset);
void upstream_commit(struct upstream *upstream);
void upstream_abort(struct upstream *upstream);

#endif
