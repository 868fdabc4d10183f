/*
 * Records that wait inside a customer: what a pending trigger began with, and
 * a refund before its purchase.
 */
#include "pipeline/base/hash.h"
#include "pipeline/customer/codec_section.h"

enum { FIELD_MIN = sizeof(uint32_t) + 1 };

void
waiting_event_put(struct codec_out *out, const struct waiting *w, wall_ms base)
{
	buffer_zigzag(&out->b, w->partition);
	buffer_zigzag(&out->b, w->offset);
	buffer_text(&out->b, w->id);
	time_put(&out->b, base, w->at);
}

void
waiting_event_get(struct codec_in *in, struct waiting *w, wall_ms base)
{
	int64_t partition = reader_zigzag(&in->r);

	if (partition < INT32_MIN || partition > INT32_MAX)
		in->r.broken = true;
	w->partition = (int32_t)partition;
	w->offset = reader_zigzag(&in->r);
	w->id = reader_text(&in->r);
	w->at = time_get(&in->r, base);
}

void
waiting_fields_put(struct codec_out *out, const struct waiting *w)
{
	const struct stream *stream = w->stream;
	uint64_t n = 0;

	for (size_t i = 0; i < stream->n_fields && w->fields != NULL; i++)
		n += w->fields[i].kind != VALUE_NULL;
	buffer_u32(&out->b, hash_short(stream->name));
	buffer_varint(&out->b, n);
	for (size_t i = 0; n > 0 && i < stream->n_fields; i++) {
		if (w->fields[i].kind == VALUE_NULL)
			continue;
		buffer_u32(&out->b, field_hash(&stream->fields[i]));
		value_put(&out->b, w->fields[i]);
	}
}

/*
 * Where the schema has no such stream any more, what waits stays: its rule is
 * gone too, and to end it is the gate's business.
 */
void
waiting_fields_get(struct codec_in *in, struct waiting *w)
{
	int index = stream_of_hash(in->codec->schema, reader_u32(&in->r));
	size_t n = count_get(&in->r, FIELD_MIN);
	struct value *fields = NULL;

	if (index != NO_FIELD) {
		w->stream = &in->codec->schema->streams[index];
		fields =
		    ARENA_ARRAY(in->arena, w->stream->n_fields, struct value);
	}
	w->fields = fields;
	for (size_t k = 0; k < n && !in->r.broken; k++) {
		uint32_t hash = reader_u32(&in->r);
		struct value value = value_get(&in->r);

		for (size_t i = 0; fields != NULL && i < w->stream->n_fields;
		     i++)
			if (field_hash(&w->stream->fields[i]) == hash)
				fields[i] = value;
	}
}
