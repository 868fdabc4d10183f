/*
 * Lines of CEL's own acceptance tests, if they lie beside the repository (or
 * where KITH_CONFORMANCE says): the core of the language.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "pipeline/bridge/json.h"
#include "pipeline/bridge/zones.h"
#include "pipeline/cel/compare.h"
#include "pipeline/cel/convert.h"
#include "pipeline/cel/type.h"

/* A line, and what its names are. */
struct line {
	struct arena *arena;
	const struct json *json;
	const struct zones *zones;
	struct report report;
	char finding[512];
};

static int64_t
integer(const struct json *json)
{
	return (strtoll(json->text.at, NULL, 10));
}

static struct span
member_text(const struct json *json, const char *name)
{
	const struct json *member = json_member(json, span_of(name));

	return (member == NULL ? (struct span){"", 0} : member->text);
}

/* base64 with padding */
static struct value
bytes_of(struct arena *arena, struct span text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = arena_alloc(arena, text.length + 1);
	uint32_t bits = 0;
	uint32_t n = 0;

	for (size_t i = 0; i < text.length && text.at[i] != '='; i++) {
		bits =
		    bits << 6 | (uint32_t)(strchr(digits, text.at[i]) - digits);
		if (i % 4 > 0)
			out[n++] = (char)(bits >> (6 - i % 4 * 2));
	}
	return ((struct value){.kind = VALUE_BYTES, .length = n, .text = out});
}

static struct value
time_of(const struct json *json, enum value_kind kind)
{
	int64_t s = integer(json_member(json, SPAN("s")));
	int64_t ns = integer(json_member(json, SPAN("ns")));
	struct value v = {.kind = (uint8_t)kind};

	v.i = s * 1000 + (ns >= 0 ? ns / 1000000 : -((999999 - ns) / 1000000));
	v.length = (uint32_t)(s * 1000000000 + ns - v.i * 1000000);
	return (v);
}

static struct value value_of(struct arena *arena, const struct json *json);

static struct value
list_of(struct arena *arena, const struct json *json, bool map)
{
	struct value v = {.kind = map ? VALUE_MAP : VALUE_LIST};
	struct value *items;
	uint32_t n = 0;

	for (const struct json *at = json->first; at != NULL; at = at->next)
		n++;
	items = ARENA_ARRAY(arena, 2 * n + 1, struct value);
	v.length = n;
	v.items = items;
	for (const struct json *at = json->first; at != NULL; at = at->next) {
		if (map) {
			*items++ = value_of(arena, at->first);
			*items++ = value_of(arena, at->first->next);
		} else
			*items++ = value_of(arena, at);
	}
	return (v);
}

static struct value
value_of(struct arena *arena, const struct json *json)
{
	struct span t = member_text(json, "t");
	const struct json *v = json_member(json, SPAN("v"));
	struct value value = {.kind = VALUE_NULL};

	if (span_equals(t, SPAN("int")))
		return (value_int(integer(v)));
	if (span_equals(t, SPAN("uint")))
		return (cel_uint(strtoull(v->text.at, NULL, 10)));
	if (span_equals(t, SPAN("double"))) {
		value.kind = VALUE_DOUBLE;
		value.u = strtoull(member_text(json, "bits").at, NULL, 16);
	} else if (span_equals(t, SPAN("string")))
		return (value_string(v->text));
	else if (span_equals(t, SPAN("bytes")))
		return (bytes_of(arena, member_text(json, "b64")));
	else if (span_equals(t, SPAN("bool")))
		return (value_bool(v->truth));
	else if (span_equals(t, SPAN("list")))
		return (list_of(arena, v, false));
	else if (span_equals(t, SPAN("map")))
		return (list_of(arena, v, true));
	else if (span_equals(t, SPAN("type")))
		return (cel_type_value(
		    cel_kind_named(span_equals(v->text, SPAN("timestamp"))
				       ? SPAN("google.protobuf.Timestamp")
				   : span_equals(v->text, SPAN("duration"))
				       ? SPAN("google.protobuf.Duration")
				       : v->text)));
	else if (span_equals(t, SPAN("timestamp")))
		return (time_of(json, VALUE_TIMESTAMP));
	else if (span_equals(t, SPAN("duration")))
		return (time_of(json, VALUE_DURATION));
	return (value);
}

/* "map(string, list(int))"; *text moves behind it */
static struct cel_type
type_of(struct arena *arena, struct span *text)
{
	struct span name = {text->at, 0};
	struct cel_type first;
	struct cel_type second;
	enum cel_type_kind kind;

	while (text->length > 0 && strchr("(), ", *text->at) == NULL) {
		text->at++;
		text->length--;
		name.length++;
	}
	kind = cel_kind_named(name);
	if (span_equals(name, SPAN("timestamp")))
		kind = CEL_TYPE_TIMESTAMP;
	if (span_equals(name, SPAN("duration")))
		kind = CEL_TYPE_DURATION;
	if (kind == CEL_TYPE_WRONG)
		kind = CEL_TYPE_DYN;
	if (text->length == 0 || *text->at != '(')
		return (cel_type_of(kind));
	text->at++;
	text->length--;
	first = type_of(arena, text);
	if (text->length > 2 && *text->at == ',') {
		text->at += 2;
		text->length -= 2;
		second = type_of(arena, text);
		text->at++;
		text->length--;
		return (cel_type_map(arena, &first, &second));
	}
	text->at++;
	text->length--;
	if (kind != CEL_TYPE_LIST)
		return (cel_type_of(kind));
	return (cel_type_list(arena, &first));
}

/* a.b.c, or empty: it is no name. */
static struct span
dotted(struct arena *arena, const struct cel_node *node)
{
	struct span target;

	if (node->kind == CEL_IDENT)
		return (node->name);
	if (node->kind != CEL_SELECT)
		return ((struct span){"", 0});
	target = dotted(arena, node->target);
	if (target.length == 0)
		return (target);
	return (arena_print(
	    arena, "%.*s.%.*s", SPAN_ARGS(target), SPAN_ARGS(node->name)));
}

static struct value
read_binding(const struct cel_leaf *leaf, struct cel_eval *ev)
{
	if (leaf->data == NULL)
		return (value_error("unbound"));
	return (value_of(ev->arena, leaf->data));
}

static bool
declared(const struct line *line, struct span name, struct cel_leaf *leaf)
{
	const struct json *env = json_member(line->json, SPAN("type_env"));
	const struct json *bindings = json_member(line->json, SPAN("bindings"));
	const struct json *at = env == NULL ? NULL : env->first;

	leaf->data = bindings == NULL ? NULL : json_member(bindings, name);
	leaf->read = read_binding;
	leaf->class = CEL_K;
	for (; at != NULL; at = at->next) {
		struct span type = member_text(at, "type");

		if (!span_equals(member_text(at, "name"), name))
			continue;
		leaf->type = type_of(line->arena, &type);
		return (true);
	}
	leaf->type = cel_type_of(CEL_TYPE_DYN);
	return (leaf->data != NULL);
}

/* In a container a.b: a.b.x, then a.x, then x. */
static enum cel_claim
resolve(const struct cel_host *host, struct cel_checker *checker,
    const struct cel_node *node, struct cel_leaf *leaf)
{
	const struct line *line = host->context;
	struct span name = dotted(cel_checker_arena(checker), node);
	struct span container = member_text(line->json, "container");

	if (name.length == 0)
		return (CEL_NOT_MINE);
	if (name.at[0] == '.') {
		name.at++;
		name.length--;
		container.length = 0;
	}
	for (;;) {
		struct span full =
		    container.length == 0
			? name
			: arena_print(line->arena, "%.*s.%.*s",
			      SPAN_ARGS(container), SPAN_ARGS(name));

		if (declared(line, full, leaf))
			return (CEL_MINE);
		if (container.length == 0)
			return (CEL_NOT_MINE);
		while (container.length > 0 &&
		       container.at[--container.length] != '.')
			;
	}
}

static void
add(struct report *report, const struct finding *finding)
{
	struct line *line =
	    (struct line *)(void *)((char *)report -
				    offsetof(struct line, report));

	(void)snprintf(line->finding, sizeof line->finding, "%s %.*s",
	    finding->code, SPAN_ARGS(finding->message));
}

static bool
is_true(const struct json *json, const char *name)
{
	const struct json *member = json_member(json, span_of(name));

	return (member != NULL && member->truth);
}

/* The same kind and value; NaN is NaN, and -0.0 is not 0.0. */
static bool
same(struct cel_run *run, struct value a, struct value b)
{
	if (a.kind != b.kind)
		return (false);
	if (a.kind == VALUE_DOUBLE)
		return (a.u == b.u || (a.d != a.d && b.d != b.d));
	if (a.kind == VALUE_LIST) {
		for (uint32_t i = 0; i < a.length && i < b.length; i++) {
			if (!same(run, a.items[i], b.items[i]))
				return (false);
		}
		return (a.length == b.length);
	}
	return (cel_values_equal(run, a, b) == CEL_SAME);
}

/* Or none is wanted. */
static bool
has_type(const struct line *line, const struct json *expect,
    const struct cel_type *type)
{
	const struct json *wanted = json_member(expect, SPAN("type"));

	return (wanted == NULL ||
		span_equals(cel_type_text(line->arena, type), wanted->text));
}

/* NULL if the line passes, else why it does not. */
static const char *
judge(struct line *line)
{
	const struct json *expect = json_member(line->json, SPAN("expect"));
	const struct json *wanted = json_member(expect, SPAN("value"));
	struct cel_host host = {resolve, line};
	struct cel_dialect dialect = {.currency = {"EUR", 2},
	    .zones = line->zones,
	    .unchecked = is_true(line->json, "disable_check")};
	struct source_text text = {.text = member_text(line->json, "expr")};
	const struct cel_expr *expr = cel_compile(line->arena, &text, &host,
	    &dialect, CEL_AT_ONCE, CEL_TYPE_DYN, &line->report);
	struct cel_eval ev = {
	    .until = INSTANT_NEVER, .arena = line->arena, .zones = line->zones};
	struct cel_run run;
	struct value v;

	if (expr == NULL)
		return (line->finding);
	if (!has_type(line, expect, cel_expr_type(expr)))
		return ("another type");
	if (is_true(line->json, "check_only"))
		return (NULL);
	v = cel_evaluate(expr, &ev);
	if (wanted == NULL)
		return (v.kind == VALUE_ERROR ? NULL : "no error");
	cel_run_init(&run, expr, &ev);
	if (same(&run, v, value_of(line->arena, wanted)))
		return (NULL);
	return (v.kind == VALUE_ERROR ? v.error : "another value");
}

static const char *
folder(void)
{
	const char *set = getenv("KITH_CONFORMANCE");

	return (set != NULL ? set : "../shared/conformance");
}

/* How many lines of a file pass; those that do not are named. */
static void
run_file(const char *name, const struct zones *zones, int *passed, int *failed)
{
	enum { PATH = 512 };
	struct json_reader *reader = json_reader_new();
	struct line line = {
	    .arena = arena_new(), .zones = zones, .report = {.add = add}};
	char path[PATH];
	char *text = NULL;
	size_t room = 0;
	ssize_t n;
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/shown/%s.jsonl", folder(), name);
	file = fopen(path, "re");
	while (file != NULL && (n = getline(&text, &room, file)) > 0) {
		struct failure why;
		enum json_error error;
		const char *wrong;

		arena_reset(line.arena);
		if (json_read(reader, (struct span){text, (size_t)n},
			line.arena, &line.json, &error, &why) != DONE)
			fail_msg("%s: %s", path, why.text);
		if (json_member(line.json, SPAN("requires"))->first != NULL)
			continue;
		wrong = judge(&line);
		*(wrong == NULL ? passed : failed) += 1;
		if (wrong != NULL)
			print_message("%.*s: %.*s: %s\n",
			    SPAN_ARGS(member_text(line.json, "id")),
			    SPAN_ARGS(member_text(line.json, "expr")), wrong);
	}
	if (file != NULL)
		(void)fclose(file);
	free(text);
	arena_free(line.arena);
	json_reader_free(reader);
}

static void
core_lines_pass(void **state)
{
	static const char *const files[] = {"basic", "comparisons",
	    "conversions", "fields", "fp_math", "integer_math", "lists",
	    "logic", "macros", "namespace", "parse", "plumbing", "string",
	    "timestamps", "type_deduction"};
	struct arena *arena = arena_new();
	const struct zones *zones;
	struct failure why;
	int passed = 0;
	int failed = 0;

	(void)state;
	assert_int_equal(zones_load(arena, &zones, &why), DONE);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		run_file(files[i], zones, &passed, &failed);
	arena_free(arena);
	if (passed + failed == 0)
		skip();
	print_message("%d passed, %d failed\n", passed, failed);
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(core_lines_pass),
	};

	return (
	    cmocka_run_group_tests_name("cel conformance", tests, NULL, NULL));
}
