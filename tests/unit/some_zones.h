#ifndef TESTS_UNIT_SOME_ZONES_H
#define TESTS_UNIT_SOME_ZONES_H

#include "pipeline/base/zone_table.h"

/* Zones by name alone, for those who only look names up. */
static const wall_ms no_change[] = {0};
static const int32_t no_offset[] = {0};
static const struct zone_table always_utc = {no_change, no_offset, 0};
static const struct zone some_zone[] = {
    {{"UTC", 3}, &always_utc},
    {{"America/New_York", 16}, &always_utc},
    {{"Europe/Paris", 12}, &always_utc},
};
static const struct zone_country some_country[] = {
    {"FR", 2},
};
static const struct zones some_zones = {
    {"test", 4}, some_zone, 3, some_country, 1};

#endif
