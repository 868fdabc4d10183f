/*
 * simdjson's forward-only reader, walked over the whole text.  It checks only
 * what it is asked for, so everything is asked for: each name, each string,
 * each literal, each number against the grammar, and that nothing follows.
 */
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <utility>

#include "pipeline/bridge/border.hpp"

extern "C" {
#include "pipeline/bridge/json.h"
}

using namespace simdjson;

struct json_reader {
	ondemand::parser parser;
	struct arena *tree;
};

namespace {

/* A tree larger than this is not kept for the next text. */
constexpr size_t TREE_KEPT = size_t{1} << 20;

struct walk {
	struct arena *tree;
	struct arena *texts;
	unsigned depth;
	bool too_deep;
};

struct span
span_over(std::string_view text) noexcept
{
	return {text.data(), text.size()};
}

/*
 * The characters behind an opening quote, if none is escaped: they can stay
 * where they are, in the arena's copy of the text.  simdjson has checked that
 * the string is closed and that it holds no control character.
 */
bool
plain_string(const char *at, struct span *ret) noexcept
{
	const char *end = at;

	while (*end != '"' && *end != '\\')
		end++;
	*ret = {at, static_cast<size_t>(end - at)};
	return (*end == '"');
}

bool
is_digit(const char *at, const char *end) noexcept
{
	return (at < end && *at >= '0' && *at <= '9');
}

/* One digit or more. */
bool
skip_digits(const char *&at, const char *end) noexcept
{
	if (!is_digit(at, end))
		return (false);
	while (is_digit(at, end))
		at++;
	return (true);
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
bool
is_number(std::string_view token) noexcept
{
	const char *at = token.data();
	const char *end = at + token.size();

	if (at < end && *at == '-')
		at++;
	if (at < end && *at == '0')
		at++;
	else if (!skip_digits(at, end))
		return (false);
	if (at < end && *at == '.' && !skip_digits(++at, end))
		return (false);
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		if (!skip_digits(at, end))
			return (false);
	}
	return (at == end);
}

/* simdjson's token runs on to the next one: without the space behind it. */
std::string_view
trim(std::string_view token) noexcept
{
	size_t last = token.find_last_not_of(" \t\r\n");

	return (token.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

bool
read_plain(std::string_view token, struct json *node) noexcept
{
	if (token == "null") {
		node->kind = JSON_NULL;
		return (true);
	}
	if (token == "true" || token == "false") {
		node->kind = JSON_BOOL;
		node->truth = token == "true";
		return (true);
	}
	node->kind = JSON_NUMBER;
	node->text = span_over(token);
	return (is_number(token));
}

/*
 * Strings are taken, not left for simdjson to skip: skipping takes one in front
 * of a colon for a name, even where no name may be.
 */
bool
read_string(struct walk &walk, ondemand::value value, const char *quote,
    struct json *node) noexcept
{
	ondemand::raw_json_string raw;
	std::string_view text;

	node->kind = JSON_STRING;
	if (plain_string(quote + 1, &node->text))
		return (value.get_raw_json_string().get(raw) == SUCCESS);
	if (value.get_string().get(text) != SUCCESS)
		return (false);
	node->text = arena_span(walk.texts, span_over(text));
	return (true);
}

bool
read_name(struct walk &walk, ondemand::field &field, struct json *node) noexcept
{
	std::string_view text;

	if (plain_string(field.key().raw(), &node->name))
		return (true);
	if (field.unescaped_key().get(text) != SUCCESS)
		return (false);
	node->name = arena_span(walk.texts, span_over(text));
	return (true);
}

struct json *
append(struct walk &walk, const struct json **&link) noexcept
{
	struct json *node = ARENA_NEW(walk.tree, struct json);

	*link = node;
	link = &node->next;
	return (node);
}

bool read_value(
    struct walk &walk, ondemand::value value, struct json *node) noexcept;

/* A value of a value: the recursion ends at JSON_DEPTH_MAX. */
bool
read_members(struct walk &walk, /* NOLINT(misc-no-recursion) */
    ondemand::object object, struct json *node) noexcept
{
	const struct json **link = &node->first;

	for (auto member : object) {
		struct json *child = append(walk, link);
		ondemand::field field;

		if (std::move(member).get(field) != SUCCESS ||
		    !read_name(walk, field, child) ||
		    !read_value(walk, field.value(), child))
			return (false);
	}
	return (true);
}

bool
read_elements(struct walk &walk, /* NOLINT(misc-no-recursion) */
    ondemand::array array, struct json *node) noexcept
{
	const struct json **link = &node->first;

	for (auto element : array) {
		ondemand::value value;

		if (std::move(element).get(value) != SUCCESS ||
		    !read_value(walk, value, append(walk, link)))
			return (false);
	}
	return (true);
}

/* From is an ondemand::value, or the document itself. */
template <typename From>
bool
read_object(struct walk &walk, From &from, /* NOLINT(misc-no-recursion) */
    struct json *node) noexcept
{
	ondemand::object object;

	node->kind = JSON_OBJECT;
	return (from.get_object().get(object) == SUCCESS &&
		read_members(walk, object, node));
}

bool
read_array(struct walk &walk, /* NOLINT(misc-no-recursion) */
    ondemand::value &value, struct json *node) noexcept
{
	ondemand::array array;

	node->kind = JSON_ARRAY;
	return (value.get_array().get(array) == SUCCESS &&
		read_elements(walk, array, node));
}

bool
read_nested(struct walk &walk, /* NOLINT(misc-no-recursion) */
    ondemand::value &value, bool object, struct json *node) noexcept
{
	bool ok;

	if (walk.depth == JSON_DEPTH_MAX) {
		walk.too_deep = true;
		return (false);
	}
	walk.depth++;
	ok = object ? read_object(walk, value, node)
		    : read_array(walk, value, node);
	walk.depth--;
	return (ok);
}

bool
read_value(struct walk &walk, /* NOLINT(misc-no-recursion) */
    ondemand::value value, struct json *node) noexcept
{
	std::string_view token = trim(value.raw_json_token());

	if (token.empty())
		return (false);
	switch (token.front()) {
	case '{':
	case '[':
		return (read_nested(walk, value, token.front() == '{', node));
	case '"':
		return (read_string(walk, value, token.data(), node));
	default:
		return (read_plain(token, node));
	}
}

/* The whole text; the node is good only if so. */
bool
read_text(struct json_reader *reader, struct walk &walk,
    padded_string_view text, struct json *node) noexcept
{
	ondemand::document document;

	return (reader->parser.iterate(text).get(document) == SUCCESS &&
		read_object(walk, document, node) &&
		document.current_location().error() == OUT_OF_BOUNDS);
}

/* A copy, with the room behind it that simdjson may read. */
padded_string_view
pad(struct arena *arena, struct span text) noexcept
{
	size_t room = text.length + SIMDJSON_PADDING;
	char *copy = static_cast<char *>(arena_alloc(arena, room));

	if (text.length > 0)
		std::memcpy(copy, text.at, text.length);
	return (padded_string_view(copy, text.length, room));
}

/* A tree that one huge text made does not stay for ever. */
void
drop_tree(struct json_reader *reader) noexcept
{
	if (arena_used(reader->tree) <= TREE_KEPT) {
		arena_reset(reader->tree);
		return;
	}
	arena_free(reader->tree);
	reader->tree = arena_new();
}

struct json_reader *
make_reader() noexcept
{
	/* NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): see border.hpp */
	struct json_reader *reader = new json_reader;

	reader->tree = arena_new();
	return (reader);
}

/* from_chars does not say whether a number is too large or too small. */
double
beyond_range(struct span token) noexcept
{
	return (
	    std::strtod(std::string(token.at, token.length).c_str(), nullptr));
}

} // namespace

struct json_reader *
json_reader_new(void)
{
	return (make_reader());
}

void
json_reader_free(struct json_reader *reader)
{
	if (reader == nullptr)
		return;
	arena_free(reader->tree);
	delete reader;
}

enum outcome
json_read(struct json_reader *reader, struct span text, struct arena *arena,
    const struct json **ret, enum json_error *error, struct failure *why)
{
	struct walk walk = {nullptr, arena, 1, false};
	struct json *root;

	drop_tree(reader);
	walk.tree = reader->tree;
	root = ARENA_NEW(walk.tree, struct json);
	if (read_text(reader, walk, pad(arena, text), root)) {
		*ret = root;
		return (DONE);
	}
	*error = walk.too_deep ? JSON_TOO_DEEP : JSON_BROKEN;
	return (fail_with(why, REJECT,
	    walk.too_deep ? "JSON that is too deep" : "not a JSON object"));
}

bool
json_number(struct span token, double *ret)
{
	const char *end = token.at + token.length;
	double v;
	auto got = std::from_chars(token.at, end, v);

	if (got.ec == std::errc::result_out_of_range)
		v = beyond_range(token);
	if (got.ec == std::errc::invalid_argument || got.ptr != end ||
	    std::isinf(v))
		return (false);
	*ret = v;
	return (true);
}
