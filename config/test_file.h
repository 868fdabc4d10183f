#ifndef CONFIG_TEST_FILE_H
#define CONFIG_TEST_FILE_H

#include "config/load.h"
#include "config/sources.h"

/* Kind RuleTest. */

/* `files:` of a test: what it is about.  False: reported. */
bool read_test_files(struct binder *b, struct node *root,
    const struct source_text **ret, size_t *n);

/*
 * The test itself, against what its files hold.  What names rules or
 * expressions is checked only where there is an edition.
 */
const struct rule_test_file *read_test(struct binder *b,
    const struct document *document, const struct config *config);

#endif
