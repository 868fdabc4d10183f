/*
 * One field of all entries, one after the other:
 *
 *	u8	1: some are null, and a bitmap follows, a bit per entry, the
 *		lowest first, set where there is a value; 0: none is
 *	values	in the order of the entries
 *
 * A text is a varint: t < WORDS names the t-th distinct text of this column,
 * t >= WORDS is a new one of t - WORDS bytes, which follow.  The first WORDS
 * distinct texts can be named: categories repeat, and ids need not be looked
 * for among all others.
 */
#include "pipeline/customer/codec_section.h"

enum {
	WORDS = 32,
	BYTE_BITS = 8,
};

/* The distinct texts of a column so far. */
struct words {
	struct span at[WORDS];
	size_t n;
};

static enum value_kind
kind_of(enum field_type type)
{
	switch (type) {
	case FIELD_INT:
		return (VALUE_INT);
	case FIELD_DOUBLE:
		return (VALUE_DOUBLE);
	case FIELD_BOOL:
		return (VALUE_BOOL);
	case FIELD_MONEY:
		return (VALUE_MONEY);
	case FIELD_TIMESTAMP:
		return (VALUE_TIMESTAMP);
	case FIELD_DATE:
		return (VALUE_DATE);
	case FIELD_STRING:
	case FIELD_ENUM:
	case FIELD_TIMEZONE:
	case FIELD_COUNTRY:
	default:
		return (VALUE_STRING);
	}
}

static struct value
column_value(
    const struct history *history, const struct column *column, size_t entry)
{
	const struct value *fields = history->entries[entry].fields;

	if (fields == NULL ||
	    fields[column->kept].kind != kind_of(column->field->type))
		return (value_null());
	return (fields[column->kept]);
}

size_t
column_values(const struct history *history, const struct column *column)
{
	size_t values = 0;

	for (size_t i = 0; i < history->n_entries; i++)
		values += column_value(history, column, i).kind != VALUE_NULL;
	return (values);
}

/* Ids and article numbers of one make differ at their ends. */
static bool
same_text(struct span a, struct span b)
{
	return (a.length == b.length &&
		(a.length == 0 || (a.at[a.length - 1] == b.at[b.length - 1] &&
				      memcmp(a.at, b.at, a.length) == 0)));
}

static void
text_put(struct buffer *b, struct words *words, struct span text)
{
	for (size_t i = 0; i < words->n; i++)
		if (same_text(words->at[i], text)) {
			buffer_varint(b, i);
			return;
		}
	if (words->n < WORDS)
		words->at[words->n++] = text;
	buffer_varint(b, WORDS + text.length);
	buffer_span_add(b, text);
}

static struct span
text_get(struct reader *r, struct words *words)
{
	uint64_t t = reader_varint(r);
	struct span text;

	if (t < WORDS) {
		if (t < words->n)
			return (words->at[t]);
		r->broken = true;
		return ((struct span){NULL, 0});
	}
	text = reader_bytes(r, t - WORDS);
	if (words->n < WORDS)
		words->at[words->n++] = text;
	return (text);
}

static void
bitmap_put(struct buffer *b, const struct history *history,
    const struct column *column)
{
	size_t n = history->n_entries;
	uint8_t bits = 0;

	for (size_t i = 0; i < n; i++) {
		if (column_value(history, column, i).kind != VALUE_NULL)
			bits |= (uint8_t)(1U << (i % BYTE_BITS));
		if (i % BYTE_BITS == BYTE_BITS - 1 || i == n - 1) {
			buffer_u8(b, bits);
			bits = 0;
		}
	}
}

void
column_put(struct buffer *b, const struct history *history,
    const struct column *column, size_t values)
{
	struct words words;

	words.n = 0; /* not all of it: there is one for each column */
	buffer_u8(b, values < history->n_entries ? 1 : 0);
	if (values < history->n_entries)
		bitmap_put(b, history, column);
	for (size_t i = 0; i < history->n_entries; i++) {
		struct value v = column_value(history, column, i);

		if (v.kind == VALUE_STRING)
			text_put(b, &words, value_text(v));
		else if (v.kind == VALUE_BOOL)
			buffer_u8(b, v.truth ? 1 : 0);
		else
			value_inside_put(b, v);
	}
}

static struct value
one_get(struct reader *r, enum value_kind kind, struct words *words)
{
	if (kind == VALUE_STRING)
		return (value_string(text_get(r, words)));
	if (kind == VALUE_BOOL)
		return (value_bool(reader_u8(r) != 0));
	return (value_inside_get(r, kind));
}

void
column_get(struct reader *r, const struct history *history,
    const struct column *column, struct value *fields, size_t n_kept)
{
	size_t n = history->n_entries;
	struct words words;
	struct span bitmap = {NULL, 0};

	words.n = 0;
	if (reader_u8(r) != 0)
		bitmap = reader_bytes(r, (n + BYTE_BITS - 1) / BYTE_BITS);
	for (size_t i = 0; i < n && !r->broken; i++) {
		bool there =
		    bitmap.length == 0 ||
		    ((uint8_t)bitmap.at[i / BYTE_BITS] >> (i % BYTE_BITS) &
			1) != 0;

		if (there)
			fields[i * n_kept + column->kept] =
			    one_get(r, kind_of(column->field->type), &words);
	}
}
