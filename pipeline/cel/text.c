/* Functions over strings, bytes, lists and maps. */
#include "pipeline/cel/text.h"

#include "pipeline/cel/code_point.h"

/* Of compiling a pattern, in bytes' worth of fuel. */
enum { PATTERN_COST = 1024 };

/* NOLINTBEGIN(misc-unused-parameters): all rows have one shape. */

struct value
cel_text_size(struct cel_run *run, const struct value *args)
{
	if (!cel_run_charge(run, args[0].length))
		return (cel_run_exhausted());
	return (value_int((int64_t)code_points(value_text(args[0]))));
}

struct value
cel_bytes_size(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (value_int(args[0].length));
}

struct value
cel_list_size(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (value_int(args[0].length));
}

/* Of two strings, or of two bytes. */
struct value
cel_text_add(struct cel_run *run, const struct value *args)
{
	struct value v = {.kind = args[0].kind};
	size_t length = (size_t)args[0].length + args[1].length;
	char *text = cel_run_alloc(run, length + 1);

	if (text == NULL)
		return (cel_run_exhausted());
	if (args[0].length > 0)
		memcpy(text, args[0].text, args[0].length);
	if (args[1].length > 0)
		memcpy(text + args[0].length, args[1].text, args[1].length);
	v.text = text;
	v.length = (uint32_t)length;
	return (v);
}

struct value
cel_list_add(struct cel_run *run, const struct value *args)
{
	struct value v = {.kind = VALUE_LIST};
	size_t length = (size_t)args[0].length + args[1].length;
	struct value *items =
	    cel_run_alloc(run, (length + 1) * sizeof(struct value));

	if (items == NULL)
		return (cel_run_exhausted());
	for (uint32_t i = 0; i < args[0].length; i++)
		items[i] = args[0].items[i];
	for (uint32_t i = 0; i < args[1].length; i++)
		items[args[0].length + i] = args[1].items[i];
	v.items = items;
	v.length = (uint32_t)length;
	return (v);
}

struct value
cel_contains(struct cel_run *run, const struct value *args)
{
	if (!cel_run_charge(run, args[0].length))
		return (cel_run_exhausted());
	return (value_bool(
	    args[1].length == 0 ||
	    (args[0].length > 0 && memmem(args[0].text, args[0].length,
				       args[1].text, args[1].length) != NULL)));
}

struct value
cel_starts_with(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (value_bool(
	    args[1].length == 0 ||
	    (args[0].length >= args[1].length &&
		memcmp(args[0].text, args[1].text, args[1].length) == 0)));
}

struct value
cel_ends_with(struct cel_run *run, const struct value *args)
{
	(void)run;
	return (value_bool(
	    args[1].length == 0 ||
	    (args[0].length >= args[1].length &&
		memcmp(args[0].text + args[0].length - args[1].length,
		    args[1].text, args[1].length) == 0)));
}

/* A pattern that is not known before: constant ones were compiled at load. */
struct value
cel_matches(struct cel_run *run, const struct value *args)
{
	struct regex *regex;
	bool found;

	if (!cel_run_charge(run, PATTERN_COST + args[0].length))
		return (cel_run_exhausted());
	if (regex_new(value_text(args[1]), &regex, NULL) != DONE)
		return (value_error("not a regular expression"));
	found = regex_matches(regex, value_text(args[0]));
	regex_free(regex);
	return (value_bool(found));
}

/* A copy in which the letters between two become those of `to` on. */
static struct value
shifted(struct cel_run *run, struct value v, char first, char last, char to)
{
	char *text = cel_run_alloc(run, (size_t)v.length + 1);

	if (text == NULL)
		return (cel_run_exhausted());
	for (uint32_t i = 0; i < v.length; i++) {
		char c = v.text[i];

		if (c >= first && c <= last)
			c = (char)(c - first + to);
		text[i] = c;
	}
	v.text = text;
	return (v);
}

struct value
cel_lower_ascii(struct cel_run *run, const struct value *args)
{
	return (shifted(run, args[0], 'A', 'Z', 'a'));
}

struct value
cel_upper_ascii(struct cel_run *run, const struct value *args)
{
	return (shifted(run, args[0], 'a', 'z', 'A'));
}

/* Bytes of the white space that a text begins with; 0 if it has none. */
static size_t
blank_length(struct span text)
{
	/* Unicode's White_Space */
	static const char *const blanks[] = {"\t", "\n", "\v", "\f", "\r", " ",
	    "\xc2\x85", "\xc2\xa0", "\u1680", "\u2000", "\u2001", "\u2002",
	    "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
	    "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f",
	    "\u3000"};

	for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
		size_t n = strlen(blanks[i]);

		if (n <= text.length && memcmp(text.at, blanks[i], n) == 0)
			return (n);
	}
	return (0);
}

/* Where the last character of a text that is not empty begins. */
static size_t
last_character(struct span text)
{
	enum { TAIL = 0x80, TAIL_MASK = 0xc0 };
	size_t at = text.length - 1;

	while (at > 0 && ((unsigned char)text.at[at] & TAIL_MASK) == TAIL)
		at--;
	return (at);
}

struct value
cel_trim(struct cel_run *run, const struct value *args)
{
	struct span text = value_text(args[0]);
	size_t n;

	(void)run;
	while (text.length > 0 && (n = blank_length(text)) > 0) {
		text.at += n;
		text.length -= n;
	}
	while (text.length > 0) {
		size_t at = last_character(text);
		struct span last = {text.at + at, text.length - at};

		if (blank_length(last) != last.length)
			break;
		text.length = at;
	}
	return (value_string(text));
}

/* NOLINTEND(misc-unused-parameters) */
