/* Division of two limbs by one and of three by two, by multiplication with a reciprocal, after
 * N. Moeller and T. Granlund, "Improved division by invariant integers" (2011).  Divisors are
 * normalized: their top bit is set. */
#ifndef TR_FIELD_DIVIDE_INTERNAL_H
#define TR_FIELD_DIVIDE_INTERNAL_H

#include <stdint.h>

#include "base/base.h"

#define TR_FIELD_INLINE inline __attribute__((always_inline))
#define TR_FIELD_CALL   __attribute__((noinline))

typedef unsigned __int128 tr_two_limbs;

static inline tr_two_limbs tr_limb_pair(uint64_t high, uint64_t low)
{
    return (tr_two_limbs)high << 64 | low;
}

static inline uint64_t tr_limb_high(tr_two_limbs x)
{
    return (uint64_t)(x >> 64);
}

/* The upper limb of high:low shifted left by n < 64. */
static inline uint64_t tr_limb_shift_up(uint64_t high, uint64_t low, unsigned n)
{
    return n == 0 ? high : high << n | low >> (64 - n);
}

/* tr_limb_reciprocal is floor((2^128 - 1) / d) - 2^64. */
static inline uint64_t tr_limb_reciprocal_portable(uint64_t d)
{
    /* Each line doubles the bits that are right: 11, 21, 34, 65 and the last unit. */
    uint64_t odd = d & 1, top40 = (d >> 24) + 1, half = (d >> 1) + odd;
    uint64_t v0 = (uint64_t)(0x7fd00u / (uint32_t)(d >> 55));
    uint64_t v1 = (v0 << 11) - (v0 * v0 * top40 >> 40) - 1;
    uint64_t v2 = (v1 << 13) + (v1 * (((uint64_t)1 << 60) - v1 * top40) >> 47);
    uint64_t e = ((v2 >> 1) & (0 - odd)) - v2 * half;
    uint64_t v3 = (v2 << 31) + (tr_limb_high((tr_two_limbs)v2 * e) >> 1);
    return v3 - tr_limb_high((tr_two_limbs)v3 * d + d) - d;
}

#if defined(__x86_64__)
/* tr_limb_div_hard is the processor's own division; high must be below d. */
static inline uint64_t tr_limb_div_hard(uint64_t high, uint64_t low, uint64_t d, uint64_t *rest)
{
    uint64_t q;
    __asm__("divq %4" : "=a"(q), "=d"(*rest) : "0"(low), "1"(high), "r"(d) : "cc");
    return q;
}

static inline uint64_t tr_limb_reciprocal(uint64_t d)
{
    uint64_t rest;
    return tr_limb_div_hard(~d, UINT64_MAX, d, &rest);
}
#else
static inline uint64_t tr_limb_reciprocal(uint64_t d)
{
    return tr_limb_reciprocal_portable(d);
}
#endif

/* tr_limb_reciprocal_2 is floor((2^192 - 1) / (d1:d0)) - 2^64. */
static inline uint64_t tr_limb_reciprocal_2(uint64_t d1, uint64_t d0)
{
    /* Branches: a divisor often comes again, and then they are foreseen. */
    uint64_t v = tr_limb_reciprocal(d1);
    uint64_t p = d1 * v + d0;
    if (p < d0) {
        v--;
        if (p >= d1) {
            v--;
            p -= d1;
        }
        p -= d1;
    }
    tr_two_limbs t = (tr_two_limbs)v * d0;
    p += tr_limb_high(t);
    if (p < tr_limb_high(t)) {
        v--;
        if (tr_limb_pair(p, (uint64_t)t) >= tr_limb_pair(d1, d0)) v--;
    }
    return v;
}

/* tr_limb_div_2by1 divides high:low by d with its reciprocal v; high must be below d. */
static inline uint64_t tr_limb_div_2by1(uint64_t high, uint64_t low, uint64_t d, uint64_t v,
                                        uint64_t *rest)
{
    tr_two_limbs q = (tr_two_limbs)v * high + tr_limb_pair(high, low);
    uint64_t q1 = tr_limb_high(q) + 1;
    uint64_t r = low - q1 * d;
    uint64_t over = (uint64_t)0 - (uint64_t)(r > (uint64_t)q);
    q1 += over;
    r += over & d;
    if (TR_UNLIKELY(r >= d)) {
        q1++;
        r -= d;
    }
    *rest = r;
    return q1;
}

/* tr_limb_div_3by2 divides high:low by d1:d0 with its reciprocal v; high, the upper two of three
 * limbs, must be below d1:d0. */
static inline uint64_t tr_limb_div_3by2(tr_two_limbs high, uint64_t low, uint64_t d1, uint64_t d0,
                                        uint64_t v, tr_two_limbs *rest)
{
    tr_two_limbs d = tr_limb_pair(d1, d0);
    tr_two_limbs q = (tr_two_limbs)v * tr_limb_high(high) + high;
    uint64_t q1 = tr_limb_high(q);
    uint64_t r1 = (uint64_t)high - q1 * d1;
    tr_two_limbs r = tr_limb_pair(r1, low) - (tr_two_limbs)q1 * d0 - d;
    uint64_t over = (uint64_t)0 - (uint64_t)(tr_limb_high(r) >= (uint64_t)q);
    q1 += 1 + over;
    r += tr_limb_pair(over & d1, over & d0);
    if (TR_UNLIKELY(r >= d)) {
        q1++;
        r -= d;
    }
    *rest = r;
    return q1;
}

#endif
