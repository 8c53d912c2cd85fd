/* BLAKE2b and BLAKE2s (RFC 7693) without a key, at their full lengths, and the compression function
 * F of BLAKE2b with a given number of rounds, as EIP-152 has it.  BLAKE2b itself has 12. */
#ifndef TR_HASH_BLAKE2_H
#define TR_HASH_BLAKE2_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

enum { TR_BLAKE2B_ROUNDS = 12 };

/* tr_blake2b_f takes a block of sixteen words into h.  t is the number of bytes up to the end of
 * this block, low word first.  Its time grows with rounds, which has no bound here. */
void tr_blake2b_f(uint32_t rounds, uint64_t h[8], const uint64_t m[16], const uint64_t t[2],
                  bool final);

void tr_blake2b(tr_bytes in, uint8_t out[64]);
tr_hash tr_blake2s(tr_bytes in);

#endif
