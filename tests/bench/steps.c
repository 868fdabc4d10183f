/*
 * What each step of an event costs, without Kafka and Redis:
 *
 *	bench_steps DAEMON_FILE RECORDS.tsv
 *
 * The records (TOPIC TAB KEY TAB TIMESTAMP TAB VALUE, as tests/bench/w1/gen.py
 * makes them) run through all steps once, so that customers have a past.  The
 * last ones are kept, each with its customer's bytes before it; then each step
 * runs over all of these, ROUNDS times.  CPU time is counted, not the wall's.
 * The exp() of libm is timed in the same run: what a step costs in exp()
 * compares between machines, ns do not.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/files.h"
#include "pipeline/base/check.h"
#include "pipeline/bridge/json.h"
#include "pipeline/customer/codec.h"
#include "pipeline/customer/fold.h"
#include "pipeline/decide/advance.h"
#include "pipeline/event/decode.h"
#include "pipeline/rule/look.h"

enum {
	ROUNDS = 9,
	RECORDS_MAX = 300 * 1000,
	SAMPLES = 20 * 1000,
	EXP_CALLS = 200 * 1000,
	NUMBER_BASE = 10,
	NS = 1000 * 1000 * 1000,
};

/* One record with all that the steps make of it. */
struct sample {
	struct record record;
	struct span before; /* the customer's bytes; .at NULL: a new one */
	struct event event;
	struct customer *customer;
	struct fold_result folded;
};

struct bench {
	struct config config;
	const struct edition *edition;
	struct customer_codec codec;
	struct decoder *decoder;
	struct json_reader *json;
	struct arena *files; /* records and configuration */
	struct arena *round; /* of one round */
	struct arena *kept;  /* what a round prepares for its step */
	struct span *stored; /* customers' bytes, by number */
	size_t n_stored;
	struct sample *samples;
	size_t n_samples;
	struct output *outputs; /* what the samples lead to */
	size_t n_outputs;
	int stream; /* evaluate: only records of this one */
	struct cel_memo *memos;
	uint64_t stamp;
};

static double
cpu_ns(void)
{
	struct timespec t;

	CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0);
	return ((double)t.tv_sec * NS + (double)t.tv_nsec);
}

static _Noreturn void
die(const char *what)
{
	(void)fprintf(stderr, "bench_steps: %s\n", what);
	exit(1);
}

/* ---- the past ---- */

static int
stream_of_topic(const struct schema *schema, struct span topic)
{
	for (size_t i = 0; i < schema->n_streams; i++)
		if (span_equals(schema->streams[i].topic, topic))
			return ((int)i);
	die("a record of a topic that no stream has");
}

/* The keys of W1 are a letter and a number. */
static size_t
number_of(struct span key)
{
	return ((size_t)strtoull(key.at + 1, NULL, NUMBER_BASE));
}

static struct record
read_line(struct bench *b, char *line, int64_t offset)
{
	char *rest;
	char *topic = strtok_r(line, "\t", &rest);
	char *key = strtok_r(NULL, "\t", &rest);
	char *timestamp = strtok_r(NULL, "\t", &rest);
	char *value = strtok_r(NULL, "\n", &rest);
	wall_ms at;

	if (value == NULL)
		die("a line is not TOPIC TAB KEY TAB TIME TAB VALUE");
	at = strtoll(timestamp, NULL, NUMBER_BASE);
	return ((struct record){
	    .stream = stream_of_topic(b->config.schema, span_of(topic)),
	    .offset = offset,
	    .timestamp = at,
	    .arrival = at,
	    .key = arena_span(b->files, span_of(key)),
	    .value = arena_span(b->files, span_of(value))});
}

static struct span *
stored_place(struct bench *b, struct span key)
{
	size_t number = number_of(key);

	if (number >= b->n_stored) {
		size_t n = 2 * number + 1;

		b->stored = realloc(b->stored, n * sizeof *b->stored);
		CHECK(b->stored != NULL);
		for (size_t i = b->n_stored; i < n; i++)
			b->stored[i] = (struct span){NULL, 0};
		b->n_stored = n;
	}
	return (&b->stored[number]);
}

static void
decode_event(struct bench *b, struct sample *s, struct arena *arena)
{
	enum dead_reason reason;
	struct failure why;

	if (decoder_read(b->decoder, &s->record, arena, &s->event, &reason,
		&why) != DONE)
		die(why.text);
}

static void
decode_customer(struct bench *b, struct sample *s, struct arena *arena)
{
	struct failure why;

	if (s->before.at == NULL)
		s->customer =
		    customer_new(arena, b->config.schema, s->record.key);
	else if (customer_decode(&b->codec, s->record.key, s->before, arena,
		     &s->customer, &why) != DONE)
		die(why.text);
}

static struct advance
advance_with(struct bench *b, struct arena *arena)
{
	struct advance a = {.edition = b->edition,
	    .tenant = SPAN("bench"),
	    .live_within = b->config.daemon->advanced.live_within,
	    .clock = {.stream = true},
	    .tallies = ARENA_ARRAY(arena, b->edition->n_rules, struct tally)};

	advance_begin(&a, arena);
	return (a);
}

static void
move_on(struct advance *a, struct sample *s)
{
	const struct event *event = &s->event;
	struct position bound = {.instant = s->record.arrival - 1, .end = true};

	advance(a, s->customer, &event, 1, bound);
}

/* One record through all steps, as the daemon would have done it alone. */
static void
live(struct bench *b, struct sample *s)
{
	struct advance a;
	struct span *place = stored_place(b, s->record.key);

	arena_reset(b->round);
	a = advance_with(b, b->round);
	s->before = *place;
	decode_event(b, s, b->round);
	decode_customer(b, s, b->round);
	move_on(&a, s);
	*place = arena_span(
	    b->files, customer_encode(&b->codec, s->customer, b->round));
}

static void
read_past(struct bench *b, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	int64_t n = 0;

	if (file == NULL)
		die("the records cannot be read");
	b->samples = ARENA_ARRAY(b->files, SAMPLES, struct sample);
	for (; n < RECORDS_MAX && getline(&line, &room, file) > 0; n++) {
		struct sample *s = &b->samples[n % SAMPLES];

		s->record = read_line(b, line, n);
		live(b, s);
	}
	b->n_samples = n < SAMPLES ? (size_t)n : SAMPLES;
	free(line);
	(void)fclose(file);
}

/* ---- the steps: prepare is not timed; run answers how many it did ---- */

static size_t
run_exp(struct bench *b)
{
	double x = 0.5;

	(void)b;
	for (int i = 0; i < EXP_CALLS; i++)
		x = exp(-x);
	return (x < 0 ? 0 : EXP_CALLS);
}

static size_t
run_json(struct bench *b)
{
	const struct json *json;
	enum json_error error;
	struct failure why;

	for (size_t i = 0; i < b->n_samples; i++)
		if (json_read(b->json, b->samples[i].record.value, b->round,
			&json, &error, &why) != DONE)
			die(why.text);
	return (b->n_samples);
}

static size_t
run_decode(struct bench *b)
{
	for (size_t i = 0; i < b->n_samples; i++)
		decode_event(b, &b->samples[i], b->round);
	return (b->n_samples);
}

static size_t
run_customer_decode(struct bench *b)
{
	for (size_t i = 0; i < b->n_samples; i++)
		decode_customer(b, &b->samples[i], b->round);
	return (b->n_samples);
}

static void
prepare_events(struct bench *b)
{
	for (size_t i = 0; i < b->n_samples; i++) {
		decode_event(b, &b->samples[i], b->kept);
		decode_customer(b, &b->samples[i], b->kept);
	}
}

/* A stream with `where:` keeps next to nothing of W1: as if nothing. */
static size_t
run_fold(struct bench *b)
{
	for (size_t i = 0; i < b->n_samples; i++) {
		struct sample *s = &b->samples[i];
		bool keep = b->edition->where[s->event.stream->index] == NULL;

		s->folded = fold(
		    s->customer, b->config.schema, &s->event, keep, b->round);
	}
	return (b->n_samples);
}

static void
prepare_folded(struct bench *b)
{
	prepare_events(b);
	(void)run_fold(b);
	b->memos =
	    ARENA_ARRAY(b->kept, (size_t)b->edition->n_memos, struct cel_memo);
}

static size_t
run_evaluate(struct bench *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n_samples; i++) {
		struct sample *s = &b->samples[i];
		struct look look = {.edition = b->edition,
		    .customer = s->customer,
		    .arena = b->round,
		    .memos = b->memos,
		    .stamp = &b->stamp,
		    .cause = LOOK_EVENT,
		    .n = s->event.a,
		    .event = &s->event,
		    .entry = s->folded.entry};

		if (s->event.stream->index != b->stream)
			continue;
		look_at(&look);
		n++;
	}
	return (n);
}

static size_t
run_advance(struct bench *b)
{
	struct advance a = advance_with(b, b->round);

	for (size_t i = 0; i < b->n_samples; i++)
		move_on(&a, &b->samples[i]);
	return (b->n_samples);
}

static size_t
run_customer_encode(struct bench *b)
{
	for (size_t i = 0; i < b->n_samples; i++)
		(void)customer_encode(
		    &b->codec, b->samples[i].customer, b->round);
	return (b->n_samples);
}

static void
prepare_outputs(struct bench *b)
{
	struct advance a = advance_with(b, b->kept);

	prepare_events(b);
	for (size_t i = 0; i < b->n_samples; i++)
		move_on(&a, &b->samples[i]);
	b->outputs = a.outputs;
	b->n_outputs = a.n_outputs;
}

static size_t
run_trigger_encode(struct bench *b)
{
	for (size_t i = 0; i < b->n_outputs; i++)
		(void)trigger_encode(b->round, &b->outputs[i].trigger,
		    FORMAT_CLOUDEVENTS_BINARY, &b->config.schema->currency,
		    SPAN("triggers"));
	return (b->n_outputs);
}

/* ---- the table ---- */

struct step {
	const char *name;
	void (*prepare)(struct bench *b);
	size_t (*run)(struct bench *b);
	int stream;
};

static int
compare_doubles(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return ((*x > *y) - (*x < *y));
}

struct cost {
	double min;
	double median;
	size_t n;
};

/* Per thing done; the first round warms caches and is not counted. */
static struct cost
measure(struct bench *b, const struct step *step)
{
	double ns[ROUNDS];
	struct cost cost = {.n = 0};

	b->stream = step->stream;
	for (int i = -1; i < ROUNDS; i++) {
		double began;

		arena_reset(b->kept);
		arena_reset(b->round);
		if (step->prepare != NULL)
			step->prepare(b);
		began = cpu_ns();
		cost.n = step->run(b);
		if (cost.n == 0)
			return (cost);
		if (i >= 0)
			ns[i] = (cpu_ns() - began) / (double)cost.n;
	}
	qsort(ns, ROUNDS, sizeof *ns, compare_doubles);
	cost.min = ns[0];
	cost.median = ns[ROUNDS / 2];
	return (cost);
}

static void
print_row(const char *name, struct cost cost, double exp_ns)
{
	if (cost.n > 0)
		(void)printf("| %-22s | %6zu | %8.1f | %8.1f | %8.1f |\n", name,
		    cost.n, cost.min, cost.median, cost.min / exp_ns);
}

static void
measure_all(struct bench *b)
{
	static const struct step exp_step = {"exp()", NULL, run_exp, 0};
	static const struct step steps[] = {
	    {"json", NULL, run_json, 0},
	    {"decode (with json)", NULL, run_decode, 0},
	    {"customer decode", NULL, run_customer_decode, 0},
	    {"fold", prepare_events, run_fold, 0},
	    {"fold, evaluate, gate", prepare_events, run_advance, 0},
	    {"customer encode", prepare_outputs, run_customer_encode, 0},
	    {"trigger encode", prepare_outputs, run_trigger_encode, 0},
	};
	struct cost one = measure(b, &exp_step);

	(void)printf("| step                   |      n | min ns   | median   |"
		     " x exp()  |\n"
		     "|------------------------|-------:|---------:|---------:|"
		     "---------:|\n");
	print_row(exp_step.name, one, one.min);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		print_row(steps[i].name, measure(b, &steps[i]), one.min);
	for (size_t i = 0; i < b->config.schema->n_streams; i++) {
		struct span name = b->config.schema->streams[i].name;
		struct span title =
		    arena_print(b->files, "evaluate %.*s", SPAN_ARGS(name));
		struct step step = {
		    title.at, prepare_folded, run_evaluate, (int)i};

		print_row(step.name, measure(b, &step), one.min);
	}
}

int
main(int argc, char **argv)
{
	struct bench b = {
	    .files = arena_new(), .round = arena_new(), .kept = arena_new()};

	if (argc != 3)
		die("usage: bench_steps DAEMON_FILE RECORDS.tsv");
	if (files_load(b.files, argv[1], EXIT_MISTAKES, &b.config) != EXIT_OK)
		return (EXIT_MISTAKES);
	b.edition = b.config.edition;
	b.codec = (struct customer_codec){b.config.schema, b.config.program};
	b.decoder = decoder_new(b.config.schema);
	b.json = json_reader_new();
	read_past(&b, argv[2]);
	(void)printf("%zu rules, the last %zu of the records\n",
	    b.edition->n_rules, b.n_samples);
	measure_all(&b);
	json_reader_free(b.json);
	decoder_free(b.decoder);
	free(b.stored);
	arena_free(b.files);
	arena_free(b.round);
	arena_free(b.kept);
	return (0);
}
