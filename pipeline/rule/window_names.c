/*
 * Window macros:
 *
 *	STREAM [ .last(D) | .between(D, D) ] [ .where(PREDICATE) ] .AGGREGATE
 *
 * with AGGREGATE one of count() sum(f) avg(f) min(f) max(f) distinct(f) top(f)
 * latest(f) first(f), and latest() first() previous(), whose value is an entry:
 * its fields and .at are read from it.  A macro names a question to the
 * history; it is never a loop in the language.
 */
#include "pipeline/base/check.h"
#include "pipeline/customer/window.h"
#include "pipeline/rule/scope.h"

/* A window macro, compiled. */
struct window_leaf {
	struct window_query query;
	const struct cel_expr *keep; /* where(): NULL for none */
	/* What it is about; of latest().FIELD the query has none: the entry's
	   own field is read, null or not. */
	int field;
};

/* What where() needs while the history is walked. */
struct keeping {
	const struct window_leaf *leaf;
	const struct subject *outer;
	struct cel_eval *ev;
};

static bool
keep_entry(void *context, const struct entry *entry)
{
	const struct keeping *k = context;
	struct subject inner = *k->outer;
	struct cel_eval ev = *k->ev;
	bool error;
	bool kept;

	inner.entry = entry;
	inner.entry_stream = k->leaf->query.stream;
	ev.subject = &inner;
	ev.trace = NULL;
	ev.memos = NULL;
	kept = cel_holds(k->leaf->keep, &ev, &error);
	cel_lower(k->ev, ev.until);
	return (kept);
}

static struct value
field_of(const struct window_leaf *w, const struct entry *entry)
{
	if (w->field == WINDOW_AT)
		return (value_timestamp(entry->e));
	if (w->field == WINDOW_AMOUNT)
		return (value_money(entry_net(entry)));
	return (entry_field(w->query.stream, entry, w->field));
}

static struct value
read_window(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	const struct window_leaf *w = leaf->data;
	const struct subject *s = ev->subject;
	struct window_query query = w->query;
	struct keeping keeping = {w, s, ev};
	struct value v;
	wall_ms next;

	if (w->keep != NULL) {
		query.keep = keep_entry;
		query.context = &keeping;
	}
	if (query.aggregate == AGGREGATE_PREVIOUS &&
	    s->event_stream == query.stream)
		query.but = s->event_entry;
	v = window_ask(&query, s->customer, ev->now, ev->arena, &next);
	cel_lower(ev, next);
	return (v.kind == VALUE_ENTRY ? field_of(w, v.object) : v);
}

static const struct word {
	const char *name;
	enum aggregate aggregate;
	bool field_needed;
} words[] = {
    {"count", AGGREGATE_COUNT, false},
    {"sum", AGGREGATE_SUM, true},
    {"avg", AGGREGATE_AVG, true},
    {"min", AGGREGATE_MIN, true},
    {"max", AGGREGATE_MAX, true},
    {"distinct", AGGREGATE_DISTINCT, true},
    {"top", AGGREGATE_TOP, true},
    {"latest", AGGREGATE_LATEST, false},
    {"first", AGGREGATE_FIRST, false},
    {"previous", AGGREGATE_PREVIOUS, false},
};
enum { WORDS = sizeof words / sizeof words[0] };

static const struct word *
find_word(struct span name)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (span_equals(name, span_of(words[i].name)))
			return (&words[i]);
	}
	return (NULL);
}

static bool
is_entry(const struct word *word, const struct cel_node *node)
{
	return (word->aggregate >= AGGREGATE_LATEST && node->n_args == 0);
}

static bool
names_method(const struct cel_node *node, const char *name)
{
	return (
	    node->kind == CEL_METHOD && span_equals(node->name, span_of(name)));
}

/* A stream, or a stream with .last, .between and .where on it. */
static bool
is_window(const struct cel_node *node)
{
	while (names_method(node, "last") || names_method(node, "between") ||
	       names_method(node, "where"))
		node = node->target;
	return (node->kind == CEL_IDENT);
}

static bool
duration_arg(struct cel_checker *checker, const struct cel_node *node, size_t i,
    duration_ms *ret)
{
	const struct cel_node *arg = i < node->n_args ? node->args[i] : NULL;

	if (arg == NULL || arg->kind != CEL_LITERAL ||
	    arg->literal.kind != VALUE_DURATION || arg->literal.i < 0) {
		cel_refuse(checker, arg == NULL ? node : arg, "E120",
		    "write it as a literal: 90d, 36h, 2w",
		    "'%.*s' takes a duration", SPAN_ARGS(node->name));
		return (false);
	}
	*ret = arg->literal.i;
	return (true);
}

/* .last(90d), .between(180d, 90d) */
static bool
window_bounds(struct cel_checker *checker, const struct cel_node *node,
    struct window *window)
{
	size_t wanted = names_method(node, "last") ? 1 : 2;

	window->whole = false;
	window->to = 0;
	if (node->n_args != wanted) {
		cel_refuse(checker, node, "E120", NULL, "'%.*s' takes %s",
		    SPAN_ARGS(node->name),
		    wanted == 1 ? "one duration" : "two durations");
		return (false);
	}
	if (!duration_arg(checker, node, 0, &window->from))
		return (false);
	if (wanted == 2 && !duration_arg(checker, node, 1, &window->to))
		return (false);
	if (window->from <= window->to) {
		cel_refuse(checker, node, "E150",
		    "between(180d, 90d) is from 180 to 90 days ago",
		    "an empty window");
		return (false);
	}
	return (true);
}

static bool
window_where(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, const struct stream *stream,
    struct window_leaf *leaf)
{
	struct scope *inner = ARENA_NEW(scope->arena, struct scope);

	if (node->n_args != 1) {
		cel_refuse(
		    checker, node, "E120", NULL, "'where' takes one condition");
		return (false);
	}
	*inner = *scope;
	inner->entry = stream;
	scope_ready(inner);
	leaf->keep = cel_compile_part(
	    checker, node->args[0], &inner->host, CEL_TYPE_BOOL);
	return (leaf->keep != NULL);
}

/* From an aggregate's target down to the stream. */
static bool
read_chain(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, const struct stream *stream,
    struct window_leaf *leaf)
{
	leaf->query =
	    (struct window_query){.stream = stream, .window = {.whole = true}};
	if (names_method(node, "where")) {
		if (!window_where(scope, checker, node, stream, leaf))
			return (false);
		node = node->target;
	}
	if (names_method(node, "last") || names_method(node, "between")) {
		if (!window_bounds(checker, node, &leaf->query.window))
			return (false);
		node = node->target;
	}
	if (node->kind != CEL_IDENT) {
		cel_refuse(checker, node, "E150",
		    "STREAM.last(90d).where(…).count()",
		    "a window is written once, before where()");
		return (false);
	}
	return (true);
}

/* The field an aggregate is about: an argument, or .field of an entry. */
static bool
choose_field(struct cel_checker *checker, const struct cel_node *at,
    struct span name, const struct stream *stream, int *field)
{
	struct span *names;

	*field = stream_field(stream, name);
	if (*field == stream->amount_field && *field != NO_FIELD &&
	    stream->role == ROLE_PURCHASE) {
		*field = WINDOW_AMOUNT;
		return (true);
	}
	if (*field == NO_FIELD && span_equals(name, SPAN("at"))) {
		*field = WINDOW_AT;
		return (true);
	}
	for (size_t i = 0; *field != NO_FIELD && i < stream->n_kept; i++) {
		if (stream->kept[i] == *field)
			return (true);
	}
	if (*field != NO_FIELD) {
		cel_refuse(checker, at, "E150",
		    "add it to `history: {fields: […]}` of the stream",
		    "'%.*s' is not kept in the history of '%.*s'",
		    SPAN_ARGS(name), SPAN_ARGS(stream->name));
		return (false);
	}
	names = ARENA_ARRAY(
	    cel_checker_arena(checker), stream->n_fields, struct span);
	for (size_t i = 0; i < stream->n_fields; i++)
		names[i] = stream->fields[i].name;
	name = cel_nearest(name, names, stream->n_fields);
	cel_refuse(checker, at, "E110",
	    name.length == 0 ? NULL
			     : arena_print(cel_checker_arena(checker),
				   "did you mean '%.*s'?", SPAN_ARGS(name))
				   .at,
	    "'%.*s' has no such field", SPAN_ARGS(stream->name));
	return (false);
}

static struct cel_type
field_type_of(const struct stream *stream, int field)
{
	if (field == WINDOW_AMOUNT)
		return ((struct cel_type){.kind = CEL_TYPE_MONEY});
	if (field == WINDOW_AT)
		return ((struct cel_type){.kind = CEL_TYPE_TIMESTAMP});
	return (field_cel_type(&stream->fields[field]));
}

/* What comes of an aggregate over values of a type; WRONG: it does not. */
static struct cel_type
result_type(enum aggregate aggregate, struct cel_type of)
{
	bool number = of.kind == CEL_TYPE_INT || of.kind == CEL_TYPE_DOUBLE ||
		      of.kind == CEL_TYPE_MONEY;

	switch (aggregate) {
	case AGGREGATE_COUNT:
	case AGGREGATE_DISTINCT:
		return ((struct cel_type){.kind = CEL_TYPE_INT});
	case AGGREGATE_SUM:
		return (
		    number ? of : (struct cel_type){.kind = CEL_TYPE_WRONG});
	case AGGREGATE_AVG:
		if (of.kind == CEL_TYPE_INT)
			of.kind = CEL_TYPE_DOUBLE;
		return (
		    number ? of : (struct cel_type){.kind = CEL_TYPE_WRONG});
	case AGGREGATE_MIN:
	case AGGREGATE_MAX:
		return (number || of.kind == CEL_TYPE_TIMESTAMP
			    ? of
			    : (struct cel_type){.kind = CEL_TYPE_WRONG});
	case AGGREGATE_TOP:
	case AGGREGATE_LATEST:
	case AGGREGATE_FIRST:
	case AGGREGATE_PREVIOUS:
		return (of);
	}
	CHECK(false);
}

/* Which questions the kept history can answer exactly. */
static bool
answerable(struct cel_checker *checker, const struct cel_node *node,
    const struct window_leaf *leaf)
{
	const struct window_query *q = &leaf->query;
	const char *wrong = NULL;

	if (q->stream->keep == KEEP_NOTHING)
		wrong = "this stream keeps no history";
	else if (q->stream->keep == KEEP_DAYS && !leaf->query.window.whole &&
		 (q->aggregate != AGGREGATE_COUNT || q->window.to != 0 ||
		     q->window.from % DAY_MS != 0))
		wrong = "a history of days answers count() of last(Nd) alone";
	else if (q->stream->keep == KEEP_DAYS && q->window.whole)
		wrong = "a history of days needs a window";
	else if (q->window.whole && leaf->keep != NULL)
		wrong = "where() needs a window";
	else if (q->window.whole && !(q->aggregate == AGGREGATE_COUNT ||
					q->aggregate == AGGREGATE_LATEST ||
					q->aggregate == AGGREGATE_PREVIOUS ||
					(q->aggregate == AGGREGATE_SUM &&
					    q->field == WINDOW_AMOUNT) ||
					(q->aggregate == AGGREGATE_FIRST &&
					    leaf->field == WINDOW_AT)))
		wrong = "over the whole history there are count(), "
			"sum(amount), first().at, latest() and previous()";
	if (wrong == NULL)
		return (true);
	cel_refuse(checker, node, "E150",
	    q->stream->keep == KEEP_DAYS
		? "`history: {keep: exact, max: N}` keeps the events themselves"
		: "put a window before it: .last(365d)",
	    "%s", wrong);
	return (false);
}

static enum cel_claim
make_leaf(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, struct window_leaf *w, struct cel_leaf *leaf)
{
	const struct window_query *q = &w->query;
	struct cel_type type = w->field == WINDOW_NO_FIELD
				   ? (struct cel_type){.kind = CEL_TYPE_INT}
				   : field_type_of(q->stream, w->field);

	if (!answerable(checker, node, w))
		return (CEL_REFUSED);
	type = result_type(q->aggregate, type);
	if (type.kind == CEL_TYPE_WRONG) {
		cel_refuse(checker, node, "E120", NULL,
		    "'%.*s' needs a field of numbers", SPAN_ARGS(node->name));
		return (CEL_REFUSED);
	}
	*scope->streams |= UINT64_C(1) << q->stream->index;
	*leaf = (struct cel_leaf){.type = type,
	    .class = q->window.whole ? CEL_K : CEL_S,
	    .non_negative = q->aggregate == AGGREGATE_COUNT ||
			    q->aggregate == AGGREGATE_DISTINCT,
	    .nullable = q->aggregate >= AGGREGATE_AVG &&
			q->aggregate != AGGREGATE_DISTINCT,
	    .read = read_window,
	    .data = w};
	return (CEL_MINE);
}

/* AGGREGATE(field) or AGGREGATE() at the end of a window. */
static enum cel_claim
aggregate_resolve(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, const struct stream *stream,
    struct cel_leaf *leaf)
{
	const struct word *word = find_word(node->name);
	struct window_leaf *w = ARENA_NEW(scope->arena, struct window_leaf);
	bool plain = node->n_args == 1 && node->args[0]->kind == CEL_IDENT;

	if (is_entry(word, node)) {
		cel_refuse(checker, node, "E120",
		    "write .at or .FIELD after it",
		    "'%.*s()' is an entry, not a value", SPAN_ARGS(node->name));
		return (CEL_REFUSED);
	}
	if (word->aggregate == AGGREGATE_COUNT ? node->n_args != 0 : !plain) {
		cel_refuse(checker, node, "E120", NULL, "'%.*s' takes %s",
		    SPAN_ARGS(node->name),
		    word->field_needed ? "the name of a field" : "nothing");
		return (CEL_REFUSED);
	}
	if (!read_chain(scope, checker, node->target, stream, w))
		return (CEL_REFUSED);
	w->query.aggregate = word->aggregate;
	w->field = WINDOW_NO_FIELD;
	if (plain && !choose_field(checker, node->args[0], node->args[0]->name,
			 stream, &w->field))
		return (CEL_REFUSED);
	w->query.field = w->field;
	return (make_leaf(scope, checker, node, w, leaf));
}

/* .field of latest(), first() or previous(). */
static enum cel_claim
entry_resolve(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, const struct stream *stream,
    struct cel_leaf *leaf)
{
	const struct cel_node *entry = node->target;
	struct window_leaf *w = ARENA_NEW(scope->arena, struct window_leaf);

	if (!read_chain(scope, checker, entry->target, stream, w))
		return (CEL_REFUSED);
	if (!choose_field(checker, node, node->name, stream, &w->field))
		return (CEL_REFUSED);
	w->query.aggregate = find_word(entry->name)->aggregate;
	w->query.field = WINDOW_NO_FIELD;
	return (make_leaf(scope, checker, node, w, leaf));
}

static enum cel_claim
refuse_method(struct cel_checker *checker, const struct cel_node *node)
{
	struct span names[WORDS + 3] = {
	    SPAN("last"), SPAN("between"), SPAN("where")};
	struct span nearest;

	if (span_equals(node->name, SPAN("expected"))) {
		cel_refuse(checker, node, "E112", NULL,
		    "'expected' is not available in this version");
		return (CEL_REFUSED);
	}
	for (size_t i = 0; i < WORDS; i++)
		names[i + 3] = span_of(words[i].name);
	nearest = cel_nearest(node->name, names, WORDS + 3);
	cel_refuse(checker, node, "E110",
	    nearest.length == 0
		? "a window has count() sum(f) avg(f) min(f) max(f) "
		  "distinct(f) top(f) latest(f) first(f) latest() first() "
		  "previous()"
		: arena_print(cel_checker_arena(checker),
		      "did you mean '%.*s'?", SPAN_ARGS(nearest))
		      .at,
	    "a stream has no '%.*s'", SPAN_ARGS(node->name));
	return (CEL_REFUSED);
}

enum cel_claim
window_resolve(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, const struct stream *stream,
    struct cel_leaf *leaf)
{
	if (is_window(node)) {
		cel_refuse(checker, node, "E120",
		    "ask it something: .count(), .sum(amount), .latest().at",
		    "a stream alone is not a value");
		return (CEL_REFUSED);
	}
	if (node->kind == CEL_METHOD && is_window(node->target))
		return (find_word(node->name) == NULL
			    ? refuse_method(checker, node)
			    : aggregate_resolve(
				  scope, checker, node, stream, leaf));
	if (node->kind == CEL_SELECT && is_window(node->target))
		return (refuse_method(checker, node));
	if (node->kind == CEL_SELECT && node->target->kind == CEL_METHOD &&
	    is_window(node->target->target)) {
		const struct word *word = find_word(node->target->name);

		if (word != NULL && is_entry(word, node->target))
			return (
			    entry_resolve(scope, checker, node, stream, leaf));
	}
	return (CEL_NOT_MINE);
}
