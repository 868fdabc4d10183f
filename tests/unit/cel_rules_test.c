#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "pipeline/cel/cel.h"

/*
 * Expressions as rules have them, over a host that knows their names by their
 * text: all compile, and none of them moves but where it says so.
 */
static const struct name {
	const char *text;
	enum cel_type_kind type;
	enum cel_class class;
	struct value value;
} names[] = {
    {"complaints.open()", CEL_TYPE_INT, CEL_K, {.kind = VALUE_INT}},
    {"customer.first_name", CEL_TYPE_STRING, CEL_K, {.kind = VALUE_NULL}},
    {"tier.name", CEL_TYPE_STRING, CEL_K,
	{.kind = VALUE_STRING, .length = 4, .text = "gold"}},
    {"purchases.last(365d).count()", CEL_TYPE_INT, CEL_S,
	{.kind = VALUE_INT, .i = 2}},
    {"purchases.last(180d).count()", CEL_TYPE_INT, CEL_S,
	{.kind = VALUE_INT, .i = 2}},
    {"purchases.last(7d).count()", CEL_TYPE_INT, CEL_S, {.kind = VALUE_INT}},
    {"purchases.last(3d).count()", CEL_TYPE_INT, CEL_S,
	{.kind = VALUE_INT, .i = 9}},
    {"purchases.count()", CEL_TYPE_INT, CEL_K, {.kind = VALUE_INT, .i = 20}},
    {"purchases.previous().at", CEL_TYPE_TIMESTAMP, CEL_K,
	{.kind = VALUE_TIMESTAMP, .i = 0}},
    {"purchases.previous().category", CEL_TYPE_STRING, CEL_K,
	{.kind = VALUE_ERROR, .error = "there is no purchase"}},
    {"churn.p_alive", CEL_TYPE_DOUBLE, CEL_FALLING,
	{.kind = VALUE_DOUBLE, .d = 0.3}},
    {"clv(365d)", CEL_TYPE_MONEY, CEL_FALLING,
	{.kind = VALUE_MONEY, .i = 10000}},
    {"spend90", CEL_TYPE_MONEY, CEL_S, {.kind = VALUE_MONEY, .i = 5000}},
    {"spend_prev90", CEL_TYPE_MONEY, CEL_S, {.kind = VALUE_MONEY, .i = 2000}},
    {"s30", CEL_TYPE_MONEY, CEL_S, {.kind = VALUE_MONEY, .i = 50000}},
    {"s90", CEL_TYPE_MONEY, CEL_S, {.kind = VALUE_MONEY, .i = 100000}},
    {"life", CEL_TYPE_MONEY, CEL_K, {.kind = VALUE_MONEY, .i = 250000}},
    {"event.kind", CEL_TYPE_STRING, CEL_K,
	{.kind = VALUE_STRING, .length = 3, .text = "nps"}},
    {"event.score", CEL_TYPE_INT, CEL_K, {.kind = VALUE_INT, .i = 6}},
    {"event.amount", CEL_TYPE_MONEY, CEL_K, {.kind = VALUE_MONEY, .i = 3000}},
    {"event.at", CEL_TYPE_TIMESTAMP, CEL_K,
	{.kind = VALUE_TIMESTAMP, .i = 75 * DAY_MS}},
    {"event.category", CEL_TYPE_STRING, CEL_K,
	{.kind = VALUE_STRING, .length = 6, .text = "camera"}},
    {"event.channel", CEL_TYPE_STRING, CEL_K,
	{.kind = VALUE_STRING, .length = 5, .text = "email"}},
    {"event.action", CEL_TYPE_STRING, CEL_K,
	{.kind = VALUE_STRING, .length = 7, .text = "clicked"}},
    {"event.order_id", CEL_TYPE_STRING, CEL_K,
	{.kind = VALUE_STRING, .length = 1, .text = "1"}},
    {"start.order_id", CEL_TYPE_STRING, CEL_K,
	{.kind = VALUE_STRING, .length = 1, .text = "1"}},
    /* of an entry */
    {"category", CEL_TYPE_STRING, CEL_K,
	{.kind = VALUE_STRING, .length = 4, .text = "lens"}},
    {"kind", CEL_TYPE_STRING, CEL_K, {.kind = VALUE_NULL}},
    {"score", CEL_TYPE_INT, CEL_K, {.kind = VALUE_INT}},
    {"channel", CEL_TYPE_STRING, CEL_K, {.kind = VALUE_NULL}},
    {"action", CEL_TYPE_STRING, CEL_K, {.kind = VALUE_NULL}},
};

static const struct row {
	const char *text;
	enum cel_type_kind wanted;
	enum cel_use use;
	enum value_kind kind;
	int64_t value;
} rows[] = {
    {"complaints.open() == 0", CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL, 1},
    {"has(customer.first_name) ? customer.first_name : 'friend'",
	CEL_TYPE_STRING, CEL_AT_ONCE, VALUE_STRING, 6},
    {"tier.name in ['gold', 'platinum'] ? 'BDAY20' : 'BDAY10'", CEL_TYPE_DYN,
	CEL_AT_ONCE, VALUE_STRING, 6},
    {"purchases.last(365d).count() > 0", CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL,
	1},
    {"purchases.count() >= 2 && complaints.open() == 0", CEL_TYPE_BOOL,
	CEL_AT_ONCE, VALUE_BOOL, 1},
    {"churn.p_alive < 0.4 && clv(365d) >= 100.00", CEL_TYPE_BOOL, CEL_IN_TIME,
	VALUE_BOOL, 1},
    {"churn.p_alive > 0.5", CEL_TYPE_BOOL, CEL_IN_TIME, VALUE_BOOL, 0},
    {"churn.p_alive", CEL_TYPE_DYN, CEL_AT_ONCE, VALUE_DOUBLE, -1},
    {"spend_prev90 > 0.00 ? spend90 / spend_prev90 : 0.0", CEL_TYPE_DYN,
	CEL_AT_ONCE, VALUE_DOUBLE, -1},
    {"event.kind == 'nps' && event.score <= 6 && tier.name in ['gold', "
     "'platinum']",
	CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL, 1},
    {"event.amount >= 30.00", CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL, 1},
    {"event.order_id == start.order_id", CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL,
	1},
    {"event.category == 'camera' &&\n"
     "purchases.last(365d).where(category == 'lens').count() == 0\n",
	CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL, 0},
    {"event.kind == 'nps' && event.score >= 9 &&\n"
     "purchases.last(180d).count() >= 3 &&\n"
     "engagement.last(30d).where(kind == 'unsubscribed').count() == 0\n",
	CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL, 0},
    {"purchases.count() == 20", CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL, 1},
    {"s30 >= 500.00 && s30 - event.amount < 500.00", CEL_TYPE_BOOL, CEL_AT_ONCE,
	VALUE_BOOL, 1},
    {"purchases.count() > 1 && event.at - purchases.previous().at >= 75d",
	CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL, 1},
    {"purchases.count() > 1 && purchases.previous().category != "
     "event.category && s30 >= 400.00",
	CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_ERROR, -1},
    {"(life >= 1000.00 && life - event.amount < 1000.00) ||\n"
     "(life >= 2500.00 && life - event.amount < 2500.00) ||\n"
     "(life >= 5000.00 && life - event.amount < 5000.00)\n",
	CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL, 1},
    {"event.kind == 'nps' && event.score <= 6 && feedback.last(30d).where("
     "kind == 'nps' && score <= 6).count() == 2",
	CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL, 0},
    {"event.channel == 'email' && event.action == 'clicked' &&\n"
     "engagement.last(7d).where(channel == 'email' && action == 'clicked')"
     ".count() == 3 &&\n"
     "purchases.last(7d).count() == 0\n",
	CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL, 0},
};

static struct value
read_name(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	(void)ev;
	return (names[leaf->number].value);
}

/* 1 if the predicate holds for the one entry that there is. */
static struct value
count_entries(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	bool error;

	return (value_int(cel_holds(leaf->data, ev, &error)));
}

/* stream.last(d).where(p).count() */
static enum cel_claim
resolve_where(const struct cel_host *host, struct cel_checker *checker,
    const struct cel_node *node, struct cel_leaf *leaf)
{
	if (node->kind != CEL_METHOD || node->target->kind != CEL_METHOD ||
	    !span_equals(node->target->name, SPAN("where")))
		return (CEL_NOT_MINE);
	leaf->data = cel_compile_part(
	    checker, node->target->args[0], host, CEL_TYPE_BOOL);
	if (leaf->data == NULL)
		return (CEL_REFUSED);
	leaf->type.kind = CEL_TYPE_INT;
	leaf->class = CEL_S;
	leaf->read = count_entries;
	return (CEL_MINE);
}

static enum cel_claim
resolve(const struct cel_host *host, struct cel_checker *checker,
    const struct cel_node *node, struct cel_leaf *leaf)
{
	struct span text = {
	    cel_checker_text(checker)->text.at + node->offset, node->length};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (!span_equals(text, span_of(names[i].text)))
			continue;
		leaf->type.kind = names[i].type;
		leaf->class = names[i].class;
		leaf->read = read_name;
		leaf->number = (int)i;
		return (CEL_MINE);
	}
	return (resolve_where(host, checker, node, leaf));
}

static void
add(struct report *report, const struct finding *finding)
{
	(void)report;
	print_error("%s %.*s\n", finding->code, SPAN_ARGS(finding->message));
}

static const struct cel_expr *
compile(struct arena *arena, const struct row *row)
{
	struct cel_host host = {resolve, NULL};
	struct cel_dialect dialect = {.product = true, .currency = {"EUR", 2}};
	struct source_text text = {span_of(row->text), NULL};
	struct report report = {.add = add};
	const struct cel_expr *expr = cel_compile(
	    arena, &text, &host, &dialect, row->use, row->wanted, &report);

	if (expr == NULL)
		fail_msg("%s", row->text);
	return (expr);
}

static void
rules_compile_and_answer(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		struct cel_eval ev = {
		    .now = 76 * DAY_MS, .until = INSTANT_NEVER, .arena = arena};
		struct value v = cel_evaluate(compile(arena, row), &ev);

		if (v.kind != row->kind)
			fail_msg("%s: %d", row->text, v.kind);
		if (row->kind == VALUE_BOOL && v.truth != (row->value == 1))
			fail_msg("%s: %d", row->text, v.truth);
		if (row->kind == VALUE_STRING && v.length != row->value)
			fail_msg("%s: %u", row->text, v.length);
	}
	arena_free(arena);
}

/* Each comparison that ran, with both its sides; what decided alone too. */
static void
a_trace_says_what_was_compared(void **state)
{
	static const struct row row = {
	    "purchases.count() >= 2 && (tier.name.startsWith('g') || "
	    "complaints.open() > 7) && churn.p_alive > 0.5 && life > 1",
	    CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL, 0};
	static const char *const lines[] = {"purchases.count()|>=|20|2|1",
	    "tier.name.startsWith('g')||1|0|1", "churn.p_alive|>|0|0|0"};
	struct arena *arena = arena_new();
	struct cel_term terms[4];
	struct cel_trace trace = {terms, 0, 4};
	struct cel_eval ev = {
	    .until = INSTANT_NEVER, .arena = arena, .trace = &trace};

	(void)state;
	(void)cel_evaluate(compile(arena, &row), &ev);
	assert_int_equal(trace.n_terms, sizeof lines / sizeof lines[0]);
	for (size_t i = 0; i < trace.n_terms; i++) {
		const struct cel_term *t = &terms[i];
		struct span line = arena_print(arena, "%.*s|%.*s|%d|%d|%d",
		    SPAN_ARGS(t->expr), SPAN_ARGS(t->op),
		    t->value.kind == VALUE_INT    ? (int)t->value.i
		    : t->value.kind == VALUE_BOOL ? t->value.truth
						  : 0,
		    t->bound.kind == VALUE_INT ? (int)t->bound.i : 0,
		    t->result);

		assert_string_equal(line.at, lines[i]);
	}
	arena_free(arena);
}

/* Blanks and comments do not count, everything else does. */
static void
a_hash_is_of_the_tree(void **state)
{
	static const char *const same[] = {"purchases.count()>=2",
	    "purchases . count( ) >= 0x2 // enough\n",
	    "(purchases.count()) >= 2"};
	static const char *const others[] = {"purchases.count() > 2",
	    "purchases.count() >= 3", "2 >= purchases.count()", "life >= 2.0",
	    "life >= 2.00"};
	struct arena *arena = arena_new();
	struct row row = {same[0], CEL_TYPE_BOOL, CEL_AT_ONCE, VALUE_BOOL, 0};
	uint64_t hash = cel_expr_hash(compile(arena, &row));

	(void)state;
	row.text = same[2];
	assert_int_equal(cel_expr_hash(compile(arena, &row)), hash);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		row.text = others[i];
		assert_int_not_equal(cel_expr_hash(compile(arena, &row)), hash);
	}
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rules_compile_and_answer),
	    cmocka_unit_test(a_trace_says_what_was_compared),
	    cmocka_unit_test(a_hash_is_of_the_tree),
	};

	return (cmocka_run_group_tests_name("cel rules", tests, NULL, NULL));
}
