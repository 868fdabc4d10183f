#ifndef TESTS_UNIT_CUSTOMER_BENCH_H
#define TESTS_UNIT_CUSTOMER_BENCH_H

/* One customer of the shop, fresh for each test. */
#include "tests/unit/customer_fixture.h"

static struct arena *arena;
static struct shop shop;
static struct customer *c;

static inline int
fresh(void **state)
{
	(void)state;
	arena = arena_new();
	shop_init(&shop);
	c = customer_new(arena, &shop.schema, SPAN("c1"));
	return (0);
}

static inline int
gone(void **state)
{
	(void)state;
	arena_free(arena);
	return (0);
}

/* Fold an event into him. */
static inline void
fold_in(struct event event)
{
	(void)fold(c, &shop.schema, &event, true, arena);
}

/* A window of his at n, and when it changes next. */
static inline struct value
ask(const struct window_query *query, wall_ms n, wall_ms *next)
{
	return (window_ask(query, c, n, arena, next));
}

#endif
