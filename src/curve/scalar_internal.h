/* Scalars cut into digits, the parts that an endomorphism splits them into, and the order of an
 * addition. */
#ifndef TR_CURVE_SCALAR_INTERNAL_H
#define TR_CURVE_SCALAR_INTERNAL_H

#include "base/base.h"

enum {
    TR_WNAF_WIDTH = 5,
    TR_WNAF_TABLE = 1 << (TR_WNAF_WIDTH - 2), /* odd multiples 1, 3, ... */
    TR_WNAF_LEN = 258,                        /* digits of 256 bits and a carry, and one more */
};

/* pool[out] = pool[a] + pool[b]; out may be a or b, and nothing else that is used. */
typedef struct tr_add_job {
    uint32_t a, b, out;
} tr_add_job;

/* A part of a scalar: plain limbs and a sign. */
typedef struct tr_scalar_part {
    uint64_t w[4];
    bool negative;
} tr_scalar_part;

/* The width bits from bit at on; zeros above the limbs. */
static inline uint64_t tr_scalar_bits(const uint64_t *w, unsigned limbs, unsigned at,
                                      unsigned width)
{
    unsigned word = at / 64, shift = at % 64;
    if (word >= limbs) return 0;
    uint64_t x = w[word] >> shift;
    if (shift + width > 64 && word + 1 < limbs) x |= w[word + 1] << (64 - shift);
    return width == 64 ? x : x & (((uint64_t)1 << width) - 1);
}

/* The non-adjacent form of width TR_WNAF_WIDTH: digits are zero or odd, and below 2^(width - 1) in
 * size.  len is at least one more than the bits of the scalar. */
static inline void tr_wnaf(int8_t *digits, unsigned len, const uint64_t *w, unsigned limbs)
{
    memset(digits, 0, len);
    for (unsigned at = 0, carry = 0; at < len;) {
        if (tr_scalar_bits(w, limbs, at, 1) == carry) {
            at++;
            continue;
        }
        unsigned width = TR_MIN((unsigned)TR_WNAF_WIDTH, len - at);
        int digit = (int)tr_scalar_bits(w, limbs, at, width) + (int)carry;
        carry = (unsigned)digit >> (TR_WNAF_WIDTH - 1) & 1;
        digits[at] = (int8_t)(digit - (int)(carry << TR_WNAF_WIDTH));
        at += width;
    }
}

/* Plain limbs of 32 bytes, big-endian. */
static inline void tr_scalar_read(uint64_t out[4], const uint8_t in[32])
{
    for (unsigned i = 0; i < 4; i++) out[i] = tr_load64be(in + 24 - 8 * i);
}

#endif
