#ifndef TESTS_UNIT_CUSTOMER_SAME_H
#define TESTS_UNIT_CUSTOMER_SAME_H

#include "pipeline/customer/customer.h"

/*
 * Are two customers of one schema the same, all the way down?  Room does not
 * matter.  The answer is NULL, or the name of what differs.
 */
#define SAME(what, x)                  \
	do {                           \
		if (!(x))              \
			return (what); \
	} while (0)

static inline bool
same_value(struct value a, struct value b)
{
	if (a.kind != b.kind)
		return (false);
	if (a.kind == VALUE_NULL)
		return (true);
	if (a.kind == VALUE_STRING || a.kind == VALUE_BYTES)
		return (span_equals(value_text(a), value_text(b)));
	if (a.kind == VALUE_BOOL)
		return (a.truth == b.truth);
	return (a.i == b.i && a.length == b.length);
}

static inline struct value
field_at(const struct value *fields, size_t i)
{
	return (fields == NULL ? value_null() : fields[i]);
}

static inline const char *
same_entry(
    const struct stream *stream, const struct entry *a, const struct entry *b)
{
	SAME("e", a->e == b->e);
	SAME("ahead", a->ahead == b->ahead);
	SAME("id", a->id_hash == b->id_hash);
	SAME("gross", a->gross == b->gross);
	SAME("refunded", a->refunded == b->refunded);
	SAME("refunds", a->n_refunds == b->n_refunds);
	for (size_t i = 0; i < a->n_refunds; i++)
		SAME("refund", a->refunds[i] == b->refunds[i]);
	for (size_t i = 0; i < stream->n_kept; i++)
		SAME("field",
		    same_value(field_at(a->fields, i), field_at(b->fields, i)));
	return (NULL);
}

static inline const char *
same_folded(const struct history *a, const struct history *b)
{
	SAME("folded", a->folded.count == b->folded.count &&
			   a->folded.sum == b->folded.sum &&
			   a->folded.before == b->folded.before &&
			   a->folded.first == b->folded.first &&
			   a->folded.days == b->folded.days &&
			   a->folded.last_day == b->folded.last_day &&
			   a->folded.last_day_at == b->folded.last_day_at &&
			   a->folded.lost == b->folded.lost);
	SAME("months", a->n_months == b->n_months);
	for (size_t i = 0; i < a->n_months; i++)
		SAME("month", a->months[i].number == b->months[i].number &&
				  a->months[i].count == b->months[i].count &&
				  a->months[i].sum == b->months[i].sum);
	return (NULL);
}

static inline const char *
same_days(const struct history *a, const struct history *b)
{
	SAME("days", a->n_days == b->n_days);
	for (size_t i = 0; i < a->n_days; i++)
		SAME("day", a->days[i].day == b->days[i].day &&
				a->days[i].count == b->days[i].count &&
				same_value(a->days[i].kind, b->days[i].kind));
	SAME("lasts", a->n_lasts == b->n_lasts);
	for (size_t i = 0; i < a->n_lasts; i++)
		SAME(
		    "last", a->lasts[i].e == b->lasts[i].e &&
				a->lasts[i].id_hash == b->lasts[i].id_hash &&
				same_value(a->lasts[i].kind, b->lasts[i].kind));
	SAME("ring", a->ring.n == b->ring.n);
	for (size_t i = 0; i < a->ring.n; i++)
		SAME("ring", a->ring.ids[i] == b->ring.ids[i] &&
				 a->ring.raws[i] == b->ring.raws[i]);
	return (NULL);
}

static inline const char *
same_history(const struct stream *stream, const struct history *a,
    const struct history *b)
{
	const char *what = same_folded(a, b);

	if (what == NULL)
		what = same_days(a, b);
	SAME("entries", a->n_entries == b->n_entries);
	for (size_t i = 0; i < a->n_entries && what == NULL; i++)
		what = same_entry(stream, &a->entries[i], &b->entries[i]);
	return (what);
}

static inline const char *
same_rules(const struct customer *a, const struct customer *b)
{
	SAME("rules", a->n_rules == b->n_rules);
	for (size_t i = 0; i < a->n_rules; i++) {
		const struct rule_state *x = &a->rules[i];
		const struct rule_state *y = &b->rules[i];

		SAME("rule", x->rule == y->rule && x->flags == y->flags &&
				 x->since == y->since &&
				 x->decided == y->decided &&
				 x->n_keys == y->n_keys);
		for (size_t k = 0; k < x->n_keys; k++)
			SAME("key", x->keys[k].key == y->keys[k].key &&
					x->keys[k].count == y->keys[k].count);
	}
	SAME("slots", a->n_slots == b->n_slots);
	for (size_t i = 0; i < a->n_slots; i++)
		SAME("slot", a->slots[i].cap == b->slots[i].cap &&
				 a->slots[i].at == b->slots[i].at);
	return (NULL);
}

static inline const char *
same_pending(const struct pending *a, const struct pending *b)
{
	SAME("pending", a->rule == b->rule && a->kind == b->kind &&
			    a->due == b->due && a->tau == b->tau &&
			    a->decided == b->decided && a->lag == b->lag &&
			    a->step == b->step && a->tier_old == b->tier_old &&
			    a->tier_new == b->tier_new && a->about == b->about);
	SAME("pending key", span_equals(a->key, b->key));
	SAME("pending event",
	    a->stream == b->stream && a->partition == b->partition &&
		a->offset == b->offset && a->event_at == b->event_at &&
		span_equals(a->event_id, b->event_id) &&
		span_equals(a->traceparent, b->traceparent));
	for (size_t i = 0; a->stream != NULL && i < a->stream->n_fields; i++)
		SAME("pending field",
		    same_value(field_at(a->fields, i), field_at(b->fields, i)));
	return (NULL);
}

static inline const char *
same_profile(const struct schema *schema, const struct customer *a,
    const struct customer *b)
{
	for (size_t i = 0; i < schema->n_profile; i++) {
		const struct profile_field *x = &a->profile[i];
		const struct profile_field *y = &b->profile[i];

		SAME("profile", same_value(x->value, y->value) &&
				    x->e == y->e && x->stream == y->stream &&
				    x->id_hash == y->id_hash);
	}
	for (size_t i = 0; i < schema->n_purposes * schema->n_channels; i++) {
		const struct consent *x = &a->consents[i];
		const struct consent *y = &b->consents[i];

		SAME("consent", x->state == y->state && x->e == y->e &&
				    x->stream == y->stream &&
				    x->id_hash == y->id_hash);
	}
	return (NULL);
}

static inline const char *
same_orphan(const struct orphan *a, const struct orphan *b)
{
	SAME("orphan", a->id_hash == b->id_hash &&
			   a->order_hash == b->order_hash &&
			   a->amount == b->amount && a->arrived == b->arrived);
	SAME("orphan record", a->stream == b->stream &&
				  a->partition == b->partition &&
				  a->offset == b->offset && a->e == b->e &&
				  span_equals(a->id, b->id));
	SAME("orphan rules", a->n_decided == b->n_decided);
	for (size_t i = 0; i < a->n_decided; i++)
		SAME("orphan rule", a->decided[i] == b->decided[i]);
	for (size_t i = 0; i < a->stream->n_fields; i++)
		SAME("orphan field",
		    same_value(field_at(a->fields, i), field_at(b->fields, i)));
	return (NULL);
}

static inline const char *
same_rest(const struct customer *a, const struct customer *b)
{
	SAME("orphans", a->n_orphans == b->n_orphans);
	for (size_t i = 0; i < a->n_orphans; i++) {
		const char *what = same_orphan(&a->orphans[i], &b->orphans[i]);

		if (what != NULL)
			return (what);
	}
	SAME("tier", a->tier.tier == b->tier.tier &&
			 a->tier.mode == b->tier.mode &&
			 a->tier.since == b->tier.since &&
			 a->tier.warned_to == b->tier.warned_to &&
			 a->tier.warned == b->tier.warned);
	SAME("pendings", a->n_pendings == b->n_pendings);
	for (size_t i = 0; i < a->n_pendings; i++) {
		const char *what =
		    same_pending(&a->pendings[i], &b->pendings[i]);

		if (what != NULL)
			return (what);
	}
	SAME("strange", span_equals(a->strange, b->strange));
	return (NULL);
}

static inline const char *
same_customer(const struct schema *schema, const struct customer *a,
    const struct customer *b)
{
	const char *what = same_profile(schema, a, b);

	SAME("head", span_equals(a->id, b->id) && a->seen == b->seen &&
			 a->until == b->until && a->edition == b->edition);
	for (size_t i = 0; i < schema->n_streams && what == NULL; i++)
		what = same_history(
		    &schema->streams[i], &a->histories[i], &b->histories[i]);
	if (what == NULL)
		what = same_rules(a, b);
	return (what == NULL ? same_rest(a, b) : what);
}

#endif
