#ifndef PIPELINE_BRIDGE_BORDER_HPP
#define PIPELINE_BRIDGE_BORDER_HPP

/*
 * What a C++ file of the bridge sees of C.  The headers of base use C's own
 * compound literals, which C++ compilers know but frown upon.
 *
 * No exception passes from here into C: what C calls is noexcept, and what is
 * left to be thrown is out of memory, which ends the process as everywhere.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
extern "C" {
#include "pipeline/base/arena.h"
#include "pipeline/base/civil.h"
#include "pipeline/base/outcome.h"
#include "pipeline/base/span.h"
#include "pipeline/base/zone_table.h"
}
#pragma GCC diagnostic pop

#endif
