#include "pipeline/event/decode.h"

#include "pipeline/base/check.h"

static const char *const names[] = {
    [DEAD_BAD_KEY] = "bad_key",
    [DEAD_WRONG_PARTITION] = "wrong_partition",
    [DEAD_KEY_MISMATCH] = "key_mismatch",
    [DEAD_TOO_LARGE] = "too_large",
    [DEAD_TOO_DEEP] = "too_deep",
    [DEAD_BAD_JSON] = "bad_json",
    [DEAD_SCHEMA_REGISTRY_FRAMING] = "schema_registry_framing",
    [DEAD_MISSING_FIELD] = "missing_field",
    [DEAD_WRONG_TYPE] = "wrong_type",
    [DEAD_TEXT_TOO_LONG] = "text_too_long",
    [DEAD_BAD_TIME] = "bad_time",
    [DEAD_FUTURE_TIME] = "future_time",
    [DEAD_UNKNOWN_TYPE] = "unknown_type",
    [DEAD_UNKNOWN_CURRENCY] = "unknown_currency",
    [DEAD_UNKNOWN_PURPOSE] = "unknown_purpose",
};

const char *
dead_reason_name(enum dead_reason reason)
{
	CHECK(reason < sizeof names / sizeof names[0]);
	return (names[reason]);
}
