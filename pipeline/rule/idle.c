/*
 * An `idle:` rule: so long after the last one, each step once.  What has run is
 * remembered under the id of the last one, so a refund that brings back an
 * earlier purchase goes on where that one was.
 */
#include "pipeline/customer/window.h"
#include "pipeline/rule/look.h"

bool
idle_latest(const struct customer *customer, const struct stream *stream,
    struct latest *ret)
{
	const struct history *history = &customer->histories[stream->index];
	const struct entry *last;
	bool found = false;

	if (stream->keep == KEEP_EXACT) {
		last = window_last(customer, stream);
		if (last != NULL)
			*ret = (struct latest){last->id_hash, last->e};
		return (last != NULL);
	}
	for (size_t i = 0; i < history->n_lasts; i++) {
		const struct last_kind *kind = &history->lasts[i];

		if (found &&
		    (kind->e < ret->e ||
			(kind->e == ret->e && kind->id_hash < ret->id_hash)))
			continue;
		*ret = (struct latest){kind->id_hash, kind->e};
		found = true;
	}
	return (found);
}

static uint32_t
steps_run(const struct look *look, const struct rule *rule, uint64_t about)
{
	const struct rule_state *state =
	    customer_rule(look->customer, rule->hash);

	for (size_t i = 0; state != NULL && i < state->n_keys; i++) {
		if (state->keys[i].key == about)
			return (state->keys[i].count);
	}
	return (0);
}

static bool
still_kept(const struct look *look, const struct rule *rule, uint64_t about)
{
	const struct history *history =
	    &look->customer->histories[rule->stream->index];

	for (size_t i = 0; i < history->n_entries; i++) {
		if (history->entries[i].id_hash == about)
			return (true);
	}
	return (false);
}

/* Note that a step has run; forget those whose purchase is gone. */
static void
note(struct look *look, const struct rule *rule, uint64_t about, uint32_t steps)
{
	struct rule_state *state =
	    customer_rule_make(look->customer, look->arena, rule->hash);
	struct rule_key *keys =
	    ARENA_ARRAY(look->arena, state->n_keys + 1, struct rule_key);
	size_t n = 0;

	for (size_t i = 0; i < state->n_keys; i++) {
		if (state->keys[i].key != about &&
		    still_kept(look, rule, state->keys[i].key))
			keys[n++] = state->keys[i];
	}
	keys[n++] = (struct rule_key){about, steps};
	state->keys = keys;
	state->n_keys = n;
}

static void
run_step(struct look *look, const struct rule *rule, const struct latest *last,
    uint32_t step)
{
	struct subject subject = look_subject(look);
	wall_ms tau = last->e + rule->steps[step];

	note(look, rule, last->id_hash, step + 1);
	subject.step = (int)step + 1;
	subject.idle_last = last->e;
	if (!look_holds(look, rule->when, &subject, NULL))
		return;
	look_says(look, &(struct occasion){.rule = rule,
			    .tau = tau,
			    .key = arena_print(look->arena, "%016llx:%u",
				(unsigned long long)last->id_hash, step + 1),
			    .step = (int)step + 1,
			    .about = last->id_hash,
			    .idle_last = last->e});
}

void
idle_look(struct look *look, const struct rule *rule)
{
	wall_ms due = look->cause == LOOK_EVENT   ? INSTANT_BEFORE
		      : look->cause == LOOK_PRIME ? look->n
						  : look->due;
	struct latest last;
	uint32_t step;

	if (!idle_latest(look->customer, rule->stream, &last))
		return;
	for (step = steps_run(look, rule, last.id_hash);
	     step < rule->n_steps && last.e + rule->steps[step] <= due; step++)
		run_step(look, rule, &last, step);
	if (step < rule->n_steps && last.e + rule->steps[step] < look->dated)
		look->dated = last.e + rule->steps[step];
}
