#ifndef PIPELINE_EVENT_PROFILE_H
#define PIPELINE_EVENT_PROFILE_H

#include "pipeline/bridge/json.h"
#include "pipeline/event/reading.h"

/*
 * Inside this layer: the changes of a profile record,
 *	{"set": {field: value, …}, "unset": [field, …]}
 * into ret->changes, ret->n_changes and ret->ignored.  Each field is there at
 * most once, in the order of the schema: set wins over unset, of two values
 * the last; a value of null unsets.  Names that the schema lacks are counted.
 *
 * DONE, or REJECT: set is no object, unset no list of names, or a value has
 * another type than its field; then nothing of the record applies.
 */
enum outcome profile_read(
    struct reading *r, const struct json *data, struct event *ret) MUST_CHECK;

#endif
