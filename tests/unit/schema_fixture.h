#ifndef TESTS_UNIT_SCHEMA_FIXTURE_H
#define TESTS_UNIT_SCHEMA_FIXTURE_H

/*
 * The schema of a small shop, as config would make it of
 *
 *	currency: EUR
 *	timezone: Europe/Paris
 *	customer: {first_name: {type: string, pii: true}, timezone: timezone,
 *	    birth: date, joined_at: timestamp, country: country}
 *	consent: {purposes: [marketing, partner], channels: [email, push]}
 *	streams: purchases, refunds, feedback, engagement, profile, consent
 *
 * with three zones of its own, so that no test needs the machine's.  Copy
 * what you want to change: all of it is const.
 */
#include "pipeline/base/zone_table.h"
#include "pipeline/event/schema.h"

enum fixture_stream {
	FIXTURE_PURCHASES,
	FIXTURE_REFUNDS,
	FIXTURE_FEEDBACK,
	FIXTURE_ENGAGEMENT,
	FIXTURE_PROFILE,
	FIXTURE_CONSENT,
	FIXTURE_STREAMS,
};

/* Indices of the profile's fields. */
enum fixture_profile {
	FIXTURE_FIRST_NAME,
	FIXTURE_TIMEZONE,
	FIXTURE_BIRTH,
	FIXTURE_JOINED_AT,
	FIXTURE_COUNTRY,
	FIXTURE_PROFILE_FIELDS,
};

#define FIXTURE_COUNT(array) (sizeof(array) / sizeof(array)[0])
#define FIXTURE_SPAN(text)             \
	{                              \
		text, sizeof(text) - 1 \
	}
#define FIXTURE_FIELD(text, kind)                           \
	{                                                   \
		.name = FIXTURE_SPAN(text), .type = (kind), \
		.from = FIXTURE_SPAN("/" text)              \
	}

/* Europe/Paris from 2024 to 2026: summer time, in ms and seconds. */
static const wall_ms fixture_paris_at[] = {
    1711846800000, /* 2024-03-31T01:00Z */
    1729990800000, /* 2024-10-27T01:00Z */
    1743296400000, /* 2025-03-30T01:00Z */
    1761440400000, /* 2025-10-26T01:00Z */
    1774746000000, /* 2026-03-29T01:00Z */
    1792890000000, /* 2026-10-25T01:00Z */
};
static const int32_t fixture_paris_offset[] = {
    3600, 7200, 3600, 7200, 3600, 7200, 3600};
static const int32_t fixture_tokyo_offset[] = {32400};
static const int32_t fixture_utc_offset[] = {0};
static const struct zone_table fixture_paris = {
    fixture_paris_at, fixture_paris_offset, FIXTURE_COUNT(fixture_paris_at)};
static const struct zone_table fixture_tokyo = {NULL, fixture_tokyo_offset, 0};
static const struct zone_table fixture_utc = {NULL, fixture_utc_offset, 0};

enum fixture_zone {
	FIXTURE_UTC,
	FIXTURE_TOKYO,
	FIXTURE_PARIS,
};

static const struct zone fixture_zone[] = {
    {FIXTURE_SPAN("UTC"), &fixture_utc},
    {FIXTURE_SPAN("Asia/Tokyo"), &fixture_tokyo},
    {FIXTURE_SPAN("Europe/Paris"), &fixture_paris},
};
static const struct zone_country fixture_country[] = {
    {"FR", FIXTURE_PARIS}, {"JP", FIXTURE_TOKYO}, {"US", ZONE_NONE}};
static const struct zones fixture_zones = {FIXTURE_SPAN("2025b"), fixture_zone,
    FIXTURE_COUNT(fixture_zone), fixture_country,
    FIXTURE_COUNT(fixture_country)};

static const struct span fixture_feedback_kinds[] = {FIXTURE_SPAN("nps"),
    FIXTURE_SPAN("csat"), FIXTURE_SPAN("ces"), FIXTURE_SPAN("complaint")};
static const struct span fixture_engagement_kinds[] = {
    FIXTURE_SPAN("delivered"), FIXTURE_SPAN("opened"), FIXTURE_SPAN("clicked"),
    FIXTURE_SPAN("unsubscribed")};

static const struct field fixture_purchase_fields[] = {
    FIXTURE_FIELD("order_id", FIELD_STRING),
    FIXTURE_FIELD("amount", FIELD_MONEY),
    FIXTURE_FIELD("category", FIELD_STRING),
    FIXTURE_FIELD("sku", FIELD_STRING),
};
static const struct field fixture_refund_fields[] = {
    FIXTURE_FIELD("refund_id", FIELD_STRING),
    FIXTURE_FIELD("order_id", FIELD_STRING),
    FIXTURE_FIELD("amount", FIELD_MONEY),
};
static const struct field fixture_feedback_fields[] = {
    FIXTURE_FIELD("feedback_id", FIELD_STRING),
    {.name = FIXTURE_SPAN("kind"),
	.type = FIELD_ENUM,
	.from = FIXTURE_SPAN("/kind"),
	.options = fixture_feedback_kinds,
	.n_options = FIXTURE_COUNT(fixture_feedback_kinds)},
    FIXTURE_FIELD("score", FIELD_INT),
    FIXTURE_FIELD("order_id", FIELD_STRING),
};
static const struct field fixture_engagement_fields[] = {
    FIXTURE_FIELD("event_id", FIELD_STRING),
    {.name = FIXTURE_SPAN("kind"),
	.type = FIELD_ENUM,
	.from = FIXTURE_SPAN("/kind"),
	.options = fixture_engagement_kinds,
	.n_options = FIXTURE_COUNT(fixture_engagement_kinds)},
    FIXTURE_FIELD("campaign", FIELD_STRING),
};
static const struct field fixture_profile[] = {
    {.name = FIXTURE_SPAN("first_name"),
	.type = FIELD_STRING,
	.pii = true,
	.from = FIXTURE_SPAN("/first_name")},
    FIXTURE_FIELD("timezone", FIELD_TIMEZONE),
    FIXTURE_FIELD("birth", FIELD_DATE),
    FIXTURE_FIELD("joined_at", FIELD_TIMESTAMP),
    FIXTURE_FIELD("country", FIELD_COUNTRY),
};

static const int fixture_purchase_kept[] = {2, 3};
static const int fixture_feedback_kept[] = {1, 2};

/* What all streams of the shop share. */
#define FIXTURE_STREAM(which, text, in, of, id, time)          \
	.name = FIXTURE_SPAN(text), .topic = FIXTURE_SPAN(in), \
	.index = (which), .role = (of),                        \
	.key_from = FIXTURE_SPAN("/customer_id"),              \
	.id_from = FIXTURE_SPAN("/" id), .time_from = FIXTURE_SPAN("/" time)

static const struct stream fixture_streams[] = {
    {FIXTURE_STREAM(FIXTURE_PURCHASES, "purchases", "shop.purchases",
	 ROLE_PURCHASE, "order_id", "paid_at"),
	.fields = fixture_purchase_fields,
	.n_fields = FIXTURE_COUNT(fixture_purchase_fields), .id_field = 0,
	.amount_field = 1, .order_field = 0, .kind_field = NO_FIELD,
	.keep = KEEP_EXACT, .max = 256, .kept = fixture_purchase_kept,
	.n_kept = FIXTURE_COUNT(fixture_purchase_kept)},
    {FIXTURE_STREAM(FIXTURE_REFUNDS, "refunds", "shop.refunds", ROLE_REFUND,
	 "refund_id", "refunded_at"),
	.fields = fixture_refund_fields,
	.n_fields = FIXTURE_COUNT(fixture_refund_fields), .id_field = 0,
	.amount_field = 2, .order_field = 1, .kind_field = NO_FIELD},
    {FIXTURE_STREAM(FIXTURE_FEEDBACK, "feedback", "cx.feedback", ROLE_FEEDBACK,
	 "feedback_id", "submitted_at"),
	.fields = fixture_feedback_fields,
	.n_fields = FIXTURE_COUNT(fixture_feedback_fields), .id_field = 0,
	.amount_field = NO_FIELD, .order_field = 3, .kind_field = 1,
	.keep = KEEP_EXACT, .max = 64, .kept = fixture_feedback_kept,
	.n_kept = FIXTURE_COUNT(fixture_feedback_kept)},
    {FIXTURE_STREAM(FIXTURE_ENGAGEMENT, "engagement", "mail.engagement",
	 ROLE_ENGAGEMENT, "event_id", "at"),
	.fields = fixture_engagement_fields,
	.n_fields = FIXTURE_COUNT(fixture_engagement_fields), .id_field = 0,
	.amount_field = NO_FIELD, .order_field = NO_FIELD, .kind_field = 1,
	.keep = KEEP_DAYS, .max = 400},
    {FIXTURE_STREAM(FIXTURE_PROFILE, "profile", "crm.profile", ROLE_PROFILE,
	 "event_id", "changed_at"),
	.id_field = NO_FIELD, .amount_field = NO_FIELD, .order_field = NO_FIELD,
	.kind_field = NO_FIELD},
    {FIXTURE_STREAM(FIXTURE_CONSENT, "consent", "crm.consent", ROLE_CONSENT,
	 "event_id", "changed_at"),
	.id_field = NO_FIELD, .amount_field = NO_FIELD, .order_field = NO_FIELD,
	.kind_field = NO_FIELD},
};

static const struct span fixture_purposes[] = {
    FIXTURE_SPAN("marketing"), FIXTURE_SPAN("partner")};
static const struct span fixture_channels[] = {
    FIXTURE_SPAN("email"), FIXTURE_SPAN("push")};

static const struct schema fixture_schema = {
    .name = FIXTURE_SPAN("retail"),
    .currency = {"EUR", 2},
    .zone = FIXTURE_PARIS,
    .profile = fixture_profile,
    .n_profile = FIXTURE_COUNT(fixture_profile),
    .zone_field = FIXTURE_TIMEZONE,
    .country_field = FIXTURE_COUNTRY,
    .purposes = fixture_purposes,
    .n_purposes = FIXTURE_COUNT(fixture_purposes),
    .channels = fixture_channels,
    .n_channels = FIXTURE_COUNT(fixture_channels),
    .streams = fixture_streams,
    .n_streams = FIXTURE_COUNT(fixture_streams),
    .zones = &fixture_zones,
    .future_tolerance = 5 * MINUTE_MS,
};

#endif
