#ifndef PIPELINE_CEL_CHECK_H
#define PIPELINE_CEL_CHECK_H

#include "pipeline/cel/op.h"
#include "pipeline/cel/overload.h"
#include "pipeline/cel/type.h"

/*
 * An expression on its way from the tree to the flat form: its type, how it
 * moves, its operation, and the operations under it.
 */
struct checked {
	struct cel_op op; /* without .args */
	struct checked **args;
	const struct cel_node *node;
	struct cel_type type;
	enum cel_class class;
	int slope;
	bool non_negative; /* known to be, whatever its class */
	bool literal;      /* a number as written: may adapt (adapt.c) */
};

/* A variable of a macro, the innermost first. */
struct scope {
	const struct scope *outer;
	struct span name;
	struct cel_type type;
	enum cel_class class;
	uint16_t slot;
};

struct cel_checker {
	struct arena *arena;
	const struct source_text *text;
	const struct cel_host *host;
	const struct cel_dialect *dialect;
	enum cel_use use;
	struct report *report;
	const struct scope *scope;
	int n_slots; /* the most that were in use at once */
};

/* Never NULL: what is wrong is reported once and has CEL_TYPE_WRONG. */
struct checked *cel_check(
    struct cel_checker *checker, const struct cel_node *node);
struct checked *cel_check_name(
    struct cel_checker *checker, const struct cel_node *node);
struct checked *cel_check_has(
    struct cel_checker *checker, const struct cel_node *node);
struct checked *cel_check_call(
    struct cel_checker *checker, const struct cel_node *node);
/* A macro over a range, or NULL: it is none. */
struct checked *cel_check_macro(
    struct cel_checker *checker, const struct cel_node *node);
struct checked *cel_check_index(
    struct cel_checker *checker, const struct cel_node *node);
struct checked *cel_check_relation(
    struct cel_checker *checker, const struct cel_node *node);
struct checked *cel_check_in(
    struct cel_checker *checker, const struct cel_node *node);
/* The host's, the language's own, or NULL: neither. */
struct checked *cel_check_host(
    struct cel_checker *checker, const struct cel_node *node);

struct checked *checked_new(struct cel_checker *checker,
    const struct cel_node *node, enum cel_op_kind kind, size_t n_args);
struct checked *checked_wrong(
    struct cel_checker *checker, const struct cel_node *node);
struct checked *checked_constant(struct cel_checker *checker,
    const struct cel_node *node, struct value v, struct cel_type type);
static inline bool
checked_is_wrong(const struct checked *c)
{
	return (c->type.kind == CEL_TYPE_WRONG);
}
static inline bool
checked_is_constant(const struct checked *c)
{
	return (c->op.kind == OP_CONSTANT);
}

/* adapt.c: numbers as written, beside another type. */
void cel_adapt(
    struct cel_checker *checker, struct checked *c, enum cel_type_kind to);
/* Each of two to the other, where one is a literal. */
void cel_adapt_pair(
    struct cel_checker *checker, struct checked *a, struct checked *b);

/* class.c: how a result moves, from how its operands do. */
void cel_class_join(struct cel_checker *checker, struct checked *c);
void cel_class_call(struct cel_checker *checker, struct checked *c);
void cel_class_compare(struct cel_checker *checker, struct checked *c);
/* An operand whose own movement shows in the result: K and S alone are fit. */
bool cel_class_moves(enum cel_class class);
/* E151, where the use demands a crossing; in any case CEL_FREE. */
void cel_class_refuse(
    struct cel_checker *checker, struct checked *c, const char *help);

/* fold.c: a constant where all operands are. */
struct checked *cel_fold(struct cel_checker *checker, struct checked *c);

/* "write double(x)": how to make two types meet; NULL if there is no way. */
const char *cel_cast_help(struct cel_checker *checker, const struct checked *a,
    const struct checked *b);
/* "(int, double)" */
struct span cel_types_text(
    struct cel_checker *checker, struct checked *const *args, size_t n);
struct span cel_node_text(
    const struct cel_checker *checker, const struct cel_node *node);
/* "did you mean 'x'?", or NULL */
const char *cel_near_help(struct cel_checker *checker, struct span name,
    const struct span *names, size_t n);

#endif
