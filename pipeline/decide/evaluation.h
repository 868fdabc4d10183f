#ifndef PIPELINE_DECIDE_EVALUATION_H
#define PIPELINE_DECIDE_EVALUATION_H

#include "pipeline/decide/advance.h"
#include "pipeline/rule/look.h"

/*
 * One evaluation on its way through the gate: all decisions of one customer at
 * one n, in order of (priority descending, rule id, tau, key).
 */
enum { GROUPS_PASSED_MAX = 32 };

/* Where a candidate comes from. */
enum candidate_stage {
	STAGE_FRESH,   /* decided just now                              */
	STAGE_DELAY,   /* the delay of an event rule is over            */
	STAGE_RELEASE, /* a pending trigger is due                      */
};

/* A decision before its fate is known. */
struct candidate {
	const struct rule *rule;
	enum candidate_stage stage;
	struct pending pending; /* all that is known of it */
	wall_ms idle_last;
};

struct evaluation {
	struct advance *a;
	struct customer *customer;
	wall_ms n;
	wall_ms wall; /* W */
	bool primed;
	struct mark mark;
	struct look look;
	struct candidate *candidates;
	size_t n_candidates;
	size_t room;
	int passed[GROUPS_PASSED_MAX]; /* exclusive groups that have one */
	size_t n_passed;
};

/* Take a decision through stale, catching up and the gate (gate.c). */
void gate_decide(struct evaluation *ev, struct candidate *candidate);

/*
 * A held trigger's release, found anew from n on: it moves there, or, if it may
 * go out at n, becomes a candidate of this evaluation.
 */
void gate_move(struct evaluation *ev, const struct candidate *held);

/* It ends here: counted, and said if n is live. */
void suppress(struct evaluation *ev, const struct rule *rule,
    const struct pending *pending, enum reason reason, struct span detail);

/* Say it: the trigger's message, with why and trace (explain.c). */
void publish(struct evaluation *ev, const struct candidate *candidate);
struct trigger explain(const struct evaluation *ev, const struct rule *rule,
    const struct pending *pending);

/* What a pending trigger's expressions read. */
struct subject pending_subject(
    const struct evaluation *ev, const struct pending *pending);
/* Its condition now: sendIf for event rules, `when` for all others. */
bool pending_holds(struct evaluation *ev, const struct rule *rule,
    const struct pending *pending);
const struct rule *rule_of(const struct edition *edition, uint32_t hash);

/*
 * Pending triggers that this event ends, and releases that a profile record
 * moves (pending.c).
 */
void pendings_meet_event(struct evaluation *ev, const struct event *event);
/* Those due at or before `due` become candidates, still in the list. */
void pendings_due(struct evaluation *ev, wall_ms due);
void add_candidate(struct evaluation *ev, const struct candidate *candidate);
/* In the order of the gate: priority descending, rule id, tau, key. */
void candidates_sort(struct evaluation *ev);
/* Take it out of the list; false: an earlier decision has ended it. */
bool pending_take(struct customer *customer, const struct pending *pending);

/* --- quiet.c: when a trigger may go out --- */
/* The first instant >= t outside the quiet hours, jitter included. */
wall_ms quiet_release(const struct quiet_hours *quiet,
    const struct zones *zones, int zone, wall_ms t, uint64_t jitter_hash);
bool quiet_at(const struct quiet_hours *quiet, const struct zones *zones,
    int zone, wall_ms t);

/* --- caps.c: how many may go out --- */
struct cap_question {
	const struct customer *customer;
	const struct edition *edition;
	const struct zones *zones;
	int zone;
};
/*
 * Is a cap without room for a trigger at t, reserved slots included?  Then
 * *end is the end of the window that would hold too many.
 */
bool cap_full(const struct cap_question *q, const struct cap *cap, wall_ms t,
    wall_ms *end);
/* Does a slot at s count in the window that ends at `end`? */
bool cap_counts(const struct cap_question *q, const struct cap *cap, wall_ms s,
    wall_ms end);
/* Does a pending trigger hold a slot of this cap? */
bool cap_reserved(const struct cap_question *q, const struct pending *pending,
    const struct cap *cap);
/* The first instant after t at which there may be room. */
wall_ms cap_next(
    const struct cap_question *q, const struct cap *cap, wall_ms t);

#endif
