#ifndef PIPELINE_CEL_HOST_H
#define PIPELINE_CEL_HOST_H

#include "pipeline/base/report.h"
#include "pipeline/cel/tree.h"

/*
 * The border between the language and what it talks about.  The language knows
 * no customer: the host says what its names mean when an expression is
 * compiled, and answers their values when it is evaluated.
 */

/* Static types.  Compared by cel_type_equal, never by address. */
enum cel_type_kind {
	CEL_TYPE_DYN,   /* the conformance dialect alone */
	CEL_TYPE_WRONG, /* of what was reported: fits everything, silently */
	CEL_TYPE_NULL,
	CEL_TYPE_BOOL,
	CEL_TYPE_INT,
	CEL_TYPE_UINT,
	CEL_TYPE_DOUBLE,
	CEL_TYPE_MONEY,
	CEL_TYPE_STRING,
	CEL_TYPE_BYTES,
	CEL_TYPE_TIMESTAMP,
	CEL_TYPE_DURATION,
	CEL_TYPE_DATE,
	CEL_TYPE_LIST,
	CEL_TYPE_MAP,
	CEL_TYPE_TYPE,
	CEL_TYPE_OPTIONAL,
	CEL_TYPE_ANY, /* what an empty literal holds: nothing is known */
};

struct cel_type {
	enum cel_type_kind kind;
	const struct cel_type *key;     /* map */
	const struct cel_type *element; /* list, map, optional */
	/* A string that can only be one of these: comparing it with another
	   literal is an error (E160). */
	const struct span *options;
	size_t n_options;
};

/*
 * How a value moves by itself while no record arrives:
 *	K	not at all
 *	S	in steps, each announced by cel_lower
 *	L	an integer number of ms, with an integer slope per ms
 *	M	a double that only rises or only falls
 *	FREE	otherwise: no crossing can be computed, E151 in time
 */
enum cel_class {
	CEL_K,
	CEL_S,
	CEL_L,
	CEL_RISING,
	CEL_FALLING,
	CEL_FREE,
};

struct cel_eval;
struct cel_checker;
struct cel_expr;

/* What a name of the host, or a chain of calls on one, came to be. */
struct cel_leaf {
	struct cel_type type;
	enum cel_class class;
	int slope;         /* CEL_L: +1 or -1 */
	bool non_negative; /* never below 0, whatever its class */
	bool nullable;     /* can be null; the host's own note */
	/*
	 * Its value at ev->now.  What can change by itself calls cel_lower
	 * with the first instant at which it does.  Null and error values are
	 * legal answers.  It is also asked about later instants of the same
	 * subject (with an ev of its own), so it keeps nothing per instant.
	 *
	 * To == and != null is a value; in every other operator and function
	 * it is an error.  has() of a leaf is whether it is neither null nor
	 * an error: has(purchases.latest().x) of nothing is false.
	 */
	struct value (*read)(const struct cel_leaf *leaf, struct cel_eval *ev);
	/*
	 * Classes M: the instant near which the value passes `bound`, from a
	 * closed form; INSTANT_NEVER if it never does.  Only a guess: the
	 * evaluator decides to the millisecond.  NULL: there is none.  The
	 * bound of money is in minor units.
	 */
	wall_ms (*guess)(
	    const struct cel_leaf *leaf, struct cel_eval *ev, double bound);
	/*
	 * An expression under a name (CEL_NAMED): evaluated once per
	 * evaluation.  Type, class, slope and sign are then its own, whatever
	 * is said above.
	 */
	const struct cel_expr *shared;
	int memo;         /* its slot in cel_eval.memos */
	int number;       /* the host's */
	const void *data; /* the host's */
};

enum cel_claim {
	CEL_NOT_MINE, /* the checker goes on with the target of the node */
	CEL_MINE,     /* the whole node is the leaf                      */
	CEL_REFUSED,  /* it is the host's but wrong: reported            */
};

struct cel_host {
	/*
	 * The checker meets a name, a selection or a method whose innermost
	 * target is an identifier that no macro variable shadows, and asks
	 * for the longest form first: for a.b(c).d it asks for the whole, then
	 * a.b(c), then a.  It asks too for a call f(c), and what hangs on it,
	 * where the language has no function f.  `now` is the language's own
	 * and never asked for.  *leaf is filled for CEL_MINE.
	 */
	enum cel_claim (*resolve)(const struct cel_host *host,
	    struct cel_checker *checker, const struct cel_node *node,
	    struct cel_leaf *leaf);
	const void *context; /* the host's */
};

/*
 * For resolve(): compile part of the tree under another host (the predicate of
 * a window: names are first the fields of an entry).  Findings point into the
 * same text.  NULL: wrong, reported.
 */
const struct cel_expr *cel_compile_part(struct cel_checker *checker,
    const struct cel_node *node, const struct cel_host *host,
    enum cel_type_kind wanted);
/* For resolve(): a mistake at a node. */
void cel_refuse(struct cel_checker *checker, const struct cel_node *node,
    const char *code, const char *help, const char *fmt, ...) PRINTF(5, 6);
/* Memory that lives as long as the compiled expression. */
struct arena *cel_checker_arena(struct cel_checker *checker);
struct report *cel_checker_report(struct cel_checker *checker);
const struct source_text *cel_checker_text(struct cel_checker *checker);
/*
 * The nearest of several names ("did you mean"), by Damerau-Levenshtein within
 * max(1, length / 3); empty if none is near.
 */
struct span cel_nearest(
    struct span name, const struct span *names, size_t n_names);

#endif
