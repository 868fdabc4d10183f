#include "config/rule_file.h"

#include "config/kinds.h"

enum {
	PARAMS_MAX = 64,
};

/* A rule while it is read: which sources are given, and where. */
struct rule_file {
	struct rule_draft rule;
	struct node *sources[SOURCE_TIER + 1]; /* by source_kind */
};

bool
read_expressions(struct binder *b, struct node *node,
    const struct named_text **ret, size_t *n)
{
	struct named_text *texts;
	bool good = true;
	size_t kept = 0;

	if (!bind_mapping(b, node))
		return (false);
	texts = ARENA_ARRAY(b->arena, node->n, struct named_text);
	for (size_t i = 0; i < node->n; i++) {
		struct node *key = node->items[2 * i];
		struct node *value = node->items[2 * i + 1];

		if (bind_is_rest(node, i))
			continue;
		if (!is_identifier(key->text)) {
			refuse(b, key, "E012",
			    "letters, digits and '_', no digit first",
			    "'%.*s' cannot be a name here",
			    SPAN_ARGS(key->text));
			good = false;
			continue;
		}
		if (!scalar_expression(b, value, &texts[kept].text)) {
			good = false;
			continue;
		}
		texts[kept++].name = place_of(key);
	}
	*ret = texts;
	*n = kept;
	return (good);
}

/* A mapping with one key: a stream. */
static struct node *
only_stream(struct binder *b, struct node *node, struct source_text *stream,
    const char *form)
{
	if (!bind_mapping(b, node))
		return (NULL);
	if (node->n != 1) {
		refuse(b, node->key, "E016", form, "'%.*s' names one stream",
		    SPAN_ARGS(node_title(node)));
		return (NULL);
	}
	*stream = place_of(node->items[0]);
	return (node->items[1]);
}

static bool
read_event(struct binder *b, struct node *node, void *target)
{
	struct rule_file *file = target;
	struct span name;

	file->sources[SOURCE_EVENT] = node;
	if (!scalar_name(b, node, &name))
		return (false);
	file->rule.source = SOURCE_EVENT;
	file->rule.stream = place_of(node);
	return (true);
}

static bool
read_steps(struct binder *b, struct node *node, struct rule_draft *rule)
{
	bool good = true;

	if (!bind_list(b, node))
		return (false);
	if (node->n == 0 || node->n > IDLE_STEPS_MAX) {
		refuse(b, node, "E014", NULL, "'idle' has 1 to %d steps",
		    IDLE_STEPS_MAX);
		return (false);
	}
	for (size_t i = 0; i < node->n; i++) {
		if (!scalar_duration(
			b, node->items[i], MINUTE_MS, 0, &rule->steps[i])) {
			good = false;
		} else if (i > 0 && good &&
			   rule->steps[i] <= rule->steps[i - 1]) {
			refuse(b, node->items[i], "E016",
			    "each step counts from the last event",
			    "the steps of 'idle' must rise");
			good = false;
		}
	}
	rule->n_steps = node->n;
	return (good);
}

static bool
read_idle(struct binder *b, struct node *node, void *target)
{
	struct rule_file *file = target;
	struct node *steps;

	file->sources[SOURCE_IDLE] = node;
	steps = only_stream(
	    b, node, &file->rule.stream, "idle: {purchases: [60d, 90d]}");
	if (steps == NULL)
		return (false);
	file->rule.source = SOURCE_IDLE;
	return (read_steps(b, steps, &file->rule));
}

static const struct word leaps[] = {
    {"feb28", LEAP_FEB28, false},
    {"mar1", LEAP_MAR1, false},
    {"leap_only", LEAP_ONLY, false},
};

static const struct key yearly_keys[] = {
    {.name = "date",
	.type = KEY_EXPRESSION,
	.required = true,
	KEY_AT(rule_draft, yearly),
	.about = "A date or an instant: its day of the year."},
    {.name = "at",
	.type = KEY_TIME,
	KEY_AT(rule_draft, at),
	.preset = "09:00",
	.about = "The local time."},
    {.name = "leap",
	.type = KEY_WORD,
	KEY_NUMBER(rule_draft, leap),
	KEY_WORDS(leaps),
	.preset = "feb28",
	.about = "What 29 February becomes in a common year."},
    {.name = "skipFirst",
	.type = KEY_BOOL,
	KEY_AT(rule_draft, skip_first),
	.preset = "false",
	.about = "The first occasion is in the year after."},
};
const struct table yearly_table = {.title = "yearly",
    .about = "Short: `yearly: customer.birth`.",
    .keys = yearly_keys,
    .n = ROWS(yearly_keys)};

static bool
read_yearly(struct binder *b, struct node *node, void *target)
{
	struct rule_file *file = target;

	file->sources[SOURCE_YEARLY] = node;
	file->rule.source = SOURCE_YEARLY;
	file->rule.at = AT_DEFAULT_MS;
	if (node->kind == NODE_MAPPING)
		return (bind_table(b, &yearly_table, node, &file->rule));
	return (scalar_expression(b, node, &file->rule.yearly));
}

static bool
read_tier(struct binder *b, struct node *node, void *target)
{
	static const struct word changes[] = {
	    {"upgraded", TIER_UPGRADED, false},
	    {"downgraded", TIER_DOWNGRADED, false},
	    {"at_risk", TIER_AT_RISK, false},
	    {"retained", TIER_RETAINED, false},
	};
	struct rule_file *file = target;
	int change;

	file->sources[SOURCE_TIER] = node;
	if (!scalar_word(b, node, changes, ROWS(changes), &change))
		return (false);
	file->rule.source = SOURCE_TIER;
	file->rule.tier = (enum tier_change)change;
	return (true);
}

static bool
read_cancel_on(struct binder *b, struct node *node, void *target)
{
	struct rule_draft *rule = &((struct rule_file *)target)->rule;

	return (
	    read_expressions(b, node, &rule->cancel_on, &rule->n_cancel_on));
}

static bool
read_params(struct binder *b, struct node *node, void *target)
{
	struct rule_draft *rule = &((struct rule_file *)target)->rule;

	if (!read_expressions(b, node, &rule->params, &rule->n_params))
		return (false);
	if (rule->n_params <= PARAMS_MAX)
		return (true);
	refuse(b, node, "E030", NULL, "there can be at most %d params",
	    PARAMS_MAX);
	return (false);
}

static bool
read_constants(struct binder *b, struct node *node, void *target)
{
	struct rule_draft *rule = &((struct rule_file *)target)->rule;
	struct named_text *texts;
	struct span text;
	bool good = true;

	if (!bind_mapping(b, node))
		return (false);
	texts = ARENA_ARRAY(b->arena, node->n, struct named_text);
	for (size_t i = 0; i < node->n; i++) {
		good = scalar_text(b, node->items[2 * i + 1], &text) && good;
		texts[i].name = place_of(node->items[2 * i]);
		texts[i].text = place_of(node->items[2 * i + 1]);
	}
	rule->constants = texts;
	rule->n_constants = node->n;
	return (good);
}

static bool
read_allow_pii(struct binder *b, struct node *node, void *target)
{
	struct rule_draft *rule = &((struct rule_file *)target)->rule;
	struct source_text *texts;
	struct span text;
	bool good = true;

	if (!bind_list(b, node))
		return (false);
	texts = ARENA_ARRAY(b->arena, node->n, struct source_text);
	for (size_t i = 0; i < node->n; i++) {
		good = scalar_text(b, node->items[i], &text) && good;
		texts[i] = place_of(node->items[i]);
	}
	rule->allow_pii = texts;
	rule->n_allow_pii = node->n;
	return (good);
}

/* `<ruleset>/<name>` of old, or any name: it keeps the identity. */
static bool
read_id(struct binder *b, struct node *node, void *target)
{
	struct rule_draft *rule = &((struct rule_file *)target)->rule;
	struct span text;
	size_t slash = 0;

	if (!scalar_text(b, node, &text))
		return (false);
	while (slash < text.length && text.at[slash] != '/')
		slash++;
	if (slash < text.length && is_name((struct span){text.at, slash}) &&
	    is_name(
		(struct span){text.at + slash + 1, text.length - slash - 1})) {
		rule->id = place_of(node);
		return (true);
	}
	refuse(b, node, "E012", "<ruleset>/<name>: lifecycle/win_back",
	    "'%.*s' is not the id of a rule", SPAN_ARGS(text));
	return (false);
}

static const struct key rule_keys[] = {
    {.name = "event",
	.type = KEY_CUSTOM,
	.read = read_event,
	.form = "a stream",
	.about = "Source: fires once per event for which `when` holds."},
    {.name = "idle",
	.type = KEY_CUSTOM,
	.read = read_idle,
	.form = "{STREAM: [60d, 90d]}",
	.about = "Source: fires that long after the last event, each step "
		 "once."},
    {.name = "yearly",
	.type = KEY_CUSTOM,
	.inner = &yearly_table,
	.read = read_yearly,
	.form = "an expression, or a mapping",
	.about = "Source: fires on a day of the year, at a local time."},
    {.name = "tier",
	.type = KEY_CUSTOM,
	.read = read_tier,
	.form = "`upgraded`, `downgraded`, `at_risk` or `retained`",
	.about = "Source: fires when it happens."},
    {.name = "when",
	.type = KEY_EXPRESSION,
	KEY_AT(rule_file, rule.when),
	.otherwise = "true; required without a source",
	.about = "The condition. Without a source the rule fires when it "
		 "becomes true, by an event or by time."},
    {.name = "resetWhen",
	.type = KEY_EXPRESSION,
	KEY_AT(rule_file, rule.reset_when),
	.otherwise = "as soon as `when` is false",
	.about = "Without a source: what makes it ready to fire again."},
    {.name = "for",
	.type = KEY_DURATION,
	KEY_AT(rule_file, rule.held_for),
	.preset = "0s",
	.about = "Without a source: how long `when` must be true."},
    {.name = "delay",
	.type = KEY_DURATION,
	KEY_AT(rule_file, rule.delay),
	KEY_GIVEN(rule_file, rule.delay_given),
	.otherwise = "none",
	.about = "With `event`: how long to wait after it."},
    {.name = "cancelOn",
	.type = KEY_CUSTOM,
	.read = read_cancel_on,
	.form = "{STREAM: expression}",
	.about = "With `delay`: a record of the stream for which it holds ends "
		 "the wait."},
    {.name = "sendIf",
	.type = KEY_EXPRESSION,
	KEY_AT(rule_file, rule.send_if),
	.about = "With `event`: what must hold when the wait is over."},
    {.name = "exclusive",
	.type = KEY_NAME_AT,
	KEY_AT(rule_file, rule.exclusive),
	.about = "A group, of which at most one fires per evaluation: the "
		 "highest priority."},
    {.name = "type",
	.type = KEY_NAME_AT,
	KEY_AT(rule_file, rule.type),
	.otherwise = "the name",
	.about = "The type of its triggers."},
    {.name = "params",
	.type = KEY_CUSTOM,
	.read = read_params,
	.form = "{name: expression}",
	.about = "What the message tells."},
    {.name = "constants",
	.type = KEY_CUSTOM,
	.read = read_constants,
	.form = "{name: text}",
	.about = "Texts as they stand, among the params."},
    {.name = "allowPii",
	.type = KEY_CUSTOM,
	.read = read_allow_pii,
	.form = "[customer.first_name]",
	.about = "Personal fields that params may hold."},
    {.name = "id",
	.type = KEY_CUSTOM,
	.read = read_id,
	.form = "`<ruleset>/<name>`",
	.otherwise = "`<ruleset>/<name>` of this rule",
	.about = "Keeps the identity of a rule that was renamed or moved."},
    {.name = "stage", .type = KEY_LATER, .about = "Source: a stage."},
    {.name = "change", .type = KEY_LATER, .about = "Source: a change."},
    {.name = "since",
	.type = KEY_LATER,
	.about = "With `idle`: from when on for those without an event."},
    {.name = "version",
	.type = KEY_LATER,
	.about = "Starts state and ids anew."},
    {.name = "formerly", .type = KEY_LATER, .about = "The old id."},
    {.name = "surge",
	.type = KEY_LATER,
	.about = "Hold triggers when there are unusually many."},
    {.name = "state",
	.type = KEY_LATER,
	.about = "What the message tells of the customer."},
    {.name = "resolution",
	.type = KEY_LATER,
	.about = "For conditions without a computable crossing."},
};
const struct table rule_table = {.title = "A rule",
    .about = "Under `rules:`, by its name, which is the type of its triggers. "
	     "At most one source, and the keys of `defaults:` besides.",
    .keys = rule_keys,
    .n = ROWS(rule_keys)};

static bool
check_sources(struct binder *b, const struct rule_file *file)
{
	const struct node *first = NULL;

	for (size_t i = 0; i < ROWS(file->sources); i++) {
		const struct node *source = file->sources[i];

		if (source == NULL || source->key == NULL)
			continue;
		if (first == NULL || source->start < first->start) {
			const struct node *later = first;

			first = source;
			source = later;
		}
		if (source == NULL)
			continue;
		refuse(b, source->key, "E016",
		    "make two rules of it: each has one source",
		    "'%.*s' is a second source, after '%.*s'",
		    SPAN_ARGS(source->key->text), SPAN_ARGS(first->key->text));
		return (false);
	}
	return (true);
}

/* Keys that say something to some sources alone. */
static const struct use {
	const char *key;
	bool state;
	bool event;
	const char *wanted;
} uses[] = {
    {"resetWhen", true, false, "is for rules without a source"},
    {"for", true, false, "is for rules without a source"},
    {"delay", false, true, "is for rules with 'event'"},
    {"cancelOn", false, true, "is for rules with 'event'"},
    {"sendIf", false, true, "is for rules with 'event'"},
};

static bool
check_uses(struct binder *b, const struct node *node, enum source_kind source)
{
	bool good = true;

	for (size_t i = 0; i < ROWS(uses); i++) {
		const struct node *value =
		    node_value(node, span_of(uses[i].key));

		if (value == NULL ||
		    (source == SOURCE_STATE && uses[i].state) ||
		    (source == SOURCE_EVENT && uses[i].event))
			continue;
		refuse(b, value->key, "E016", NULL, "'%s' %s", uses[i].key,
		    uses[i].wanted);
		good = false;
	}
	return (good);
}

/* Params and constants lie side by side in the message. */
static bool
check_constants(struct binder *b, const struct rule_draft *rule)
{
	bool good = true;

	for (size_t i = 0; i < rule->n_constants; i++) {
		const struct source_text *name = &rule->constants[i].name;

		for (size_t j = 0; j < rule->n_params; j++) {
			if (!span_equals(rule->params[j].name.text, name->text))
				continue;
			refuse(b, name->place, "E010", "choose another name",
			    "'%.*s' is a param already", SPAN_ARGS(name->text));
			good = false;
		}
	}
	return (good);
}

bool
read_rule(struct binder *b, struct node *key, struct node *node,
    struct rule_draft *ret)
{
	struct rule_file *file = ARENA_NEW(b->arena, struct rule_file);
	const struct binding bindings[] = {
	    {&rule_table, file}, {&defaults_table, &file->rule.terms}};
	struct span name;
	bool good;

	if (!scalar_name(b, key, &name) || !bind_mapping(b, node))
		return (false);
	file->rule.name = place_of(key);
	file->rule.version = 1;
	good = bind_tables(b, bindings, ROWS(bindings), node) && !node->cut;
	good = check_sources(b, file) && good;
	if (good && file->rule.source == SOURCE_STATE &&
	    file->rule.when.text.at == NULL) {
		refuse(b, key, "E013",
		    "a source is one of event, idle, yearly, tier",
		    "'%.*s' has neither a source nor 'when'", SPAN_ARGS(name));
		good = false;
	}
	if (good)
		good = check_uses(b, node, file->rule.source);
	good = check_constants(b, &file->rule) && good;
	*ret = file->rule;
	return (good);
}
