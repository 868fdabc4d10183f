/*
 * Refunds: each goes to the purchase whose id it names, and acts from its own
 * arrival.  One that comes before its purchase waits as an orphan.
 */
#include "pipeline/base/hash.h"
#include "pipeline/customer/array.h"
#include "pipeline/customer/fold.h"
#include "pipeline/customer/history.h"

#define ORPHAN_LIFE (30 * DAY_MS)

/* A source may write what it gives back as a negative number: not here. */
static int64_t
refund_amount(const struct event *event)
{
	int field = event->stream->amount_field;
	struct value amount =
	    field == NO_FIELD ? value_null() : event->fields[field];

	return (amount.kind == VALUE_MONEY && amount.i > 0 ? amount.i : 0);
}

static uint64_t
refund_order(const struct event *event)
{
	int field = event->stream->order_field;
	struct value order =
	    field == NO_FIELD ? value_null() : event->fields[field];

	return (hash_id(order.kind == VALUE_STRING ? value_text(order)
						   : (struct span){NULL, 0}));
}

/* The purchase that an order's refunds go to: of that id, the latest. */
static struct entry *
purchase_of(const struct customer *customer, const struct schema *schema,
    uint64_t order_hash)
{
	struct entry *found = NULL;

	for (size_t i = 0; i < schema->n_streams; i++) {
		struct entry *entry;

		if (schema->streams[i].role != ROLE_PURCHASE)
			continue;
		entry = history_latest(&customer->histories[i], order_hash);
		if (entry != NULL && (found == NULL || entry->e >= found->e))
			found = entry;
	}
	return (found);
}

static bool
entry_has_refund(const struct entry *entry, uint64_t refund)
{
	for (size_t i = 0; i < entry->n_refunds; i++)
		if (entry->refunds[i] == refund)
			return (true);
	return (false);
}

static bool
orphan_lives(const struct orphan *orphan, wall_ms t)
{
	wall_ms end;

	return (__builtin_add_overflow(orphan->arrived, ORPHAN_LIFE, &end) ||
		t < end);
}

/* Has any purchase of this order, or any orphan, had this refund? */
static bool
refund_known(const struct customer *customer, const struct schema *schema,
    uint64_t order_hash, const struct event *event)
{
	uint64_t refund = event->id_hash;

	for (size_t i = 0; i < customer->n_orphans; i++)
		if (customer->orphans[i].id_hash == refund &&
		    orphan_lives(&customer->orphans[i], event->a))
			return (true);
	for (size_t i = 0; i < schema->n_streams; i++) {
		const struct history *history = &customer->histories[i];

		if (schema->streams[i].role != ROLE_PURCHASE)
			continue;
		for (size_t k = 0; k < history->n_entries; k++)
			if (history->entries[k].id_hash == order_hash &&
			    entry_has_refund(&history->entries[k], refund))
				return (true);
	}
	return (false);
}

/*
 * Beyond REFUNDS_MAX an amount still counts, but its id is not remembered: a
 * purchase in so many pieces is no reason to grow without end.
 */
static void
entry_refund(
    struct entry *entry, uint64_t refund, int64_t amount, struct arena *arena)
{
	uint64_t *ids;
	size_t i = 0;
	size_t room = 0;

	if (__builtin_add_overflow(entry->refunded, amount, &entry->refunded))
		entry->refunded = INT64_MAX;
	if (entry->n_refunds == REFUNDS_MAX)
		return;
	ids = ARENA_ARRAY(arena, entry->n_refunds + 1, uint64_t);
	room = entry->n_refunds + 1;
	while (i < entry->n_refunds && entry->refunds[i] < refund)
		i++;
	if (entry->n_refunds > 0)
		(void)memcpy(
		    ids, entry->refunds, entry->n_refunds * sizeof *ids);
	ids = array_open(arena, ids, entry->n_refunds, &room, i, sizeof *ids);
	ids[i] = refund;
	entry->refunds = ids;
	entry->n_refunds++;
}

static void
orphan_remove(struct customer *customer, size_t index)
{
	array_close(customer->orphans, customer->n_orphans, index, 1,
	    sizeof *customer->orphans);
	customer->n_orphans--;
}

static void
orphan_add(struct customer *customer, const struct orphan *orphan)
{
	if (customer->n_orphans == ORPHANS_MAX)
		orphan_remove(customer, 0);
	customer->orphans[customer->n_orphans++] = *orphan;
}

struct fold_result
refund_fold(struct customer *customer, const struct schema *schema,
    const struct event *event, struct arena *arena)
{
	struct fold_result result = {.folding = FOLD_DUPLICATE};
	uint64_t order_hash = refund_order(event);
	int64_t amount = refund_amount(event);
	struct entry *entry;

	if (refund_known(customer, schema, order_hash, event))
		return (result);
	refund_expire(customer, schema, event->a);
	result.folding = FOLD_DONE;
	entry = purchase_of(customer, schema, order_hash);
	if (entry != NULL)
		entry_refund(entry, event->id_hash, amount, arena);
	else
		orphan_add(customer, &(struct orphan){.id_hash = event->id_hash,
					 .order_hash = order_hash,
					 .amount = amount,
					 .arrived = event->a,
					 .stream = event->stream,
					 .partition = event->partition,
					 .offset = event->offset,
					 .id = event->id,
					 .e = event->e,
					 .fields = event->fields});
	result.refunded = entry;
	return (result);
}

bool
fold_orphan(struct customer *customer, const struct event *purchase,
    struct arena *arena, struct event *ret, struct orphan *was)
{
	struct history *history = &customer->histories[purchase->stream->index];
	struct entry *entry = history_latest(history, purchase->id_hash);

	for (size_t i = 0; entry != NULL && i < customer->n_orphans; i++) {
		struct orphan orphan = customer->orphans[i];

		if (orphan.order_hash != entry->id_hash ||
		    !orphan_lives(&orphan, purchase->a))
			continue;
		entry_refund(entry, orphan.id_hash, orphan.amount, arena);
		orphan_remove(customer, i);
		*was = orphan;
		*ret = (struct event){.stream = orphan.stream,
		    .customer = purchase->customer,
		    .id = orphan.id,
		    .id_hash = orphan.id_hash,
		    .a = purchase->a,
		    .e = orphan.e,
		    .raw = orphan.e,
		    .backfill = purchase->backfill,
		    .partition = orphan.partition,
		    .offset = orphan.offset,
		    .fields = orphan.fields};
		return (true);
	}
	return (false);
}

/*
 * An orphan that nothing has met may be the refund of a purchase that was
 * folded away: then it is a correction that came too late.
 */
static void
count_lost(struct customer *customer, const struct schema *schema)
{
	for (size_t i = 0; i < schema->n_streams; i++)
		if (schema->streams[i].role == ROLE_PURCHASE &&
		    folded_any(&customer->histories[i])) {
			customer->histories[i].folded.lost++;
			return;
		}
}

void
refund_expire(struct customer *customer, const struct schema *schema, wall_ms t)
{
	for (size_t i = 0; i < customer->n_orphans;) {
		if (orphan_lives(&customer->orphans[i], t)) {
			i++;
			continue;
		}
		orphan_remove(customer, i);
		count_lost(customer, schema);
	}
}
