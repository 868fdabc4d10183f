#ifndef PIPELINE_BRIDGE_JSON_H
#define PIPELINE_BRIDGE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/arena.h"
#include "pipeline/base/outcome.h"
#include "pipeline/base/span.h"

/*
 * JSON that we read, through simdjson.  A text is read whole and checked whole
 * (RFC 8259: syntax, UTF-8, escapes, nothing behind its end), so that whether
 * it is JSON never depends on the fields that a schema declares.  Numbers stay
 * the text they were, so that money is exact.
 */
enum { JSON_DEPTH_MAX = 32 }; /* objects and arrays, the outermost included */

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_OBJECT,
	JSON_ARRAY,
};

/*
 * One value.  `text` of a number is its token ("-3.20", "1e2"), of a string
 * its characters with escapes undone: UTF-8, and free to hold a NUL.  Members
 * and elements hang below `first` in the order of the text.  A name that
 * occurs twice is there twice; json_member and json_find answer the last one,
 * as JavaScript, Python, Java and Go do.
 */
struct json {
	enum json_kind kind;
	bool truth;       /* of a bool */
	struct span name; /* of a member; escapes undone */
	struct span text;
	const struct json *first; /* NULL: empty */
	const struct json *next;  /* NULL: the last one */
};

enum json_error {
	JSON_BROKEN,   /* not one JSON object */
	JSON_TOO_DEEP, /* deeper than JSON_DEPTH_MAX */
};

/* Holds the memory of the parser; for one thread. */
struct json_reader;

struct json_reader *json_reader_new(void);
/* NULL is legal. */
void json_reader_free(struct json_reader *reader);

/*
 * Read one object.  Its names and texts live in the arena; the tree itself
 * belongs to the reader and is valid until the next json_read.  Time and
 * memory are linear in the text.
 *
 * DONE    *ret is the object
 * REJECT  it is none; *error says why for programs, why for people (which
 *         never quotes the text)
 */
enum outcome json_read(struct json_reader *reader, struct span text,
    struct arena *arena, const struct json **ret, enum json_error *error,
    struct failure *why) MUST_CHECK;

/* The member of that name; NULL if there is none or it is no object. */
const struct json *json_member(const struct json *object, struct span name);

/* A JSON pointer (RFC 6901), taken apart once. */
struct json_token {
	struct span name; /* as a name of a member, ~0 and ~1 undone */
	size_t index;     /* as an index of an array; SIZE_MAX: is none */
};
struct json_pointer {
	const struct json_token *tokens;
	size_t n;
};

/*
 * DONE, or REJECT: neither empty nor beginning with '/', or a '~' that is not
 * ~0 or ~1.  Its tokens live in the arena.
 */
enum outcome json_pointer_compile(struct arena *arena, struct span text,
    struct json_pointer *ret, struct failure *why) MUST_CHECK;

/* What the pointer points at; NULL if nothing is there. */
const struct json *json_find(
    const struct json *root, const struct json_pointer *pointer);

/*
 * The token of a number as an integer: exactly, "2.0" and "2e3" included.
 * False, and *ret as it was: not whole, or out of range.
 */
bool json_integer(struct span token, int64_t *ret);
/* As the nearest double.  False, and *ret as it was: beyond all doubles. */
bool json_number(struct span token, double *ret);

#endif
