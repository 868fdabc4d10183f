#ifndef CONFIG_FIELDS_H
#define CONFIG_FIELDS_H

#include "config/scalar.h"

/*
 * What a mapping may hold: one row per key says its name, type, range, default
 * and meaning.  The binder fills a struct from it, and the reference
 * (README.md) is printed from it.
 */
struct table;
struct key;

enum key_type {
	KEY_TEXT,       /* struct span */
	KEY_NAME,       /* struct span: a name */
	KEY_TEXT_AT,    /* struct source_text: with its place */
	KEY_NAME_AT,    /* struct source_text: a name, with its place */
	KEY_EXPRESSION, /* struct source_text: as it stands */
	KEY_BOOL,
	KEY_INT,      /* of `size` bytes, min to max */
	KEY_DOUBLE,   /* finite; above 0 where min is 1 */
	KEY_DURATION, /* min to max */
	KEY_TIME,     /* of day: a duration since 00:00 */
	KEY_WORD,     /* one of `words`: an enum */
	KEY_NAMES,    /* names: an array of spans, and how many at `count` */
	KEY_NAMES_AT, /* the same with places */
	KEY_TABLE,    /* a mapping by `inner`, into the struct at offset */
	KEY_CUSTOM,   /* by `read` */
	KEY_FREE,     /* anything: for people, nobody reads it */
	KEY_LATER,    /* refused: not available in this version */
};

struct key {
	const char *name;
	enum key_type type;
	bool required;
	bool nullable; /* null is the same as absence, without the default */
	bool optional; /* KEY_TABLE: absent, its keys have no defaults */
	size_t offset; /* of the member */
	size_t size;   /* KEY_INT: of the member */
	size_t count;  /* KEY_NAMES*: of the size_t */
	size_t given;  /* 0, or 1 + offset of a bool: the key is there */
	int64_t min;
	int64_t max;
	const char *preset;    /* the default, as one would write it */
	const char *otherwise; /* the default in words, where `read` makes it */
	const struct word *words;
	size_t n_words;
	/* KEY_TABLE; KEY_CUSTOM with a mapping of names, each by this. */
	const struct table *inner;
	/* Into the struct that the table is for; false: reported. */
	bool (*read)(struct binder *b, struct node *node, void *target);
	const char *form; /* KEY_CUSTOM: what one writes, in words */
	const char *about;
};

struct table {
	const char *title;
	const char *about;
	const struct key *keys;
	size_t n;
};

/* offset of a member, for a row; and of a number or an enum, with its size. */
#define KEY_AT(of, member) .offset = offsetof(struct of, member)
#define KEY_NUMBER(of, member)                 \
	.offset = offsetof(struct of, member), \
	.size = sizeof(((struct of *)0)->member)
#define KEY_COUNT(of, member) .count = offsetof(struct of, member)
#define KEY_GIVEN(of, member) .given = 1 + offsetof(struct of, member)
#define KEY_WORDS(list)       .words = (list), .n_words = ROWS(list)
#define ROWS(list)            (sizeof(list) / sizeof((list)[0]))

/*
 * Fill the struct at `target` from a mapping: every key of the table from the
 * file or from its default.  Unknown keys, missing ones and wrong values are
 * reported.  False if anything was.
 */
bool bind_table(struct binder *b, const struct table *table,
    struct node *mapping, void *target);

/* A mapping that several tables share, each with its own struct. */
struct binding {
	const struct table *table;
	void *target;
};
bool bind_tables(struct binder *b, const struct binding *bindings, size_t n,
    struct node *mapping);

/* A mapping or a list, not null; else reported. */
bool bind_mapping(struct binder *b, const struct node *node);
bool bind_list(struct binder *b, const struct node *node);

/* A list of names, each once, or one name alone. */
bool bind_names(
    struct binder *b, struct node *node, const struct span **ret, size_t *n);
bool bind_names_at(struct binder *b, struct node *node,
    const struct source_text **ret, size_t *n);
/* A list of texts as they stand, each once, or one text alone. */
bool bind_texts(
    struct binder *b, struct node *node, const struct span **ret, size_t *n);

/*
 * Whether the key of a mapping's pair may be looked at: not what is left of an
 * expression that was reported as cut by a comma.
 */
bool bind_is_rest(const struct node *mapping, size_t pair);

/* A key that does not belong here; `names` are those that do. */
void refuse_key(struct binder *b, const struct node *key,
    const struct span *names, size_t n_names);

/* apiVersion, kind and name, the first rows of every kind. */
#define KIND_ROWS(of, member)                                       \
	{.name = "apiVersion",                                      \
	    .type = KEY_CUSTOM,                                     \
	    .required = true,                                       \
	    .read = bind_api_version,                               \
	    .form = "`kith/v1`",                                    \
	    .about = "The version of this form of files."},         \
	    {.name = "kind",                                        \
		.type = KEY_FREE,                                   \
		.required = true,                                   \
		.form = "the word above",                           \
		.about = "What the document is."},                  \
	{                                                           \
		.name = "name", .type = KEY_NAME, .required = true, \
		KEY_AT(of, member), .about = "Its name."            \
	}
bool bind_api_version(struct binder *b, struct node *node, void *target);

#endif
