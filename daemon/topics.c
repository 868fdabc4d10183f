#include "daemon/topics.h"

#include <poll.h>

#include "daemon/log.h"
#include "daemon/settings.h"
#include "daemon/worker_log.h"
#include "pipeline/event/schema.h"
#include "pipeline/stream/cluster.h"

#define ANSWER_MS ((duration_ms)3000)

enum {
	PAUSE_MS = 200,
	PARTITIONS_DEFAULT = 4, /* where nothing exists to follow */
};

/* The topics of a deployment, each once: inputs first. */
struct topics {
	const struct config *config;
	struct arena *arena; /* of one look */
	struct cluster *cluster;
	struct span *names;
	size_t n;
	size_t n_inputs;
	struct failure *why;
};

static void
add_topic(struct topics *t, struct span name)
{
	for (size_t i = 0; i < t->n; i++)
		if (span_equals(t->names[i], name))
			return;
	if (name.length > 0)
		t->names[t->n++] = name;
}

static void
list_topics(struct topics *t, struct arena *arena)
{
	enum { OUTPUTS = 3 };
	const struct schema *schema = t->config->schema;
	const struct topics_config *to = &t->config->daemon->kafka.topics;

	t->names = ARENA_ARRAY(
	    arena, schema->n_streams + OUTPUTS + to->n_by_type, struct span);
	for (size_t i = 0; i < schema->n_streams; i++)
		add_topic(t, schema->streams[i].topic);
	t->n_inputs = t->n;
	add_topic(t, to->triggers);
	add_topic(t, to->suppressed);
	add_topic(t, to->dead_letters);
	for (size_t i = 0; i < to->n_by_type; i++)
		add_topic(t, to->by_type[i].topic);
}

static enum outcome
count_partitions(struct topics *t, int32_t *ret, enum cause *cause)
{
	int32_t most = 0;

	for (size_t i = 0; i < t->n_inputs; i++) {
		int32_t n = 0;
		enum outcome outcome = cluster_partition_count(
		    t->cluster, t->names[i], ANSWER_MS, &n, cause, t->why);

		if (outcome != DONE)
			return (outcome);
		most = n > most ? n : most;
	}
	*ret = most > 0 ? most : PARTITIONS_DEFAULT;
	return (DONE);
}

/* Those that are there stay as they are. */
static enum outcome
create_topics(struct topics *t, enum cause *cause)
{
	struct topic_plan *plans =
	    ARENA_ARRAY(t->arena, t->n, struct topic_plan);
	int32_t partitions = 0;
	enum outcome outcome = count_partitions(t, &partitions, cause);

	if (outcome != DONE)
		return (outcome);
	for (size_t i = 0; i < t->n; i++)
		plans[i] = (struct topic_plan){.topic = t->names[i],
		    .partitions = partitions,
		    .replication = -1};
	return (cluster_create_topics(
	    t->cluster, plans, t->n, ANSWER_MS, cause, t->why));
}

/* Whose clock orders the records? */
static void
warn_of_create_time(const struct topics *t, const struct topic_settings *list)
{
	if (t->config->daemon->advanced.clock == CLOCK_STREAM)
		return;
	for (size_t i = 0; i < t->n_inputs; i++)
		if (list[i].timestamp_type == TIMESTAMP_TYPE_CREATE)
			log_say(LEVEL_WARNING,
			    "records are ordered by their producers' clocks: "
			    "set message.timestamp.type=LogAppendTime",
			    LOG_FIELDS(log_span("topic", list[i].topic)));
}

static enum outcome
read_settings(struct topics *t, struct topics_found *ret)
{
	struct topic_settings *list =
	    ARENA_ARRAY(t->arena, t->n, struct topic_settings);
	int64_t least = -1;
	enum outcome outcome;

	for (size_t i = 0; i < t->n; i++)
		list[i].topic = t->names[i];
	outcome = cluster_settings(t->cluster, list, t->n, ANSWER_MS, t->why);
	if (outcome != DONE)
		return (outcome);
	warn_of_create_time(t, list);
	for (size_t i = t->n_inputs; i < t->n; i++) {
		int64_t own = list[i].max_message_bytes;

		if (own > 0 && (least < 0 || own < least))
			least = own;
	}
	ret->message_max = least;
	return (DONE);
}

static enum outcome
look(struct topics *t, struct topics_found *ret, enum cause *cause)
{
	enum outcome outcome = DONE;

	*cause = CAUSE_NONE;
	if (t->config->daemon->kafka.topics.create_missing)
		outcome = create_topics(t, cause);
	return (outcome == DONE ? read_settings(t, ret) : outcome);
}

static void
log_lines(struct cluster *cluster)
{
	struct client_line line;

	while (cluster_log(cluster, &line))
		worker_log_client(-1, &line);
}

enum outcome
topics_prepare(const struct config *config, struct arena *arena,
    const atomic_bool *stop, struct topics_found *ret, enum cause *cause,
    struct failure *why)
{
	struct client_options options =
	    settings_client(arena, &config->daemon->kafka);
	struct topics topics = {.config = config, .why = why};
	enum outcome outcome = cluster_open(&options, &topics.cluster, why);

	*cause = CAUSE_CONFIG;
	if (outcome != DONE)
		return (outcome);
	topics.arena = arena_new();
	list_topics(&topics, arena);
	while (outcome = look(&topics, ret, cause), outcome == RETRY) {
		log_lines(topics.cluster);
		if (atomic_load(stop))
			break;
		log_say(LEVEL_WARNING, "kafka: away",
		    LOG_FIELDS(log_text("detail", why->text)));
		(void)poll(NULL, 0, PAUSE_MS);
		arena_reset(topics.arena);
	}
	log_lines(topics.cluster);
	cluster_close(topics.cluster);
	arena_free(topics.arena);
	return (outcome);
}
