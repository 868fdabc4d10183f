/*
 * Kind EventSchema.  Roles give `key`, `id` and `history` their defaults, and
 * ask for the fields that the pipeline reads by name.
 */
#include "config/kinds.h"
#include "config/stream_file.h"
#include "pipeline/base/duration.h"

struct consent_file {
	const struct span *purposes;
	size_t n_purposes;
	const struct span *channels;
	size_t n_channels;
};

struct schema_file {
	struct schema schema;
	struct consent_file consent;
};

static const struct key consent_keys[] = {
    {.name = "purposes",
	.type = KEY_NAMES,
	.required = true,
	KEY_AT(consent_file, purposes),
	KEY_COUNT(consent_file, n_purposes),
	.about = "What customers can consent to."},
    {.name = "channels",
	.type = KEY_NAMES,
	.required = true,
	KEY_AT(consent_file, channels),
	KEY_COUNT(consent_file, n_channels),
	.about = "The channels that consent is given for."},
};
static const struct table consent_table = {.title = "consent",
    .about = "What a consent is about: a purpose and a channel.",
    .keys = consent_keys,
    .n = ROWS(consent_keys)};

static bool
read_currency(struct binder *b, struct node *node, void *target)
{
	struct schema_file *file = target;
	struct span code;

	if (!scalar_text(b, node, &code))
		return (false);
	if (currency_find(code, &file->schema.currency, NULL) == DONE)
		return (true);
	refuse(b, node, "E012", "a code of ISO 4217: EUR, USD, JPY",
	    "there is no currency '%.*s'", SPAN_ARGS(code));
	return (false);
}

static bool
read_zone(struct binder *b, struct node *node, void *target)
{
	struct schema_file *file = target;
	struct span name;
	int zone;

	if (!scalar_text(b, node, &name))
		return (false);
	zone = zones_find(b->zones, name);
	if (zone == ZONE_NONE) {
		refuse(b, node, "E012", "an IANA name: Europe/Paris, UTC",
		    "there is no time zone '%.*s'", SPAN_ARGS(name));
		return (false);
	}
	file->schema.zone = zone;
	return (true);
}

/* At most one field of a type that says where the customer is. */
static int
only_field(struct binder *b, const struct node *mapping,
    const struct schema *schema, enum field_type type, const char *name)
{
	int found = NO_FIELD;

	for (size_t i = 0; i < schema->n_profile; i++) {
		if (schema->profile[i].type != type)
			continue;
		if (found == NO_FIELD) {
			found = (int)i;
			continue;
		}
		refuse(b, mapping->items[2 * i], "E041",
		    "make it a string; a customer has one place",
		    "'%.*s' is the second field of type %s, after '%.*s'",
		    SPAN_ARGS(schema->profile[i].name), name,
		    SPAN_ARGS(schema->profile[found].name));
	}
	return (found);
}

static bool
read_profile(struct binder *b, struct node *node, void *target)
{
	struct schema *schema = &((struct schema_file *)target)->schema;
	bool good;

	if (!bind_mapping(b, node))
		return (false);
	good = read_fields(b, &profile_field_table, node, &schema->profile,
	    &schema->n_profile);
	if (!good)
		return (false);
	schema->zone_field =
	    only_field(b, node, schema, FIELD_TIMEZONE, "timezone");
	schema->country_field =
	    only_field(b, node, schema, FIELD_COUNTRY, "country");
	return (true);
}

/* Names that mean something else in expressions. */
static bool
taken(struct span name)
{
	static const char *const names[] = {"event", "start", "customer",
	    "tier", "churn", "idle", "complaints", "true", "false", "null",
	    "in"};

	for (size_t i = 0; i < ROWS(names); i++) {
		if (span_equals(name, span_of(names[i])))
			return (true);
	}
	return (false);
}

static bool
check_stream_name(struct binder *b, const struct node *key)
{
	if (!is_identifier(key->text) || !is_name(key->text)) {
		refuse(b, key, "E012",
		    "lower-case letters, digits and '_', a letter first; "
		    "expressions speak of it by this name",
		    "'%.*s' cannot be the name of a stream",
		    SPAN_ARGS(key->text));
		return (false);
	}
	if (taken(key->text)) {
		refuse(b, key, "E012", "choose another name",
		    "'%.*s' means something else in expressions",
		    SPAN_ARGS(key->text));
		return (false);
	}
	return (true);
}

static void
check_topic(struct binder *b, struct node *value, const struct stream *streams,
    size_t n)
{
	struct node *topic = node_value(value, SPAN("topic"));

	if (streams[n].topic.length == 0)
		return;
	for (size_t i = 0; i < n && topic != NULL; i++) {
		if (!span_equals(streams[i].topic, streams[n].topic))
			continue;
		refuse(b, topic, "E041", "a topic belongs to one stream",
		    "topic '%.*s' is that of stream '%.*s' already",
		    SPAN_ARGS(streams[n].topic), SPAN_ARGS(streams[i].name));
		return;
	}
}

static bool
read_streams(struct binder *b, struct node *node, void *target)
{
	struct schema *schema = &((struct schema_file *)target)->schema;
	struct stream *streams;
	size_t n = 0;
	bool good = true;

	if (!bind_mapping(b, node))
		return (false);
	streams = ARENA_ARRAY(b->arena, node->n, struct stream);
	for (size_t i = 0; i < node->n; i++) {
		struct node *key = node->items[2 * i];
		struct node *value = node->items[2 * i + 1];

		good = check_stream_name(b, key) && good;
		good = read_stream(b, value, &streams[n]) && good;
		streams[n].name = key->text;
		streams[n].index = (int)n;
		check_topic(b, value, streams, n);
		n++;
	}
	if (node->n == 0)
		refuse(b, node, "E013", NULL, "there must be a stream");
	schema->streams = streams;
	schema->n_streams = n;
	return (good);
}

static const struct key schema_keys[] = {
    KIND_ROWS(schema_file, schema.name),
    {.name = "currency",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_currency,
	.form = "a code of ISO 4217",
	.about = "The base currency. Money is an exact number of its minor "
		 "units."},
    {.name = "timezone",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_zone,
	.form = "an IANA name",
	.about = "Of the days of the models, and of customers whose own zone "
		 "is not known."},
    {.name = "customer",
	.type = KEY_CUSTOM,
	.inner = &profile_field_table,
	.read = read_profile,
	.form = "{field: type}",
	.otherwise = "no fields",
	.about = "The profile, filled by records of a stream with the role "
		 "`profile`. Each field is a type, a list of values, or a "
		 "mapping (see Fields); at most one is a `timezone`, at most "
		 "one a `country`."},
    {.name = "consent",
	.type = KEY_TABLE,
	.optional = true,
	KEY_AT(schema_file, consent),
	.inner = &consent_table,
	.otherwise = "no purposes",
	.about = "What customers can consent to, and for which channels."},
    {.name = "streams",
	.type = KEY_CUSTOM,
	.required = true,
	.inner = &stream_table,
	.read = read_streams,
	.form = "{name: stream}",
	.about = "What arrives; in this order records of the same instant are "
		 "taken."},
    {.name = "rates", .type = KEY_LATER, .about = "Other currencies."},
    {.name = "mapping",
	.type = KEY_LATER,
	.about = "Records in another shape."},
    {.name = "payload",
	.type = KEY_LATER,
	.about = "What a dead letter keeps."},
    {.name = "customerKey",
	.type = KEY_LATER,
	.about = "How customers are named in Redis."},
};

static const struct table schema_table = {.title = "EventSchema",
    .about = "What arrives: one per deployment.",
    .keys = schema_keys,
    .n = ROWS(schema_keys)};

const struct table *const schema_tables[] = {&schema_table,
    &profile_field_table, &consent_table, &stream_table, &stream_field_table,
    &history_table, NULL};

const struct schema *
read_schema(struct binder *b, struct node *root)
{
	struct schema_file *file = ARENA_NEW(b->arena, struct schema_file);
	struct schema *schema = &file->schema;

	schema->zone_field = NO_FIELD;
	schema->country_field = NO_FIELD;
	schema->zones = b->zones;
	schema->future_tolerance = FUTURE_TOLERANCE_MS;
	(void)bind_table(b, &schema_table, root, file);
	schema->purposes = file->consent.purposes;
	schema->n_purposes = file->consent.n_purposes;
	schema->channels = file->consent.channels;
	schema->n_channels = file->consent.n_channels;
	return (schema->currency.code[0] == '\0' ? NULL : schema);
}
