/* The report for programs: one object, the same facts. */
#include "pipeline/event/json_out.h"
#include "pipeline/lab/test_report.h"

static void
put_place(const struct test_report *r, const struct source_text *where)
{
	struct span file = {"", 0};
	size_t line = 0;

	r->locate(where, &file, &line);
	json_add_text(r->to, "file", file);
	json_add_int(r->to, "line", (int64_t)line);
}

static void
put_failure(const struct test_report *r, const struct test_failure *failure)
{
	buffer_char(r->to, '{');
	put_place(r, failure->where);
	json_add_instant(r->to, "at", failure->at);
	json_add_text(r->to, "message", failure->said);
	json_add_name(r->to, "notes");
	buffer_char(r->to, '[');
	for (size_t i = 0; i < failure->n_notes; i++) {
		if (i > 0)
			buffer_char(r->to, ',');
		json_string(r->to, failure->notes[i]);
	}
	buffer_print(r->to, "]}");
}

static void
put_output(const struct test_report *r, const struct test_run *run,
    const struct test_output *output)
{
	buffer_char(r->to, '{');
	json_add_text(r->to, "rule", output->rule->id);
	json_add_text(
	    r->to, "customer_id", run->file->customers[output->customer].id);
	json_add_instant(r->to, "occurred_at", output->since);
	json_add_instant(r->to, "decided_at", output->at);
	if (output->reason.length > 0)
		json_add_text(r->to, "reason", output->reason);
	else
		json_add_text(r->to, "why", output->why);
	json_add_bool(r->to, "listed", output->listed);
	buffer_char(r->to, '}');
}

static void
put_test(const struct test_report *r, const struct test_run *run)
{
	buffer_char(r->to, '{');
	json_add_text(r->to, "name", run->test->name.text);
	put_place(r, &run->test->name);
	json_add_bool(r->to, "passed", run->n_failures == 0);
	json_add_instant(r->to, "from", run->timeline.first);
	json_add_instant(r->to, "until", run->test->until);
	json_add_name(r->to, "failures");
	buffer_char(r->to, '[');
	for (size_t i = 0; i < run->n_failures; i++) {
		if (i > 0)
			buffer_char(r->to, ',');
		put_failure(r, &run->failures[i]);
	}
	buffer_char(r->to, ']');
	json_add_name(r->to, "outputs");
	buffer_char(r->to, '[');
	for (size_t i = 0; i < run->n_outputs; i++) {
		if (i > 0)
			buffer_char(r->to, ',');
		put_output(r, run, &run->outputs[i]);
	}
	buffer_print(r->to, "]}");
}

static void
put_coverage(const struct test_report *r, const struct test_file_run *run)
{
	const struct edition *edition = run->file->edition;
	bool first = true;

	json_add_name(r->to, "coverage");
	buffer_char(r->to, '{');
	json_add_int(r->to, "rules", (int64_t)run->n_live);
	json_add_int(r->to, "reached", (int64_t)run->n_reached);
	json_add_int(r->to, "minimum", run->file->coverage);
	json_add_bool(r->to, "passed", run->covered);
	json_add_name(r->to, "missing");
	buffer_char(r->to, '[');
	for (size_t i = 0; i < edition->n_rules; i++) {
		const struct tally *tally = &run->tallies[i];

		if (edition->rules[i].mode != MODE_LIVE ||
		    tally->triggers + test_suppressed(tally) > 0)
			continue;
		if (!first)
			buffer_char(r->to, ',');
		first = false;
		json_string(r->to, edition->rules[i].id);
	}
	buffer_print(r->to, "]}");
}

static void
put_file(const struct test_report *r, const struct test_file_run *run)
{
	buffer_char(r->to, '{');
	json_add_text(r->to, "file", run->file->path);
	json_add_text(r->to, "name", run->file->name.text);
	json_add_name(r->to, "tests");
	buffer_char(r->to, '[');
	for (size_t i = 0; i < run->file->n_tests; i++) {
		if (i > 0)
			buffer_char(r->to, ',');
		put_test(r, &run->runs[i]);
	}
	buffer_char(r->to, ']');
	put_coverage(r, run);
	buffer_char(r->to, '}');
}

void
test_report_json(const struct test_report *report,
    const struct test_file_run *runs, size_t n)
{
	struct test_count count = test_count(runs, n);

	buffer_print(report->to, "{\"files\":[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buffer_char(report->to, ',');
		put_file(report, &runs[i]);
	}
	buffer_char(report->to, ']');
	json_add_int(report->to, "passed", (int64_t)count.passed);
	json_add_int(report->to, "failed", (int64_t)count.failed);
	buffer_print(report->to, "}\n");
}
