/*
 * What others keep in a customer: orphans of refunds, the tier, the memory of
 * rules, the slots of caps.  Instants are distances from `seen`.
 *
 * orphans:
 *	how many; of each: id hash (u64), order hash (u64), amount (varint),
 *	arrived; the record: partition, offset, id, e, stream (u32), fields;
 *	how many rules decided on it, their hashes (u32)
 * tier:
 *	hash of its name (u32, 0: none), u8 mode, since, warned_to, warned
 * rules:
 *	how many; of each: hash (u32; rising), flags * 8 + which of since,
 *	decided, keys follow (varint); keys: how many, then u64 and a count
 * slots:
 *	how many caps; of each: hash (u32; rising), how many; the first
 *	instant, then distances (varint)
 */
#include "pipeline/customer/codec_section.h"

enum {
	HAS_SINCE = 1,
	HAS_DECIDED = 2,
	HAS_KEYS = 4,
	FLAGS_SHIFT = 3,
	ORPHAN_MIN = 2 * sizeof(uint64_t) + 2, /* bytes */
	RULE_MIN = sizeof(uint32_t) + 1,
	KEY_MIN = sizeof(uint64_t) + 1,
	CAP_MIN = sizeof(uint32_t) + 2,
};

static void
orphan_record_put(struct codec_out *out, const struct orphan *orphan)
{
	struct waiting w = {orphan->stream, orphan->partition, orphan->offset,
	    orphan->id, orphan->e, orphan->fields};

	waiting_event_put(out, &w, orphan->arrived);
	waiting_fields_put(out, &w);
	buffer_varint(&out->b, orphan->n_decided);
	for (size_t i = 0; i < orphan->n_decided; i++)
		buffer_u32(&out->b, orphan->decided[i]);
}

static void
orphan_record_get(struct codec_in *in, struct orphan *orphan)
{
	struct waiting w = {.stream = NULL};
	size_t n;

	waiting_event_get(in, &w, orphan->arrived);
	waiting_fields_get(in, &w);
	n = count_get(&in->r, sizeof(uint32_t));
	if (n > ORPHAN_RULES_MAX)
		in->r.broken = true;
	for (; orphan->n_decided < n && !in->r.broken; orphan->n_decided++)
		orphan->decided[orphan->n_decided] = reader_u32(&in->r);
	orphan->stream = w.stream;
	orphan->partition = w.partition;
	orphan->offset = w.offset;
	orphan->id = w.id;
	orphan->e = w.at;
	orphan->fields = w.fields;
}

void
orphans_put(struct codec_out *out)
{
	const struct customer *customer = out->customer;

	if (customer->n_orphans == 0)
		return;
	buffer_varint(&out->b, customer->n_orphans);
	for (size_t i = 0; i < customer->n_orphans; i++) {
		const struct orphan *orphan = &customer->orphans[i];

		buffer_u64(&out->b, orphan->id_hash);
		buffer_u64(&out->b, orphan->order_hash);
		buffer_varint(&out->b, (uint64_t)orphan->amount);
		time_put(&out->b, customer->seen, orphan->arrived);
		orphan_record_put(out, orphan);
	}
}

/*
 * All or none: they are strange while the stream of one is gone, and where
 * others came in the meantime.
 */
enum section_fate
orphans_get(struct codec_in *in)
{
	struct customer *customer = in->customer;
	struct orphan orphans[ORPHANS_MAX] = {{0}};
	size_t n = count_get(&in->r, ORPHAN_MIN);
	bool strange = customer->n_orphans > 0;

	if (n == 0 || n > ORPHANS_MAX)
		return (SECTION_BROKEN);
	for (size_t i = 0; i < n; i++) {
		orphans[i].id_hash = reader_u64(&in->r);
		orphans[i].order_hash = reader_u64(&in->r);
		orphans[i].amount = positive_get(&in->r);
		orphans[i].arrived = time_get(&in->r, customer->seen);
		orphan_record_get(in, &orphans[i]);
		strange |= orphans[i].stream == NULL;
	}
	if (in->r.broken || reader_left(&in->r) > 0)
		return (SECTION_BROKEN);
	if (strange)
		return (SECTION_STRANGE);
	(void)memcpy(customer->orphans, orphans, n * sizeof *orphans);
	customer->n_orphans = n;
	return (SECTION_READ);
}

/* As customer_new makes it: nothing to write. */
static bool
tier_untouched(const struct tier_state *tier)
{
	return (tier->tier == TIER_NONE && tier->mode == TIER_ACTIVE &&
		tier->warned == 0 && tier->since == INSTANT_BEFORE &&
		tier->warned_to == INSTANT_BEFORE);
}

void
tier_put(struct codec_out *out)
{
	const struct tier_state *tier = &out->customer->tier;

	if (out->codec->program == NULL || tier_untouched(tier))
		return;
	buffer_u32(&out->b, hash_of_tier(out->codec->program, tier->tier));
	buffer_u8(&out->b, (uint8_t)tier->mode);
	time_put(&out->b, out->customer->seen, tier->since);
	time_put(&out->b, out->customer->seen, tier->warned_to);
	buffer_varint(&out->b, tier->warned);
}

enum section_fate
tier_get(struct codec_in *in)
{
	struct tier_state tier;
	uint32_t hash;
	uint8_t mode;

	if (in->codec->program == NULL)
		return (SECTION_STRANGE);
	hash = reader_u32(&in->r);
	tier.tier = tier_of_hash(in->codec->program, hash);
	mode = reader_u8(&in->r);
	tier.mode = (enum tier_mode)mode;
	tier.since = time_get(&in->r, in->customer->seen);
	tier.warned_to = time_get(&in->r, in->customer->seen);
	tier.warned = small_get(&in->r);
	if (in->r.broken || mode > TIER_GRACE)
		return (SECTION_BROKEN);
	/* A tier that is gone takes its grace and its warnings with it. */
	if (hash == 0 || tier.tier != TIER_NONE)
		in->customer->tier = tier;
	return (SECTION_READ);
}

static bool
rule_remembers(const struct rule_state *rule)
{
	return (rule->flags != 0 || rule->n_keys > 0 ||
		rule->decided != INSTANT_BEFORE);
}

static void
rule_put(struct codec_out *out, const struct rule_state *rule)
{
	struct buffer *b = &out->b;

	buffer_u32(b, rule->rule);
	buffer_varint(
	    b, (unsigned)rule->flags << FLAGS_SHIFT |
		   (rule->since != INSTANT_BEFORE ? HAS_SINCE : 0) |
		   (rule->decided != INSTANT_BEFORE ? HAS_DECIDED : 0) |
		   (rule->n_keys > 0 ? HAS_KEYS : 0));
	if (rule->since != INSTANT_BEFORE)
		time_put(b, out->customer->seen, rule->since);
	if (rule->decided != INSTANT_BEFORE)
		time_put(b, out->customer->seen, rule->decided);
	if (rule->n_keys > 0)
		buffer_varint(b, rule->n_keys);
	for (size_t i = 0; i < rule->n_keys; i++) {
		buffer_u64(b, rule->keys[i].key);
		buffer_varint(b, rule->keys[i].count);
	}
}

void
rules_put(struct codec_out *out)
{
	const struct customer *customer = out->customer;
	uint64_t n = 0;

	for (size_t i = 0; i < customer->n_rules; i++)
		n += rule_remembers(&customer->rules[i]);
	if (n == 0)
		return;
	buffer_varint(&out->b, n);
	for (size_t i = 0; i < customer->n_rules; i++)
		if (rule_remembers(&customer->rules[i]))
			rule_put(out, &customer->rules[i]);
}

static void
keys_get(struct codec_in *in, struct rule_state *rule)
{
	size_t n = count_get(&in->r, KEY_MIN);
	struct rule_key *keys = ARENA_ARRAY(in->arena, n, struct rule_key);

	for (size_t i = 0; i < n; i++) {
		keys[i].key = reader_u64(&in->r);
		keys[i].count = small_get(&in->r);
	}
	rule->keys = keys;
	rule->n_keys = n;
}

static struct rule_state
rule_get(struct codec_in *in)
{
	struct rule_state rule = {.rule = reader_u32(&in->r)};
	uint32_t flags = small_get(&in->r);

	if (flags >> FLAGS_SHIFT > UINT8_MAX)
		in->r.broken = true;
	rule.flags = (uint8_t)(flags >> FLAGS_SHIFT);
	rule.since = INSTANT_BEFORE;
	rule.decided = INSTANT_BEFORE;
	if ((flags & HAS_SINCE) != 0)
		rule.since = time_get(&in->r, in->customer->seen);
	if ((flags & HAS_DECIDED) != 0)
		rule.decided = time_get(&in->r, in->customer->seen);
	if ((flags & HAS_KEYS) != 0)
		keys_get(in, &rule);
	return (rule);
}

enum section_fate
rules_get(struct codec_in *in)
{
	struct customer *customer = in->customer;
	size_t n = count_get(&in->r, RULE_MIN);

	if (n == 0 || customer->n_rules > 0)
		return (SECTION_BROKEN);
	customer->rules_room = n + 1;
	customer->rules =
	    ARENA_ARRAY(in->arena, customer->rules_room, struct rule_state);
	customer->n_rules = n;
	for (size_t i = 0; i < n && !in->r.broken; i++) {
		customer->rules[i] = rule_get(in);
		if (!rule_remembers(&customer->rules[i]) ||
		    (i > 0 &&
			customer->rules[i - 1].rule >= customer->rules[i].rule))
			in->r.broken = true;
	}
	return (in->r.broken ? SECTION_BROKEN : SECTION_READ);
}

/* How many slots from index i on are of one cap. */
static size_t
cap_length(const struct customer *customer, size_t i)
{
	size_t end = i;

	while (end < customer->n_slots &&
	       customer->slots[end].cap == customer->slots[i].cap)
		end++;
	return (end - i);
}

void
slots_put(struct codec_out *out)
{
	const struct customer *customer = out->customer;
	struct buffer *b = &out->b;
	uint64_t n = 0;
	size_t length;

	for (size_t i = 0; i < customer->n_slots; i += cap_length(customer, i))
		n++;
	if (n == 0)
		return;
	buffer_varint(b, n);
	for (size_t i = 0; i < customer->n_slots; i += length) {
		const struct slot *slot = &customer->slots[i];

		length = cap_length(customer, i);
		buffer_u32(b, slot->cap);
		buffer_varint(b, length);
		time_put(b, customer->seen, slot->at);
		for (size_t k = 1; k < length; k++)
			buffer_varint(
			    b, (uint64_t)slot[k].at - (uint64_t)slot[k - 1].at);
	}
}

/* One cap; its slots are appended. */
static void
cap_get(struct codec_in *in)
{
	struct customer *customer = in->customer;
	uint32_t cap = reader_u32(&in->r);
	size_t n = count_get(&in->r, 1);
	wall_ms at = time_get(&in->r, customer->seen);

	if (n == 0 || n > customer->slots_room - customer->n_slots ||
	    (customer->n_slots > 0 &&
		customer->slots[customer->n_slots - 1].cap >= cap)) {
		in->r.broken = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t step = i == 0 ? 0 : reader_varint(&in->r);

		if (step > (uint64_t)INT64_MAX - (uint64_t)at) {
			in->r.broken = true;
			return;
		}
		at = (wall_ms)((uint64_t)at + step);
		customer->slots[customer->n_slots++] =
		    (struct slot){.cap = cap, .at = at};
	}
}

enum section_fate
slots_get(struct codec_in *in)
{
	struct customer *customer = in->customer;
	size_t n = count_get(&in->r, CAP_MIN);

	if (n == 0 || customer->n_slots > 0)
		return (SECTION_BROKEN);
	customer->slots_room = reader_left(&in->r); /* a byte each, at least */
	customer->slots =
	    ARENA_ARRAY(in->arena, customer->slots_room, struct slot);
	for (size_t i = 0; i < n && !in->r.broken; i++)
		cap_get(in);
	return (in->r.broken ? SECTION_BROKEN : SECTION_READ);
}
