#include "pipeline/rule/terms.h"

enum {
	EXPIRES_DEFAULT_H = 48,
	EXPIRES_TRANSACTIONAL_MIN = 15,
};

static bool
given(const struct source_text *text)
{
	return (text->text.at != NULL);
}

static bool
resolve_channel(struct rule *rule, const struct rule_draft *draft,
    const struct rule_terms *defaults, const struct edition *edition,
    struct report *report)
{
	const struct source_text *name = given(&draft->terms.channel)
					     ? &draft->terms.channel
					     : &defaults->channel;

	if (!given(name)) {
		report_error(report, "E115", &draft->name, 0,
		    draft->name.text.length,
		    "write `channel: email` here or in `defaults:`",
		    "rule '%.*s' has no channel", SPAN_ARGS(draft->name.text));
		return (false);
	}
	rule->channel = edition->policy == NULL
			    ? NULL
			    : policy_channel(edition->policy, name->text);
	if (rule->channel == NULL)
		report_error(report, "E116", name, 0, name->text.length,
		    "channels are named in the `kind: ContactPolicy` file",
		    "there is no channel '%.*s'", SPAN_ARGS(name->text));
	return (rule->channel != NULL);
}

static void
resolve_plain(struct rule *rule, const struct rule_draft *draft,
    const struct rule_terms *defaults)
{
	const struct rule_terms *own = &draft->terms;

	if (own->class_given)
		rule->transactional = own->class == CLASS_TRANSACTIONAL;
	else if (defaults->class_given)
		rule->transactional = defaults->class == CLASS_TRANSACTIONAL;
	if (own->reentry_given)
		rule->reentry = own->reentry;
	else if (defaults->reentry_given)
		rule->reentry = defaults->reentry;
	if (own->priority_given)
		rule->priority = own->priority;
	else if (defaults->priority_given)
		rule->priority = defaults->priority;
	if (own->mode_given)
		rule->mode = own->mode;
	else if (defaults->mode_given)
		rule->mode = defaults->mode;
	if (own->expires_given)
		rule->expires = own->expires;
	else if (rule->transactional)
		rule->expires = EXPIRES_TRANSACTIONAL_MIN * MINUTE_MS;
	else if (defaults->expires_given)
		rule->expires = defaults->expires;
	else
		rule->expires = EXPIRES_DEFAULT_H * HOUR_MS;
}

/* The terms that give a key whose defaults a transactional rule skips. */
static const struct rule_terms *
first_giving(const struct rule *rule, const struct rule_terms *own,
    const struct rule_terms *defaults, bool own_gives, bool defaults_give)
{
	if (own_gives)
		return (own);
	return (!rule->transactional && defaults_give ? defaults : NULL);
}

static bool
resolve_purpose(struct rule *rule, const struct rule_draft *draft,
    const struct rule_terms *defaults, const struct edition *edition,
    struct report *report)
{
	const struct schema *schema = edition->schema;
	const struct rule_terms *from = first_giving(rule, &draft->terms,
	    defaults, draft->terms.purpose_given, defaults->purpose_given);
	const struct source_text *where =
	    from == NULL ? &draft->name : &from->purpose;
	struct span purpose = {NULL, 0};

	if (from != NULL)
		purpose = from->purpose.text;
	else if (!rule->transactional)
		purpose = rule->channel->purpose;
	rule->purpose = rule->consent_channel = NO_FIELD;
	if (purpose.length == 0)
		return (true);
	rule->purpose = schema_purpose(schema, purpose);
	if (rule->purpose == NO_FIELD) {
		report_error(report, "E117", where, 0, where->text.length,
		    "purposes are named under `consent:` of the schema",
		    "there is no purpose '%.*s'", SPAN_ARGS(purpose));
		return (false);
	}
	rule->consent_channel = schema_channel(schema, rule->channel->name);
	if (rule->consent_channel == NO_FIELD)
		report_error(report, "E117", where, 0, where->text.length,
		    "name the channel under `consent: {channels: […]}` of the "
		    "schema, or give it no purpose",
		    "channel '%.*s' has a purpose, but no consent is kept "
		    "for it",
		    SPAN_ARGS(rule->channel->name));
	return (rule->consent_channel != NO_FIELD);
}

static bool
resolve_caps(struct rule *rule, const struct rule_draft *draft,
    const struct rule_terms *defaults, const struct edition *edition,
    struct arena *arena, struct report *report)
{
	const struct rule_terms *from = first_giving(rule, &draft->terms,
	    defaults, draft->terms.caps_given, defaults->caps_given);
	const struct cap **caps;
	bool right = true;

	if (from == NULL) {
		if (!rule->transactional) {
			rule->caps = rule->channel->caps;
			rule->n_caps = rule->channel->n_caps;
		}
		return (true);
	}
	caps = ARENA_ARRAY(arena, from->n_caps, const struct cap *);
	for (size_t i = 0; i < from->n_caps; i++) {
		const struct source_text *name = &from->caps[i];

		caps[i] = policy_cap(edition->policy, name->text);
		if (caps[i] != NULL)
			continue;
		right = false;
		report_error(report, "E118", name, 0, name->text.length,
		    "caps are named under `frequencyCaps:` of the policy",
		    "there is no frequency cap '%.*s'", SPAN_ARGS(name->text));
	}
	rule->caps = caps;
	rule->n_caps = from->n_caps;
	return (right);
}

bool
terms_resolve(struct rule *rule, const struct rule_draft *draft,
    const struct rule_terms *defaults, const struct edition *edition,
    struct arena *arena, struct report *report)
{
	const struct rule_terms *quiet;

	resolve_plain(rule, draft, defaults);
	if (!resolve_channel(rule, draft, defaults, edition, report))
		return (false);
	quiet = first_giving(rule, &draft->terms, defaults,
	    draft->terms.quiet_given, defaults->quiet_given);
	if (quiet != NULL)
		rule->quiet = quiet->quiet;
	else if (!rule->transactional)
		rule->quiet = rule->channel->quiet;
	if (!resolve_caps(rule, draft, defaults, edition, arena, report))
		return (false);
	return (resolve_purpose(rule, draft, defaults, edition, report));
}
