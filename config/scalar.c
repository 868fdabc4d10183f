#include "config/scalar.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/nearest.h"
#include "config/variable.h"

enum {
	MESSAGE_MAX = 512,
	NAME_MAX_BYTES = 63,
	TOPIC_MAX = 249,
	HOURS = 24,
	MINUTES = 60,
	TIME_LENGTH = 5, /* of "21:00" */
	NUMBER_MAX = 64,
	TEN = 10,
};

struct span
node_title(const struct node *node)
{
	if (node->key == NULL && node->parent != NULL)
		node = node->parent;
	return (node->key != NULL ? node->key->text : SPAN("value"));
}

void
refuse(struct binder *b, const struct node *node, const char *code,
    const char *help, const char *fmt, ...)
{
	char message[MESSAGE_MAX];
	struct source_text where;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	if (node->kind == NODE_SCALAR && node->end == node->start &&
	    node->key != NULL)
		node = node->key;
	where = place_of(node);
	report_error(
	    b->report, code, &where, 0, node->text.length, help, "%s", message);
}

void
refuse_later(struct binder *b, const struct node *node, const char *what)
{
	b->later++;
	refuse(b, node, "E015", NULL, "'%s' is not available in this version",
	    what);
}

/* A scalar with something in it. */
static bool
scalar(struct binder *b, const struct node *node, const char *wanted)
{
	if (node->wrong)
		return (false);
	if (node->kind != NODE_SCALAR) {
		refuse(b, node, "E012", NULL, "'%.*s' must be %s, not a %s",
		    SPAN_ARGS(node_title(node)), wanted,
		    node->kind == NODE_MAPPING ? "mapping" : "list");
		return (false);
	}
	if (node_null(node) || node->text.length == 0) {
		refuse(b, node, "E012", NULL,
		    "'%.*s' has no value, but must be %s",
		    SPAN_ARGS(node_title(node)), wanted);
		return (false);
	}
	return (true);
}

static bool
typed_text(
    struct binder *b, struct node *node, const char *wanted, struct span *ret)
{
	if (!scalar(b, node, wanted) || !variable_expand(b, node))
		return (false);
	*ret = node->text;
	return (true);
}

bool
scalar_text(struct binder *b, struct node *node, struct span *ret)
{
	return (typed_text(b, node, "a text", ret));
}

/* Brackets and quotes that an expression opens and does not close. */
static bool
unbalanced(struct span text)
{
	int depth = 0;
	char quote = '\0';

	for (size_t i = 0; i < text.length; i++) {
		char c = text.at[i];

		if (quote != '\0') {
			if (c == '\\')
				i++;
			else if (c == quote)
				quote = '\0';
		} else if (c == '\'' || c == '"') {
			quote = c;
		} else if (c == '(' || c == '[' || c == '{') {
			depth++;
		} else if (c == ')' || c == ']' || c == '}') {
			depth--;
		}
	}
	return (quote != '\0' || depth > 0);
}

/*
 * YAML ended the expression early: at a comment, or at a comma inside {...}.
 * What is left is a text like any other, but with something open in it.
 */
static bool
cut_short(struct binder *b, struct node *node)
{
	size_t at = node->end;
	struct span file;
	struct span help;

	if (node->style != STYLE_PLAIN || node->verbatim ||
	    !unbalanced(node->text))
		return (false);
	file = node->file->text;
	while (at < file.length && file.at[at] == ' ')
		at++;
	if (at >= file.length ||
	    (file.at[at] != '#' && !(node->flow && file.at[at] == ',')))
		return (false);
	help = arena_print(b->arena, "quote the expression%s",
	    node->flow ? "" : ", or write it as a block with '|'");
	if (file.at[at] == '#')
		refuse(b, node, "E003", help.at,
		    "'#' after a space starts a comment; the expression ends "
		    "at \"%.*s\"",
		    SPAN_ARGS(node->text));
	else
		refuse(b, node, "E004", help.at,
		    "unquoted ',' inside {...} ends the expression at "
		    "\"%.*s\"",
		    SPAN_ARGS(node->text));
	node->cut = true;
	return (true);
}

bool
scalar_expression(struct binder *b, struct node *node, struct source_text *ret)
{
	if (!scalar(b, node, "an expression") || cut_short(b, node))
		return (false);
	*ret = place_of(node);
	return (true);
}

bool
is_name(struct span text)
{
	if (text.length == 0 || text.length > NAME_MAX_BYTES ||
	    text.at[0] < 'a' || text.at[0] > 'z')
		return (false);
	for (size_t i = 1; i < text.length; i++) {
		char c = text.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '_' && c != '-')
			return (false);
	}
	return (true);
}

bool
is_identifier(struct span text)
{
	if (text.length == 0 || text.length > NAME_MAX_BYTES)
		return (false);
	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c != '_' && !isalpha(c) && (i == 0 || !isdigit(c)))
			return (false);
	}
	return (true);
}

bool
scalar_name(struct binder *b, struct node *node, struct span *ret)
{
	struct span text;

	if (!typed_text(b, node, "a name", &text))
		return (false);
	if (!is_name(text)) {
		refuse(b, node, "E012",
		    "lower-case letters, digits, '_' and '-'; a letter first; "
		    "at most 63",
		    "'%.*s' is not a name", SPAN_ARGS(text));
		return (false);
	}
	*ret = text;
	return (true);
}

/* What Kafka allows in the name of a topic. */
static bool
is_topic(struct span name)
{
	bool good = name.length <= TOPIC_MAX && !span_equals(name, SPAN(".")) &&
		    !span_equals(name, SPAN(".."));

	for (size_t i = 0; i < name.length && good; i++) {
		char c = name.at[i];

		good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		       (c >= '0' && c <= '9') || c == '.' || c == '_' ||
		       c == '-';
	}
	return (good);
}

bool
scalar_topic(struct binder *b, struct node *node, struct span *ret)
{
	struct span name;

	if (!typed_text(b, node, "a topic", &name))
		return (false);
	if (!is_topic(name)) {
		refuse(b, node, "E012",
		    "letters, digits, '.', '_' and '-', at most 249",
		    "'%.*s' cannot be the name of a topic", SPAN_ARGS(name));
		return (false);
	}
	*ret = name;
	return (true);
}

/* What loaders of YAML 1.1 read as true or false. */
static bool
yaml11_bool(struct span text)
{
	static const char *const words[] = {"y", "yes", "on", "n", "no", "off",
	    "t", "f", "1", "0", "true", "false"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (text.length == strlen(words[i]) &&
		    strncasecmp(words[i], text.at, text.length) == 0)
			return (true);
	}
	return (false);
}

bool
scalar_bool(struct binder *b, struct node *node, bool *ret)
{
	struct span text;

	if (!typed_text(b, node, "true or false", &text))
		return (false);
	if (span_equals(text, SPAN("true")) ||
	    span_equals(text, SPAN("false"))) {
		*ret = text.at[0] == 't';
		return (true);
	}
	refuse(b, node, "E012",
	    yaml11_bool(text)
		? "write true or false: what yes, no, on and off mean depends "
		  "on the version of YAML"
		: NULL,
	    "'%.*s' must be true or false, found '%.*s'",
	    SPAN_ARGS(node_title(node)), SPAN_ARGS(text));
	return (false);
}

/* Decimal digits with an optional '-'; false also where it does not fit. */
static bool
int_parse(struct span text, int64_t *ret)
{
	bool negative = text.length > 0 && text.at[0] == '-';
	int64_t sum = 0;

	if (text.length == negative)
		return (false);
	if (text.at[negative] == '0' && text.length > (size_t)negative + 1)
		return (false);
	for (size_t i = negative; i < text.length; i++) {
		int digit = text.at[i] - '0';

		if (digit < 0 || digit >= TEN ||
		    __builtin_mul_overflow(sum, (int64_t)TEN, &sum) ||
		    __builtin_sub_overflow(sum, (int64_t)digit, &sum))
			return (false);
	}
	if (!negative && sum == INT64_MIN)
		return (false);
	*ret = negative ? sum : -sum;
	return (true);
}

/* A number in a form that some loaders read and we do not. */
static const char *
int_hint(struct span text)
{
	bool digits = text.length > 0 && text.at[0] >= '0' && text.at[0] <= '9';

	if (digits && memchr(text.at, '_', text.length) != NULL)
		return ("write the number without '_'");
	if (digits && memchr(text.at, ':', text.length) != NULL)
		return ("YAML 1.1 reads this with base 60; write a decimal "
			"number");
	if (digits && text.length > 1 && text.at[0] == '0')
		return ("a number with a leading 0 is octal in YAML 1.1; write "
			"a decimal number");
	return (NULL);
}

bool
scalar_int(
    struct binder *b, struct node *node, int64_t min, int64_t max, int64_t *ret)
{
	struct span text;
	int64_t value;

	if (!typed_text(b, node, "a whole number", &text))
		return (false);
	if (!int_parse(text, &value)) {
		refuse(b, node, "E012", int_hint(text),
		    "'%.*s' must be a whole number, found '%.*s'",
		    SPAN_ARGS(node_title(node)), SPAN_ARGS(text));
		return (false);
	}
	if (value < min || value > max) {
		refuse(b, node, "E014", NULL,
		    "'%.*s' must be from %" PRId64 " to %" PRId64
		    ", found %" PRId64,
		    SPAN_ARGS(node_title(node)), min, max, value);
		return (false);
	}
	*ret = value;
	return (true);
}

/* Digits, '.', digits, exponent: no hex, no inf, no nan. */
static bool
decimal(struct span text)
{
	if (text.length == 0 || text.length >= NUMBER_MAX)
		return (false);
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] == '\0' ||
		    strchr("0123456789.eE+-", text.at[i]) == NULL)
			return (false);
	}
	return (true);
}

bool
scalar_double(struct binder *b, struct node *node, double *ret)
{
	char number[NUMBER_MAX];
	char *end = number;
	struct span text;
	double value = NAN;

	if (!typed_text(b, node, "a number", &text))
		return (false);
	if (decimal(text)) {
		memcpy(number, text.at, text.length);
		number[text.length] = '\0';
		value = strtod(number, &end);
	}
	if (end == number || *end != '\0' || !isfinite(value)) {
		refuse(b, node, "E012", NULL,
		    "'%.*s' must be a number, found '%.*s'",
		    SPAN_ARGS(node_title(node)), SPAN_ARGS(text));
		return (false);
	}
	*ret = value;
	return (true);
}

struct span
duration_text(struct arena *arena, duration_ms length)
{
	static const struct unit {
		const char *name;
		duration_ms length;
	} units[] = {
	    {"d", DAY_MS}, {"h", HOUR_MS}, {"m", MINUTE_MS}, {"s", SECOND_MS}};

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (length > 0 && length % units[i].length == 0)
			return (arena_print(arena, "%" PRId64 "%s",
			    length / units[i].length, units[i].name));
	}
	return (
	    arena_print(arena, length == 0 ? "0s" : "%" PRId64 "ms", length));
}

static const char *
duration_hint(struct span text)
{
	if (text.length > 0 && text.at[0] == 'P')
		return ("a calendar duration is possible for 'reentry' alone; "
			"write 30d, 12h");
	return ("a whole number and one unit: 90s, 15m, 12h, 30d, 4w");
}

bool
scalar_duration(struct binder *b, struct node *node, duration_ms min,
    duration_ms max, duration_ms *ret)
{
	struct failure why = {{0}};
	duration_ms value;
	struct span text;

	if (!typed_text(b, node, "a duration", &text))
		return (false);
	if (duration_parse(text, &value, &why) != DONE) {
		refuse(b, node, "E012", duration_hint(text),
		    "'%.*s' must be a duration: %s",
		    SPAN_ARGS(node_title(node)), why.text);
		return (false);
	}
	if (value < min || (max > 0 && value > max)) {
		refuse(b, node, "E014", NULL,
		    max > 0 ? "'%.*s' must be from %s to %s, found %.*s"
			    : "'%.*s' must be at least %s%.0s, found %.*s",
		    SPAN_ARGS(node_title(node)),
		    duration_text(b->arena, min).at,
		    duration_text(b->arena, max).at, SPAN_ARGS(text));
		return (false);
	}
	*ret = value;
	return (true);
}

bool
time_of_day_parse(struct span text, duration_ms *ret)
{
	int hour;
	int minute;

	if (text.length != TIME_LENGTH || text.at[2] != ':')
		return (false);
	for (size_t i = 0; i < TIME_LENGTH; i++) {
		if (i != 2 && (text.at[i] < '0' || text.at[i] > '9'))
			return (false);
	}
	hour = (text.at[0] - '0') * 10 + (text.at[1] - '0');
	minute = (text.at[3] - '0') * 10 + (text.at[4] - '0');
	if (hour >= HOURS || minute >= MINUTES)
		return (false);
	*ret = hour * HOUR_MS + minute * MINUTE_MS;
	return (true);
}

bool
scalar_time_of_day(struct binder *b, struct node *node, duration_ms *ret)
{
	struct span text;

	if (!typed_text(b, node, "a time of day", &text))
		return (false);
	if (time_of_day_parse(text, ret))
		return (true);
	refuse(b, node, "E012", "two digits each, 00:00 to 23:59: \"09:00\"",
	    "'%.*s' must be a time of day, found '%.*s'",
	    SPAN_ARGS(node_title(node)), SPAN_ARGS(text));
	return (false);
}

bool
scalar_money(struct binder *b, struct node *node, int64_t *ret)
{
	struct failure why = {{0}};
	struct span text;

	if (!typed_text(b, node, "an amount of money", &text))
		return (false);
	if (b->currency == NULL) {
		*ret = 0;
		return (true);
	}
	if (money_parse(text, b->currency, ret, &why) == DONE)
		return (true);
	refuse(b, node, "E012", NULL,
	    "'%.*s' must be an amount in %s, found '%.*s': %s",
	    SPAN_ARGS(node_title(node)), b->currency->code, SPAN_ARGS(text),
	    why.text);
	return (false);
}

bool
scalar_word(struct binder *b, struct node *node, const struct word *words,
    size_t n_words, int *ret)
{
	struct span *names = ARENA_ARRAY(b->arena, n_words, struct span);
	size_t n = 0;
	struct span text;

	if (!typed_text(b, node, "a word", &text))
		return (false);
	for (size_t i = 0; i < n_words; i++) {
		if (!span_equals(text, span_of(words[i].name))) {
			if (!words[i].later)
				names[n++] = span_of(words[i].name);
			continue;
		}
		if (words[i].later) {
			refuse_later(b, node, words[i].name);
			return (false);
		}
		*ret = words[i].value;
		return (true);
	}
	refuse(b, node, "E012", nearest_help(b->arena, text, names, n).at,
	    "'%.*s' cannot be '%.*s'", SPAN_ARGS(node_title(node)),
	    SPAN_ARGS(text));
	return (false);
}
