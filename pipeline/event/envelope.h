#ifndef PIPELINE_EVENT_ENVELOPE_H
#define PIPELINE_EVENT_ENVELOPE_H

#include "pipeline/base/record.h"
#include "pipeline/bridge/json.h"
#include "pipeline/event/reading.h"

/*
 * Inside this layer: what lies around an event's data.  Each attribute has
 * .at NULL where the record does not give it.
 */
struct envelope {
	bool structured; /* the value is the whole CloudEvent */
	struct span id;  /* not yet checked: who uses it does */
	struct span type;
	struct span time;
	struct span traceparent; /* of W3C's form, else none */
};

/*
 * What the headers say: a content-type of application/cloudevents or
 * application/cloudevents+json (parameters and case ignored) makes it
 * structured, else attributes are the `ce_*` headers there are.  Of a header
 * that is there twice the last one counts.
 */
struct envelope envelope_of_headers(const struct record *record);

/*
 * Of a structured one: read the attributes from the value, and answer its
 * `data`.  DONE, or REJECT: an attribute or the data is missing, or of a wrong
 * type.
 */
enum outcome envelope_open(struct reading *r, const struct json *value,
    struct envelope *envelope, const struct json **ret) MUST_CHECK;

#endif
