#ifndef PIPELINE_CEL_OVERLOAD_H
#define PIPELINE_CEL_OVERLOAD_H

#include "pipeline/cel/op.h"
#include "pipeline/cel/type.h"

/* Operators that are no relation and no logic, and the functions. */
enum cel_function {
	FN_NONE,
	FN_ADD,
	FN_SUBTRACT,
	FN_MULTIPLY,
	FN_DIVIDE,
	FN_MODULO,
	FN_NEGATE,
	FN_SIZE,
	FN_CONTAINS,
	FN_STARTS_WITH,
	FN_ENDS_WITH,
	FN_MATCHES,
	FN_LOWER,
	FN_UPPER,
	FN_TRIM,
	FN_BOOL,
	FN_INT,
	FN_UINT,
	FN_DOUBLE,
	FN_STRING,
	FN_BYTES,
	FN_TIMESTAMP,
	FN_DURATION,
	FN_TYPE,
	FN_DYN,
	FN_YEAR,
	FN_MONTH,
	FN_DATE,
	FN_DAY_OF_MONTH,
	FN_DAY_OF_WEEK,
	FN_DAY_OF_YEAR,
	FN_HOURS,
	FN_MINUTES,
	FN_SECONDS,
	FN_MILLISECONDS,
};

enum { CEL_ARGS_MAX = 2 };

/* One row: what a function takes, what it answers, and how. */
struct cel_overload {
	enum cel_function function;
	enum cel_type_kind result; /* of a list: that of the first operand */
	uint8_t n_args;            /* the target of a method is the first */
	enum cel_type_kind args[CEL_ARGS_MAX]; /* CEL_TYPE_DYN: anything */
	/* No operand is an error, and null only where anything goes. */
	struct value (*run)(struct cel_run *run, const struct value *args);
};

/* What a name can be called as. */
struct cel_name {
	const char *name;
	enum cel_function function;
	bool call;
	bool method;
};

/* All rows; those of one function lie side by side. */
const struct cel_overload *cel_overloads(size_t *n);
const struct cel_name *cel_names(size_t *n);
/* The function of a name, or FN_NONE. */
const struct cel_name *cel_name_find(struct span name);
/* In CEL or its extensions, but not in this version. */
bool cel_name_later(struct span name);

/* The row for values of these kinds, or NULL. */
const struct cel_overload *cel_overload_for(
    enum cel_function function, const struct value *args, size_t n);
/* Run a row over operands that may be errors or null. */
struct value cel_overload_run(struct cel_run *run,
    const struct cel_overload *overload, const struct value *args);
/* The same row for operands that move: ranges are not checked. */
const struct cel_overload *cel_overload_linear(enum cel_function function);

#endif
