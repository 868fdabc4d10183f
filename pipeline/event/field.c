#include "pipeline/event/field.h"

#include "pipeline/event/date.h"

/* 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z. */
#define FIRST_INSTANT INT64_C(-62135596800000)
#define LAST_INSTANT  INT64_C(253402300799999)

enum { COUNTRY_LENGTH = 2 };

static enum outcome
wrong_type(struct reading *r, struct span path, const char *wanted)
{
	return (fail_with(refuse(r, DEAD_WRONG_TYPE), REJECT, "%.*s: not %s",
	    SPAN_ARGS(path), wanted));
}

bool
instant_has_a_name(wall_ms t)
{
	return (t >= FIRST_INSTANT && t <= LAST_INSTANT);
}

static enum outcome
check_length(struct reading *r, struct span path, struct span text)
{
	if (text.length <= EVENT_TEXT_MAX)
		return (DONE);
	return (fail_with(refuse(r, DEAD_TEXT_TOO_LONG), REJECT,
	    "%.*s: longer than %d bytes", SPAN_ARGS(path), EVENT_TEXT_MAX));
}

enum outcome
field_read_text(struct reading *r, struct span path, const struct json *json,
    struct span *ret)
{
	if (json->kind != JSON_STRING)
		return (wrong_type(r, path, "a string"));
	if (check_length(r, path, json->text) != DONE)
		return (REJECT);
	*ret = json->text;
	return (DONE);
}

static bool
is_integer_token(struct span token)
{
	for (size_t i = 0; i < token.length; i++) {
		if (token.at[i] != '-' &&
		    (token.at[i] < '0' || token.at[i] > '9'))
			return (false);
	}
	return (true);
}

enum outcome
field_read_id(struct reading *r, struct span path, const struct json *json,
    struct span *ret)
{
	if (json->kind != JSON_STRING &&
	    (json->kind != JSON_NUMBER || !is_integer_token(json->text)))
		return (wrong_type(r, path, "a string or an integer"));
	if (check_length(r, path, json->text) != DONE)
		return (REJECT);
	*ret = json->text;
	return (DONE);
}

enum outcome
field_read_instant(const struct json *json, wall_ms *ret, struct failure *why)
{
	int64_t t;

	if (json->kind == JSON_STRING)
		return (instant_parse(json->text, ret, why));
	if (json->kind != JSON_NUMBER || !json_integer(json->text, &t))
		return (fail_with(why, REJECT,
		    "neither RFC 3339 nor a whole number of milliseconds"));
	if (!instant_has_a_name(t))
		return (fail_with(
		    why, REJECT, "an instant outside the years 1 to 9999"));
	*ret = t;
	return (DONE);
}

static enum outcome
read_enum(struct reading *r, const struct field *field, struct span path,
    const struct json *json, struct value *ret)
{
	struct span text = {NULL, 0};

	if (field_read_text(r, path, json, &text) != DONE)
		return (REJECT);
	for (size_t i = 0; i < field->n_options; i++) {
		if (span_equals(field->options[i], text)) {
			*ret = value_string(text);
			return (DONE);
		}
	}
	return (wrong_type(r, path, "one of its options"));
}

static enum outcome
read_int(struct reading *r, struct span path, const struct json *json,
    struct value *ret)
{
	int64_t i;

	if (json->kind != JSON_NUMBER || !json_integer(json->text, &i))
		return (wrong_type(r, path, "a whole number"));
	*ret = value_int(i);
	return (DONE);
}

static enum outcome
read_double(struct reading *r, struct span path, const struct json *json,
    struct value *ret)
{
	double d;

	if (json->kind != JSON_NUMBER || !json_number(json->text, &d))
		return (wrong_type(r, path, "a number"));
	*ret = value_double(d);
	return (DONE);
}

static enum outcome
read_bool(struct reading *r, struct span path, const struct json *json,
    struct value *ret)
{
	if (json->kind != JSON_BOOL)
		return (wrong_type(r, path, "true or false"));
	*ret = value_bool(json->truth);
	return (DONE);
}

static enum outcome
read_minor(struct reading *r, struct span path, const struct json *json,
    struct value *ret)
{
	int64_t minor;

	if (json->kind != JSON_NUMBER || !json_integer(json->text, &minor))
		return (wrong_type(r, path, "a whole number of minor units"));
	*ret = value_money(minor);
	return (DONE);
}

static enum outcome
read_major(struct reading *r, struct span path, const struct json *json,
    struct value *ret)
{
	struct failure detail;
	int64_t minor = 0;

	if (json->kind != JSON_NUMBER && json->kind != JSON_STRING)
		return (wrong_type(r, path, "an amount"));
	if (money_parse(json->text, &r->schema->currency, &minor, &detail) !=
	    DONE)
		return (fail_with(refuse(r, DEAD_WRONG_TYPE), REJECT,
		    "%.*s: %s", SPAN_ARGS(path), detail.text));
	*ret = value_money(minor);
	return (DONE);
}

static enum outcome
read_timestamp(struct reading *r, struct span path, const struct json *json,
    struct value *ret)
{
	struct failure detail;
	wall_ms t = 0;

	if (field_read_instant(json, &t, &detail) != DONE)
		return (fail_with(refuse(r, DEAD_WRONG_TYPE), REJECT,
		    "%.*s: %s", SPAN_ARGS(path), detail.text));
	*ret = value_timestamp(t);
	return (DONE);
}

static enum outcome
read_date(struct reading *r, struct span path, const struct json *json,
    struct value *ret)
{
	struct civil_day day;

	if (!date_read(json, &day))
		return (wrong_type(r, path, "a date that exists"));
	*ret = value_date(day);
	return (DONE);
}

static enum outcome
read_timezone(struct reading *r, struct span path, const struct json *json,
    struct value *ret)
{
	struct span name = {NULL, 0};

	if (field_read_text(r, path, json, &name) != DONE)
		return (REJECT);
	if (zones_find(r->schema->zones, name) == ZONE_NONE)
		return (wrong_type(r, path, "a time zone"));
	*ret = value_string(name);
	return (DONE);
}

static char
upper_case(char c)
{
	if (c >= 'a' && c <= 'z')
		return ((char)(c - 'a' + 'A'));
	return (c);
}

static enum outcome
read_country(struct reading *r, struct span path, const struct json *json,
    struct value *ret)
{
	struct span given = {NULL, 0};
	char code[COUNTRY_LENGTH];

	if (field_read_text(r, path, json, &given) != DONE)
		return (REJECT);
	if (given.length != COUNTRY_LENGTH)
		return (wrong_type(r, path, "a country of two letters"));
	for (int i = 0; i < COUNTRY_LENGTH; i++)
		code[i] = upper_case(given.at[i]);
	if (!zones_country_known(
		r->schema->zones, (struct span){code, sizeof code}))
		return (wrong_type(r, path, "a country"));
	*ret = value_string(
	    arena_span(r->arena, (struct span){code, sizeof code}));
	return (DONE);
}

static enum outcome
read_string(struct reading *r, struct span path, const struct json *json,
    struct value *ret)
{
	struct span text = {NULL, 0};

	if (field_read_text(r, path, json, &text) != DONE)
		return (REJECT);
	*ret = value_string(text);
	return (DONE);
}

enum outcome
field_read(struct reading *r, const struct field *field, struct span path,
    const struct json *json, struct value *ret)
{
	switch (field->type) {
	case FIELD_STRING:
		return (read_string(r, path, json, ret));
	case FIELD_ENUM:
		return (read_enum(r, field, path, json, ret));
	case FIELD_INT:
		return (read_int(r, path, json, ret));
	case FIELD_DOUBLE:
		return (read_double(r, path, json, ret));
	case FIELD_BOOL:
		return (read_bool(r, path, json, ret));
	case FIELD_MONEY:
		return (field->minor ? read_minor(r, path, json, ret)
				     : read_major(r, path, json, ret));
	case FIELD_TIMESTAMP:
		return (read_timestamp(r, path, json, ret));
	case FIELD_DATE:
		return (read_date(r, path, json, ret));
	case FIELD_TIMEZONE:
		return (read_timezone(r, path, json, ret));
	case FIELD_COUNTRY:
		return (read_country(r, path, json, ret));
	}
	return (wrong_type(r, path, "of a type that is known"));
}
