/* Montgomery arithmetic on rows of limbs, lowest first: what field/prime_impl.h and
 * field/tower_impl.h make their functions of.
 *
 * The number of limbs and whether the modulus leaves its top bit free are constants where these are
 * inlined.  Each operation is portable C; in a file compiled for BMI2 and ADX those of 4 and 6
 * limbs are inline assembly (limbs_mulx_internal.h). */
#ifndef TR_FIELD_LIMBS_INTERNAL_H
#define TR_FIELD_LIMBS_INTERNAL_H

#include "field/divide_internal.h"
#include "field/u256.h"

/* A function that is too long to be copied to each place of use. */
#define TR_FIELD_SHARED static __attribute__((noinline, unused))
/* A variable that is written before it is read, whatever the compiler makes of it. */
#define TR_FIELD_UNSET __attribute__((uninitialized))

/* Keeps the compiler from joining limbs in vectors: what is written in two halves and read as one
 * waits for both to leave the processor. */
#define TR_LIMB_ALONE(limb) __asm__("" : "+r"(limb))

enum { TR_LIMBS_MAX = 6 };

/* Compiled for BMI2 and ADX, or by a file that defines TR_FIELD_ASSUME_MULX and asks the processor
 * itself; without optimization assembly finds too few registers. */
#if defined(__x86_64__) && defined(__OPTIMIZE__) &&                                                \
    ((defined(__BMI2__) && defined(__ADX__)) || defined(TR_FIELD_ASSUME_MULX))
#define TR_FIELD_MULX 1
#include "field/limbs_mulx_internal.h"
#else
#define TR_FIELD_MULX 0
#endif

/* out = a + b or a - b; returns what is carried out. */
static TR_FIELD_INLINE uint64_t tr_limbs_add(unsigned n, uint64_t *out, const uint64_t *a,
                                             const uint64_t *b)
{
    uint64_t carry = 0;
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) out[i] = tr_limb_add(a[i], b[i], &carry);
    return carry;
}

static TR_FIELD_INLINE uint64_t tr_limbs_sub(unsigned n, uint64_t *out, const uint64_t *a,
                                             const uint64_t *b)
{
    uint64_t borrow = 0;
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) out[i] = tr_limb_sub(a[i], b[i], &borrow);
    return borrow;
}

static TR_FIELD_INLINE void tr_limbs_copy(unsigned n, uint64_t *out, const uint64_t *a)
{
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) out[i] = a[i];
}

static TR_FIELD_INLINE void tr_limbs_select(unsigned n, uint64_t *out, const uint64_t *a,
                                            const uint64_t *b, uint64_t take_b)
{
    uint64_t mask = (uint64_t)0 - take_b;
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) {
        uint64_t limb = a[i] ^ ((a[i] ^ b[i]) & mask);
        TR_LIMB_ALONE(limb);
        out[i] = limb;
    }
}

/* carry:a, below 2p, becomes below p. */
static TR_FIELD_INLINE void tr_limbs_reduce_once(unsigned n, uint64_t *out, const uint64_t *a,
                                                 uint64_t carry, const uint64_t *p)
{
    uint64_t less[TR_LIMBS_MAX] TR_FIELD_UNSET;
    uint64_t borrow = tr_limbs_sub(n, less, a, p);
    tr_limbs_select(n, out, less, a, borrow & (carry ^ 1));
}

static TR_FIELD_INLINE void tr_mont_add(unsigned n, uint64_t *out, const uint64_t *a,
                                        const uint64_t *b, const uint64_t *p, bool free_bit)
{
#if TR_FIELD_MULX
    if (n == 4 && free_bit) {
        tr_mulx_add_4(out, a, b, p);
        return;
    }
    if (n == 6 && free_bit) {
        tr_mulx_add_6(out, a, b, p);
        return;
    }
#endif
    uint64_t sum[TR_LIMBS_MAX] TR_FIELD_UNSET;
    uint64_t carry = tr_limbs_add(n, sum, a, b);
    tr_limbs_reduce_once(n, out, sum, free_bit ? 0 : carry, p);
}

static TR_FIELD_INLINE void tr_mont_sub(unsigned n, uint64_t *out, const uint64_t *a,
                                        const uint64_t *b, const uint64_t *p)
{
#if TR_FIELD_MULX
    if (n == 4) {
        tr_mulx_sub_4(out, a, b, p);
        return;
    }
    if (n == 6) {
        tr_mulx_sub_6(out, a, b, p);
        return;
    }
#endif
    uint64_t back[TR_LIMBS_MAX] TR_FIELD_UNSET;
    uint64_t mask = (uint64_t)0 - tr_limbs_sub(n, out, a, b);
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) back[i] = p[i] & mask;
    (void)tr_limbs_add(n, out, out, back);
}

/* a b / R below p, for a below p and any b (so that a = R^2 reduces any number); m is p and minus
 * its inverse modulo 2^64.  With a free top bit the running sum stays below 2p and needs no limb
 * above. */
static TR_FIELD_INLINE void tr_mont_mul(unsigned n, uint64_t *out, const uint64_t *a,
                                        const uint64_t *b, const uint64_t *m, bool free_bit)
{
#if TR_FIELD_MULX
    if (n == 4 && free_bit) {
        tr_mulx_mul_4(out, a, b, m);
        return;
    }
    if (n == 6 && free_bit) {
        tr_mulx_mul_6(out, a, b, m);
        return;
    }
#endif
    uint64_t t[TR_LIMBS_MAX] = {0}, above = 0;
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) {
        uint64_t carry = 0, fold = 0, spill = 0, digit = b[i];
        t[0] = tr_limb_mul_add(a[0], digit, t[0], &carry);
        uint64_t q = t[0] * m[n];
        (void)tr_limb_mul_add(q, m[0], t[0], &fold);
#pragma GCC unroll 12
        for (unsigned j = 1; j < n; j++) {
            t[j] = tr_limb_mul_add(a[j], digit, t[j], &carry);
            t[j - 1] = tr_limb_mul_add(q, m[j], t[j], &fold);
        }
        if (free_bit) {
            t[n - 1] = carry + fold;
        } else {
            uint64_t top = tr_limb_add(carry, above, &spill);
            above = spill;
            spill = 0;
            t[n - 1] = tr_limb_add(top, fold, &spill);
            above += spill;
        }
    }
    tr_limbs_reduce_once(n, out, t, above, m);
}

/* The product of n limbs by n, all 2n of it. */
static TR_FIELD_INLINE void tr_limbs_mul(unsigned n, uint64_t *out, const uint64_t *a,
                                         const uint64_t *b)
{
#if TR_FIELD_MULX
    if (n == 4) {
        tr_mulx_wide_4(out, a, b);
        return;
    }
    if (n == 6) {
        tr_mulx_wide_6(out, a, b);
        return;
    }
#endif
    uint64_t t[2 * TR_LIMBS_MAX] TR_FIELD_UNSET;
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) t[i] = 0;
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) {
        uint64_t carry = 0;
#pragma GCC unroll 12
        for (unsigned j = 0; j < n; j++) t[i + j] = tr_limb_mul_add(a[j], b[i], t[i + j], &carry);
        t[i + n] = carry;
    }
    tr_limbs_copy(2 * n, out, t);
}

/* a / R below p, for a below p R. */
static TR_FIELD_INLINE void tr_mont_redc(unsigned n, uint64_t *out, const uint64_t *a,
                                         const uint64_t *m, bool free_bit)
{
#if TR_FIELD_MULX
    if (n == 4 && free_bit) {
        tr_mulx_redc_4(out, a, m);
        return;
    }
    if (n == 6 && free_bit) {
        tr_mulx_redc_6(out, a, m);
        return;
    }
#endif
    uint64_t t[2 * TR_LIMBS_MAX] TR_FIELD_UNSET, carry = 0;
    tr_limbs_copy(2 * n, t, a);
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) {
        uint64_t fold = 0, q = t[i] * m[n];
#pragma GCC unroll 12
        for (unsigned j = 0; j < n; j++) t[i + j] = tr_limb_mul_add(q, m[j], t[i + j], &fold);
        t[i + n] = tr_limb_add(t[i + n], fold, &carry);
    }
    tr_limbs_reduce_once(n, out, t + n, free_bit ? 0 : carry, m);
}

/* Sums of 2n limbs modulo p shifted up by n limbs, of what is below that; p has a free top bit. */
static TR_FIELD_INLINE void tr_wide_add(unsigned n, uint64_t *out, const uint64_t *a,
                                        const uint64_t *b, const uint64_t *p)
{
#if TR_FIELD_MULX
    if (n == 4) {
        tr_mulx_wide_add_8(out, a, b, p);
        return;
    }
    if (n == 6) {
        tr_mulx_wide_add_12(out, a, b, p);
        return;
    }
#endif
    (void)tr_limbs_add(2 * n, out, a, b);
    tr_limbs_reduce_once(n, out + n, out + n, 0, p);
}

static TR_FIELD_INLINE void tr_wide_sub(unsigned n, uint64_t *out, const uint64_t *a,
                                        const uint64_t *b, const uint64_t *p)
{
#if TR_FIELD_MULX
    if (n == 4) {
        tr_mulx_wide_sub_8(out, a, b, p);
        return;
    }
    if (n == 6) {
        tr_mulx_wide_sub_12(out, a, b, p);
        return;
    }
#endif
    uint64_t back[TR_LIMBS_MAX] TR_FIELD_UNSET;
    uint64_t mask = (uint64_t)0 - tr_limbs_sub(2 * n, out, a, b);
#pragma GCC unroll 12
    for (unsigned i = 0; i < n; i++) back[i] = p[i] & mask;
    (void)tr_limbs_add(n, out + n, out + n, back);
}

/* n limbs, what is carried out being lost. */
static TR_FIELD_INLINE void tr_limbs_add_lazy(unsigned n, uint64_t *out, const uint64_t *a,
                                              const uint64_t *b)
{
#if TR_FIELD_MULX
    if (n == 4) {
        tr_mulx_add_lazy_4(out, a, b);
        return;
    }
    if (n == 6) {
        tr_mulx_add_lazy_6(out, a, b);
        return;
    }
    if (n == 8) {
        tr_mulx_add_lazy_8(out, a, b);
        return;
    }
    if (n == 12) {
        tr_mulx_add_lazy_12(out, a, b);
        return;
    }
#endif
    (void)tr_limbs_add(n, out, a, b);
}

static TR_FIELD_INLINE void tr_limbs_sub_lazy(unsigned n, uint64_t *out, const uint64_t *a,
                                              const uint64_t *b)
{
#if TR_FIELD_MULX
    if (n == 8) {
        tr_mulx_sub_lazy_8(out, a, b);
        return;
    }
    if (n == 12) {
        tr_mulx_sub_lazy_12(out, a, b);
        return;
    }
#endif
    (void)tr_limbs_sub(n, out, a, b);
}

#endif
