#ifndef CONFIG_KAFKA_FILE_H
#define CONFIG_KAFKA_FILE_H

#include "config/fields.h"

/* `kafka:` of a Daemon file, into a struct kafka_config. */
extern const struct table kafka_table;
extern const struct table topics_table;

#endif
