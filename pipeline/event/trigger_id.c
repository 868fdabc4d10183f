/*
 * The name of a trigger, made from what caused it and never from a counter: so
 * a decision that is made again after a crash has the same name, and its
 * receiver can drop the second one.
 */
#include <stdint.h>

#include "pipeline/base/check.h"
#include "pipeline/base/hash.h"
#include "pipeline/event/trigger.h"

enum {
	PARTS_MAX = 4096,
	LENGTH_BYTES = 4,
	ID_BYTES = 16,
	DIGIT_BITS = 5,
	DIGIT_MASK = 0x1f,
	VERSION_TEXT_MAX = 16,
};

struct parts {
	char bytes[PARTS_MAX];
	size_t length;
};

static void
add_part(struct parts *parts, struct span part)
{
	char *at = parts->bytes + parts->length;

	CHECK(part.length <= PARTS_MAX - LENGTH_BYTES - parts->length);
	for (int i = 0; i < LENGTH_BYTES; i++)
		at[i] = (char)(part.length >> (8 * (LENGTH_BYTES - 1 - i)));
	if (part.length > 0)
		(void)memcpy(at + LENGTH_BYTES, part.at, part.length);
	parts->length += LENGTH_BYTES + part.length;
}

/* Decimal digits, written from the right. */
static struct span
version_text(int version, char text[VERSION_TEXT_MAX])
{
	enum { TEN = 10 };
	size_t i = VERSION_TEXT_MAX;

	CHECK(version >= 0);
	do {
		text[--i] = (char)('0' + version % TEN);
		version /= TEN;
	} while (version > 0);
	return ((struct span){text + i, VERSION_TEXT_MAX - i});
}

/* 26 digits of 5 bits: two zero bits and the 128 of the id, from the left. */
static void
write_digits(const uint8_t id[ID_BYTES], char ret[static TRIGGER_ID_LENGTH + 1])
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned held = 0; /* bits that no digit has yet */
	unsigned bits = 0;
	int n = 0;

	for (int i = 0; i < ID_BYTES; i++) {
		bits = bits << 8 | id[i];
		/* The two zero bits stand before the first byte. */
		held += i == 0 ? 8 + 2 : 8;
		while (held >= DIGIT_BITS) {
			held -= DIGIT_BITS;
			ret[n++] = digits[bits >> held & DIGIT_MASK];
		}
	}
	CHECK(n == TRIGGER_ID_LENGTH && held == 0);
	ret[n] = '\0';
}

void
trigger_id(const struct trigger *t, char ret[TRIGGER_ID_LENGTH + 1])
{
	struct parts parts;
	char version[VERSION_TEXT_MAX];
	uint8_t sha256[SHA256_BYTES];

	parts.length = 0;
	add_part(&parts, SPAN("v1"));
	add_part(&parts, t->tenant);
	add_part(&parts, t->rule);
	add_part(&parts, version_text(t->version, version));
	add_part(&parts, t->customer);
	add_part(&parts, t->occurrence_key);
	hash_sha256((struct span){parts.bytes, parts.length}, sha256);
	write_digits(sha256, ret);
}
