#include "daemon/health.h"

#include <inttypes.h>
#include <stdio.h>

#include "pipeline/base/json.h"

enum { WHY_MAX = 120, MS_IN_S = 1000 };

/* One line of an answer; `why` is empty where all is well. */
struct part {
	const char *name;
	char why[WHY_MAX];
};

static unsigned
print_parts(struct buffer *b, const struct part *parts, size_t n)
{
	bool well = true;

	for (size_t i = 0; i < n; i++)
		well = well && parts[i].why[0] == '\0';
	buffer_print(
	    b, "{\"status\":\"%s\",\"parts\":{", well ? "ok" : "unavailable");
	for (size_t i = 0; i < n; i++) {
		bool ok = parts[i].why[0] == '\0';

		buffer_print(b, "%s\"%s\":{\"ok\":%s", i == 0 ? "" : ",",
		    parts[i].name, ok ? "true" : "false");
		if (!ok) {
			buffer_print(b, ",\"why\":");
			json_string(b, span_of(parts[i].why));
		}
		buffer_char(b, '}');
	}
	buffer_print(b, "}}\n");
	return (well ? HEALTH_OK : HEALTH_NOT);
}

static void say(struct part *part, const char *fmt, ...) PRINTF(2, 3);

static void
say(struct part *part, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(part->why, sizeof part->why, fmt, args);
	va_end(args);
}

static struct part
part_turns(const struct health_view *view)
{
	struct part part = {.name = "workers"};

	for (size_t i = 0; i < view->n; i++)
		if (view->workers[i].turn_age > TURN_AGE_MAX_MS)
			say(&part,
			    "the loop of worker %zu has not turned for %" PRId64
			    " s",
			    i, view->workers[i].turn_age / MS_IN_S);
	return (part);
}

static struct part
part_joined(const struct health_view *view)
{
	struct part part = {.name = "group"};

	for (size_t i = 0; i < view->n; i++)
		if (!view->workers[i].joined)
			say(&part, "worker %zu has not joined the group yet",
			    i);
	return (part);
}

static void
say_away(struct part *part, size_t worker, const char *who, duration_ms age,
    duration_ms age_max)
{
	if (age < 0)
		say(part, "%s has not answered worker %zu yet", who, worker);
	else if (age > age_max)
		say(part, "%s has not answered worker %zu for %" PRId64 " s",
		    who, worker, age / MS_IN_S);
}

static struct part
part_store(const struct health_view *view, duration_ms age_max)
{
	struct part part = {.name = "store"};

	for (size_t i = 0; i < view->n; i++)
		say_away(
		    &part, i, "Redis", view->workers[i].store_age, age_max);
	return (part);
}

static struct part
part_kafka(const struct health_view *view)
{
	struct part part = {.name = "kafka"};

	for (size_t i = 0; i < view->n; i++) {
		say_away(
		    &part, i, "Kafka", view->workers[i].kafka_age, AWAY_MAX_MS);
		if (view->workers[i].input_missing)
			say(&part, "an input topic is missing: see the log");
	}
	return (part);
}

static struct part
part_clock(const struct health_view *view)
{
	struct part part = {.name = "clock"};

	for (size_t i = 0; i < view->n; i++)
		if (view->workers[i].leapt)
			say(&part,
			    "the wall clock has leapt: timers wait until it "
			    "has held for a minute");
	return (part);
}

static struct part
part_process(const struct health_view *view)
{
	struct part part = {.name = "process"};

	if (view->failed)
		say(&part, "a worker has ended: see the log");
	else if (view->draining)
		say(&part, "told to stop: the last batch is being finished");
	return (part);
}

/* Rules are compiled before anything can ask. */
static struct part
part_configuration(void)
{
	return ((struct part){.name = "configuration"});
}

unsigned
health_live(const struct health_view *view, struct buffer *body)
{
	const struct part parts[] = {part_turns(view)};

	return (print_parts(body, parts, sizeof parts / sizeof parts[0]));
}

unsigned
health_ready(const struct health_view *view, struct buffer *body)
{
	const struct part parts[] = {
	    part_configuration(),
	    part_joined(view),
	    part_store(view, AWAY_MAX_MS),
	    part_kafka(view),
	    part_clock(view),
	    part_process(view),
	};

	return (print_parts(body, parts, sizeof parts / sizeof parts[0]));
}

unsigned
health_started(const struct health_view *view, struct buffer *body)
{
	const struct part parts[] = {
	    part_configuration(),
	    part_store(view, INT64_MAX),
	    part_joined(view),
	};

	return (print_parts(body, parts, sizeof parts / sizeof parts[0]));
}

bool
health_turns(const struct health_view *view)
{
	return (part_turns(view).why[0] == '\0');
}

bool
health_joined(const struct health_view *view)
{
	return (part_joined(view).why[0] == '\0');
}
