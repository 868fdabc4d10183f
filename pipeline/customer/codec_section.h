#ifndef PIPELINE_CUSTOMER_CODEC_SECTION_H
#define PIPELINE_CUSTOMER_CODEC_SECTION_H

#include "pipeline/base/buffer.h"
#include "pipeline/customer/codec.h"

/*
 * Inside the codec: a section is written by one function and read by its
 * inverse, a file for each noun.  README.md has the picture.
 */

/* The numbers are in the bytes: never change one, never use one again. */
enum section {
	SECTION_ENTRIES = 1,
	SECTION_FOLDED = 2,
	SECTION_DAYS = 3,
	SECTION_RING = 4,
	SECTION_ORPHANS = 5,
	SECTION_PROFILE = 6,
	SECTION_CONSENT = 7,
	SECTION_TIER = 8,
	SECTION_RULES = 9,
	SECTION_PENDINGS = 10,
	SECTION_SLOTS = 11,
};

/* What writes: `b` receives the inside of one section. */
struct codec_out {
	const struct customer_codec *codec;
	const struct customer *customer;
	struct buffer b;
};

/* What reads: `r` stands on the inside of one section. */
struct codec_in {
	const struct customer_codec *codec;
	struct customer *customer;
	struct arena *arena;
	struct reader r;
};

enum section_fate {
	SECTION_READ,
	SECTION_STRANGE, /* names what this schema does not have: kept */
	SECTION_BROKEN,
};

/* Those without a stream.  A writer that writes nothing leaves it out. */
void orphans_put(struct codec_out *out);
enum section_fate orphans_get(struct codec_in *in);
void profile_put(struct codec_out *out);
enum section_fate profile_get(struct codec_in *in);
void consent_put(struct codec_out *out);
enum section_fate consent_get(struct codec_in *in);
void tier_put(struct codec_out *out);
enum section_fate tier_get(struct codec_in *in);
void rules_put(struct codec_out *out);
enum section_fate rules_get(struct codec_in *in);
void pendings_put(struct codec_out *out);
enum section_fate pendings_get(struct codec_in *in);
void slots_put(struct codec_out *out);
enum section_fate slots_get(struct codec_in *in);

/* Those of one stream, after the hash of its name. */
void entries_put(struct codec_out *out, const struct stream *stream);
enum section_fate entries_get(struct codec_in *in, const struct stream *stream);
void folded_put(struct codec_out *out, const struct stream *stream);
enum section_fate folded_get(struct codec_in *in, const struct stream *stream);
void days_put(struct codec_out *out, const struct stream *stream);
enum section_fate days_get(struct codec_in *in, const struct stream *stream);
void ring_put(struct codec_out *out, const struct stream *stream);
enum section_fate ring_get(struct codec_in *in, const struct stream *stream);

/* Names. */
uint32_t field_hash(const struct field *field);
/* By the hash of its name; NO_FIELD if the schema has no such stream. */
int stream_of_hash(const struct schema *schema, uint32_t hash);
/* The hash of a stream's name; 0 for NO_FIELD. */
uint32_t hash_of_stream(const struct schema *schema, int stream);
/* The hash of a tier's name; 0 for none. */
uint32_t hash_of_tier(const struct tier_program *program, int tier);
/* The tier; TIER_NONE for 0 and for one that is gone. */
int tier_of_hash(const struct tier_program *program, uint32_t hash);

/* An instant as its distance from another; either may be any int64. */
void time_put(struct buffer *b, wall_ms base, wall_ms t);
wall_ms time_get(struct reader *r, wall_ms base);
/* A count of things of at least `size` bytes each; broken if they cannot be. */
size_t count_get(struct reader *r, size_t size);
/* A varint that fits an int64; broken if not. */
int64_t positive_get(struct reader *r);
/* A varint that fits 32 bits; broken if not. */
uint32_t small_get(struct reader *r);

/* A value with its kind before it; what cannot be kept is null. */
void value_put(struct buffer *b, struct value v);
struct value value_get(struct reader *r);
/* The inside of a value of a kind that both sides know. */
void value_inside_put(struct buffer *b, struct value v);
struct value value_inside_get(struct reader *r, enum value_kind kind);

/*
 * A record that waits inside a customer: partition, offset, id and e of the
 * event (as the distance from `base`); then its stream's hash and its fields.
 */
struct waiting {
	const struct stream *stream;
	int32_t partition;
	int64_t offset;
	struct span id;
	wall_ms at;
	const struct value *fields;
};
void waiting_event_put(
    struct codec_out *out, const struct waiting *w, wall_ms base);
void waiting_event_get(struct codec_in *in, struct waiting *w, wall_ms base);
void waiting_fields_put(struct codec_out *out, const struct waiting *w);
void waiting_fields_get(struct codec_in *in, struct waiting *w);

/* One field of all entries of a history: `kept` indexes entry->fields. */
struct column {
	const struct field *field;
	size_t kept;
};
/* How many entries have a value there. */
size_t column_values(
    const struct history *history, const struct column *column);
/* `values` of them. */
void column_put(struct buffer *b, const struct history *history,
    const struct column *column, size_t values);
void column_get(struct reader *r, const struct history *history,
    const struct column *column, struct value *fields, size_t n_kept);

#endif
