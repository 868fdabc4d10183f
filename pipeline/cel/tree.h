#ifndef PIPELINE_CEL_TREE_H
#define PIPELINE_CEL_TREE_H

#include "pipeline/base/value.h"

/*
 * The syntax tree as the parser leaves it: untyped, names unresolved, macros
 * not yet expanded.  The checker and the host read it; nothing changes it.
 */
enum cel_node_kind {
	CEL_LITERAL, /* .literal                                          */
	CEL_IDENT,   /* .name                                             */
	CEL_SELECT,  /* .target "." .name                                 */
	CEL_CALL,    /* .name "(" .args ")"; operators too: "_+_", "_?_:_" */
	CEL_METHOD,  /* .target "." .name "(" .args ")"                   */
	CEL_LIST,    /* "[" .args "]"                                     */
	CEL_MAP,     /* "{" .args as key, value, … "}"                    */
};

struct cel_node {
	enum cel_node_kind kind;
	uint32_t offset; /* of the node's text, in bytes */
	uint32_t length;
	struct span name;
	/* Where the name alone stands, for messages. */
	uint32_t name_offset;
	const struct cel_node *target;
	const struct cel_node *const *args;
	size_t n_args;
	/*
	 * CEL_LITERAL.  A decimal number keeps its text in `name`, so that it
	 * can become money exactly where it stands beside money.
	 */
	struct value literal;
};

#endif
