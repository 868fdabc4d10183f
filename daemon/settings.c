#include "daemon/settings.h"

#include <limits.h>
#include <sys/random.h>
#include <unistd.h>

/* NULL for the empty span. */
static const char *
text_of(struct arena *arena, struct span text)
{
	return (text.length > 0 ? arena_span(arena, text).at : NULL);
}

static uint64_t
random_seed(void)
{
	uint64_t seed = 0;

	/* Only spreads reconnections: none would be as good. */
	(void)!getrandom(&seed, sizeof seed, 0);
	return (seed);
}

struct store_options
settings_store(struct arena *arena, const struct store_config *store)
{
	return ((struct store_options){
	    .url = text_of(arena, store->redis),
	    .username = text_of(arena, store->username),
	    .password = text_of(arena, store->password),
	    .prefix = arena_span(arena, store->prefix).at,
	    .name = "kithd",
	    .timeout = store->timeout,
	    .seed = random_seed(),
	});
}

struct client_options
settings_client(struct arena *arena, const struct kafka_config *config)
{
	struct property *list =
	    ARENA_ARRAY(arena, config->n_properties, struct property);

	for (size_t i = 0; i < config->n_properties; i++)
		list[i] = (struct property){
		    .name = arena_span(arena, config->properties[i].name).at,
		    .value = arena_span(arena, config->properties[i].value).at,
		};
	return ((struct client_options){
	    .brokers = arena_span(arena, config->brokers).at,
	    .properties = list,
	    .n_properties = config->n_properties,
	});
}

struct span
settings_instance(struct arena *arena, const struct advanced_config *advanced)
{
	char host[HOST_NAME_MAX + 1] = "";

	if (advanced->instance.length > 0 ||
	    gethostname(host, sizeof host - 1) != 0)
		return (arena_span(arena, advanced->instance));
	return (arena_span(arena, span_of(host)));
}
