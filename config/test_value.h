#ifndef CONFIG_TEST_VALUE_H
#define CONFIG_TEST_VALUE_H

#include "config/scalar.h"
#include "pipeline/event/schema.h"
#include "pipeline/lab/rule_test.h"

/*
 * Events, profiles and consents of a RuleTest as JSON values that the real
 * decoder reads: each by the type that the schema gives the field.
 */

/* What times in a test count from. */
struct test_clock {
	wall_ms start;
};

/*
 * An instant: RFC 3339, or an offset from the start ("0d", "9d22h", "-60d").
 * False: reported, at the node of which the text is a part.
 */
bool test_time(struct binder *b, const struct node *node, struct span text,
    const struct test_clock *clock, wall_ms *ret);

/* {field: value} of a profile, as "/set/<field>". */
bool test_profile(struct binder *b, struct node *node,
    const struct schema *schema, const struct test_clock *clock,
    const struct test_value **ret, size_t *n);

/*
 * A record of a stream, by its role: {field: value}; {set, unset};
 * {purpose, channel, state}.  Fills values, id_given, time_given.
 */
bool test_event(struct binder *b, struct node *node,
    const struct schema *schema, const struct test_clock *clock,
    struct test_entry *ret);

/* Whether a node names a purpose or channel of the schema; else reported. */
bool known_purpose(
    struct binder *b, const struct node *node, const struct schema *schema);
bool known_channel(
    struct binder *b, const struct node *node, const struct schema *schema);

#endif
