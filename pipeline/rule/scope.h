#ifndef PIPELINE_RULE_SCOPE_H
#define PIPELINE_RULE_SCOPE_H

#include "pipeline/rule/rule.h"

/* A variable of a rule set. */
struct variable {
	const struct named_text *written;
	const struct cel_expr *expr; /* NULL: not compiled yet */
	int memo;
	bool busy;  /* being compiled: a name that leads back to itself */
	bool wrong; /* reported */
	uint64_t streams;
};

struct variables {
	struct variable *list;
	size_t n;
};

/*
 * Which names an expression may use, where it stands.  Compiling through a
 * scope gathers the streams that were read.
 */
struct scope {
	struct cel_host host; /* .context points back here */
	struct arena *arena;
	const struct edition *edition; /* its schema, program, churn */
	const struct cel_dialect *dialect;
	struct report *report;
	struct variables *variables; /* NULL: none */
	int *n_memos;
	const struct stream *event; /* event.*: NULL where there is none */
	const struct stream *start; /* start.* */
	bool idle;                  /* idle.* */
	bool tier_source;           /* tier.old */
	const struct stream *entry; /* where(): fields of an entry come first */
	enum cel_use use;
	uint64_t *streams;
};

/* Ready for cel_compile: sets .host. */
void scope_ready(struct scope *scope);

/* Compile a text in a scope; NULL if it is wrong (reported). */
const struct cel_expr *scope_compile(struct scope *scope,
    const struct source_text *text, enum cel_use use,
    enum cel_type_kind wanted);

/* The forms that begin with a stream's name: windows and entries. */
enum cel_claim window_resolve(const struct scope *scope,
    struct cel_checker *checker, const struct cel_node *node,
    const struct stream *stream, struct cel_leaf *leaf);

/* churn.NAME and tier.NAME. */
enum cel_claim churn_resolve(const struct scope *scope,
    struct cel_checker *checker, const struct cel_node *node,
    struct cel_leaf *leaf);
enum cel_claim tier_resolve(const struct scope *scope,
    struct cel_checker *checker, const struct cel_node *node,
    struct cel_leaf *leaf);
/* Refusals: a name that a later version brings; one that `of` has not. */
enum cel_claim name_later(
    struct cel_checker *checker, const struct cel_node *node, struct span name);
enum cel_claim name_unknown(struct cel_checker *checker,
    const struct cel_node *node, const char *help, const char *of);
/* The expression reads all streams of a role. */
void scope_reads(const struct scope *scope, enum role role);

/* The static type of a field's values. */
struct cel_type field_cel_type(const struct field *field);

/* The innermost identifier of a chain; empty if it begins otherwise. */
struct span chain_root(const struct cel_node *node);

/* The spends that the tier machine looks at. */
struct spends customer_spends(const struct customer *customer,
    const struct schema *schema, struct arena *arena);

#endif
