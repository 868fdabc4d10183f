#ifndef PIPELINE_BASE_HASH_H
#define PIPELINE_BASE_HASH_H

#include <stdint.h>

#include "pipeline/base/span.h"

/* XXH64 with seed 0, all 64 bits: ids of events, keys of tables. */
uint64_t hash_id(struct span bytes);
/* 32 bits of it, for the ids of rules inside a customer. */
uint32_t hash_short(struct span bytes);

enum { SHA256_BYTES = 32 };
void hash_sha256(struct span bytes, uint8_t ret[SHA256_BYTES]);

/* murmur2 as the Java client of Kafka computes it; the bits of its int. */
uint32_t hash_murmur2(struct span key);

/*
 * Java's murmur2 of the key, made positive, modulo n: the partition that Kafka
 * clients in Java (and librdkafka's murmur2_random) choose.
 */
int hash_partition(struct span key, int partitions);

#endif
