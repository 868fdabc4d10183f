#ifndef DAEMON_SETTINGS_H
#define DAEMON_SETTINGS_H

#include "config/daemon_file.h"
#include "pipeline/store/store.h"
#include "pipeline/stream/client.h"

/*
 * The Daemon file in the words of the layers that connect: texts with their
 * NUL, in the arena.
 */
struct store_options settings_store(
    struct arena *arena, const struct store_config *store);
struct client_options settings_client(
    struct arena *arena, const struct kafka_config *config);

/* advanced.instance, else the host's name. */
struct span settings_instance(
    struct arena *arena, const struct advanced_config *advanced);

#endif
