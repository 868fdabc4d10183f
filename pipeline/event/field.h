#ifndef PIPELINE_EVENT_FIELD_H
#define PIPELINE_EVENT_FIELD_H

#include "pipeline/base/value.h"
#include "pipeline/bridge/json.h"
#include "pipeline/event/reading.h"

/*
 * Inside this layer: one typed field, from JSON to a value in the arena.
 * `path` is the field's name for people.  Absent and null are the caller's:
 * json is never NULL here, and a JSON null is a wrong type.
 */

/* True for what counts as absent: no member, or null. */
static inline bool
json_absent(const struct json *json)
{
	return (json == NULL || json->kind == JSON_NULL);
}

/*
 * DONE, or REJECT with wrong_type or text_too_long.
 *
 *	string    a JSON string of at most 1,024 bytes
 *	enum      one of its options
 *	int       a whole number within ±(2^63 - 1), however written: 9, 9.0
 *	          and 9e0 are one number in JSON, and some producers write all
 *	          whole numbers with a point
 *	double    any number that a double can hold
 *	bool      true or false
 *	money     a number, or a string with one, in major units; with
 *	          `minor`, a whole number of minor units
 *	timestamp RFC 3339 with an offset, or a whole number of ms
 *	date      {"y": 1988, "m": 2, "d": 29} with y optional, "1988-02-29",
 *	          "--02-29"; a day that exists, or could without its year
 *	timezone  a name of the zone tables, exactly spelt
 *	country   ISO 3166 alpha-2 in either case; the value is in upper case
 */
enum outcome field_read(struct reading *r, const struct field *field,
    struct span path, const struct json *json, struct value *ret) MUST_CHECK;

/* A string of at most 1,024 bytes.  DONE, or REJECT as field_read. */
enum outcome field_read_text(struct reading *r, struct span path,
    const struct json *json, struct span *ret) MUST_CHECK;

/* An id: a text, or the token of a whole number without point or exponent. */
enum outcome field_read_id(struct reading *r, struct span path,
    const struct json *json, struct span *ret) MUST_CHECK;

/*
 * An instant: RFC 3339 with an offset, or a whole number of ms; years 1 to
 * 9999.  DONE, or REJECT with words alone: the caller knows what it is for.
 */
enum outcome field_read_instant(
    const struct json *json, wall_ms *ret, struct failure *why) MUST_CHECK;

/* Whether t lies in the years 1 to 9999, which messages can name. */
bool instant_has_a_name(wall_ms t);

#endif
