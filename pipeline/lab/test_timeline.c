/*
 * From the entries of a timeline to records: what a test leaves out (ids,
 * event times, keys) is made up here, so that the rest of the way is that of
 * any record.
 */
#include "pipeline/lab/test_timeline.h"

#include <stdlib.h>

#include "pipeline/base/buffer.h"
#include "pipeline/base/json.h"

enum {
	/* An event's own values and its id and time. */
	MADE_UP_MAX = 2,
};

struct build {
	const struct rule_test_file *file;
	const struct rule_test *test;
	const struct schema *schema;
	struct arena *arena;
	struct test_record *records;
	size_t n;
	size_t room;
	size_t *made_up; /* ids, per stream */
};

/* One object of which the pointers that share a beginning are neighbours. */
static int
compare_pointers(const void *a, const void *b)
{
	const struct test_value *x = a;
	const struct test_value *y = b;

	return (span_compare(x->pointer, y->pointer));
}

/* The token at *at of a pointer, with its escapes undone; *at moves on. */
static struct span
next_token(struct span pointer, size_t *at, struct arena *arena)
{
	char *text = arena_alloc(arena, pointer.length + 1);
	size_t n = 0;
	size_t i = *at + 1;

	for (; i < pointer.length && pointer.at[i] != '/'; i++) {
		if (pointer.at[i] == '~' && i + 1 < pointer.length)
			text[n++] = pointer.at[++i] == '1' ? '/' : '~';
		else
			text[n++] = pointer.at[i];
	}
	*at = i;
	return ((struct span){text, n});
}

/* How much two pointers have in common, up to a '/' or an end. */
static size_t
shared_prefix(struct span a, struct span b)
{
	size_t shared = 0;

	for (size_t i = 0;; i++) {
		bool a_ends = i >= a.length || a.at[i] == '/';
		bool b_ends = i >= b.length || b.at[i] == '/';

		if (a_ends && b_ends)
			shared = i;
		if (i >= a.length || i >= b.length || a.at[i] != b.at[i])
			return (shared);
	}
}

static size_t
count_slashes(struct span pointer, size_t from)
{
	size_t n = 0;

	for (size_t i = from; i < pointer.length; i++)
		n += pointer.at[i] == '/';
	return (n);
}

struct span
timeline_json(const struct test_value *values, size_t n, struct arena *arena)
{
	struct test_value *sorted =
	    arena_copy(arena, values, n * sizeof *values);
	struct span last = {"", 0};
	struct buffer b;

	if (n > 1)
		qsort(sorted, n, sizeof *sorted, compare_pointers);
	buffer_init(&b, arena);
	buffer_char(&b, '{');
	for (size_t i = 0; i < n; i++) {
		struct span pointer = sorted[i].pointer;
		size_t at = shared_prefix(last, pointer);

		for (size_t open = count_slashes(last, at); open > 1; open--)
			buffer_char(&b, '}');
		if (i > 0)
			buffer_char(&b, ',');
		while (at < pointer.length) {
			json_string(&b, next_token(pointer, &at, arena));
			buffer_char(&b, ':');
			if (at < pointer.length)
				buffer_char(&b, '{');
		}
		buffer_span_add(&b, sorted[i].json);
		last = pointer;
	}
	for (size_t open = count_slashes(last, 0); open > 1; open--)
		buffer_char(&b, '}');
	buffer_char(&b, '}');
	return (arena_span(arena, buffer_span(&b)));
}

static struct span
json_text(struct span text, struct arena *arena)
{
	struct buffer b;

	buffer_init(&b, arena);
	json_string(&b, text);
	return (arena_span(arena, buffer_span(&b)));
}

static struct span
json_time(wall_ms t, struct arena *arena)
{
	char text[INSTANT_TEXT_MAX];

	instant_format(t, text);
	return (json_text(span_of(text), arena));
}

/* What a record is made of. */
struct draft {
	int customer;
	const struct test_entry *entry;
	const struct stream *stream;
	const struct test_value *values;
	size_t n_values;
	bool id_given;
	bool time_given;
	wall_ms e;
	wall_ms a;
};

static const struct header *
time_header(wall_ms e, struct arena *arena)
{
	struct header *header = ARENA_NEW(arena, struct header);
	char text[INSTANT_TEXT_MAX];

	instant_format(e, text);
	header->name = SPAN("ce_time");
	header->value = arena_span(arena, span_of(text));
	return (header);
}

static void
add_record(struct build *b, const struct draft *d)
{
	const struct stream *stream = d->stream;
	struct test_value *values =
	    ARENA_ARRAY(b->arena, d->n_values + MADE_UP_MAX, struct test_value);
	struct test_record r = {.customer = d->customer, .entry = d->entry};
	size_t n = 0;

	for (; n < d->n_values; n++)
		values[n] = d->values[n];
	if (!d->id_given && stream->id_from.length > 0) {
		struct span id = arena_print(b->arena, "%.*s-%zu",
		    SPAN_ARGS(stream->name), ++b->made_up[stream->index]);

		values[n++] = (struct test_value){
		    stream->id_from, json_text(id, b->arena)};
	}
	if (!d->time_given && stream->time_from.length > 0) {
		values[n++] = (struct test_value){
		    stream->time_from, json_time(d->e, b->arena)};
	} else if (!d->time_given && d->e != d->a) {
		r.record.headers = time_header(d->e, b->arena);
		r.record.n_headers = 1;
	}
	r.record.stream = stream->index;
	r.record.timestamp = r.record.arrival = d->a;
	r.record.key = b->file->customers[d->customer].id;
	r.record.value = timeline_json(values, n, b->arena);
	b->records[b->n++] = r;
}

static void
add_entry(struct build *b, const struct test_entry *entry)
{
	struct draft d = {.customer = entry->customer,
	    .entry = entry,
	    .stream = &b->schema->streams[entry->stream],
	    .values = entry->values,
	    .n_values = entry->n_values,
	    .id_given = entry->id_given,
	    .time_given = entry->time_given};

	for (int i = 0; i < entry->repeat; i++) {
		d.e = entry->from + i * entry->every;
		d.a = entry->arrives + i * entry->every;
		add_record(b, &d);
	}
}

static void
add_profile(struct build *b, int customer, wall_ms at)
{
	const struct test_customer *c = &b->file->customers[customer];
	int stream = schema_role(b->schema, ROLE_PROFILE);
	struct draft d = {.customer = customer,
	    .values = c->profile,
	    .n_values = c->n_profile,
	    .e = at,
	    .a = at};

	if (stream == NO_FIELD || c->n_profile == 0)
		return;
	d.stream = &b->schema->streams[stream];
	add_record(b, &d);
}

static void
add_consents(struct build *b, int customer, wall_ms at)
{
	const struct test_customer *c = &b->file->customers[customer];
	int stream = schema_role(b->schema, ROLE_CONSENT);

	for (size_t i = 0; i < c->n_consents && stream != NO_FIELD; i++) {
		const struct test_consent *consent = &c->consents[i];
		struct test_value values[] = {
		    {SPAN("/purpose"),
			json_text(
			    b->schema->purposes[consent->purpose], b->arena)},
		    {SPAN("/channel"),
			json_text(
			    b->schema->channels[consent->channel], b->arena)},
		    {SPAN("/state"), SPAN("\"granted\"")},
		};
		struct draft d = {.customer = customer,
		    .stream = &b->schema->streams[stream],
		    .values = values,
		    .n_values = sizeof values / sizeof values[0],
		    .e = at,
		    .a = at};

		add_record(b, &d);
	}
}

bool
timeline_knows(const struct rule_test *test, int customer)
{
	if (test->customer == customer)
		return (true);
	for (size_t i = 0; i < test->n_entries; i++) {
		if (test->entries[i].customer == customer)
			return (true);
	}
	return (false);
}

/* 1 ms before the earlier of the start and the first record. */
static wall_ms
before_all(const struct rule_test_file *file, const struct rule_test *test)
{
	wall_ms first = file->start;

	for (size_t i = 0; i < test->n_entries; i++) {
		const struct test_entry *entry = &test->entries[i];

		if (entry->kind == TEST_EVENT && entry->arrives < first)
			first = entry->arrives;
	}
	return (first - 1);
}

static size_t
count_records(const struct rule_test_file *file, const struct rule_test *test)
{
	size_t n = 0;

	for (size_t i = 0; i < file->n_customers; i++)
		n += 1 + file->customers[i].n_consents;
	for (size_t i = 0; i < test->n_entries; i++) {
		if (test->entries[i].kind == TEST_EVENT)
			n += (size_t)test->entries[i].repeat;
	}
	return (n);
}

/* offset: the order in which they were made, until they are in order. */
static int
compare_records(const void *a, const void *b)
{
	const struct record *x = &((const struct test_record *)a)->record;
	const struct record *y = &((const struct test_record *)b)->record;

	if (x->arrival != y->arrival)
		return (x->arrival < y->arrival ? -1 : 1);
	if (x->stream != y->stream)
		return (x->stream < y->stream ? -1 : 1);
	return (x->offset < y->offset ? -1 : x->offset > y->offset);
}

/* As a topic would hold them. */
static void
put_in_order(struct build *b)
{
	int64_t *next = ARENA_ARRAY(b->arena, b->schema->n_streams, int64_t);

	for (size_t i = 0; i < b->n; i++)
		b->records[i].record.offset = (int64_t)i;
	if (b->n > 1)
		qsort(b->records, b->n, sizeof *b->records, compare_records);
	for (size_t i = 0; i < b->n; i++) {
		struct record *record = &b->records[i].record;

		record->offset = next[record->stream]++;
	}
}

struct timeline
timeline_of(const struct rule_test_file *file, const struct rule_test *test,
    struct arena *arena)
{
	struct build b = {.file = file,
	    .test = test,
	    .schema = file->edition->schema,
	    .arena = arena,
	    .room = count_records(file, test)};
	wall_ms before = before_all(file, test);
	wall_ms first = test->until;

	b.records = ARENA_ARRAY(arena, b.room, struct test_record);
	b.made_up = ARENA_ARRAY(arena, b.schema->n_streams, size_t);
	for (int i = 0; i < (int)file->n_customers; i++) {
		if (!timeline_knows(test, i))
			continue;
		add_profile(&b, i, before);
		add_consents(&b, i, before);
	}
	for (size_t i = 0; i < test->n_entries; i++) {
		const struct test_entry *entry = &test->entries[i];

		if (entry->from < first)
			first = entry->from;
		if (entry->kind == TEST_EVENT)
			add_entry(&b, entry);
	}
	put_in_order(&b);
	return ((struct timeline){b.records, b.n, first});
}

struct span
timeline_offset(duration_ms offset, struct arena *arena)
{
	static const struct {
		const char *name;
		duration_ms length;
	} units[] = {{"d", DAY_MS}, {"h", HOUR_MS}, {"m", MINUTE_MS},
	    {"s", SECOND_MS}, {"ms", 1}};
	duration_ms left = offset < 0 ? -offset : offset;
	struct buffer b;

	buffer_init(&b, arena);
	if (offset < 0)
		buffer_char(&b, '-');
	if (offset == 0)
		buffer_span_add(&b, SPAN("0d"));
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (left >= units[i].length)
			buffer_print(&b, "%lld%s",
			    (long long)(left / units[i].length), units[i].name);
		left %= units[i].length;
	}
	return (arena_span(arena, buffer_span(&b)));
}
