/*
 * A customer as he is made, and what others keep in him: rules their memory,
 * the gate its pending triggers and the slots of its caps.  His past is
 * fold.c's and window.c's, his bytes are codec.c's.
 */
#include "pipeline/customer/customer.h"

#include "pipeline/customer/array.h"

struct customer *
customer_new(struct arena *arena, const struct schema *schema, struct span id)
{
	struct customer *customer = ARENA_NEW(arena, struct customer);
	size_t n_consents = schema->n_purposes * schema->n_channels;

	customer->id = arena_span(arena, id);
	customer->seen = INSTANT_BEFORE;
	customer->until = INSTANT_NEVER;
	customer->histories =
	    ARENA_ARRAY(arena, schema->n_streams, struct history);
	for (size_t i = 0; i < schema->n_streams; i++) {
		customer->histories[i].folded.before = INSTANT_BEFORE;
		customer->histories[i].folded.first = INSTANT_NEVER;
	}
	customer->profile =
	    ARENA_ARRAY(arena, schema->n_profile, struct profile_field);
	for (size_t i = 0; i < schema->n_profile; i++) {
		customer->profile[i].e = INSTANT_BEFORE;
		customer->profile[i].stream = NO_FIELD;
	}
	customer->consents = ARENA_ARRAY(arena, n_consents, struct consent);
	for (size_t i = 0; i < n_consents; i++) {
		customer->consents[i].e = INSTANT_BEFORE;
		customer->consents[i].stream = NO_FIELD;
	}
	customer->tier.tier = TIER_NONE;
	customer->tier.since = INSTANT_BEFORE;
	customer->tier.warned_to = INSTANT_BEFORE;
	return (customer);
}

struct value
entry_field(const struct stream *stream, const struct entry *entry, int field)
{
	if (stream->keep == KEEP_DAYS)
		return (field == stream->kind_field && field != NO_FIELD &&
				entry->fields != NULL
			    ? entry->fields[0]
			    : value_null());
	if (stream->role == ROLE_PURCHASE && field == stream->amount_field &&
	    field != NO_FIELD)
		return (value_money(entry_net(entry)));
	for (size_t i = 0; i < stream->n_kept && entry->fields != NULL; i++)
		if (stream->kept[i] == field)
			return (entry->fields[i]);
	return (value_null());
}

static struct value
profile_value(const struct customer *customer, int field)
{
	struct value value =
	    field == NO_FIELD ? value_null() : customer->profile[field].value;

	return (value.kind == VALUE_STRING ? value : value_null());
}

int
customer_zone(const struct customer *customer, const struct schema *schema,
    enum zone_source *source)
{
	struct value zone = profile_value(customer, schema->zone_field);
	struct value country = profile_value(customer, schema->country_field);
	int found = ZONE_NONE;

	*source = ZONE_OF_PROFILE;
	if (zone.kind != VALUE_NULL)
		found = zones_find(schema->zones, value_text(zone));
	if (found == ZONE_NONE && country.kind != VALUE_NULL) {
		*source = ZONE_OF_COUNTRY;
		found = zones_of_country(schema->zones, value_text(country));
	}
	if (found == ZONE_NONE) {
		*source = ZONE_OF_SCHEMA;
		found = schema->zone;
	}
	return (found);
}

/* Where a rule's memory is, or would be. */
static size_t
rule_index(const struct customer *customer, uint32_t rule)
{
	size_t low = 0;
	size_t high = customer->n_rules;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (customer->rules[middle].rule < rule)
			low = middle + 1;
		else
			high = middle;
	}
	return (low);
}

struct rule_state *
customer_rule(const struct customer *customer, uint32_t rule)
{
	size_t i = rule_index(customer, rule);

	if (i == customer->n_rules || customer->rules[i].rule != rule)
		return (NULL);
	return (&customer->rules[i]);
}

struct rule_state *
customer_rule_make(
    struct customer *customer, struct arena *arena, uint32_t rule)
{
	size_t i = rule_index(customer, rule);

	if (i < customer->n_rules && customer->rules[i].rule == rule)
		return (&customer->rules[i]);
	customer->rules = array_open(arena, customer->rules, customer->n_rules,
	    &customer->rules_room, i, sizeof *customer->rules);
	customer->n_rules++;
	customer->rules[i].rule = rule;
	customer->rules[i].since = INSTANT_BEFORE;
	customer->rules[i].decided = INSTANT_BEFORE;
	return (&customer->rules[i]);
}

int
pending_compare(const struct pending *a, const struct pending *b)
{
	if (a->due != b->due)
		return (a->due < b->due ? -1 : 1);
	if (a->rule != b->rule)
		return (a->rule < b->rule ? -1 : 1);
	return (span_compare(a->key, b->key));
}

void
customer_pending_add(struct customer *customer, struct arena *arena,
    const struct pending *pending)
{
	struct pending copy = *pending; /* it may be one of those that move */
	size_t i = customer->n_pendings;

	while (i > 0 && pending_compare(&customer->pendings[i - 1], &copy) > 0)
		i--;
	customer->pendings =
	    array_open(arena, customer->pendings, customer->n_pendings,
		&customer->pendings_room, i, sizeof *customer->pendings);
	customer->n_pendings++;
	customer->pendings[i] = copy;
}

void
customer_pending_remove(struct customer *customer, size_t index)
{
	array_close(customer->pendings, customer->n_pendings, index, 1,
	    sizeof *customer->pendings);
	customer->n_pendings--;
}

void
customer_slot_add(
    struct customer *customer, struct arena *arena, uint32_t cap, wall_ms at)
{
	size_t i = customer->n_slots;

	while (i > 0 && (customer->slots[i - 1].cap > cap ||
			    (customer->slots[i - 1].cap == cap &&
				customer->slots[i - 1].at > at)))
		i--;
	customer->slots = array_open(arena, customer->slots, customer->n_slots,
	    &customer->slots_room, i, sizeof *customer->slots);
	customer->n_slots++;
	customer->slots[i] = (struct slot){.cap = cap, .at = at};
}

void
customer_slots_forget(struct customer *customer, uint32_t cap, wall_ms before)
{
	size_t first = 0;
	size_t end;

	while (first < customer->n_slots && customer->slots[first].cap < cap)
		first++;
	end = first;
	while (end < customer->n_slots && customer->slots[end].cap == cap &&
	       customer->slots[end].at <= before)
		end++;
	array_close(customer->slots, customer->n_slots, first, end - first,
	    sizeof *customer->slots);
	customer->n_slots -= end - first;
}
