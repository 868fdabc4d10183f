/*
 * The frame of a customer's bytes: a head, then sections that know nothing of
 * one another.  What a section says is in the file of its noun.
 */
#include "pipeline/customer/codec.h"

#include "pipeline/base/hash.h"
#include "pipeline/customer/codec_section.h"

enum {
	VERSION = 1,
	UNTIL_NEVER = 1, /* a flag of the head: until is left out */
	STAMPED = 0x80,  /* of a section's id: its `seen` comes first */
};

/* Either of the customer, or of each of his streams. */
struct section_row {
	enum section id;
	const char *name;
	void (*put)(struct codec_out *out);
	enum section_fate (*get)(struct codec_in *in);
	void (*put_stream)(struct codec_out *out, const struct stream *stream);
	enum section_fate (*get_stream)(
	    struct codec_in *in, const struct stream *stream);
};

/* In the order in which they are written. */
static const struct section_row rows[] = {
    {SECTION_ENTRIES, "entries", NULL, NULL, entries_put, entries_get},
    {SECTION_FOLDED, "folded", NULL, NULL, folded_put, folded_get},
    {SECTION_DAYS, "days", NULL, NULL, days_put, days_get},
    {SECTION_RING, "ring", NULL, NULL, ring_put, ring_get},
    {SECTION_ORPHANS, "orphans", orphans_put, orphans_get, NULL, NULL},
    {SECTION_PROFILE, "profile", profile_put, profile_get, NULL, NULL},
    {SECTION_CONSENT, "consent", consent_put, consent_get, NULL, NULL},
    {SECTION_TIER, "tier", tier_put, tier_get, NULL, NULL},
    {SECTION_RULES, "rules", rules_put, rules_get, NULL, NULL},
    {SECTION_PENDINGS, "pendings", pendings_put, pendings_get, NULL, NULL},
    {SECTION_SLOTS, "slots", slots_put, slots_get, NULL, NULL},
};
enum { N_ROWS = sizeof rows / sizeof rows[0] };

static void
head_put(struct buffer *b, const struct customer *customer)
{
	bool never = customer->until == INSTANT_NEVER;

	buffer_u8(b, VERSION);
	buffer_u8(b, never ? UNTIL_NEVER : 0);
	buffer_zigzag(b, customer->seen);
	if (!never)
		time_put(b, customer->seen, customer->until);
	buffer_u64(b, customer->edition);
}

static void
section_add(struct buffer *b, uint8_t id, struct span inside)
{
	buffer_u8(b, id);
	buffer_text(b, inside);
}

static void
streams_put(
    struct buffer *b, struct codec_out *out, const struct section_row *row)
{
	const struct schema *schema = out->codec->schema;

	for (size_t i = 0; i < schema->n_streams; i++) {
		struct span inside;

		out->b.length = 0;
		row->put_stream(out, &schema->streams[i]);
		if (out->b.length == 0)
			continue;
		inside = buffer_span(&out->b);
		buffer_u8(b, (uint8_t)row->id);
		buffer_varint(b, sizeof(uint32_t) + inside.length);
		buffer_u32(b, hash_short(schema->streams[i].name));
		buffer_span_add(b, inside);
	}
}

/*
 * Strange sections lie in the customer with their stamps.  One that is true
 * for the present `seen` needs none: nothing has happened since it came.
 */
static void
strange_put(struct buffer *b, const struct customer *customer)
{
	struct reader r = reader_of(customer->strange);

	while (reader_left(&r) > 0) {
		uint8_t id = reader_u8(&r);
		struct span inside = reader_text(&r);
		struct reader in = reader_of(inside);

		if (reader_zigzag(&in) == customer->seen)
			section_add(b, id & (uint8_t)~STAMPED,
			    reader_bytes(&in, reader_left(&in)));
		else
			section_add(b, id, inside);
	}
}

struct span
customer_encode(const struct customer_codec *codec,
    const struct customer *customer, struct arena *arena)
{
	struct codec_out out = {.codec = codec, .customer = customer};
	struct buffer b;

	buffer_init(&b, arena);
	buffer_init(&out.b, arena);
	head_put(&b, customer);
	for (size_t i = 0; i < N_ROWS; i++) {
		if (rows[i].put_stream != NULL) {
			streams_put(&b, &out, &rows[i]);
			continue;
		}
		out.b.length = 0;
		rows[i].put(&out);
		if (out.b.length > 0)
			section_add(
			    &b, (uint8_t)rows[i].id, buffer_span(&out.b));
	}
	strange_put(&b, customer);
	return (buffer_span(&b));
}

static enum outcome
head_get(struct reader *r, struct customer *customer, struct failure *why)
{
	uint8_t version = reader_u8(r);
	uint8_t flags = reader_u8(r);

	if (!r->broken && version != VERSION)
		return (fail_with(why, REJECT,
		    "customer: bytes of version %d, this program reads %d",
		    version, VERSION));
	customer->seen = reader_zigzag(r);
	if ((flags & UNTIL_NEVER) == 0)
		customer->until = time_get(r, customer->seen);
	customer->edition = reader_u64(r);
	if (r->broken)
		return (fail_with(why, REJECT, "customer: head is broken"));
	return (DONE);
}

static const struct section_row *
row_of(uint8_t id)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (rows[i].id == (enum section)id)
			return (&rows[i]);
	return (NULL);
}

static enum section_fate
row_get(const struct section_row *row, struct codec_in *in)
{
	enum section_fate fate;
	int index;

	if (row->get != NULL) {
		fate = row->get(in);
	} else {
		index = stream_of_hash(in->codec->schema, reader_u32(&in->r));
		if (index == NO_FIELD)
			return (
			    in->r.broken ? SECTION_BROKEN : SECTION_STRANGE);
		fate = row->get_stream(in, &in->codec->schema->streams[index]);
	}
	if (fate == SECTION_READ && (in->r.broken || reader_left(&in->r) > 0))
		return (SECTION_BROKEN);
	return (fate);
}

static void
strange_keep(
    struct buffer *strange, uint8_t id, wall_ms seen, struct span inside)
{
	struct buffer stamped;

	buffer_init(&stamped, strange->arena);
	buffer_zigzag(&stamped, seen);
	buffer_span_add(&stamped, inside);
	section_add(strange, id | STAMPED, buffer_span(&stamped));
}

/* One section; one that nobody here can read goes to `strange`. */
static enum outcome
section_get(struct codec_in *in, struct reader *r, struct buffer *strange,
    struct failure *why)
{
	uint8_t id = reader_u8(r);
	struct reader inside = reader_of(reader_text(r));
	const struct section_row *row = row_of(id & (uint8_t)~STAMPED);
	wall_ms seen = in->customer->seen;
	enum section_fate fate = SECTION_STRANGE;

	if ((id & STAMPED) != 0)
		seen = reader_zigzag(&inside);
	if (r->broken || inside.broken)
		return (fail_with(
		    why, REJECT, "customer: section %d is cut off", id));
	in->r = inside;
	if (row != NULL)
		fate = row_get(row, in);
	if (fate == SECTION_BROKEN)
		return (fail_with(
		    why, REJECT, "customer: section %s is broken", row->name));
	if (fate == SECTION_STRANGE)
		strange_keep(strange, id, seen,
		    (struct span){inside.at, reader_left(&inside)});
	return (DONE);
}

enum outcome
customer_decode(const struct customer_codec *codec, struct span id,
    struct span bytes, struct arena *arena, struct customer **ret,
    struct failure *why)
{
	struct customer *customer = customer_new(arena, codec->schema, id);
	struct codec_in in = {
	    .codec = codec, .customer = customer, .arena = arena};
	struct reader r = reader_of(arena_span(arena, bytes));
	struct buffer strange;
	enum outcome outcome = head_get(&r, customer, why);

	buffer_init(&strange, arena);
	while (outcome == DONE && reader_left(&r) > 0)
		outcome = section_get(&in, &r, &strange, why);
	if (outcome != DONE)
		return (outcome);
	customer->known = true;
	customer->strange = buffer_span(&strange);
	*ret = customer;
	return (DONE);
}
