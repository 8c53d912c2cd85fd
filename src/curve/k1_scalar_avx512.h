/* Numbers modulo secp256k1's order n in eight lanes: Montgomery products with 2^260, and the
 * split of a factor into two halves (GLV).  Limbs as in k1_field_avx512.h.  Public data only. */
#ifndef TR_CURVE_K1_SCALAR_AVX512_H
#define TR_CURVE_K1_SCALAR_AVX512_H

#include "curve/k1_field_avx512.h"

static const uint64_t k1_n[5] = {0x25e8cd0364141, 0xe6af48a03bbfd, 0xffffffebaaedc, 0xfffffffffffff,
                                 0xffffffffffff};
static const uint64_t k1_n_r2[5] = {0xe180c268b3b23, 0x94fd6e33e4c8e, 0xd07c73b975948,
                                    0xc5e697f5e45bc, 0x671cd581c69b}; /* 2^520 mod n */
#define K1_N_MINUS_INVERSE 0xdff665588b13fULL                         /* -1/n mod 2^52 */

/* a b / 2^260 mod n, below 2 n, of carried numbers below 4 n. */
K1_INLINE void k1_n_mul(k1_fe *out, const k1_fe *a, const k1_fe *b)
{
    k1_wide t;
    k1_wide_zero(&t);
    k1_wide_mul(&t, a, b);
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) {
        __m512i q = k1_low(_mm512_setzero_si512(), t.c[i], k1_all(K1_N_MINUS_INVERSE));
#pragma GCC unroll 5
        for (int j = 0; j < 5; j++) t.c[i + j] = k1_low(t.c[i + j], q, k1_all(k1_n[j]));
#pragma GCC unroll 5
        for (int j = 0; j < 5; j++) t.c[i + j + 1] = k1_high(t.c[i + j + 1], q, k1_all(k1_n[j]));
        t.c[i + 1] = k1_add64(t.c[i + 1], _mm512_srli_epi64(t.c[i], 52));
    }
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) out->l[i] = t.c[i + 5];
    k1_carry(out);
}

/* Carries limbs that may be negative; the top limb keeps the sign. */
K1_INLINE void k1_carry_signed(__m512i *l, int count)
{
    for (int i = 0; i < count - 1; i++) {
        l[i + 1] = k1_add64(l[i + 1], _mm512_srai_epi64(l[i], 52));
        l[i] = _mm512_and_si512(l[i], k1_all(K1_MASK52));
    }
}

/* The one number below n, of one below 2 n. */
K1_INLINE void k1_n_canonical(k1_fe *a)
{
    k1_fe t;
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) t.l[i] = k1_sub64(a->l[i], k1_all(k1_n[i]));
    k1_carry_signed(t.l, 5);
    k1_select(a, (__mmask8)~_mm512_movepi64_mask(t.l[4]), a, &t);
}

/* A half: an absolute value below 2^128 in three limbs, and its sign. */
typedef struct k1_half {
    __m512i l[3];
    __mmask8 minus;
} k1_half;

/* The short vectors (a1, b1), (a2, b2 = a1) of the lattice of all (x, y) with x + y lambda = 0, and
 * 2^384 b2 / n, -2^384 b1 / n to find the nearest. */
static const uint64_t k1_g1[5] = {0x3209a45dbb031, 0x1471e8ca7fe89, 0x284eb153daa8a,
                                  0x6bcde86c90e49, 0x3086d221a7d4};
static const uint64_t k1_g2[5] = {0x1b4ae8ac47f71, 0xac9df506c6157, 0xabfe4c4221208,
                                  0x88286f547fa90, 0xe4437ed6010e};
static const uint64_t k1_a1[3] = {0xc90e49284eb15, 0x21a7d46bcde86, 0x3086d2};
static const uint64_t k1_minus_b1[3] = {0x47fa90abfe4c3, 0xd6010e88286f5, 0xe4437e};
static const uint64_t k1_a2[3] = {0x1108d9d44cfd8, 0xf7a8e2f3f657c, 0x114ca50};

/* k g / 2^384, rounded: three limbs. */
K1_INLINE void k1_nearest(__m512i out[3], const k1_fe *k, const uint64_t g[5])
{
    k1_fe factor;
    k1_wide t;
    k1_fe_set(&factor, g);
    k1_wide_zero(&t);
    k1_wide_mul(&t, k, &factor);
    t.c[7] = k1_add64(t.c[7], k1_all(1ULL << 19));
#pragma GCC unroll 9
    for (int i = 0; i < 9; i++) {
        t.c[i + 1] = k1_add64(t.c[i + 1], _mm512_srli_epi64(t.c[i], 52));
        t.c[i] = _mm512_and_si512(t.c[i], k1_all(K1_MASK52));
    }
#pragma GCC unroll 2
    for (int i = 0; i < 2; i++)
        out[i] = _mm512_and_si512(
            _mm512_or_si512(_mm512_srli_epi64(t.c[7 + i], 20), _mm512_slli_epi64(t.c[8 + i], 32)),
            k1_all(K1_MASK52));
    out[2] = _mm512_srli_epi64(t.c[9], 20);
}

/* out += a b mod 2^156, not carried. */
K1_INLINE void k1_low_product(__m512i out[3], const __m512i a[3], const uint64_t b[3])
{
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) {
#pragma GCC unroll 3
        for (int j = 0; j < 3 - i; j++) out[i + j] = k1_low(out[i + j], a[i], k1_all(b[j]));
#pragma GCC unroll 2
        for (int j = 0; j < 2 - i; j++)
            out[i + j + 1] = k1_high(out[i + j + 1], a[i], k1_all(b[j]));
    }
}

/* The sign and absolute value of plus - minus, a number of 156 bits with a sign. */
K1_INLINE void k1_half_of(k1_half *out, const __m512i plus[3], const __m512i minus[3])
{
    __m512i t[3];
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) t[i] = k1_sub64(plus[i], minus[i]);
    k1_carry_signed(t, 3);
    out->minus = _mm512_test_epi64_mask(t[2], k1_all(1ULL << 51));
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++)
        out->l[i] = _mm512_mask_sub_epi64(t[i], out->minus, _mm512_setzero_si512(), t[i]);
    k1_carry_signed(out->l, 3);
    out->l[2] = _mm512_and_si512(out->l[2], k1_all(K1_MASK52));
}

/* k = first + lambda second (mod n), both below 2^128 in absolute value; k below n. */
K1_INLINE void k1_split(k1_half *first, k1_half *second, const k1_fe *k)
{
    __m512i c1[3], c2[3], plus[3], minus[3];
    const __m512i zero = _mm512_setzero_si512();
    k1_nearest(c1, k, k1_g1);
    k1_nearest(c2, k, k1_g2);
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) minus[i] = zero;
    k1_low_product(minus, c1, k1_a1);
    k1_low_product(minus, c2, k1_a2);
    k1_half_of(first, k->l, minus);
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) plus[i] = minus[i] = zero;
    k1_low_product(plus, c1, k1_minus_b1);
    k1_low_product(minus, c2, k1_a1);
    k1_half_of(second, plus, minus);
}

#endif
