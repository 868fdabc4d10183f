/* Strings of the language are sequences of code points, in UTF-8. */
#include "pipeline/cel/code_point.h"

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
};

bool
code_point_valid(uint32_t code)
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
code_point_write(uint32_t code, char ret[CODE_POINT_BYTES])
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
	return (CODE_POINT_BYTES);
}

size_t
code_points(struct span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.length; i++)
		n += ((unsigned char)text.at[i] & TAIL_MASK) != TAIL;
	return (n);
}
