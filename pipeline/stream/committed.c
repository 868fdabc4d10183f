/*
 * What the group has committed.  The consumer reads committed records only,
 * and so the broker answers this question only when no transaction is open
 * that would change the answer.
 */
#include "pipeline/base/check.h"
#include "pipeline/stream/source_state.h"

static rd_kafka_topic_partition_list_t *
list_of(const struct topic_offset *list, size_t n)
{
	rd_kafka_topic_partition_list_t *asked =
	    rd_kafka_topic_partition_list_new((int)n);

	for (size_t i = 0; i < n; i++) {
		char *topic = text_copy(list[i].topic);

		(void)rd_kafka_topic_partition_list_add(
		    asked, topic, list[i].partition);
		free(topic);
	}
	return (asked);
}

static rd_kafka_resp_err_t
first_error(const rd_kafka_topic_partition_list_t *list)
{
	for (int i = 0; i < list->cnt; i++)
		if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR)
			return (list->elems[i].err);
	return (RD_KAFKA_RESP_ERR_NO_ERROR);
}

static void
answer(struct topic_offset *list, size_t n,
    const rd_kafka_topic_partition_list_t *answered, struct arena *arena)
{
	for (size_t i = 0; i < n; i++) {
		const rd_kafka_topic_partition_t *from = &answered->elems[i];

		list[i].offset = from->offset >= 0 ? from->offset : OFFSET_NONE;
		list[i].metadata = arena_span(
		    arena, (struct span){from->metadata, from->metadata_size});
	}
}

/*
 * NOLINTBEGIN(readability-function-size): seven parameters are the question,
 * its limits and its two kinds of answer; a struct for one call would hide it.
 */
enum outcome
source_committed(struct source *source, struct topic_offset *list, size_t n,
    struct arena *arena, duration_ms timeout, enum cause *cause,
    struct failure *why)
{
	struct deadline deadline = deadline_in(timeout);
	rd_kafka_topic_partition_list_t *asked = list_of(list, n);
	rd_kafka_resp_err_t err = rd_kafka_committed(
	    source->handle.rk, asked, deadline_left(deadline));

	if (err == RD_KAFKA_RESP_ERR_NO_ERROR)
		err = first_error(asked);
	if (err == RD_KAFKA_RESP_ERR_NO_ERROR)
		answer(list, n, asked, arena);
	rd_kafka_topic_partition_list_destroy(asked);
	*cause = cause_of(err);
	if (*cause == CAUSE_NONE)
		return (DONE);
	return (fail_with(why, cause_outcome(*cause), "committed offsets: %s",
	    rd_kafka_err2str(err)));
}
/* NOLINTEND(readability-function-size) */
