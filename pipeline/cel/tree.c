/*
 * The digest of a tree: what it says, not how it is written.
 */
#include "pipeline/base/buffer.h"
#include "pipeline/base/hash.h"
#include "pipeline/cel/parse.h"

static void
write_literal(struct buffer *out, struct value v)
{
	buffer_u8(out, v.kind);
	switch ((int)v.kind) {
	case VALUE_STRING:
	case VALUE_BYTES:
		buffer_text(out, value_text(v));
		break;
	case VALUE_BOOL:
		buffer_u8(out, v.truth);
		break;
	default:
		buffer_u64(out, v.u);
		break;
	}
}

static void
write_node(struct buffer *out, const struct cel_node *node)
{
	buffer_u8(out, (uint8_t)node->kind);
	if (node->kind == CEL_LITERAL) {
		/* a decimal's text counts: beside money it is exact */
		write_literal(out, node->literal);
		if (node->literal.kind == VALUE_DOUBLE)
			buffer_text(out, node->name);
		return;
	}
	buffer_text(out, node->name);
	buffer_u8(out, node->target != NULL);
	if (node->target != NULL)
		write_node(out, node->target);
	buffer_varint(out, node->n_args);
	for (size_t i = 0; i < node->n_args; i++)
		write_node(out, node->args[i]);
}

uint64_t
cel_node_hash(struct arena *arena, const struct cel_node *node)
{
	struct buffer out;

	buffer_init(&out, arena);
	write_node(&out, node);
	return (hash_id(buffer_span(&out)));
}
