/* The products of field/modexp_internal.h, compiled for each processor: a row of limbs times one
 * limb, added to another row, and what can be made of that. */
#ifndef TR_FIELD_MODEXP_IMPL_H
#define TR_FIELD_MODEXP_IMPL_H

#include "field/divide_internal.h"
#include "field/limbs_internal.h"
#include "field/modexp_internal.h"

#if TR_FIELD_MULX

/* Four limbs at a time, n of them being left over by four: products are added along CF, the row
 * along OF, and what counts the rounds leaves both alone. */
static TR_FIELD_INLINE uint64_t row_by_four(uint64_t *t, const uint64_t *a, size_t n,
                                            uint64_t digit, uint64_t carry)
{
    uint64_t lo, hi;
    size_t rounds = n / 4;
    __asm__ volatile(
        "xorl %k[lo], %k[lo]\n"
        "1:\n\t"
        "mulxq (%[a]), %[lo], %[hi]\n\t"
        "adcxq %[carry], %[lo]\n\t"
        "adoxq (%[t]), %[lo]\n\t"
        "movq %[lo], (%[t])\n\t"
        "mulxq 8(%[a]), %[lo], %[carry]\n\t"
        "adcxq %[hi], %[lo]\n\t"
        "adoxq 8(%[t]), %[lo]\n\t"
        "movq %[lo], 8(%[t])\n\t"
        "mulxq 16(%[a]), %[lo], %[hi]\n\t"
        "adcxq %[carry], %[lo]\n\t"
        "adoxq 16(%[t]), %[lo]\n\t"
        "movq %[lo], 16(%[t])\n\t"
        "mulxq 24(%[a]), %[lo], %[carry]\n\t"
        "adcxq %[hi], %[lo]\n\t"
        "adoxq 24(%[t]), %[lo]\n\t"
        "movq %[lo], 24(%[t])\n\t"
        "leaq 32(%[a]), %[a]\n\t"
        "leaq 32(%[t]), %[t]\n\t"
        "leaq -1(%%rcx), %%rcx\n\t"
        "jrcxz 2f\n\t"
        "jmp 1b\n"
        "2:\n\t"
        "movl $0, %k[lo]\n\t"
        "adcxq %[lo], %[carry]\n\t"
        "adoxq %[lo], %[carry]"
        : [carry] "+&r"(carry), [lo] "=&r"(lo), [hi] "=&r"(hi), [a] "+&r"(a), [t] "+&r"(t),
          "+&c"(rounds)
        : "d"(digit)
        : "cc", "memory");
    return carry;
}

/* t += a * digit, n limbs; returns the limb above. */
static TR_FIELD_INLINE uint64_t row(uint64_t *t, const uint64_t *a, size_t n, uint64_t digit)
{
    uint64_t carry = 0;
    size_t odd = n % 4;
    for (size_t i = 0; i < odd; i++) t[i] = tr_limb_mul_add(a[i], digit, t[i], &carry);
    return n < 4 ? carry : row_by_four(t + odd, a + odd, n, digit, carry);
}

#else

static TR_FIELD_INLINE uint64_t row(uint64_t *t, const uint64_t *a, size_t n, uint64_t digit)
{
    uint64_t carry = 0;
#pragma GCC unroll 4
    for (size_t i = 0; i < n; i++) t[i] = tr_limb_mul_add(a[i], digit, t[i], &carry);
    return carry;
}

#endif

/* out = above:t less m, unless that is negative. */
static void less_once(size_t n, uint64_t *out, const uint64_t *t, uint64_t above, const uint64_t *m)
{
    uint64_t borrow = 0;
    for (size_t i = 0; i < n; i++) out[i] = tr_limb_sub(t[i], m[i], &borrow);
    if (borrow > above) memcpy(out, t, n * sizeof(*out));
}

/* The commonest lengths, without loops; false: n is another. */
static TR_FIELD_INLINE bool mul_short(size_t n, uint64_t *out, const uint64_t *a, const uint64_t *b,
                                      const uint64_t *m, uint64_t minus_inverse)
{
    if (n > 4) return false;
    uint64_t montgomery[5];
    memcpy(montgomery, m, n * sizeof(*m));
    montgomery[n] = minus_inverse;
    if (n == 1) tr_mont_mul(1, out, a, b, montgomery, false);
    if (n == 2) tr_mont_mul(2, out, a, b, montgomery, false);
    if (n == 3) tr_mont_mul(3, out, a, b, montgomery, false);
    if (n == 4) tr_mont_mul(4, out, a, b, montgomery, false);
    return true;
}

static inline void mul(size_t n, uint64_t *out, const uint64_t *a, const uint64_t *b,
                       const uint64_t *m, uint64_t minus_inverse, uint64_t *t)
{
    uint64_t above = 0;
    if (mul_short(n, out, a, b, m, minus_inverse)) return;
    memset(t, 0, n * sizeof(*t));
    for (size_t i = 0; i < n; i++) {
        uint64_t high = row(t + i, a, n, b[i]);
        uint64_t fold = row(t + i, m, n, t[i] * minus_inverse);
        t[i + n] = tr_limb_add(high, fold, &above);
    }
    less_once(n, out, t + n, above, m);
}

/* t = a a, 2 n limbs: the products of different limbs, twice that, and the squares. */
static inline void wide_sqr(size_t n, uint64_t *t, const uint64_t *a)
{
    uint64_t carry = 0, bit = 0;
    memset(t, 0, n * sizeof(*t));
    for (size_t i = 0; i < n; i++) t[i + n] = row(t + 2 * i + 1, a + i + 1, n - 1 - i, a[i]);
    for (size_t i = 0; i < n; i++) {
        uint64_t low = t[2 * i], high = t[2 * i + 1], square_high = 0;
        uint64_t square = tr_limb_mul_add(a[i], a[i], 0, &square_high);
        t[2 * i] = tr_limb_add(low << 1 | bit, square, &carry);
        t[2 * i + 1] = tr_limb_add(high << 1 | low >> 63, square_high, &carry);
        bit = high >> 63;
    }
}

static inline void wide_mul(size_t n, uint64_t *t, const uint64_t *a, const uint64_t *b)
{
    memset(t, 0, n * sizeof(*t));
    for (size_t i = 0; i < n; i++) t[i + n] = row(t + i, a, n, b[i]);
}

static inline void sqr(size_t n, uint64_t *out, const uint64_t *a, const uint64_t *m,
                       uint64_t minus_inverse, uint64_t *t)
{
    uint64_t above = 0;
    if (mul_short(n, out, a, a, m, minus_inverse)) return;
    wide_sqr(n, t, a);
    for (size_t i = 0; i < n; i++) {
        uint64_t fold = row(t + i, m, n, t[i] * minus_inverse);
        t[i + n] = tr_limb_add(t[i + n], fold, &above);
    }
    less_once(n, out, t + n, above, m);
}

static inline void mul_low(size_t n, uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    memset(out, 0, n * sizeof(*out));
    for (size_t i = 0; i < n; i++)
        if (b[i] != 0) (void)row(out + i, a, n - i, b[i]);
}

/* Multiples of m are added that clear one limb after the other. */
static inline void divide_low(size_t n, uint64_t *quotient, uint64_t *a, const uint64_t *m,
                              uint64_t minus_inverse)
{
    for (size_t i = 0; i < n; i++) {
        quotient[i] = a[i] * minus_inverse;
        (void)row(a + i, m, n - i, quotient[i]);
    }
}

static inline void leave(size_t n, uint64_t *a, const uint64_t *m, uint64_t minus_inverse,
                         uint64_t *t)
{
    uint64_t above = 0;
    memcpy(t, a, n * sizeof(*t));
    memset(t + n, 0, n * sizeof(*t));
    for (size_t i = 0; i < n; i++) {
        uint64_t fold = row(t + i, m, n, t[i] * minus_inverse);
        t[i + n] = tr_limb_add(t[i + n], fold, &above);
    }
    less_once(n, a, t + n, above, m);
}

/* Long division: of each quotient limb what three limbs by two say, which is right or one too many.
 * Instead of its multiple of d that of minus_d is added, and a limb above taken away. */
static inline void divide(size_t n, uint64_t *a, size_t len, const uint64_t *d,
                          const uint64_t *minus_d)
{
    uint64_t d1 = d[n - 1], d0 = d[n - 2], v = tr_limb_reciprocal_2(d1, d0);
    for (size_t i = len - n; i-- > 0;) {
        uint64_t *at = a + i, q = UINT64_MAX, carry = 0;
        tr_two_limbs rest, high = tr_limb_pair(at[n], at[n - 1]);
        if (high < tr_limb_pair(d1, d0)) q = tr_limb_div_3by2(high, at[n - 2], d1, d0, v, &rest);
        at[n] += row(at, minus_d, n, q) - q;
        if (TR_LIKELY(at[n] == 0)) continue;
        for (size_t k = 0; k < n; k++) at[k] = tr_limb_add(at[k], d[k], &carry);
        at[n] += carry;
    }
}

#endif
