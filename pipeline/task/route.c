#include "pipeline/task/route.h"

struct span
route_topic(const struct route *route, struct span type)
{
	for (size_t i = 0; i < route->n_types; i++) {
		if (span_equals(route->types[i].type, type))
			return (route->types[i].topic);
	}
	return (route->triggers);
}
