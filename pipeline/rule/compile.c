/*
 * From what is written to an edition: every name looked up, every expression
 * compiled in the scope of its place, defaults resolved, rules in the order of
 * the gate.  All mistakes of all rule sets are reported in one go.
 */
#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/base/hash.h"
#include "pipeline/rule/digest.h"
#include "pipeline/rule/scope.h"
#include "pipeline/rule/terms.h"

enum {
	GROUPS_MAX = 256,
	STREAMS_MAX = 64,
};

/* What is shared by all rules while they are compiled. */
struct compiling {
	struct arena *arena;
	struct report *report;
	struct edition *edition;
	struct cel_dialect dialect;
	struct span groups[GROUPS_MAX];
	int n_groups;
	struct rule *rules;
	size_t n_rules;
};

/* One rule set while it is compiled. */
struct compiling_set {
	struct compiling *all;
	const struct ruleset_draft *draft;
	struct variables *variables; /* NULL: none */
};

static struct scope
scope_for(const struct compiling_set *set, uint64_t *streams)
{
	struct compiling *all = set->all;

	return ((struct scope){.arena = all->arena,
	    .edition = all->edition,
	    .dialect = &all->dialect,
	    .report = all->report,
	    .variables = set->variables,
	    .n_memos = &all->edition->n_memos,
	    .streams = streams});
}

/* Compile a text if it is given; NULL with *right unchanged if it is not. */
static const struct cel_expr *
optional(struct scope *scope, const struct source_text *text, enum cel_use use,
    enum cel_type_kind wanted, bool *right)
{
	const struct cel_expr *expr;

	if (text->text.at == NULL)
		return (NULL);
	scope_ready(scope);
	expr = scope_compile(scope, text, use, wanted);
	if (expr == NULL)
		*right = false;
	return (expr);
}

static const struct stream *
stream_named(struct compiling *all, const struct source_text *name, bool *right)
{
	const struct schema *schema = all->edition->schema;
	int index = schema_stream(schema, name->text);
	struct span *names;
	struct span nearest;

	if (index != NO_FIELD)
		return (&schema->streams[index]);
	*right = false;
	names = ARENA_ARRAY(all->arena, schema->n_streams, struct span);
	for (size_t i = 0; i < schema->n_streams; i++)
		names[i] = schema->streams[i].name;
	nearest = cel_nearest(name->text, names, schema->n_streams);
	report_error(all->report, "E110", name, 0, name->text.length,
	    nearest.length == 0
		? NULL
		: arena_print(
		      all->arena, "did you mean '%.*s'?", SPAN_ARGS(nearest))
		      .at,
	    "there is no stream '%.*s'", SPAN_ARGS(name->text));
	return (NULL);
}

static void
compile_cancels(struct compiling_set *set, struct rule *rule,
    const struct rule_draft *draft, bool *right)
{
	struct rule_cancel *cancels = ARENA_ARRAY(
	    set->all->arena, draft->n_cancel_on, struct rule_cancel);
	uint64_t ignored = 0;

	for (size_t i = 0; i < draft->n_cancel_on; i++) {
		struct scope scope = scope_for(set, &ignored);

		cancels[i].stream =
		    stream_named(set->all, &draft->cancel_on[i].name, right);
		if (cancels[i].stream == NULL)
			continue;
		scope.event = cancels[i].stream;
		scope.start = rule->stream;
		cancels[i].expr = optional(&scope, &draft->cancel_on[i].text,
		    CEL_AT_ONCE, CEL_TYPE_BOOL, right);
	}
	rule->cancels = cancels;
	rule->n_cancels = draft->n_cancel_on;
}

static bool
pii_allowed(const struct rule_draft *draft, struct span path)
{
	for (size_t i = 0; i < draft->n_allow_pii; i++) {
		if (span_equals(draft->allow_pii[i].text, path))
			return (true);
	}
	return (false);
}

/*
 * A `pii: true` field may not reach a param unless the rule says so.  Looked
 * for in the text of the expression, name by name: too strict is safe.
 */
static bool
pii_leaks(struct compiling *all, const struct rule_draft *draft,
    const struct source_text *text)
{
	const struct schema *schema = all->edition->schema;

	for (size_t i = 0; i < schema->n_profile; i++) {
		struct span path;
		const char *found;

		if (!schema->profile[i].pii)
			continue;
		path = arena_print(all->arena, "customer.%.*s",
		    SPAN_ARGS(schema->profile[i].name));
		found = text->text.length == 0
			    ? NULL
			    : memmem(text->text.at, text->text.length, path.at,
				  path.length);
		if (found == NULL || pii_allowed(draft, path))
			continue;
		report_error(all->report, "E119", text,
		    (size_t)(found - text->text.at), path.length,
		    arena_print(
			all->arena, "write `allowPii: [%.*s]`", SPAN_ARGS(path))
			.at,
		    "'%.*s' is marked `pii: true` and may not leave in a param",
		    SPAN_ARGS(path));
		return (true);
	}
	return (false);
}

static void
compile_params(struct compiling_set *set, struct scope *scope,
    struct rule *rule, const struct rule_draft *draft, bool *right)
{
	size_t n = draft->n_params + draft->n_constants;
	struct rule_param *params =
	    ARENA_ARRAY(set->all->arena, n, struct rule_param);

	for (size_t i = 0; i < draft->n_params; i++) {
		params[i].name = draft->params[i].name.text;
		params[i].expr = optional(scope, &draft->params[i].text,
		    CEL_AT_ONCE, CEL_TYPE_DYN, right);
		if (pii_leaks(set->all, draft, &draft->params[i].text))
			*right = false;
	}
	for (size_t i = 0; i < draft->n_constants; i++) {
		struct rule_param *p = &params[draft->n_params + i];

		p->name = draft->constants[i].name.text;
		p->constant = draft->constants[i].text.text;
		for (size_t j = 0; j < draft->n_params; j++) {
			if (!span_equals(params[j].name, p->name))
				continue;
			*right = false;
			report_error(set->all->report, "E010",
			    &draft->constants[i].name, 0, p->name.length,
			    "both lie in the message's params: rename one",
			    "'%.*s' is a param and a constant",
			    SPAN_ARGS(p->name));
		}
	}
	rule->params = params;
	rule->n_params = n;
}

static void
compile_yearly(struct compiling_set *set, struct scope *scope,
    struct rule *rule, const struct rule_draft *draft, bool *right)
{
	const struct schema *schema = set->all->edition->schema;
	enum cel_type_kind kind;

	/* The local time is the customer's: his zone lies in his profile. */
	for (size_t i = 0; i < schema->n_streams; i++) {
		if (schema->streams[i].role == ROLE_PROFILE)
			*scope->streams |= UINT64_C(1) << i;
	}
	rule->yearly =
	    optional(scope, &draft->yearly, CEL_IN_TIME, CEL_TYPE_DYN, right);
	rule->at = draft->at;
	rule->leap = draft->leap;
	rule->skip_first = draft->skip_first;
	if (rule->yearly == NULL)
		return;
	kind = cel_expr_type(rule->yearly)->kind;
	if (kind == CEL_TYPE_DATE || kind == CEL_TYPE_TIMESTAMP)
		return;
	*right = false;
	report_error(set->all->report, "E122", &draft->yearly, 0,
	    draft->yearly.text.length, "customer.birth, purchases.first().at",
	    "`yearly` wants a date or a timestamp");
}

static void
compile_idle(struct compiling_set *set, struct rule *rule,
    const struct rule_draft *draft, bool *right)
{
	if (rule->stream == NULL)
		return;
	rule->steps = draft->steps;
	rule->n_steps = draft->n_steps;
	if (rule->stream->keep == KEEP_NOTHING) {
		*right = false;
		report_error(set->all->report, "E150", &draft->stream, 0,
		    draft->stream.text.length,
		    "purchases, feedback and engagement keep one",
		    "stream '%.*s' keeps no history to be silent in",
		    SPAN_ARGS(draft->stream.text));
	}
}

static void
compile_source(struct compiling_set *set, struct scope *scope,
    struct rule *rule, const struct rule_draft *draft, bool *right)
{
	rule->source = draft->source;
	rule->held_for = draft->held_for;
	rule->delayed = draft->delay_given;
	rule->delay = draft->delay;
	rule->tier = draft->tier;
	if (draft->source == SOURCE_EVENT || draft->source == SOURCE_IDLE)
		rule->stream = stream_named(set->all, &draft->stream, right);
	if (rule->stream != NULL)
		*scope->streams |= UINT64_C(1) << rule->stream->index;
	switch (draft->source) {
	case SOURCE_EVENT:
		scope->event = rule->stream;
		break;
	case SOURCE_IDLE:
		scope->idle = true;
		compile_idle(set, rule, draft, right);
		break;
	case SOURCE_YEARLY:
		compile_yearly(set, scope, rule, draft, right);
		break;
	case SOURCE_TIER:
		scope->tier_source = true;
		if (set->all->edition->program == NULL) {
			*right = false;
			report_error(set->all->report, "E113", &draft->name, 0,
			    draft->name.text.length,
			    "add a `kind: LoyaltyProgram` file",
			    "a `tier:` rule needs a loyalty programme");
		}
		break;
	case SOURCE_STATE:
		break;
	}
}

static void
compile_conditions(struct compiling_set *set, struct scope *scope,
    struct rule *rule, const struct rule_draft *draft, bool *right)
{
	bool state = draft->source == SOURCE_STATE;
	uint64_t ignored = 0;
	struct scope after = *scope;

	rule->when = optional(scope, &draft->when,
	    state ? CEL_IN_TIME : CEL_AT_ONCE, CEL_TYPE_BOOL, right);
	rule->reset = optional(
	    scope, &draft->reset_when, CEL_IN_TIME, CEL_TYPE_BOOL, right);
	after.streams = &ignored;
	after.start = scope->event;
	rule->send_if = optional(
	    &after, &draft->send_if, CEL_AT_ONCE, CEL_TYPE_BOOL, right);
	compile_params(set, &after, rule, draft, right);
	compile_cancels(set, rule, draft, right);
	if (state && rule->when == NULL && *right) {
		*right = false;
		report_error(set->all->report, "E115", &draft->name, 0,
		    draft->name.text.length,
		    "write `when:`, or one of event, idle, yearly, tier",
		    "rule '%.*s' says neither when nor what it fires on",
		    SPAN_ARGS(draft->name.text));
	}
	rule->in_time =
	    draft->source == SOURCE_IDLE || draft->source == SOURCE_YEARLY ||
	    (state && (rule->held_for > 0 ||
			  (rule->when != NULL &&
			      cel_expr_class(rule->when) != CEL_K) ||
			  (rule->reset != NULL &&
			      cel_expr_class(rule->reset) != CEL_K)));
}

static int
group_of(struct compiling *all, const struct source_text *name)
{
	if (name->text.at == NULL)
		return (-1);
	for (int i = 0; i < all->n_groups; i++) {
		if (span_equals(all->groups[i], name->text))
			return (i);
	}
	if (all->n_groups == GROUPS_MAX) {
		report_error(all->report, "E030", name, 0, name->text.length,
		    NULL, "more than %d exclusive groups", GROUPS_MAX);
		return (-1);
	}
	all->groups[all->n_groups] = name->text;
	return (all->n_groups++);
}

static void
identify(struct compiling_set *set, struct rule *rule,
    const struct rule_draft *draft)
{
	struct arena *arena = set->all->arena;
	struct span named;

	rule->name = draft->name.text;
	rule->type =
	    draft->type.text.at != NULL ? draft->type.text : rule->name;
	rule->version = draft->version;
	rule->id =
	    draft->id.text.at != NULL
		? draft->id.text
		: arena_print(arena, "%.*s/%.*s",
		      SPAN_ARGS(set->draft->name.text), SPAN_ARGS(rule->name));
	named =
	    arena_print(arena, "%.*s#%d", SPAN_ARGS(rule->id), rule->version);
	rule->hash = hash_short(named);
}

static bool
compile_rule(struct compiling_set *set, const struct rule_draft *draft,
    struct rule *rule)
{
	struct compiling *all = set->all;
	struct scope scope = scope_for(set, &rule->streams);
	bool right = true;

	identify(set, rule, draft);
	if (!terms_resolve(rule, draft, &set->draft->defaults, all->edition,
		all->arena, all->report))
		right = false;
	rule->group = group_of(all, &draft->exclusive);
	compile_source(set, &scope, rule, draft, &right);
	if ((draft->source == SOURCE_EVENT || draft->source == SOURCE_IDLE) &&
	    rule->stream == NULL)
		return (false);
	compile_conditions(set, &scope, rule, draft, &right);
	if (right)
		rule_digest(all->arena, rule);
	return (right);
}

static void
compile_set(struct compiling *all, const struct ruleset_draft *draft)
{
	struct variables variables = {
	    all->edition->variables->list + all->edition->variables->n,
	    draft->n_variables};
	struct compiling_set set = {
	    .all = all, .draft = draft, .variables = &variables};
	uint64_t ignored = 0;

	all->edition->variables->n += draft->n_variables;
	for (size_t i = 0; i < draft->n_variables; i++)
		variables.list[i] =
		    (struct variable){.written = &draft->variables[i],
			.memo = all->edition->n_memos++};
	for (size_t i = 0; i < draft->n_rules; i++) {
		if (compile_rule(
			&set, &draft->rules[i], &all->rules[all->n_rules]))
			all->n_rules++;
	}
	/* What no rule uses is checked all the same, and said. */
	for (size_t i = 0; i < draft->n_variables; i++) {
		struct variable *v = &variables.list[i];
		struct scope scope = scope_for(&set, &ignored);

		if (v->expr != NULL || v->wrong)
			continue;
		scope_ready(&scope);
		v->expr = scope_compile(
		    &scope, &v->written->text, CEL_NAMED, CEL_TYPE_DYN);
		if (v->expr != NULL)
			report_warning(all->report, "W202", &v->written->name,
			    0, v->written->name.text.length, NULL,
			    "variable '%.*s' is never used",
			    SPAN_ARGS(v->written->name.text));
	}
}

static void
compile_where(struct compiling *all)
{
	const struct schema *schema = all->edition->schema;
	const struct cel_expr **where =
	    ARENA_ARRAY(all->arena, schema->n_streams, const struct cel_expr *);
	struct compiling_set nothing = {.all = all};

	for (size_t i = 0; i < schema->n_streams; i++) {
		uint64_t ignored = 0;
		struct scope scope = scope_for(&nothing, &ignored);
		bool right = true;

		scope.entry = &schema->streams[i];
		where[i] = optional(&scope, &schema->streams[i].where,
		    CEL_AT_ONCE, CEL_TYPE_BOOL, &right);
	}
	all->edition->where = where;
}

/* The order of the gate: priority descending, then the id's bytes. */
static int
compare_rules(const void *a, const void *b)
{
	const struct rule *x = a;
	const struct rule *y = b;

	if (x->priority != y->priority)
		return (x->priority > y->priority ? -1 : 1);
	return (span_compare(x->id, y->id));
}

static void
refuse_twins(struct compiling *all, const struct edition_draft *draft)
{
	for (size_t i = 1; i < all->n_rules; i++) {
		for (size_t j = 0; j < i; j++) {
			if (all->rules[i].hash != all->rules[j].hash)
				continue;
			report_error(all->report, "E010",
			    &draft->rulesets[0]->name, 0,
			    draft->rulesets[0]->name.text.length,
			    "give one of them another name or `id:`",
			    "two rules are '%.*s'",
			    SPAN_ARGS(all->rules[i].id));
		}
	}
}

const struct edition *
edition_compile(struct arena *arena, const struct edition_draft *draft,
    struct report *report)
{
	struct edition *edition = ARENA_NEW(arena, struct edition);
	struct compiling all = {.arena = arena,
	    .report = report,
	    .edition = edition,
	    .dialect = {.product = true,
		.currency = draft->schema->currency,
		.zones = draft->schema->zones}};
	unsigned before = report->errors;
	size_t n_variables = 0;
	size_t n = 0;

	CHECK(draft->schema->n_streams <= STREAMS_MAX);
	edition->schema = draft->schema;
	edition->policy = draft->policy;
	edition->program = draft->program;
	edition->churn = draft->churn;
	for (size_t i = 0; i < draft->n_rulesets; i++)
		n += draft->rulesets[i]->n_rules;
	for (size_t i = 0; i < draft->n_rulesets; i++)
		n_variables += draft->rulesets[i]->n_variables;
	edition->variables = ARENA_NEW(arena, struct variables);
	edition->variables->list =
	    ARENA_ARRAY(arena, n_variables, struct variable);
	all.rules = ARENA_ARRAY(arena, n, struct rule);
	for (size_t i = 0; i < draft->n_rulesets; i++)
		compile_set(&all, draft->rulesets[i]);
	compile_where(&all);
	refuse_twins(&all, draft);
	if (report->errors > before)
		return (NULL);
	if (all.n_rules > 0)
		qsort(all.rules, all.n_rules, sizeof *all.rules, compare_rules);
	edition->rules = all.rules;
	edition->n_rules = all.n_rules;
	edition->digest = edition_digest(arena, edition, draft->digest);
	return (edition);
}

const struct cel_expr *
edition_expression(struct arena *arena, const struct edition *edition,
    const struct source_text *text, struct report *report)
{
	struct edition plain = *edition;
	struct compiling all = {.arena = arena,
	    .report = report,
	    .edition = &plain,
	    .dialect = {.product = true,
		.currency = edition->schema->currency,
		.zones = edition->schema->zones}};
	struct compiling_set set = {
	    .all = &all, .variables = edition->variables};
	uint64_t ignored = 0;
	struct scope scope = scope_for(&set, &ignored);

	scope_ready(&scope);
	return (scope_compile(&scope, text, CEL_AT_ONCE, CEL_TYPE_BOOL));
}

const struct rule *
edition_rule(const struct edition *edition, struct span id)
{
	const struct rule *found = NULL;

	for (size_t i = 0; i < edition->n_rules; i++) {
		const struct rule *rule = &edition->rules[i];

		if (span_equals(rule->id, id))
			return (rule);
		if (!span_equals(rule->name, id))
			continue;
		if (found != NULL)
			return (NULL);
		found = rule;
	}
	return (found);
}

struct span
rule_id(const struct rule *rule)
{
	return (rule->id);
}

struct span
rule_name(const struct rule *rule)
{
	return (rule->name);
}

uint64_t
streams_touched(const struct schema *schema, const struct stream *stream)
{
	uint64_t touched = UINT64_C(1) << stream->index;

	for (size_t i = 0; i < schema->n_streams; i++) {
		if (stream->role == ROLE_REFUND &&
		    schema->streams[i].role == ROLE_PURCHASE)
			touched |= UINT64_C(1) << i;
	}
	return (touched);
}
