/* A generator's records, as the shop of config/example has them. */
#include "pipeline/lab/generated_json.h"

#include "pipeline/event/json_out.h"
#include "pipeline/lab/persona.h"

enum { CENTS = 100 };

const char *
generated_stream(enum act act)
{
	static const char *const names[] = {
	    [ACT_JOIN] = "profile",
	    [ACT_CONSENT] = "consent",
	    [ACT_BUY] = "purchases",
	    [ACT_REFUND] = "refunds",
	    [ACT_RATE] = "feedback",
	    [ACT_READ] = "engagement",
	    [ACT_UNSUBSCRIBE] = "engagement",
	    [ACT_MOVE] = "profile",
	};

	return (names[act]);
}

static struct span
money(int64_t minor, struct arena *arena)
{
	return (arena_print(arena, "%lld.%02lld", (long long)(minor / CENTS),
	    (long long)(minor % CENTS)));
}

static void
add_number(struct buffer *b, const char *name, char letter, uint32_t number)
{
	json_add_name(b, name);
	buffer_print(b, "\"%c%u\"", letter, number);
}

static void
add_word(struct buffer *b, const char *name, const char *word)
{
	if (word != NULL)
		json_add_text(b, name, span_of(word));
}

static void
add_purchase(struct buffer *b, const struct plan *plan)
{
	const char *category = category_name((enum category)plan->category);

	add_number(b, "order_id", 'o', plan->number);
	json_add_text(b, "amount", money(plan->amount, b->arena));
	add_word(b, "category", category);
	json_add_text(b, "sku",
	    arena_print(b->arena, "%s-%u", category, plan->number % CENTS));
	json_add_instant(b, "paid_at", plan->e);
}

static void
add_refund(struct buffer *b, const struct plan *plan)
{
	add_number(b, "refund_id", 'r', plan->number);
	add_number(b, "order_id", 'o', plan->number);
	json_add_text(b, "amount", money(plan->amount, b->arena));
	json_add_instant(b, "refunded_at", plan->e);
}

static void
add_feedback(struct buffer *b, const struct plan *plan)
{
	add_number(b, "feedback_id", 'f', plan->number);
	add_number(b, "order_id", 'o', plan->number);
	add_word(b, "kind", "nps");
	json_add_int(b, "score", plan->score);
	json_add_instant(b, "submitted_at", plan->e);
}

static void
add_engagement(struct buffer *b, const struct plan *plan)
{
	add_number(b, "event_id", 'e', plan->number);
	add_word(b, "kind",
	    plan->act == ACT_UNSUBSCRIBE ? "unsubscribed" : plan->text);
	json_add_instant(b, "at", plan->e);
}

static void
add_profile(struct buffer *b, const struct plan *plan,
    const struct profile_words *profile)
{
	add_number(b, "event_id", 'p', plan->number);
	json_add_instant(b, "changed_at", plan->e);
	json_add_name(b, "set");
	buffer_char(b, '{');
	if (plan->act == ACT_MOVE) {
		add_word(b, "timezone", plan->text);
	} else {
		add_word(b, "first_name", profile->first_name);
		add_word(b, "timezone", profile->zone);
		add_word(b, "birth", profile->birth);
		json_add_instant(b, "joined_at", profile->joined);
	}
	buffer_char(b, '}');
}

static void
add_consent(struct buffer *b, const struct plan *plan)
{
	add_number(b, "event_id", 'k', plan->number);
	json_add_instant(b, "changed_at", plan->e);
	add_word(b, "purpose", "marketing");
	add_word(b, "channel", plan->text);
	add_word(b, "state", plan->granted ? "granted" : "withdrawn");
}

struct span
generated_json(const struct plan *plan, struct span customer,
    const struct profile_words *profile, bool history, struct arena *arena)
{
	struct buffer b;

	buffer_init(&b, arena);
	buffer_char(&b, '{');
	json_add_text(&b, "customer_id", customer);
	switch (plan->act) {
	case ACT_BUY:
		add_purchase(&b, plan);
		break;
	case ACT_REFUND:
		add_refund(&b, plan);
		break;
	case ACT_RATE:
		add_feedback(&b, plan);
		break;
	case ACT_READ:
	case ACT_UNSUBSCRIBE:
		add_engagement(&b, plan);
		break;
	case ACT_JOIN:
	case ACT_MOVE:
		add_profile(&b, plan, profile);
		break;
	case ACT_CONSENT:
		add_consent(&b, plan);
		break;
	}
	if (history)
		json_add_bool(&b, "backfill", true);
	buffer_char(&b, '}');
	return (buffer_span(&b));
}

struct span
generated_words(const struct plan *plan, struct arena *arena)
{
	switch (plan->act) {
	case ACT_BUY:
		return (arena_print(arena, "buys %s for %.*s",
		    category_name((enum category)plan->category),
		    SPAN_ARGS(money(plan->amount, arena))));
	case ACT_REFUND:
		return (arena_print(arena, "sends something back: %.*s",
		    SPAN_ARGS(money(plan->amount, arena))));
	case ACT_RATE:
		return (arena_print(
		    arena, "would recommend us: %d of 10", plan->score));
	case ACT_READ:
		return (arena_print(arena, "%s a mail", plan->text));
	case ACT_UNSUBSCRIBE:
		return (SPAN("unsubscribes"));
	case ACT_CONSENT:
		return (arena_print(arena, "%s consent to marketing by %s",
		    plan->granted ? "gives" : "withdraws", plan->text));
	case ACT_MOVE:
		return (arena_print(arena, "moves to %s", plan->text));
	case ACT_JOIN:
		break;
	}
	return (SPAN("joins"));
}
