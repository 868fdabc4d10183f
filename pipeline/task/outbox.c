/*
 * Layout: a version (one byte), then entries, each
 *
 *	topic, key?, value, timestamp, headers: n, (name, value?)*,
 *	before: topic, offset    forced: topic, offset    position?
 *
 * with texts as length and bytes, `?` as a byte 0 or 1 before what may be
 * missing, and numbers as varints.  An offset follows only a topic that is not
 * empty.
 */
#include "pipeline/task/outbox.h"

#include "pipeline/base/check.h"

enum {
	HEADER_LEAST = 2, /* bytes of a header with an empty name, no value */
	ENTRIES_FIRST = 16,
};

static void
put_optional(struct buffer *b, struct span text)
{
	buffer_u8(b, text.at != NULL);
	if (text.at != NULL)
		buffer_text(b, text);
}

static struct span
get_optional(struct reader *r)
{
	uint8_t there = reader_u8(r);

	if (there > 1)
		r->broken = true;
	return (there == 1 ? reader_text(r) : (struct span){NULL, 0});
}

static void
put_record(struct buffer *b, const struct record_name *record)
{
	buffer_text(b, record->topic);
	if (record->topic.length == 0)
		return;
	CHECK(record->offset >= 0);
	buffer_varint(b, (uint64_t)record->offset);
}

static struct record_name
get_record(struct reader *r)
{
	struct record_name record = {.topic = reader_text(r)};
	uint64_t offset;

	if (record.topic.length == 0)
		return ((struct record_name){.topic = {NULL, 0}});
	offset = reader_varint(r);
	if (offset > INT64_MAX)
		r->broken = true;
	record.offset = (int64_t)offset;
	return (record);
}

void
outbox_add(struct buffer *b, const struct outbox_entry *entry)
{
	const struct message *m = &entry->message;

	CHECK(m->topic.length > 0);
	if (b->length == 0)
		buffer_u8(b, OUTBOX_VERSION);
	buffer_text(b, m->topic);
	put_optional(b, m->key);
	put_optional(b, m->value);
	buffer_zigzag(b, m->timestamp);
	buffer_varint(b, m->n_headers);
	for (size_t i = 0; i < m->n_headers; i++) {
		buffer_text(b, m->headers[i].name);
		put_optional(b, m->headers[i].value);
	}
	put_record(b, &entry->before);
	put_record(b, &entry->forced);
	buffer_u8(b, entry->timed);
	if (entry->timed)
		buffer_zigzag(b, entry->position);
}

static void
get_headers(struct reader *r, struct arena *arena, struct message *m)
{
	uint64_t n = reader_varint(r);
	struct header *headers;

	/* Never ask for more memory than the bytes can fill. */
	if (n > reader_left(r) / HEADER_LEAST) {
		r->broken = true;
		return;
	}
	headers = ARENA_ARRAY(arena, (size_t)n, struct header);
	for (size_t i = 0; i < n; i++) {
		headers[i].name = reader_text(r);
		headers[i].value = get_optional(r);
	}
	m->headers = headers;
	m->n_headers = (size_t)n;
}

static struct outbox_entry
get_entry(struct reader *r, struct arena *arena)
{
	struct outbox_entry entry = {.position = 0};
	uint8_t timed;

	entry.message.topic = reader_text(r);
	entry.message.key = get_optional(r);
	entry.message.value = get_optional(r);
	entry.message.timestamp = reader_zigzag(r);
	get_headers(r, arena, &entry.message);
	entry.before = get_record(r);
	entry.forced = get_record(r);
	timed = reader_u8(r);
	if (timed > 1 || entry.message.topic.length == 0)
		r->broken = true;
	entry.timed = timed == 1;
	if (entry.timed)
		entry.position = reader_zigzag(r);
	return (entry);
}

/* Room for one more: the array doubles. */
static struct outbox_entry *
grow(struct arena *arena, struct outbox_entry *entries, size_t n, size_t *room)
{
	struct outbox_entry *grown;

	if (n < *room)
		return (entries);
	*room = *room == 0 ? ENTRIES_FIRST : *room * 2;
	grown = ARENA_ARRAY(arena, *room, struct outbox_entry);
	for (size_t i = 0; i < n; i++)
		grown[i] = entries[i];
	return (grown);
}

enum outcome
outbox_read(struct span bytes, struct arena *arena, struct outbox *ret,
    struct failure *why)
{
	struct reader r = reader_of(bytes);
	struct outbox_entry *entries = NULL;
	size_t room = 0;
	size_t n = 0;

	if (bytes.length == 0) {
		*ret = (struct outbox){NULL, 0};
		return (DONE);
	}
	if (reader_u8(&r) != OUTBOX_VERSION)
		return (fail_with(
		    why, REJECT, "outbox: written by a newer version"));
	while (!r.broken && reader_left(&r) > 0) {
		entries = grow(arena, entries, n, &room);
		entries[n++] = get_entry(&r, arena);
	}
	if (r.broken || n == 0)
		return (fail_with(why, REJECT, "outbox: damaged"));
	*ret = (struct outbox){entries, n};
	return (DONE);
}
