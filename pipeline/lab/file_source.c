#include "pipeline/lab/file_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "pipeline/base/check.h"
#include "pipeline/event/line.h"

enum {
	/* A value at the limit, as long as JSON can write it, and its key. */
	LINE_MAX_BYTES = 8 * 1024 * 1024,
	TEXT_FIRST = 4096,
	RECORDS_FIRST = 256,
};

/* A line that was read, and not yet forgotten. */
struct file_record {
	struct record record;
	struct arena *arena; /* its own: given back one by one */
};

struct file_source {
	struct feed feed;
	const char *const *files;
	size_t n_files;
	size_t file; /* the one that is read */
	FILE *input; /* NULL: not open */
	int64_t line;
	int64_t offset;
	wall_ms arrival;
	struct line_reader *reader;
	char *text;
	size_t room;
	/* Taken, then waiting: 0 … head … count. */
	struct file_record *records;
	size_t head;
	size_t count;
	size_t records_room;
	struct arena **spare;
	size_t n_spare;
	enum outcome state;
	struct failure why;
};

static struct file_source *
source_of(struct feed *feed)
{
	return ((struct file_source *)feed);
}

static void
stop(struct file_source *source, enum outcome outcome, const char *words)
{
	source->state = outcome;
	(void)fail_with(&source->why, outcome, "%s:%lld: %s",
	    source->files[source->file], (long long)source->line, words);
}

static bool
open_next(struct file_source *source)
{
	const char *name = source->files[source->file];

	source->line = 0;
	source->input = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	if (source->input != NULL)
		return (true);
	source->state = FATAL;
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): a backtest is one thread. */
	(void)fail_with(&source->why, FATAL, "%s: %s", name, strerror(errno));
	return (false);
}

static void
close_input(struct file_source *source)
{
	if (source->input != NULL && source->input != stdin)
		(void)fclose(source->input);
	source->input = NULL;
}

static void *
grown(void *array, size_t n, size_t size)
{
	array = realloc(array, n * size);
	CHECK(array != NULL);
	return (array);
}

/*
 * Read to the end of a line; false at the end of the file.
 * NOLINTBEGIN(concurrency-mt-unsafe): the file is this source's alone.
 */
static bool
read_line(struct file_source *source, struct span *ret)
{
	size_t length = 0;
	int c;

	while ((c = getc_unlocked(source->input)) != EOF && c != '\n') {
		if (length == source->room) {
			source->room = 2 * source->room + TEXT_FIRST;
			source->text =
			    grown(source->text, source->room, sizeof(char));
		}
		source->text[length++] = (char)c;
		if (length > LINE_MAX_BYTES)
			break;
	}
	source->line++;
	*ret = (struct span){source->text, length};
	if (length > 0 && source->text[length - 1] == '\r')
		ret->length--;
	return (c != EOF || length > 0);
}
/* NOLINTEND(concurrency-mt-unsafe) */

/* The next line that is not blank; false at the end, or when it stops. */
static bool
next_line(struct file_source *source, struct span *ret)
{
	while (source->file < source->n_files) {
		if (source->input == NULL && !open_next(source))
			return (false);
		if (read_line(source, ret)) {
			if (ret->length > 0)
				return (true);
		} else if (ferror(source->input)) {
			stop(source, FATAL, "cannot be read");
			return (false);
		} else {
			close_input(source);
			source->file++;
		}
	}
	return (false);
}

static struct arena *
fresh_arena(struct file_source *source)
{
	return (source->n_spare > 0 ? source->spare[--source->n_spare]
				    : arena_new());
}

static void
make_room(struct file_source *source)
{
	if (source->count < source->records_room)
		return;
	source->records_room = source->records_room == 0
				   ? RECORDS_FIRST
				   : 2 * source->records_room;
	source->records = grown(
	    source->records, source->records_room, sizeof *source->records);
	/* As many arenas can be spare as there are records. */
	source->spare =
	    grown(source->spare, source->records_room, sizeof(struct arena *));
}

static wall_ms
arrival_of(const struct file_source *source, const struct line *line)
{
	if (line->arrived != TIMESTAMP_NONE)
		return (line->arrived);
	return (line->time > source->arrival ? line->time : source->arrival);
}

static bool
read_record(struct file_source *source)
{
	struct file_record *r;
	struct span text;
	struct line line;
	struct failure why;

	if (source->state != DONE || !next_line(source, &text))
		return (false);
	make_room(source);
	r = &source->records[source->count];
	r->arena = fresh_arena(source);
	if (text.length > LINE_MAX_BYTES)
		(void)fail_with(&why, REJECT, "longer than 8 MiB");
	if (text.length > LINE_MAX_BYTES ||
	    line_read(source->reader, text, r->arena, &line, &why) != DONE) {
		source->spare[source->n_spare++] = r->arena;
		stop(source, REJECT, why.text);
		return (false);
	}
	source->arrival = arrival_of(source, &line);
	r->record = (struct record){.stream = line.stream,
	    .offset = source->offset++,
	    .timestamp = source->arrival,
	    .key = line.key,
	    .value = line.value};
	source->count++;
	return (true);
}

/* ---- the feed ---- */

static enum outcome
file_head(struct feed *feed, struct stream_partition at, struct record *ret,
    enum cause *cause, struct failure *why)
{
	struct file_source *source = source_of(feed);

	if (source->head == source->count && !read_record(source)) {
		if (source->state == DONE)
			return (RETRY);
		*cause = CAUSE_NONE;
		*why = source->why;
		return (FATAL);
	}
	/* Only the next line is shown: lines are in merge order. */
	if (source->records[source->head].record.stream != at.stream)
		return (RETRY);
	*ret = source->records[source->head].record;
	return (DONE);
}

static void
file_take(struct feed *feed, struct stream_partition at)
{
	struct file_source *source = source_of(feed);

	CHECK(source->head < source->count &&
	      source->records[source->head].record.stream == at.stream);
	source->head++;
}

static void
file_release(struct feed *feed)
{
	struct file_source *source = source_of(feed);

	for (size_t i = 0; i < source->head; i++) {
		arena_reset(source->records[i].arena);
		source->spare[source->n_spare++] = source->records[i].arena;
	}
	source->count -= source->head;
	(void)memmove(source->records, source->records + source->head,
	    source->count * sizeof *source->records);
	source->head = 0;
}

static void
file_put_back(struct feed *feed, int32_t partition)
{
	(void)partition;
	source_of(feed)->head = 0;
}

/* What is not shown is not known to exist: nothing is waited for. */
static int64_t
file_next(struct feed *feed, struct stream_partition at)
{
	struct file_source *source = source_of(feed);

	(void)at;
	return (source->head < source->count
		    ? source->records[source->head].record.offset
		    : source->offset);
}

static const struct feed_kind file_kind = {
    .head = file_head,
    .take = file_take,
    .release = file_release,
    .put_back = file_put_back,
    .next = file_next,
    .known_end = file_next,
};

struct file_source *
file_source_new(
    const struct schema *schema, const char *const *files, size_t n_files)
{
	struct file_source *source = calloc(1, sizeof *source);

	CHECK(source != NULL);
	source->feed.kind = &file_kind;
	source->files = files;
	source->n_files = n_files;
	source->arrival = INSTANT_BEFORE;
	source->reader = line_reader_new(schema);
	source->state = DONE;
	return (source);
}

void
file_source_free(struct file_source *source)
{
	if (source == NULL)
		return;
	close_input(source);
	for (size_t i = 0; i < source->count; i++)
		arena_free(source->records[i].arena);
	for (size_t i = 0; i < source->n_spare; i++)
		arena_free(source->spare[i]);
	free(source->records);
	free(source->spare);
	free(source->text);
	line_reader_free(source->reader);
	free(source);
}

struct feed *
file_source_feed(struct file_source *source)
{
	return (&source->feed);
}

bool
file_source_ended(struct file_source *source)
{
	return (source->head == source->count && !read_record(source));
}

enum outcome
file_source_state(const struct file_source *source, struct failure *why)
{
	if (source->state != DONE)
		*why = source->why;
	return (source->state);
}
