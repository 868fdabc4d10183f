#include "config/variable.h"

#include <stdio.h>

#include "config/path.h"
#include "pipeline/base/buffer.h"

static struct span
part(struct span text, size_t from, size_t to)
{
	return ((struct span){text.at + from, to - from});
}

/* The place of "}" from `from` on; text.length if there is none. */
static size_t
closing(struct span text, size_t from)
{
	while (from < text.length && text.at[from] != '}')
		from++;
	return (from);
}

/*
 * A variable that is not set.  Who checks files sits elsewhere than the daemon,
 * so it is told that a value could not be looked at, and no more.
 */
static void
miss(struct binder *b, const struct node *node, struct span name)
{
	const char *help = arena_print(b->arena,
	    "set it, or give a default: ${%.*s:-default}", SPAN_ARGS(name))
			       .at;
	struct source_text where = place_of(node);

	if (b->running)
		refuse(b, node, "E018", help,
		    "the environment has no variable '%.*s'", SPAN_ARGS(name));
	else
		report_warning(b->report, "W018", &where, 0, where.text.length,
		    help,
		    "the environment has no variable '%.*s': the value is not "
		    "checked",
		    SPAN_ARGS(name));
}

/* What stands between the braces: NAME or NAME:-default. */
static bool
expand_one(struct binder *b, const struct node *node, struct span inside,
    struct buffer *to)
{
	size_t colon = 0;
	bool has_default;
	struct span name;
	const char *value;

	while (colon < inside.length && inside.at[colon] != ':')
		colon++;
	name = part(inside, 0, colon);
	has_default = colon + 1 < inside.length && inside.at[colon + 1] == '-';
	if (!is_identifier(name) || (colon < inside.length && !has_default)) {
		refuse(b, node, "E018", "write ${NAME} or ${NAME:-default}",
		    "'${%.*s}' is no variable", SPAN_ARGS(inside));
		return (false);
	}
	if (b->variable == NULL) {
		if (has_default)
			buffer_span_add(
			    to, part(inside, colon + 2, inside.length));
		return (true);
	}
	value = b->variable(arena_span(b->arena, name).at);
	if ((value == NULL || *value == '\0') && has_default) {
		buffer_span_add(to, part(inside, colon + 2, inside.length));
		return (true);
	}
	if (value == NULL) {
		miss(b, node, name);
		return (false);
	}
	buffer_span_add(to, span_of(value));
	return (true);
}

bool
variable_expand(struct binder *b, struct node *node)
{
	struct span text = node->text;
	struct buffer to;

	if (node->expanded || memchr(text.at, '$', text.length) == NULL)
		return (true);
	buffer_init(&to, b->arena);
	for (size_t i = 0; i < text.length; i++) {
		char next = '\0';
		size_t end;

		if (i + 1 < text.length)
			next = text.at[i + 1];
		if (text.at[i] != '$' || (next != '$' && next != '{')) {
			buffer_char(&to, text.at[i]);
			continue;
		}
		if (next == '$') {
			buffer_char(&to, '$');
			i++;
			continue;
		}
		end = closing(text, i);
		if (end == text.length)
			refuse(b, node, "E018", "write $$ for a '$'",
			    "'${' without '}'");
		if (end == text.length ||
		    !expand_one(b, node, part(text, i + 2, end), &to)) {
			node->wrong = true;
			return (false);
		}
		i = end;
	}
	node->text = arena_span(b->arena, buffer_span(&to));
	node->expanded = true;
	return (true);
}

bool
secret_read(struct binder *b, struct node *node, struct span *ret)
{
	enum { SECRET_MAX = 64 * 1024 };
	struct failure why = {{0}};
	struct span text = SPAN("");
	struct span path;

	if (!scalar_text(b, node, &path))
		return (false);
	if (!b->running) {
		*ret = text;
		return (true);
	}
	path = path_beside(b->arena, node->file->name, path);
	if (path_read(b->arena, path, SECRET_MAX, &text, &why) != DONE) {
		refuse(b, node, "E021", NULL, "'%.*s': %s",
		    SPAN_ARGS(node_title(node)), why.text);
		return (false);
	}
	while (text.length > 0 && (text.at[text.length - 1] == '\n' ||
				      text.at[text.length - 1] == '\r'))
		text.length--;
	*ret = arena_span(b->arena, text);
	return (true);
}
