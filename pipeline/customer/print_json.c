/* A customer as one JSON object. */
#include <inttypes.h>

#include "pipeline/customer/history.h"
#include "pipeline/customer/print.h"
#include "pipeline/event/event.h"
#include "pipeline/event/json_out.h"

/* What all of these functions need. */
struct printing {
	struct buffer *b;
	const struct customer *customer;
	const struct customer_codec *codec;
	const struct customer_names *names;
};

static void
open_list(struct buffer *b, const char *name)
{
	json_add_name(b, name);
	buffer_char(b, '[');
}

static void
open_item(struct buffer *b, size_t i)
{
	buffer_print(b, "%s{", i > 0 ? "," : "");
}

/* null where an instant is none. */
static void
add_time(struct buffer *b, const char *name, wall_ms t)
{
	json_add_name(b, name);
	if (t == INSTANT_NEVER || t == INSTANT_BEFORE)
		buffer_print(b, "null");
	else
		json_instant(b, t);
}

static void
add_hash(struct buffer *b, const char *name, uint64_t hash)
{
	json_add_name(b, name);
	buffer_print(b, "\"%016" PRIx64 "\"", hash);
}

static void
add_money(const struct printing *p, const char *name, int64_t minor)
{
	json_add_name(p->b, name);
	json_value(p->b, value_money(minor), &p->codec->schema->currency);
}

/* A member whose name the schema gave. */
static void
add_value(const struct printing *p, struct span name, struct value v)
{
	if (p->b->at[p->b->length - 1] != '{')
		buffer_char(p->b, ',');
	json_string(p->b, name);
	buffer_char(p->b, ':');
	json_value(p->b, v, &p->codec->schema->currency);
}

static void
add_profile(const struct printing *p)
{
	const struct schema *schema = p->codec->schema;
	size_t n = 0;

	open_list(p->b, "profile");
	for (size_t i = 0; i < schema->n_profile; i++) {
		const struct profile_field *field = &p->customer->profile[i];

		if (field->e == INSTANT_BEFORE)
			continue;
		open_item(p->b, n++);
		json_add_text(p->b, "field", schema->profile[i].name);
		add_value(p, SPAN("value"), field->value);
		json_add_bool(p->b, "pii", schema->profile[i].pii);
		add_time(p->b, "at", field->e);
		buffer_char(p->b, '}');
	}
	buffer_char(p->b, ']');
}

static void
add_consent(const struct printing *p)
{
	const struct schema *schema = p->codec->schema;
	size_t n = 0;

	open_list(p->b, "consent");
	for (size_t i = 0; i < schema->n_purposes * schema->n_channels; i++) {
		const struct consent *consent = &p->customer->consents[i];

		if (consent->state == CONSENT_UNKNOWN)
			continue;
		open_item(p->b, n++);
		json_add_text(
		    p->b, "purpose", schema->purposes[i / schema->n_channels]);
		json_add_text(
		    p->b, "channel", schema->channels[i % schema->n_channels]);
		json_add_text(
		    p->b, "state", span_of(consent_word(consent->state)));
		add_time(p->b, "at", consent->e);
		buffer_char(p->b, '}');
	}
	buffer_char(p->b, ']');
}

static void
add_tier(const struct printing *p)
{
	const struct tier_state *tier = &p->customer->tier;

	json_add_name(p->b, "tier");
	if (p->codec->program == NULL) {
		buffer_print(p->b, "null");
		return;
	}
	buffer_char(p->b, '{');
	json_add_text(p->b, "name", tier_name(p->codec->program, tier->tier));
	json_add_text(p->b, "mode", span_of(tier_mode_word(tier->mode)));
	add_time(p->b, "since", tier->since);
	add_time(p->b, "warned_to", tier->warned_to);
	buffer_char(p->b, '}');
}

static void
add_entry(const struct printing *p, const struct stream *stream,
    const struct entry *entry)
{
	add_time(p->b, "at", entry->e);
	if (entry->ahead != 0)
		json_add_int(p->b, "ahead_ms", entry->ahead);
	add_hash(p->b, "id_hash", entry->id_hash);
	if (stream->role == ROLE_PURCHASE) {
		add_money(p, "amount", entry->gross);
		add_money(p, "net", entry_net(entry));
	}
	if (entry->refunded != 0) {
		add_money(p, "refunded", entry->refunded);
		json_add_int(p->b, "refunds", (int64_t)entry->n_refunds);
	}
	json_add_name(p->b, "fields");
	buffer_char(p->b, '{');
	for (size_t i = 0; i < stream->n_kept && entry->fields != NULL; i++)
		if (entry->fields[i].kind != VALUE_NULL)
			add_value(p, stream->fields[stream->kept[i]].name,
			    entry->fields[i]);
	buffer_char(p->b, '}');
}

static void
add_folded(const struct printing *p, const struct history *history)
{
	const struct folded *folded = &history->folded;

	json_add_name(p->b, "folded");
	buffer_char(p->b, '{');
	json_add_int(p->b, "count", (int64_t)folded->count);
	add_money(p, "sum", folded->sum);
	add_time(p->b, "first", folded->first);
	add_time(p->b, "before", folded->before);
	json_add_int(p->b, "days", (int64_t)folded->days);
	json_add_int(p->b, "lost", (int64_t)folded->lost);
	json_add_int(p->b, "months", (int64_t)history->n_months);
	buffer_char(p->b, '}');
}

static void
add_days(const struct printing *p, const struct history *history)
{
	open_list(p->b, "days");
	for (size_t i = 0; i < history->n_days; i++) {
		const struct day_count *bucket = &history->days[i];

		open_item(p->b, i);
		add_value(
		    p, SPAN("day"), value_date(civil_from_days(bucket->day)));
		add_value(p, SPAN("kind"), bucket->kind);
		json_add_int(p->b, "count", bucket->count);
		buffer_char(p->b, '}');
	}
	buffer_char(p->b, ']');
	open_list(p->b, "last");
	for (size_t i = 0; i < history->n_lasts; i++) {
		open_item(p->b, i);
		add_value(p, SPAN("kind"), history->lasts[i].kind);
		add_time(p->b, "at", history->lasts[i].e);
		buffer_char(p->b, '}');
	}
	buffer_char(p->b, ']');
}

static void
add_history(const struct printing *p, const struct stream *stream)
{
	const struct history *history = &p->customer->histories[stream->index];

	json_add_text(p->b, "stream", stream->name);
	if (stream->keep == KEEP_DAYS)
		add_days(p, history);
	if (stream->keep == KEEP_EXACT) {
		open_list(p->b, "entries");
		for (size_t i = 0; i < history->n_entries; i++) {
			open_item(p->b, i);
			add_entry(p, stream, &history->entries[i]);
			buffer_char(p->b, '}');
		}
		buffer_char(p->b, ']');
	}
	if (folded_any(history))
		add_folded(p, history);
	json_add_int(p->b, "ids_remembered", (int64_t)history->ring.n);
}

static void
add_orphans(const struct printing *p)
{
	open_list(p->b, "orphans");
	for (size_t i = 0; i < p->customer->n_orphans; i++) {
		const struct orphan *orphan = &p->customer->orphans[i];

		open_item(p->b, i);
		add_hash(p->b, "id_hash", orphan->id_hash);
		add_hash(p->b, "order_hash", orphan->order_hash);
		add_money(p, "amount", orphan->amount);
		add_time(p->b, "arrived", orphan->arrived);
		buffer_char(p->b, '}');
	}
	buffer_char(p->b, ']');
}

static void
add_rules(const struct printing *p)
{
	struct arena *arena = p->b->arena;

	open_list(p->b, "rules");
	for (size_t i = 0; i < p->customer->n_rules; i++) {
		const struct rule_state *rule = &p->customer->rules[i];

		open_item(p->b, i);
		json_add_text(
		    p->b, "rule", rule_word(arena, p->names, rule->rule));
		json_add_text(p->b, "flags", flags_word(arena, rule->flags));
		add_time(p->b, "since", rule->since);
		add_time(p->b, "decided", rule->decided);
		json_add_int(p->b, "keys", (int64_t)rule->n_keys);
		buffer_char(p->b, '}');
	}
	buffer_char(p->b, ']');
}

static void
add_pendings(const struct printing *p)
{
	open_list(p->b, "pending");
	for (size_t i = 0; i < p->customer->n_pendings; i++) {
		const struct pending *pending = &p->customer->pendings[i];

		open_item(p->b, i);
		json_add_text(p->b, "rule",
		    rule_word(p->b->arena, p->names, pending->rule));
		json_add_text(
		    p->b, "waits_for", span_of(pending_word(pending->kind)));
		add_time(p->b, "due", pending->due);
		add_time(p->b, "occurred_at", pending->tau);
		json_add_text(p->b, "occurrence_key", pending->key);
		if (pending->stream != NULL)
			json_add_text(p->b, "event_id", pending->event_id);
		buffer_char(p->b, '}');
	}
	buffer_char(p->b, ']');
}

static void
add_slots(const struct printing *p)
{
	open_list(p->b, "slots");
	for (size_t i = 0; i < p->customer->n_slots; i++) {
		const struct slot *slot = &p->customer->slots[i];

		open_item(p->b, i);
		json_add_text(
		    p->b, "cap", cap_word(p->b->arena, p->names, slot->cap));
		add_time(p->b, "at", slot->at);
		buffer_char(p->b, '}');
	}
	buffer_char(p->b, ']');
}

static void
add_head(const struct printing *p)
{
	const struct schema *schema = p->codec->schema;
	enum zone_source source;
	int zone = customer_zone(p->customer, schema, &source);

	json_add_text(p->b, "id", p->customer->id);
	add_time(p->b, "seen", p->customer->seen);
	add_time(p->b, "until", p->customer->until);
	add_hash(p->b, "edition", p->customer->edition);
	json_add_text(p->b, "zone", zones_name(schema->zones, zone));
	json_add_text(p->b, "zone_source", span_of(zone_source_word(source)));
}

void
customer_json(struct buffer *b, const struct customer *customer,
    const struct customer_codec *codec, const struct customer_names *names)
{
	const struct printing p = {b, customer, codec, names};
	const struct schema *schema = codec->schema;

	buffer_char(b, '{');
	add_head(&p);
	add_profile(&p);
	add_consent(&p);
	add_tier(&p);
	open_list(b, "streams");
	for (size_t i = 0; i < schema->n_streams; i++) {
		open_item(b, i);
		add_history(&p, &schema->streams[i]);
		buffer_char(b, '}');
	}
	buffer_char(b, ']');
	add_orphans(&p);
	add_rules(&p);
	add_pendings(&p);
	add_slots(&p);
	json_add_int(b, "strange_bytes", (int64_t)customer->strange.length);
	buffer_char(b, '}');
}
