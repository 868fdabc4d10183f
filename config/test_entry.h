#ifndef CONFIG_TEST_ENTRY_H
#define CONFIG_TEST_ENTRY_H

#include "config/fields.h"
#include "config/load.h"
#include "config/test_value.h"

/* What entries are read against. */
struct test_scope {
	const struct config *config;
	struct test_clock clock;
	const struct test_customer *customers;
	size_t n_customers;
};

extern const struct table entry_table;

/* {TIME: {…}}.  `customer` is the test's.  False: reported. */
bool read_entry(struct binder *b, struct node *node,
    const struct test_scope *scope, int customer, struct test_entry *ret);

/* A customer of the file by name; false: reported. */
bool find_customer(struct binder *b, struct node *node,
    const struct test_scope *scope, int *ret);
/* A rule of the edition; true with NULL where there is no edition. */
bool find_rule(struct binder *b, struct node *node,
    const struct test_scope *scope, const struct rule **ret);

#endif
