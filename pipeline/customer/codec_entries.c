/*
 * The entries of a stream:
 *
 *	varint	how many
 *	u8	flags: UNIT of all times, and which of the parts below are there
 *	rows	per entry: e (zigzag for the first, then a varint from the one
 *		before; in units), id hash (u64), gross (varint or zigzag)
 *	aheads	sparse: how many, then index and raw - e (ms) of each
 *	refunds	sparse: how many, then index, sum, and ids of each
 *	columns	to the end: field hash (u32), length, inside of each
 */
#include "pipeline/customer/codec_section.h"
#include "pipeline/customer/history.h"

enum {
	UNIT = 3, /* index in units[] */
	HAS_AHEADS = 4,
	HAS_REFUNDS = 8,
	HAS_GROSS = 16,
	GROSS_SIGNED = 32,
};

/* Sources that know no milliseconds are not made to pay for them. */
static const duration_ms units[] = {
    1,
    SECOND_MS,
    MINUTE_MS,
};
enum { N_UNITS = sizeof units / sizeof units[0] };

/* An entry: at least a byte of time and an id. */
enum { ROW_MIN = 1 + sizeof(uint64_t) };

static bool
has_refunds(const struct entry *entry)
{
	return (entry->refunded != 0 || entry->n_refunds != 0);
}

static uint8_t
flags_of(const struct history *history)
{
	uint8_t unit = N_UNITS - 1;
	uint8_t flags = 0;

	for (size_t i = 0; i < history->n_entries; i++) {
		const struct entry *entry = &history->entries[i];

		while (entry->e % units[unit] != 0)
			unit--;
		if (entry->ahead != 0)
			flags |= HAS_AHEADS;
		if (has_refunds(entry))
			flags |= HAS_REFUNDS;
		if (entry->gross != 0)
			flags |= HAS_GROSS;
		if (entry->gross < 0)
			flags |= GROSS_SIGNED;
	}
	return (flags | unit);
}

static void
rows_put(struct buffer *b, const struct history *history, uint8_t flags)
{
	duration_ms unit = units[flags & UNIT];
	wall_ms before = 0;

	for (size_t i = 0; i < history->n_entries; i++) {
		const struct entry *entry = &history->entries[i];

		if (i == 0)
			buffer_zigzag(b, entry->e / unit);
		else
			buffer_varint(
			    b, ((uint64_t)entry->e - (uint64_t)before) /
				   (uint64_t)unit);
		before = entry->e;
		buffer_u64(b, entry->id_hash);
		if ((flags & GROSS_SIGNED) != 0)
			buffer_zigzag(b, entry->gross);
		else if ((flags & HAS_GROSS) != 0)
			buffer_varint(b, (uint64_t)entry->gross);
	}
}

static void
aheads_put(struct buffer *b, const struct history *history)
{
	uint64_t n = 0;

	for (size_t i = 0; i < history->n_entries; i++)
		n += history->entries[i].ahead != 0;
	buffer_varint(b, n);
	for (size_t i = 0; i < history->n_entries; i++) {
		if (history->entries[i].ahead == 0)
			continue;
		buffer_varint(b, i);
		buffer_varint(b, (uint64_t)history->entries[i].ahead);
	}
}

static void
refunds_put(struct buffer *b, const struct history *history)
{
	uint64_t n = 0;

	for (size_t i = 0; i < history->n_entries; i++)
		n += has_refunds(&history->entries[i]);
	buffer_varint(b, n);
	for (size_t i = 0; i < history->n_entries; i++) {
		const struct entry *entry = &history->entries[i];

		if (!has_refunds(entry))
			continue;
		buffer_varint(b, i);
		buffer_varint(b, (uint64_t)entry->refunded);
		buffer_varint(b, entry->n_refunds);
		for (size_t k = 0; k < entry->n_refunds; k++)
			buffer_u64(b, entry->refunds[k]);
	}
}

static void
columns_put(struct codec_out *out, const struct stream *stream)
{
	const struct history *history =
	    &out->customer->histories[stream->index];
	struct buffer inside;

	buffer_init(&inside, out->b.arena);
	for (size_t i = 0; i < stream->n_kept; i++) {
		struct column column = {&stream->fields[stream->kept[i]], i};
		size_t values = column_values(history, &column);

		if (values == 0)
			continue;
		inside.length = 0;
		column_put(&inside, history, &column, values);
		buffer_u32(&out->b, field_hash(column.field));
		buffer_text(&out->b, buffer_span(&inside));
	}
}

void
entries_put(struct codec_out *out, const struct stream *stream)
{
	const struct history *history =
	    &out->customer->histories[stream->index];
	uint8_t flags = flags_of(history);

	if (history->n_entries == 0)
		return;
	buffer_varint(&out->b, history->n_entries);
	buffer_u8(&out->b, flags);
	rows_put(&out->b, history, flags);
	if ((flags & HAS_AHEADS) != 0)
		aheads_put(&out->b, history);
	if ((flags & HAS_REFUNDS) != 0)
		refunds_put(&out->b, history);
	columns_put(out, stream);
}

/* e of the next row; broken where it does not fit. */
static wall_ms
row_time(struct reader *r, bool first, wall_ms before, duration_ms unit)
{
	uint64_t steps;
	wall_ms e;

	if (first) {
		if (__builtin_mul_overflow(reader_zigzag(r), unit, &e))
			r->broken = true;
		return (e);
	}
	steps = reader_varint(r);
	if (steps > ((uint64_t)INT64_MAX - (uint64_t)before) / (uint64_t)unit)
		r->broken = true;
	return ((wall_ms)((uint64_t)before + steps * (uint64_t)unit));
}

static void
rows_get(struct reader *r, struct history *history, uint8_t flags)
{
	duration_ms unit = units[flags & UNIT];
	wall_ms before = 0;

	for (size_t i = 0; i < history->n_entries && !r->broken; i++) {
		struct entry *entry = &history->entries[i];

		entry->e = row_time(r, i == 0, before, unit);
		before = entry->e;
		entry->id_hash = reader_u64(r);
		if ((flags & GROSS_SIGNED) != 0)
			entry->gross = reader_zigzag(r);
		else if ((flags & HAS_GROSS) != 0)
			entry->gross = positive_get(r);
	}
}

/* The entry that a sparse part names next; they rise.  NULL: broken. */
static struct entry *
sparse_entry(struct reader *r, struct history *history, size_t *next)
{
	uint64_t index = reader_varint(r);

	if (index < *next || index >= history->n_entries) {
		r->broken = true;
		return (NULL);
	}
	*next = index + 1;
	return (&history->entries[index]);
}

static void
aheads_get(struct reader *r, struct history *history)
{
	size_t n = count_get(r, 2);
	size_t next = 0;

	for (size_t i = 0; i < n && !r->broken; i++) {
		struct entry *entry = sparse_entry(r, history, &next);
		int64_t ahead = positive_get(r);

		if (entry == NULL || ahead == 0 || entry->e > INT64_MAX - ahead)
			r->broken = true;
		else
			entry->ahead = ahead;
	}
}

static void
refund_ids_get(struct codec_in *in, struct entry *entry)
{
	size_t n = count_get(&in->r, sizeof(uint64_t));
	uint64_t *ids = ARENA_ARRAY(in->arena, n, uint64_t);

	for (size_t i = 0; i < n; i++) {
		ids[i] = reader_u64(&in->r);
		if (i > 0 && ids[i] <= ids[i - 1])
			in->r.broken = true;
	}
	entry->refunds = n == 0 ? NULL : ids;
	entry->n_refunds = n;
	if (n > REFUNDS_MAX)
		in->r.broken = true;
}

static void
refunds_get(struct codec_in *in, struct history *history)
{
	size_t n = count_get(&in->r, 3);
	size_t next = 0;

	for (size_t i = 0; i < n && !in->r.broken; i++) {
		struct entry *entry = sparse_entry(&in->r, history, &next);

		if (entry == NULL)
			return;
		entry->refunded = positive_get(&in->r);
		refund_ids_get(in, entry);
	}
}

/* The column that a field's hash names; `kept` is n_kept if it is gone. */
static struct column
column_of_hash(const struct stream *stream, uint32_t hash)
{
	struct column column = {NULL, 0};

	for (; column.kept < stream->n_kept; column.kept++) {
		column.field = &stream->fields[stream->kept[column.kept]];
		if (field_hash(column.field) == hash)
			break;
	}
	return (column);
}

static void
columns_get(
    struct codec_in *in, const struct stream *stream, struct history *history)
{
	struct value *fields = ARENA_ARRAY(
	    in->arena, history->n_entries * stream->n_kept, struct value);

	for (size_t i = 0; i < history->n_entries; i++)
		history->entries[i].fields = fields + i * stream->n_kept;
	while (reader_left(&in->r) > 0) {
		struct column column =
		    column_of_hash(stream, reader_u32(&in->r));
		struct reader inside = reader_of(reader_text(&in->r));

		if (column.kept == stream->n_kept)
			continue;
		column_get(&inside, history, &column, fields, stream->n_kept);
		if (inside.broken || reader_left(&inside) > 0)
			in->r.broken = true;
	}
}

static bool
in_order(const struct history *history)
{
	for (size_t i = 1; i < history->n_entries; i++)
		if (entry_compare(
			&history->entries[i - 1], &history->entries[i]) >= 0)
			return (false);
	return (true);
}

enum section_fate
entries_get(struct codec_in *in, const struct stream *stream)
{
	struct history *history = &in->customer->histories[stream->index];
	size_t n;
	uint8_t flags;

	if (stream->keep != KEEP_EXACT)
		return (SECTION_STRANGE);
	n = count_get(&in->r, ROW_MIN);
	flags = reader_u8(&in->r);
	if (n == 0 || history->n_entries > 0 || (flags & UNIT) >= N_UNITS)
		return (SECTION_BROKEN);
	history->room = n + n / 4 + 1; /* most are decoded to get one more */
	history->entries = ARENA_ARRAY(in->arena, history->room, struct entry);
	history->n_entries = n;
	rows_get(&in->r, history, flags);
	if ((flags & HAS_AHEADS) != 0)
		aheads_get(&in->r, history);
	if ((flags & HAS_REFUNDS) != 0)
		refunds_get(in, history);
	columns_get(in, stream, history);
	return (
	    in->r.broken || !in_order(history) ? SECTION_BROKEN : SECTION_READ);
}
