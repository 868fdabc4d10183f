/*
 * Finding things in a tree of JSON: by name, and by JSON pointer (RFC 6901).
 */
#include "pipeline/base/money.h"
#include "pipeline/bridge/json.h"

const struct json *
json_member(const struct json *object, struct span name)
{
	const struct json *found = NULL;

	if (object->kind != JSON_OBJECT)
		return (NULL);
	for (const struct json *j = object->first; j != NULL; j = j->next) {
		if (span_equals(j->name, name))
			found = j;
	}
	return (found);
}

static const struct json *
element(const struct json *array, size_t index)
{
	const struct json *j = array->first;

	for (size_t i = 0; j != NULL && i < index; i++)
		j = j->next;
	return (j);
}

const struct json *
json_find(const struct json *root, const struct json_pointer *pointer)
{
	const struct json *at = root;

	for (size_t i = 0; i < pointer->n && at != NULL; i++) {
		const struct json_token *token = &pointer->tokens[i];

		at = at->kind == JSON_ARRAY ? element(at, token->index)
					    : json_member(at, token->name);
	}
	return (at);
}

/* RFC 6901: digits without a zero in front; SIZE_MAX for anything else. */
static size_t
index_of(struct span name)
{
	const size_t most = (SIZE_MAX - 9) / 10;
	size_t index = 0;

	if (name.length == 0 || (name.length > 1 && name.at[0] == '0'))
		return (SIZE_MAX);
	for (size_t i = 0; i < name.length; i++) {
		if (name.at[i] < '0' || name.at[i] > '9' || index > most)
			return (SIZE_MAX);
		index = index * 10 + (size_t)(name.at[i] - '0');
	}
	return (index);
}

/* Undo ~0 and ~1; false: another '~'. */
static bool
unescape(struct arena *arena, struct span from, struct span *ret)
{
	char *to = arena_alloc(arena, from.length + 1);
	size_t n = 0;

	for (size_t i = 0; i < from.length; i++, n++) {
		to[n] = from.at[i];
		if (from.at[i] != '~')
			continue;
		if (++i == from.length ||
		    (from.at[i] != '0' && from.at[i] != '1'))
			return (false);
		to[n] = from.at[i] == '0' ? '~' : '/';
	}
	*ret = (struct span){to, n};
	return (true);
}

/* The text up to the next slash, taken off its front. */
static struct span
take_token(struct span *text)
{
	const char *slash = memchr(text->at, '/', text->length);
	size_t n = slash == NULL ? text->length : (size_t)(slash - text->at);
	struct span token = {text->at, n};

	text->at += n;
	text->length -= n;
	return (token);
}

static size_t
count_slashes(struct span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.length; i++)
		n += text.at[i] == '/' ? 1 : 0;
	return (n);
}

enum outcome
json_pointer_compile(struct arena *arena, struct span text,
    struct json_pointer *ret, struct failure *why)
{
	size_t n = count_slashes(text);
	struct json_token *tokens = ARENA_ARRAY(arena, n, struct json_token);
	struct span left = text;

	if (text.length > 0 && text.at[0] != '/')
		return (fail_with(why, REJECT,
		    "'%.*s' is no JSON pointer: it begins with no '/'",
		    SPAN_ARGS(text)));
	for (size_t i = 0; i < n; i++) {
		left.at++;
		left.length--;
		if (!unescape(arena, take_token(&left), &tokens[i].name))
			return (fail_with(why, REJECT,
			    "'%.*s' is no JSON pointer: '~' must be followed "
			    "by 0 or 1",
			    SPAN_ARGS(text)));
		tokens[i].index = index_of(tokens[i].name);
	}
	*ret = (struct json_pointer){tokens, n};
	return (DONE);
}

/* Exact decimals to whole units is what money does already. */
bool
json_integer(struct span token, int64_t *ret)
{
	static const struct currency whole = {"", 0};

	return (money_parse(token, &whole, ret, NULL) == DONE);
}
