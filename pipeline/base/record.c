#include "pipeline/base/record.h"

int
position_compare(struct position a, struct position b)
{
	if (a.instant != b.instant)
		return (a.instant < b.instant ? -1 : 1);
	if (a.end || b.end)
		return ((int)a.end - (int)b.end);
	return (span_compare(a.customer, b.customer));
}
