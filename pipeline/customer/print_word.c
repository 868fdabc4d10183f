/* The words in which a customer is printed, as text and as JSON. */
#include "pipeline/base/instant.h"
#include "pipeline/customer/print.h"

const char *
consent_word(enum consent_state state)
{
	switch (state) {
	case CONSENT_GRANTED:
		return ("granted");
	case CONSENT_DENIED:
		return ("denied");
	case CONSENT_UNKNOWN:
	default:
		return ("unknown");
	}
}

const char *
tier_mode_word(enum tier_mode mode)
{
	return (mode == TIER_GRACE ? "grace" : "active");
}

const char *
pending_word(enum pending_kind kind)
{
	switch (kind) {
	case PENDING_DELAY:
		return ("delay");
	case PENDING_GATE:
		return ("gate");
	case PENDING_CATCH_UP:
	default:
		return ("catch_up");
	}
}

const char *
zone_source_word(enum zone_source source)
{
	switch (source) {
	case ZONE_OF_PROFILE:
		return ("profile");
	case ZONE_OF_COUNTRY:
		return ("country");
	case ZONE_OF_SCHEMA:
	default:
		return ("schema");
	}
}

static struct span
hash_word(struct arena *arena, struct span name, uint32_t hash)
{
	return (name.length > 0 ? name
				: arena_print(arena, "%08x", (unsigned)hash));
}

struct span
rule_word(
    struct arena *arena, const struct customer_names *names, uint32_t hash)
{
	struct span name = {NULL, 0};

	if (names != NULL && names->rule != NULL)
		name = names->rule(names->context, hash);
	return (hash_word(arena, name, hash));
}

struct span
cap_word(struct arena *arena, const struct customer_names *names, uint32_t hash)
{
	struct span name = {NULL, 0};

	if (names != NULL && names->cap != NULL)
		name = names->cap(names->context, hash);
	return (hash_word(arena, name, hash));
}

struct span
flags_word(struct arena *arena, uint8_t flags)
{
	static const struct {
		uint8_t flag;
		const char *word;
	} rows[] = {
	    {RULE_HELD, "held"},
	    {RULE_WAITING, "waiting"},
	    {RULE_USED, "used"},
	    {RULE_SPENT, "spent"},
	};
	struct buffer b;

	buffer_init(&b, arena);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if ((flags & rows[i].flag) != 0)
			buffer_print(
			    &b, "%s%s", b.length > 0 ? " " : "", rows[i].word);
	return (buffer_span(&b));
}

struct span
time_word(struct arena *arena, wall_ms t)
{
	char text[INSTANT_TEXT_MAX];

	if (t == INSTANT_NEVER)
		return (SPAN("never"));
	if (t == INSTANT_BEFORE)
		return (SPAN("before"));
	instant_format(t, text);
	return (arena_span(arena, span_of(text)));
}
