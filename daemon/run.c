/*
 * kithd run: the daemon.  The main thread waits for signals, for questions over
 * HTTP and for the end of a worker; whoever wants to know how the process does
 * is answered from here.  The work is done by the workers.
 */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/command.h"
#include "daemon/files.h"
#include "daemon/http.h"
#include "daemon/instant_option.h"
#include "daemon/log.h"
#include "daemon/metric.h"
#include "daemon/metrics.h"
#include "daemon/monotonic.h"
#include "daemon/notify.h"
#include "daemon/settings.h"
#include "daemon/signals.h"
#include "daemon/supervisor.h"
#include "pipeline/base/check.h"

enum { ROW_CONFIG, ROW_UNTIL };

static const struct option rows[] = {
    [ROW_CONFIG] = OPTION_CONFIG,
    [ROW_UNTIL] = {.name = "until",
	.value = "T",
	.about = "read to the topics' ends, run timers to T, exit"},
};

#define TICK_MS ((duration_ms)1000)

/* The running process. */
struct daemon {
	const struct config *config;
	struct supervisor *supervisor;
	struct http *http; /* NULL: none */
	int signals;
	struct health_view view; /* as of the last look */
	int64_t looked_at;
	int64_t watchdog_at; /* not before */
	duration_ms watchdog_every;
	bool until;
	bool ready;    /* has been said */
	bool stopping; /* has been said */
};

/* ---- pages ---- */

static unsigned
answer_live(void *context, struct buffer *body)
{
	return (health_live(&((struct daemon *)context)->view, body));
}

static unsigned
answer_ready(void *context, struct buffer *body)
{
	return (health_ready(&((struct daemon *)context)->view, body));
}

static unsigned
answer_started(void *context, struct buffer *body)
{
	return (health_started(&((struct daemon *)context)->view, body));
}

static unsigned
answer_metrics(void *context, struct buffer *body)
{
	const struct daemon *daemon = context;
	const struct metrics_view view = {.edition = daemon->config->edition,
	    .workers = supervisor_stats(daemon->supervisor),
	    .n = daemon->view.n,
	    .health = &daemon->view};

	metrics_print(&view, body);
	return (HEALTH_OK);
}

static const struct http_page pages[] = {
    {"/livez", "application/json", answer_live},
    {"/readyz", "application/json", answer_ready},
    {"/startupz", "application/json", answer_started},
    {"/metrics", METRIC_CONTENT_TYPE, answer_metrics},
    {NULL, NULL, NULL},
};

/* ---- the loop ---- */

static void
stop(struct daemon *daemon, const char *why)
{
	if (daemon->stopping)
		return;
	daemon->stopping = true;
	log_say(LEVEL_INFO, "stopping", LOG_FIELDS(log_text("detail", why)));
	notify_stopping();
	supervisor_stop(daemon->supervisor);
}

static void
take_signals(struct daemon *daemon)
{
	for (int number; (number = signals_next(daemon->signals)) != 0;) {
		if (number == SIGHUP) {
			log_say(LEVEL_WARNING,
			    "SIGHUP: rules are read at the start alone",
			    LOG_NO_FIELDS);
		} else if (daemon->stopping) {
			log_say(LEVEL_ERROR,
			    "a second signal: ended before it was done",
			    LOG_NO_FIELDS);
			log_close();
			_exit(EXIT_AGAIN);
		} else {
			stop(daemon, number == SIGTERM ? "SIGTERM" : "SIGINT");
		}
	}
}

static int64_t
tasks_and_lag(const struct daemon *daemon, int64_t *lag)
{
	struct worker_stats *const *stats =
	    supervisor_stats(daemon->supervisor);
	int64_t tasks = 0;

	*lag = 0;
	for (size_t w = 0; w < daemon->view.n; w++) {
		tasks += atomic_load_explicit(
		    &stats[w]->tasks, memory_order_relaxed);
		for (size_t t = 0; t < WORKER_TASKS_MAX; t++)
			if (stats[w]->shown[t].condition == TASK_RUNS)
				*lag += stats[w]->shown[t].behind;
	}
	return (tasks);
}

static void
tell_manager(struct daemon *daemon)
{
	int64_t lag;
	int64_t tasks = tasks_and_lag(daemon, &lag);

	if (!daemon->ready && health_joined(&daemon->view)) {
		daemon->ready = true;
		log_say(LEVEL_INFO, "ready", LOG_NO_FIELDS);
		notify_ready();
	}
	notify_status("%s%" PRId64 " tasks, lag %" PRId64 ", rules %08" PRIx64,
	    daemon->stopping ? "stopping: "
	    : daemon->ready  ? ""
			     : "starting: ",
	    tasks, lag, daemon->config->edition->digest >> 32);
	if (daemon->watchdog_every > 0 && health_turns(&daemon->view) &&
	    daemon->looked_at >= daemon->watchdog_at) {
		daemon->watchdog_at =
		    daemon->looked_at + daemon->watchdog_every;
		notify_watchdog();
	}
}

/* What is to be done though nothing happens. */
static void
tick(struct daemon *daemon)
{
	daemon->looked_at = monotonic_ms();
	supervisor_look(daemon->supervisor, &daemon->view);
	tell_manager(daemon);
	log_tick();
	if (daemon->view.failed)
		stop(daemon, "a worker has ended");
	if (daemon->until && supervisor_finished(daemon->supervisor))
		stop(daemon, "--until is reached");
}

static void
wait_for_something(struct daemon *daemon)
{
	struct pollfd files[] = {
	    {.fd = daemon->signals, .events = POLLIN},
	    {.fd = supervisor_descriptor(daemon->supervisor), .events = POLLIN},
	    {.fd = -1, .events = POLLIN},
	};
	duration_ms timeout = TICK_MS;
	uint64_t ended;

	if (daemon->http != NULL) {
		files[2].fd = http_descriptor(daemon->http);
		timeout = http_wait(daemon->http, timeout);
	}
	if (daemon->until && timeout > TICK_MS / 10)
		timeout = TICK_MS / 10;
	(void)poll(files, sizeof files / sizeof files[0], (int)timeout);
	(void)!read(files[1].fd, &ended, sizeof ended);
}

static enum exit_code
loop(struct daemon *daemon)
{
	enum exit_code code;

	tick(daemon);
	while (!supervisor_over(daemon->supervisor, &code)) {
		wait_for_something(daemon);
		take_signals(daemon);
		tick(daemon);
		if (daemon->http != NULL)
			http_turn(daemon->http);
	}
	return (code);
}

/* ---- from the files to the loop ---- */

static void
log_start(const struct config *config)
{
	const struct daemon_config *d = config->daemon;
	struct arena *arena = arena_new();

	log_say(LEVEL_INFO, "starting",
	    LOG_FIELDS(log_text("service.version", KITH_VERSION),
		log_span("instance", settings_instance(arena, &d->advanced)),
		log_span("group", d->kafka.group),
		log_int("workers", d->workers),
		log_int("rules", (int64_t)config->edition->n_rules)));
	arena_free(arena);
}

static enum exit_code
supervise(struct daemon *daemon, wall_ms until)
{
	enum exit_code code;

	daemon->until = until != INSTANT_BEFORE;
	daemon->watchdog_every = notify_watchdog_every();
	daemon->supervisor = supervisor_new(daemon->config, until);
	code = loop(daemon);
	supervisor_free(daemon->supervisor);
	notify_stopping();
	return (code);
}

static enum exit_code
serve(const struct config *config, wall_ms until)
{
	struct daemon daemon = {.config = config};
	const struct http_pages served = {pages, &daemon};
	const struct http_config *http = &config->daemon->http;
	enum exit_code code = EXIT_UNAVAILABLE;
	struct failure why;

	signals_block();
	daemon.signals = signals_open();
	log_start(config);
	if (http->host.length > 0 &&
	    http_open(http, &served, &daemon.http, &why) != DONE)
		log_say(LEVEL_ERROR, "no HTTP",
		    LOG_FIELDS(log_text("error.message", why.text)));
	else
		code = supervise(&daemon, until);
	http_close(daemon.http);
	(void)close(daemon.signals);
	log_say(LEVEL_INFO, "stopped", LOG_FIELDS(log_int("exit_code", code)));
	return (code);
}

static enum exit_code
run(const struct arguments *arguments)
{
	struct config config;
	struct failure why;
	wall_ms until;
	enum exit_code code;

	if (instant_option(arguments->value[ROW_UNTIL], &until, &why) != DONE) {
		(void)fprintf(stderr, "kithd run: --until: %s\n", why.text);
		return (EXIT_USAGE);
	}
	code = files_load(arguments->arena, arguments->value[ROW_CONFIG],
	    EXIT_CONFIG, &config);
	if (code != EXIT_OK)
		return (code);
	if (config.daemon->store.place != STORE_REDIS) {
		(void)fputs("kithd run: store: memory is for test and "
			    "backtest; run needs a Redis\n",
		    stderr);
		return (EXIT_CONFIG);
	}
	log_open(&config.daemon->log,
	    arena_span(arguments->arena, config.daemon->name).at);
	code = serve(&config, until);
	log_close();
	return (code);
}

const struct command run_command = {
    .name = "run",
    .synopsis = "-c FILE [--until T]",
    .about = "the daemon: records in, triggers out",
    .text =
	"Reads records from Kafka, keeps customers in Redis, and publishes "
	"triggers,\nuntil SIGTERM or SIGINT: then the batch at hand is "
	"finished and published.  A\nsecond signal ends it at once.  With "
	"--until it reads what the topics hold now,\nlets time go on to T, "
	"and ends.\n"
	"\n"
	"  kithd run -c shop.yaml\n"
	"  kithd run -c shop.yaml --until 2026-01-31T00:00:00Z\n"
	"  curl localhost:9464/readyz            or /livez /startupz /metrics\n"
	"\n"
	"Exit: 0 stopped as told, 66 a file cannot be read, 69 an address to "
	"listen on is\ntaken, 70 a bug, 75 ended by a second signal, 77 login "
	"refused, 78 mistakes in\nfiles, or what a person must decide.",
    .options = {.rows = rows, .n = sizeof rows / sizeof rows[0]},
    .run = run,
};
