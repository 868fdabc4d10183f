#ifndef PIPELINE_EVENT_SCHEMA_H
#define PIPELINE_EVENT_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/civil.h"
#include "pipeline/base/money.h"
#include "pipeline/base/report.h"
#include "pipeline/base/span.h"

/*
 * What arrives: kind EventSchema, resolved and immutable.  Made by config;
 * every index here is the order in the file, and a stream's index is the
 * topic's place in the merge.
 */
enum field_type {
	FIELD_STRING,
	FIELD_ENUM, /* a string out of `options`                     */
	FIELD_INT,
	FIELD_DOUBLE,
	FIELD_BOOL,
	FIELD_MONEY,     /* exact, in the schema's currency               */
	FIELD_TIMESTAMP, /* RFC 3339 with offset, or integer ms           */
	FIELD_DATE,      /* {y?, m, d}, "1988-02-29", "--02-29"           */
	FIELD_TIMEZONE,  /* an IANA name; kept as a string                */
	FIELD_COUNTRY,   /* ISO 3166 alpha-2; kept as a string            */
};

struct field {
	struct span name;
	enum field_type type;
	bool pii;
	bool required;
	bool minor;       /* money that arrives as an integer of minor units */
	struct span from; /* JSON pointer into the value: "/total_minor"     */
	const struct span *options; /* FIELD_ENUM */
	size_t n_options;
};

enum role {
	ROLE_PURCHASE,
	ROLE_REFUND,
	ROLE_FEEDBACK,
	ROLE_ENGAGEMENT,
	ROLE_PROFILE,
	ROLE_CONSENT,
};

enum keep {
	KEEP_NOTHING, /* refunds, profile, consent: they act on others */
	KEEP_EXACT,   /* the entries themselves, at most `max`          */
	KEEP_DAYS,    /* counts per UTC day and kind, `max` days        */
};

enum { NO_FIELD = -1 };

struct stream {
	struct span name;
	struct span topic;
	int index;
	enum role role;
	const struct field *fields;
	size_t n_fields;
	struct span
	    key_from;        /* pointer to the customer id in the value       */
	struct span id_from; /* pointer to the event's id                     */
	struct span
	    time_from;    /* pointer to the event time; empty: the arrival */
	int id_field;     /* index in fields, or NO_FIELD if not declared   */
	int amount_field; /* purchase, refund: money                        */
	int order_field;  /* `order_id`, or NO_FIELD                        */
	int kind_field;   /* `kind`, or NO_FIELD                            */
	const struct span
	    *types; /* accepted ce_type; none: any                */
	size_t n_types;
	enum keep keep;
	uint32_t max;
	const int *kept; /* fields that an entry keeps, as indices in `fields`,
	                    ascending; never the amount of a purchase (the
	                    entry's own) nor the id */
	size_t n_kept;
	struct source_text where; /* keeps only events for which it holds */
};

struct schema {
	struct span name;
	struct currency currency;
	int zone; /* of the models' days, and of customers without one */
	const struct field *profile;
	size_t n_profile;
	int zone_field;    /* the profile field of type timezone, or NO_FIELD */
	int country_field; /* of type country, or NO_FIELD                    */
	const struct span *purposes;
	size_t n_purposes;
	const struct span *channels;
	size_t n_channels;
	const struct stream *streams;
	size_t n_streams;
	const struct zones *zones;
	duration_ms future_tolerance; /* e above a by more: dead letter */
};

/*
 * Whether config may take the text as a `from`: "/" and a name, as often as
 * the value is nested, with ~0 for ~ and ~1 for / (RFC 6901).
 */
bool schema_pointer_valid(struct span pointer);

/* Index of a stream, a field, a purpose, a channel by name; or NO_FIELD. */
int schema_stream(const struct schema *schema, struct span name);
int stream_field(const struct stream *stream, struct span name);
int schema_profile_field(const struct schema *schema, struct span name);
int schema_purpose(const struct schema *schema, struct span name);
int schema_channel(const struct schema *schema, struct span name);
/* The first stream of a role, or NO_FIELD. */
int schema_role(const struct schema *schema, enum role role);

#endif
