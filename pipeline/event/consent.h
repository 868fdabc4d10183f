#ifndef PIPELINE_EVENT_CONSENT_H
#define PIPELINE_EVENT_CONSENT_H

#include "pipeline/bridge/json.h"
#include "pipeline/event/reading.h"

/*
 * Inside this layer: what a consent record says,
 *	{"purpose": …, "channel": …, "state": "granted" | "denied" | "withdrawn"}
 * into ret->purpose, ret->channel and ret->granted.  Without a channel it is
 * about all of them.  Denied and withdrawn are the same.
 *
 * DONE, or REJECT: missing_field, wrong_type, or unknown_purpose, which a
 * channel that the schema lacks is too.
 */
enum outcome consent_read(
    struct reading *r, const struct json *data, struct event *ret) MUST_CHECK;

#endif
