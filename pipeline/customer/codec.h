#ifndef PIPELINE_CUSTOMER_CODEC_H
#define PIPELINE_CUSTOMER_CODEC_H

#include "pipeline/customer/customer.h"
#include "pipeline/model/tier.h"

/*
 * A customer's bytes, and back: exact inverses.  README.md in this folder has
 * the picture.
 */
struct customer_codec {
	const struct schema *schema;
	const struct tier_program *program; /* NULL: no loyalty programme */
};

/* The bytes, in the arena. */
struct span customer_encode(const struct customer_codec *codec,
    const struct customer *customer, struct arena *arena);

/*
 * DONE    *ret is the customer
 * REJECT  these are not the bytes of a customer, or of a newer version than
 *         this program reads; *why names the section
 */
enum outcome customer_decode(const struct customer_codec *codec, struct span id,
    struct span bytes, struct arena *arena, struct customer **ret,
    struct failure *why) MUST_CHECK;

#endif
