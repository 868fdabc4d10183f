#ifndef DAEMON_OPTIONS_H
#define DAEMON_OPTIONS_H

#include <stdbool.h>

#include "pipeline/base/arena.h"
#include "pipeline/base/outcome.h"

/*
 * The words after a command's name.  Options may stand anywhere before `--`;
 * what is no option is an operand, and so is everything behind `--`, and "-".
 * A value is the next word, or stands behind '=' ("--until=T") or behind the
 * letter ("-cFILE").  Names are never shortened.
 */
struct option {
	const char *name;
	const char *value;        /* "FILE"; NULL: a flag */
	const char *const *words; /* the values there are, ended by NULL,
				     the default first; NULL: any */
	const char *about;
	char letter; /* 0: none */
	bool required;
	bool many; /* may come again; values are operands */
};

struct option_table {
	const struct option *rows;
	size_t n;
	const char *operand; /* "PATH"; NULL: there are none */
	size_t operands_min;
	size_t operands_max;
};

enum { OPTIONS_MAX = 8, OPERANDS_ANY = 1 << 20 };

struct arguments {
	struct arena *arena; /* of the process: lives until it ends */
	bool help;           /* -h or --help; nothing else was looked at */
	const char *value[OPTIONS_MAX]; /* by row; NULL: not given; a flag's is
					   its name */
	const char **operands;
	size_t n_operands;
};

/*
 * words[0..n) are what follows the command's name.
 *
 * DONE    *ret points into words
 * REJECT  in words, with the option that was probably meant
 */
enum outcome options_parse(const struct option_table *table,
    struct arena *arena, int n, char *const *words, struct arguments *ret,
    struct failure *why) MUST_CHECK;

/* The index of the word that was given for a row with `words`; 0: the default. */
int option_word(
    const struct arguments *arguments, const struct option *rows, size_t row);

/*
 * A row for -c: every command that needs a Daemon file says it alike.
 */
#define OPTION_CONFIG                                                \
	{                                                            \
		.letter = 'c', .name = "config", .value = "FILE",    \
		.required = true, .about = "the file of kind Daemon" \
	}

#endif
