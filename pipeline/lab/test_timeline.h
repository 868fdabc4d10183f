#ifndef PIPELINE_LAB_TEST_TIMELINE_H
#define PIPELINE_LAB_TEST_TIMELINE_H

#include "pipeline/base/arena.h"
#include "pipeline/base/record.h"
#include "pipeline/lab/rule_test.h"

/*
 * The records of a test, as a producer would have written them: ids and event
 * times where the test gives none, the profile and consents of its customers
 * before all else.
 */
struct test_record {
	struct record record;
	int customer;
	const struct test_entry *entry; /* NULL: of `customers:` */
};

struct timeline {
	const struct test_record *records; /* in merge order */
	size_t n;
	wall_ms first; /* of the entries */
};

struct timeline timeline_of(const struct rule_test_file *file,
    const struct rule_test *test, struct arena *arena);

/* Whether the test speaks about a customer of the file. */
bool timeline_knows(const struct rule_test *test, int customer);

/* Values at their JSON pointers, as one object. */
struct span timeline_json(
    const struct test_value *values, size_t n, struct arena *arena);

/*
 * A time as a test would write it, counted from the start: "70d",
 * "-1d", "42d22h57m2s259ms".
 */
struct span timeline_offset(duration_ms offset, struct arena *arena);

#endif
