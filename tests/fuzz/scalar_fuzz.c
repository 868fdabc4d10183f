/*
 * Any bytes as an instant, as money and as text: read or rejected, and what is
 * read is written and read back.
 */
#include <stdint.h>
#include <stdlib.h>

#include "pipeline/base/instant.h"
#include "pipeline/base/money.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_instant(struct span text)
{
	char written[INSTANT_TEXT_MAX];
	wall_ms t;
	wall_ms back;

	if (instant_parse(text, &t, NULL) != DONE)
		return;
	instant_format(t, written);
	if (instant_parse(span_of(written), &back, NULL) != DONE || back != t)
		abort();
}

static void
try_money(struct arena *arena, struct span text, int decimals)
{
	struct currency currency = {"XYZ", decimals};
	int64_t minor;
	int64_t back;

	if (money_parse(text, &currency, &minor, NULL) != DONE)
		return;
	if (money_parse(money_format(arena, minor, &currency), &currency, &back,
		NULL) != DONE ||
	    back != minor)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct arena *arena = arena_new();
	struct currency currency;

	try_instant(text);
	for (int decimals = 0; decimals <= 4; decimals++)
		try_money(arena, text, decimals);
	if (currency_find(text, &currency, NULL) == DONE && size != 3)
		abort();
	arena_free(arena);
	return (0);
}
