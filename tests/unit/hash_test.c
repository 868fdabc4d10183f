#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "pipeline/base/hash.h"

/* Values of Kafka's Java client. */
static const struct murmur_row {
	const char *key;
	int32_t hash;
} murmurs[] = {
    {"21", -973932308},
    {"foobar", -790332482},
    {"a-little-bit-long-string", -985981536},
    {"a-little-bit-longer-string", -1486304829},
    {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
    {"abc", 479470107},
};

static void
murmur2_is_that_of_the_java_client(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof murmurs / sizeof murmurs[0]; i++) {
		struct span key = span_of(murmurs[i].key);

		assert_int_equal((int32_t)hash_murmur2(key), murmurs[i].hash);
		assert_int_equal(hash_partition(key, 32),
		    (murmurs[i].hash & INT32_MAX) % 32);
		assert_int_equal(hash_partition(key, 1), 0);
	}
}

static const struct id_row {
	struct span bytes;
	uint64_t id;
} ids[] = {
    {{NULL, 0}, UINT64_C(0xef46db3751d8e999)},
    {{"a", 1}, UINT64_C(0xd24ec4f1a98c6e5b)},
    {{"abc", 3}, UINT64_C(0x44bc2cf5ad770999)},
};

static void
ids_are_xxh64_with_seed_0(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		assert_int_equal(hash_id(ids[i].bytes), ids[i].id);
		assert_int_equal(hash_short(ids[i].bytes), (uint32_t)ids[i].id);
	}
}

static const struct sha_row {
	struct span bytes;
	const char *hex;
} shas[] = {
    {{NULL, 0},
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {{"abc", 3},
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
};

static void
sha256_is_that_of_fips_180(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof shas / sizeof shas[0]; i++) {
		uint8_t hash[SHA256_BYTES];
		char hex[2 * SHA256_BYTES + 1];

		hash_sha256(shas[i].bytes, hash);
		for (size_t k = 0; k < SHA256_BYTES; k++)
			(void)snprintf(hex + 2 * k, 3, "%02x", hash[k]);
		assert_string_equal(hex, shas[i].hex);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(murmur2_is_that_of_the_java_client),
	    cmocka_unit_test(ids_are_xxh64_with_seed_0),
	    cmocka_unit_test(sha256_is_that_of_fips_180),
	};

	return (cmocka_run_group_tests_name("hash", tests, NULL, NULL));
}
