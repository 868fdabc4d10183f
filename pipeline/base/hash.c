/*
 * The hashes that others must be able to repeat: XXH64 for ids, SHA-256 for
 * what is published, and Kafka's partitioner.
 */
#include "pipeline/base/hash.h"

#include <openssl/evp.h>
#include <xxhash.h>

#include "pipeline/base/check.h"

uint64_t
hash_id(struct span bytes)
{
	return (XXH64(bytes.length == 0 ? "" : bytes.at, bytes.length, 0));
}

uint32_t
hash_short(struct span bytes)
{
	return ((uint32_t)hash_id(bytes));
}

void
hash_sha256(struct span bytes, uint8_t ret[SHA256_BYTES])
{
	int ok = EVP_Digest(bytes.length == 0 ? "" : bytes.at, bytes.length,
	    ret, NULL, EVP_sha256(), NULL);

	CHECK(ok == 1);
}

#define MURMUR_SEED UINT32_C(0x9747b28c)
#define MURMUR_MIX  UINT32_C(0x5bd1e995)
enum {
	MURMUR_SHIFT = 24,
	MURMUR_LAST_1 = 13,
	MURMUR_LAST_2 = 15,
	MURMUR_WORD = 4,
	BYTE_BITS = 8,
};

/* Little-endian, of up to four bytes. */
static uint32_t
murmur_word(const char *at, size_t bytes)
{
	uint32_t word = 0;

	for (size_t i = 0; i < bytes; i++)
		word |= (uint32_t)(uint8_t)at[i] << (i * BYTE_BITS);
	return (word);
}

uint32_t
hash_murmur2(struct span key)
{
	uint32_t h = MURMUR_SEED ^ (uint32_t)key.length;
	size_t whole = key.length - key.length % MURMUR_WORD;

	for (size_t i = 0; i < whole; i += MURMUR_WORD) {
		uint32_t k = murmur_word(key.at + i, MURMUR_WORD) * MURMUR_MIX;

		k = (k ^ (k >> MURMUR_SHIFT)) * MURMUR_MIX;
		h = (h * MURMUR_MIX) ^ k;
	}
	if (whole < key.length)
		h = (h ^ murmur_word(key.at + whole, key.length - whole)) *
		    MURMUR_MIX;
	h = (h ^ (h >> MURMUR_LAST_1)) * MURMUR_MIX;
	return (h ^ (h >> MURMUR_LAST_2));
}

int
hash_partition(struct span key, int partitions)
{
	CHECK(partitions > 0);
	return ((int)(hash_murmur2(key) & INT32_MAX) % partitions);
}
