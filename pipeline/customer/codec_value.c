/*
 * Values, instants, counts and names as bytes: what all sections are made of.
 */
#include "pipeline/base/hash.h"
#include "pipeline/customer/codec_section.h"

/* The numbers are in the bytes: they are not those of enum value_kind. */
enum code {
	CODE_NULL = 0,
	CODE_FALSE = 1,
	CODE_TRUE = 2,
	CODE_INT = 3,
	CODE_UINT = 4,
	CODE_DOUBLE = 5,
	CODE_MONEY = 6,
	CODE_STRING = 7,
	CODE_BYTES = 8,
	CODE_TIMESTAMP = 9,
	CODE_DURATION = 10,
	CODE_DATE = 11,
};

/* A field of another type is another field, even under the same name. */
#define TYPE_SPREAD UINT32_C(0x9e3779b1)

uint32_t
field_hash(const struct field *field)
{
	return (
	    hash_short(field->name) ^ ((uint32_t)field->type * TYPE_SPREAD));
}

int
stream_of_hash(const struct schema *schema, uint32_t hash)
{
	for (size_t i = 0; i < schema->n_streams; i++)
		if (hash_short(schema->streams[i].name) == hash)
			return ((int)i);
	return (NO_FIELD);
}

uint32_t
hash_of_stream(const struct schema *schema, int stream)
{
	return (
	    stream == NO_FIELD ? 0 : hash_short(schema->streams[stream].name));
}

uint32_t
hash_of_tier(const struct tier_program *program, int tier)
{
	if (program == NULL || tier < 0 || tier >= program->n_tiers)
		return (0);
	return (hash_short(program->tiers[tier].name));
}

int
tier_of_hash(const struct tier_program *program, uint32_t hash)
{
	if (program == NULL || hash == 0)
		return (TIER_NONE);
	for (int i = 0; i < program->n_tiers; i++)
		if (hash_short(program->tiers[i].name) == hash)
			return (i);
	return (TIER_NONE);
}

void
time_put(struct buffer *b, wall_ms base, wall_ms t)
{
	buffer_zigzag(b, (int64_t)((uint64_t)t - (uint64_t)base));
}

wall_ms
time_get(struct reader *r, wall_ms base)
{
	return ((wall_ms)((uint64_t)base + (uint64_t)reader_zigzag(r)));
}

size_t
count_get(struct reader *r, size_t size)
{
	uint64_t n = reader_varint(r);

	if (n > reader_left(r) / size) {
		r->broken = true;
		return (0);
	}
	return ((size_t)n);
}

int64_t
positive_get(struct reader *r)
{
	uint64_t v = reader_varint(r);

	if (v > INT64_MAX) {
		r->broken = true;
		return (0);
	}
	return ((int64_t)v);
}

uint32_t
small_get(struct reader *r)
{
	uint64_t v = reader_varint(r);

	if (v > UINT32_MAX) {
		r->broken = true;
		return (0);
	}
	return ((uint32_t)v);
}

/* Doubles that a zigzag holds exactly: scores and ratings, mostly. */
static bool
is_whole(double d, int64_t *ret)
{
	const double limit = 9007199254740992.0; /* 2^53 */
	double back;
	uint64_t bits;
	uint64_t back_bits;

	if (!(d > -limit && d < limit))
		return (false);
	*ret = (int64_t)d;
	back = (double)*ret;
	(void)memcpy(&bits, &d, sizeof bits);
	(void)memcpy(&back_bits, &back, sizeof back_bits);
	return (bits == back_bits); /* -0.0 is not 0.0 */
}

static void
double_put(struct buffer *b, double d)
{
	int64_t whole;

	if (is_whole(d, &whole)) {
		buffer_u8(b, 1);
		buffer_zigzag(b, whole);
	} else {
		buffer_u8(b, 0);
		buffer_double(b, d);
	}
}

static double
double_get(struct reader *r)
{
	return (
	    reader_u8(r) == 1 ? (double)reader_zigzag(r) : reader_double(r));
}

static enum code
code_of(struct value v)
{
	switch ((enum value_kind)v.kind) {
	case VALUE_BOOL:
		return (v.truth ? CODE_TRUE : CODE_FALSE);
	case VALUE_INT:
		return (CODE_INT);
	case VALUE_UINT:
		return (CODE_UINT);
	case VALUE_DOUBLE:
		return (CODE_DOUBLE);
	case VALUE_MONEY:
		return (CODE_MONEY);
	case VALUE_STRING:
		return (CODE_STRING);
	case VALUE_BYTES:
		return (CODE_BYTES);
	case VALUE_TIMESTAMP:
		return (CODE_TIMESTAMP);
	case VALUE_DURATION:
		return (CODE_DURATION);
	case VALUE_DATE:
		return (CODE_DATE);
	case VALUE_NULL:
	case VALUE_ERROR:
	case VALUE_LIST:
	case VALUE_MAP:
	case VALUE_TYPE:
	case VALUE_OPTIONAL:
	case VALUE_ENTRY:
	default:
		return (CODE_NULL);
	}
}

void
value_inside_put(struct buffer *b, struct value v)
{
	switch (code_of(v)) {
	case CODE_INT:
	case CODE_MONEY:
	case CODE_DATE:
		buffer_zigzag(b, v.i);
		break;
	case CODE_UINT:
		buffer_varint(b, v.u);
		break;
	case CODE_DOUBLE:
		double_put(b, v.d);
		break;
	case CODE_STRING:
	case CODE_BYTES:
		buffer_text(b, value_text(v));
		break;
	case CODE_TIMESTAMP:
	case CODE_DURATION:
		buffer_zigzag(b, v.i);
		buffer_varint(b, v.length);
		break;
	case CODE_NULL:
	case CODE_FALSE:
	case CODE_TRUE:
	default:
		break;
	}
}

struct value
value_inside_get(struct reader *r, enum value_kind kind)
{
	struct value v = {.kind = (uint8_t)kind};
	struct span text;

	if (kind == VALUE_DOUBLE) {
		v.d = double_get(r);
	} else if (kind == VALUE_UINT) {
		v.u = reader_varint(r);
	} else if (kind == VALUE_STRING || kind == VALUE_BYTES) {
		text = reader_text(r);
		if (text.length > UINT32_MAX)
			r->broken = true;
		v.text = text.at;
		v.length = (uint32_t)text.length;
	} else {
		v.i = reader_zigzag(r);
		if (kind == VALUE_TIMESTAMP || kind == VALUE_DURATION)
			v.length = small_get(r);
	}
	return (v);
}

void
value_put(struct buffer *b, struct value v)
{
	buffer_u8(b, (uint8_t)code_of(v));
	value_inside_put(b, v);
}

struct value
value_get(struct reader *r)
{
	static const enum value_kind kinds[] = {
	    [CODE_INT] = VALUE_INT,
	    [CODE_UINT] = VALUE_UINT,
	    [CODE_DOUBLE] = VALUE_DOUBLE,
	    [CODE_MONEY] = VALUE_MONEY,
	    [CODE_STRING] = VALUE_STRING,
	    [CODE_BYTES] = VALUE_BYTES,
	    [CODE_TIMESTAMP] = VALUE_TIMESTAMP,
	    [CODE_DURATION] = VALUE_DURATION,
	    [CODE_DATE] = VALUE_DATE,
	};
	uint8_t code = reader_u8(r);

	if (code == CODE_NULL)
		return (value_null());
	if (code == CODE_FALSE || code == CODE_TRUE)
		return (value_bool(code == CODE_TRUE));
	if (code > CODE_DATE) {
		r->broken = true;
		return (value_null());
	}
	return (value_inside_get(r, kinds[code]));
}
