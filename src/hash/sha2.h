/* SHA-256 and SHA-512.  tr_sha256_many is the natural call for many small messages: on a machine
 * with AVX-512 sixteen of them go through the rounds together. */
#ifndef TR_HASH_SHA2_H
#define TR_HASH_SHA2_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

tr_hash tr_sha256(tr_bytes in);
void tr_sha512(tr_bytes in, uint8_t out[64]);
tr_hash tr_sha512_256(tr_bytes in); /* SHA-512/256: its own start, half of the output */

/* tr_sha256_many hashes n messages of any lengths, each to its place in out.  out may not overlap
 * the messages. */
void tr_sha256_many(size_t n, const tr_bytes in[], tr_hash out[]);

/* SHA-256 of input in pieces. */
typedef struct tr_sha256_state {
    uint32_t h[8];
    uint64_t len;
    uint8_t block[64];
} tr_sha256_state;

void tr_sha256_init(tr_sha256_state *state);
void tr_sha256_update(tr_sha256_state *state, tr_bytes in);
tr_hash tr_sha256_final(tr_sha256_state *state);

#endif
