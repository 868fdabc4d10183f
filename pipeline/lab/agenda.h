#ifndef PIPELINE_LAB_AGENDA_H
#define PIPELINE_LAB_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/instant.h"

/*
 * What is going to happen to the customers of a generator, by time: a binary
 * heap on the heap.
 */
enum act {
	ACT_JOIN, /* tells who it is */
	ACT_CONSENT,
	ACT_BUY,
	ACT_REFUND,
	ACT_RATE,
	ACT_READ, /* opens or clicks a mail */
	ACT_UNSUBSCRIBE,
	ACT_MOVE, /* to another time zone */
};

struct plan {
	wall_ms at;     /* when its record arrives */
	uint64_t order; /* among those of one instant; set by agenda_add */
	wall_ms e;      /* when it happens */
	enum act act;
	uint32_t who;
	uint32_t number; /* of the purchase that it is about */
	int64_t amount;
	int category;
	int score;
	const char *text; /* a zone, a channel, a kind of engagement */
	bool granted;     /* ACT_CONSENT; else withdrawn */
	bool late;        /* has been delayed already */
	bool again;       /* a record that is sent twice */
};

struct agenda {
	struct plan *plans;
	size_t n;
	size_t room;
	uint64_t added;
};

void agenda_done(struct agenda *agenda);
void agenda_add(struct agenda *agenda, const struct plan *plan);
/* The next one, or NULL. */
const struct plan *agenda_first(const struct agenda *agenda);
/* Take the next one; there is one (a bug if not). */
struct plan agenda_take(struct agenda *agenda);

#endif
