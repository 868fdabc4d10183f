/*
 * Profile and consent.  One record mostly writes several of their fields, so
 * both begin with the records that wrote what is kept, and name them by index:
 *
 *	writers	how many; of each: hash of its stream (u32, 0: gone), e as the
 *		distance from `seen`, id hash (u64)
 *
 * profile:
 *	fields	how many; of each: hash of name and type (u32), writer, value
 * consent:
 *	rows	how many purposes; of each: hash of its name (u32), how many
 *		channels; of each: hash of its name (u32), writer * 2 + granted
 */
#include "pipeline/base/hash.h"
#include "pipeline/customer/codec_section.h"

enum {
	WRITER_MIN = sizeof(uint32_t) + 1 + sizeof(uint64_t), /* bytes */
	FIELD_MIN = sizeof(uint32_t) + 2,
	ROW_MIN = sizeof(uint32_t) + 1,
};

struct writer {
	int stream;
	wall_ms e;
	uint64_t id_hash;
};

/* Each different one once, in the order of their first use. */
struct writers {
	struct writer *at;
	size_t n;
};

static size_t
writer_index(struct writers *writers, struct writer writer)
{
	size_t i = 0;

	while (i < writers->n && (writers->at[i].e != writer.e ||
				     writers->at[i].id_hash != writer.id_hash ||
				     writers->at[i].stream != writer.stream))
		i++;
	if (i == writers->n)
		writers->at[writers->n++] = writer;
	return (i);
}

static struct writer
field_writer(const struct profile_field *field)
{
	return ((struct writer){field->stream, field->e, field->id_hash});
}

static struct writer
consent_writer(const struct consent *consent)
{
	return ((struct writer){consent->stream, consent->e, consent->id_hash});
}

static void
writers_put(struct codec_out *out, const struct writers *writers)
{
	buffer_varint(&out->b, writers->n);
	for (size_t i = 0; i < writers->n; i++) {
		buffer_u32(&out->b,
		    hash_of_stream(out->codec->schema, writers->at[i].stream));
		time_put(&out->b, out->customer->seen, writers->at[i].e);
		buffer_u64(&out->b, writers->at[i].id_hash);
	}
}

static struct writers
writers_get(struct codec_in *in)
{
	struct writers writers = {NULL, count_get(&in->r, WRITER_MIN)};

	writers.at = ARENA_ARRAY(in->arena, writers.n, struct writer);
	for (size_t i = 0; i < writers.n; i++) {
		uint32_t hash = reader_u32(&in->r);

		writers.at[i].stream =
		    hash == 0 ? NO_FIELD
			      : stream_of_hash(in->codec->schema, hash);
		writers.at[i].e = time_get(&in->r, in->customer->seen);
		writers.at[i].id_hash = reader_u64(&in->r);
		if (writers.at[i].e == INSTANT_BEFORE)
			in->r.broken = true;
	}
	return (writers);
}

void
profile_put(struct codec_out *out)
{
	const struct schema *schema = out->codec->schema;
	const struct profile_field *profile = out->customer->profile;
	struct writers writers = {
	    ARENA_ARRAY(out->b.arena, schema->n_profile, struct writer), 0};
	uint64_t n = 0;

	for (size_t i = 0; i < schema->n_profile; i++) {
		if (profile[i].e == INSTANT_BEFORE)
			continue;
		(void)writer_index(&writers, field_writer(&profile[i]));
		n++;
	}
	if (n == 0)
		return;
	writers_put(out, &writers);
	buffer_varint(&out->b, n);
	for (size_t i = 0; i < schema->n_profile; i++) {
		if (profile[i].e == INSTANT_BEFORE)
			continue;
		buffer_u32(&out->b, field_hash(&schema->profile[i]));
		buffer_varint(
		    &out->b, writer_index(&writers, field_writer(&profile[i])));
		value_put(&out->b, profile[i].value);
	}
}

static size_t
profile_of_hash(const struct schema *schema, uint32_t hash)
{
	size_t i = 0;

	while (i < schema->n_profile && field_hash(&schema->profile[i]) != hash)
		i++;
	return (i);
}

enum section_fate
profile_get(struct codec_in *in)
{
	const struct schema *schema = in->codec->schema;
	struct writers writers = writers_get(in);
	size_t n = count_get(&in->r, FIELD_MIN);

	for (size_t k = 0; k < n && !in->r.broken; k++) {
		size_t i = profile_of_hash(schema, reader_u32(&in->r));
		uint64_t writer = reader_varint(&in->r);
		struct value value = value_get(&in->r);

		if (writer >= writers.n)
			return (SECTION_BROKEN);
		if (i == schema->n_profile)
			continue;
		in->customer->profile[i] = (struct profile_field){
		    .value = value,
		    .e = writers.at[writer].e,
		    .stream = writers.at[writer].stream,
		    .id_hash = writers.at[writer].id_hash,
		};
	}
	return (in->r.broken ? SECTION_BROKEN : SECTION_READ);
}

static uint64_t
row_given(const struct consent *row, size_t n)
{
	uint64_t given = 0;

	for (size_t i = 0; i < n; i++)
		given += row[i].state != CONSENT_UNKNOWN;
	return (given);
}

static void
row_put(
    struct codec_out *out, const struct consent *row, struct writers *writers)
{
	const struct schema *schema = out->codec->schema;

	buffer_varint(&out->b, row_given(row, schema->n_channels));
	for (size_t i = 0; i < schema->n_channels; i++) {
		if (row[i].state == CONSENT_UNKNOWN)
			continue;
		buffer_u32(&out->b, hash_short(schema->channels[i]));
		buffer_varint(&out->b,
		    writer_index(writers, consent_writer(&row[i])) * 2 +
			(row[i].state == CONSENT_GRANTED));
	}
}

void
consent_put(struct codec_out *out)
{
	const struct schema *schema = out->codec->schema;
	const struct consent *consents = out->customer->consents;
	size_t n = schema->n_purposes * schema->n_channels;
	struct writers writers = {
	    ARENA_ARRAY(out->b.arena, n, struct writer), 0};
	uint64_t rows = 0;

	for (size_t i = 0; i < n; i++)
		if (consents[i].state != CONSENT_UNKNOWN)
			(void)writer_index(
			    &writers, consent_writer(&consents[i]));
	if (writers.n == 0)
		return;
	for (size_t i = 0; i < schema->n_purposes; i++)
		rows += row_given(consents + i * schema->n_channels,
			    schema->n_channels) > 0;
	writers_put(out, &writers);
	buffer_varint(&out->b, rows);
	for (size_t i = 0; i < schema->n_purposes; i++) {
		const struct consent *row = consents + i * schema->n_channels;

		if (row_given(row, schema->n_channels) == 0)
			continue;
		buffer_u32(&out->b, hash_short(schema->purposes[i]));
		row_put(out, row, &writers);
	}
}

/* By the hash of its name; n if it is gone. */
static size_t
name_of_hash(const struct span *names, size_t n, uint32_t hash)
{
	size_t i = 0;

	while (i < n && hash_short(names[i]) != hash)
		i++;
	return (i);
}

/* `row` NULL: the purpose is gone, and what was said about it with it. */
static void
row_get(struct codec_in *in, const struct writers *writers, struct consent *row)
{
	const struct schema *schema = in->codec->schema;
	size_t n = count_get(&in->r, ROW_MIN);

	for (size_t k = 0; k < n && !in->r.broken; k++) {
		size_t i = name_of_hash(
		    schema->channels, schema->n_channels, reader_u32(&in->r));
		uint64_t said = reader_varint(&in->r);
		const struct writer *writer;

		if (said / 2 >= writers->n) {
			in->r.broken = true;
			return;
		}
		if (row == NULL || i == schema->n_channels)
			continue;
		writer = &writers->at[said / 2];
		row[i] = (struct consent){
		    .state = said % 2 == 1 ? CONSENT_GRANTED : CONSENT_DENIED,
		    .e = writer->e,
		    .stream = writer->stream,
		    .id_hash = writer->id_hash,
		};
	}
}

enum section_fate
consent_get(struct codec_in *in)
{
	const struct schema *schema = in->codec->schema;
	struct writers writers = writers_get(in);
	size_t n = count_get(&in->r, ROW_MIN);

	for (size_t k = 0; k < n && !in->r.broken; k++) {
		size_t i = name_of_hash(
		    schema->purposes, schema->n_purposes, reader_u32(&in->r));

		row_get(in, &writers,
		    i == schema->n_purposes
			? NULL
			: in->customer->consents + i * schema->n_channels);
	}
	return (in->r.broken ? SECTION_BROKEN : SECTION_READ);
}
