#ifndef TESTS_UNIT_CUSTOMER_FIXTURE_H
#define TESTS_UNIT_CUSTOMER_FIXTURE_H

#include <inttypes.h>
#include <stdio.h>

#include "pipeline/base/hash.h"
#include "pipeline/base/zone_table.h"
#include "pipeline/customer/codec.h"
#include "pipeline/customer/fold.h"
#include "pipeline/customer/window.h"

/*
 * A shop with two purchase streams, refunds, feedback, engagement by days, two
 * writers of profiles, and consent; and its events.  Times in tests are ms
 * after T0, a Wednesday.
 */
#define T0 ((wall_ms)1735689600000) /* 2025-01-01T00:00:00Z */

enum {
	PURCHASES,
	STORES,
	REFUNDS,
	FEEDBACK,
	ENGAGEMENT,
	PROFILE,
	CRM,
	CONSENT,
	N_STREAMS,
};

enum {
	ORDER_ID,
	AMOUNT,
	CATEGORY,
	SKU,
	QUANTITY,
	WEIGHT,
	GIFT,
	PROMISED,
	MADE
};
enum { REFUND_ID, REFUND_ORDER, REFUND_AMOUNT };
enum { FEEDBACK_ID, FEEDBACK_KIND, SCORE };
enum { ENGAGEMENT_ID, ACTION };
enum { NAME, ZONE, COUNTRY, BORN, N_PROFILE };
enum { N_PURPOSES = 2, N_CHANNELS = 3 };
enum { MOST_FIELDS = 9 };

static const wall_ms oslo_changes[] = {1743296400000, 1761440400000};
static const int32_t oslo_offsets[] = {3600, 7200, 3600};
/* At 00:01 of 2025-01-11 the clocks of Islet go back to 23:01 of the 10th. */
static const wall_ms islet_changes[] = {T0 + 10 * DAY_MS + MINUTE_MS};
static const int32_t islet_offsets[] = {0, -3600};
static const struct zone_table utc_table = {NULL, (const int32_t[]){0}, 0};
static const struct zone_table oslo_table = {oslo_changes, oslo_offsets, 2};
static const struct zone_table islet_table = {islet_changes, islet_offsets, 1};
static const struct zone fixture_zone[] = {
    {{"UTC", 3}, &utc_table},
    {{"Europe/Oslo", 11}, &oslo_table},
    {{"Test/Islet", 10}, &islet_table},
};
enum { OSLO = 1, ISLET = 2 };
static const struct zone_country fixture_country[] = {
    {"NO", OSLO},
    {"US", ZONE_NONE},
};
static const struct zones fixture_zones = {
    .version = {"2025b", 5},
    .zone = fixture_zone,
    .n = 3,
    .country = fixture_country,
    .n_countries = 2,
};

static const struct field purchase_fields[] = {
    {.name = {"order_id", 8}, .type = FIELD_STRING},
    {.name = {"amount", 6}, .type = FIELD_MONEY},
    {.name = {"category", 8}, .type = FIELD_STRING},
    {.name = {"sku", 3}, .type = FIELD_STRING},
    {.name = {"quantity", 8}, .type = FIELD_INT},
    {.name = {"weight", 6}, .type = FIELD_DOUBLE},
    {.name = {"gift", 4}, .type = FIELD_BOOL},
    {.name = {"promised", 8}, .type = FIELD_TIMESTAMP},
    {.name = {"made", 4}, .type = FIELD_DATE},
};
static const int purchase_kept[] = {
    CATEGORY, SKU, QUANTITY, WEIGHT, GIFT, PROMISED, MADE};
static const struct field refund_fields[] = {
    {.name = {"refund_id", 9}, .type = FIELD_STRING},
    {.name = {"order_id", 8}, .type = FIELD_STRING},
    {.name = {"amount", 6}, .type = FIELD_MONEY},
};
static const struct field feedback_fields[] = {
    {.name = {"feedback_id", 11}, .type = FIELD_STRING},
    {.name = {"kind", 4}, .type = FIELD_STRING},
    {.name = {"score", 5}, .type = FIELD_INT},
};
static const int feedback_kept[] = {FEEDBACK_KIND, SCORE};
static const struct field engagement_fields[] = {
    {.name = {"event_id", 8}, .type = FIELD_STRING},
    {.name = {"kind", 4}, .type = FIELD_STRING},
};
static const int engagement_kept[] = {ACTION};
static const struct field profile_fields[] = {
    {.name = {"name", 4}, .type = FIELD_STRING, .pii = true},
    {.name = {"timezone", 8}, .type = FIELD_TIMEZONE},
    {.name = {"country", 7}, .type = FIELD_COUNTRY},
    {.name = {"birthday", 8}, .type = FIELD_DATE, .pii = true},
};
static const struct span purposes[] = {{"marketing", 9}, {"service", 7}};
static const struct span channels[] = {{"email", 5}, {"push", 4}, {"sms", 3}};

struct shop {
	struct schema schema;
	struct stream streams[N_STREAMS];
};

static inline struct stream
purchase_stream(struct span name, int index, uint32_t max)
{
	return ((struct stream){.name = name,
	    .index = index,
	    .role = ROLE_PURCHASE,
	    .fields = purchase_fields,
	    .n_fields = MOST_FIELDS,
	    .id_field = ORDER_ID,
	    .amount_field = AMOUNT,
	    .order_field = NO_FIELD,
	    .kind_field = NO_FIELD,
	    .keep = KEEP_EXACT,
	    .max = max,
	    .kept = purchase_kept,
	    .n_kept = sizeof purchase_kept / sizeof *purchase_kept});
}

static inline struct stream
other_stream(struct span name, int index, enum role role, enum keep keep)
{
	return ((struct stream){.name = name,
	    .index = index,
	    .role = role,
	    .id_field = NO_FIELD,
	    .amount_field = NO_FIELD,
	    .order_field = NO_FIELD,
	    .kind_field = NO_FIELD,
	    .keep = keep,
	    .max = 30});
}

static inline void
shop_streams(struct shop *shop)
{
	struct stream *s = shop->streams;

	s[PURCHASES] = purchase_stream(SPAN("purchases"), PURCHASES, 256);
	s[STORES] = purchase_stream(SPAN("stores"), STORES, 256);
	s[REFUNDS] =
	    other_stream(SPAN("refunds"), REFUNDS, ROLE_REFUND, KEEP_NOTHING);
	s[REFUNDS].fields = refund_fields;
	s[REFUNDS].n_fields = 3;
	s[REFUNDS].order_field = REFUND_ORDER;
	s[REFUNDS].amount_field = REFUND_AMOUNT;
	s[FEEDBACK] =
	    other_stream(SPAN("feedback"), FEEDBACK, ROLE_FEEDBACK, KEEP_EXACT);
	s[FEEDBACK].fields = feedback_fields;
	s[FEEDBACK].n_fields = 3;
	s[FEEDBACK].kind_field = FEEDBACK_KIND;
	s[FEEDBACK].kept = feedback_kept;
	s[FEEDBACK].n_kept = 2;
	s[ENGAGEMENT] = other_stream(
	    SPAN("engagement"), ENGAGEMENT, ROLE_ENGAGEMENT, KEEP_DAYS);
	s[ENGAGEMENT].fields = engagement_fields;
	s[ENGAGEMENT].n_fields = 2;
	s[ENGAGEMENT].kind_field = ACTION;
	s[ENGAGEMENT].kept = engagement_kept;
	s[ENGAGEMENT].n_kept = 1;
	s[PROFILE] =
	    other_stream(SPAN("profiles"), PROFILE, ROLE_PROFILE, KEEP_NOTHING);
	s[CRM] = other_stream(SPAN("crm"), CRM, ROLE_PROFILE, KEEP_NOTHING);
	s[CONSENT] =
	    other_stream(SPAN("consent"), CONSENT, ROLE_CONSENT, KEEP_NOTHING);
}

static inline void
shop_init(struct shop *shop)
{
	shop_streams(shop);
	shop->schema = (struct schema){
	    .name = SPAN("shop"),
	    .currency = {"EUR", 2},
	    .zone = ZONE_UTC,
	    .profile = profile_fields,
	    .n_profile = N_PROFILE,
	    .zone_field = ZONE,
	    .country_field = COUNTRY,
	    .purposes = purposes,
	    .n_purposes = N_PURPOSES,
	    .channels = channels,
	    .n_channels = N_CHANNELS,
	    .streams = shop->streams,
	    .n_streams = N_STREAMS,
	    .zones = &fixture_zones,
	};
}

/* An event of a stream without its fields: raw may lie ahead of a. */
static inline struct event
event_of(
    const struct shop *shop, int stream, struct span id, wall_ms raw, wall_ms a)
{
	return ((struct event){.stream = &shop->streams[stream],
	    .customer = SPAN("c1"),
	    .id = id,
	    .id_hash = hash_id(id),
	    .a = a,
	    .raw = raw,
	    .e = raw < a ? raw : a});
}

static inline struct event
purchase(const struct shop *shop, struct arena *arena, struct span id,
    wall_ms raw, int64_t amount)
{
	struct event event = event_of(shop, PURCHASES, id, raw, raw);
	struct value *fields = ARENA_ARRAY(arena, MOST_FIELDS, struct value);

	fields[ORDER_ID] = value_string(id);
	fields[AMOUNT] = value_money(amount);
	event.fields = fields;
	return (event);
}

static inline struct event
refund(const struct shop *shop, struct arena *arena, struct span id,
    struct span order, int64_t amount)
{
	struct event event = event_of(shop, REFUNDS, id, T0, T0);
	struct value *fields = ARENA_ARRAY(arena, 3, struct value);

	fields[REFUND_ID] = value_string(id);
	fields[REFUND_ORDER] = value_string(order);
	fields[REFUND_AMOUNT] = value_money(amount);
	event.fields = fields;
	return (event);
}

static inline struct event
engagement(const struct shop *shop, struct arena *arena, struct span id,
    wall_ms raw, struct value kind)
{
	struct event event = event_of(shop, ENGAGEMENT, id, raw, raw);
	struct value *fields = ARENA_ARRAY(arena, 2, struct value);

	fields[ENGAGEMENT_ID] = value_string(id);
	fields[ACTION] = kind;
	event.fields = fields;
	return (event);
}

static inline struct event
consent(const struct shop *shop, struct span id, wall_ms raw, int channel,
    bool granted)
{
	struct event event = event_of(shop, CONSENT, id, raw, raw);

	event.purpose = 0;
	event.channel = channel;
	event.granted = granted;
	return (event);
}

static inline struct event
profile(const struct shop *shop, struct span id, wall_ms raw,
    const struct profile_change *changes, size_t n)
{
	struct event event = event_of(shop, PROFILE, id, raw, raw);

	event.changes = changes;
	event.n_changes = n;
	return (event);
}

/* An event, and the refunds that were waiting for it. */
static inline void
fold_with_orphans(struct customer *customer, const struct shop *shop,
    const struct event *event, struct arena *arena)
{
	struct event refund;
	struct orphan was;

	(void)fold(customer, &shop->schema, event, true, arena);
	while (event->stream->role == ROLE_PURCHASE &&
	       fold_orphan(customer, event, arena, &refund, &was))
		continue;
}

/* For where(): purchases that were gifts; the context is their stream. */
static inline bool
is_gift(void *context, const struct entry *entry)
{
	const struct stream *stream = context;
	struct value gift = entry_field(stream, entry, GIFT);

	return (gift.kind == VALUE_BOOL && gift.truth);
}

/* The same value, and an error is like any other. */
static inline bool
same_answer(struct value a, struct value b)
{
	if (a.kind != b.kind)
		return (false);
	if (a.kind == VALUE_ERROR)
		return (true);
	if (a.kind == VALUE_STRING)
		return (span_equals(value_text(a), value_text(b)));
	if (a.kind == VALUE_ENTRY)
		return (a.object == b.object);
	if (a.kind == VALUE_BOOL)
		return (a.truth == b.truth);
	return (a.i == b.i);
}

/* xorshift64*: the same run at every try. */
static inline uint64_t
random_next(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (*seed * UINT64_C(2685821657736338717));
}

/* 0 <= r < n */
static inline uint64_t
random_below(uint64_t *seed, uint64_t n)
{
	return (random_next(seed) % n);
}

/* The fields of a purchase that a random one has beside its id. */
static inline void
random_purchase(struct value *fields, uint64_t *seed, const struct event *event,
    struct value word, uint64_t number)
{
	fields[AMOUNT] = value_money((int64_t)random_below(seed, 20000) - 100);
	fields[CATEGORY] = word;
	fields[SKU] = value_string(event->id);
	fields[QUANTITY] = value_int((int64_t)random_next(seed));
	fields[WEIGHT] = value_double((double)random_below(seed, 1000) / 8);
	fields[GIFT] = value_bool(number % 2 == 0);
	if (number % 3 == 0)
		fields[PROMISED] = value_timestamp(event->raw + DAY_MS);
	fields[MADE] = value_date((struct civil_day){
	    2025, (int)(1 + number % 12), (int)(1 + number % 28)});
}

static inline void
random_profile(struct event *event, struct arena *arena, uint64_t *seed,
    struct value word, uint64_t number)
{
	struct profile_change *changes =
	    ARENA_ARRAY(arena, 2, struct profile_change);

	changes[0] = (struct profile_change){NAME, word};
	changes[1].field = (int)(1 + random_below(seed, 2));
	changes[1].value =
	    number % 4 == 0 ? value_null() : value_string(SPAN("NO"));
	event->changes = changes;
	event->n_changes = 1 + number % 2;
}

/* A word, or null. */
static inline struct value
random_word(uint64_t *seed)
{
	static const struct span words[] = {
	    {"shoes", 5}, {"hats", 4}, {"", 0}, {"coats and jackets", 17}};

	return (random_below(seed, 5) == 0
		    ? value_null()
		    : value_string(words[random_below(seed, 4)]));
}

/* An event of any stream, among `ids` ids and `span` ms after T0. */
static inline struct event
random_event(const struct shop *shop, struct arena *arena, uint64_t *seed,
    uint64_t ids, uint64_t span)
{
	int stream = (int)random_below(seed, N_STREAMS);
	uint64_t number = random_below(seed, ids);
	struct value word = random_word(seed);
	wall_ms raw = T0 + (wall_ms)random_below(seed, span);
	wall_ms a = T0 + (wall_ms)(span / 2 + random_below(seed, span));
	struct event event =
	    event_of(shop, stream, arena_print(arena, "id-%" PRIu64, number),
		raw, raw > a + 5 * MINUTE_MS ? raw : a);
	struct value *fields = ARENA_ARRAY(arena, MOST_FIELDS, struct value);

	event.fields = fields;
	if (stream == PURCHASES || stream == STORES) {
		random_purchase(fields, seed, &event, word, number);
	} else if (stream == REFUNDS) {
		fields[REFUND_ORDER] = value_string(
		    arena_print(arena, "id-%" PRIu64, random_below(seed, ids)));
		fields[REFUND_AMOUNT] =
		    value_money((int64_t)random_below(seed, 20000));
	} else if (stream == FEEDBACK || stream == ENGAGEMENT) {
		fields[FEEDBACK_KIND] = word;
		if (stream == FEEDBACK)
			fields[SCORE] = value_int((int64_t)(number % 11));
	} else if (stream == CONSENT) {
		event.purpose = (int)random_below(seed, N_PURPOSES);
		event.channel = (int)random_below(seed, N_CHANNELS + 1) - 1;
		event.granted = number % 2 == 0;
	} else {
		random_profile(&event, arena, seed, word, number);
	}
	return (event);
}

#endif
