#ifndef PIPELINE_CUSTOMER_CUSTOMER_H
#define PIPELINE_CUSTOMER_CUSTOMER_H

#include "pipeline/base/arena.h"
#include "pipeline/base/value.h"
#include "pipeline/event/event.h"
#include "pipeline/model/tier.h"

/*
 * All that is kept about one customer, decoded whole into a batch's arena.
 * Everything here points into that arena; nothing is freed on its own.  What
 * names a stream, field, purpose, channel, cap, tier or rule does so by index
 * or hash of the edition at hand; the bytes (codec.h) name them by hash, so
 * that they survive a change of the files.
 */

enum {
	REFUNDS_MAX = 64, /* refunds whose ids a purchase remembers          */
	MONTHS_MAX = 240, /* months kept of what was folded: 20 years        */
	KINDS_MAX = 32,   /* kinds that a KEEP_DAYS stream tells apart       */
};

/* A purchase, a feedback, an engagement kept exactly. */
struct entry {
	wall_ms e;     /* event time, at most its arrival                  */
	int64_t ahead; /* raw event time - e, where e was clamped; else 0  */
	uint64_t id_hash;
	int64_t gross;    /* purchase: minor units as bought                  */
	int64_t refunded; /* purchase: the sum of its refunds                 */
	const uint64_t *refunds; /* id hashes of its refunds, ascending       */
	size_t n_refunds;
	const struct value *fields; /* stream->n_kept, in the order of `kept` */
};

/* What is left of a month (UTC) whose entries were folded: those that counted. */
struct month {
	int32_t number; /* months since 1970-01 */
	uint32_t count;
	int64_t sum; /* minor units, net */
};

/*
 * KEEP_DAYS: how many events of a kind on a UTC day.  A stream tells the first
 * KINDS_MAX kinds of a customer apart; all others count under null, so that
 * a stream of ever new kinds cannot bloat him.
 */
struct day_count {
	int32_t day;       /* since 1970-01-01 */
	struct value kind; /* string, or null where the event has none */
	uint32_t count;
};

/* KEEP_DAYS: the last event of a kind. */
struct last_kind {
	struct value kind;
	wall_ms e;
	uint64_t id_hash;
};

/*
 * The closed statistics of what was folded: purchases of net above 0, and all
 * of any other stream.  What had net 0 went without a trace.
 */
struct folded {
	uint64_t count;      /* entries folded that counted                 */
	int64_t sum;         /* their net                                   */
	wall_ms before;      /* windows that start earlier are not exact:
	                       e of the newest folded entry; or INSTANT_BEFORE */
	wall_ms first;       /* e of the earliest; INSTANT_NEVER if none    */
	uint64_t days;       /* distinct purchase days among them           */
	int64_t last_day;    /* the latest of these days; 0 if none         */
	wall_ms last_day_at; /* the earliest purchase of that day; or 0     */
	uint64_t lost;       /* corrections that came too late to be applied */
};

enum { RING_MAX = 16 };

/* Ids of the latest events of a stream that keeps no entries. */
struct ring {
	uint64_t ids[RING_MAX];
	int64_t raws[RING_MAX];
	size_t n; /* the oldest first */
};

/* One stream's past. */
struct history {
	struct entry *entries; /* KEEP_EXACT; by (e, id_hash, ahead) */
	size_t n_entries;
	size_t room;
	struct folded folded;
	struct month *months; /* ascending */
	size_t n_months;
	size_t months_room;
	struct day_count *days; /* KEEP_DAYS; by (day, kind) */
	size_t n_days;
	size_t days_room;
	struct last_kind *lasts; /* by kind */
	size_t n_lasts;
	size_t lasts_room;
	struct ring ring; /* KEEP_DAYS, profile, consent */
};

enum { ORPHAN_RULES_MAX = 8 };

/*
 * A refund that came before its purchase; kept 30 days from its arrival.  The
 * record itself stays with it: when the purchase comes, it counts as arriving
 * right after it, and is evaluated then.
 */
struct orphan {
	uint64_t id_hash;
	uint64_t order_hash;
	int64_t amount;
	wall_ms arrived;
	const struct stream *stream; /* NULL: the schema has it no more */
	int32_t partition;
	int64_t offset;
	struct span id;
	wall_ms e;
	const struct value *fields; /* stream->n_fields */
	/* Hashes of rules that decided on it when it came: under its key they
	   decide once. */
	uint32_t decided[ORPHAN_RULES_MAX];
	size_t n_decided;
};

enum { ORPHANS_MAX = 4 };

/* A profile field, last writer wins by (e, stream, id hash). */
struct profile_field {
	struct value value; /* null: unset, or never set */
	wall_ms e;          /* INSTANT_BEFORE: never set */
	int stream; /* whose record; NO_FIELD if it is gone or never set */
	uint64_t id_hash;
};

enum consent_state {
	CONSENT_UNKNOWN, /* reads as denied */
	CONSENT_GRANTED,
	CONSENT_DENIED,
};

/* One purpose on one channel; at equal e denied wins. */
struct consent {
	enum consent_state state;
	wall_ms e;  /* INSTANT_BEFORE: never given, never denied */
	int stream; /* whose record; NO_FIELD if it is gone or there is none */
	uint64_t id_hash;
};

/* What a rule has done for this customer under one key: 64 bits of its own. */
struct rule_key {
	uint64_t key;
	uint32_t count;
};

/* A rule's memory of this customer.  pipeline/rule says what each means. */
enum {
	RULE_HELD = 1, /* state rule: `when` was true at the last look      */
	RULE_WAITING =
	    2,          /* state rule: `for` runs since `since`              */
	RULE_USED = 4,  /* `reentry: never` has been used up                 */
	RULE_SPENT = 8, /* state rule: has fired and is not armed again yet  */
};

struct rule_state {
	uint32_t rule; /* hash of the rule's id and version */
	uint8_t flags;
	wall_ms since;
	wall_ms decided; /* n of the last decision that counts for reentry;
	                    INSTANT_BEFORE: none */
	const struct rule_key *keys;
	size_t n_keys;
};

/* A decision that is not published yet. */
enum pending_kind {
	PENDING_DELAY,    /* an event rule waits for its delay to pass      */
	PENDING_GATE,     /* passed the gate; quiet hours or a cap defer it */
	PENDING_CATCH_UP, /* we were behind when it was decided             */
};

struct pending {
	uint32_t rule;
	enum pending_kind kind;
	wall_ms due; /* its release, or the end of its delay */
	wall_ms tau;
	wall_ms decided; /* PENDING_GATE: n at which it passed the gate */
	duration_ms lag; /* PENDING_CATCH_UP: W - n when last deferred */
	struct span key; /* occurrence key */
	/* Its cause: an event, or (stream NULL) time. */
	const struct stream *stream;
	int32_t partition;
	int64_t offset;
	struct span event_id;
	wall_ms event_at;
	const struct value *fields; /* start.*: stream->n_fields */
	struct span traceparent;
	/* What the source said: idle.step, the tier it left and reached. */
	int32_t step;
	int32_t tier_old;
	int32_t tier_new;
	uint64_t about; /* idle: id hash of the last purchase */
};

/* A trigger that was published and counts in a cap. */
struct slot {
	uint32_t cap; /* hash of the cap's name */
	wall_ms at;
};

struct customer {
	struct span id;
	bool known;    /* false: not a byte has been stored yet */
	wall_ms seen;  /* the last n; INSTANT_BEFORE when new   */
	wall_ms until; /* lower bound of its next own instant; its score */
	uint64_t edition;
	struct history *histories; /* one per stream of the schema */
	struct orphan orphans[ORPHANS_MAX];
	size_t n_orphans;              /* the oldest first */
	struct profile_field *profile; /* schema->n_profile */
	struct consent *consents;      /* [purpose * n_channels + channel] */
	struct tier_state tier;
	struct rule_state *rules; /* by hash, ascending */
	size_t n_rules;
	size_t rules_room;
	struct pending *pendings; /* by (due, rule, key) */
	size_t n_pendings;
	size_t pendings_room;
	struct slot *slots; /* by (cap, at) */
	size_t n_slots;
	size_t slots_room;
	/* Sections that this program or schema does not know, as they came,
	   each with the `seen` that it is true for. */
	struct span strange;
};

/*
 * A customer of whom nothing is known yet: no tier, no consent, a profile of
 * nulls; seen and the tier's times are INSTANT_BEFORE, until INSTANT_NEVER.
 */
struct customer *customer_new(
    struct arena *arena, const struct schema *schema, struct span id);

/* purchases: what counts; max(0, gross - refunded). */
static inline int64_t
entry_net(const struct entry *entry)
{
	return (entry->gross > entry->refunded ? entry->gross - entry->refunded
					       : 0);
}

/* Does it count at all?  A purchase of net 0 does not. */
static inline bool
entry_counts(const struct stream *stream, const struct entry *entry)
{
	return (stream->role != ROLE_PURCHASE || entry_net(entry) > 0);
}

/*
 * The value that an entry keeps of a field (index in stream->fields); a
 * purchase's amount is its net.  Null where it keeps none.  The entry of a
 * KEEP_DAYS stream holds its kind alone.
 */
struct value entry_field(
    const struct stream *stream, const struct entry *entry, int field);

/*
 * The zone in which this customer lives: its own field of type timezone, else
 * the only zone of its country, else the schema's.  Never ZONE_NONE.
 */
enum zone_source { ZONE_OF_PROFILE, ZONE_OF_COUNTRY, ZONE_OF_SCHEMA };
int customer_zone(const struct customer *customer, const struct schema *schema,
    enum zone_source *source);

/*
 * A rule's memory; NULL if it has none.  One without flags, decision and keys
 * is none: the bytes leave it out.  A new one has since and decided
 * INSTANT_BEFORE.
 */
struct rule_state *customer_rule(
    const struct customer *customer, uint32_t rule);
/* The same, made if it is not there; pointers to others become void. */
struct rule_state *customer_rule_make(
    struct customer *customer, struct arena *arena, uint32_t rule);

/* Order by (due, rule, key): < 0, 0, > 0. */
int pending_compare(const struct pending *a, const struct pending *b);

/* Put in order.  Pointers to others become void. */
void customer_pending_add(struct customer *customer, struct arena *arena,
    const struct pending *pending);
void customer_pending_remove(struct customer *customer, size_t index);

/* Remember a published trigger in a cap; forget those at or before `before`. */
void customer_slot_add(
    struct customer *customer, struct arena *arena, uint32_t cap, wall_ms at);
void customer_slots_forget(
    struct customer *customer, uint32_t cap, wall_ms before);

#endif
