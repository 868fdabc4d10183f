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
 *	DECIDED	n at which it passed the gate, as the distance from due
 */
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
	HAS_DECIDED = 256,
	PENDING_MIN = sizeof(uint32_t) + 4, /* bytes */
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
		(p->tier_old != 0 || p->tier_new != 0 ? HAS_TIERS : 0U) |
		(p->decided != 0 ? HAS_DECIDED : 0U));
}

static struct waiting
waiting_of(const struct pending *p)
{
	return ((struct waiting){p->stream, p->partition, p->offset,
	    p->event_id, p->event_at, p->fields});
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
	struct waiting w = waiting_of(p);

	buffer_u32(b, p->rule);
	buffer_varint(b, (uint64_t)p->kind);
	buffer_varint(b, parts);
	time_put(b, out->customer->seen, p->due);
	time_put(b, p->due, p->tau);
	if ((parts & HAS_KEY) != 0)
		buffer_text(b, p->key);
	if ((parts & HAS_EVENT) != 0)
		waiting_event_put(out, &w, p->due);
	if ((parts & HAS_STREAM) != 0)
		waiting_fields_put(out, &w);
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
	if ((parts & HAS_DECIDED) != 0)
		time_put(b, p->due, p->decided);
}

static int32_t
step_get(struct reader *r)
{
	int64_t step = reader_zigzag(r);

	if (step < INT32_MIN || step > INT32_MAX)
		r->broken = true;
	return ((int32_t)step);
}

/* The record that caused it, if one did. */
static void
cause_get(struct codec_in *in, struct pending *p, uint32_t parts)
{
	struct waiting w = {.stream = NULL};

	if ((parts & HAS_KEY) != 0)
		p->key = reader_text(&in->r);
	if ((parts & HAS_EVENT) != 0)
		waiting_event_get(in, &w, p->due);
	if ((parts & HAS_KEY) == 0)
		p->key = w.id;
	if ((parts & HAS_STREAM) != 0)
		waiting_fields_get(in, &w);
	p->stream = w.stream;
	p->partition = w.partition;
	p->offset = w.offset;
	p->event_id = w.id;
	p->event_at = w.at;
	p->fields = w.fields;
}

/* What follows due and tau. */
static void
parts_get(struct codec_in *in, struct pending *p, uint32_t parts)
{
	cause_get(in, p, parts);
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
	if ((parts & HAS_DECIDED) != 0)
		p->decided = time_get(&in->r, p->due);
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
