/*
 * Duplicates where no entries are kept: the ids of the latest records by
 * arrival.  Best effort: a redelivery follows its original closely.
 */
#include "pipeline/customer/history.h"

bool
ring_seen(struct ring *ring, uint64_t id_hash, wall_ms raw)
{
	for (size_t i = 0; i < ring->n; i++)
		if (ring->ids[i] == id_hash && ring->raws[i] == raw)
			return (true);
	if (ring->n == RING_MAX) {
		ring->n--;
		(void)memmove(
		    ring->ids, ring->ids + 1, ring->n * sizeof *ring->ids);
		(void)memmove(
		    ring->raws, ring->raws + 1, ring->n * sizeof *ring->raws);
	}
	ring->ids[ring->n] = id_hash;
	ring->raws[ring->n] = raw;
	ring->n++;
	return (false);
}
