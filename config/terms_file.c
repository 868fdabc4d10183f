/* What a rule and the `defaults:` of its set have in common: how and when its
   messages go out. */
#include "config/kinds.h"
#include "config/rule_file.h"

enum { PRIORITY_MAX = 1000000 };

static bool
read_terms_reentry(struct binder *b, struct node *node, void *target)
{
	return (read_reentry(b, node, &((struct rule_terms *)target)->reentry));
}

static bool
read_terms_quiet(struct binder *b, struct node *node, void *target)
{
	return (
	    read_quiet_hours(b, node, &((struct rule_terms *)target)->quiet));
}

/* A name, or `none`: then it stays empty. */
static bool
read_terms_purpose(struct binder *b, struct node *node, void *target)
{
	struct rule_terms *terms = target;
	struct span name;

	if (!scalar_name(b, node, &name))
		return (false);
	if (!span_equals(name, SPAN("none")))
		terms->purpose = place_of(node);
	return (true);
}

static const struct word classes[] = {
    {"promotional", CLASS_PROMOTIONAL, false},
    {"transactional", CLASS_TRANSACTIONAL, false},
};
static const struct word modes[] = {
    {"live", MODE_LIVE, false},
    {"shadow", MODE_SHADOW, false},
    {"off", MODE_OFF, false},
};

static const struct key terms_keys[] = {
    {.name = "channel",
	.type = KEY_NAME_AT,
	KEY_AT(rule_terms, channel),
	.otherwise = "required, here or in `defaults:`",
	.about = "Of the ContactPolicy; it brings purpose, frequency caps and "
		 "quiet hours."},
    {.name = "class",
	.type = KEY_WORD,
	KEY_NUMBER(rule_terms, class),
	KEY_GIVEN(rule_terms, class_given),
	KEY_WORDS(classes),
	.otherwise = "`promotional`",
	.about = "`transactional`: no purpose, caps or quiet hours, and "
		 "`expires: 15m`."},
    {.name = "reentry",
	.type = KEY_CUSTOM,
	KEY_GIVEN(rule_terms, reentry_given),
	.read = read_terms_reentry,
	.form = "`always`, `never`, `30d` or `P1M`",
	.otherwise = "`always`",
	.about = "How soon the rule may fire for the same customer again. "
		 "`30d` is 30 x 24 hours, `P1M` a month of the calendar."},
    {.name = "expires",
	.type = KEY_DURATION,
	KEY_AT(rule_terms, expires),
	KEY_GIVEN(rule_terms, expires_given),
	.min = SECOND_MS,
	.otherwise = "`48h`; transactional: `15m`",
	.about = "How late a trigger may still be sent."},
    {.name = "priority",
	.type = KEY_INT,
	KEY_NUMBER(rule_terms, priority),
	KEY_GIVEN(rule_terms, priority_given),
	.min = -PRIORITY_MAX,
	.max = PRIORITY_MAX,
	.otherwise = "`0`",
	.about = "Higher goes first, and may take the place of lower."},
    {.name = "purpose",
	.type = KEY_CUSTOM,
	KEY_GIVEN(rule_terms, purpose_given),
	.read = read_terms_purpose,
	.form = "a name, or `none`",
	.otherwise = "the channel's",
	.about = "The consent that it needs."},
    {.name = "frequencyCaps",
	.type = KEY_NAMES_AT,
	KEY_AT(rule_terms, caps),
	KEY_COUNT(rule_terms, n_caps),
	KEY_GIVEN(rule_terms, caps_given),
	.otherwise = "the channel's",
	.about = "In place of the channel's; `[]`: none."},
    {.name = "quietHours",
	.type = KEY_CUSTOM,
	KEY_GIVEN(rule_terms, quiet_given),
	.read = read_terms_quiet,
	.form = "`21:00-10:00`, a mapping, or `none`",
	.otherwise = "the channel's",
	.about = "In place of the channel's."},
    {.name = "mode",
	.type = KEY_WORD,
	KEY_NUMBER(rule_terms, mode),
	KEY_GIVEN(rule_terms, mode_given),
	KEY_WORDS(modes),
	.otherwise = "`live`",
	.about = "`shadow`: decided and counted, never published; `off`: not "
		 "looked at."},
};
const struct table defaults_table = {.title = "defaults",
    .about = "Of all rules of the set; a rule's own key goes before. Rules "
	     "have these keys too.",
    .keys = terms_keys,
    .n = ROWS(terms_keys)};

bool
read_defaults(struct binder *b, struct node *node, struct rule_terms *ret)
{
	return (
	    bind_mapping(b, node) && bind_table(b, &defaults_table, node, ret));
}
