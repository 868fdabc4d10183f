#include "config/daemon_file.h"

#include "config/kafka_file.h"
#include "config/kinds.h"
#include "config/variable.h"

enum {
	WORKERS_MAX = 256,
	PORT_MAX = 65535,
	RECORDS_MAX = 100000,
	HOST_MAX = 255,
	TEN = 10,
	PREFIX_MAX = 64,
};

struct daemon_file {
	struct daemon_config daemon;
	bool first_start_given;
	bool tenant_given;
};

static bool
read_rules_list(struct binder *b, struct node *node, void *target)
{
	struct daemon_config *daemon = target;
	struct source_text *rules;
	struct span text;
	bool good = true;

	if (!bind_list(b, node))
		return (false);
	rules = ARENA_ARRAY(b->arena, node->n, struct source_text);
	for (size_t i = 0; i < node->n; i++) {
		good = scalar_text(b, node->items[i], &text) && good;
		rules[i] = place_of(node->items[i]);
	}
	if (node->n == 0) {
		refuse(b, node, "E013", NULL, "'rules' names no file");
		return (false);
	}
	daemon->rules = rules;
	daemon->n_rules = node->n;
	return (good);
}

static bool
starts_with(struct span text, const char *start)
{
	size_t length = strlen(start);

	return (text.length >= length && memcmp(text.at, start, length) == 0);
}

static bool
read_address(struct binder *b, struct node *node, void *target)
{
	struct store_config *store = target;
	struct span url;

	if (!scalar_text(b, node, &url))
		return (false);
	url = arena_span(b->arena, url);
	store->place =
	    span_equals(url, SPAN("memory:")) ? STORE_MEMORY : STORE_REDIS;
	store->redis = url;
	if (starts_with(url, "rediss:")) {
		refuse_later(b, node, "rediss:");
		return (false);
	}
	if (starts_with(url, "redis:") &&
	    memchr(url.at, '@', url.length) != NULL) {
		refuse(b, node, "E012",
		    "write username: and passwordFile: beside it",
		    "an address with a password in it");
		return (false);
	}
	if (store->place == STORE_MEMORY || starts_with(url, "redis://") ||
	    starts_with(url, "unix:///"))
		return (true);
	refuse(b, node, "E012",
	    "redis://127.0.0.1:6379/0, or unix:///run/redis/redis.sock",
	    "'%.*s' is no address of a Redis", SPAN_ARGS(url));
	return (false);
}

static bool
read_password(struct binder *b, struct node *node, void *target)
{
	return (
	    secret_read(b, node, &((struct store_config *)target)->password));
}

/* Keys of Redis have the task in braces: a prefix may have none. */
static bool
read_prefix(struct binder *b, struct node *node, void *target)
{
	struct store_config *store = target;

	if (!scalar_text(b, node, &store->prefix))
		return (false);
	if (store->prefix.length <= PREFIX_MAX &&
	    memchr(store->prefix.at, '{', store->prefix.length) == NULL &&
	    memchr(store->prefix.at, '}', store->prefix.length) == NULL)
		return (true);
	refuse(b, node, "E012", NULL,
	    "'prefix' must have at most %d bytes and no brace", PREFIX_MAX);
	return (false);
}

static bool
port_parse(struct span text, int *ret)
{
	int port = 0;

	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return (false);
		port = port * TEN + (text.at[i] - '0');
		if (port > PORT_MAX)
			return (false);
	}
	*ret = port;
	return (text.length > 0);
}

/* HOST:PORT; a host of IPv6 in brackets. */
static bool
read_listen(struct binder *b, struct node *node, void *target)
{
	struct http_config *http = target;
	struct span text;
	size_t colon;

	if (!scalar_text(b, node, &text))
		return (false);
	colon = text.length;
	while (colon > 0 && text.at[colon - 1] != ':')
		colon--;
	if (colon < 2 || colon > HOST_MAX ||
	    !port_parse((struct span){text.at + colon, text.length - colon},
		&http->port)) {
		refuse(b, node, "E012", "127.0.0.1:9464, or [::1]:9464",
		    "'%.*s' is no address to listen on", SPAN_ARGS(text));
		return (false);
	}
	http->host = arena_span(b->arena, (struct span){text.at, colon - 1});
	return (true);
}

static const struct word empties[] = {
    {"fail", EMPTY_FAIL, false},
    {"rebuild", EMPTY_REBUILD, true},
};

static const struct key store_keys[] = {
    {.name = "redis",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_address,
	.form = "`redis://HOST[:PORT][/DB]` or `unix:///PATH[?db=DB]`",
	.about = "Where customers are kept. `memory:` for `test` and "
		 "`backtest` alone."},
    {.name = "username",
	.type = KEY_TEXT,
	KEY_AT(store_config, username),
	.otherwise = "the default user",
	.about = "Of Redis."},
    {.name = "passwordFile",
	.type = KEY_CUSTOM,
	.read = read_password,
	.form = "a path, from this file",
	.otherwise = "no password",
	.about = "A file with the password; it is read at start and never "
		 "printed."},
    {.name = "prefix",
	.type = KEY_CUSTOM,
	.read = read_prefix,
	.form = "text, without braces",
	.preset = "kith:",
	.about = "Of every key in Redis."},
    {.name = "timeout",
	.type = KEY_DURATION,
	KEY_AT(store_config, timeout),
	.min = 10,
	.max = 60 * SECOND_MS,
	.preset = "2s",
	.about = "The longest that a call may take."},
    {.name = "onEmpty",
	.type = KEY_WORD,
	KEY_NUMBER(store_config, on_empty),
	KEY_WORDS(empties),
	.preset = "fail",
	.about = "When Kafka knows the group and Redis is empty: stop (exit "
		 "78)."},
};
static const struct table store_table = {.title = "store",
    .about = "Redis.",
    .keys = store_keys,
    .n = ROWS(store_keys)};

static const struct key http_keys[] = {
    {.name = "listen",
	.type = KEY_CUSTOM,
	.nullable = true,
	.read = read_listen,
	.form = "HOST:PORT",
	.preset = "127.0.0.1:9464",
	.about = "Health and metrics. In a pod `0.0.0.0:9464`: the kubelet "
		 "comes from outside. null: none."},
};
static const struct table http_table = {.title = "http",
    .about = "Health and metrics.",
    .keys = http_keys,
    .n = ROWS(http_keys)};

static const struct word levels[] = {
    {"debug", LEVEL_DEBUG, false},
    {"info", LEVEL_INFO, false},
    {"warning", LEVEL_WARNING, false},
    {"error", LEVEL_ERROR, false},
};
static const struct word log_formats[] = {
    {"auto", LOG_AUTO, false},
    {"text", LOG_TEXT, false},
    {"json", LOG_JSON, false},
};

static const struct key log_keys[] = {
    {.name = "level",
	.type = KEY_WORD,
	KEY_NUMBER(log_config, level),
	KEY_WORDS(levels),
	.preset = "info",
	.about = "The least that is written."},
    {.name = "format",
	.type = KEY_WORD,
	KEY_NUMBER(log_config, format),
	KEY_WORDS(log_formats),
	.preset = "auto",
	.about = "`auto`: text on a terminal, JSON lines elsewhere."},
};
static const struct table log_table = {.title = "log",
    .about = "One line an event, on stderr.",
    .keys = log_keys,
    .n = ROWS(log_keys)};

static const struct key batch_keys[] = {
    {.name = "maxRecords",
	.type = KEY_INT,
	KEY_NUMBER(batch_config, max_records),
	.min = 1,
	.max = RECORDS_MAX,
	.preset = "2000",
	.about = "The most records that are taken together."},
    {.name = "maxDelay",
	.type = KEY_DURATION,
	KEY_AT(batch_config, max_delay),
	.max = 10 * SECOND_MS,
	.preset = "20ms",
	.about = "How long a live record may wait for company."},
};
static const struct table batch_table = {.title = "advanced.batch",
    .about = "How much is done at once.",
    .keys = batch_keys,
    .n = ROWS(batch_keys)};

static const struct word clocks[] = {
    {"wall", CLOCK_WALL, false},
    {"stream", CLOCK_STREAM, false},
};
static const struct word deliveries[] = {
    {"exactly_once", DELIVERY_EXACTLY_ONCE, false},
    {"at_least_once", DELIVERY_AT_LEAST_ONCE, false},
};
static const struct word first_starts[] = {
    {"prime", FIRST_PRIME, false},
    {"live", FIRST_LIVE, false},
};

static const struct key advanced_keys[] = {
    {.name = "instance",
	.type = KEY_TEXT,
	KEY_AT(daemon_file, daemon.advanced.instance),
	.preset = "${HOSTNAME:-}",
	.otherwise = "`${HOSTNAME}`, else the host's name",
	.about = "Stable for each pod: static membership and transactional "
		 "ids derive from it."},
    {.name = "tenant",
	.type = KEY_NAME,
	KEY_AT(daemon_file, daemon.advanced.tenant),
	KEY_GIVEN(daemon_file, tenant_given),
	.otherwise = "the name",
	.about = "Part of the id of every trigger."},
    {.name = "clock",
	.type = KEY_WORD,
	KEY_NUMBER(daemon_file, daemon.advanced.clock),
	KEY_WORDS(clocks),
	.preset = "wall",
	.about = "`stream`: replay of history; time moves by records alone, "
		 "and decisions are published at once."},
    {.name = "delivery",
	.type = KEY_WORD,
	KEY_NUMBER(daemon_file, daemon.advanced.delivery),
	KEY_WORDS(deliveries),
	.preset = "exactly_once",
	.about = "`at_least_once`: no transactions."},
    {.name = "onFirstStart",
	.type = KEY_WORD,
	KEY_NUMBER(daemon_file, daemon.advanced.on_first_start),
	KEY_GIVEN(daemon_file, first_start_given),
	KEY_WORDS(first_starts),
	.otherwise = "`prime`; `live` with `clock: stream`",
	.about = "What the backlog decides at the very first start is not "
		 "published (`prime`), or is."},
    {.name = "settle",
	.type = KEY_DURATION,
	KEY_AT(daemon_file, daemon.advanced.settle),
	.max = MINUTE_MS,
	.preset = "1s",
	.about = "How long a record may be on its way to a topic before time "
		 "passes it by."},
    {.name = "futureTolerance",
	.type = KEY_DURATION,
	KEY_AT(daemon_file, daemon.advanced.future_tolerance),
	.max = DAY_MS,
	.preset = "5m",
	.about = "An event time further ahead of its arrival is a dead "
		 "letter; a nearer one counts as the arrival."},
    {.name = "liveWithin",
	.type = KEY_DURATION,
	KEY_AT(daemon_file, daemon.advanced.live_within),
	.min = SECOND_MS,
	.max = DAY_MS,
	.preset = "60s",
	.about = "A decision that is older is late: its release is tested "
		 "against the clock."},
    {.name = "batch",
	.type = KEY_TABLE,
	KEY_AT(daemon_file, daemon.advanced.batch),
	.inner = &batch_table,
	.about = "How much is done at once."},
    {.name = "offsetInterval",
	.type = KEY_DURATION,
	KEY_AT(daemon_file, daemon.advanced.offset_interval),
	.min = SECOND_MS,
	.max = HOUR_MS,
	.preset = "5s",
	.about = "Offsets are committed at least this often, also when nothing "
		 "fires."},
};
static const struct table advanced_table = {.title = "advanced",
    .about = "What few need.",
    .keys = advanced_keys,
    .n = ROWS(advanced_keys)};

static const struct key daemon_keys[] = {
    KIND_ROWS(daemon_file, daemon.name),
    {.name = "rules",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_rules_list,
	.form = "[path]",
	.about = "Files, folders or patterns, from this file. They hold one "
		 "EventSchema, at most one ContactPolicy, LoyaltyProgram and "
		 "ModelSet, and RuleSets."},
    {.name = "workers",
	.type = KEY_INT,
	KEY_NUMBER(daemon_file, daemon.workers),
	.min = 1,
	.max = WORKERS_MAX,
	.preset = "1",
	.about = "Threads, each with its own connections; partitions are "
		 "shared among them."},
    {.name = "kafka",
	.type = KEY_TABLE,
	.required = true,
	KEY_AT(daemon_file, daemon.kafka),
	.inner = &kafka_table,
	.about = "Kafka."},
    {.name = "store",
	.type = KEY_TABLE,
	.required = true,
	KEY_AT(daemon_file, daemon.store),
	.inner = &store_table,
	.about = "Redis."},
    {.name = "http",
	.type = KEY_TABLE,
	.nullable = true,
	KEY_AT(daemon_file, daemon.http),
	.inner = &http_table,
	.about = "Health and metrics; null: none."},
    {.name = "log",
	.type = KEY_TABLE,
	KEY_AT(daemon_file, daemon.log),
	.inner = &log_table,
	.about = "The log."},
    {.name = "advanced",
	.type = KEY_TABLE,
	.inner = &advanced_table,
	.about = "What few need."},
    {.name = "payload",
	.type = KEY_LATER,
	.about = "What a dead letter keeps."},
    {.name = "customerKey",
	.type = KEY_LATER,
	.about = "How customers are named in Redis."},
    {.name = "surge",
	.type = KEY_LATER,
	.about = "Hold triggers when there are unusually many."},
};
static const struct table daemon_table = {.title = "Daemon",
    .about = "What to run: `kithd run -c FILE`.",
    .keys = daemon_keys,
    .n = ROWS(daemon_keys)};

const struct table *const daemon_tables[] = {&daemon_table, &kafka_table,
    &topics_table, &store_table, &http_table, &log_table, &advanced_table,
    &batch_table, NULL};

const struct daemon_config *
read_daemon(struct binder *b, struct node *root)
{
	struct daemon_file *file = ARENA_NEW(b->arena, struct daemon_file);
	struct daemon_config *daemon = &file->daemon;
	struct advanced_config *advanced = &daemon->advanced;

	(void)bind_table(b, &daemon_table, root, file);
	if (!file->tenant_given)
		advanced->tenant = daemon->name;
	if (!file->first_start_given)
		advanced->on_first_start =
		    advanced->clock == CLOCK_STREAM ? FIRST_LIVE : FIRST_PRIME;
	if (daemon->kafka.group.length == 0)
		daemon->kafka.group =
		    arena_print(b->arena, "kith-%.*s", SPAN_ARGS(daemon->name));
	return (daemon);
}
