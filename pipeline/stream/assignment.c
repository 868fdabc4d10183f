/*
 * Which partitions are ours, and which of them are fetched.  The group's
 * assignment is answered at once with an empty list; what librdkafka fetches
 * is then the set of started partitions, given as a whole whenever it changes
 * (with the range assignor there is no adding to it).  Partitions that were
 * running go on behind what is buffered.
 */
#include "pipeline/base/check.h"
#include "pipeline/stream/source_state.h"

struct partition *
source_partition(const struct source *source, struct stream_partition at)
{
	CHECK(at.stream >= 0 && (size_t)at.stream < source->n_topics);
	if (at.partition < 0 || (size_t)at.partition >= source->n_tasks ||
	    source->tasks[at.partition].streams == NULL)
		return (NULL);
	return (&source->tasks[at.partition].streams[at.stream]);
}

static void
make_tasks(struct source *source, size_t n)
{
	size_t had = source->n_tasks;

	if (n <= had)
		return;
	source->tasks = array_grow(source->tasks, n, sizeof *source->tasks);
	(void)memset(source->tasks + had, 0, (n - had) * sizeof *source->tasks);
	source->n_tasks = n;
}

struct partition *
source_partition_make(struct source *source, struct stream_partition at)
{
	struct task_partitions *task;

	make_tasks(source, (size_t)at.partition + 1);
	task = &source->tasks[at.partition];
	if (task->streams == NULL) {
		task->streams = calloc(source->n_topics, sizeof *task->streams);
		CHECK(task->streams != NULL);
		for (size_t i = 0; i < source->n_topics; i++) {
			task->streams[i].at =
			    (struct stream_partition){(int)i, at.partition};
			partition_stop(&task->streams[i]);
		}
	}
	return (&task->streams[at.stream]);
}

size_t
source_partition_count(const struct source *source)
{
	return (source->n_tasks * source->n_topics);
}

struct partition *
source_partition_at(const struct source *source, size_t i)
{
	struct task_partitions *task = &source->tasks[i / source->n_topics];

	return (task->streams == NULL ? NULL
				      : &task->streams[i % source->n_topics]);
}

static int
stream_of(const struct source *source, const char *topic)
{
	for (size_t i = 0; i < source->n_topics; i++)
		if (strcmp(source->topics[i], topic) == 0)
			return ((int)i);
	return (-1);
}

void
assignment_list(
    struct source *source, const rd_kafka_topic_partition_list_t *list)
{
	source->n_list = 0;
	source->list = array_grow(
	    source->list, (size_t)list->cnt + 1, sizeof *source->list);
	for (int i = 0; i < list->cnt; i++) {
		int stream = stream_of(source, list->elems[i].topic);

		if (stream >= 0)
			source->list[source->n_list++] =
			    (struct stream_partition){
				stream, list->elems[i].partition};
	}
}

void
source_start(struct source *source, int32_t partition, const int64_t *offsets)
{
	for (size_t stream = 0; stream < source->n_topics; stream++) {
		struct partition *each = source_partition(
		    source, (struct stream_partition){(int)stream, partition});

		CHECK(each != NULL && each->assigned);
		partition_start(source, each, offsets[stream]);
	}
	source->dirty = true;
}

void
source_stop(struct source *source, int32_t partition)
{
	for (size_t stream = 0; stream < source->n_topics; stream++) {
		struct partition *each = source_partition(
		    source, (struct stream_partition){(int)stream, partition});

		if (each == NULL || !each->started)
			continue;
		partition_stop(each);
		source->dirty = true;
	}
}

/* What librdkafka was told holds from now on; what is left over goes. */
static void
settle_queues(struct source *source)
{
	size_t n = source_partition_count(source);

	for (size_t i = 0; i < n; i++) {
		struct partition *partition = source_partition_at(source, i);

		if (partition == NULL)
			continue;
		partition->fetched = partition->started;
		if (!partition->started)
			partition_drain(partition);
	}
}

static rd_kafka_topic_partition_list_t *
started_list(struct source *source)
{
	size_t n = source_partition_count(source);
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new((int)source->n_list);

	for (size_t i = 0; i < n; i++) {
		struct partition *partition = source_partition_at(source, i);

		if (partition == NULL || !partition->started)
			continue;
		partition->start = partition_resume(source, partition);
		rd_kafka_topic_partition_list_add(list,
		    source->topics[partition->at.stream],
		    partition->at.partition)
		    ->offset = partition->start;
		partition->moved = partition->asked = false;
		partition->dry = false;
	}
	return (list);
}

enum outcome
assignment_apply(struct source *source, struct failure *why)
{
	rd_kafka_topic_partition_list_t *list;
	rd_kafka_resp_err_t err;

	if (!source->dirty || source->revoking)
		return (DONE);
	list = started_list(source);
	err = rd_kafka_assign(source->handle.rk, list);
	rd_kafka_topic_partition_list_destroy(list);
	if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
		return (fail_with(
		    why, RETRY, "kafka assignment: %s", rd_kafka_err2str(err)));
	source->dirty = false;
	settle_queues(source);
	return (DONE);
}

void
assignment_forget(struct source *source)
{
	size_t n = source_partition_count(source);

	for (size_t i = 0; i < n; i++) {
		struct partition *partition = source_partition_at(source, i);

		if (partition == NULL)
			continue;
		partition_stop(partition);
		partition->assigned = false;
	}
	source->dirty = source->revoking = false;
}

void
assignment_clear(struct source *source)
{
	assignment_forget(source);
	(void)rd_kafka_assign(source->handle.rk, NULL);
	settle_queues(source);
}

void
source_revoked(struct source *source)
{
	if (source->revoking)
		assignment_clear(source);
}
