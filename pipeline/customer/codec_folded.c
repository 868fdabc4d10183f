/*
 * What was folded away of a stream:
 *
 *	zigzag	before (its instant), then first and last_day_at as distances
 *		from it, where count and days say that they are
 *	varint	count; zigzag sum; varint days; zigzag last_day; varint lost
 *	months	how many; number of the first (zigzag), then distances; of each
 *		its count (varint) and sum (zigzag)
 */
#include "pipeline/customer/codec_section.h"
#include "pipeline/customer/history.h"

enum { MONTH_MIN = 3 }; /* bytes */

static void
months_put(struct buffer *b, const struct history *history)
{
	int32_t before = 0;

	buffer_varint(b, history->n_months);
	for (size_t i = 0; i < history->n_months; i++) {
		const struct month *month = &history->months[i];

		buffer_zigzag(b, (int64_t)month->number - before);
		before = month->number;
		buffer_varint(b, month->count);
		buffer_zigzag(b, month->sum);
	}
}

void
folded_put(struct codec_out *out, const struct stream *stream)
{
	const struct history *history =
	    &out->customer->histories[stream->index];
	const struct folded *folded = &history->folded;
	struct buffer *b = &out->b;

	if (!folded_any(history) && folded->lost == 0)
		return;
	buffer_zigzag(b, folded->before);
	buffer_varint(b, folded->count);
	buffer_varint(b, folded->days);
	buffer_varint(b, folded->lost);
	buffer_zigzag(b, folded->sum);
	if (folded->count > 0)
		time_put(b, folded->before, folded->first);
	if (folded->days > 0) {
		buffer_zigzag(b, folded->last_day);
		time_put(b, folded->before, folded->last_day_at);
	}
	months_put(b, history);
}

static void
months_get(struct codec_in *in, struct history *history)
{
	struct reader *r = &in->r;
	size_t n = count_get(r, MONTH_MIN);
	int64_t before = 0;

	if (n > MONTHS_MAX)
		r->broken = true;
	if (n == 0 || r->broken)
		return;
	history->months_room = n + 1;
	history->months =
	    ARENA_ARRAY(in->arena, history->months_room, struct month);
	history->n_months = n;
	for (size_t i = 0; i < n && !r->broken; i++) {
		struct month *month = &history->months[i];
		int64_t step = reader_zigzag(r);

		if (step < INT32_MIN || step > INT32_MAX ||
		    (i > 0 && step <= 0) || before + step > INT32_MAX)
			r->broken = true;
		else
			before += step;
		month->number = (int32_t)before;
		month->count = small_get(r);
		month->sum = reader_zigzag(r);
	}
}

enum section_fate
folded_get(struct codec_in *in, const struct stream *stream)
{
	struct history *history = &in->customer->histories[stream->index];
	struct folded folded = {.first = INSTANT_NEVER};
	struct reader *r = &in->r;

	if (stream->keep != KEEP_EXACT)
		return (SECTION_STRANGE);
	if (folded_any(history) || history->folded.lost > 0)
		return (SECTION_BROKEN);
	folded.before = reader_zigzag(r);
	folded.count = (uint64_t)positive_get(r);
	folded.days = (uint64_t)positive_get(r);
	folded.lost = (uint64_t)positive_get(r);
	folded.sum = reader_zigzag(r);
	if (folded.count > 0)
		folded.first = time_get(r, folded.before);
	if (folded.days > 0) {
		folded.last_day = reader_zigzag(r);
		folded.last_day_at = time_get(r, folded.before);
	}
	months_get(in, history);
	if (folded.before == INSTANT_BEFORE && folded.lost == 0)
		return (SECTION_BROKEN);
	history->folded = folded;
	return (r->broken ? SECTION_BROKEN : SECTION_READ);
}
