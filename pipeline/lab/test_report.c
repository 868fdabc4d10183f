/*
 * The report for people.  Times are written as the test writes them, so that
 * what came can be copied into it.
 */
#include "pipeline/lab/test_report.h"

#include "pipeline/base/utf8.h"

enum {
	SPAN_COLUMNS = 8,
	TIME_COLUMNS = 17,
	RULE_COLUMNS = 28,
	FAILURES_SHOWN = 5,
	AROUND = 3, /* shown before a failure's time, and as many after */
	TEXT_COLUMNS = 88,
	PER_CENT = 100,
};

#define GREEN "\033[32m"
#define RED   "\033[31m"
#define DIM   "\033[2m"
#define PLAIN "\033[0m"

static void
put_colour(const struct test_report *r, const char *colour)
{
	if (r->colour)
		buffer_span_add(r->to, span_of(colour));
}

/* How many columns a text takes on a terminal, to the nearest. */
static int
columns(struct span text)
{
	int n = 0;

	for (; text.length > 0; n++) {
		size_t length = utf8_length(text);

		length = length == 0 ? 1 : length;
		text.at += length;
		text.length -= length;
	}
	return (n);
}

static void
put_padded(const struct test_report *r, struct span text, int width)
{
	buffer_span_add(r->to, text);
	for (int n = columns(text); n < width; n++)
		buffer_char(r->to, ' ');
}

static void
put_place(const struct test_report *r, const struct source_text *where)
{
	struct span file = {"", 0};
	size_t line = 0;

	r->locate(where, &file, &line);
	buffer_print(r->to, "%.*s:%zu", SPAN_ARGS(file), line);
}

/* One thing that happened to a customer. */
struct happening {
	wall_ms at;
	const struct test_record *record; /* or */
	const struct test_output *output;
};

/* The n-th of a test's happenings to a customer, in order; false: no more. */
struct happenings {
	const struct test_run *run;
	int customer;
	size_t record;
	size_t output;
};

static bool
next_happening(struct happenings *h, struct happening *ret)
{
	const struct timeline *t = &h->run->timeline;
	const struct test_run *run = h->run;

	while (
	    h->record < t->n && t->records[h->record].customer != h->customer)
		h->record++;
	while (h->output < run->n_outputs &&
	       run->outputs[h->output].customer != h->customer)
		h->output++;
	if (h->record < t->n && (h->output == run->n_outputs ||
				    t->records[h->record].record.arrival <=
					run->outputs[h->output].at)) {
		const struct test_record *record = &t->records[h->record++];

		*ret = (struct happening){record->record.arrival, record, NULL};
		return (true);
	}
	if (h->output == run->n_outputs)
		return (false);
	*ret = (struct happening){
	    run->outputs[h->output].at, NULL, &run->outputs[h->output]};
	h->output++;
	return (true);
}

/* "purchases amount 80.00, category "shoes"" */
static void
put_record(const struct test_run *run, const struct test_record *record,
    struct buffer *b)
{
	const struct schema *schema = run->file->edition->schema;
	const struct test_entry *entry = record->entry;

	buffer_span_add(b, schema->streams[record->record.stream].name);
	if (entry == NULL) {
		buffer_print(b, " of `customers:`");
		return;
	}
	for (size_t i = 0; i < entry->n_values; i++) {
		struct span name = entry->values[i].pointer;

		buffer_print(b, "%s %.*s %.*s", i == 0 ? "" : ",",
		    (int)name.length - 1, name.at + 1,
		    SPAN_ARGS(entry->values[i].json));
	}
}

static void
put_output(const struct test_output *output, struct buffer *b)
{
	buffer_span_add(b, output->rule->name);
	if (output->reason.length > 0)
		buffer_print(b, " suppressed: %.*s", SPAN_ARGS(output->reason));
	else
		buffer_print(b, " published: %.*s", SPAN_ARGS(output->why));
}

static void
put_happening(const struct test_report *r, const struct test_run *run,
    const struct happening *happening, wall_ms at)
{
	struct buffer b;

	buffer_print(
	    r->to, happening->at == at ? "          > " : "            ");
	put_padded(r,
	    timeline_offset(happening->at - run->file->start, r->to->arena),
	    TIME_COLUMNS);
	buffer_init(&b, r->to->arena);
	if (happening->record != NULL)
		put_record(run, happening->record, &b);
	else
		put_output(happening->output, &b);
	if (b.length > TEXT_COLUMNS) {
		b.length = TEXT_COLUMNS;
		buffer_print(&b, " ...");
	}
	buffer_print(r->to, " %.*s\n", SPAN_ARGS(buffer_span(&b)));
}

/* What happened around an instant: a few things before it, a few after. */
static void
put_around(const struct test_report *r, const struct test_run *run,
    int customer, wall_ms at)
{
	struct happenings h = {.run = run, .customer = customer};
	struct happening last[AROUND];
	struct happening one;
	size_t n_before = 0;
	int n_after = 0;

	put_colour(r, DIM);
	while (next_happening(&h, &one) && n_after < AROUND) {
		if (one.at < at) {
			last[n_before++ % AROUND] = one;
			continue;
		}
		if (n_after++ == 0) {
			size_t i = n_before < AROUND ? 0 : n_before - AROUND;

			for (; i < n_before; i++)
				put_happening(r, run, &last[i % AROUND], at);
		}
		put_happening(r, run, &one, at);
	}
	for (size_t i = n_before < AROUND ? 0 : n_before - AROUND;
	     n_after == 0 && i < n_before; i++)
		put_happening(r, run, &last[i % AROUND], at);
	put_colour(r, PLAIN);
}

static void
put_failure(const struct test_report *r, const struct test_run *run,
    const struct test_failure *failure)
{
	char text[INSTANT_TEXT_MAX];

	buffer_print(r->to, "        ");
	put_place(r, failure->where);
	buffer_print(r->to, ": %.*s\n", SPAN_ARGS(failure->said));
	for (size_t i = 0; i < failure->n_notes; i++)
		buffer_print(
		    r->to, "          %.*s\n", SPAN_ARGS(failure->notes[i]));
	instant_format(failure->at, text);
	buffer_print(r->to, "          around %.*s, which is %s:\n",
	    SPAN_ARGS(
		timeline_offset(failure->at - run->file->start, r->to->arena)),
	    text);
	put_around(r, run, failure->customer, failure->at);
}

static void
put_test(const struct test_report *r, const struct test_run *run)
{
	bool passed = run->n_failures == 0;

	put_colour(r, passed ? GREEN : RED);
	buffer_print(r->to, passed ? "  ok    " : "  FAIL  ");
	put_colour(r, PLAIN);
	put_padded(r,
	    timeline_offset(
		run->test->until - run->timeline.first, r->to->arena),
	    SPAN_COLUMNS);
	buffer_print(r->to, "  %.*s\n", SPAN_ARGS(run->test->name.text));
	for (size_t i = 0; i < run->n_failures && i < FAILURES_SHOWN; i++)
		put_failure(r, run, &run->failures[i]);
	if (run->n_failures > FAILURES_SHOWN)
		buffer_print(r->to, "        and %zu more\n",
		    run->n_failures - FAILURES_SHOWN);
}

static void
put_rule(const struct test_report *r, const struct rule *rule,
    const struct tally *tally)
{
	uint64_t suppressed = test_suppressed(tally);
	bool reached = tally->triggers + suppressed > 0;

	buffer_print(r->to, "    ");
	put_padded(r, rule->name, RULE_COLUMNS);
	if (rule->mode != MODE_LIVE) {
		buffer_print(r->to, "%8s\n",
		    rule->mode == MODE_SHADOW ? "shadow" : "off");
		return;
	}
	buffer_print(r->to, "%8llu %11llu", (unsigned long long)tally->triggers,
	    (unsigned long long)suppressed);
	if (!reached) {
		put_colour(r, RED);
		buffer_print(r->to, "  no test reaches it");
		put_colour(r, PLAIN);
	}
	buffer_char(r->to, '\n');
}

static void
put_coverage(const struct test_report *r, const struct test_file_run *run)
{
	const struct edition *edition = run->file->edition;

	if (run->file->coverage == 0)
		return;
	put_colour(r, run->covered ? GREEN : RED);
	buffer_print(r->to, "  %-4s  ", run->covered ? "ok" : "FAIL");
	put_colour(r, PLAIN);
	buffer_print(r->to,
	    "coverage: %zu of %zu live rules, %zu %% (at least %d %%)\n",
	    run->n_reached, run->n_live,
	    run->n_live == 0 ? PER_CENT
			     : run->n_reached * PER_CENT / run->n_live,
	    run->file->coverage);
	buffer_print(r->to, "    ");
	put_padded(r, SPAN("rule"), RULE_COLUMNS);
	buffer_print(r->to, "%8s %11s\n", "fired", "suppressed");
	for (size_t i = 0; i < edition->n_rules; i++)
		put_rule(r, &edition->rules[i], &run->tallies[i]);
}

void
test_report_file(
    const struct test_report *report, const struct test_file_run *run)
{
	buffer_print(report->to, "%.*s: %.*s\n", SPAN_ARGS(run->file->path),
	    SPAN_ARGS(run->file->name.text));
	for (size_t i = 0; i < run->file->n_tests; i++)
		put_test(report, &run->runs[i]);
	put_coverage(report, run);
}

struct test_count
test_count(const struct test_file_run *runs, size_t n)
{
	struct test_count count = {0, 0};

	for (size_t i = 0; i < n; i++) {
		count.passed += runs[i].file->n_tests - runs[i].n_failed;
		count.failed += runs[i].n_failed + !runs[i].covered;
	}
	return (count);
}

void
test_report_end(const struct test_report *report,
    const struct test_file_run *runs, size_t n)
{
	struct test_count count = test_count(runs, n);

	buffer_print(
	    report->to, "%zu passed, %zu failed\n", count.passed, count.failed);
}
