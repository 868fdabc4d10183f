#include "daemon/demo_run.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/demo_feed.h"
#include "daemon/demo_place.h"
#include "daemon/demo_reader.h"
#include "daemon/demo_story.h"
#include "daemon/demo_summary.h"
#include "daemon/demo_worker.h"
#include "daemon/files.h"
#include "daemon/log.h"
#include "daemon/monotonic.h"
#include "daemon/signals.h"
#include "pipeline/lab/backtest.h"
#include "pipeline/stream/mock.h"

enum {
	PARTITIONS = 4,
	CUSTOMERS = 4000,
	STORIES = 5,
	SEND_MAX = 2000,
	READ_MAX = 4000, /* messages in a tick */
	/* Records that wait in Kafka before the shop's clock does. */
	BEHIND_MAX = 20000,
	TICK_MS = 10,
	QUIET_MS = 3000, /* nothing comes any more */
	RATE_MS = 1000,
	MS = 1000,
};

/* 2025-01-01T00:00:00Z */
#define START ((wall_ms)1735689600000)

struct demo {
	const struct demo_options *options;
	struct arena *arena; /* of the process */
	struct arena *message;
	struct demo_place place;
	struct mock *mock;
	struct config config;
	struct demo_worker *worker;
	struct generator *generator;
	struct demo_feed *feed;
	struct demo_reader *reader;
	struct json_reader *json;
	struct demo_stories *stories;
	struct demo_screen screen;
	int signals; /* -1: not open */

	wall_ms end;
	wall_ms now; /* in the shop */
	int64_t ticked_at;
	uint64_t sent;
	uint64_t read; /* messages */
	int64_t read_at;
	int64_t rate_at;
	uint64_t rate_from;
	double rate;
	bool stopped; /* by a signal, or by whoever read our output */
	struct failure why;
};

/* ---- what comes out ---- */

static const struct stats *
stats_of(const struct demo *demo)
{
	return (demo_worker_stats(demo->worker));
}

static void
print_json(const struct demo *demo, const struct message *message)
{
	struct buffer b;

	buffer_init(&b, demo->message);
	message_print(&b, message);
	(void)fwrite(b.at, 1, b.length, stdout);
}

static void
show(struct demo *demo, const struct demo_decision *decision)
{
	const char *name = generator_name(demo->generator, decision->customer);
	bool known = generator_persona(decision->customer) >= 0;

	if (name == NULL)
		return;
	/* Of the many, what is sent; as much of it as can be read. */
	if (!known && (decision->reason.length > 0 ||
			  !demo_screen_room(&demo->screen, demo->ticked_at)))
		return;
	if (!known)
		name = arena_print(demo->message, "%s %.*s", name,
		    SPAN_ARGS(decision->customer))
			   .at;
	demo_screen_decision(&demo->screen, decision, name, known);
}

static void
take_message(struct demo *demo, const struct message *message)
{
	struct demo_decision decision;

	demo->read++;
	demo->read_at = demo->ticked_at;
	arena_reset(demo->message);
	if (demo->options->ndjson)
		print_json(demo, message);
	if (!demo_decision_read(demo->json, message, demo->message, &decision))
		return;
	demo_stories_decision(demo->stories, &decision);
	if (!demo->options->ndjson)
		show(demo, &decision);
}

static void
read_messages(struct demo *demo)
{
	struct message message;

	for (int i = 0;
	     i < READ_MAX && demo_reader_next(demo->reader, 0, &message); i++)
		take_message(demo, &message);
	(void)fflush(stdout);
	if (ferror(stdout))
		demo->stopped = true;
}

static void
on_persona(void *context, const struct generated *record)
{
	demo_stories_record(((struct demo *)context)->stories, record);
}

/* ---- the loop ---- */

static void
show_status(struct demo *demo, const struct demo_sums *sums)
{
	struct demo_progress progress = {.now = demo->now,
	    .done = (double)(demo->now - START) / (double)(demo->end - START),
	    .records = sums->records,
	    .customers = generator_joined(demo->generator),
	    .published = sums->published,
	    .suppressed = sums->suppressed};
	int64_t since = demo->ticked_at - demo->rate_at;

	if (since >= RATE_MS) {
		demo->rate = (double)(sums->records - demo->rate_from) * MS /
			     (double)since;
		demo->rate_at = demo->ticked_at;
		demo->rate_from = sums->records;
	}
	progress.rate = demo->rate;
	demo_screen_status(&demo->screen, demo->ticked_at, &progress);
}

static void
take_signals(struct demo *demo)
{
	while (signals_next(demo->signals) != 0) {
		if (demo->stopped) {
			demo_place_close(&demo->place);
			_exit(EXIT_AGAIN);
		}
		demo->stopped = true;
	}
}

/* False: it cannot go on, and why says why. */
static bool
tick(struct demo *demo, struct demo_sums *sums)
{
	struct pollfd signals = {.fd = demo->signals, .events = POLLIN};

	(void)poll(&signals, 1, TICK_MS);
	take_signals(demo);
	demo->ticked_at = monotonic_ms();
	read_messages(demo);
	*sums = demo_sums_of(stats_of(demo));
	show_status(demo, sums);
	return (!demo_worker_failed(demo->worker, &demo->why));
}

static bool
send_up_to(struct demo *demo, wall_ms until, size_t *n)
{
	if (demo_feed_send(demo->feed, until, SEND_MAX, n, &demo->why) != DONE)
		return (false);
	demo->sent += *n;
	return (true);
}

/* What was before the shop's clock starts: as fast as it goes. */
static bool
run_history(struct demo *demo)
{
	int64_t began = monotonic_ms();
	struct demo_sums sums = {.records = 0};
	size_t n = 1;

	while (!demo->stopped && (n > 0 || sums.records < demo->sent)) {
		n = 0;
		if (demo->sent - sums.records < BEHIND_MAX &&
		    !send_up_to(demo, START, &n))
			return (false);
		if (!tick(demo, &sums))
			return (false);
	}
	demo_screen_say(&demo->screen,
	    "  history  %.*s records of the 400 days before, in %.1f s\n",
	    SPAN_ARGS(demo_number(demo->sent, demo->arena)),
	    (double)(demo->ticked_at - began) / MS);
	return (true);
}

/* The shop's time goes on while Kafka is read fast enough. */
static bool
run_year(struct demo *demo)
{
	struct demo_sums sums = demo_sums_of(stats_of(demo));
	int64_t before = monotonic_ms();
	size_t n;

	while (!demo->stopped && demo->now < demo->end) {
		if (!tick(demo, &sums))
			return (false);
		if (demo->sent - sums.records < BEHIND_MAX)
			demo->now += (demo->ticked_at - before) *
				     demo->options->speed / MS;
		before = demo->ticked_at;
		if (demo->now > demo->end)
			demo->now = demo->end;
		if (!send_up_to(demo, demo->now, &n))
			return (false);
	}
	return (true);
}

/* Until all that was said has been read. */
static bool
run_out(struct demo *demo)
{
	struct demo_sums sums;

	demo->read_at = monotonic_ms();
	do {
		if (!tick(demo, &sums))
			return (false);
	} while (demo->ticked_at - demo->read_at < QUIET_MS &&
		 (sums.records < demo->sent ||
		     demo->read < counter_read(&stats_of(demo)->messages)));
	return (true);
}

/* ---- before and after ---- */

static enum outcome
make_topics(struct demo *demo)
{
	const struct schema *schema = demo->config.edition->schema;
	const struct topics_config *topics = &demo->config.daemon->kafka.topics;
	const struct span outputs[] = {
	    topics->triggers, topics->suppressed, topics->dead_letters};
	enum outcome outcome = DONE;

	for (size_t i = 0; i < schema->n_streams && outcome == DONE; i++)
		outcome = mock_create_topic(demo->mock,
		    arena_span(demo->arena, schema->streams[i].topic).at,
		    PARTITIONS, &demo->why);
	for (size_t i = 0;
	     i < sizeof outputs / sizeof outputs[0] && outcome == DONE; i++)
		outcome = mock_create_topic(demo->mock,
		    arena_span(demo->arena, outputs[i]).at, PARTITIONS,
		    &demo->why);
	return (outcome);
}

/*
 * Where this run's servers are: the daemon file asks for them as it asks the
 * environment for those of a real shop.
 */
enum { ADDRESS_MAX = 1024 };
static char place_brokers[ADDRESS_MAX];
static char place_redis[ADDRESS_MAX];

static char *
demo_variable(const char *name)
{
	if (strcmp(name, "KITH_BROKERS") == 0)
		return (place_brokers);
	if (strcmp(name, "KITH_REDIS") == 0)
		return (place_redis);
	return (NULL);
}

static enum exit_code
open_kafka(struct demo *demo)
{
	enum exit_code code;

	if (mock_open(1, &demo->mock, &demo->why) != DONE)
		return (EXIT_INTERNAL);
	(void)snprintf(place_brokers, sizeof place_brokers, "%s",
	    mock_brokers(demo->mock));
	(void)snprintf(
	    place_redis, sizeof place_redis, "%s", demo->place.redis_url);
	code = files_load_with(demo->arena, demo->place.daemon_file,
	    EXIT_INTERNAL, demo_variable, &demo->config);
	if (code != EXIT_OK) {
		(void)fail_with(&demo->why, FATAL, "the rules cannot be read");
		return (code);
	}
	return (make_topics(demo) == DONE ? EXIT_OK : EXIT_INTERNAL);
}

static enum exit_code
open_parts(struct demo *demo)
{
	const struct topics_config *topics = &demo->config.daemon->kafka.topics;
	const char *outputs[] = {arena_span(demo->arena, topics->triggers).at,
	    arena_span(demo->arena, topics->suppressed).at, NULL};
	const char *brokers = mock_brokers(demo->mock);
	const struct generator_options people = {.seed = demo->options->seed,
	    .customers = CUSTOMERS,
	    .start = START,
	    .end = demo->end};
	struct demo_feed_options feed = {.brokers = brokers,
	    .schema = demo->config.edition->schema,
	    .on_persona = on_persona,
	    .context = demo};

	log_open(&demo->config.daemon->log, "demo");
	demo_screen_init(&demo->screen, demo->options->ndjson ? stderr : stdout,
	    demo->config.zones);
	demo->stories = demo_stories_new(demo->config.zones);
	demo->generator = feed.generator = generator_new(&people);
	demo->json = json_reader_new();
	demo->message = arena_new();
	if (demo_reader_open(brokers, outputs, PARTITIONS, &demo->reader,
		&demo->why) != DONE ||
	    demo_feed_open(&feed, &demo->feed, &demo->why) != DONE)
		return (EXIT_INTERNAL);
	demo->worker = demo_worker_new(&demo->config, demo->arena);
	return (EXIT_OK);
}

static void
introduce(struct demo *demo)
{
	const char *brokers = mock_brokers(demo->mock);
	struct demo_screen *screen = &demo->screen;

	demo_screen_say(screen,
	    "kithd demo: a shop from 1 January 2025 on, %lld days in a second"
	    "; seed %llu",
	    (long long)(demo->options->speed / DAY_MS),
	    (unsigned long long)demo->options->seed);
	demo_screen_say(screen,
	    "  Kafka    inside of this process: kcat -C -b %s -t "
	    "kith.triggers",
	    brokers);
	demo_screen_say(screen,
	    "  Redis    a child of this process: redis-cli -s %s/redis.sock",
	    demo->place.folder);
	demo_screen_say(
	    screen, "  rules    %s/lifecycle.yaml", demo->place.folder);
}

static void
conclude(struct demo *demo, duration_ms took)
{
	struct demo_sums sums = demo_sums_of(stats_of(demo));
	struct arena *arena = demo->arena;

	demo_screen_say(&demo->screen,
	    "\n%lld days in %.1f s: %.*s records, %.*s customers, %.*s "
	    "messages sent, %.*s not, %.*s unreadable records\n",
	    (long long)((demo->now - START) / DAY_MS), (double)took / MS,
	    SPAN_ARGS(demo_number(sums.records, arena)),
	    SPAN_ARGS(demo_number(generator_joined(demo->generator), arena)),
	    SPAN_ARGS(demo_number(sums.published, arena)),
	    SPAN_ARGS(demo_number(sums.suppressed, arena)),
	    SPAN_ARGS(demo_number(sums.dead, arena)));
	demo_summary_rules(demo->config.edition, stats_of(demo), &demo->screen);
	demo_stories_tell(demo->stories, STORIES, &demo->screen);
}

static void
close_parts(struct demo *demo)
{
	demo_worker_free(demo->worker);
	log_close();
	demo_feed_close(demo->feed);
	demo_reader_close(demo->reader);
	generator_free(demo->generator);
	demo_stories_free(demo->stories);
	json_reader_free(demo->json);
	mock_close(demo->mock);
	arena_free(demo->message);
	demo_place_close(&demo->place);
}

static enum exit_code
play(struct demo *demo)
{
	int64_t began = monotonic_ms();
	bool good;

	introduce(demo);
	good = run_history(demo) && run_year(demo) && run_out(demo);
	demo_screen_clear(&demo->screen);
	if (!good)
		return (EXIT_INTERNAL);
	conclude(demo, demo->ticked_at - began);
	return (EXIT_OK);
}

enum exit_code
demo_run(const struct demo_options *options, struct arena *arena)
{
	struct demo demo = {.options = options,
	    .arena = arena,
	    .now = START,
	    .end = START + options->length * (options->speed / MS)};
	enum exit_code code;

	signals_block();
	demo.signals = signals_open();
	if (demo_place_open(&demo.place, &demo.why) != DONE) {
		(void)fprintf(stderr, "kithd demo: %s\n", demo.why.text);
		(void)close(demo.signals);
		return (EXIT_UNAVAILABLE);
	}
	code = open_kafka(&demo);
	if (code == EXIT_OK)
		code = open_parts(&demo);
	if (code == EXIT_OK)
		code = play(&demo);
	if (code != EXIT_OK)
		(void)fprintf(stderr, "kithd demo: %s\n", demo.why.text);
	close_parts(&demo);
	(void)close(demo.signals);
	return (code);
}
