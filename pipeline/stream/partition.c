/*
 * A partition's own queue and what came out of it.  Records are kept until the
 * batch that took them is over, so that an abandoned batch can be taken again
 * without asking Kafka.
 */
#include "pipeline/base/check.h"
#include "pipeline/stream/source_state.h"

enum { FETCH_AT_ONCE = 256 };

/* One byte; librdkafka writes it when the queue stops being empty. */
static const char ring[1] = {'!'};

void
partition_start(
    struct source *source, struct partition *partition, int64_t offset)
{
	struct stream_partition at = partition->at;

	CHECK(offset >= 0);
	if (partition->queue == NULL) {
		partition->queue = rd_kafka_queue_get_partition(
		    source->handle.rk, source->topics[at.stream], at.partition);
		CHECK(partition->queue != NULL);
		rd_kafka_queue_forward(partition->queue, NULL);
		rd_kafka_queue_io_event_enable(
		    partition->queue, source->bell[1], ring, sizeof ring);
	}
	partition_stop(partition);
	partition->started = true;
	partition->start = offset;
	partition->next = partition->next_kept = offset;
}

static void
destroy_items(struct partition *partition, size_t n)
{
	for (size_t i = 0; i < n; i++)
		rd_kafka_message_destroy(partition->items[i]);
}

void
partition_stop(struct partition *partition)
{
	destroy_items(partition, partition->count);
	partition->head = partition->count = 0;
	partition->started = partition->fetched = false;
	partition->moved = partition->asked = false;
	partition->dry = partition->is_shown = false;
	partition->next = partition->next_kept = OFFSET_NONE;
	partition->position = partition->known_end = OFFSET_NONE;
	partition->broken = RD_KAFKA_RESP_ERR_NO_ERROR;
}

void
partition_drain(struct partition *partition)
{
	rd_kafka_message_t *items[FETCH_AT_ONCE];
	ssize_t n;

	if (partition->queue == NULL)
		return;
	do {
		n = rd_kafka_consume_batch_queue(
		    partition->queue, 0, items, FETCH_AT_ONCE);
		for (ssize_t i = 0; i < n; i++)
			rd_kafka_message_destroy(items[i]);
	} while (n > 0);
}

void
partition_free(struct partition *partition)
{
	partition_stop(partition);
	free(partition->items);
	if (partition->queue != NULL) {
		rd_kafka_queue_io_event_enable(partition->queue, -1, NULL, 0);
		rd_kafka_queue_destroy(partition->queue);
	}
}

void
partition_release(struct partition *partition)
{
	size_t left = partition->count - partition->head;

	partition->is_shown = false;
	partition->next_kept = partition->next;
	if (partition->head == 0)
		return;
	destroy_items(partition, partition->head);
	(void)memmove(partition->items, partition->items + partition->head,
	    left * sizeof(rd_kafka_message_t *));
	partition->count = left;
	partition->head = 0;
}

/*
 * An error in the queue that is not the end: one that passes is only noted
 * (librdkafka goes on by itself), any other breaks the partition.
 */
static bool
is_passing(struct source *source, const rd_kafka_message_t *item)
{
	enum cause cause = cause_of(item->err);

	if (item->err == RD_KAFKA_RESP_ERR_NO_ERROR ||
	    item->err == RD_KAFKA_RESP_ERR__PARTITION_EOF ||
	    (cause != CAUSE_AWAY && cause != CAUSE_OWNER))
		return (false);
	handle_note(&source->handle, item->err, rd_kafka_message_errstr(item));
	return (true);
}

static void
keep_items(struct source *source, struct partition *partition, size_t n)
{
	rd_kafka_message_t **to = partition->items + partition->count;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_passing(source, to[i]))
			rd_kafka_message_destroy(to[i]);
		else
			to[kept++] = to[i];
	}
	partition->count += kept;
	partition->moved = partition->moved || kept > 0;
}

void
partition_fill(struct source *source, struct partition *partition)
{
	ssize_t n;

	if (!partition->fetched || partition->dry ||
	    partition->head < partition->count)
		return;
	if (partition->room - partition->count < FETCH_AT_ONCE) {
		partition->room = 2 * partition->room + FETCH_AT_ONCE;
		partition->items = array_grow(partition->items, partition->room,
		    sizeof(rd_kafka_message_t *));
	}
	n = rd_kafka_consume_batch_queue(partition->queue, 0,
	    partition->items + partition->count, FETCH_AT_ONCE);
	partition->dry = n < FETCH_AT_ONCE;
	partition->asked = false;
	if (n > 0)
		keep_items(source, partition, (size_t)n);
}

/*
 * The client's position passes the markers of transactions, which no item
 * shows.  OFFSET_NONE while it is not of this start.
 */
static int64_t
client_position(struct source *source, struct partition *partition)
{
	rd_kafka_topic_partition_list_t *list;

	if (partition->asked || !partition->moved)
		return (partition->position);
	list = rd_kafka_topic_partition_list_new(1);
	(void)rd_kafka_topic_partition_list_add(list,
	    source->topics[partition->at.stream], partition->at.partition);
	if (rd_kafka_position(source->handle.rk, list) ==
		RD_KAFKA_RESP_ERR_NO_ERROR &&
	    list->elems[0].err == RD_KAFKA_RESP_ERR_NO_ERROR &&
	    list->elems[0].offset >= 0)
		partition->position = list->elems[0].offset;
	partition->asked = true;
	rd_kafka_topic_partition_list_destroy(list);
	return (partition->position);
}

/* Pass the ends, and what is broken, that stand before the next record. */
static void
pass_ends(struct partition *partition)
{
	for (; partition->head < partition->count; partition->head++) {
		const rd_kafka_message_t *item =
		    partition->items[partition->head];

		if (item->err == RD_KAFKA_RESP_ERR_NO_ERROR)
			return;
		if (item->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
			partition->broken = item->err;
			(void)fail_with(&partition->why, FATAL, "%s",
			    rd_kafka_message_errstr(item));
			return;
		}
		if (item->offset > partition->next)
			partition->next = item->offset;
		if (item->offset > partition->known_end)
			partition->known_end = item->offset;
	}
}

static void
look(struct source *source, struct partition *partition)
{
	pass_ends(partition);
	if (partition->head == partition->count) {
		partition_fill(source, partition);
		pass_ends(partition);
	}
}

int64_t
source_next(struct source *source, struct stream_partition at)
{
	struct partition *partition = source_partition(source, at);
	int64_t position;

	CHECK(partition != NULL && partition->started);
	look(source, partition);
	if (partition->head < partition->count)
		return (partition->next);
	position = client_position(source, partition);
	if (position > partition->next)
		partition->next = position;
	return (partition->next);
}

int64_t
partition_resume(struct source *source, struct partition *partition)
{
	const rd_kafka_message_t *last;
	int64_t behind;

	if (!partition->moved)
		return (partition->start);
	behind = source_next(source, partition->at); /* may fill */
	if (partition->head == partition->count)
		return (behind);
	last = partition->items[partition->count - 1];
	behind = last->err == RD_KAFKA_RESP_ERR_NO_ERROR ? last->offset + 1
							 : last->offset;
	return (behind > partition->start ? behind : partition->start);
}

int64_t
source_known_end(const struct source *source, struct stream_partition at)
{
	const struct partition *partition = source_partition(source, at);

	CHECK(partition != NULL && partition->started);
	return (partition->known_end);
}
