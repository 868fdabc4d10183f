#ifndef PIPELINE_BASE_VALUE_H
#define PIPELINE_BASE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/civil.h"
#include "pipeline/base/instant.h"
#include "pipeline/base/span.h"

/*
 * What a field of an event or a profile holds, and what an expression
 * computes: 16 bytes, tagged.  Texts and lists live in an arena that outlives
 * the value.  Zones and countries are strings here.
 */
enum value_kind {
	VALUE_NULL = 0,
	VALUE_ERROR, /* .error: why, one line, for people                  */
	VALUE_BOOL,
	VALUE_INT,
	VALUE_UINT,
	VALUE_DOUBLE,
	VALUE_MONEY,     /* .i: minor units of the base currency           */
	VALUE_STRING,    /* .text, .length bytes of UTF-8                  */
	VALUE_BYTES,     /* .text, .length                                 */
	VALUE_TIMESTAMP, /* .i: wall_ms; .length: nanoseconds below it     */
	VALUE_DURATION,  /* .i: ms, floored; .length: nanoseconds above it */
	VALUE_DATE,      /* .i: value_date() packs it                      */
	VALUE_LIST,      /* .items, .length of them                        */
	VALUE_MAP,       /* .items: key, value, key, value; .length pairs  */
	VALUE_TYPE,      /* .object: the evaluator's                       */
	VALUE_OPTIONAL,  /* .items: the one value, or NULL for none        */
	VALUE_ENTRY,     /* .object: an entry of a history, the host's     */
};

struct value {
	uint8_t kind; /* enum value_kind */
	uint8_t spare[3];
	uint32_t length;
	union {
		bool truth;
		int64_t i;
		uint64_t u;
		double d;
		const char *text;
		const char *error;
		const struct value *items;
		const void *object;
	};
};

static inline struct value
value_null(void)
{
	return ((struct value){.kind = VALUE_NULL});
}

static inline struct value
value_error(const char *text)
{
	return ((struct value){.kind = VALUE_ERROR, .error = text});
}

static inline struct value
value_bool(bool truth)
{
	return ((struct value){.kind = VALUE_BOOL, .truth = truth});
}

static inline struct value
value_int(int64_t i)
{
	return ((struct value){.kind = VALUE_INT, .i = i});
}

static inline struct value
value_double(double d)
{
	return ((struct value){.kind = VALUE_DOUBLE, .d = d});
}

static inline struct value
value_money(int64_t minor)
{
	return ((struct value){.kind = VALUE_MONEY, .i = minor});
}

static inline struct value
value_string(struct span s)
{
	return ((struct value){
	    .kind = VALUE_STRING, .length = (uint32_t)s.length, .text = s.at});
}

static inline struct value
value_timestamp(wall_ms t)
{
	return ((struct value){.kind = VALUE_TIMESTAMP, .i = t});
}

static inline struct value
value_duration(duration_ms d)
{
	return ((struct value){.kind = VALUE_DURATION, .i = d});
}

/* A date packs into an int64, so that two dates compare as numbers. */
enum { VALUE_DATE_BITS = 8, VALUE_DATE_MASK = (1 << VALUE_DATE_BITS) - 1 };

static inline struct value
value_date(struct civil_day day)
{
	return ((struct value){.kind = VALUE_DATE,
	    .i = ((int64_t)day.year << 2 * VALUE_DATE_BITS) |
		 (day.month << VALUE_DATE_BITS) | day.day});
}

static inline struct civil_day
value_civil_day(struct value v)
{
	return ((struct civil_day){(int)(v.i >> 2 * VALUE_DATE_BITS),
	    (int)(v.i >> VALUE_DATE_BITS) & VALUE_DATE_MASK,
	    (int)v.i & VALUE_DATE_MASK});
}

static inline struct span
value_text(struct value v)
{
	return ((struct span){v.text, v.length});
}

#endif
