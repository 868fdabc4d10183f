#ifndef CONFIG_SCALAR_H
#define CONFIG_SCALAR_H

#include <stdint.h>

#include "config/document.h"
#include "pipeline/base/civil.h"
#include "pipeline/base/money.h"

/*
 * What a run of reading knows.  Scalars are read by the type that is wanted
 * there and never guessed: `no`, `21:00` and `017` are texts where a text is
 * wanted.  Each function reports what is wrong and answers false; *ret is
 * written only when it answers true.  A node that is `wrong` was reported
 * before: false, silently.
 */
struct binder {
	struct arena *arena;
	struct report *report;
	const struct zones *zones;
	const struct currency *currency; /* of the schema; NULL: not known */
	/* The environment; NULL: variables are not set, and not missed. */
	char *(*variable)(const char *name);
	/* It is going to run here: secrets are read, and a variable that is not
	   set is a mistake and no warning. */
	bool running;
	unsigned later; /* of the mistakes: keys of a later version */
	/* Told of each row of a table that a key was read by; may be NULL. */
	void (*bound)(const void *row);
};

/* A mistake at a node: all of its text, or its key where it has no text. */
void refuse(struct binder *b, const struct node *node, const char *code,
    const char *help, const char *fmt, ...) PRINTF(5, 6);
/* "not available in this version" */
void refuse_later(struct binder *b, const struct node *node, const char *what);
/* The name that a node goes by in messages: its key, or that of its list. */
struct span node_title(const struct node *node);

/* One of several words. */
struct word {
	const char *name;
	int value;
	bool later; /* of a later version: refused as such */
};

/* A text that is not empty, with ${VAR}, ${VAR:-default} and $$ replaced. */
bool scalar_text(struct binder *b, struct node *node, struct span *ret);
/* The same, as it stands: expressions. */
bool scalar_expression(
    struct binder *b, struct node *node, struct source_text *ret);
/* [a-z][a-z0-9_-]{0,62} */
bool scalar_name(struct binder *b, struct node *node, struct span *ret);
/* The name of a topic. */
bool scalar_topic(struct binder *b, struct node *node, struct span *ret);
/* true or false, and no other word */
bool scalar_bool(struct binder *b, struct node *node, bool *ret);
/* Decimal, from min to max. */
bool scalar_int(struct binder *b, struct node *node, int64_t min, int64_t max,
    int64_t *ret);
/* A finite number. */
bool scalar_double(struct binder *b, struct node *node, double *ret);
/* From min to max; max 0: no bound. */
bool scalar_duration(struct binder *b, struct node *node, duration_ms min,
    duration_ms max, duration_ms *ret);
/* "21:00": since 00:00 */
bool scalar_time_of_day(struct binder *b, struct node *node, duration_ms *ret);
/* In the binder's currency; 0 where that is not known. */
bool scalar_money(struct binder *b, struct node *node, int64_t *ret);
bool scalar_word(struct binder *b, struct node *node, const struct word *words,
    size_t n_words, int *ret);

/* A time of day out of text; false, silently. */
bool time_of_day_parse(struct span text, duration_ms *ret);
/* "90d", "1h", "250ms": the largest unit without a rest. */
struct span duration_text(struct arena *arena, duration_ms length);

/* Whether a text is a name; an identifier ([A-Za-z_][A-Za-z0-9_]{0,62}). */
bool is_name(struct span text);
bool is_identifier(struct span text);

#endif
