#ifndef PIPELINE_EVENT_JSON_OUT_H
#define PIPELINE_EVENT_JSON_OUT_H

#include "pipeline/base/buffer.h"
#include "pipeline/base/instant.h"
#include "pipeline/base/json.h"
#include "pipeline/base/money.h"
#include "pipeline/base/span.h"
#include "pipeline/base/value.h"

/*
 * JSON as messages have it, above strings and doubles of pipeline/base/json.h:
 * no space between tokens, members in the order in which they are added.
 */

/* An instant as a quoted RFC 3339 text with three decimals and Z. */
void json_instant(struct buffer *b, wall_ms t);

/* `"name":`, with a comma before it unless it is the first of its object. */
void json_add_name(struct buffer *b, const char *name);
/* The same with a string as its value, and the same with an instant. */
void json_add_text(struct buffer *b, const char *name, struct span text);
void json_add_instant(struct buffer *b, const char *name, wall_ms t);
void json_add_int(struct buffer *b, const char *name, int64_t i);
void json_add_bool(struct buffer *b, const char *name, bool truth);

/*
 * A value as it appears in params:
 *
 *	null, an error, NaN, an infinity, a type, an entry: null
 *	bool, int, uint, double: as they are; a double is the shortest text
 *	    that reads back equal
 *	money: a string in major units with the currency's decimals
 *	timestamp: a string, floored to the millisecond; duration: integer ms
 *	date: "1988-02-29", or "--02-29" without a year
 *	bytes: a string in base64
 *	list: an array; map: an object, its keys as strings
 *	optional: its value, or null
 *
 * Lists, maps and optionals deeper inside each other are written as null.
 */
enum { JSON_NEST_MAX = 32 };
void json_value(
    struct buffer *b, struct value v, const struct currency *currency);

#endif
