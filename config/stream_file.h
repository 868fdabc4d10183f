#ifndef CONFIG_STREAM_FILE_H
#define CONFIG_STREAM_FILE_H

#include "config/fields.h"
#include "pipeline/event/schema.h"

/* The streams of an EventSchema, and the fields of streams and customers. */

extern const struct table stream_table;
extern const struct table history_table;
/* Of a stream; of the profile, which has fewer keys. */
extern const struct table stream_field_table;
extern const struct table profile_field_table;

/*
 * {name: type}, or {name: [values]}, or {name: {type: …, …}} by the table.
 * False: reported.
 */
bool read_fields(struct binder *b, const struct table *table,
    struct node *mapping, const struct field **ret, size_t *n);

/* One stream, but for its name and index.  False: reported. */
bool read_stream(struct binder *b, struct node *node, struct stream *ret);

#endif
