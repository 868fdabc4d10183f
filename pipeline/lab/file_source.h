#ifndef PIPELINE_LAB_FILE_SOURCE_H
#define PIPELINE_LAB_FILE_SOURCE_H

#include "pipeline/event/schema.h"
#include "pipeline/task/feed.h"

/*
 * Files of NDJSON as a feed of one task, number 0: lines in their order,
 * whatever stream each is of.  Offsets count the lines of all files, from 0.
 * A record is taken with its arrival as the timestamp: what the line says,
 * else the later of the one before and the event's own time.
 */
struct file_source;

/* "-" is standard input.  Nothing is opened before it is read. */
struct file_source *file_source_new(
    const struct schema *schema, const char *const *files, size_t n_files);
/* NULL is legal. */
void file_source_free(struct file_source *source);

struct feed *file_source_feed(struct file_source *source);

/* All lines were taken. */
bool file_source_ended(struct file_source *source);

/*
 * Why the feed answered FATAL: FATAL, a file cannot be read, or REJECT, a line
 * is no record; DONE while there is nothing wrong.
 */
enum outcome file_source_state(
    const struct file_source *source, struct failure *why) MUST_CHECK;

#endif
