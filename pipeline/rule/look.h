#ifndef PIPELINE_RULE_LOOK_H
#define PIPELINE_RULE_LOOK_H

#include "pipeline/rule/rule.h"

/*
 * One evaluation of one customer at one instant: what the rules have to say,
 * and until when they have nothing else to say.  Its outcome is a list of
 * occasions; whether one becomes a trigger is the gate's business
 * (pipeline/decide).  Nothing here knows the wall clock.
 */

/* A rule found true what it waits for. */
struct occasion {
	const struct rule *rule;
	wall_ms tau;
	struct span key; /* occurrence key */
	bool by_event;   /* caused by look->event */
	int step;        /* idle */
	uint64_t about;  /* idle: id hash of the last one */
	wall_ms idle_last;
	int tier_old; /* tier */
	int tier_new;
};

/* What moves the customer to the instant n. */
enum look_cause {
	LOOK_EVENT, /* a record, folded: rules that read its stream           */
	LOOK_TIME,  /* time: all rules that can move by themselves            */
	LOOK_PAST,  /* dues that lay before n when a record made them         */
	LOOK_PRIME, /* a new edition: truth is noted, nothing is said         */
};

struct look {
	const struct edition *edition;
	struct customer *customer;
	struct arena *arena;
	struct cel_memo *memos; /* edition->n_memos */
	uint64_t *stamp;        /* raised by each look */
	enum look_cause cause;
	wall_ms n;
	wall_ms due; /* LOOK_TIME, LOOK_PAST: what is due at or before this */
	const struct event *event; /* LOOK_EVENT */
	/* It has been here before, as an orphan: event rules have had it. */
	bool again;
	const struct entry *entry; /* of the event in the history, or NULL */
	bool first; /* of this customer: every rule is looked at */
	/* Out: */
	struct occasion *occasions;
	size_t n_occasions;
	size_t room;
	wall_ms steady;  /* bound of truths and tiers                       */
	wall_ms dated;   /* next due of idle and yearly rules; may be < n    */
	unsigned errors; /* conditions that were error values              */
};

/* Look at the tiers and at every rule concerned. */
void look_at(struct look *look);

/* For the sources: */
void look_says(struct look *look, const struct occasion *occasion);
struct subject look_subject(const struct look *look);
/*
 * Evaluate a condition at n; a missing one is true.  *bound is lowered to the
 * first instant at which the answer may be another; NULL: not wanted.
 */
bool look_holds(struct look *look, const struct cel_expr *expr,
    const struct subject *subject, wall_ms *bound);
struct span time_key(struct arena *arena, wall_ms tau);

/* The sources, a file each. */
void state_look(struct look *look, const struct rule *rule);
void event_look(struct look *look, const struct rule *rule);
void idle_look(struct look *look, const struct rule *rule);
void yearly_look(struct look *look, const struct rule *rule);
void tier_look(struct look *look, const struct rule *rule,
    const struct tier_events *events);

/* The latest of a stream, for idle rules: false if there was none. */
struct latest {
	uint64_t id_hash;
	wall_ms e;
};
bool idle_latest(const struct customer *customer, const struct stream *stream,
    struct latest *ret);

#endif
