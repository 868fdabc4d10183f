#ifndef PIPELINE_BRIDGE_ZONES_H
#define PIPELINE_BRIDGE_ZONES_H

#include "pipeline/base/arena.h"
#include "pipeline/base/civil.h"
#include "pipeline/base/outcome.h"

/*
 * Read all time zones of the system's tzdata (of $TZDIR if that is set) into
 * tables in the arena: every IANA name, old ones too, with the changes of its
 * offset up to the end of the year 2200.  Once, at start: this is the one
 * place of the pure layers that reads files, and nobody reads them again.
 *
 * DONE    *ret is the table, for civil.h
 * FATAL   tzdata is missing or damaged; why says which file, and what to do
 */
enum outcome zones_load(struct arena *arena, const struct zones **ret,
    struct failure *why) MUST_CHECK;

#endif
