#include "daemon/route.h"

/* With its NUL; route's word for "none" is NULL. */
static struct span
topic_of(struct arena *arena, struct span topic)
{
	return (topic.length > 0 ? arena_span(arena, topic)
				 : (struct span){NULL, 0});
}

void
route_of(
    struct arena *arena, const struct kafka_config *kafka, struct route *ret)
{
	const struct topics_config *topics = &kafka->topics;
	struct type_topic *types =
	    ARENA_ARRAY(arena, topics->n_by_type, struct type_topic);

	for (size_t i = 0; i < topics->n_by_type; i++)
		types[i] =
		    (struct type_topic){.type = topics->by_type[i].type.text,
			.topic = topic_of(arena, topics->by_type[i].topic)};
	*ret = (struct route){
	    .format = kafka->format,
	    .triggers = topic_of(arena, topics->triggers),
	    .types = types,
	    .n_types = topics->n_by_type,
	    .suppressed = topic_of(arena, topics->suppressed),
	    .dead_letters = topic_of(arena, topics->dead_letters),
	};
}
