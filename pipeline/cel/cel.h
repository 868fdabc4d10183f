#ifndef PIPELINE_CEL_CEL_H
#define PIPELINE_CEL_CEL_H

#include "pipeline/base/money.h"
#include "pipeline/cel/host.h"

/*
 * The language: CEL as Kubernetes speaks it, without protobuf, plus duration
 * literals (90d), integer literals that adapt beside a double or uint, and
 * money.  Text -> tree -> checked, folded, flat expression -> value.
 */
struct cel_dialect {
	/*
	 * false: the conformance dialect, plain CEL with dyn and mixed list
	 * literals.
	 */
	bool product;
	struct currency currency; /* of money literals */
	const struct zones *zones;
	/* Types are found at run time alone; for the conformance dialect. */
	bool unchecked;
};

/* What the value is wanted for. */
enum cel_use {
	CEL_AT_ONCE, /* at one instant: params, `when` of an event rule, sendIf */
	CEL_IN_TIME, /* and until when: `when` of a state rule; what has no
	                computable crossing is refused (E151)                   */
	CEL_NAMED,   /* under a name, for either: nothing is refused, and what
	                has no crossing says so by its class CEL_FREE           */
};

/*
 * Parse, check against the host, fold constants.  `wanted` is the kind that
 * the result must have, or CEL_TYPE_DYN for any.  NULL: wrong; each mistake
 * has been reported, with offsets into text->text.
 */
const struct cel_expr *cel_compile(struct arena *arena,
    const struct source_text *text, const struct cel_host *host,
    const struct cel_dialect *dialect, enum cel_use use,
    enum cel_type_kind wanted, struct report *report);

const struct cel_type *cel_expr_type(const struct cel_expr *expr);
enum cel_class cel_expr_class(const struct cel_expr *expr);
/* Folded to a constant? Then *ret is it. */
bool cel_expr_constant(const struct cel_expr *expr, struct value *ret);
/* A digest of the normalised tree: blanks and comments do not matter. */
uint64_t cel_expr_hash(const struct cel_expr *expr);
/* The text that it was compiled from. */
struct span cel_expr_text(const struct cel_expr *expr);

/* A shared expression's value; good while stamp matches and now < until. */
struct cel_memo {
	uint64_t stamp;
	wall_ms until;
	struct value value;
};

/*
 * A comparison that was evaluated: what a trigger's explanation lists.  A bare
 * boolean leaf that decided has an empty op.
 */
struct cel_term {
	struct span expr; /* the text of the left side */
	struct value value;
	struct span op;
	struct value bound;
	bool result;
};

struct cel_trace {
	struct cel_term *terms;
	size_t n_terms;
	size_t room; /* terms beyond are left out */
};

/* One evaluation: at one instant, of one subject. */
struct cel_eval {
	wall_ms now;
	/*
	 * Starts at INSTANT_NEVER; lowered as leaves are read.  Started at
	 * INSTANT_BEFORE it is not wanted, and crossings are not looked for.
	 */
	wall_ms until;
	struct arena *arena;
	const void *subject; /* the host's: what its leaves read */
	const struct zones *zones;
	struct cel_memo *memos; /* NULL: no sharing */
	uint64_t stamp;
	struct cel_trace *trace; /* NULL: none wanted */
};

/*
 * The value at ev->now; lowers ev->until to the first instant after now at
 * which the value may be another: never later than that, sometimes earlier.
 * Errors are values.  Never fails, never loops over history.
 */
struct value cel_evaluate(const struct cel_expr *expr, struct cel_eval *ev);
/* True if it is the value true: an error is not a match; *error counts it. */
bool cel_holds(const struct cel_expr *expr, struct cel_eval *ev, bool *error);

/* For leaves: this value can change by itself at t (> now). */
static inline void
cel_lower(struct cel_eval *ev, wall_ms t)
{
	if (t < ev->until)
		ev->until = t;
}

/*
 * The first instant after n at which a boolean expression over class M or L
 * operands answers differently than at n, if no record arrives; within ten
 * years, else INSTANT_NEVER.  `guess` (or INSTANT_NEVER) only speeds it up:
 * the evaluator itself decides, by widening around the guess and bisecting.
 * The expression must flip at most once in that time.
 */
wall_ms cel_first_flip(
    const struct cel_expr *expr, struct cel_eval *ev, wall_ms n, wall_ms guess);

#endif
