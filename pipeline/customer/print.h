#ifndef PIPELINE_CUSTOMER_PRINT_H
#define PIPELINE_CUSTOMER_PRINT_H

#include "pipeline/base/buffer.h"
#include "pipeline/customer/codec.h"

/*
 * A customer for the operator's eyes (`kithd customer ID`): all of him, fields
 * marked `pii` in the schema too, but marked here as well.  Not for logs.
 */

/*
 * Rules and caps are hashes in a customer.  An edition knows their names; the
 * empty span for one that it does not know, which is then printed as its hash.
 */
struct customer_names {
	struct span (*rule)(const void *context, uint32_t hash);
	struct span (*cap)(const void *context, uint32_t hash);
	const void *context;
};

/* Text, a line per fact.  names may be NULL. */
void customer_print(struct buffer *b, const struct customer *customer,
    const struct customer_codec *codec, const struct customer_names *names);

/* One JSON object, without line ends.  names may be NULL. */
void customer_json(struct buffer *b, const struct customer *customer,
    const struct customer_codec *codec, const struct customer_names *names);

/* Inside: words that both forms use. */
const char *consent_word(enum consent_state state);
const char *tier_mode_word(enum tier_mode mode);
const char *pending_word(enum pending_kind kind);
const char *zone_source_word(enum zone_source source);
/* A rule's or cap's name; eight hex digits if it has none here. */
struct span rule_word(
    struct arena *arena, const struct customer_names *names, uint32_t hash);
struct span cap_word(
    struct arena *arena, const struct customer_names *names, uint32_t hash);
/* "held waiting", "": the flags of a rule's memory. */
struct span flags_word(struct arena *arena, uint8_t flags);
/* RFC 3339; "never" and "before" for the two that are no instants.  A NUL
   follows. */
struct span time_word(struct arena *arena, wall_ms t);

#endif
