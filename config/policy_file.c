/* Kind ContactPolicy: caps, channels, quiet hours. */
#include "config/kinds.h"
#include "config/nearest.h"
#include "pipeline/base/hash.h"

enum {
	CAP_MOST = 1000,
	ALL_DAYS = 0x7f,
	SHORT_LENGTH = 11, /* "21:00-10:00" */
	SHORT_DASH = 5,
};

struct policy_file {
	struct policy policy;
};

static bool
read_per(struct binder *b, struct node *node, void *target)
{
	static const struct word periods[] = {{"day", CAP_DAY, false},
	    {"week", CAP_WEEK, false}, {"month", CAP_MONTH, false}};
	struct cap *cap = target;

	for (size_t i = 0; i < ROWS(periods); i++) {
		if (node->kind == NODE_SCALAR &&
		    span_equals(node->text, span_of(periods[i].name))) {
			cap->period = (enum cap_period)periods[i].value;
			return (true);
		}
	}
	cap->period = CAP_ROLLING;
	return (scalar_duration(b, node, MINUTE_MS, 0, &cap->length));
}

static bool
read_over(struct binder *b, struct node *node, void *target)
{
	static const struct word overs[] = {
	    {"drop", false, false}, {"defer", true, false}};
	int defer;

	if (!scalar_word(b, node, overs, ROWS(overs), &defer))
		return (false);
	((struct cap *)target)->defer = defer != 0;
	return (true);
}

static const struct key cap_keys[] = {
    {.name = "max",
	.type = KEY_INT,
	.required = true,
	KEY_NUMBER(cap, max),
	.min = 1,
	.max = CAP_MOST,
	.about = "How many messages."},
    {.name = "per",
	.type = KEY_CUSTOM,
	.required = true,
	.read = read_per,
	.form = "a duration, `day`, `week` or `month`",
	.about = "A duration rolls; day, week and month are the calendar of "
		 "the customer's zone."},
    {.name = "over",
	.type = KEY_CUSTOM,
	.read = read_over,
	.form = "`drop` or `defer`",
	.preset = "drop",
	.about = "What happens to one too many: it is suppressed, or waits for "
		 "room."},
};
static const struct table cap_table = {.title = "A frequency cap",
    .about = "Under `frequencyCaps:` of the policy, by its name. Caps are the "
	     "customer's, over all rules and channels that name them.",
    .keys = cap_keys,
    .n = ROWS(cap_keys)};

/* Slots of a customer name their cap by 32 bits. */
static bool
check_hash(
    struct binder *b, const struct node *key, const struct cap *caps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (caps[i].hash != caps[n].hash)
			continue;
		refuse(b, key, "E041", "choose another name",
		    "'%.*s' cannot be told from '%.*s' by its hash",
		    SPAN_ARGS(caps[n].name), SPAN_ARGS(caps[i].name));
		return (false);
	}
	return (true);
}

static bool
read_caps(struct binder *b, struct node *node, void *target)
{
	struct policy *policy = &((struct policy_file *)target)->policy;
	struct cap *caps;
	bool good = true;

	if (!bind_mapping(b, node))
		return (false);
	caps = ARENA_ARRAY(b->arena, node->n, struct cap);
	for (size_t i = 0; i < node->n; i++) {
		struct node *key = node->items[2 * i];
		struct node *value = node->items[2 * i + 1];

		good = scalar_name(b, key, &caps[i].name) &&
		       bind_mapping(b, value) &&
		       bind_table(b, &cap_table, value, &caps[i]) && good;
		caps[i].hash = hash_short(caps[i].name);
		good = check_hash(b, key, caps, i) && good;
	}
	policy->caps = caps;
	policy->n_caps = node->n;
	return (good);
}

struct quiet_file {
	struct quiet_hours quiet;
	bool from_given;
	bool to_given;
};

static bool
read_all_day(struct binder *b, struct node *node, void *target)
{
	static const struct word days[] = {{"sun", 0, false}, {"mon", 1, false},
	    {"tue", 2, false}, {"wed", 3, false}, {"thu", 4, false},
	    {"fri", 5, false}, {"sat", 6, false}};
	struct quiet_hours *quiet = &((struct quiet_file *)target)->quiet;
	bool good = true;

	if (!bind_list(b, node))
		return (false);
	for (size_t i = 0; i < node->n; i++) {
		int day = 0;

		if (scalar_word(b, node->items[i], days, ROWS(days), &day))
			quiet->all_day |= (uint8_t)(1U << (unsigned)day);
		else
			good = false;
	}
	if (quiet->all_day == ALL_DAYS) {
		refuse(b, node, "E016", NULL,
		    "when all days are quiet nothing is ever sent");
		good = false;
	}
	return (good);
}

static bool
read_otherwise(struct binder *b, struct node *node, void *target)
{
	static const struct word ways[] = {
	    {"defer", false, false}, {"drop", true, false}};
	int drop;

	if (!scalar_word(b, node, ways, ROWS(ways), &drop))
		return (false);
	((struct quiet_file *)target)->quiet.drop = drop != 0;
	return (true);
}

static const struct key quiet_keys[] = {
    {.name = "from",
	.type = KEY_TIME,
	KEY_AT(quiet_file, quiet.from),
	KEY_GIVEN(quiet_file, from_given),
	.otherwise = "no hours, whole days alone",
	.about = "The local time at which it becomes quiet."},
    {.name = "to",
	.type = KEY_TIME,
	KEY_AT(quiet_file, quiet.to),
	KEY_GIVEN(quiet_file, to_given),
	.otherwise = "no hours",
	.about = "The local time at which it is over; before `from`: on the "
		 "next day."},
    {.name = "allDay",
	.type = KEY_CUSTOM,
	.read = read_all_day,
	.form = "[sun, mon, tue, wed, thu, fri, sat]",
	.otherwise = "none",
	.about = "Local days that are quiet throughout."},
    {.name = "otherwise",
	.type = KEY_CUSTOM,
	.read = read_otherwise,
	.form = "`defer` or `drop`",
	.preset = "defer",
	.about = "What happens in quiet hours: wait for their end, or not be "
		 "sent."},
    {.name = "jitter",
	.type = KEY_DURATION,
	KEY_AT(quiet_file, quiet.jitter),
	.max = DAY_MS,
	.preset = "0s",
	.about = "Releases are spread over so long, by the trigger's id."},
};
static const struct table quiet_table = {.title = "quietHours",
    .about = "Of a channel, a rule or `defaults:`. Short: `21:00-10:00`; "
	     "`none` switches them off.",
    .keys = quiet_keys,
    .n = ROWS(quiet_keys)};

static bool
check_quiet(
    struct binder *b, const struct node *node, const struct quiet_hours *quiet)
{
	duration_ms length = quiet->to - quiet->from;

	if (quiet->from < 0)
		return (true);
	if (length == 0) {
		refuse(b, node, "E016",
		    "leave it out, or write quietHours: none",
		    "quiet hours that end when they begin are none, or all");
		return (false);
	}
	if (length < 0)
		length += DAY_MS;
	if (length + quiet->jitter >= DAY_MS) {
		refuse(b, node, "E014", NULL,
		    "'jitter' must be shorter than the hours that are not "
		    "quiet: %s",
		    duration_text(b->arena, DAY_MS - length).at);
		return (false);
	}
	return (true);
}

static bool
quiet_mapping(struct binder *b, struct node *node, struct quiet_hours *ret)
{
	struct quiet_file file = {.quiet = {.from = -1}};

	if (!bind_table(b, &quiet_table, node, &file))
		return (false);
	if (file.from_given != file.to_given) {
		refuse(b, node->key != NULL ? node->key : node, "E013", NULL,
		    "quiet hours need both 'from' and 'to', or neither");
		return (false);
	}
	if (!file.from_given && file.quiet.all_day == 0) {
		refuse(b, node->key != NULL ? node->key : node, "E013",
		    "write {from: \"21:00\", to: \"10:00\"}, or none",
		    "quiet hours need 'from' and 'to', or 'allDay'");
		return (false);
	}
	*ret = file.quiet;
	return (check_quiet(b, node, ret));
}

static bool
quiet_short(struct binder *b, struct node *node, struct span text,
    struct quiet_hours *ret)
{
	if (text.length == SHORT_LENGTH && text.at[SHORT_DASH] == '-' &&
	    time_of_day_parse((struct span){text.at, SHORT_DASH}, &ret->from) &&
	    time_of_day_parse((struct span){text.at + SHORT_DASH + 1,
				  SHORT_LENGTH - SHORT_DASH - 1},
		&ret->to))
		return (check_quiet(b, node, ret));
	refuse(b, node, "E012",
	    "21:00-10:00, {from: \"21:00\", to: \"10:00\"}, or none",
	    "'%.*s' are no quiet hours", SPAN_ARGS(text));
	return (false);
}

bool
read_quiet_hours(
    struct binder *b, struct node *node, const struct quiet_hours **ret)
{
	struct quiet_hours *quiet = ARENA_NEW(b->arena, struct quiet_hours);
	struct span text;
	bool good;

	*ret = NULL;
	if (node->kind == NODE_MAPPING) {
		good = quiet_mapping(b, node, quiet);
	} else {
		if (!scalar_text(b, node, &text))
			return (false);
		if (span_equals(text, SPAN("none")))
			return (true);
		good = quiet_short(b, node, text, quiet);
	}
	if (good)
		*ret = quiet;
	return (good);
}

struct channel_file {
	struct channel channel;
	struct node *purpose;
	const struct source_text *caps;
	size_t n_caps;
};

static bool
read_purpose(struct binder *b, struct node *node, void *target)
{
	struct channel_file *file = target;
	struct span name;

	if (!scalar_name(b, node, &name))
		return (false);
	file->purpose = node;
	if (!span_equals(name, SPAN("none")))
		file->channel.purpose = name;
	return (true);
}

static bool
read_channel_quiet(struct binder *b, struct node *node, void *target)
{
	return (read_quiet_hours(
	    b, node, &((struct channel_file *)target)->channel.quiet));
}

static const struct key channel_keys[] = {
    {.name = "purpose",
	.type = KEY_CUSTOM,
	.read = read_purpose,
	.form = "a name, or `none`",
	.otherwise = "none",
	.about = "The consent that a trigger on this channel needs; one of "
		 "the schema's, and the channel too."},
    {.name = "frequencyCaps",
	.type = KEY_NAMES_AT,
	KEY_AT(channel_file, caps),
	KEY_COUNT(channel_file, n_caps),
	.otherwise = "none",
	.about = "The caps that count and hold here."},
    {.name = "quietHours",
	.type = KEY_CUSTOM,
	.read = read_channel_quiet,
	.form = "`21:00-10:00`, a mapping, or `none`",
	.otherwise = "none",
	.about = "When nothing is sent."},
};
static const struct table channel_table = {.title = "A channel",
    .about = "Under `channels:`, by its name.",
    .keys = channel_keys,
    .n = ROWS(channel_keys)};

static bool
find_caps(struct binder *b, const struct policy *policy,
    const struct channel_file *file, struct channel *channel)
{
	const struct cap **caps =
	    ARENA_ARRAY(b->arena, file->n_caps, const struct cap *);
	bool good = true;

	for (size_t i = 0; i < file->n_caps; i++) {
		const struct source_text *name = &file->caps[i];
		struct span *names;

		caps[i] = policy_cap(policy, name->text);
		if (caps[i] != NULL)
			continue;
		names = ARENA_ARRAY(b->arena, policy->n_caps, struct span);
		for (size_t j = 0; j < policy->n_caps; j++)
			names[j] = policy->caps[j].name;
		refuse(b, name->place, "E040",
		    nearest_help(b->arena, name->text, names, policy->n_caps)
			.at,
		    "there is no frequency cap '%.*s'", SPAN_ARGS(name->text));
		good = false;
	}
	channel->caps = caps;
	channel->n_caps = good ? file->n_caps : 0;
	return (good);
}

static bool
read_channels(struct binder *b, struct node *node, void *target)
{
	struct policy *policy = &((struct policy_file *)target)->policy;
	struct channel *channels;
	bool good = true;

	if (!bind_mapping(b, node))
		return (false);
	channels = ARENA_ARRAY(b->arena, node->n, struct channel);
	for (size_t i = 0; i < node->n; i++) {
		struct node *value = node->items[2 * i + 1];
		struct channel_file *file =
		    ARENA_NEW(b->arena, struct channel_file);

		good =
		    scalar_name(b, node->items[2 * i], &file->channel.name) &&
		    bind_mapping(b, value) &&
		    bind_table(b, &channel_table, value, file) &&
		    find_caps(b, policy, file, &file->channel) && good;
		channels[i] = file->channel;
	}
	policy->channels = channels;
	policy->n_channels = node->n;
	return (good);
}

/* Caps come first: channels name them. */
static const struct key policy_keys[] = {
    KIND_ROWS(policy_file, policy.name),
    {.name = "schema",
	.type = KEY_FREE,
	.required = true,
	.about = "The EventSchema that it is for."},
    {.name = "frequencyCaps",
	.type = KEY_CUSTOM,
	.inner = &cap_table,
	.read = read_caps,
	.form = "{name: cap}",
	.otherwise = "none",
	.about = "How often a customer may be written to."},
    {.name = "channels",
	.type = KEY_CUSTOM,
	.required = true,
	.inner = &channel_table,
	.read = read_channels,
	.form = "{name: channel}",
	.about = "The channels that rules can name."},
};
static const struct table policy_table = {.title = "ContactPolicy",
    .about = "Who may be contacted how, how often, and when: at most one for "
	     "a schema.",
    .keys = policy_keys,
    .n = ROWS(policy_keys)};

const struct table *const policy_tables[] = {
    &policy_table, &cap_table, &channel_table, &quiet_table, NULL};

/* A purpose is of the schema, and so is a channel that needs one. */
static void
check_purpose(struct binder *b, struct node *root, const struct schema *schema,
    const struct channel *channel)
{
	struct node *channels = node_value(root, SPAN("channels"));
	struct node *value = node_value(channels, channel->name);

	if (value == NULL || channel->purpose.length == 0)
		return;
	if (schema_purpose(schema, channel->purpose) == NO_FIELD)
		refuse(b, node_value(value, SPAN("purpose")), "E040",
		    nearest_help(b->arena, channel->purpose, schema->purposes,
			schema->n_purposes)
			.at,
		    "the schema has no purpose '%.*s'",
		    SPAN_ARGS(channel->purpose));
	if (schema_channel(schema, channel->name) == NO_FIELD)
		refuse(b, value->key, "E040",
		    "add it to consent.channels of the schema, or leave out "
		    "'purpose'",
		    "'%.*s' needs consent, but nobody can give it: the schema "
		    "has no such channel",
		    SPAN_ARGS(channel->name));
}

const struct policy *
read_policy(struct binder *b, struct node *root, const struct schema *schema)
{
	struct policy_file *file = ARENA_NEW(b->arena, struct policy_file);

	(void)bind_table(b, &policy_table, root, file);
	for (size_t i = 0; schema != NULL && i < file->policy.n_channels; i++)
		check_purpose(b, root, schema, &file->policy.channels[i]);
	return (&file->policy);
}
