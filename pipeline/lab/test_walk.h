#ifndef PIPELINE_LAB_TEST_WALK_H
#define PIPELINE_LAB_TEST_WALK_H

#include "pipeline/decide/advance.h"
#include "pipeline/lab/test_run.h"

/*
 * Take one customer of a test through its timeline, up to and with `until`:
 * what comes out is added to the run, and so are checks that fail and records
 * that cannot be read.  Tallies are added up in `tallies` (edition->n_rules).
 */
void test_walk(struct test_run *run, int customer, struct tally *tallies,
    struct arena *arena);

#endif
