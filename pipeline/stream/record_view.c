/*
 * A message of librdkafka as a record, and the calls by which the merge looks
 * at records and takes them.
 */
#include "pipeline/base/check.h"
#include "pipeline/stream/source_state.h"

static void
show_headers(
    struct arena *arena, const rd_kafka_message_t *message, struct record *ret)
{
	rd_kafka_headers_t *headers;
	struct header *list;
	size_t n;

	if (rd_kafka_message_headers(message, &headers) !=
	    RD_KAFKA_RESP_ERR_NO_ERROR)
		return;
	n = rd_kafka_header_cnt(headers);
	list = ARENA_ARRAY(arena, n, struct header);
	for (size_t i = 0; i < n; i++) {
		const char *name;
		const void *value;
		size_t size;

		CHECK(rd_kafka_header_get_all(headers, i, &name, &value,
			  &size) == RD_KAFKA_RESP_ERR_NO_ERROR);
		list[i].name = span_of(name);
		list[i].value = (struct span){value, size};
	}
	ret->headers = list;
	ret->n_headers = n;
}

static wall_ms
timestamp_of(const rd_kafka_message_t *message)
{
	rd_kafka_timestamp_type_t type;
	int64_t timestamp = rd_kafka_message_timestamp(message, &type);

	return (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || timestamp < 0
		    ? TIMESTAMP_NONE
		    : timestamp);
}

static void
show(struct arena *arena, struct partition *partition)
{
	const rd_kafka_message_t *message = partition->items[partition->head];

	partition->shown = (struct record){
	    .stream = partition->at.stream,
	    .partition = partition->at.partition,
	    .offset = message->offset,
	    .timestamp = timestamp_of(message),
	    .key = {message->key, message->key_len},
	    .value = {message->payload, message->len},
	};
	show_headers(arena, message, &partition->shown);
	partition->is_shown = true;
}

enum outcome
source_head(struct source *source, struct stream_partition at,
    struct record *ret, enum cause *cause, struct failure *why)
{
	struct partition *partition = source_partition(source, at);

	CHECK(partition != NULL && partition->started);
	if (!partition->is_shown) {
		(void)source_next(source, at);
		if (partition->broken != RD_KAFKA_RESP_ERR_NO_ERROR) {
			*cause = cause_of(partition->broken);
			return (
			    fail_with(why, FATAL, "%s", partition->why.text));
		}
		if (partition->head == partition->count)
			return (fail_with(why, RETRY, "nothing is buffered"));
		show(source->arena, partition);
	}
	*ret = partition->shown;
	return (DONE);
}

void
source_take(struct source *source, struct stream_partition at)
{
	struct partition *partition = source_partition(source, at);

	CHECK(partition != NULL && partition->is_shown);
	partition->next = partition->shown.offset + 1;
	partition->head++;
	partition->is_shown = false;
}

void
source_release(struct source *source)
{
	size_t n = source_partition_count(source);

	for (size_t i = 0; i < n; i++) {
		struct partition *partition = source_partition_at(source, i);

		if (partition != NULL && partition->started)
			partition_release(partition);
	}
	arena_reset(source->arena);
}

void
source_put_back(struct source *source, int32_t partition)
{
	for (size_t stream = 0; stream < source->n_topics; stream++) {
		struct partition *each = source_partition(
		    source, (struct stream_partition){(int)stream, partition});

		if (each == NULL || !each->started)
			continue;
		each->head = 0;
		each->is_shown = false;
		each->next = each->next_kept;
	}
}
