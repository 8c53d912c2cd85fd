/* Points of secp256k1 in eight lanes: doubling and mixed addition in Jacobian coordinates, and the
 * affine addition whose inversions the caller shares among many. */
#ifndef TR_CURVE_K1_GROUP_AVX512_H
#define TR_CURVE_K1_GROUP_AVX512_H

#include "curve/k1_field_avx512.h"

/* Weak coordinates. */
typedef struct k1_affine {
    k1_fe x, y;
} k1_affine;

typedef struct k1_jacobian {
    k1_fe x, y, z;
} k1_jacobian;

/* Multiples of p from which sums of products can be subtracted limb by limb: 8 times a square, and
 * a product (of weak numbers). */
static const uint64_t k1_above_8_squares[10] = {
    0x80e0f7efc3d4bef, 0x80ff7ffffdd777f, 0x80ff7ffffe1777f, 0x80ff7ffffe1777f, 0x800f7ffffe1777f,
    0x800000000000000, 0x800000000000000, 0x800000000000000, 0x800000000000000, 0x4000000000000};
static const uint64_t k1_above_product[10] = {
    0x10e167efc5802ef, 0x10ffefffff82eef, 0x10ffefffffc2eef, 0x10ffefffffc2eef, 0x100fefffffc2eef,
    0x100000000000000, 0x100000000000000, 0x100000000000000, 0x100000000000000, 0x4000000000000};

/* t = above - t * 2^shift */
K1_INLINE void k1_wide_negate(k1_wide *t, const uint64_t above[10], unsigned shift)
{
#pragma GCC unroll 10
    for (int i = 0; i < 10; i++)
        t->c[i] = k1_sub64(k1_all(above[i]), _mm512_slli_epi64(t->c[i], shift));
}

/* p = 2 p:  a = y^2, m = 3 x^2, s = 4 x a;  x' = m^2 - 2 s, y' = m (s - x') - 8 a^2, z' = 2 y z.
 * The two products of y' are reduced together. */
K1_INLINE void k1_double(k1_jacobian *p)
{
    k1_fe a, m, s, minus, difference;
    k1_wide t;
    k1_sqr(&a, &p->y);
    k1_wide_sqr(&t, &p->x);
    k1_reduce(&m, &t, 3);
    k1_wide_zero(&t);
    k1_wide_mul(&t, &p->x, &a);
    k1_reduce(&s, &t, 4);
    k1_wide_zero(&t);
    k1_wide_mul(&t, &p->y, &p->z);
    k1_reduce(&p->z, &t, 2);
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++)
        minus.l[i] = k1_sub64(k1_sub64(k1_all(4 * k1_p[i]), s.l[i]), s.l[i]);
    k1_sqr_add(&p->x, &m, &minus);
    k1_sub(&difference, &s, &p->x, 2);
    k1_wide_sqr(&t, &a);
    k1_wide_negate(&t, k1_above_8_squares, 3);
    k1_wide_mul(&t, &m, &difference);
    k1_reduce(&p->y, &t, 1);
}

/* p = p + q.  Where p and q are equal or opposite z becomes 0, and stays it ever after. */
K1_INLINE void k1_add_mixed(k1_jacobian *p, const k1_affine *q)
{
    k1_fe zz, zzz, h, r, hh, hhh, v, minus, difference;
    k1_wide t;
    k1_sqr(&zz, &p->z);
    k1_neg_raw(&minus, &p->x, 2);
    k1_mul_add(&h, &q->x, &zz, &minus);
    k1_mul(&zzz, &zz, &p->z);
    k1_neg_raw(&minus, &p->y, 2);
    k1_mul_add(&r, &q->y, &zzz, &minus);
    k1_sqr(&hh, &h);
    k1_mul(&p->z, &p->z, &h);
    k1_mul(&hhh, &hh, &h);
    k1_mul(&v, &p->x, &hh);
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) {
        __m512i twice = k1_add64(v.l[i], v.l[i]);
        minus.l[i] = k1_sub64(k1_sub64(k1_all(8 * k1_p[i]), hhh.l[i]), twice);
    }
    k1_sqr_add(&p->x, &r, &minus);
    k1_sub(&difference, &v, &p->x, 2);
    k1_wide_zero(&t);
    k1_wide_mul(&t, &p->y, &hhh);
    k1_wide_negate(&t, k1_above_product, 0);
    k1_wide_mul(&t, &r, &difference);
    k1_reduce(&p->y, &t, 1);
}

/* The sum of two affine points on the line of this slope: x' = slope^2 - x1 - x2, y' = slope
 * (x1 - x') - y1.  y1 may be raw below 2 p. */
K1_INLINE void k1_add_on_line(k1_affine *out, const k1_fe *slope, const k1_fe *x1, const k1_fe *x2,
                              const k1_fe *y1)
{
    k1_fe minus, difference, x;
    k1_neg_raw(&minus, x1, 4);
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++) minus.l[i] = k1_sub64(minus.l[i], x2->l[i]);
    k1_sqr_add(&x, slope, &minus);
    k1_sub(&difference, x1, &x, 2);
    k1_neg_raw(&minus, y1, 4);
    out->x = x;
    k1_mul_add(&out->y, slope, &difference, &minus);
}

#endif
