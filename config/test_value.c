#include "config/test_value.h"

#include <inttypes.h>

#include "config/fields.h"
#include "config/nearest.h"
#include "pipeline/base/json.h"

enum { DATE_LENGTH = 10, YEARLESS_LENGTH = 7, LEAP_YEAR = 2000 };

static struct span
part(struct span text, size_t from, size_t to)
{
	return ((struct span){text.at + from, to - from});
}

/* "9d22h": lengths of time, one behind the other. */
static bool
offset_parse(struct span text, duration_ms *ret)
{
	duration_ms sum = 0;
	size_t i = 0;

	while (i < text.length) {
		duration_ms length;
		size_t from = i;

		while (
		    i < text.length && text.at[i] >= '0' && text.at[i] <= '9')
			i++;
		while (
		    i < text.length && (text.at[i] < '0' || text.at[i] > '9'))
			i++;
		if (duration_parse(part(text, from, i), &length, NULL) != DONE)
			return (false);
		sum += length;
	}
	*ret = sum;
	return (text.length > 0);
}

bool
test_time(struct binder *b, const struct node *node, struct span text,
    const struct test_clock *clock, wall_ms *ret)
{
	bool negative = text.length > 0 && text.at[0] == '-';
	duration_ms offset;

	if (instant_parse(text, ret, NULL) == DONE)
		return (true);
	if (offset_parse(part(text, negative, text.length), &offset)) {
		*ret = negative ? clock->start - offset : clock->start + offset;
		return (true);
	}
	refuse(b, node, "E012",
	    "an offset from start (0d, 9d22h, -60d), an instant "
	    "(2025-02-28T08:00:00Z), or A..B",
	    "'%.*s' is no time", SPAN_ARGS(text));
	return (false);
}

/* Two digits; -1 if they are none. */
static int
two_digits(const char *at)
{
	enum { TEN = 10 };

	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return (-1);
	return ((at[0] - '0') * TEN + at[1] - '0');
}

/* "1988-02-29", or "--02-29" */
static bool
is_date(struct span text)
{
	enum { HUNDRED = 100, MONTHS = 12 };
	bool yearless = text.length == YEARLESS_LENGTH;
	const char *rest; /* "-02-29" */
	int year = LEAP_YEAR;
	int month;
	int day;

	if (!yearless && text.length != DATE_LENGTH)
		return (false);
	rest = text.at + (yearless ? 1 : 4);
	if (yearless && text.at[0] != '-')
		return (false);
	if (!yearless)
		year = two_digits(text.at) < 0 || two_digits(text.at + 2) < 0
			   ? 0
			   : two_digits(text.at) * HUNDRED +
				 two_digits(text.at + 2);
	month = two_digits(rest + 1);
	day = two_digits(rest + 4);
	return (rest[0] == '-' && rest[3] == '-' && year > 0 && month >= 1 &&
		month <= MONTHS && day >= 1 &&
		day <= civil_days_in_month(year, month));
}

static bool
json_enum(struct binder *b, const struct node *node, const struct field *field)
{
	for (size_t i = 0; i < field->n_options; i++) {
		if (span_equals(field->options[i], node->text))
			return (true);
	}
	refuse(b, node, "E012",
	    nearest_help(b->arena, node->text, field->options, field->n_options)
		.at,
	    "'%.*s' cannot be '%.*s'", SPAN_ARGS(field->name),
	    SPAN_ARGS(node->text));
	return (false);
}

/* Types that travel as a JSON string. */
static bool
json_text(struct binder *b, struct node *node, const struct field *field)
{
	struct span text;

	if (!scalar_text(b, node, &text))
		return (false);
	if (field->type == FIELD_ENUM)
		return (json_enum(b, node, field));
	if (field->type == FIELD_TIMEZONE &&
	    zones_find(b->zones, text) == ZONE_NONE) {
		refuse(b, node, "E012", "an IANA name: Europe/Paris",
		    "there is no time zone '%.*s'", SPAN_ARGS(text));
		return (false);
	}
	if (field->type == FIELD_COUNTRY &&
	    !zones_country_known(b->zones, text)) {
		refuse(b, node, "E012", "two letters of ISO 3166: FR",
		    "there is no country '%.*s'", SPAN_ARGS(text));
		return (false);
	}
	if (field->type == FIELD_DATE && !is_date(text)) {
		refuse(b, node, "E012", "\"1988-02-29\", or \"--02-29\"",
		    "'%.*s' is no date", SPAN_ARGS(text));
		return (false);
	}
	return (true);
}

static bool
json_timestamp(struct binder *b, struct node *node,
    const struct test_clock *clock, struct buffer *to)
{
	char text[INSTANT_TEXT_MAX];
	struct span written;
	wall_ms t;

	if (!scalar_text(b, node, &written) ||
	    !test_time(b, node, written, clock, &t))
		return (false);
	instant_format(t, text);
	json_string(to, span_of(text));
	return (true);
}

static bool
json_money(struct binder *b, struct node *node, const struct field *field,
    struct buffer *to)
{
	int64_t amount;

	if (!scalar_money(b, node, &amount))
		return (false);
	if (field->minor || b->currency == NULL)
		buffer_print(to, "%" PRId64, amount);
	else
		buffer_span_add(
		    to, money_format(b->arena, amount, b->currency));
	return (true);
}

static bool
json_number(struct binder *b, struct node *node, const struct field *field,
    struct buffer *to)
{
	int64_t i = 0;
	double d = 0;

	if (field->type == FIELD_INT) {
		if (!scalar_int(b, node, INT64_MIN, INT64_MAX, &i))
			return (false);
		buffer_print(to, "%" PRId64, i);
		return (true);
	}
	if (!scalar_double(b, node, &d))
		return (false);
	json_double(to, d);
	return (true);
}

/* A field's value as JSON. */
static bool
json_value(struct binder *b, struct node *node, const struct field *field,
    const struct test_clock *clock, struct buffer *to)
{
	bool truth;

	if (node_null(node)) {
		buffer_span_add(to, SPAN("null"));
		return (true);
	}
	switch (field->type) {
	case FIELD_INT:
	case FIELD_DOUBLE:
		return (json_number(b, node, field, to));
	case FIELD_BOOL:
		if (!scalar_bool(b, node, &truth))
			return (false);
		buffer_span_add(to, truth ? SPAN("true") : SPAN("false"));
		return (true);
	case FIELD_MONEY:
		return (json_money(b, node, field, to));
	case FIELD_TIMESTAMP:
		return (json_timestamp(b, node, clock, to));
	case FIELD_STRING:
	case FIELD_ENUM:
	case FIELD_DATE:
	case FIELD_TIMEZONE:
	case FIELD_COUNTRY:
	default:
		if (!json_text(b, node, field))
			return (false);
		json_string(to, node->text);
		return (true);
	}
}

static bool
add_value(struct binder *b, struct node *node, const struct field *field,
    const struct test_clock *clock, struct test_value *ret)
{
	struct buffer json;

	buffer_init(&json, b->arena);
	if (node->wrong || !json_value(b, node, field, clock, &json))
		return (false);
	ret->json = arena_span(b->arena, buffer_span(&json));
	return (true);
}

static void
refuse_field(struct binder *b, const struct node *key,
    const struct field *fields, size_t n)
{
	struct span *names = ARENA_ARRAY(b->arena, n, struct span);

	for (size_t i = 0; i < n; i++)
		names[i] = fields[i].name;
	refuse(b, key, "E040", nearest_help(b->arena, key->text, names, n).at,
	    "there is no field '%.*s'", SPAN_ARGS(key->text));
}

bool
test_profile(struct binder *b, struct node *node, const struct schema *schema,
    const struct test_clock *clock, const struct test_value **ret, size_t *n)
{
	struct test_value *values;
	bool good = true;

	if (!bind_mapping(b, node))
		return (false);
	values = ARENA_ARRAY(b->arena, node->n, struct test_value);
	for (size_t i = 0; i < node->n; i++) {
		const struct node *key = node->items[2 * i];
		int field = schema_profile_field(schema, key->text);

		if (field == NO_FIELD) {
			refuse_field(
			    b, key, schema->profile, schema->n_profile);
			good = false;
			continue;
		}
		values[i].pointer =
		    arena_print(b->arena, "/set/%.*s", SPAN_ARGS(key->text));
		good = add_value(b, node->items[2 * i + 1],
			   &schema->profile[field], clock, &values[i]) &&
		       good;
	}
	*ret = values;
	*n = node->n;
	return (good);
}

/*
 * A key of an event: a declared field, or the id or time of the stream by its
 * name although it is not declared.
 */
static bool
event_field(struct arena *arena, const struct stream *stream, struct span name,
    struct field *ret)
{
	int index = stream_field(stream, name);
	struct span pointer = arena_print(arena, "/%.*s", SPAN_ARGS(name));

	if (index != NO_FIELD) {
		*ret = stream->fields[index];
		return (true);
	}
	*ret = (struct field){.name = name, .from = pointer};
	if (span_equals(pointer, stream->id_from))
		return (true);
	ret->type = FIELD_TIMESTAMP;
	return (span_equals(pointer, stream->time_from));
}

static void
note_given(
    const struct stream *stream, struct span pointer, struct test_entry *entry)
{
	entry->id_given =
	    entry->id_given || span_equals(pointer, stream->id_from);
	entry->time_given =
	    entry->time_given || span_equals(pointer, stream->time_from);
}

/* {field: value} */
static bool
event_fields(struct binder *b, struct node *node, const struct stream *stream,
    const struct test_clock *clock, struct test_entry *ret)
{
	struct test_value *values =
	    ARENA_ARRAY(b->arena, node->n, struct test_value);
	bool good = true;

	for (size_t i = 0; i < node->n; i++) {
		const struct node *key = node->items[2 * i];
		struct field field;

		if (!event_field(b->arena, stream, key->text, &field)) {
			refuse_field(b, key, stream->fields, stream->n_fields);
			good = false;
			continue;
		}
		values[i].pointer = field.from;
		note_given(stream, field.from, ret);
		good = add_value(b, node->items[2 * i + 1], &field, clock,
			   &values[i]) &&
		       good;
	}
	ret->values = values;
	ret->n_values = node->n;
	return (good);
}

/* {set: {field: value}, unset: [field]} */
struct profile_event {
	struct binder *b;
	const struct schema *schema;
	const struct test_clock *clock;
	struct test_value *values;
	size_t n;
};

static bool
read_set(struct binder *b, struct node *node, void *target)
{
	struct profile_event *event = target;
	const struct test_value *values;
	size_t n;

	if (!test_profile(b, node, event->schema, event->clock, &values, &n))
		return (false);
	event->values = ARENA_ARRAY(b->arena, n + 1, struct test_value);
	for (size_t i = 0; i < n; i++)
		event->values[i] = values[i];
	event->n = n;
	return (true);
}

static bool
read_unset(struct binder *b, struct node *node, void *target)
{
	struct profile_event *event = target;
	struct buffer json;
	bool good = true;

	if (!bind_list(b, node))
		return (false);
	buffer_init(&json, b->arena);
	buffer_char(&json, '[');
	for (size_t i = 0; i < node->n; i++) {
		struct span name;

		if (!scalar_text(b, node->items[i], &name)) {
			good = false;
			continue;
		}
		if (schema_profile_field(event->schema, name) == NO_FIELD) {
			refuse_field(b, node->items[i], event->schema->profile,
			    event->schema->n_profile);
			good = false;
		}
		if (i > 0)
			buffer_char(&json, ',');
		json_string(&json, name);
	}
	buffer_char(&json, ']');
	if (!good)
		return (false);
	if (event->values == NULL)
		event->values = ARENA_ARRAY(b->arena, 1, struct test_value);
	event->values[event->n++] = (struct test_value){
	    SPAN("/unset"), arena_span(b->arena, buffer_span(&json))};
	return (true);
}

static const struct key profile_keys[] = {
    {.name = "set",
	.type = KEY_CUSTOM,
	.read = read_set,
	.form = "{field: value}",
	.about = "Fields that get a value."},
    {.name = "unset",
	.type = KEY_CUSTOM,
	.read = read_unset,
	.form = "[field]",
	.about = "Fields that lose it."},
};
static const struct table profile_table = {
    .title = "A profile record", .keys = profile_keys, .n = ROWS(profile_keys)};

static bool
event_profile(struct binder *b, struct node *node, const struct schema *schema,
    const struct test_clock *clock, struct test_entry *ret)
{
	struct profile_event event = {.schema = schema, .clock = clock};

	if (!bind_table(b, &profile_table, node, &event))
		return (false);
	ret->values = event.values;
	ret->n_values = event.n;
	return (true);
}

enum said { STATE_GRANTED, STATE_DENIED, STATE_WITHDRAWN };

struct consent_event {
	struct span purpose;
	struct span channel;
	enum said state;
};

static const struct word states[] = {
    {"granted", STATE_GRANTED, false},
    {"denied", STATE_DENIED, false},
    {"withdrawn", STATE_WITHDRAWN, false},
};

static const struct key consent_keys[] = {
    {.name = "purpose",
	.type = KEY_NAME,
	.required = true,
	KEY_AT(consent_event, purpose),
	.about = "Of the schema."},
    {.name = "channel",
	.type = KEY_NAME,
	KEY_AT(consent_event, channel),
	.otherwise = "all",
	.about = "Of the schema."},
    {.name = "state",
	.type = KEY_WORD,
	.required = true,
	KEY_NUMBER(consent_event, state),
	KEY_WORDS(states),
	.about = "What the customer says."},
};
static const struct table consent_table = {
    .title = "A consent record", .keys = consent_keys, .n = ROWS(consent_keys)};

bool
known_purpose(
    struct binder *b, const struct node *node, const struct schema *schema)
{
	if (schema_purpose(schema, node->text) != NO_FIELD)
		return (true);
	refuse(b, node, "E040",
	    nearest_help(
		b->arena, node->text, schema->purposes, schema->n_purposes)
		.at,
	    "the schema has no purpose '%.*s'", SPAN_ARGS(node->text));
	return (false);
}

bool
known_channel(
    struct binder *b, const struct node *node, const struct schema *schema)
{
	if (schema_channel(schema, node->text) != NO_FIELD)
		return (true);
	refuse(b, node, "E040",
	    nearest_help(
		b->arena, node->text, schema->channels, schema->n_channels)
		.at,
	    "the schema has no channel '%.*s'", SPAN_ARGS(node->text));
	return (false);
}

static struct test_value
text_value(struct arena *arena, struct span pointer, struct span text)
{
	struct buffer json;

	buffer_init(&json, arena);
	json_string(&json, text);
	return ((struct test_value){
	    pointer, arena_span(arena, buffer_span(&json))});
}

static bool
event_consent(struct binder *b, struct node *node, const struct schema *schema,
    struct test_entry *ret)
{
	struct test_value *values = ARENA_ARRAY(b->arena, 3, struct test_value);
	struct consent_event event = {.channel = {NULL, 0}};
	size_t n = 0;

	if (!bind_table(b, &consent_table, node, &event))
		return (false);
	if (!known_purpose(b, node_value(node, SPAN("purpose")), schema) ||
	    (event.channel.length > 0 &&
		!known_channel(b, node_value(node, SPAN("channel")), schema)))
		return (false);
	values[n++] = text_value(b->arena, SPAN("/purpose"), event.purpose);
	values[n++] = text_value(
	    b->arena, SPAN("/state"), span_of(states[event.state].name));
	if (event.channel.length > 0)
		values[n++] =
		    text_value(b->arena, SPAN("/channel"), event.channel);
	ret->values = values;
	ret->n_values = n;
	return (true);
}

bool
test_event(struct binder *b, struct node *node, const struct schema *schema,
    const struct test_clock *clock, struct test_entry *ret)
{
	const struct stream *stream = &schema->streams[ret->stream];

	if (!bind_mapping(b, node))
		return (false);
	switch (stream->role) {
	case ROLE_PROFILE:
		return (event_profile(b, node, schema, clock, ret));
	case ROLE_CONSENT:
		return (event_consent(b, node, schema, ret));
	case ROLE_PURCHASE:
	case ROLE_REFUND:
	case ROLE_FEEDBACK:
	case ROLE_ENGAGEMENT:
	default:
		return (event_fields(b, node, stream, clock, ret));
	}
}
