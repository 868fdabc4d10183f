#ifndef PIPELINE_CUSTOMER_WINDOW_DAYS_H
#define PIPELINE_CUSTOMER_WINDOW_DAYS_H

#include "pipeline/customer/window.h"

/* window_ask for a KEEP_DAYS stream; *next is INSTANT_NEVER before. */
struct value window_days_ask(const struct window_query *query,
    const struct history *history, wall_ms n, struct arena *arena,
    wall_ms *next);

#endif
