#include "pipeline/base/span.h"

int
span_compare(struct span a, struct span b)
{
	size_t shared = a.length < b.length ? a.length : b.length;
	int order = shared == 0 ? 0 : memcmp(a.at, b.at, shared);

	if (order != 0)
		return (order);
	return ((a.length > b.length) - (a.length < b.length));
}
