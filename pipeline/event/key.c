/*
 * The customer's id: the record's key.  It names the customer in Redis, in
 * messages and in the order of due customers, so it is text, short, and free
 * of what terminals and protocols take for their own.
 */
#include "pipeline/base/utf8.h"
#include "pipeline/event/decode.h"

enum {
	CONTROL_END = 0x20,
	DELETE = 0x7f,
	/* U+0080 to U+009F are control characters too: c2 80 to c2 9f. */
	C1_LEAD = 0xc2,
	C1_END = 0xa0,
};

static bool
is_control(struct span character)
{
	unsigned char first = (unsigned char)character.at[0];

	if (character.length == 1)
		return (first < CONTROL_END || first == DELETE);
	return (first == C1_LEAD && (unsigned char)character.at[1] < C1_END);
}

enum outcome
decoder_key(const struct record *record, struct span *ret, struct failure *why)
{
	struct span left = record->key;

	if (left.at == NULL)
		return (fail_with(why, REJECT, "the record has no key"));
	if (left.length == 0)
		return (fail_with(why, REJECT, "the key is empty"));
	if (left.length > CUSTOMER_ID_MAX)
		return (fail_with(why, REJECT,
		    "the key is longer than %d bytes", CUSTOMER_ID_MAX));
	while (left.length > 0) {
		struct span character = {left.at, utf8_length(left)};

		if (character.length == 0)
			return (fail_with(why, REJECT, "the key is not UTF-8"));
		if (is_control(character))
			return (fail_with(
			    why, REJECT, "the key has a control character"));
		left.at += character.length;
		left.length -= character.length;
	}
	*ret = record->key;
	return (DONE);
}
