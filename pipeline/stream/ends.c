/*
 * Where the logs of our partitions end.  Asked over the cluster's connections:
 * on the consumer's own, a question waits behind the long poll.
 */
#include "pipeline/base/check.h"
#include "pipeline/stream/source_state.h"

static struct topic_partition *
names_of(
    const struct source *source, const struct stream_partition *list, size_t n)
{
	struct topic_partition *names = array_grow(NULL, n, sizeof *names);

	for (size_t i = 0; i < n; i++) {
		CHECK(list[i].stream >= 0 &&
		      (size_t)list[i].stream < source->n_topics);
		names[i].topic = span_of(source->topics[list[i].stream]);
		names[i].partition = list[i].partition;
	}
	return (names);
}

enum outcome
source_ends(struct source *source, const struct stream_partition *list,
    size_t n, int64_t *ends, duration_ms timeout, struct failure *why)
{
	struct topic_partition *names;
	enum outcome outcome;

	if (n == 0)
		return (DONE);
	names = names_of(source, list, n);
	outcome = cluster_offsets(source->cluster,
	    &(struct offset_question){LOG_END, names, n}, ends, timeout, why);
	free(names);
	return (outcome);
}

static size_t
list_started(const struct source *source, struct stream_partition *ret)
{
	size_t n = source_partition_count(source);
	size_t started = 0;

	for (size_t i = 0; i < n; i++) {
		const struct partition *partition =
		    source_partition_at(source, i);

		if (partition != NULL && partition->started)
			ret[started++] = partition->at;
	}
	return (started);
}

static void
raise_ends(struct source *source, const struct stream_partition *list, size_t n,
    const int64_t *ends)
{
	for (size_t i = 0; i < n; i++) {
		struct partition *partition = source_partition(source, list[i]);

		if (ends[i] > partition->known_end)
			partition->known_end = ends[i];
	}
}

enum outcome
source_refresh_ends(
    struct source *source, duration_ms timeout, struct failure *why)
{
	size_t most = source_partition_count(source) + 1;
	struct stream_partition *list = array_grow(NULL, most, sizeof *list);
	int64_t *ends = array_grow(NULL, most, sizeof *ends);
	size_t n = list_started(source, list);
	enum outcome outcome = DONE;

	if (n > 0) {
		struct topic_partition *names = names_of(source, list, n);

		outcome = cluster_offsets(source->cluster,
		    &(struct offset_question){LOG_STABLE_END, names, n}, ends,
		    timeout, why);
		free(names);
	}
	if (outcome == DONE)
		raise_ends(source, list, n, ends);
	free(ends);
	free(list);
	return (outcome);
}
