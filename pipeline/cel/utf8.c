/* UTF-8: strings of the language are sequences of code points. */
#include "pipeline/cel/utf8.h"

enum {
	LAST_ASCII = 0x7f,
	LAST_OF_TWO = 0x7ff,
	LAST_OF_THREE = 0xffff,
	LAST_CODE = 0x10ffff,
	SURROGATES = 0xd800,
	AFTER_SURROGATES = 0xe000,
	TAIL = 0x80,
	TAIL_MASK = 0xc0,
	TAIL_BITS = 6,
	TAIL_LOW = 0x3f,
	TWO = 0xc0,
	THREE = 0xe0,
	FOUR = 0xf0,
	NO_LEAD = 0xf8,
};

bool
utf8_scalar(uint32_t code)
{
	return (code < SURROGATES ||
		(code >= AFTER_SURROGATES && code <= LAST_CODE));
}

static char
tail(uint32_t code, unsigned place)
{
	return ((char)(TAIL | ((code >> (place * TAIL_BITS)) & TAIL_LOW)));
}

size_t
utf8_encode(uint32_t code, char ret[UTF8_MAX])
{
	if (code <= LAST_ASCII) {
		ret[0] = (char)code;
		return (1);
	}
	if (code <= LAST_OF_TWO) {
		ret[0] = (char)(TWO | (code >> TAIL_BITS));
		ret[1] = tail(code, 0);
		return (2);
	}
	if (code <= LAST_OF_THREE) {
		ret[0] = (char)(THREE | (code >> (2 * TAIL_BITS)));
		ret[1] = tail(code, 1);
		ret[2] = tail(code, 0);
		return (3);
	}
	ret[0] = (char)(FOUR | (code >> (3 * TAIL_BITS)));
	ret[1] = tail(code, 2);
	ret[2] = tail(code, 1);
	ret[3] = tail(code, 0);
	return (UTF8_MAX);
}

/* Length of the sequence that a byte begins; 0 if none does. */
static size_t
sequence(unsigned char lead)
{
	if (lead <= LAST_ASCII)
		return (1);
	if (lead < TWO)
		return (0);
	if (lead < THREE)
		return (2);
	if (lead < FOUR)
		return (3);
	return (lead < NO_LEAD ? UTF8_MAX : 0);
}

/* The code point there, or one that is none. */
static uint32_t
decode(const unsigned char *at, size_t n)
{
	static const uint32_t least[] = {
	    0, 0, LAST_ASCII + 1, LAST_OF_TWO + 1, LAST_OF_THREE + 1};
	uint32_t code;

	if (n == 1)
		return (at[0]);
	code = at[0] & ((1U << (UTF8_MAX + 3 - n)) - 1);
	for (size_t i = 1; i < n; i++) {
		if ((at[i] & TAIL_MASK) != TAIL)
			return (SURROGATES);
		code = (code << TAIL_BITS) | (at[i] & TAIL_LOW);
	}
	return (code < least[n] ? SURROGATES : code);
}

bool
utf8_valid(struct span text)
{
	const unsigned char *at = (const unsigned char *)text.at;
	size_t left = text.length;

	while (left > 0) {
		size_t n = sequence(*at);

		if (n == 0 || n > left || !utf8_scalar(decode(at, n)))
			return (false);
		at += n;
		left -= n;
	}
	return (true);
}

size_t
utf8_length(struct span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.length; i++)
		n += ((unsigned char)text.at[i] & TAIL_MASK) != TAIL;
	return (n);
}
