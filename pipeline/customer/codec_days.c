/*
 * A stream kept by days, and the ids that a stream without entries remembers.
 *
 * days:
 *	kinds	how many; of each: a value (null or a string), e of its last
 *		event as the distance from `seen`, and the id hash (u64); rising
 *	buckets	how many; of each: the day (zigzag for the first, then a varint
 *		from the one before), the index of its kind where there are
 *		several, its count (varint)
 * ring:
 *	ids	how many; of each: id hash (u64), raw time from the one before
 */
#include "pipeline/customer/codec_section.h"

enum {
	KIND_MIN = 2 + sizeof(uint64_t), /* bytes */
	BUCKET_MIN = 2,                  /* bytes */
	RING_ID_MIN = 1 + sizeof(uint64_t),
};

static bool
same_kind(struct value a, struct value b)
{
	return (
	    a.kind == b.kind && (a.kind == VALUE_NULL ||
				    span_equals(value_text(a), value_text(b))));
}

/* Kinds of buckets are among those of `lasts`: days.c puts both. */
static uint64_t
kind_index(const struct history *history, struct value kind)
{
	uint64_t i = 0;

	while (i < history->n_lasts && !same_kind(history->lasts[i].kind, kind))
		i++;
	return (i);
}

void
days_put(struct codec_out *out, const struct stream *stream)
{
	const struct history *history =
	    &out->customer->histories[stream->index];
	struct buffer *b = &out->b;
	int32_t before = 0;

	if (history->n_lasts == 0)
		return;
	buffer_varint(b, history->n_lasts);
	for (size_t i = 0; i < history->n_lasts; i++) {
		value_put(b, history->lasts[i].kind);
		time_put(b, out->customer->seen, history->lasts[i].e);
		buffer_u64(b, history->lasts[i].id_hash);
	}
	buffer_varint(b, history->n_days);
	for (size_t i = 0; i < history->n_days; i++) {
		const struct day_count *bucket = &history->days[i];
		int64_t step = (int64_t)bucket->day - before;

		if (i == 0)
			buffer_zigzag(b, step);
		else
			buffer_varint(b, (uint64_t)step);
		before = bucket->day;
		if (history->n_lasts > 1)
			buffer_varint(b, kind_index(history, bucket->kind));
		buffer_varint(b, bucket->count);
	}
}

/* Null comes first, then the strings in their order; `before` may be NULL. */
static bool
kind_follows(const struct last_kind *before, const struct last_kind *last)
{
	if (last->kind.kind == VALUE_NULL)
		return (before == NULL);
	if (last->kind.kind != VALUE_STRING)
		return (false);
	return (
	    before == NULL || before->kind.kind == VALUE_NULL ||
	    span_compare(value_text(before->kind), value_text(last->kind)) < 0);
}

static void
lasts_get(struct codec_in *in, struct history *history)
{
	size_t n = count_get(&in->r, KIND_MIN);

	if (n == 0 || n > KINDS_MAX + 1) { /* and null, for all others */
		in->r.broken = true;
		return;
	}
	history->lasts_room = n + 1;
	history->lasts =
	    ARENA_ARRAY(in->arena, history->lasts_room, struct last_kind);
	history->n_lasts = n;
	for (size_t i = 0; i < n; i++) {
		struct last_kind *last = &history->lasts[i];

		last->kind = value_get(&in->r);
		last->e = time_get(&in->r, in->customer->seen);
		last->id_hash = reader_u64(&in->r);
		if (!kind_follows(i == 0 ? NULL : &last[-1], last))
			in->r.broken = true;
	}
}

static void
bucket_get(struct reader *r, struct history *history, size_t i, uint64_t *kind)
{
	struct day_count *bucket = &history->days[i];
	int64_t before = i == 0 ? 0 : bucket[-1].day;
	int64_t step = i == 0 ? reader_zigzag(r) : positive_get(r);
	uint64_t last = *kind;

	*kind = history->n_lasts > 1 ? reader_varint(r) : 0;
	if (step < INT32_MIN || step > UINT32_MAX ||
	    before + step > INT32_MAX || *kind >= history->n_lasts ||
	    (i > 0 && step == 0 && *kind <= last)) {
		r->broken = true;
		return;
	}
	bucket->day = (int32_t)(before + step);
	bucket->kind = history->lasts[*kind].kind;
	bucket->count = small_get(r);
}

enum section_fate
days_get(struct codec_in *in, const struct stream *stream)
{
	struct history *history = &in->customer->histories[stream->index];
	uint64_t kind = 0;
	size_t n;

	if (stream->keep != KEEP_DAYS)
		return (SECTION_STRANGE);
	if (history->n_lasts > 0)
		return (SECTION_BROKEN);
	lasts_get(in, history);
	n = count_get(&in->r, BUCKET_MIN);
	history->days_room = n + 1;
	history->days =
	    ARENA_ARRAY(in->arena, history->days_room, struct day_count);
	history->n_days = n;
	for (size_t i = 0; i < n && !in->r.broken; i++)
		bucket_get(&in->r, history, i, &kind);
	return (in->r.broken ? SECTION_BROKEN : SECTION_READ);
}

void
ring_put(struct codec_out *out, const struct stream *stream)
{
	const struct ring *ring = &out->customer->histories[stream->index].ring;
	wall_ms before = out->customer->seen;

	if (ring->n == 0)
		return;
	buffer_varint(&out->b, ring->n);
	for (size_t i = 0; i < ring->n; i++) {
		buffer_u64(&out->b, ring->ids[i]);
		time_put(&out->b, before, ring->raws[i]);
		before = ring->raws[i];
	}
}

enum section_fate
ring_get(struct codec_in *in, const struct stream *stream)
{
	struct ring *ring = &in->customer->histories[stream->index].ring;
	wall_ms before = in->customer->seen;
	size_t n = count_get(&in->r, RING_ID_MIN);

	if (ring->n > 0 || n == 0 || n > RING_MAX)
		return (SECTION_BROKEN);
	ring->n = n;
	for (size_t i = 0; i < n; i++) {
		ring->ids[i] = reader_u64(&in->r);
		ring->raws[i] = before = time_get(&in->r, before);
	}
	return (in->r.broken ? SECTION_BROKEN : SECTION_READ);
}
