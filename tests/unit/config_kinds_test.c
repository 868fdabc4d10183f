/* What the documents become: values, defaults, and nothing for free. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "config/assemble.h"
#include "config/load.h"
#include "config/rule_file.h"
#include "config/test_file.h"
#include "pipeline/base/hash.h"
#include "tests/unit/some_zones.h"

static char *
no_variable(const char *name)
{
	(void)name;
	return (NULL);
}

struct reading {
	struct arena *arena;
	struct findings *findings;
	struct binder binder;
	struct file file;
};

static struct reading *
reading_new(void)
{
	struct arena *arena = arena_new();
	struct reading *r = ARENA_NEW(arena, struct reading);

	r->arena = arena;
	r->findings = findings_new(arena);
	r->binder = (struct binder){.arena = arena,
	    .report = findings_report(r->findings),
	    .zones = &some_zones,
	    .variable = no_variable};
	return (r);
}

static void
expect_clean(const struct reading *r)
{
	struct buffer text;

	buffer_init(&text, r->arena);
	findings_print(r->findings, FINDINGS_TEXT, false, &text);
	if (text.length > 0)
		fail_msg("%.*s", (int)text.length, text.at);
}

/* A node out of one line: a mapping {…}, a list, a scalar. */
static struct node *
node_of(struct reading *r, const char *text)
{
	struct documents documents;

	r->file = (struct file){
	    .name = SPAN("x.yaml"), .text = span_of(text), .number = 1};
	documents = document_read(r->arena, &r->file, r->binder.report);
	expect_clean(r);
	assert_int_equal(documents.n, 1);
	return (documents.roots[0]);
}

static void
load_example(struct reading *r, struct config *config)
{
	const struct config_options options = {
	    &some_zones, no_variable, r->findings};
	struct failure why = {{0}};

	if (config_load(r->arena, "config/example/shop.yaml", &options, config,
		&why) != DONE)
		expect_clean(r);
}

static void
assert_span(struct span found, const char *expected)
{
	if (!span_equals(found, span_of(expected)))
		fail_msg("'%.*s' is not '%s'", SPAN_ARGS(found), expected);
}

static void
a_daemon_has_every_default(void **state)
{
	struct reading *r = reading_new();
	const struct daemon_config *d;
	struct config config;

	(void)state;
	load_example(r, &config);
	d = config.daemon;
	assert_span(d->name, "shop");
	assert_int_equal(d->n_rules, 5);
	assert_int_equal(d->workers, 1);
	assert_span(d->kafka.brokers, "127.0.0.1:9092");
	assert_span(d->kafka.group, "kith-shop");
	assert_int_equal(d->kafka.start, START_EARLIEST);
	assert_int_equal(d->kafka.n_properties, 0);
	assert_span(d->kafka.topics.triggers, "kith.triggers");
	assert_int_equal(d->kafka.topics.n_by_type, 0);
	assert_span(d->kafka.topics.suppressed, "kith.suppressed");
	assert_span(d->kafka.topics.dead_letters, "kith.dead-letters");
	assert_false(d->kafka.topics.create_missing);
	assert_int_equal(d->kafka.format, FORMAT_CLOUDEVENTS_BINARY);
	assert_int_equal(d->store.place, STORE_REDIS);
	assert_span(d->store.redis, "redis://127.0.0.1:6379/0");
	assert_int_equal(d->store.username.length, 0);
	assert_int_equal(d->store.password.length, 0);
	assert_span(d->store.prefix, "kith:");
	assert_int_equal(d->store.timeout, 2 * SECOND_MS);
	assert_int_equal(d->store.on_empty, EMPTY_FAIL);
	assert_span(d->http.host, "127.0.0.1");
	assert_int_equal(d->http.port, 9464);
	assert_int_equal(d->log.level, LEVEL_INFO);
	assert_int_equal(d->log.format, LOG_AUTO);
	assert_int_equal(d->advanced.instance.length, 0);
	assert_span(d->advanced.tenant, "shop");
	assert_int_equal(d->advanced.clock, CLOCK_WALL);
	assert_int_equal(d->advanced.delivery, DELIVERY_EXACTLY_ONCE);
	assert_int_equal(d->advanced.on_first_start, FIRST_PRIME);
	assert_int_equal(d->advanced.settle, SECOND_MS);
	assert_int_equal(d->advanced.future_tolerance, 5 * MINUTE_MS);
	assert_int_equal(d->advanced.live_within, MINUTE_MS);
	assert_int_equal(d->advanced.batch.max_records, 2000);
	assert_int_equal(d->advanced.batch.max_delay, 20);
	assert_int_equal(d->advanced.offset_interval, 5 * SECOND_MS);
	arena_free(r->arena);
}

static const char every_daemon_key[] =
    "{apiVersion: kith/v1, kind: Daemon, name: d, rules: [a, b/*.yaml],\n"
    " workers: 4, http: null, log: {level: debug, format: json},\n"
    " kafka: {brokers: 'a:1,b:2', group: g, start: latest,\n"
    "  properties: {linger.ms: 5, ssl.ca.location: $$HOME},\n"
    "  topics: {triggers: {default: t, birthday: b}, suppressed: null,\n"
    "   deadLetters: dl, createMissing: true}, format: json},\n"
    " store: {redis: 'unix:///run/r.sock?db=2', username: u, prefix: 'p:',\n"
    "  timeout: 500ms, onEmpty: fail},\n"
    " advanced: {instance: '${I:-pod}-0', tenant: t, clock: stream,\n"
    "  delivery: at_least_once, settle: 0s, futureTolerance: 1h,\n"
    "  liveWithin: 2m, batch: {maxRecords: 1, maxDelay: 0s},\n"
    "  offsetInterval: 1m}}\n";

static void
a_daemon_says_what_is_written(void **state)
{
	struct reading *r = reading_new();
	const struct daemon_config *d =
	    read_daemon(&r->binder, node_of(r, every_daemon_key));

	(void)state;
	expect_clean(r);
	assert_span(d->rules[1].text, "b/*.yaml");
	assert_int_equal(d->workers, 4);
	assert_int_equal(d->http.host.length, 0);
	assert_int_equal(d->log.level, LEVEL_DEBUG);
	assert_int_equal(d->log.format, LOG_JSON);
	assert_span(d->kafka.group, "g");
	assert_int_equal(d->kafka.start, START_LATEST);
	assert_int_equal(d->kafka.n_properties, 2);
	assert_span(d->kafka.properties[0].value, "5");
	assert_span(d->kafka.properties[1].value, "$HOME");
	assert_span(d->kafka.topics.triggers, "t");
	assert_int_equal(d->kafka.topics.n_by_type, 1);
	assert_span(d->kafka.topics.by_type[0].type.text, "birthday");
	assert_span(d->kafka.topics.by_type[0].topic, "b");
	assert_int_equal(d->kafka.topics.suppressed.length, 0);
	assert_span(d->kafka.topics.dead_letters, "dl");
	assert_true(d->kafka.topics.create_missing);
	assert_int_equal(d->kafka.format, FORMAT_JSON);
	assert_span(d->store.username, "u");
	assert_int_equal(d->store.timeout, 500);
	assert_int_equal(d->store.on_empty, EMPTY_FAIL);
	assert_span(d->advanced.instance, "pod-0");
	assert_span(d->advanced.tenant, "t");
	assert_int_equal(d->advanced.clock, CLOCK_STREAM);
	assert_int_equal(d->advanced.delivery, DELIVERY_AT_LEAST_ONCE);
	/* A clock of the stream publishes from the first record on. */
	assert_int_equal(d->advanced.on_first_start, FIRST_LIVE);
	assert_int_equal(d->advanced.settle, 0);
	assert_int_equal(d->advanced.future_tolerance, HOUR_MS);
	assert_int_equal(d->advanced.live_within, 2 * MINUTE_MS);
	assert_int_equal(d->advanced.batch.max_records, 1);
	assert_int_equal(d->advanced.batch.max_delay, 0);
	assert_int_equal(d->advanced.offset_interval, MINUTE_MS);
	arena_free(r->arena);
}

static void
a_secret_is_read_only_where_it_is_used(void **state)
{
	static const char text[] =
	    "{apiVersion: kith/v1, kind: Daemon, name: d, rules: [a],\n"
	    " kafka: {brokers: b, properties: {sasl.password_file: "
	    "tests/config/secret}},\n"
	    " store: {redis: 'redis://h', passwordFile: "
	    "tests/config/secret}}\n";
	struct reading *r = reading_new();
	const struct daemon_config *d;

	(void)state;
	d = read_daemon(&r->binder, node_of(r, text));
	assert_int_equal(d->store.password.length, 0);
	r->binder.running = true;
	d = read_daemon(&r->binder, node_of(r, text));
	expect_clean(r);
	assert_span(d->store.password, "correct horse");
	assert_span(d->kafka.properties[0].name, "sasl.password");
	assert_span(d->kafka.properties[0].value, "correct horse");
	arena_free(r->arena);
}

static void
roles_give_a_schema_its_defaults(void **state)
{
	struct reading *r = reading_new();
	const struct schema *s;
	const struct stream *purchases;
	const struct stream *engagement;
	struct config config;

	(void)state;
	load_example(r, &config);
	s = config.schema;
	assert_string_equal(s->currency.code, "EUR");
	assert_int_equal(s->zone, 2);
	assert_int_equal(s->n_streams, 6);
	assert_int_equal(s->zone_field, 1);
	assert_int_equal(s->country_field, NO_FIELD);
	assert_int_equal(s->future_tolerance, 5 * MINUTE_MS);
	assert_true(s->profile[0].pii);
	purchases = &s->streams[0];
	assert_span(purchases->key_from, "/customer_id");
	assert_span(purchases->id_from, "/order_id");
	assert_span(purchases->time_from, "/paid_at");
	assert_int_equal(purchases->id_field, 0);
	assert_int_equal(purchases->amount_field, 1);
	assert_int_equal(purchases->order_field, 0);
	assert_int_equal(purchases->kind_field, NO_FIELD);
	assert_int_equal(purchases->keep, KEEP_EXACT);
	assert_int_equal(purchases->max, 256);
	assert_int_equal(purchases->n_kept, 2); /* category, sku */
	assert_int_equal(purchases->kept[0], 2);
	assert_int_equal(s->streams[1].keep, KEEP_NOTHING);
	assert_int_equal(s->streams[1].order_field, 1);
	assert_int_equal(s->streams[2].max, 64);
	assert_int_equal(s->streams[2].n_kept, 2); /* kind, score */
	engagement = &s->streams[3];
	assert_int_equal(engagement->keep, KEEP_DAYS);
	assert_int_equal(engagement->max, 400);
	assert_int_equal(engagement->kind_field, 1);
	assert_int_equal(engagement->fields[1].n_options, 4);
	assert_span(s->streams[4].id_from, "/event_id");
	assert_int_equal(s->streams[4].role, ROLE_PROFILE);
	arena_free(r->arena);
}

/* Ids that are not declared, other names, money in minor units. */
static const char undeclared[] =
    "{apiVersion: kith/v1, kind: EventSchema, name: w, currency: JPY,\n"
    " timezone: UTC, streams: {\n"
    "  p: {role: purchase, topic: p, time: event_time, id: event_id,\n"
    "   key: /ids/customer, type: done,\n"
    "   fields: {amount: {type: money, from: /total_minor, unit: minor},\n"
    "    sum: {type: int, required: true}},\n"
    "   history: {max: 1024, fields: [sum, amount]}},\n"
    "  e: {role: engagement, topic: e, fields: {channel: string},\n"
    "   history: {keep: exact, max: 16, where: \"channel == 'email'\"}}}}\n";

static void
a_schema_says_what_is_written(void **state)
{
	struct reading *r = reading_new();
	const struct schema *s =
	    read_schema(&r->binder, node_of(r, undeclared));

	(void)state;
	expect_clean(r);
	assert_int_equal(s->currency.decimals, 0);
	assert_int_equal(s->zone, ZONE_UTC);
	assert_int_equal(s->zone_field, NO_FIELD);
	assert_span(s->streams[0].key_from, "/ids/customer");
	assert_span(s->streams[0].id_from, "/event_id");
	assert_int_equal(s->streams[0].id_field, NO_FIELD);
	assert_int_equal(s->streams[0].order_field, NO_FIELD);
	assert_int_equal(s->streams[0].n_types, 1);
	assert_true(s->streams[0].fields[0].minor);
	assert_span(s->streams[0].fields[0].from, "/total_minor");
	assert_true(s->streams[0].fields[1].required);
	assert_int_equal(s->streams[0].max, 1024);
	/* The amount of a purchase is the entry's own. */
	assert_int_equal(s->streams[0].n_kept, 1);
	assert_int_equal(s->streams[0].kept[0], 1);
	assert_int_equal(s->streams[1].time_from.length, 0);
	assert_int_equal(s->streams[1].keep, KEEP_EXACT);
	assert_span(s->streams[1].where.text, "channel == 'email'");
	arena_free(r->arena);
}

static void
a_policy_says_what_is_written(void **state)
{
	struct reading *r = reading_new();
	const struct policy *p;
	const struct channel *email;
	struct config config;

	(void)state;
	load_example(r, &config);
	p = config.policy;
	assert_int_equal(p->n_caps, 2);
	assert_int_equal(p->caps[0].max, 3);
	assert_int_equal(p->caps[0].period, CAP_ROLLING);
	assert_int_equal(p->caps[0].length, 7 * DAY_MS);
	assert_int_equal(p->caps[0].hash, hash_short(SPAN("weekly")));
	assert_false(p->caps[0].defer);
	assert_int_equal(p->caps[1].period, CAP_DAY);
	email = &p->channels[0];
	assert_span(email->purpose, "marketing");
	assert_int_equal(email->n_caps, 2);
	assert_ptr_equal(email->caps[1], &p->caps[1]);
	assert_int_equal(email->quiet->from, 20 * HOUR_MS);
	assert_int_equal(email->quiet->to, 9 * HOUR_MS);
	assert_int_equal(email->quiet->all_day, 1);
	assert_false(email->quiet->drop);
	assert_int_equal(p->channels[1].quiet->from, 21 * HOUR_MS);
	assert_int_equal(p->channels[1].quiet->to, 10 * HOUR_MS);
	assert_int_equal(p->channels[2].purpose.length, 0);
	assert_null(p->channels[2].quiet);
	assert_int_equal(config.program->n_tiers, 3);
	assert_int_equal(config.program->tiers[1].threshold, 100000);
	assert_int_equal(config.program->window, 365 * DAY_MS);
	assert_int_equal(config.program->grace, 30 * DAY_MS);
	assert_int_equal(config.program->n_warn, 1);
	assert_true(config.churn->alpha == 6.183085);
	assert_true(config.digest != 0);
	assert_non_null(config.edition);
	arena_free(r->arena);
}

static const struct rule_draft *
find_draft(const struct config *config, const char *name)
{
	const struct ruleset_draft *set = config->rulesets[0];

	for (size_t i = 0; i < set->n_rules; i++) {
		if (span_equals(set->rules[i].name.text, span_of(name)))
			return (&set->rules[i]);
	}
	fail_msg("no rule '%s'", name);
	return (NULL);
}

static void
rules_say_what_is_written(void **state)
{
	struct reading *r = reading_new();
	const struct rule_draft *rule;
	struct config config;

	(void)state;
	load_example(r, &config);
	assert_int_equal(config.n_rulesets, 1);
	assert_int_equal(config.rulesets[0]->n_variables, 2);
	assert_int_equal(config.rulesets[0]->n_rules, 10);
	assert_int_equal(config.rulesets[0]->defaults.reentry.length, DAY_MS);
	rule = find_draft(&config, "birthday");
	assert_int_equal(rule->source, SOURCE_YEARLY);
	assert_span(rule->yearly.text, "customer.birth");
	assert_int_equal(rule->at, 9 * HOUR_MS);
	assert_int_equal(rule->n_allow_pii, 1);
	assert_int_equal(rule->version, 1);
	assert_null(rule->id.text.at);
	rule = find_draft(&config, "win_back");
	assert_int_equal(rule->source, SOURCE_IDLE);
	assert_int_equal(rule->n_steps, 2);
	assert_int_equal(rule->steps[1], 90 * DAY_MS);
	assert_span(rule->exclusive.text, "retention");
	assert_int_equal(rule->terms.priority, 40);
	assert_false(rule->terms.reentry_given);
	rule = find_draft(&config, "churn_risk");
	assert_int_equal(rule->source, SOURCE_STATE);
	assert_int_equal(rule->held_for, 48 * HOUR_MS);
	assert_span(rule->reset_when.text, "churn.p_alive > 0.5");
	assert_null(rule->send_if.text.at);
	rule = find_draft(&config, "tier_upgrade");
	assert_int_equal(rule->source, SOURCE_TIER);
	assert_int_equal(rule->tier, TIER_UPGRADED);
	assert_int_equal(rule->terms.class, CLASS_TRANSACTIONAL);
	assert_true(rule->terms.reentry_given);
	assert_int_equal(rule->terms.reentry.kind, REENTRY_ALWAYS);
	rule = find_draft(&config, "review_request");
	assert_int_equal(rule->source, SOURCE_EVENT);
	assert_span(rule->stream.text, "purchases");
	assert_true(rule->delay_given);
	assert_int_equal(rule->delay, 14 * DAY_MS);
	assert_int_equal(rule->n_cancel_on, 2);
	assert_span(rule->cancel_on[1].name.text, "feedback");
	rule = find_draft(&config, "cross_sell");
	assert_span(rule->constants[0].text.text, "lens-kit");
	assert_int_equal(
	    find_draft(&config, "referral_invite")->terms.mode, MODE_SHADOW);
	arena_free(r->arena);
}

static const struct reentry_row {
	const char *text;
	struct reentry is;
	bool good;
} reentries[] = {
    {"always", {.kind = REENTRY_ALWAYS}, true},
    {"0s", {.kind = REENTRY_ALWAYS}, true},
    {"never", {.kind = REENTRY_NEVER}, true},
    {"30d", {.kind = REENTRY_AFTER, .length = 30 * DAY_MS}, true},
    {"P1M", {.kind = REENTRY_MONTHS, .months = 1}, true},
    {"P1Y2M", {.kind = REENTRY_MONTHS, .months = 14}, true},
    {"P2W", {.kind = REENTRY_MONTHS, .days = 14}, true},
    {"P1M10DT12H30M",
	{.kind = REENTRY_MONTHS,
	    .months = 1,
	    .days = 10,
	    .length = 12 * HOUR_MS + 30 * MINUTE_MS},
	true},
    {"PT12H", {.kind = REENTRY_AFTER, .length = 12 * HOUR_MS}, true},
    {"P", {0}, false},
    {"P0M", {0}, false},
    {"PT", {0}, false},
    {"P1", {0}, false},
    {"P1H", {0}, false},
    {"P1D1M", {0}, false},
    {"P1M1M", {0}, false},
    {"P-1M", {0}, false},
    {"P99999M", {0}, false},
    {"P1MT", {0}, false},
    {"p1m", {0}, false},
    {"1M", {0}, false},
    {"sometimes", {0}, false},
};

static void
reentry_is_a_length_or_a_time_of_the_calendar(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(reentries); i++) {
		const struct reentry_row *row = &reentries[i];
		struct reading *r = reading_new();
		struct reentry got = {0};

		if (read_reentry(&r->binder, node_of(r, row->text), &got) !=
		    row->good)
			fail_msg("'%s'", row->text);
		if (row->good && memcmp(&got, &row->is, sizeof got) != 0)
			fail_msg("'%s': %d, %d months, %d days", row->text,
			    got.kind, got.months, got.days);
		arena_free(r->arena);
	}
}

/* A scalar is what is wanted there, whatever it looks like. */
static void
scalars_are_read_by_the_type_that_is_wanted(void **state)
{
	static const char *const texts[] = {
	    "no", "021", "21:00", "1e3", "2025-01-01", "0x1f", "'~'", "true"};
	struct reading *r = reading_new();
	struct span text;
	duration_ms at;

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++)
		assert_true(
		    scalar_text(&r->binder, node_of(r, texts[i]), &text));
	assert_true(scalar_time_of_day(&r->binder, node_of(r, "21:00"), &at));
	assert_int_equal(at, 21 * HOUR_MS);
	expect_clean(r);
	arena_free(r->arena);
}

static const struct int_row {
	const char *text;
	bool good;
	int64_t is;
} ints[] = {
    {"0", true, 0},
    {"-5", true, -5},
    {"'7'", true, 7},
    {"9223372036854775807", true, INT64_MAX},
    {"-9223372036854775808", true, INT64_MIN},
    {"9223372036854775808", false, 0},
    {"017", false, 0},
    {"0x10", false, 0},
    {"0o17", false, 0},
    {"1_000", false, 0},
    {"+1", false, 0},
    {"-", false, 0},
    {"1.0", false, 0},
    {"1e3", false, 0},
    {"~", false, 0},
};

static void
whole_numbers_are_decimal(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(ints); i++) {
		struct reading *r = reading_new();
		int64_t got = 0;

		if (scalar_int(&r->binder, node_of(r, ints[i].text), INT64_MIN,
			INT64_MAX, &got) != ints[i].good ||
		    got != ints[i].is)
			fail_msg("'%s'", ints[i].text);
		arena_free(r->arena);
	}
}

static void
tests_become_records_and_expectations(void **state)
{
	static const char *const paths[] = {"config/example"};
	struct reading *r = reading_new();
	const struct config_options options = {
	    &some_zones, no_variable, r->findings};
	const struct rule_test_file *file;
	const struct test_entry *entries;
	struct config_tests tests = {0};
	struct failure why = {{0}};

	(void)state;
	if (config_test(r->arena, paths, 1, &options, &tests, &why) != DONE)
		expect_clean(r);
	assert_int_equal(tests.n, 1);
	file = tests.files[0];
	assert_int_equal(file->start, 1736150400000);
	assert_int_equal(file->coverage, 100);
	assert_int_equal(file->n_customers, 2);
	assert_span(file->customers[0].id, "c1");
	assert_span(file->customers[0].profile[1].pointer, "/set/birth");
	assert_span(file->customers[0].profile[1].json, "\"2000-02-29\"");
	assert_span(
	    file->customers[0].profile[2].json, "\"2023-05-01T00:00:00.000Z\"");
	assert_int_equal(file->customers[0].n_consents, 1);
	assert_int_equal(file->n_tests, 7);
	assert_int_equal(file->tests[0].n_rules, 1);
	assert_int_equal(file->tests[0].until, file->start + 200 * DAY_MS);
	entries = file->tests[0].entries;
	assert_int_equal(entries[0].kind, TEST_EVENT);
	assert_int_equal(entries[0].stream, 0);
	assert_int_equal(entries[0].repeat, 1);
	assert_false(entries[0].id_given);
	assert_span(entries[0].values[0].pointer, "/amount");
	assert_span(entries[0].values[0].json, "80.00");
	assert_int_equal(entries[2].kind, TEST_CHECK);
	assert_non_null(entries[2].check);
	assert_int_equal(entries[3].kind, TEST_EXPECT);
	assert_non_null(entries[3].rule);
	assert_span(entries[3].params[0].text.text, "1");
	assert_true(entries[6].range);
	assert_int_equal(entries[6].to - entries[6].from, DAY_MS);
	entries = file->tests[4].entries;
	assert_int_equal(entries[0].from, file->start - 60 * DAY_MS);
	assert_int_equal(entries[2].kind, TEST_OUTAGE);
	assert_int_equal(entries[2].length, 6 * HOUR_MS);
	assert_span(entries[4].reason, "purchase_arrived");
	arena_free(r->arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_daemon_has_every_default),
	    cmocka_unit_test(a_daemon_says_what_is_written),
	    cmocka_unit_test(a_secret_is_read_only_where_it_is_used),
	    cmocka_unit_test(roles_give_a_schema_its_defaults),
	    cmocka_unit_test(a_schema_says_what_is_written),
	    cmocka_unit_test(a_policy_says_what_is_written),
	    cmocka_unit_test(rules_say_what_is_written),
	    cmocka_unit_test(reentry_is_a_length_or_a_time_of_the_calendar),
	    cmocka_unit_test(scalars_are_read_by_the_type_that_is_wanted),
	    cmocka_unit_test(whole_numbers_are_decimal),
	    cmocka_unit_test(tests_become_records_and_expectations),
	};

	return (cmocka_run_group_tests_name("config_kinds", tests, NULL, NULL));
}
