/*
 * When a comparison turns by itself.
 *
 * L: integer arithmetic, exact.  M: a closed form is only the guess; the
 * evaluator decides, to the millisecond, by widening around the guess and
 * halving what is left.  While it looks at other instants nothing is traced,
 * shared or lowered.
 */
#include "pipeline/cel/flip.h"

#include "pipeline/cel/arithmetic.h"
#include "pipeline/cel/compare.h"

#define HORIZON (3653 * DAY_MS) /* ten years */

static wall_ms
later(wall_ms t, int64_t by)
{
	wall_ms sum;

	return (__builtin_add_overflow(t, by, &sum) ? INSTANT_NEVER : sum);
}

/*
 * Left minus right: ms, and ns above them (0 to 999,999), and how many ms it
 * gains each ms.
 */
struct gap {
	int64_t ms;
	uint32_t ns;
	int64_t slope;
};

static struct gap
gap_of(struct value l, struct value r, int slope)
{
	bool borrow = l.length < r.length;
	struct gap gap = {.slope = slope};

	if (__builtin_sub_overflow(l.i, r.i, &gap.ms) ||
	    __builtin_sub_overflow(gap.ms, borrow, &gap.ms))
		gap.ms = l.i < 0 ? -INT64_MAX : INT64_MAX;
	gap.ns = l.length + (borrow ? CEL_NS_PER_MS : 0) - r.length;
	return (gap);
}

static struct gap
gap_negated(struct gap gap)
{
	gap.slope = -gap.slope;
	/* of the most negative there is no opposite; it is as far away */
	gap.ms = gap.ms == INT64_MIN ? INT64_MAX : -gap.ms;
	if (gap.ns > 0) {
		gap.ms--;
		gap.ns = CEL_NS_PER_MS - gap.ns;
	}
	return (gap);
}

/* ms until a growing gap is at least `least` whole ms; 0 if it is already. */
static int64_t
time_to(struct gap gap, int64_t least)
{
	int64_t missing;

	if (gap.ms >= least)
		return (0);
	if (__builtin_sub_overflow(least, gap.ms, &missing))
		return (INSTANT_NEVER);
	return ((missing - 1) / gap.slope + 1);
}

/* ms until a comparison of the gap with 0 turns; 0 if it never does. */
static int64_t
gap_turns(struct gap gap, enum cel_relation relation)
{
	bool mirrored = gap.slope < 0;
	bool above; /* it turns where the gap is above 0, not at 0 */

	if (mirrored)
		gap = gap_negated(gap);
	switch (relation) {
	case CEL_EQUAL:
	case CEL_DIFFERENT:
		if (gap.ns > 0 || gap.ms > 0)
			return (0);
		if (gap.ms == 0)
			return (1);
		return (gap.ms % gap.slope == 0 ? time_to(gap, 0) : 0);
	case CEL_GREATER:
	case CEL_AT_MOST:
		above = !mirrored;
		break;
	case CEL_LESS:
	case CEL_AT_LEAST:
	default:
		above = mirrored;
		break;
	}
	return (time_to(gap, above && gap.ns == 0 ? 1 : 0));
}

static void
lower_linear(struct cel_run *run, const struct cel_op *op, struct value l,
    struct value r)
{
	int64_t turns;

	if (l.kind != r.kind ||
	    (l.kind != VALUE_TIMESTAMP && l.kind != VALUE_DURATION))
		return; /* an error or null, and it stays one */
	turns =
	    gap_turns(gap_of(l, r, op->slope), (enum cel_relation)op->relation);
	if (turns > 0)
		cel_lower(run->ev, later(run->ev->now, turns));
}

/* An expression at other instants, beside what it is now. */
struct probe {
	struct cel_run run;
	struct cel_eval ev;
	const struct cel_op *op;
	struct value now;
	int64_t fuel; /* each time anew */
};

static void
probe_init(
    struct probe *probe, const struct cel_run *run, const struct cel_op *op)
{
	probe->run = *run;
	probe->ev = *run->ev;
	probe->run.ev = &probe->ev;
	probe->op = op;
	probe->fuel = run->fuel;
	probe->ev.memos = NULL;
	probe->ev.trace = NULL;
	/* as low as it gets: no crossing inside is looked for */
	probe->ev.until = INSTANT_BEFORE;
}

static struct value
probe_at(struct probe *probe, wall_ms t)
{
	probe->ev.now = t;
	probe->run.fuel = probe->fuel;
	return (cel_walk(&probe->run, probe->op));
}

static bool
probe_differs(struct probe *probe, wall_ms t)
{
	struct value v = probe_at(probe, t);

	if (v.kind == VALUE_BOOL && probe->now.kind == VALUE_BOOL)
		return (v.truth != probe->now.truth);
	return (v.kind != probe->now.kind);
}

/* What is known: same at `same`, different at `other` (or never). */
struct bracket {
	wall_ms same;
	wall_ms other;
};

/* Steps of 1, 4, 16, ... ms from the guess to where the answer changes. */
static void
widen(struct probe *probe, wall_ms guess, struct bracket *b)
{
	bool differs = probe_differs(probe, guess);
	int64_t step = 1;

	if (differs)
		b->other = guess;
	else
		b->same = guess;
	while (b->other - b->same > step) {
		wall_ms t = differs ? b->other - step : b->same + step;

		if (probe_differs(probe, t)) {
			b->other = t;
			if (!differs)
				return;
		} else {
			b->same = t;
			if (differs)
				return;
		}
		step *= 4;
	}
}

/*
 * The first instant in (n, last] at which the probe answers differently than
 * at n, if it does so at most once; INSTANT_NEVER if it does not.
 */
static wall_ms
first_change(struct probe *probe, wall_ms n, wall_ms last, wall_ms guess)
{
	struct bracket b = {n, later(last, 1)};

	if (last <= n)
		return (INSTANT_NEVER);
	if (guess > n && guess <= last)
		widen(probe, guess, &b);
	if (b.other > last) {
		if (!probe_differs(probe, last))
			return (INSTANT_NEVER);
		b.other = last;
	}
	while (b.other - b.same > 1) {
		wall_ms middle = b.same + (b.other - b.same) / 2;

		if (probe_differs(probe, middle))
			b.other = middle;
		else
			b.same = middle;
	}
	return (b.other);
}

static bool
as_bound(struct value v, double *ret)
{
	if (v.kind == VALUE_DOUBLE)
		*ret = v.d;
	else if (v.kind == VALUE_INT || v.kind == VALUE_MONEY)
		*ret = (double)v.i;
	else if (v.kind == VALUE_UINT)
		*ret = (double)v.u;
	else
		return (false);
	return (true);
}

/* The leaf that an operand is, under a name or not; NULL if it is none. */
static const struct cel_leaf *
leaf_of(const struct cel_op *op)
{
	while (op->kind == OP_LEAF && op->leaf->shared != NULL)
		op = op->leaf->shared->root;
	return (
	    op->kind == OP_LEAF && op->leaf->guess != NULL ? op->leaf : NULL);
}

/* From the closed form of a leaf that is compared with a number. */
static wall_ms
guess_of(struct probe *probe, const struct cel_op *op)
{
	const struct cel_leaf *leaf;
	double bound;
	unsigned side;

	if (op->kind != OP_COMPARE)
		return (INSTANT_NEVER);
	side = leaf_of(&op->args[0]) != NULL ? 0 : 1;
	leaf = leaf_of(&op->args[side]);
	if (leaf == NULL ||
	    !as_bound(cel_walk(&probe->run, &op->args[1 - side]), &bound))
		return (INSTANT_NEVER);
	return (leaf->guess(leaf, &probe->ev, bound));
}

void
cel_flip_lower(struct cel_run *run, const struct cel_op *op, struct value l,
    struct value r, struct value v)
{
	wall_ms now = run->ev->now;
	wall_ms last;
	struct probe probe;

	if (run->ev->until <= later(now, 1))
		return; /* no earlier one can be found, or none is wanted */
	if (op->motion == CEL_LINEAR) {
		lower_linear(run, op, l, r);
		return;
	}
	probe_init(&probe, run, op);
	probe.now = v;
	/* from `until` on an operand in steps may be another */
	last = later(now, HORIZON);
	if (run->ev->until <= last)
		last = run->ev->until - 1;
	cel_lower(
	    run->ev, first_change(&probe, now, last, guess_of(&probe, op)));
}

wall_ms
cel_first_flip(
    const struct cel_expr *expr, struct cel_eval *ev, wall_ms n, wall_ms guess)
{
	struct cel_run run;
	struct probe probe;

	cel_run_init(&run, expr, ev);
	probe_init(&probe, &run, expr->root);
	probe.now = probe_at(&probe, n);
	if (guess == INSTANT_NEVER)
		guess = guess_of(&probe, expr->root);
	return (first_change(&probe, n, later(n, HORIZON), guess));
}
