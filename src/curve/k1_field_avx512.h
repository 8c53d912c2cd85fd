/* secp256k1's coordinates in eight lanes: numbers modulo p = 2^256 - 2^32 - 977, one in each lane
 * of five registers, 52 bits to a limb, for the multiply-add of AVX512-IFMA.
 *
 * That instruction reads the low 52 bits of a limb and ignores the rest, so the operands of a
 * product must have been carried.  The contracts below speak of
 *
 *   weak   limbs below 2^52, value below 2^256 + 2^217: what every product gives; its top limb is
 *          below 2^48 + 2^9
 *   loose  limbs below 2^52, value below 8 p: also good for a product
 *   raw    limbs below 2^55, not carried: good only as something to add or subtract
 *
 * Additions and subtractions ride along with a product: they go into its sum before the one carry
 * that is needed anyway.  Public data only. */
#ifndef TR_CURVE_K1_FIELD_AVX512_H
#define TR_CURVE_K1_FIELD_AVX512_H

#include <immintrin.h>
#include <stdint.h>

#define K1_INLINE static inline __attribute__((always_inline))

typedef struct k1_fe {
    __m512i l[5];
} k1_fe;

/* The sum of products, before it is reduced: limbs below 2^61, value below 2^520. */
typedef struct k1_wide {
    __m512i c[10];
} k1_wide;

#define K1_MASK52  0xfffffffffffffULL
#define K1_MASK48  0xffffffffffffULL
#define K1_FOLD256 0x1000003d1ULL  /* 2^256 mod p */
#define K1_FOLD260 0x1000003d10ULL /* 2^260 mod p */

static const uint64_t k1_p[5] = {0xffffefffffc2f, 0xfffffffffffff, 0xfffffffffffff, 0xfffffffffffff,
                                 0xffffffffffff};

K1_INLINE __m512i k1_all(uint64_t x)
{
    return _mm512_set1_epi64((long long)x);
}

K1_INLINE __m512i k1_add64(__m512i a, __m512i b)
{
    return _mm512_add_epi64(a, b);
}

K1_INLINE __m512i k1_sub64(__m512i a, __m512i b)
{
    return _mm512_sub_epi64(a, b);
}

K1_INLINE __m512i k1_low(__m512i acc, __m512i a, __m512i b)
{
    return _mm512_madd52lo_epu64(acc, a, b);
}

K1_INLINE __m512i k1_high(__m512i acc, __m512i a, __m512i b)
{
    return _mm512_madd52hi_epu64(acc, a, b);
}

K1_INLINE void k1_fe_set(k1_fe *out, const uint64_t limbs[5])
{
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) out->l[i] = k1_all(limbs[i]);
}

/* Limbs of any size below 2^63 are carried into the next; the top limb takes what comes. */
K1_INLINE void k1_carry(k1_fe *a)
{
    const __m512i mask = k1_all(K1_MASK52);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        a->l[i + 1] = k1_add64(a->l[i + 1], _mm512_srli_epi64(a->l[i], 52));
        a->l[i] = _mm512_and_si512(a->l[i], mask);
    }
}

/* a - b + k p, raw; limb by limb at least 0 if b is weak and k is 2, or raw below 2 p and 4. */
K1_INLINE void k1_sub_raw(k1_fe *out, const k1_fe *a, const k1_fe *b, unsigned k)
{
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++)
        out->l[i] = k1_sub64(k1_add64(a->l[i], k1_all(k * k1_p[i])), b->l[i]);
}

K1_INLINE void k1_neg_raw(k1_fe *out, const k1_fe *a, unsigned k)
{
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) out->l[i] = k1_sub64(k1_all(k * k1_p[i]), a->l[i]);
}

/* Loose. */
K1_INLINE void k1_sub(k1_fe *out, const k1_fe *a, const k1_fe *b, unsigned k)
{
    k1_sub_raw(out, a, b, k);
    k1_carry(out);
}

K1_INLINE void k1_select(k1_fe *out, __mmask8 take_b, const k1_fe *a, const k1_fe *b)
{
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) out->l[i] = _mm512_mask_mov_epi64(a->l[i], take_b, b->l[i]);
}

K1_INLINE void k1_wide_zero(k1_wide *t)
{
#pragma GCC unroll 10
    for (int i = 0; i < 10; i++) t->c[i] = _mm512_setzero_si512();
}

/* t += a b.  The low halves of a row come before its high ones, so that no sum is needed again
 * within the latency of the instruction. */
K1_INLINE void k1_wide_mul(k1_wide *t, const k1_fe *a, const k1_fe *b)
{
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) {
#pragma GCC unroll 5
        for (int j = 0; j < 5; j++) t->c[i + j] = k1_low(t->c[i + j], a->l[i], b->l[j]);
#pragma GCC unroll 5
        for (int j = 0; j < 5; j++) t->c[i + j + 1] = k1_high(t->c[i + j + 1], a->l[i], b->l[j]);
    }
}

/* t = a a: the mixed products once, doubled, and the squares. */
K1_INLINE void k1_wide_sqr(k1_wide *t, const k1_fe *a)
{
    k1_wide_zero(t);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
#pragma GCC unroll 4
        for (int j = i + 1; j < 5; j++) t->c[i + j] = k1_low(t->c[i + j], a->l[i], a->l[j]);
#pragma GCC unroll 4
        for (int j = i + 1; j < 5; j++)
            t->c[i + j + 1] = k1_high(t->c[i + j + 1], a->l[i], a->l[j]);
    }
#pragma GCC unroll 8
    for (int i = 1; i < 9; i++) t->c[i] = k1_add64(t->c[i], t->c[i]);
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) t->c[2 * i] = k1_low(t->c[2 * i], a->l[i], a->l[i]);
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) t->c[2 * i + 1] = k1_high(t->c[2 * i + 1], a->l[i], a->l[i]);
}

/* t += a, which may be raw. */
K1_INLINE void k1_wide_add(k1_wide *t, const k1_fe *a)
{
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) t->c[i] = k1_add64(t->c[i], a->l[i]);
}

/* Weak: factor * t mod p, for a factor of 1 to 4.  The high five limbs are carried (the mask is
 * left to the multiplication), folded, the bits above 256 folded, and the rest carried. */
K1_INLINE void k1_reduce(k1_fe *out, const k1_wide *wide, unsigned factor)
{
    k1_wide t = *wide;
    const __m512i fold = k1_all(factor * K1_FOLD260), fold256 = k1_all(K1_FOLD256);
    __m512i top = _mm512_setzero_si512();
#pragma GCC unroll 4
    for (int i = 5; i < 9; i++) t.c[i + 1] = k1_add64(t.c[i + 1], _mm512_srli_epi64(t.c[i], 52));
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) {
        __m512i once = t.c[i];
        if (factor == 2 || factor == 3) t.c[i] = k1_add64(t.c[i], once);
        if (factor == 3) t.c[i] = k1_add64(t.c[i], once);
        if (factor == 4) t.c[i] = _mm512_slli_epi64(once, 2);
    }
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) t.c[i] = k1_low(t.c[i], t.c[i + 5], fold);
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) t.c[i + 1] = k1_high(t.c[i + 1], t.c[i + 5], fold);
    top = k1_high(top, t.c[9], fold);
    top = k1_add64(_mm512_slli_epi64(top, 4), _mm512_srli_epi64(t.c[4], 48));
    t.c[4] = _mm512_and_si512(t.c[4], k1_all(K1_MASK48));
    t.c[0] = k1_low(t.c[0], top, fold256);
    t.c[1] = k1_high(t.c[1], top, fold256);
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) out->l[i] = t.c[i];
    k1_carry(out);
}

/* Products of loose numbers; weak. */
K1_INLINE void k1_mul(k1_fe *out, const k1_fe *a, const k1_fe *b)
{
    k1_wide t;
    k1_wide_zero(&t);
    k1_wide_mul(&t, a, b);
    k1_reduce(out, &t, 1);
}

/* a b + c, where c may be raw. */
K1_INLINE void k1_mul_add(k1_fe *out, const k1_fe *a, const k1_fe *b, const k1_fe *c)
{
    k1_wide t;
    k1_wide_zero(&t);
    k1_wide_add(&t, c);
    k1_wide_mul(&t, a, b);
    k1_reduce(out, &t, 1);
}

K1_INLINE void k1_sqr(k1_fe *out, const k1_fe *a)
{
    k1_wide t;
    k1_wide_sqr(&t, a);
    k1_reduce(out, &t, 1);
}

K1_INLINE void k1_sqr_add(k1_fe *out, const k1_fe *a, const k1_fe *c)
{
    k1_wide t;
    k1_wide_sqr(&t, a);
    k1_wide_add(&t, c);
    k1_reduce(out, &t, 1);
}

K1_INLINE void k1_fe_one(k1_fe *out)
{
    out->l[0] = k1_all(1);
#pragma GCC unroll 4
    for (int i = 1; i < 5; i++) out->l[i] = _mm512_setzero_si512();
}

/* Which lanes of a weak number are 0 modulo p: it can be only 0 or p itself. */
K1_INLINE __mmask8 k1_is_zero(const k1_fe *a)
{
    __m512i zero = a->l[0], modulus = _mm512_xor_si512(a->l[0], k1_all(k1_p[0]));
#pragma GCC unroll 4
    for (int i = 1; i < 5; i++) {
        zero = _mm512_or_si512(zero, a->l[i]);
        modulus = _mm512_or_si512(modulus, _mm512_xor_si512(a->l[i], k1_all(k1_p[i])));
    }
    return (__mmask8)(_mm512_testn_epi64_mask(zero, zero) |
                      _mm512_testn_epi64_mask(modulus, modulus));
}

/* The one number below p, of any carried number below 2 p. */
K1_INLINE void k1_canonical(k1_fe *a)
{
    k1_fe t = *a;
    t.l[0] = k1_add64(t.l[0], k1_all(K1_FOLD256));
    k1_carry(&t);
    __mmask8 over = _mm512_cmpge_epu64_mask(t.l[4], k1_all(K1_MASK48 + 1));
    t.l[4] = _mm512_and_si512(t.l[4], k1_all(K1_MASK48));
    k1_select(a, over, a, &t);
}

/* Four words of 64 bits in each lane, least significant first, to limbs and back. */
K1_INLINE void k1_of_words(k1_fe *out, const __m512i w[4])
{
    const __m512i mask = k1_all(K1_MASK52);
    out->l[0] = _mm512_and_si512(w[0], mask);
#pragma GCC unroll 3
    for (unsigned i = 1; i < 4; i++)
        out->l[i] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w[i - 1], 64 - 12 * i),
                                                     _mm512_slli_epi64(w[i], 12 * i)),
                                     mask);
    out->l[4] = _mm512_srli_epi64(w[3], 16);
}

K1_INLINE void k1_to_words(__m512i w[4], const k1_fe *a)
{
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; i++)
        w[i] = _mm512_or_si512(_mm512_srli_epi64(a->l[i], 12 * i),
                               _mm512_slli_epi64(a->l[i + 1], 52 - 12 * i));
}

/* Square roots of two numbers at once (the chain of squarings is bound by latency): a to the power
 * of (p + 1) / 4, which has blocks of 223, 22 and 2 ones.  Whether they are roots is for the caller
 * to see. */
typedef struct k1_two {
    k1_fe v[2];
} k1_two;

static inline void k1_two_sqr(k1_two *a, unsigned times)
{
    k1_two t = *a;
    for (unsigned i = 0; i < times; i++) {
        k1_sqr(&t.v[0], &t.v[0]);
        k1_sqr(&t.v[1], &t.v[1]);
    }
    *a = t;
}

/* a = a^(2^times) b */
static inline void k1_two_step(k1_two *a, unsigned times, const k1_two *b)
{
    k1_two_sqr(a, times);
    k1_mul(&a->v[0], &a->v[0], &b->v[0]);
    k1_mul(&a->v[1], &a->v[1], &b->v[1]);
}

static __attribute__((noinline, unused)) void k1_two_sqrt(k1_two *a)
{
    const k1_two x1 = *a;
    k1_two x2 = x1, x3, x22, x44, x88, t;
    k1_two_step(&x2, 1, &x1);
    x3 = x2;
    k1_two_step(&x3, 1, &x1);
    t = x3;
    k1_two_step(&t, 3, &x3); /* 6 ones */
    k1_two_step(&t, 3, &x3); /* 9 */
    k1_two_step(&t, 2, &x2); /* 11 */
    x22 = t;
    k1_two_step(&x22, 11, &t);
    x44 = x22;
    k1_two_step(&x44, 22, &x22);
    x88 = x44;
    k1_two_step(&x88, 44, &x44);
    t = x88;
    k1_two_step(&t, 88, &x88); /* 176 */
    k1_two_step(&t, 44, &x44); /* 220 */
    k1_two_step(&t, 3, &x3);   /* 223 */
    k1_two_step(&t, 23, &x22);
    k1_two_step(&t, 6, &x2);
    k1_two_sqr(&t, 2);
    *a = t;
}

#endif
