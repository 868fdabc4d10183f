/* A customer as text for people: a line per fact, the oldest first. */
#include "pipeline/customer/print.h"

#include <inttypes.h>

#include "pipeline/customer/history.h"
#include "pipeline/event/json_out.h"

/* What all of these functions need. */
struct printing {
	struct buffer *b;
	const struct customer *customer;
	const struct customer_codec *codec;
	const struct customer_names *names;
};

static const char *
time_text(const struct printing *p, wall_ms t)
{
	return (time_word(p->b->arena, t).at);
}

static void
print_value(const struct printing *p, struct value v)
{
	json_value(p->b, v, &p->codec->schema->currency);
}

static void
print_money(const struct printing *p, const char *word, int64_t minor)
{
	struct span money =
	    money_format(p->b->arena, minor, &p->codec->schema->currency);

	buffer_print(p->b, "%s%.*s", word, SPAN_ARGS(money));
}

static void
print_head(const struct printing *p)
{
	const struct schema *schema = p->codec->schema;
	enum zone_source source;
	int zone = customer_zone(p->customer, schema, &source);
	struct span name = zones_name(schema->zones, zone);

	buffer_print(p->b, "customer ");
	json_string(p->b, p->customer->id);
	buffer_print(p->b,
	    "\n  seen %s, until %s, edition %016" PRIx64
	    "\n  zone %.*s, of the %s\n",
	    time_text(p, p->customer->seen), time_text(p, p->customer->until),
	    p->customer->edition, SPAN_ARGS(name), zone_source_word(source));
}

static void
print_profile(const struct printing *p)
{
	const struct schema *schema = p->codec->schema;

	for (size_t i = 0; i < schema->n_profile; i++) {
		const struct profile_field *field = &p->customer->profile[i];

		if (field->e == INSTANT_BEFORE)
			continue;
		buffer_print(p->b,
		    "  profile %.*s: ", SPAN_ARGS(schema->profile[i].name));
		print_value(p, field->value);
		buffer_print(p->b, ", %s%s\n", time_text(p, field->e),
		    schema->profile[i].pii ? ", pii" : "");
	}
}

static void
print_consent(const struct printing *p)
{
	const struct schema *schema = p->codec->schema;

	for (size_t i = 0; i < schema->n_purposes * schema->n_channels; i++) {
		const struct consent *consent = &p->customer->consents[i];

		if (consent->state == CONSENT_UNKNOWN)
			continue;
		buffer_print(p->b, "  consent %.*s on %.*s: %s, %s\n",
		    SPAN_ARGS(schema->purposes[i / schema->n_channels]),
		    SPAN_ARGS(schema->channels[i % schema->n_channels]),
		    consent_word(consent->state), time_text(p, consent->e));
	}
}

static void
print_tier(const struct printing *p)
{
	const struct tier_state *tier = &p->customer->tier;
	struct span name;

	if (p->codec->program == NULL)
		return;
	name = tier_name(p->codec->program, tier->tier);
	buffer_print(p->b, "  tier %.*s, %s", SPAN_ARGS(name),
	    tier_mode_word(tier->mode));
	if (tier->mode == TIER_GRACE)
		buffer_print(p->b, " since %s", time_text(p, tier->since));
	buffer_char(p->b, '\n');
}

static void
print_entry(const struct printing *p, const struct stream *stream,
    const struct entry *entry)
{
	buffer_print(
	    p->b, "    %s %016" PRIx64, time_text(p, entry->e), entry->id_hash);
	if (stream->role == ROLE_PURCHASE)
		print_money(p, " ", entry->gross);
	if (entry->refunded != 0)
		print_money(p, " refunded ", entry->refunded);
	for (size_t i = 0; i < stream->n_kept && entry->fields != NULL; i++) {
		if (entry->fields[i].kind == VALUE_NULL)
			continue;
		buffer_print(p->b,
		    " %.*s=", SPAN_ARGS(stream->fields[stream->kept[i]].name));
		print_value(p, entry->fields[i]);
	}
	buffer_char(p->b, '\n');
}

static void
print_entries(const struct printing *p, const struct stream *stream,
    const struct history *history)
{
	buffer_print(
	    p->b, "  %.*s: %zu\n", SPAN_ARGS(stream->name), history->n_entries);
	if (folded_any(history)) {
		buffer_print(
		    p->b, "    %" PRIu64 " folded", history->folded.count);
		print_money(p, ", ", history->folded.sum);
		buffer_print(p->b,
		    ", from %s to %s, %" PRIu64 " corrections lost\n",
		    time_text(p, history->folded.first),
		    time_text(p, history->folded.before), history->folded.lost);
	}
	for (size_t i = 0; i < history->n_entries; i++)
		print_entry(p, stream, &history->entries[i]);
}

static void
print_days(const struct printing *p, const struct stream *stream,
    const struct history *history)
{
	buffer_print(p->b, "  %.*s, by UTC days\n", SPAN_ARGS(stream->name));
	for (size_t i = 0; i < history->n_days; i++) {
		buffer_print(p->b, "    ");
		print_value(
		    p, value_date(civil_from_days(history->days[i].day)));
		buffer_char(p->b, ' ');
		print_value(p, history->days[i].kind);
		buffer_print(p->b, " %" PRIu32 "\n", history->days[i].count);
	}
	for (size_t i = 0; i < history->n_lasts; i++) {
		buffer_print(p->b, "    last ");
		print_value(p, history->lasts[i].kind);
		buffer_print(p->b, " %s\n", time_text(p, history->lasts[i].e));
	}
}

static void
print_streams(const struct printing *p)
{
	const struct schema *schema = p->codec->schema;

	for (size_t i = 0; i < schema->n_streams; i++) {
		const struct stream *stream = &schema->streams[i];

		if (stream->keep == KEEP_EXACT)
			print_entries(p, stream, &p->customer->histories[i]);
		else if (stream->keep == KEEP_DAYS)
			print_days(p, stream, &p->customer->histories[i]);
	}
	for (size_t i = 0; i < p->customer->n_orphans; i++) {
		const struct orphan *orphan = &p->customer->orphans[i];

		buffer_print(p->b,
		    "  refund %016" PRIx64 " waits for its purchase"
		    " %016" PRIx64,
		    orphan->id_hash, orphan->order_hash);
		print_money(p, ": ", orphan->amount);
		buffer_print(p->b, ", %s\n", time_text(p, orphan->arrived));
	}
}

static void
print_rules(const struct printing *p)
{
	struct arena *arena = p->b->arena;

	for (size_t i = 0; i < p->customer->n_rules; i++) {
		const struct rule_state *rule = &p->customer->rules[i];
		struct span name = rule_word(arena, p->names, rule->rule);
		struct span flags = flags_word(arena, rule->flags);

		buffer_print(p->b, "  rule %.*s: %.*s, decided %s\n",
		    SPAN_ARGS(name), SPAN_ARGS(flags),
		    time_text(p, rule->decided));
	}
	for (size_t i = 0; i < p->customer->n_pendings; i++) {
		const struct pending *pending = &p->customer->pendings[i];
		struct span name = rule_word(arena, p->names, pending->rule);

		buffer_print(p->b, "  pending %.*s ", SPAN_ARGS(name));
		json_string(p->b, pending->key);
		buffer_print(p->b, ": %s until %s, of %s\n",
		    pending_word(pending->kind), time_text(p, pending->due),
		    time_text(p, pending->tau));
	}
	for (size_t i = 0; i < p->customer->n_slots; i++) {
		const struct slot *slot = &p->customer->slots[i];
		struct span name = cap_word(arena, p->names, slot->cap);

		buffer_print(p->b, "  slot of %.*s: %s\n", SPAN_ARGS(name),
		    time_text(p, slot->at));
	}
}

void
customer_print(struct buffer *b, const struct customer *customer,
    const struct customer_codec *codec, const struct customer_names *names)
{
	const struct printing p = {b, customer, codec, names};

	print_head(&p);
	print_profile(&p);
	print_consent(&p);
	print_tier(&p);
	print_streams(&p);
	print_rules(&p);
	if (customer->strange.length > 0)
		buffer_print(b,
		    "  %zu bytes of sections that this program or its files"
		    " do not know\n",
		    customer->strange.length);
}
