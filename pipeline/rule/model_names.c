/*
 * churn.* and tier.*: what the models of an edition say of a customer.
 */
#include "pipeline/customer/window.h"
#include "pipeline/rule/scope.h"

#define WEEK_MS   604800000.0
/* Ten thousand years: beyond them there is nothing to meet. */
#define WEEKS_MAX 520000.0

static const struct subject *
subject_of(const struct cel_eval *ev)
{
	return (ev->subject);
}

static struct value
read_p_alive(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	const struct subject *s = subject_of(ev);
	struct churn_history history;
	wall_ms first;

	(void)leaf;
	if (!window_churn(s->customer, s->edition->schema, &history, &first))
		return (value_error("churn.p_alive of no purchase"));
	return (value_double(churn_p_alive(
	    s->edition->churn, &history, (double)(ev->now - first) / WEEK_MS)));
}

static wall_ms
guess_p_alive(const struct cel_leaf *leaf, struct cel_eval *ev, double bound)
{
	const struct subject *s = subject_of(ev);
	struct churn_history history;
	wall_ms first;
	double weeks;

	(void)leaf;
	if (!window_churn(s->customer, s->edition->schema, &history, &first))
		return (INSTANT_NEVER);
	weeks = churn_crossing(s->edition->churn, &history, bound);
	if (!(weeks < WEEKS_MAX))
		return (INSTANT_NEVER);
	return (first + (wall_ms)(weeks * WEEK_MS));
}

static struct value
read_tier_name(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	const struct subject *s = subject_of(ev);

	(void)leaf;
	return (value_string(
	    tier_name(s->edition->program, s->customer->tier.tier)));
}

static struct value
read_tier_old(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	const struct subject *s = subject_of(ev);

	(void)leaf;
	return (value_string(tier_name(s->edition->program, s->tier_old)));
}

/* The spend of the window leaves it purchase by purchase. */
static struct value
read_tier_missing(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	const struct subject *s = subject_of(ev);
	const struct tier_program *program = s->edition->program;
	const struct tier_state *state = &s->customer->tier;
	struct spends spends;
	int64_t missing;

	(void)leaf;
	if (state->tier == TIER_NONE)
		return (value_money(0));
	spends = customer_spends(s->customer, s->edition->schema, ev->arena);
	for (size_t i = 0; i < spends.n; i++) {
		wall_ms exit = spends.list[i].at + program->window;

		if (exit > ev->now) {
			cel_lower(ev, exit);
			break;
		}
	}
	missing = program->tiers[state->tier].threshold -
		  tier_spend(program, spends, ev->now);
	return (value_money(missing > 0 ? missing : 0));
}

static struct value
read_tier_valid_to(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	const struct subject *s = subject_of(ev);
	const struct tier_program *program = s->edition->program;
	wall_ms valid_to;

	(void)leaf;
	valid_to = tier_valid_to(program, &s->customer->tier,
	    customer_spends(s->customer, s->edition->schema, ev->arena),
	    ev->now);
	if (valid_to == INSTANT_NEVER)
		return (value_error("tier.valid_to without a tier"));
	return (value_timestamp(valid_to + program->grace));
}

enum cel_claim
name_later(
    struct cel_checker *checker, const struct cel_node *node, struct span name)
{
	cel_refuse(checker, node, "E112", NULL,
	    "'%.*s' is not available in this version", SPAN_ARGS(name));
	return (CEL_REFUSED);
}

enum cel_claim
name_unknown(struct cel_checker *checker, const struct cel_node *node,
    const char *help, const char *of)
{
	cel_refuse(checker, node, "E110", help, "'%s' has no '%.*s'", of,
	    SPAN_ARGS(node->name));
	return (CEL_REFUSED);
}

void
scope_reads(const struct scope *scope, enum role role)
{
	const struct schema *schema = scope->edition->schema;

	for (size_t i = 0; i < schema->n_streams; i++) {
		if (schema->streams[i].role == role)
			*scope->streams |= UINT64_C(1) << i;
	}
}

enum cel_claim
churn_resolve(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, struct cel_leaf *leaf)
{
	if (span_equals(node->name, SPAN("p_active")) ||
	    span_equals(node->name, SPAN("cadence")))
		return (name_later(checker, node, node->name));
	if (node->kind != CEL_SELECT ||
	    !span_equals(node->name, SPAN("p_alive")))
		return (name_unknown(checker, node, "it has p_alive", "churn"));
	if (scope->edition->churn == NULL) {
		cel_refuse(checker, node, "E113",
		    "add a `kind: ModelSet` file with `churn:` parameters",
		    "churn.p_alive needs the parameters of a model");
		return (CEL_REFUSED);
	}
	scope_reads(scope, ROLE_PURCHASE);
	*leaf = (struct cel_leaf){.type = {.kind = CEL_TYPE_DOUBLE},
	    .class = CEL_FALLING,
	    .non_negative = true,
	    .read = read_p_alive,
	    .guess = guess_p_alive};
	return (CEL_MINE);
}

enum cel_claim
tier_resolve(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, struct cel_leaf *leaf)
{
	const struct tier_program *program = scope->edition->program;
	struct span *names;

	if (program == NULL) {
		cel_refuse(checker, node, "E113",
		    "add a `kind: LoyaltyProgram` file",
		    "tier.%.*s needs a loyalty programme",
		    SPAN_ARGS(node->name));
		return (CEL_REFUSED);
	}
	names = ARENA_ARRAY(
	    scope->arena, (size_t)program->n_tiers + 1, struct span);
	for (int i = TIER_NONE; i < program->n_tiers; i++)
		names[i + 1] = tier_name(program, i);
	scope_reads(scope, ROLE_PURCHASE);
	*leaf = (struct cel_leaf){.class = CEL_S,
	    .type = {.kind = CEL_TYPE_STRING,
		.options = names,
		.n_options = (size_t)program->n_tiers + 1}};
	if (span_equals(node->name, SPAN("name"))) {
		leaf->read = read_tier_name;
	} else if (span_equals(node->name, SPAN("missing"))) {
		leaf->type = (struct cel_type){.kind = CEL_TYPE_MONEY};
		leaf->read = read_tier_missing;
	} else if (span_equals(node->name, SPAN("valid_to"))) {
		leaf->type = (struct cel_type){.kind = CEL_TYPE_TIMESTAMP};
		leaf->read = read_tier_valid_to;
	} else if (span_equals(node->name, SPAN("old")) && scope->tier_source) {
		leaf->read = read_tier_old;
	} else {
		return (name_unknown(checker, node,
		    "it has name, missing, valid_to, and old in rules with a "
		    "`tier:` source",
		    "tier"));
	}
	return (CEL_MINE);
}
