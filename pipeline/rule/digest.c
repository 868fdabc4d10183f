/*
 * What an edition and each of its rules say, as a number: blanks, comments and
 * the order of files do not matter.
 */
#include "pipeline/rule/digest.h"

#include "pipeline/base/buffer.h"
#include "pipeline/base/hash.h"

static void
hash_text(struct buffer *b, struct span s)
{
	buffer_text(b, s);
}

static void
hash_expr(struct buffer *b, const struct cel_expr *expr)
{
	buffer_u64(b, expr == NULL ? 0 : cel_expr_hash(expr));
}

static void
hash_gate(struct buffer *b, const struct rule *rule)
{
	const struct quiet_hours *quiet = rule->quiet;

	buffer_varint(b, rule->transactional);
	buffer_zigzag(b, rule->purpose);
	buffer_zigzag(b, rule->group);
	for (size_t i = 0; i < rule->n_caps; i++)
		hash_text(b, rule->caps[i]->name);
	if (quiet == NULL)
		return;
	buffer_zigzag(b, quiet->from);
	buffer_zigzag(b, quiet->to);
	buffer_u8(b, quiet->all_day);
	buffer_varint(b, quiet->drop);
	buffer_zigzag(b, quiet->jitter);
}

void
rule_digest(struct arena *arena, struct rule *rule)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t digest[SHA256_BYTES];
	struct buffer b;

	buffer_init(&b, arena);
	hash_text(&b, rule->id);
	hash_text(&b, rule->type);
	hash_text(&b, rule->channel->name);
	hash_text(&b, rule->stream == NULL ? SPAN("") : rule->stream->name);
	buffer_varint(&b, rule->source);
	for (size_t i = 0; i < rule->n_steps; i++)
		buffer_zigzag(&b, rule->steps[i]);
	buffer_zigzag(&b, rule->at);
	buffer_varint(&b, rule->leap);
	buffer_varint(&b, rule->skip_first);
	buffer_varint(&b, rule->tier);
	buffer_zigzag(&b, rule->held_for);
	buffer_zigzag(&b, rule->delayed ? rule->delay : -1);
	buffer_zigzag(&b, rule->expires);
	buffer_zigzag(&b, rule->priority);
	buffer_varint(&b, rule->mode);
	buffer_varint(&b, rule->reentry.kind);
	buffer_zigzag(&b, rule->reentry.length);
	buffer_zigzag(&b, rule->reentry.months);
	buffer_zigzag(&b, rule->reentry.days);
	hash_gate(&b, rule);
	hash_expr(&b, rule->yearly);
	hash_expr(&b, rule->when);
	hash_expr(&b, rule->reset);
	hash_expr(&b, rule->send_if);
	for (size_t i = 0; i < rule->n_cancels; i++)
		hash_expr(&b, rule->cancels[i].expr);
	for (size_t i = 0; i < rule->n_params; i++) {
		hash_text(&b, rule->params[i].name);
		hash_text(&b, rule->params[i].constant);
		hash_expr(&b, rule->params[i].expr);
	}
	hash_sha256(buffer_span(&b), digest);
	for (size_t i = 0; i < sizeof rule->tree_hash / 2; i++) {
		rule->tree_hash[i * 2] = hex[digest[i] >> 4];
		rule->tree_hash[i * 2 + 1] = hex[digest[i] & 0xf];
	}
}

uint64_t
edition_digest(
    struct arena *arena, const struct edition *edition, uint64_t base)
{
	struct buffer b;

	buffer_init(&b, arena);
	buffer_u64(&b, base);
	buffer_text(&b, zones_version(edition->schema->zones));
	for (size_t i = 0; i < edition->n_rules; i++)
		buffer_text(&b, span_of(edition->rules[i].tree_hash));
	return (hash_id(buffer_span(&b)) | 1);
}
