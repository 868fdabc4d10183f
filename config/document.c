/*
 * libyaml's events become a tree with positions.  The event API and an own
 * stack, because yaml_parser_load forgets where keys stand, accepts a key
 * twice, and knows no limits.  What YAML reads silently as something else (a
 * tag, an anchor, an alias, a merge key) is refused here: no file of ours
 * needs it, and each has eaten somebody's expression.
 */
#include "config/document.h"

#include <stdint.h>
#include <stdlib.h>
#include <yaml.h>

#include "config/yaml_form.h"
#include "pipeline/base/check.h"

enum { FIRST_ROOM = 8 };

/* A mapping or sequence that is still open. */
struct frame {
	struct node *node;
	struct node **items;
	size_t n;
	size_t room;
};

struct builder {
	struct arena *arena;
	struct report *report;
	struct file *file;
	struct form_cursor cursor;
	struct frame stack[DOCUMENT_DEPTH_MAX + 1]; /* [0]: the documents */
	size_t depth;
	size_t n_nodes;
	bool stop; /* a limit was passed */
};

static void
frame_add(struct arena *arena, struct frame *frame, struct node *node)
{
	if (frame->n == frame->room) {
		size_t room = frame->room == 0 ? FIRST_ROOM : frame->room * 2;
		struct node **items = ARENA_ARRAY(arena, room, struct node *);

		if (frame->n > 0)
			memcpy(items, frame->items,
			    frame->n * sizeof(struct node *));
		frame->items = items;
		frame->room = room;
	}
	frame->items[frame->n++] = node;
}

static void
limit(struct builder *b, const struct node *node, const char *help,
    const char *what)
{
	struct source_text where =
	    place_in(b->arena, b->file, node->start, node->start + 1);

	report_error(b->report, "E030", &where, 0, 1, help, "%s", what);
	b->stop = true;
}

static struct node *
node_new(struct builder *b, enum node_kind kind, const yaml_event_t *event)
{
	struct node *node = ARENA_NEW(b->arena, struct node);

	node->kind = kind;
	node->file = b->file;
	node->start = form_offset(&b->cursor, event->start_mark.index);
	node->end = form_offset(&b->cursor, event->end_mark.index);
	if (++b->n_nodes > FILE_NODES_MAX)
		limit(b, node, "split it into several files",
		    "the file has more than 20,000 nodes");
	return (node);
}

/* Put a node where it belongs: a document, an item, a key or a value. */
static void
place(struct builder *b, struct node *node)
{
	struct frame *frame = &b->stack[b->depth];
	struct node *parent = frame->node;

	node->parent = parent;
	node->flow = parent != NULL &&
		     (parent->flow || b->file->text.at[parent->start] == '{' ||
			 b->file->text.at[parent->start] == '[');
	if (parent != NULL && parent->kind == NODE_MAPPING && frame->n % 2 == 1)
		node->key = frame->items[frame->n - 1];
	frame_add(b->arena, frame, node);
}

static void
open_container(
    struct builder *b, enum node_kind kind, const yaml_event_t *event)
{
	struct node *node = node_new(b, kind, event);

	place(b, node);
	if (b->depth == DOCUMENT_DEPTH_MAX) {
		limit(b, node, NULL, "nested more than 64 deep");
		return;
	}
	b->depth++;
	b->stack[b->depth] = (struct frame){.node = node};
}

static int
compare_keys(const void *a, const void *b)
{
	const struct node *x = *(struct node *const *)a;
	const struct node *y = *(struct node *const *)b;
	int order = span_compare(x->text, y->text);

	if (order != 0)
		return (order);
	return (x->start < y->start ? -1 : x->start > y->start);
}

static void
refuse_duplicate(
    struct builder *b, const struct node *first, struct node *second)
{
	struct source_text where = place_of(second);
	struct span help =
	    arena_print(b->arena, "first given at line %zu, column %zu",
		form_line(b->file->text, first->start),
		form_column(b->file->text, first->start));

	report_error(b->report, "E010", &where, 0, second->text.length, help.at,
	    "'%.*s' is given twice", SPAN_ARGS(second->text));
}

/* Keep each key once, with its first value, and only keys that are words. */
static void
close_mapping(struct builder *b, struct node *node, const struct frame *frame)
{
	size_t n = frame->n / 2;
	struct node **keys = ARENA_ARRAY(b->arena, n, struct node *);
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		keys[i] = frame->items[2 * i];
	qsort(keys, n, sizeof(struct node *), compare_keys);
	for (size_t i = 1; i < n; i++) {
		if (keys[i]->wrong || keys[i - 1]->wrong ||
		    !span_equals(keys[i]->text, keys[i - 1]->text))
			continue;
		refuse_duplicate(b, keys[i - 1], keys[i]);
		keys[i]->wrong = true;
		keys[i] = keys[i - 1];
	}
	for (size_t i = 0; i < n; i++) {
		if (frame->items[2 * i]->wrong) {
			node->cut = true;
			continue;
		}
		frame->items[2 * kept] = frame->items[2 * i];
		frame->items[2 * kept + 1] = frame->items[2 * i + 1];
		kept++;
	}
	node->n = kept;
}

static void
refuse_key(struct builder *b, struct node *key)
{
	struct source_text where =
	    place_in(b->arena, b->file, key->start, key->start + 1);

	report_error(b->report, "E012", &where, 0, 1, NULL,
	    "a key must be a word, not a list or a mapping");
	key->wrong = true;
}

static void
close_container(struct builder *b, const yaml_event_t *event)
{
	const struct frame *frame = &b->stack[b->depth];
	struct node *node = frame->node;

	CHECK(node != NULL); /* libyaml closes what it opened */
	node->end = form_offset(&b->cursor, event->end_mark.index);
	node->items = frame->items;
	node->n = frame->n;
	b->depth--;
	if (node->kind == NODE_MAPPING) {
		for (size_t i = 0; i < frame->n; i += 2) {
			if (frame->items[i]->kind != NODE_SCALAR)
				refuse_key(b, frame->items[i]);
		}
		close_mapping(b, node, frame);
	}
}

static enum node_style
style_of(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return (STYLE_SINGLE);
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return (STYLE_DOUBLE);
	case YAML_LITERAL_SCALAR_STYLE:
		return (STYLE_LITERAL);
	case YAML_FOLDED_SCALAR_STYLE:
		return (STYLE_FOLDED);
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
	default:
		return (STYLE_PLAIN);
	}
}

static void
take_scalar(struct builder *b, const yaml_event_t *event)
{
	struct node *node = node_new(b, NODE_SCALAR, event);

	node->style = style_of(event->data.scalar.style);
	if (event->data.scalar.length > SCALAR_BYTES_MAX) {
		limit(b, node, NULL, "a text has more than 64 KiB");
		return;
	}
	node->text = arena_span(
	    b->arena, (struct span){(const char *)event->data.scalar.value,
			  event->data.scalar.length});
	place(b, node);
	form_check_properties(b->arena, b->report, node,
	    (const char *)event->data.scalar.tag,
	    (const char *)event->data.scalar.anchor);
}

static void
take_container(struct builder *b, const yaml_event_t *event)
{
	bool mapping = event->type == YAML_MAPPING_START_EVENT;
	const yaml_char_t *tag = mapping ? event->data.mapping_start.tag
					 : event->data.sequence_start.tag;
	const yaml_char_t *anchor = mapping ? event->data.mapping_start.anchor
					    : event->data.sequence_start.anchor;

	open_container(b, mapping ? NODE_MAPPING : NODE_SEQUENCE, event);
	if (!b->stop)
		form_check_properties(b->arena, b->report,
		    b->stack[b->depth].node, (const char *)tag,
		    (const char *)anchor);
}

static void
take_alias(struct builder *b, const yaml_event_t *event)
{
	struct node *node = node_new(b, NODE_SCALAR, event);

	place(b, node);
	form_refuse_alias(b->arena, b->report, node);
}

static void
take_document(struct builder *b, const yaml_event_t *event)
{
	struct source_text where;
	size_t at = form_offset(&b->cursor, event->start_mark.index);

	if (event->data.document_start.tag_directives.start ==
	    event->data.document_start.tag_directives.end)
		return;
	where = place_in(b->arena, b->file, at, at + 1);
	report_error(b->report, "E002", &where, 0, 1, "remove the directive",
	    "%%TAG is not used in these files");
}

static void
take(struct builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		take_document(b, event);
		return;
	case YAML_ALIAS_EVENT:
		take_alias(b, event);
		return;
	case YAML_SCALAR_EVENT:
		take_scalar(b, event);
		return;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		take_container(b, event);
		return;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_container(b, event);
		return;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	default:
		return;
	}
}

/* True when the file was read to its end. */
static bool
take_all(struct builder *b, yaml_parser_t *parser)
{
	for (;;) {
		yaml_event_t event;
		yaml_event_type_t type;

		if (!yaml_parser_parse(parser, &event)) {
			form_explain(b->arena, b->report, b->file, parser);
			return (false);
		}
		type = event.type;
		take(b, &event);
		yaml_event_delete(&event);
		if (b->stop)
			return (false);
		if (type == YAML_STREAM_END_EVENT)
			return (true);
	}
}

/* Documents that are closed: the one with a mistake of form is not. */
static struct documents
closed_documents(struct builder *b)
{
	const struct frame *all = &b->stack[0];
	struct documents ret = {.roots = all->items, .n = all->n};

	if (b->depth > 0)
		ret.n--;
	return (ret);
}

struct documents
document_read(struct arena *arena, struct file *file, struct report *report)
{
	struct builder *b = ARENA_NEW(arena, struct builder);
	struct span text = form_after_mark(file->text);
	yaml_parser_t parser;

	*b = (struct builder){.arena = arena, .report = report, .file = file};
	file->whole = false;
	if (!form_legal(arena, file, report))
		return ((struct documents){NULL, 0});
	b->cursor = form_cursor_of(file->text);
	CHECK(yaml_parser_initialize(&parser) == 1);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &parser, (const unsigned char *)text.at, text.length);
	file->whole = take_all(b, &parser);
	yaml_parser_delete(&parser);
	return (closed_documents(b));
}

struct node *
node_value(const struct node *mapping, struct span key)
{
	if (mapping->kind != NODE_MAPPING)
		return (NULL);
	for (size_t i = 0; i < mapping->n; i++) {
		if (span_equals(mapping->items[2 * i]->text, key))
			return (mapping->items[2 * i + 1]);
	}
	return (NULL);
}

bool
node_null(const struct node *node)
{
	return (node->kind == NODE_SCALAR && node->style == STYLE_PLAIN &&
		(node->text.length == 0 || span_equals(node->text, SPAN("~")) ||
		    span_equals(node->text, SPAN("null"))));
}

struct source_text
place_in(struct arena *arena, const struct file *file, size_t start, size_t end)
{
	struct node *node = ARENA_NEW(arena, struct node);

	if (end > file->text.length)
		end = file->text.length;
	if (start > end)
		start = end;
	node->file = file;
	node->start = start;
	node->end = end;
	node->text = (struct span){file->text.at + start, end - start};
	node->verbatim = true;
	return ((struct source_text){node->text, node});
}

struct source_text
place_of(const struct node *node)
{
	return ((struct source_text){node->text, node});
}

bool
place_line(const struct source_text *where, struct span *file, size_t *line)
{
	const struct node *node = where->place;

	if (node == NULL || node->file == NULL)
		return (false);
	*file = node->file->name;
	*line = form_line(node->file->text, node->start);
	return (true);
}
