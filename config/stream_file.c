#include "config/stream_file.h"

#include <stdlib.h>

enum {
	PURCHASES_KEPT = 256,
	OTHERS_KEPT = 64,
	DAYS_KEPT = 400,
	ENTRIES_MAX = 4096,
	ROLE_UNKNOWN = -1, /* not yet, or reported */
};

struct history_file {
	bool keep_given;
	enum keep keep;
	bool max_given;
	int max;
	struct node *fields;
	struct source_text where;
};

/* A stream while it is read: what is given, and what its role decides. */
struct stream_file {
	struct stream stream;
	int role; /* ROLE_UNKNOWN where it is wrong */
	bool id_given;
	bool history_given;
	bool fields_given;
	bool fields_wrong; /* reported: nothing more to be said of them */
	struct history_file history;
};

static const struct word roles[] = {
    {"purchase", ROLE_PURCHASE, false},
    {"refund", ROLE_REFUND, false},
    {"feedback", ROLE_FEEDBACK, false},
    {"engagement", ROLE_ENGAGEMENT, false},
    {"profile", ROLE_PROFILE, false},
    {"consent", ROLE_CONSENT, false},
};

static const struct word keeps[] = {
    {"exact", KEEP_EXACT, false},
    {"days", KEEP_DAYS, false},
};

static const char *
role_name(enum role role)
{
	return (roles[role].name);
}

static bool
read_stream_fields(struct binder *b, struct node *node, void *target)
{
	struct stream_file *file = target;
	struct stream *stream = &file->stream;

	file->fields_wrong =
	    !bind_mapping(b, node) || !read_fields(b, &stream_field_table, node,
					  &stream->fields, &stream->n_fields);
	return (!file->fields_wrong);
}

static bool
read_stream_topic(struct binder *b, struct node *node, void *target)
{
	return (scalar_topic(
	    b, node, &((struct stream_file *)target)->stream.topic));
}

/*
 * A value of the record by name: a declared field lies where its `from` says,
 * any other name at the top.  *field is the declared one, or NO_FIELD.
 */
static struct span
pointer_of(struct arena *arena, const struct stream *stream, struct span name,
    int *field)
{
	*field = stream_field(stream, name);
	if (*field != NO_FIELD)
		return (stream->fields[*field].from);
	if (schema_pointer_valid(name))
		return (name);
	return (arena_print(arena, "/%.*s", SPAN_ARGS(name)));
}

static bool
read_pointer(struct binder *b, struct node *node, const struct stream *stream,
    struct span *ret, int *field)
{
	struct span name;

	if (!scalar_text(b, node, &name))
		return (false);
	if (memchr(name.at, '/', name.length) != NULL &&
	    !schema_pointer_valid(name)) {
		refuse(b, node, "E012",
		    "a field, or a JSON pointer: /ids/order",
		    "'%.*s' is no JSON pointer", SPAN_ARGS(name));
		return (false);
	}
	*ret = pointer_of(b->arena, stream, name, field);
	return (true);
}

static bool
read_key(struct binder *b, struct node *node, void *target)
{
	struct stream *stream = &((struct stream_file *)target)->stream;
	int field;

	return (read_pointer(b, node, stream, &stream->key_from, &field));
}

static bool
is_text_field(const struct field *field)
{
	return (field->type == FIELD_STRING || field->type == FIELD_ENUM);
}

static bool
read_id(struct binder *b, struct node *node, void *target)
{
	struct stream *stream = &((struct stream_file *)target)->stream;

	if (!read_pointer(b, node, stream, &stream->id_from, &stream->id_field))
		return (false);
	if (stream->id_field == NO_FIELD ||
	    stream->fields[stream->id_field].type == FIELD_STRING)
		return (true);
	refuse(b, node, "E042", "declare it as a string",
	    "the id '%.*s' must be a string", SPAN_ARGS(node->text));
	return (false);
}

static bool
read_time(struct binder *b, struct node *node, void *target)
{
	struct stream *stream = &((struct stream_file *)target)->stream;
	int field;

	if (!read_pointer(b, node, stream, &stream->time_from, &field))
		return (false);
	if (field == NO_FIELD || stream->fields[field].type == FIELD_TIMESTAMP)
		return (true);
	refuse(b, node, "E042", "declare it as a timestamp, or not at all",
	    "the event time '%.*s' must be a timestamp", SPAN_ARGS(node->text));
	return (false);
}

static bool
read_types(struct binder *b, struct node *node, void *target)
{
	struct stream *stream = &((struct stream_file *)target)->stream;

	return (bind_texts(b, node, &stream->types, &stream->n_types));
}

static bool
read_kept(struct binder *b, struct node *node, void *target)
{
	(void)b;
	((struct history_file *)target)->fields = node;
	return (true);
}

static const struct key history_keys[] = {
    {.name = "keep",
	.type = KEY_WORD,
	KEY_NUMBER(history_file, keep),
	KEY_GIVEN(history_file, keep_given),
	KEY_WORDS(keeps),
	.otherwise = "`exact`; engagement: `days`",
	.about = "The events themselves, or how many of each kind on each UTC "
		 "day."},
    {.name = "max",
	.type = KEY_INT,
	KEY_NUMBER(history_file, max),
	KEY_GIVEN(history_file, max_given),
	.min = 1,
	.max = ENTRIES_MAX,
	.otherwise = "purchase: 256; `exact`: 64; `days`: 400",
	.about = "How many events, or days, of a customer are kept; older "
		 "purchases live on in their months."},
    {.name = "fields",
	.type = KEY_CUSTOM,
	.read = read_kept,
	.form = "[field]",
	.otherwise = "all but the id and `order_id`",
	.about = "The fields that windows can ask for (`exact`)."},
    {.name = "where",
	.type = KEY_EXPRESSION,
	KEY_AT(history_file, where),
	.about = "Keep only events for which it holds."},
};
const struct table history_table = {.title = "history",
    .about = "What is remembered of a stream, for each customer.",
    .keys = history_keys,
    .n = ROWS(history_keys)};

/* In the order in which they are read: a role and fields come first. */
static const struct key stream_keys[] = {
    {.name = "role",
	.type = KEY_WORD,
	.required = true,
	KEY_NUMBER(stream_file, role),
	KEY_WORDS(roles),
	.about = "What a record means: a purchase feeds recency, churn, value "
		 "and tiers, a refund takes from one, a profile and a consent "
		 "record change the customer."},
    {.name = "topic",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_stream_topic,
	.form = "a topic",
	.about = "The topic in Kafka. One topic is one stream."},
    {.name = "fields",
	.type = KEY_CUSTOM,
	KEY_GIVEN(stream_file, fields_given),
	.inner = &stream_field_table,
	.read = read_stream_fields,
	.form = "{field: type}",
	.otherwise = "none",
	.about = "What rules can ask of an event. A purchase or refund needs "
		 "`amount: money`, a refund `order_id: string`."},
    {.name = "key",
	.type = KEY_CUSTOM,
	.read = read_key,
	.form = "a field, or a JSON pointer",
	.preset = "customer_id",
	.about = "The customer's id in the value; it must agree with the key "
		 "of the record."},
    {.name = "id",
	.type = KEY_CUSTOM,
	KEY_GIVEN(stream_file, id_given),
	.read = read_id,
	.form = "a field, or a JSON pointer",
	.otherwise = "purchase: `order_id`, refund: `refund_id`, feedback: "
		     "`feedback_id`, else `event_id`",
	.about = "The event's id: by it a duplicate is known."},
    {.name = "time",
	.type = KEY_CUSTOM,
	.read = read_time,
	.form = "a field, or a JSON pointer",
	.otherwise = "the record's timestamp",
	.about = "The event time: RFC 3339 with an offset, or whole "
		 "milliseconds since the epoch."},
    {.name = "type",
	.type = KEY_CUSTOM,
	.read = read_types,
	.form = "[text]",
	.otherwise = "any",
	.about = "The `ce_type` of CloudEvents that belong here; others are "
		 "dead letters."},
    {.name = "history",
	.type = KEY_TABLE,
	KEY_AT(stream_file, history),
	KEY_GIVEN(stream_file, history_given),
	.inner = &history_table,
	.about = "What is remembered."},
    {.name = "mapping",
	.type = KEY_LATER,
	.about = "Records in another shape."},
    {.name = "expectEvery",
	.type = KEY_LATER,
	.about = "A warning when nothing comes."},
    {.name = "openFor",
	.type = KEY_LATER,
	.about = "How long a complaint is open."},
    {.name = "payload",
	.type = KEY_LATER,
	.about = "What a dead letter keeps."},
};
const struct table stream_table = {.title = "A stream",
    .about = "Under `streams:`, by its name.",
    .keys = stream_keys,
    .n = ROWS(stream_keys)};

static const char *
default_id(enum role role)
{
	switch (role) {
	case ROLE_PURCHASE:
		return ("order_id");
	case ROLE_REFUND:
		return ("refund_id");
	case ROLE_FEEDBACK:
		return ("feedback_id");
	case ROLE_ENGAGEMENT:
	case ROLE_PROFILE:
	case ROLE_CONSENT:
	default:
		return ("event_id");
	}
}

/* A field that the role reads by its name. */
struct demand {
	const char *name;
	bool required;
	bool text; /* a string or a list of values; else `type` */
	enum field_type type;
	const char *wanted; /* in words */
};

static bool
demand(struct binder *b, const struct node *node, const struct stream *stream,
    const struct demand *d)
{
	struct node *fields = node_value(node, SPAN("fields"));
	int index = stream_field(stream, span_of(d->name));
	const struct field *field;

	if (index == NO_FIELD) {
		if (!d->required)
			return (true);
		refuse(b, fields != NULL ? fields->key : node->key, "E042",
		    arena_print(b->arena, "%s: %s", d->name, d->wanted).at,
		    "the role '%s' needs the field '%s'",
		    role_name(stream->role), d->name);
		return (false);
	}
	field = &stream->fields[index];
	if (d->text ? is_text_field(field) : field->type == d->type)
		return (true);
	refuse(b, fields->items[2 * index + 1], "E042", NULL,
	    "'%s' must be %s: the role '%s' reads it", d->name, d->wanted,
	    role_name(stream->role));
	return (false);
}

static bool
check_fields(
    struct binder *b, const struct node *node, const struct stream *stream)
{
	enum role role = stream->role;
	bool money = role == ROLE_PURCHASE || role == ROLE_REFUND;
	const struct demand demands[] = {
	    {"amount", true, false, FIELD_MONEY, "money"},
	    {"order_id", role == ROLE_REFUND, false, FIELD_STRING, "string"},
	    {"category", false, true, FIELD_STRING,
		"string, or a list of values"},
	    {"kind", stream->keep == KEEP_DAYS, true, FIELD_STRING,
		"string, or a list of values"},
	    {"score", false, false, FIELD_INT, "int"},
	};
	bool good = true;

	for (size_t i = 0; i < ROWS(demands); i++) {
		bool of_money = i < 3;

		if (of_money == money)
			good = demand(b, node, stream, &demands[i]) && good;
	}
	return (good);
}

static bool
is_kept(const struct stream *stream, int field)
{
	return (
	    field != stream->id_field &&
	    !(stream->role == ROLE_PURCHASE && field == stream->amount_field));
}

static int
compare_ints(const void *a, const void *b)
{
	return (*(const int *)a - *(const int *)b);
}

/* The fields that `history: {fields: […]}` names. */
static bool
kept_by_name(struct binder *b, struct node *node, struct stream *stream)
{
	int *kept;
	size_t n = 0;
	bool good = true;

	if (!bind_list(b, node))
		return (false);
	kept = ARENA_ARRAY(b->arena, node->n, int);
	for (size_t i = 0; i < node->n; i++) {
		struct span name;
		int field;

		if (!scalar_text(b, node->items[i], &name)) {
			good = false;
			continue;
		}
		field = stream_field(stream, name);
		if (field == NO_FIELD) {
			refuse(b, node->items[i], "E040", NULL,
			    "the stream has no field '%.*s'", SPAN_ARGS(name));
			good = false;
		} else if (is_kept(stream, field)) {
			kept[n++] = field;
		}
	}
	qsort(kept, n, sizeof *kept, compare_ints);
	stream->kept = kept;
	stream->n_kept = n;
	return (good);
}

static void
kept_by_default(struct arena *arena, struct stream *stream)
{
	int *kept = ARENA_ARRAY(arena, stream->n_fields, int);
	size_t n = 0;

	for (int i = 0; i < (int)stream->n_fields; i++) {
		if (is_kept(stream, i) && i != stream->order_field)
			kept[n++] = i;
	}
	stream->kept = kept;
	stream->n_kept = n;
}

static bool
remembers(enum role role)
{
	return (role == ROLE_PURCHASE || role == ROLE_FEEDBACK ||
		role == ROLE_ENGAGEMENT);
}

static uint32_t
default_max(const struct stream *stream)
{
	if (stream->keep == KEEP_DAYS)
		return (DAYS_KEPT);
	return (stream->role == ROLE_PURCHASE ? PURCHASES_KEPT : OTHERS_KEPT);
}

static bool
finish_history(
    struct binder *b, const struct node *node, struct stream_file *file)
{
	struct history_file *history = &file->history;
	struct stream *stream = &file->stream;

	if (!remembers(stream->role)) {
		stream->keep = KEEP_NOTHING;
		if (!file->history_given)
			return (true);
		refuse(b, node_value(node, SPAN("history"))->key, "E016", NULL,
		    "the role '%s' has no history: it changes others",
		    role_name(stream->role));
		return (false);
	}
	stream->keep = stream->role == ROLE_ENGAGEMENT ? KEEP_DAYS : KEEP_EXACT;
	if (history->keep_given)
		stream->keep = history->keep;
	stream->max =
	    history->max_given ? (uint32_t)history->max : default_max(stream);
	stream->where = history->where;
	if (stream->role == ROLE_PURCHASE && stream->keep == KEEP_DAYS) {
		refuse(b, node_value(node, SPAN("history")), "E016", NULL,
		    "purchases are kept exactly: refunds and models need them");
		return (false);
	}
	if (stream->keep == KEEP_DAYS && history->fields != NULL) {
		refuse(b, history->fields->key, "E016", "write keep: exact",
		    "days keep no fields, only how many of each kind");
		return (false);
	}
	if (stream->keep == KEEP_DAYS)
		return (true);
	if (history->fields != NULL)
		return (kept_by_name(b, history->fields, stream));
	kept_by_default(b->arena, stream);
	return (true);
}

static bool
finish_stream(struct binder *b, struct node *node, struct stream_file *file)
{
	struct stream *stream = &file->stream;
	bool good;

	if (!file->id_given)
		stream->id_from = pointer_of(b->arena, stream,
		    span_of(default_id(stream->role)), &stream->id_field);
	stream->amount_field = stream_field(stream, SPAN("amount"));
	stream->order_field = stream_field(stream, SPAN("order_id"));
	stream->kind_field = stream_field(stream, SPAN("kind"));
	if (!remembers(stream->role) && stream->role != ROLE_REFUND &&
	    file->fields_given) {
		refuse(b, node_value(node, SPAN("fields"))->key, "E016",
		    stream->role == ROLE_PROFILE
			? "declare them under 'customer:'"
			: NULL,
		    "the role '%s' has fields of its own",
		    role_name(stream->role));
		return (false);
	}
	good = finish_history(b, node, file);
	return (!file->fields_wrong && check_fields(b, node, stream) && good);
}

bool
read_stream(struct binder *b, struct node *node, struct stream *ret)
{
	struct stream_file *file = ARENA_NEW(b->arena, struct stream_file);
	bool good;

	if (!bind_mapping(b, node))
		return (false);
	file->stream.id_field = NO_FIELD;
	file->role = ROLE_UNKNOWN;
	good = bind_table(b, &stream_table, node, file);
	/* Without a role there is nothing that it could ask for. */
	if (file->role != ROLE_UNKNOWN) {
		file->stream.role = (enum role)file->role;
		good = finish_stream(b, node, file) && good;
	}
	*ret = file->stream;
	return (good);
}
