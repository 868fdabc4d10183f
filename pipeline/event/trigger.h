#ifndef PIPELINE_EVENT_TRIGGER_H
#define PIPELINE_EVENT_TRIGGER_H

#include "pipeline/base/arena.h"
#include "pipeline/base/record.h"
#include "pipeline/base/value.h"
#include "pipeline/event/event.h"
#include "pipeline/event/json_out.h"

/*
 * What goes out.  A trigger is decided by pipeline/decide; here is only its
 * shape and its encoding.
 */
enum trigger_format {
	FORMAT_CLOUDEVENTS_BINARY,
	FORMAT_CLOUDEVENTS_STRUCTURED,
	FORMAT_JSON,
	FORMAT_SEGMENT_TRACK,
};

struct trigger_param {
	struct span name;
	struct value value;
};

/* A value that was read, beside the bound that it was compared with. */
struct trigger_term {
	struct span expr;
	struct value value;
	struct span op; /* "": a bare condition, without a bound */
	struct value bound;
	bool result;
};

struct trigger {
	struct span tenant;
	struct span type;
	struct span rule; /* "lifecycle/win_back" */
	int version;
	struct span rule_hash; /* 16 hex digits */
	struct span customer;
	struct span channel;
	struct span occurrence_key;
	wall_ms occurred_at;
	wall_ms decided_at;
	wall_ms send_before;
	struct span timezone;  /* the customer's effective zone */
	struct span tz_source; /* "profile", "country" or "schema" */
	struct span tzdata;
	int priority;
	bool late; /* decided more than live_within after it occurred */
	struct span why;
	struct span purpose; /* empty: needs no consent */
	wall_ms consent_as_of;
	bool by_event;
	struct span event_id; /* by_event */
	struct span event_topic;
	int32_t event_partition;
	int64_t event_offset;
	struct span traceparent;
	const struct trigger_param *params;
	size_t n_params;
	const struct trigger_term *terms;
	size_t n_terms;
	/* `suppressed` alone */
	struct span reason; /* empty: a trigger */
	struct span detail;
};

enum { TRIGGER_ID_LENGTH = 26 };

/*
 * The first 128 bits of SHA-256 over "v1", tenant, rule, version, customer and
 * occurrence key, each as a 4-byte big-endian length and its bytes; in
 * Crockford's base32, two zero bits first.  A bug if the parts have more than
 * 4 KiB together: each is limited where it is read.
 */
void trigger_id(const struct trigger *t, char ret[TRIGGER_ID_LENGTH + 1]);

/*
 * Encode into the arena; what the trigger points to is copied or referred to,
 * so the message lives as long as both.  A trigger with a reason is encoded
 * for `suppressed`: plain JSON whatever the format, and content-type its only
 * header.  The header kith_batch is added later (task, pipeline/task).
 */
struct message trigger_encode(struct arena *arena, const struct trigger *t,
    enum trigger_format format, const struct currency *currency,
    struct span topic);

#endif
