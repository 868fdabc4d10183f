#include "pipeline/kafka_feed.h"

static struct source *
source_of(struct feed *feed)
{
	return (((struct kafka_feed *)feed)->source);
}

static enum outcome
kafka_head(struct feed *feed, struct stream_partition at, struct record *ret,
    enum cause *cause, struct failure *why)
{
	return (source_head(source_of(feed), at, ret, cause, why));
}

static void
kafka_take(struct feed *feed, struct stream_partition at)
{
	source_take(source_of(feed), at);
}

static void
kafka_release(struct feed *feed)
{
	source_release(source_of(feed));
}

static void
kafka_put_back(struct feed *feed, int32_t partition)
{
	source_put_back(source_of(feed), partition);
}

static int64_t
kafka_next(struct feed *feed, struct stream_partition at)
{
	return (source_next(source_of(feed), at));
}

static int64_t
kafka_known_end(struct feed *feed, struct stream_partition at)
{
	return (source_known_end(source_of(feed), at));
}

void
kafka_feed_init(struct kafka_feed *feed, struct source *source)
{
	static const struct feed_kind kind = {
	    .head = kafka_head,
	    .take = kafka_take,
	    .release = kafka_release,
	    .put_back = kafka_put_back,
	    .next = kafka_next,
	    .known_end = kafka_known_end,
	};

	*feed = (struct kafka_feed){.feed.kind = &kind, .source = source};
}

static enum outcome
kafka_publish(struct outlet *outlet, const struct publication *publication,
    struct published *result, struct failure *why)
{
	const struct kafka_outlet *kafka = (const struct kafka_outlet *)outlet;

	return (sink_publish(
	    kafka->sink, publication, kafka->timeout, result, why));
}

void
kafka_outlet_init(
    struct kafka_outlet *outlet, struct sink *sink, duration_ms timeout)
{
	static const struct outlet_kind kind = {.publish = kafka_publish};

	*outlet = (struct kafka_outlet){
	    .outlet.kind = &kind, .sink = sink, .timeout = timeout};
}
