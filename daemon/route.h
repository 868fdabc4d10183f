#ifndef DAEMON_ROUTE_H
#define DAEMON_ROUTE_H

#include "config/daemon_file.h"
#include "pipeline/task/route.h"

/* Where outputs go, by the Daemon file, each text with its NUL; message_max is
   left open. */
void route_of(
    struct arena *arena, const struct kafka_config *kafka, struct route *ret);

#endif
