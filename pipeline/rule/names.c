/*
 * What the names of an expression mean: customer.*, event.*, start.*, idle.*
 * and the variables of the rule set.  Names that begin with a stream are
 * windows (window_names.c); churn.* and tier.* are models (model_names.c).
 */
#include "pipeline/base/buffer.h"
#include "pipeline/base/check.h"
#include "pipeline/rule/scope.h"

struct span
chain_root(const struct cel_node *node)
{
	while (node->kind == CEL_SELECT || node->kind == CEL_METHOD)
		node = node->target;
	return (node->kind == CEL_IDENT ? node->name : (struct span){0});
}

static const struct subject *
subject_of(const struct cel_eval *ev)
{
	return (ev->subject);
}

struct cel_type
field_cel_type(const struct field *field)
{
	static const enum cel_type_kind kinds[] = {
	    [FIELD_STRING] = CEL_TYPE_STRING,
	    [FIELD_ENUM] = CEL_TYPE_STRING,
	    [FIELD_INT] = CEL_TYPE_INT,
	    [FIELD_DOUBLE] = CEL_TYPE_DOUBLE,
	    [FIELD_BOOL] = CEL_TYPE_BOOL,
	    [FIELD_MONEY] = CEL_TYPE_MONEY,
	    [FIELD_TIMESTAMP] = CEL_TYPE_TIMESTAMP,
	    [FIELD_DATE] = CEL_TYPE_DATE,
	    [FIELD_TIMEZONE] = CEL_TYPE_STRING,
	    [FIELD_COUNTRY] = CEL_TYPE_STRING,
	};

	return ((struct cel_type){.kind = kinds[field->type],
	    .options = field->options,
	    .n_options = field->n_options});
}

static struct value
read_event_field(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	const struct subject *s = subject_of(ev);

	CHECK(s->event_fields != NULL);
	return (s->event_fields[leaf->number]);
}

static struct value
read_start_field(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	const struct subject *s = subject_of(ev);

	CHECK(s->start_fields != NULL);
	return (s->start_fields[leaf->number]);
}

static struct value
read_event_at(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	(void)leaf;
	return (value_timestamp(subject_of(ev)->event_at));
}

static struct value
read_start_at(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	(void)leaf;
	return (value_timestamp(subject_of(ev)->start_at));
}

static struct value
read_profile(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	return (subject_of(ev)->customer->profile[leaf->number].value);
}

static struct value
read_zone(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	const struct subject *s = subject_of(ev);
	const struct schema *schema = s->edition->schema;
	enum zone_source source;

	(void)leaf;
	return (value_string(zones_name(
	    schema->zones, customer_zone(s->customer, schema, &source))));
}

static struct value
read_id(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	(void)leaf;
	return (value_string(subject_of(ev)->customer->id));
}

static struct value
read_idle_step(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	(void)leaf;
	return (value_int(subject_of(ev)->step));
}

static struct value
read_idle_days(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	(void)leaf;
	return (value_int((ev->now - subject_of(ev)->idle_last) / DAY_MS));
}

static struct value
read_entry_field(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	const struct subject *s = subject_of(ev);

	if (leaf->number == s->entry_stream->amount_field &&
	    s->entry_stream->role == ROLE_PURCHASE)
		return (value_money(entry_net(s->entry)));
	return (entry_field(s->entry_stream, s->entry, leaf->number));
}

static struct value
read_entry_at(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	(void)leaf;
	return (value_timestamp(subject_of(ev)->entry->e));
}

/* "did you mean" over the fields of a stream or profile. */
static enum cel_claim
refuse_field(struct cel_checker *checker, const struct cel_node *node,
    const struct field *fields, size_t n_fields, const char *of)
{
	struct arena *arena = cel_checker_arena(checker);
	struct span *names = ARENA_ARRAY(arena, n_fields, struct span);
	struct buffer help;
	struct span nearest;

	for (size_t i = 0; i < n_fields; i++)
		names[i] = fields[i].name;
	nearest = cel_nearest(node->name, names, n_fields);
	buffer_init(&help, arena);
	if (nearest.length > 0)
		buffer_print(
		    &help, "did you mean '%.*s'? ", SPAN_ARGS(nearest));
	buffer_print(&help, "fields of '%s':", of);
	for (size_t i = 0; i < n_fields; i++)
		buffer_print(
		    &help, "%s %.*s", i == 0 ? "" : ",", SPAN_ARGS(names[i]));
	buffer_char(&help, '\0');
	cel_refuse(checker, node, "E110", help.at, "'%s' has no field '%.*s'",
	    of, SPAN_ARGS(node->name));
	return (CEL_REFUSED);
}

typedef struct value leaf_reader(
    const struct cel_leaf *leaf, struct cel_eval *ev);

/* event.x and start.x: what the record says. */
static enum cel_claim
record_field(struct cel_checker *checker, const struct cel_node *node,
    const struct stream *stream, leaf_reader *at, leaf_reader *field,
    struct cel_leaf *leaf)
{
	int index;

	if (span_equals(node->name, SPAN("at"))) {
		*leaf = (struct cel_leaf){
		    .type = {.kind = CEL_TYPE_TIMESTAMP}, .read = at};
		return (CEL_MINE);
	}
	index = stream_field(stream, node->name);
	if (index == NO_FIELD)
		return (refuse_field(checker, node, stream->fields,
		    stream->n_fields,
		    arena_span(cel_checker_arena(checker), stream->name).at));
	*leaf =
	    (struct cel_leaf){.type = field_cel_type(&stream->fields[index]),
		.nullable = !stream->fields[index].required,
		.number = index,
		.read = field};
	return (CEL_MINE);
}

static enum cel_claim
event_name(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, struct cel_leaf *leaf)
{
	if (scope->event == NULL) {
		cel_refuse(checker, node, "E110",
		    "event.* is what an `event:` source (or a stream of "
		    "cancelOn) says; a window reads the history",
		    "'event' is not known here");
		return (CEL_REFUSED);
	}
	*scope->streams |= UINT64_C(1) << scope->event->index;
	return (record_field(checker, node, scope->event, read_event_at,
	    read_event_field, leaf));
}

static enum cel_claim
start_name(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, struct cel_leaf *leaf)
{
	if (scope->start == NULL) {
		cel_refuse(checker, node, "E110",
		    "start.* is the record that an `event:` source fired on; "
		    "it is known in cancelOn, sendIf and params",
		    "'start' is not known here");
		return (CEL_REFUSED);
	}
	return (record_field(checker, node, scope->start, read_start_at,
	    read_start_field, leaf));
}

static enum cel_claim
customer_name(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, struct cel_leaf *leaf)
{
	const struct schema *schema = scope->edition->schema;
	int index;

	scope_reads(scope, ROLE_PROFILE);
	*leaf = (struct cel_leaf){.type = {.kind = CEL_TYPE_STRING}};
	if (span_equals(node->name, SPAN("zone"))) {
		leaf->read = read_zone;
		return (CEL_MINE);
	}
	index = schema_profile_field(schema, node->name);
	if (index == NO_FIELD && span_equals(node->name, SPAN("id"))) {
		leaf->read = read_id;
		return (CEL_MINE);
	}
	if (index == NO_FIELD)
		return (refuse_field(checker, node, schema->profile,
		    schema->n_profile, "customer"));
	*leaf =
	    (struct cel_leaf){.type = field_cel_type(&schema->profile[index]),
		.nullable = true,
		.number = index,
		.read = read_profile};
	return (CEL_MINE);
}

static enum cel_claim
idle_name(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, struct cel_leaf *leaf)
{
	*leaf = (struct cel_leaf){.type = {.kind = CEL_TYPE_INT}};
	if (!scope->idle)
		return (name_unknown(checker, node,
		    "idle.* is known in rules with an `idle:` source", "rule"));
	if (span_equals(node->name, SPAN("step")))
		leaf->read = read_idle_step;
	else if (span_equals(node->name, SPAN("days")))
		leaf->read = read_idle_days;
	else
		return (name_unknown(
		    checker, node, "it has step and days", "idle"));
	return (CEL_MINE);
}

/*
 * A variable is compiled where it is first used, with the names that every
 * rule has: so its value can be shared by all of them.
 */
static enum cel_claim
variable_name(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, struct variable *v, struct cel_leaf *leaf)
{
	struct scope plain = *scope;

	*leaf = (struct cel_leaf){.type = {.kind = CEL_TYPE_WRONG}};
	if (v->busy) {
		cel_refuse(checker, node, "E114", NULL,
		    "variable '%.*s' is made of itself", SPAN_ARGS(node->name));
		return (CEL_REFUSED);
	}
	if (v->expr == NULL && !v->wrong) {
		v->busy = true;
		plain.event = plain.start = plain.entry = NULL;
		plain.idle = plain.tier_source = false;
		plain.streams = &v->streams;
		scope_ready(&plain);
		v->expr = scope_compile(
		    &plain, &v->written->text, CEL_NAMED, CEL_TYPE_DYN);
		v->wrong = v->expr == NULL;
		v->busy = false;
	}
	if (v->wrong)
		return (CEL_REFUSED);
	*scope->streams |= v->streams;
	*leaf = (struct cel_leaf){.type = *cel_expr_type(v->expr),
	    .class = cel_expr_class(v->expr),
	    .shared = v->expr,
	    .memo = v->memo};
	return (CEL_MINE);
}

static struct variable *
find_variable(const struct scope *scope, struct span name)
{
	if (scope->variables == NULL)
		return (NULL);
	for (size_t i = 0; i < scope->variables->n; i++) {
		struct variable *v = &scope->variables->list[i];

		if (span_equals(v->written->name.text, name))
			return (v);
	}
	return (NULL);
}

static enum cel_claim
entry_name(const struct scope *scope, const struct cel_node *node,
    struct cel_leaf *leaf)
{
	int index;

	if (span_equals(node->name, SPAN("at"))) {
		*leaf = (struct cel_leaf){.type = {.kind = CEL_TYPE_TIMESTAMP},
		    .read = read_entry_at};
		return (CEL_MINE);
	}
	index = stream_field(scope->entry, node->name);
	if (index == NO_FIELD)
		return (CEL_NOT_MINE);
	*leaf = (struct cel_leaf){
	    .type = field_cel_type(&scope->entry->fields[index]),
	    .nullable = !scope->entry->fields[index].required,
	    .number = index,
	    .read = read_entry_field};
	return (CEL_MINE);
}

typedef enum cel_claim object_resolver(const struct scope *scope,
    struct cel_checker *checker, const struct cel_node *node,
    struct cel_leaf *leaf);

static const struct object {
	struct span name;
	object_resolver *resolve;
} objects[] = {
    {{"customer", 8}, customer_name},
    {{"event", 5}, event_name},
    {{"start", 5}, start_name},
    {{"churn", 5}, churn_resolve},
    {{"tier", 4}, tier_resolve},
    {{"idle", 4}, idle_name},
};

/* Names that a later version brings. */
static bool
is_later(struct span name)
{
	static const char *const later_names[] = {
	    "complaints", "clv", "rfm", "nps", "csat", "ces", "stage"};

	for (size_t i = 0; i < sizeof later_names / sizeof later_names[0];
	     i++) {
		if (span_equals(name, span_of(later_names[i])))
			return (true);
	}
	return (false);
}

static enum cel_claim
object_resolve(const struct scope *scope, struct cel_checker *checker,
    const struct cel_node *node, const struct object *object,
    struct cel_leaf *leaf)
{
	if (node->kind == CEL_IDENT) {
		cel_refuse(checker, node, "E110", NULL,
		    "'%.*s' alone is not a value: name a field of it",
		    SPAN_ARGS(node->name));
		return (CEL_REFUSED);
	}
	if (node->target->kind != CEL_IDENT)
		return (CEL_NOT_MINE);
	return (object->resolve(scope, checker, node, leaf));
}

static enum cel_claim
resolve(const struct cel_host *host, struct cel_checker *checker,
    const struct cel_node *node, struct cel_leaf *leaf)
{
	const struct scope *scope = host->context;
	const struct schema *schema = scope->edition->schema;
	struct span root = chain_root(node);
	struct variable *variable;
	int stream;

	if (scope->entry != NULL && node->kind == CEL_IDENT &&
	    entry_name(scope, node, leaf) == CEL_MINE)
		return (CEL_MINE);
	variable = find_variable(scope, root);
	if (variable != NULL)
		return (node->kind == CEL_IDENT ? variable_name(scope, checker,
						      node, variable, leaf)
						: CEL_NOT_MINE);
	for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
		if (span_equals(root, objects[i].name))
			return (object_resolve(
			    scope, checker, node, &objects[i], leaf));
	}
	stream = schema_stream(schema, root);
	if (stream != NO_FIELD)
		return (window_resolve(
		    scope, checker, node, &schema->streams[stream], leaf));
	if (node->kind == CEL_CALL)
		root = node->name;
	return (
	    is_later(root) ? name_later(checker, node, root) : CEL_NOT_MINE);
}

void
scope_ready(struct scope *scope)
{
	scope->host = (struct cel_host){.resolve = resolve, .context = scope};
}

const struct cel_expr *
scope_compile(struct scope *scope, const struct source_text *text,
    enum cel_use use, enum cel_type_kind wanted)
{
	scope->use = use;
	return (cel_compile(scope->arena, text, &scope->host, scope->dialect,
	    use, wanted, scope->report));
}
