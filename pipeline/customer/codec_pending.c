/*
 * Triggers that are decided but not published.  How many; of each:
 *
 *	u32	hash of its rule
 *	varint	kind
 *	varint	which of the parts below are there
 *	due as the distance from `seen`, tau as that from due, then
 *	KEY	the occurrence key; without it, it is the event's id
 *	EVENT	partition, offset, id, e of the event
 *	STREAM	hash of its stream (u32); how many fields are not null; of each
 *		the hash of name and type (u32), and its value
 *	LAG, PARENT, STEP, ABOUT	what they say
 *	TIERS	hashes of the old and the new tier (u32; 0: none)
 */
#include "pipeline/base/hash.h"
#include "pipeline/customer/codec_section.h"

enum {
	HAS_KEY = 1,
	HAS_EVENT = 2,
	HAS_STREAM = 4,
	HAS_LAG = 8,
	HAS_PARENT = 16,
	HAS_STEP = 32,
	HAS_ABOUT = 64,
	HAS_TIERS = 128,
	PENDING_MIN = sizeof(uint32_t) + 4, /* bytes */
	FIELD_MIN = sizeof(uint32_t) + 1,
};

static unsigned
parts_of(const struct pending *p)
{
	bool event = p->partition != 0 || p->offset != 0 ||
		     p->event_id.length > 0 || p->event_at != 0;
	bool own_key = !event || !span_equals(p->key, p->event_id);

	return ((own_key ? HAS_KEY : 0U) | (event ? HAS_EVENT : 0U) |
		(p->stream != NULL ? HAS_STREAM : 0U) |
		(p->lag != 0 ? HAS_LAG : 0U) |
		(p->traceparent.length > 0 ? HAS_PARENT : 0U) |
		(p->step != 0 ? HAS_STEP : 0U) |
		(p->about != 0 ? HAS_ABOUT : 0U) |
		(p->tier_old != 0 || p->tier_new != 0 ? HAS_TIERS : 0U));
}

static void
event_put(struct codec_out *out, const struct pending *p)
{
	buffer_zigzag(&out->b, p->partition);
	buffer_zigzag(&out->b, p->offset);
	buffer_text(&out->b, p->event_id);
	time_put(&out->b, p->due, p->event_at);
}

static void
event_get(struct codec_in *in, struct pending *p)
{
	int64_t partition = reader_zigzag(&in->r);

	if (partition < INT32_MIN || partition > INT32_MAX)
		in->r.broken = true;
	p->partition = (int32_t)partition;
	p->offset = reader_zigzag(&in->r);
	p->event_id = reader_text(&in->r);
	p->event_at = time_get(&in->r, p->due);
}

static void
stream_put(struct codec_out *out, const struct pending *p)
{
	const struct stream *stream = p->stream;
	uint64_t n = 0;

	for (size_t i = 0; i < stream->n_fields && p->fields != NULL; i++)
		n += p->fields[i].kind != VALUE_NULL;
	buffer_u32(&out->b, hash_short(stream->name));
	buffer_varint(&out->b, n);
	for (size_t i = 0; n > 0 && i < stream->n_fields; i++) {
		if (p->fields[i].kind == VALUE_NULL)
			continue;
		buffer_u32(&out->b, field_hash(&stream->fields[i]));
		value_put(&out->b, p->fields[i]);
	}
}

/*
 * Where the schema has no such stream any more, the pending stays: its rule
 * is gone too, and to end it is the gate's business.
 */
static void
stream_get(struct codec_in *in, struct pending *p)
{
	int index = stream_of_hash(in->codec->schema, reader_u32(&in->r));
	size_t n = count_get(&in->r, FIELD_MIN);
	struct value *fields = NULL;

	if (index != NO_FIELD) {
		p->stream = &in->codec->schema->streams[index];
		fields =
		    ARENA_ARRAY(in->arena, p->stream->n_fields, struct value);
	}
	p->fields = fields;
	for (size_t k = 0; k < n && !in->r.broken; k++) {
		uint32_t hash = reader_u32(&in->r);
		struct value value = value_get(&in->r);

		for (size_t i = 0; p->stream != NULL && i < p->stream->n_fields;
		     i++)
			if (field_hash(&p->stream->fields[i]) == hash)
				fields[i] = value;
	}
}

static void
tiers_put(struct codec_out *out, const struct pending *p)
{
	buffer_u32(&out->b, hash_of_tier(out->codec->program, p->tier_old));
	buffer_u32(&out->b, hash_of_tier(out->codec->program, p->tier_new));
}

static void
tiers_get(struct codec_in *in, struct pending *p)
{
	p->tier_old = tier_of_hash(in->codec->program, reader_u32(&in->r));
	p->tier_new = tier_of_hash(in->codec->program, reader_u32(&in->r));
}

static void
pending_put(struct codec_out *out, const struct pending *p)
{
	struct buffer *b = &out->b;
	unsigned parts = parts_of(p);

	buffer_u32(b, p->rule);
	buffer_varint(b, (uint64_t)p->kind);
	buffer_varint(b, parts);
	time_put(b, out->customer->seen, p->due);
	time_put(b, p->due, p->tau);
	if ((parts & HAS_KEY) != 0)
		buffer_text(b, p->key);
	if ((parts & HAS_EVENT) != 0)
		event_put(out, p);
	if ((parts & HAS_STREAM) != 0)
		stream_put(out, p);
	if ((parts & HAS_LAG) != 0)
		buffer_zigzag(b, p->lag);
	if ((parts & HAS_PARENT) != 0)
		buffer_text(b, p->traceparent);
	if ((parts & HAS_STEP) != 0)
		buffer_zigzag(b, p->step);
	if ((parts & HAS_ABOUT) != 0)
		buffer_u64(b, p->about);
	if ((parts & HAS_TIERS) != 0)
		tiers_put(out, p);
}

static int32_t
step_get(struct reader *r)
{
	int64_t step = reader_zigzag(r);

	if (step < INT32_MIN || step > INT32_MAX)
		r->broken = true;
	return ((int32_t)step);
}

/* What follows due and tau. */
static void
parts_get(struct codec_in *in, struct pending *p, uint32_t parts)
{
	if ((parts & HAS_KEY) != 0)
		p->key = reader_text(&in->r);
	if ((parts & HAS_EVENT) != 0)
		event_get(in, p);
	if ((parts & HAS_KEY) == 0)
		p->key = p->event_id;
	if ((parts & HAS_STREAM) != 0)
		stream_get(in, p);
	if ((parts & HAS_LAG) != 0)
		p->lag = reader_zigzag(&in->r);
	if ((parts & HAS_PARENT) != 0)
		p->traceparent = reader_text(&in->r);
	if ((parts & HAS_STEP) != 0)
		p->step = step_get(&in->r);
	if ((parts & HAS_ABOUT) != 0)
		p->about = reader_u64(&in->r);
	if ((parts & HAS_TIERS) != 0)
		tiers_get(in, p);
}

static struct pending
pending_get(struct codec_in *in)
{
	struct pending p = {.rule = reader_u32(&in->r)};
	uint32_t kind = small_get(&in->r);
	uint32_t parts = small_get(&in->r);

	if (kind > PENDING_CATCH_UP)
		in->r.broken = true;
	p.kind = (enum pending_kind)kind;
	p.due = time_get(&in->r, in->customer->seen);
	p.tau = time_get(&in->r, p.due);
	parts_get(in, &p, parts);
	return (p);
}

void
pendings_put(struct codec_out *out)
{
	const struct customer *customer = out->customer;

	if (customer->n_pendings > 0)
		buffer_varint(&out->b, customer->n_pendings);
	for (size_t i = 0; i < customer->n_pendings; i++)
		pending_put(out, &customer->pendings[i]);
}

enum section_fate
pendings_get(struct codec_in *in)
{
	struct customer *customer = in->customer;
	size_t n = count_get(&in->r, PENDING_MIN);

	if (n == 0 || customer->n_pendings > 0)
		return (SECTION_BROKEN);
	customer->pendings_room = n + 1;
	customer->pendings =
	    ARENA_ARRAY(in->arena, customer->pendings_room, struct pending);
	customer->n_pendings = n;
	for (size_t i = 0; i < n && !in->r.broken; i++) {
		customer->pendings[i] = pending_get(in);
		if (i > 0 && pending_compare(&customer->pendings[i - 1],
				 &customer->pendings[i]) > 0)
			in->r.broken = true;
	}
	return (in->r.broken ? SECTION_BROKEN : SECTION_READ);
}
