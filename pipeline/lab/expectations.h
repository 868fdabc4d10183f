#ifndef PIPELINE_LAB_EXPECTATIONS_H
#define PIPELINE_LAB_EXPECTATIONS_H

#include "pipeline/lab/test_run.h"

/*
 * Hold what came out against what the timeline lists.  Each `expect` and
 * `suppressed` needs an output of its own, `atLeast` as many as it says,
 * whoever lists them too; and a trigger of the test's rules that nobody lists
 * is a failure.  Sets `listed`, and adds the failures.
 */
void expectations_meet(struct test_run *run, struct arena *arena);

/* Whether an output is what an entry lists. */
bool expectation_fits(const struct test_run *run,
    const struct test_entry *entry, const struct test_output *output);

/* The failure of an entry that nothing met, with the nearest miss. */
void expectation_missed(struct test_run *run, const struct test_entry *entry,
    size_t n_met, struct arena *arena);

#endif
