#include "config/kafka_file.h"

#include "config/daemon_file.h"
#include "config/variable.h"
#include "pipeline/stream/client.h"

static bool
read_topic_by_type(
    struct binder *b, struct node *node, struct topics_config *topics)
{
	struct trigger_topic *by_type =
	    ARENA_ARRAY(b->arena, node->n, struct trigger_topic);
	bool good = true;
	size_t n = 0;

	for (size_t i = 0; i < node->n; i++) {
		struct node *key = node->items[2 * i];
		struct node *value = node->items[2 * i + 1];
		struct span topic = {NULL, 0};
		struct span type;

		good = scalar_topic(b, value, &topic) && good;
		if (span_equals(key->text, SPAN("default"))) {
			topics->triggers = topic;
			continue;
		}
		good = scalar_name(b, key, &type) && good;
		by_type[n++] = (struct trigger_topic){place_of(key), topic};
	}
	if (topics->triggers.length == 0) {
		refuse(b, node->key != NULL ? node->key : node, "E013",
		    "{default: kith.triggers, birthday: crm.birthdays}",
		    "'triggers' needs the key 'default'");
		return (false);
	}
	topics->by_type = by_type;
	topics->n_by_type = n;
	return (good);
}

static bool
read_triggers(struct binder *b, struct node *node, void *target)
{
	struct topics_config *topics = target;

	if (node->kind == NODE_MAPPING)
		return (read_topic_by_type(b, node, topics));
	return (scalar_topic(b, node, &topics->triggers));
}

static bool
read_suppressed(struct binder *b, struct node *node, void *target)
{
	return (scalar_topic(
	    b, node, &((struct topics_config *)target)->suppressed));
}

static bool
read_dead_letters(struct binder *b, struct node *node, void *target)
{
	return (scalar_topic(
	    b, node, &((struct topics_config *)target)->dead_letters));
}

static const struct key topics_keys[] = {
    {.name = "triggers",
	.type = KEY_CUSTOM,
	.read = read_triggers,
	.form = "a topic, or {default: topic, TYPE: topic}",
	.preset = "kith.triggers",
	.about = "Where triggers go; a topic of its own for a type."},
    {.name = "suppressed",
	.type = KEY_CUSTOM,
	.nullable = true,
	.read = read_suppressed,
	.form = "a topic",
	.preset = "kith.suppressed",
	.about = "Decisions that were not published, and why. null: they are "
		 "only counted."},
    {.name = "deadLetters",
	.type = KEY_CUSTOM,
	.read = read_dead_letters,
	.form = "a topic",
	.preset = "kith.dead-letters",
	.about = "Records that could not be read."},
    {.name = "createMissing",
	.type = KEY_BOOL,
	KEY_AT(topics_config, create_missing),
	.preset = "false",
	.about = "Create the topics that are missing: for development and "
		 "demos."},
};
const struct table topics_table = {.title = "kafka.topics",
    .about = "Where messages go.",
    .keys = topics_keys,
    .n = ROWS(topics_keys)};

/* Properties that we set ourselves, because exactly-once rests on them. */
static const char *
own_property(struct span name)
{
	static const char *const own[][2] = {
	    {"bootstrap.servers", "write kafka.brokers"},
	    {"metadata.broker.list", "write kafka.brokers"},
	    {"group.id", "write kafka.group"},
	    {"group.instance.id", "write advanced.instance"},
	    {"transactional.id", "write advanced.instance"},
	    {"group.protocol", "the classic protocol is used"},
	    {"auto.offset.reset", "write kafka.start"},
	    {"enable.auto.commit", "offsets are committed with the triggers"},
	    {"enable.auto.offset.store",
		"offsets are committed with the triggers"},
	    {"isolation.level", "read_committed is used"},
	    {"partitioner", "murmur2_random is used, as by clients in Java"},
	    {"partition.assignment.strategy",
		"range is used: equal partitions together"},
	    {"enable.partition.eof", "it is needed to know the end"},
	    {"enable.idempotence", "write advanced.delivery"},
	};

	for (size_t i = 0; i < ROWS(own); i++) {
		if (span_equals(name, span_of(own[i][0])))
			return (own[i][1]);
	}
	return (NULL);
}

static bool
ends_with(struct span text, const char *end)
{
	size_t length = strlen(end);

	return (text.length > length &&
		memcmp(text.at + text.length - length, end, length) == 0);
}

/* What nobody should write into a file that lies in a repository. */
static bool
is_secret(struct span name)
{
	return (ends_with(name, "password") || ends_with(name, "secret") ||
		ends_with(name, ".pem"));
}

/* Asked of librdkafka itself: the file is where a mistake is mended. */
static bool
known_property(struct binder *b, const struct node *key,
    const struct kafka_property *property)
{
	struct property asked = {arena_span(b->arena, property->name).at,
	    arena_span(b->arena, property->value).at};
	struct failure why = {{0}};

	if (property_check(&asked, &why) == DONE)
		return (true);
	refuse(b, key, "E016", NULL, "%s", why.text);
	return (false);
}

static bool
read_property(struct binder *b, const struct node *key, struct node *value,
    struct kafka_property *ret)
{
	static const char suffix[] = "_file";
	const char *instead = own_property(key->text);

	if (instead != NULL) {
		refuse(b, key, "E016", instead, "'%.*s' is set by kithd itself",
		    SPAN_ARGS(key->text));
		return (false);
	}
	ret->name = key->text;
	if (ends_with(key->text, suffix)) {
		ret->name.length -= sizeof suffix - 1;
		ret->name = arena_span(b->arena, ret->name);
		return (secret_read(b, value, &ret->value));
	}
	if (is_secret(key->text)) {
		refuse(b, key, "E012",
		    arena_print(
			b->arena, "%.*s%s: PATH", SPAN_ARGS(key->text), suffix)
			.at,
		    "'%.*s' is a secret: it is read from a file",
		    SPAN_ARGS(key->text));
		return (false);
	}
	return (
	    scalar_text(b, value, &ret->value) && known_property(b, key, ret));
}

static bool
read_properties(struct binder *b, struct node *node, void *target)
{
	struct kafka_config *kafka = target;
	struct kafka_property *properties;
	bool good = true;

	if (!bind_mapping(b, node))
		return (false);
	properties = ARENA_ARRAY(b->arena, node->n, struct kafka_property);
	for (size_t i = 0; i < node->n; i++)
		good = read_property(b, node->items[2 * i],
			   node->items[2 * i + 1], &properties[i]) &&
		       good;
	kafka->properties = properties;
	kafka->n_properties = node->n;
	return (good);
}

static const struct word starts[] = {
    {"earliest", START_EARLIEST, false},
    {"latest", START_LATEST, false},
};
static const struct word formats[] = {
    {"cloudevents_binary", FORMAT_CLOUDEVENTS_BINARY, false},
    {"cloudevents_structured", FORMAT_CLOUDEVENTS_STRUCTURED, false},
    {"json", FORMAT_JSON, false},
    {"segment_track", FORMAT_SEGMENT_TRACK, false},
};

static const struct key kafka_keys[] = {
    {.name = "brokers",
	.type = KEY_TEXT,
	.required = true,
	KEY_AT(kafka_config, brokers),
	.about = "HOST:PORT, several with commas."},
    {.name = "group",
	.type = KEY_TEXT,
	KEY_AT(kafka_config, group),
	.otherwise = "`kith-<name>`",
	.about = "The consumer group."},
    {.name = "start",
	.type = KEY_WORD,
	KEY_NUMBER(kafka_config, start),
	KEY_WORDS(starts),
	.preset = "earliest",
	.about = "Where to begin, at the very first start only."},
    {.name = "properties",
	.type = KEY_CUSTOM,
	.read = read_properties,
	.form = "{name: text}",
	.otherwise = "none",
	.about = "Any property of librdkafka but those that kithd sets itself. "
		 "A secret by file: `sasl.password_file: PATH`."},
    {.name = "topics",
	.type = KEY_TABLE,
	KEY_AT(kafka_config, topics),
	.inner = &topics_table,
	.about = "Where messages go."},
    {.name = "format",
	.type = KEY_WORD,
	KEY_NUMBER(kafka_config, format),
	KEY_WORDS(formats),
	.preset = "cloudevents_binary",
	.about = "The shape of a trigger."},
};
const struct table kafka_table = {.title = "kafka",
    .about = "Brokers, group, topics.",
    .keys = kafka_keys,
    .n = ROWS(kafka_keys)};
