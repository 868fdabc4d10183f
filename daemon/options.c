/*
 * The command line, by a table.  Not getopt: it keeps globals, reorders words
 * by an environment variable, takes shortened names, and its messages do not
 * say what was probably meant.
 */
#include "daemon/options.h"

#include "config/nearest.h"

/* What is left to read, and what was read. */
struct parser {
	const struct option_table *table;
	struct arena *arena;
	char *const *words;
	int n;
	int at;
	struct arguments got;
	struct failure *why;
};

static enum outcome
refuse_unknown(struct parser *p, const char *word, size_t length)
{
	struct span name = {word, length};
	struct span *names =
	    ARENA_ARRAY(p->arena, p->table->n + 1, struct span);
	struct span help;

	for (size_t i = 0; i < p->table->n; i++)
		names[i] =
		    arena_print(p->arena, "--%s", p->table->rows[i].name);
	names[p->table->n] = SPAN("--help");
	help = nearest_help(p->arena, name, names, p->table->n + 1);
	return (fail_with(p->why, REJECT, "unknown option '%.*s'%s%.*s",
	    SPAN_ARGS(name), help.length > 0 ? "; " : "", SPAN_ARGS(help)));
}

static enum outcome
check_word(struct parser *p, const struct option *option, const char *value)
{
	struct span names[OPTIONS_MAX];
	struct span help;
	size_t n = 0;

	for (; option->words[n] != NULL; n++) {
		names[n] = span_of(option->words[n]);
		if (strcmp(option->words[n], value) == 0)
			return (DONE);
	}
	help = nearest_help(p->arena, span_of(value), names, n);
	return (fail_with(p->why, REJECT, "--%s: '%s' is not known; %.*s",
	    option->name, value, SPAN_ARGS(help)));
}

static enum outcome
keep(struct parser *p, size_t row, const char *value)
{
	const struct option *option = &p->table->rows[row];

	if (option->many) {
		p->got.operands[p->got.n_operands++] = value;
		return (DONE);
	}
	if (p->got.value[row] != NULL)
		return (fail_with(
		    p->why, REJECT, "--%s is given twice", option->name));
	if (option->words != NULL && check_word(p, option, value) != DONE)
		return (REJECT);
	p->got.value[row] = value;
	return (DONE);
}

/*
 * An option with `rest` behind its name: NULL where the word ends there, else
 * the text behind '=' or behind the letter.
 */
static enum outcome
read_value(struct parser *p, size_t row, const char *rest)
{
	const struct option *option = &p->table->rows[row];

	if (option->value == NULL) {
		if (rest != NULL)
			return (fail_with(p->why, REJECT, "--%s takes no value",
			    option->name));
		return (keep(p, row, option->name));
	}
	if (rest == NULL) {
		if (p->at >= p->n)
			return (fail_with(p->why, REJECT, "--%s needs %s",
			    option->name, option->value));
		rest = p->words[p->at++];
	}
	if (*rest == '\0')
		return (fail_with(p->why, REJECT, "--%s needs %s, not nothing",
		    option->name, option->value));
	return (keep(p, row, rest));
}

static enum outcome
read_long(struct parser *p, const char *word)
{
	size_t length = strcspn(word, "=");
	const char *rest = word[length] == '=' ? word + length + 1 : NULL;

	for (size_t i = 0; i < p->table->n; i++) {
		struct span name = span_of(p->table->rows[i].name);

		if (span_equals(name, (struct span){word + 2, length - 2}))
			return (read_value(p, i, rest));
	}
	return (refuse_unknown(p, word, length));
}

static enum outcome
read_short(struct parser *p, const char *word)
{
	const char *rest = word[2] == '\0' ? NULL : word + 2;

	for (size_t i = 0; i < p->table->n; i++)
		if (p->table->rows[i].letter == word[1])
			return (read_value(p, i, rest));
	return (refuse_unknown(p, word, strlen(word)));
}

static enum outcome
read_word(struct parser *p, bool *only_operands)
{
	const char *word = p->words[p->at++];

	if (*only_operands || word[0] != '-' || word[1] == '\0') {
		p->got.operands[p->got.n_operands++] = word;
		return (DONE);
	}
	if (strcmp(word, "--") == 0) {
		*only_operands = true;
		return (DONE);
	}
	if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
		p->got.help = true;
		return (DONE);
	}
	return (word[1] == '-' ? read_long(p, word) : read_short(p, word));
}

static enum outcome
check_complete(const struct parser *p)
{
	const struct option_table *table = p->table;

	for (size_t i = 0; i < table->n; i++)
		if (table->rows[i].required && p->got.value[i] == NULL)
			return (fail_with(p->why, REJECT, "--%s %s is missing",
			    table->rows[i].name, table->rows[i].value));
	if (p->got.n_operands < table->operands_min)
		return (
		    fail_with(p->why, REJECT, "%s is missing", table->operand));
	if (p->got.n_operands > table->operands_max)
		return (fail_with(p->why, REJECT, "'%s' is one word too many",
		    p->got.operands[table->operands_max]));
	return (DONE);
}

enum outcome
options_parse(const struct option_table *table, struct arena *arena, int n,
    char *const *words, struct arguments *ret, struct failure *why)
{
	struct parser p = {.table = table,
	    .arena = arena,
	    .words = words,
	    .n = n,
	    .got = {.arena = arena},
	    .why = why};
	bool only_operands = false;

	p.got.operands = ARENA_ARRAY(arena, (size_t)n + 1, const char *);
	while (p.at < n && !p.got.help)
		if (read_word(&p, &only_operands) != DONE)
			return (REJECT);
	if (!p.got.help && check_complete(&p) != DONE)
		return (REJECT);
	*ret = p.got;
	return (DONE);
}

int
option_word(
    const struct arguments *arguments, const struct option *rows, size_t row)
{
	int i = 0;

	if (arguments->value[row] == NULL)
		return (0);
	while (strcmp(rows[row].words[i], arguments->value[row]) != 0)
		i++;
	return (i);
}
