#ifndef PIPELINE_EVENT_DATE_H
#define PIPELINE_EVENT_DATE_H

#include "pipeline/base/civil.h"
#include "pipeline/bridge/json.h"

/*
 * A date as people are born on: {"y": 1988, "m": 2, "d": 29}, "1988-02-29";
 * without a year {"m": 2, "d": 29}, "--02-29" (ISO 8601:1988's truncated form,
 * as vCard has it).  False, and *ret as it was: of no such form, or a day that
 * does not exist; without a year, 29 February does.
 */
bool date_read(const struct json *json, struct civil_day *ret);

#endif
