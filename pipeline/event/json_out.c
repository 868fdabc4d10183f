/*
 * JSON on its way out.  It is written straight into a buffer: a message is
 * small, its shape is fixed, and nobody needs a tree of it.
 */
#include "pipeline/event/json_out.h"

#include <inttypes.h>

void
json_instant(struct buffer *b, wall_ms t)
{
	char text[INSTANT_TEXT_MAX];

	instant_format(t, text);
	json_string(b, span_of(text));
}

void
json_add_name(struct buffer *b, const char *name)
{
	if (b->length > 0 && b->at[b->length - 1] != '{')
		buffer_char(b, ',');
	json_string(b, span_of(name));
	buffer_char(b, ':');
}

void
json_add_text(struct buffer *b, const char *name, struct span text)
{
	json_add_name(b, name);
	json_string(b, text);
}

void
json_add_instant(struct buffer *b, const char *name, wall_ms t)
{
	json_add_name(b, name);
	json_instant(b, t);
}

void
json_add_int(struct buffer *b, const char *name, int64_t i)
{
	json_add_name(b, name);
	buffer_print(b, "%" PRId64, i);
}

void
json_add_bool(struct buffer *b, const char *name, bool truth)
{
	json_add_name(b, name);
	buffer_span_add(b, truth ? SPAN("true") : SPAN("false"));
}

static void
write_date(struct buffer *b, struct civil_day day)
{
	if (day.year == 0)
		buffer_print(b, "\"--%02d-%02d\"", day.month, day.day);
	else
		buffer_print(
		    b, "\"%04d-%02d-%02d\"", day.year, day.month, day.day);
}

/* Three bytes are four letters of six bits; `=` stands for what is not there. */
static void
write_base64(struct buffer *b, struct span bytes)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
				      "klmnopqrstuvwxyz0123456789+/";
	enum { TRIPLE = 3, SHIFT = 6, LOW = 0x3f };

	buffer_char(b, '"');
	for (size_t i = 0; i < bytes.length; i += TRIPLE) {
		size_t left = bytes.length - i;
		unsigned bits = 0;

		for (size_t j = 0; j < TRIPLE; j++)
			bits = bits << 8 |
			       (j < left ? (unsigned char)bytes.at[i + j] : 0);
		for (size_t j = 0; j <= TRIPLE; j++) {
			size_t digit = bits >> (TRIPLE - j) * SHIFT & LOW;

			buffer_char(b, '=');
			if (j <= left)
				b->at[b->length - 1] = letters[digit];
		}
	}
	buffer_char(b, '"');
}

/* A value without others inside; false if it has some. */
static bool
write_scalar(struct buffer *b, struct value v, const struct currency *currency)
{
	switch ((enum value_kind)v.kind) {
	case VALUE_BOOL:
		buffer_span_add(b, v.truth ? SPAN("true") : SPAN("false"));
		return (true);
	case VALUE_INT:
	case VALUE_DURATION:
		buffer_print(b, "%" PRId64, v.i);
		return (true);
	case VALUE_UINT:
		buffer_print(b, "%" PRIu64, v.u);
		return (true);
	case VALUE_DOUBLE:
		json_double(b, v.d);
		return (true);
	case VALUE_MONEY:
		json_string(b, money_format(b->arena, v.i, currency));
		return (true);
	case VALUE_STRING:
		json_string(b, value_text(v));
		return (true);
	case VALUE_BYTES:
		write_base64(b, value_text(v));
		return (true);
	case VALUE_TIMESTAMP:
		json_instant(b, v.i);
		return (true);
	case VALUE_DATE:
		write_date(b, value_civil_day(v));
		return (true);
	case VALUE_LIST:
	case VALUE_MAP:
	case VALUE_OPTIONAL:
		return (false);
	case VALUE_NULL:
	case VALUE_ERROR:
	case VALUE_TYPE:
	case VALUE_ENTRY:
		break;
	}
	buffer_span_add(b, SPAN("null"));
	return (true);
}

/* JSON has only strings as names: 1 becomes "1", true becomes "true". */
static void
write_key(struct buffer *b, struct value key, const struct currency *currency)
{
	struct buffer text;

	if (key.kind == VALUE_STRING) {
		json_string(b, value_text(key));
		return;
	}
	buffer_init(&text, b->arena);
	if (!write_scalar(&text, key, currency))
		buffer_span_add(&text, SPAN("null"));
	json_string(b, buffer_span(&text));
}

/* NOLINTBEGIN(misc-no-recursion): JSON_NEST_MAX bounds it. */
static void
write_nested(struct buffer *b, struct value v, const struct currency *currency,
    int depth)
{
	if (write_scalar(b, v, currency))
		return;
	if (depth == JSON_NEST_MAX ||
	    (v.kind == VALUE_OPTIONAL && v.items == NULL)) {
		buffer_span_add(b, SPAN("null"));
		return;
	}
	if (v.kind == VALUE_OPTIONAL) {
		write_nested(b, v.items[0], currency, depth + 1);
		return;
	}
	buffer_char(b, v.kind == VALUE_LIST ? '[' : '{');
	for (uint32_t i = 0; i < v.length; i++) {
		const struct value *item = &v.items[i];

		if (i > 0)
			buffer_char(b, ',');
		if (v.kind == VALUE_MAP) {
			item = &v.items[(size_t)i * 2 + 1];
			write_key(b, item[-1], currency);
			buffer_char(b, ':');
		}
		write_nested(b, *item, currency, depth + 1);
	}
	buffer_char(b, v.kind == VALUE_LIST ? ']' : '}');
}
/* NOLINTEND(misc-no-recursion) */

void
json_value(struct buffer *b, struct value v, const struct currency *currency)
{
	write_nested(b, v, currency, 0);
}
