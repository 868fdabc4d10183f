#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/customer/print.h"
#include "tests/unit/customer_fixture.h"

static const struct tier tiers[] = {{{"silver", 6}, 100}};
static const struct tier_program program = {.tiers = tiers, .n_tiers = 1};

static struct shop shop;

static struct span
rule_name(const void *context, uint32_t hash)
{
	(void)context;
	return (hash == 7 ? SPAN("win_back") : (struct span){NULL, 0});
}

static const struct customer_names names = {.rule = rule_name};

static struct customer *
customer_of_everything(struct arena *arena)
{
	struct customer *c = customer_new(arena, &shop.schema, SPAN("c\"1"));
	const struct profile_change changes[] = {
	    {NAME, value_string(SPAN("Ana"))},
	    {COUNTRY, value_string(SPAN("NO"))},
	};
	struct event events[] = {
	    purchase(&shop, arena, SPAN("p1"), T0, 4500),
	    refund(&shop, arena, SPAN("r1"), SPAN("p1"), 500),
	    refund(&shop, arena, SPAN("r2"), SPAN("p9"), 500),
	    engagement(
		&shop, arena, SPAN("e1"), T0, value_string(SPAN("open"))),
	    profile(&shop, SPAN("f1"), T0, changes, 2),
	    consent(&shop, SPAN("s1"), T0, 1, true),
	    consent(&shop, SPAN("s2"), T0, 0, false),
	    purchase(&shop, arena, SPAN("p2"), T0, 700),
	};

	shop.streams[STORES].max = 0;
	events[7].stream = &shop.streams[STORES];

	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
		(void)fold(c, &shop.schema, &events[i], true, arena);
	c->seen = T0;
	customer_rule_make(c, arena, 7)->flags = RULE_HELD | RULE_SPENT;
	customer_slot_add(c, arena, 0xabc, T0);
	customer_pending_add(c, arena,
	    &(struct pending){.rule = 8,
		.due = T0 + 1,
		.tau = T0,
		.key = SPAN("t:1"),
		.kind = PENDING_GATE});
	c->tier.tier = 0;
	return (c);
}

/* What must stand in the text, and in the JSON. */
static const struct row {
	const char *text;
	const char *json;
} rows[] = {
    {"customer \"c\\\"1\"\n", "{\"id\":\"c\\\"1\",\"seen\":"
			      "\"2025-01-01T00:00:00.000Z\",\"until\":null"},
    {"zone Europe/Oslo, of the country\n",
	"\"zone\":\"Europe/Oslo\",\"zone_source\":\"country\""},
    {"profile name: \"Ana\", 2025-01-01T00:00:00.000Z, pii\n",
	"{\"field\":\"name\",\"value\":\"Ana\",\"pii\":true,\"at\":"},
    {"profile country: \"NO\", 2025-01-01T00:00:00.000Z\n",
	"{\"field\":\"country\",\"value\":\"NO\",\"pii\":false,\"at\":"},
    {"consent marketing on push: granted, 2025",
	"{\"purpose\":\"marketing\",\"channel\":\"push\",\"state\":"
	"\"granted\""},
    {"tier silver, active\n", "\"tier\":{\"name\":\"silver\",\"mode\":"
			      "\"active\",\"since\":null"},
    {" 45.00 refunded 5.00\n",
	"\"amount\":\"45.00\",\"net\":\"40.00\",\"refunded\":\"5.00\","
	"\"refunds\":1,\"fields\":{}"},
    {"    \"2025-01-01\" \"open\" 1\n",
	"{\"day\":\"2025-01-01\",\"kind\":\"open\",\"count\":1}"},
    {"consent marketing on email: denied, 2025",
	"{\"purpose\":\"marketing\",\"channel\":\"email\",\"state\":"
	"\"denied\""},
    {"    1 folded, 7.00, from 2025-01-01T00:00:00.000Z to 2025",
	"\"folded\":{\"count\":1,\"sum\":\"7.00\",\"first\":\"2025"},
    {" waits for its purchase ", "\"orphans\":[{\"id_hash\":"},
    {"rule win_back: held spent, decided before\n",
	"{\"rule\":\"win_back\",\"flags\":\"held spent\",\"since\":null"},
    {"pending 00000008 \"t:1\": gate until 2025-01-01T00:00:00.001Z",
	"{\"rule\":\"00000008\",\"waits_for\":\"gate\",\"due\":"},
    {"slot of 00000abc: 2025", "{\"cap\":\"00000abc\",\"at\":"},
};

static void
a_customer_is_printed_whole(void **state)
{
	struct arena *arena = arena_new();
	const struct customer_codec codec = {&shop.schema, &program};
	struct customer *c;
	struct buffer text;
	struct buffer json;

	(void)state;
	shop_init(&shop);
	c = customer_of_everything(arena);
	buffer_init(&text, arena);
	buffer_init(&json, arena);
	customer_print(&text, c, &codec, &names);
	customer_json(&json, c, &codec, &names);
	buffer_char(&text, '\0');
	buffer_char(&json, '\0');
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strstr(text.at, rows[i].text) == NULL)
			fail_msg("row %zu is not in:\n%s", i, text.at);
		if (strstr(json.at, rows[i].json) == NULL)
			fail_msg("row %zu is not in:\n%s", i, json.at);
	}
	assert_null(strchr(json.at, '\n'));
	customer_print(&text, c, &codec, NULL);
	customer_json(&json, c, &codec, NULL);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_customer_is_printed_whole),
	};

	return (
	    cmocka_run_group_tests_name("customer_print", tests, NULL, NULL));
}
