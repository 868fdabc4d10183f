#ifndef CONFIG_DOCUMENT_H
#define CONFIG_DOCUMENT_H

#include <stdbool.h>

#include "pipeline/base/arena.h"
#include "pipeline/base/report.h"
#include "pipeline/base/span.h"

/*
 * A YAML file as a tree that knows where everything stands.  Nothing is
 * guessed: every scalar is a text, and who reads it knows its type.
 */
struct file {
	struct span name; /* as people know it */
	struct span text; /* empty where it could not be read */
	unsigned number;  /* findings are sorted by it */
	bool whole;       /* read to its end, without an error of form */
};

enum node_kind {
	NODE_SCALAR,
	NODE_MAPPING,
	NODE_SEQUENCE,
};

enum node_style {
	STYLE_PLAIN,
	STYLE_SINGLE,
	STYLE_DOUBLE,
	STYLE_LITERAL,
	STYLE_FOLDED,
};

struct node {
	enum node_kind kind;
	enum node_style style; /* scalars */
	bool flow;             /* inside {...} or [...] */
	bool wrong;            /* has been reported: read it as nothing */
	bool expanded; /* ${...} was replaced: `text` is not the file's */
	bool verbatim; /* `text` stands in the file as it is */
	/* Reported: a scalar goes on in what follows it, or a mapping has lost
	   a key.  What is missing for it is not to be reported. */
	bool cut;
	struct span text; /* scalars: the value; lives in the arena */
	const struct file *file;
	size_t start; /* bytes in file->text */
	size_t end;
	struct node *key;    /* the key that this is the value of, or NULL */
	struct node *parent; /* the mapping or sequence around it, or NULL */
	/* Sequence: its n items.  Mapping: n keys, each followed by its value,
	   so 2 n nodes; keys are scalars, and no two are equal. */
	struct node **items;
	size_t n;
};

/* All documents of a file, in its order. */
struct documents {
	struct node **roots;
	size_t n;
};

enum {
	FILE_BYTES_MAX = 1024 * 1024,
	DOCUMENT_DEPTH_MAX = 64,
	FILE_NODES_MAX = 20000,
	SCALAR_BYTES_MAX = 64 * 1024,
};

/*
 * Read all documents of file->text; sets file->whole.  Mistakes are reported;
 * where the form is broken, what came before it is still answered, but for the
 * document that holds the mistake.
 */
struct documents document_read(
    struct arena *arena, struct file *file, struct report *report);

/* The value of a key of a mapping, or NULL; for anything else NULL. */
struct node *node_value(const struct node *mapping, struct span key);

/* A plain ~, null or nothing at all. */
bool node_null(const struct node *node);

/*
 * Where in the file the byte `offset` of a scalar's value stands: expressions
 * report positions inside their text, which quotes, escapes, indentation and
 * folded lines keep apart from the file's.  The start of the node where that
 * cannot be said.
 */
size_t node_locate(const struct node *node, size_t offset);

/* A piece of a file as a place for findings. */
struct source_text place_in(
    struct arena *arena, const struct file *file, size_t start, size_t end);
/* A node as a place; offset and length then count in its value. */
struct source_text place_of(const struct node *node);
/* The name of its file and its line, from 1.  False: it has no file. */
bool place_line(
    const struct source_text *where, struct span *file, size_t *line);

#endif
