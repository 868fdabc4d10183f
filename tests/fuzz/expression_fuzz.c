#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/cel_fake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All that is done with an expression, however it is wanted. */
static void
use(struct fake *fake, struct span text, uint8_t how, enum cel_use wanted)
{
	struct source_text source = {.text = text};
	struct cel_host host = fake_host(fake);
	struct cel_dialect dialect = fake_dialect(fake, (how & 1) != 0);
	struct cel_term terms[4];
	struct cel_trace trace = {terms, 0, 4};
	const struct cel_expr *expr;
	struct cel_eval ev = fake_eval(fake, fake->base + 5 * DAY_MS);
	struct value v;

	dialect.unchecked = (how & 8) != 0;
	expr = cel_compile(fake->arena, &source, &host, &dialect, wanted,
	    CEL_TYPE_DYN, &fake->report);
	if (expr == NULL)
		return;
	ev.trace = &trace;
	ev.memos = fake->memos;
	ev.stamp = fake->memos[0].stamp + 1;
	v = cel_evaluate(expr, &ev);
	if (ev.until <= ev.now || (v.kind == VALUE_ERROR && v.error == NULL))
		abort();
	if (cel_expr_type(expr)->kind == CEL_TYPE_BOOL &&
	    cel_first_flip(expr, &ev, ev.now, INSTANT_NEVER) <= ev.now)
		abort();
	(void)cel_expr_hash(expr);
}

/* The first byte chooses the dialect and what the value is wanted for. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fake fake;
	static struct arena *lasting;
	struct span text;

	if (lasting == NULL) {
		fake_init(&fake);
		lasting = fake.arena;
		fake.arena = arena_new();
	}
	if (size == 0)
		return (0);
	text = (struct span){(const char *)data + 1, size - 1};
	use(&fake, text, data[0], (enum cel_use)((data[0] >> 1) % 3));
	arena_reset(fake.arena);
	return (0);
}
