/*
 * Bytes of a customer.  Whatever decodes is a customer like any other: he can
 * be written, and what is written is read back as the same, in the same bytes;
 * and an event may be folded into him.
 */
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/check.h"
#include "tests/unit/customer_fixture.h"
#include "tests/unit/customer_same.h"

static struct shop shop;
static struct arena *arena;

static const struct tier tiers[] = {{{"silver", 6}, 100}, {{"gold", 4}, 900}};
static const struct tier_program program = {.tiers = tiers, .n_tiers = 2};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct customer_codec codec = {&shop.schema, &program};
	const struct span bytes = {(const char *)data, size};
	struct customer *c = NULL;
	struct customer *back = NULL;
	struct failure why = {{0}};
	struct event event;
	struct span out;

	if (arena == NULL) {
		arena = arena_new();
		shop_init(&shop);
	}
	arena_reset(arena);
	if (customer_decode(&codec, SPAN("c1"), bytes, arena, &c, &why) !=
	    DONE) {
		CHECK(c == NULL && why.text[0] != '\0');
		return (0);
	}
	out = customer_encode(&codec, c, arena);
	CHECK(customer_decode(&codec, SPAN("c1"), out, arena, &back, &why) ==
	      DONE);
	CHECK(same_customer(&shop.schema, c, back) == NULL);
	CHECK(span_equals(out, customer_encode(&codec, back, arena)));
	shop.streams[PURCHASES].max = 3;
	event = purchase(&shop, arena, SPAN("p1"), T0, 100);
	(void)fold(c, &shop.schema, &event, true, arena);
	fold_expire(c, &shop.schema, T0);
	out = customer_encode(&codec, c, arena);
	CHECK(customer_decode(&codec, SPAN("c1"), out, arena, &back, &why) ==
	      DONE);
	CHECK(same_customer(&shop.schema, c, back) == NULL);
	return (0);
}
