#ifndef PIPELINE_STREAM_MOCK_H
#define PIPELINE_STREAM_MOCK_H

#include <stdint.h>

#include "pipeline/base/outcome.h"

/*
 * A Kafka inside this process, reachable by any client on loopback, for
 * `kithd demo`.  It neither isolates transactions nor keeps their offsets:
 * at_least_once only, and it proves nothing about exactly-once.
 */
struct mock;

/* DONE, or FATAL. */
enum outcome mock_open(
    int brokers, struct mock **ret, struct failure *why) MUST_CHECK;
/* NULL is legal; close its clients first. */
void mock_close(struct mock *mock);

/* "127.0.0.1:34567,…"; valid until mock_close. */
const char *mock_brokers(const struct mock *mock);

/* DONE, or FATAL. */
enum outcome mock_create_topic(struct mock *mock, const char *topic,
    int32_t partitions, struct failure *why) MUST_CHECK;

#endif
