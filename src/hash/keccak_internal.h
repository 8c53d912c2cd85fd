/* What the implementations of keccak share: the table through which they are chosen, and the
 * scalar permutation, which is compiled twice, for any processor and for BMI2 (keccak_x86.c). */
#ifndef TR_HASH_KECCAK_INTERNAL_H
#define TR_HASH_KECCAK_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

typedef struct tr_keccak_code {
    const char *name;
    void (*permute)(uint64_t state[25]);
    /* keccak-256 of n messages; NULL: one by one. */
    void (*many)(size_t n, const tr_bytes in[], tr_hash out[]);
} tr_keccak_code;

extern const tr_keccak_code tr_keccak_portable;
extern const tr_keccak_code *tr_keccak_chosen;
extern const uint64_t tr_keccak_constants[24];

void tr_keccak_permute_bmi2(uint64_t state[25]);
void tr_keccak256_many_avx512(size_t n, const tr_bytes in[], tr_hash out[]);

/* tr_keccak_absorb_last takes in a message whose state is already under way: the whole blocks, the
 * rest and the padding. */
void tr_keccak_absorb_last(uint64_t state[25], tr_bytes in, unsigned rate, uint8_t pad);

/* tr_keccak_chi is one row of the step chi, written to row y of e. */
static inline __attribute__((always_inline)) void tr_keccak_chi(uint64_t *e, uint64_t b0,
                                                                uint64_t b1, uint64_t b2,
                                                                uint64_t b3, uint64_t b4)
{
    e[0] = b0 ^ (~b1 & b2);
    e[1] = b1 ^ (~b2 & b3);
    e[2] = b2 ^ (~b3 & b4);
    e[3] = b3 ^ (~b4 & b0);
    e[4] = b4 ^ (~b0 & b1);
}

/* tr_keccak_round is one round from a to e.  Each output row takes one lane from each input row,
 * so that theta, rho and pi need no pass of their own. */
static inline __attribute__((always_inline)) void tr_keccak_round(const uint64_t *a, uint64_t *e,
                                                                  uint64_t constant)
{
    uint64_t c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
    uint64_t c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
    uint64_t c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
    uint64_t c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
    uint64_t c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
    uint64_t d0 = c4 ^ tr_rotl64(c1, 1), d1 = c0 ^ tr_rotl64(c2, 1), d2 = c1 ^ tr_rotl64(c3, 1);
    uint64_t d3 = c2 ^ tr_rotl64(c4, 1), d4 = c3 ^ tr_rotl64(c0, 1);

    tr_keccak_chi(e, a[0] ^ d0, tr_rotl64(a[6] ^ d1, 44), tr_rotl64(a[12] ^ d2, 43),
                  tr_rotl64(a[18] ^ d3, 21), tr_rotl64(a[24] ^ d4, 14));
    e[0] ^= constant;
    tr_keccak_chi(e + 5, tr_rotl64(a[3] ^ d3, 28), tr_rotl64(a[9] ^ d4, 20),
                  tr_rotl64(a[10] ^ d0, 3), tr_rotl64(a[16] ^ d1, 45), tr_rotl64(a[22] ^ d2, 61));
    tr_keccak_chi(e + 10, tr_rotl64(a[1] ^ d1, 1), tr_rotl64(a[7] ^ d2, 6),
                  tr_rotl64(a[13] ^ d3, 25), tr_rotl64(a[19] ^ d4, 8), tr_rotl64(a[20] ^ d0, 18));
    tr_keccak_chi(e + 15, tr_rotl64(a[4] ^ d4, 27), tr_rotl64(a[5] ^ d0, 36),
                  tr_rotl64(a[11] ^ d1, 10), tr_rotl64(a[17] ^ d2, 15), tr_rotl64(a[23] ^ d3, 56));
    tr_keccak_chi(e + 20, tr_rotl64(a[2] ^ d2, 62), tr_rotl64(a[8] ^ d3, 55),
                  tr_rotl64(a[14] ^ d4, 39), tr_rotl64(a[15] ^ d0, 41), tr_rotl64(a[21] ^ d1, 2));
}

static inline __attribute__((always_inline)) void tr_keccak_rounds(uint64_t state[25])
{
    uint64_t a[25], e[25];
#pragma GCC unroll 25
    for (unsigned i = 0; i < 25; i++) a[i] = state[i];
    for (unsigned i = 0; i < 24; i += 2) {
        tr_keccak_round(a, e, tr_keccak_constants[i]);
        tr_keccak_round(e, a, tr_keccak_constants[i + 1]);
    }
#pragma GCC unroll 25
    for (unsigned i = 0; i < 25; i++) state[i] = a[i];
}

#endif
