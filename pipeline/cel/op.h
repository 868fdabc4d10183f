#ifndef PIPELINE_CEL_OP_H
#define PIPELINE_CEL_OP_H

#include "pipeline/bridge/regex.h"
#include "pipeline/cel/cel.h"

/*
 * The flat tree that the evaluator walks: the operands of an operation lie side
 * by side, all types are known, constants are folded, nothing is looked up by
 * name.
 */
enum cel_op_kind {
	OP_CONSTANT, /* .constant                                           */
	OP_LEAF,     /* .leaf                                               */
	OP_NOW,      /*                                                     */
	OP_VARIABLE, /* .slot: of a macro                                   */
	OP_AND,      /* any number of operands                              */
	OP_OR,       /* any number of operands                              */
	OP_NOT,      /*                                                     */
	OP_CHOICE,   /* condition, then, else                               */
	OP_COMPARE,  /* .relation, .motion                                  */
	OP_IN,       /* element, list or map                                */
	OP_CALL,     /* .overload                                           */
	OP_DISPATCH, /* .function: the overload is found by the operands    */
	OP_GETTER,   /* .overload over a timestamp or duration that moves   */
	OP_MATCH,    /* .regex: a pattern that was compiled at load         */
	OP_LIST,     /* elements                                            */
	OP_MAP,      /* key, value, key, value                              */
	OP_SELECT,   /* .name of a map                                      */
	OP_HAS_KEY,  /* .name of a map                                      */
	OP_HAS,      /* of a leaf                                           */
	OP_INDEX,    /* list or map, key                                    */
	OP_ALL,      /* range, predicate; the element in .slot              */
	OP_EXISTS,
	OP_EXISTS_ONE,
	OP_TRANSFORM, /* range, value, or range, predicate, value           */
	OP_FILTER,
};

enum cel_relation {
	CEL_EQUAL,
	CEL_DIFFERENT,
	CEL_LESS,
	CEL_AT_MOST,
	CEL_GREATER,
	CEL_AT_LEAST,
};

/* Whether a comparison can turn by itself. */
enum cel_motion {
	CEL_STILL,    /* only when an operand says so     */
	CEL_LINEAR,   /* .slope: left minus right, per ms */
	CEL_MONOTONE, /* at most once                     */
};

struct cel_overload;

struct cel_op {
	uint8_t kind;
	uint8_t relation;
	uint8_t motion;
	uint8_t function; /* enum cel_function */
	int16_t slope;    /* of left minus right, or of a getter's operand */
	uint16_t slot;
	bool null_is_value; /* OP_IN in plain CEL; else null is an error */
	uint32_t n_args;
	uint32_t offset; /* of its text */
	uint32_t length;
	const struct cel_op *args;
	union {
		struct value constant;
		const struct cel_leaf *leaf;
		const struct cel_overload *overload;
		const struct regex *regex;
		struct span name;
	};
};

enum { CEL_SLOTS_MAX = 16 }; /* macros inside each other */

struct cel_expr {
	const struct cel_op *root;
	struct cel_type type;
	enum cel_class class;
	int slope;
	bool non_negative;
	int n_slots;
	uint64_t hash;
	struct span text;
	struct currency currency;
};

/* One walk. */
struct cel_run {
	const struct cel_expr *expr;
	struct cel_eval *ev;
	const struct cel_overload *row; /* that runs: one serves many */
	/*
	 * What macros and texts may still use up, in bytes and bytes' worth
	 * of steps: nothing that is written in a rule can hang or bloat.
	 */
	int64_t fuel;
	struct value slots[CEL_SLOTS_MAX];
};

void cel_run_init(
    struct cel_run *run, const struct cel_expr *expr, struct cel_eval *ev);
/* Of each kind of operation. */
extern struct value (*const cel_walkers[])(
    struct cel_run *run, const struct cel_op *op);

static inline struct value
cel_walk(struct cel_run *run, const struct cel_op *op)
{
	return (cel_walkers[op->kind](run, op));
}

/* Bytes of a result; NULL, and an error for it, if that is too much. */
void *cel_run_alloc(struct cel_run *run, size_t size);
/* One step of a loop; false: enough. */
bool cel_run_step(struct cel_run *run);
/* For looking at n bytes or values; false: enough. */
bool cel_run_charge(struct cel_run *run, size_t n);
/* What a text or a loop that is too large answers. */
struct value cel_run_exhausted(void);

/* Nothing is lowered, nothing allocated: only where a boolean is expected. */
static inline bool
cel_is_true(struct value v)
{
	return (v.kind == VALUE_BOOL && v.truth);
}

static inline bool
cel_is_false(struct value v)
{
	return (v.kind == VALUE_BOOL && !v.truth);
}

/* Loaded whole, where value_bool would be put together from bytes. */
static inline struct value
cel_bool(bool truth)
{
	static const struct value values[] = {
	    {.kind = VALUE_BOOL, .truth = false},
	    {.kind = VALUE_BOOL, .truth = true},
	};

	return (values[truth]);
}

static inline struct value
cel_uint(uint64_t u)
{
	return ((struct value){.kind = VALUE_UINT, .u = u});
}

#endif
