#ifndef PIPELINE_LAB_TEST_PARAM_H
#define PIPELINE_LAB_TEST_PARAM_H

#include "pipeline/lab/test_run.h"

/*
 * Params by value: what a test says is a text, and is read as the type of
 * what came ("125.00" as money, "2" as a number, "14d" as a duration).
 */

/* Each of the entry's params is there, and equal. */
bool test_params_equal(const struct test_entry *entry,
    const struct test_output *output, const struct currency *currency);

/* "step is 2, not 1": the first that is not, or the empty span. */
struct span test_params_differ(const struct test_entry *entry,
    const struct test_output *output, const struct currency *currency,
    struct arena *arena);

#endif
