/* The template of a tower over a prime field whose modulus is 3 modulo 4 and leaves its top two
 * bits free: field/tower.h says what it gives.  TR_TOWER is the prefix, TR_TOWER_FP the prime
 * field, TR_TOWER_XI the real part of xi = TR_TOWER_XI + u (1 or 9).  All three are undefined at
 * the end.
 *
 * Products are kept without reduction (F_wide, below p R) through sums in a whole coefficient of
 * the cubic extension, after D. Aranha et al., "Faster explicit formulas for computing pairings
 * over ordinary curves" (2010). */
#ifndef TR_FIELD_TOWER_IMPL_H
#define TR_FIELD_TOWER_IMPL_H

#include "field/prime.h"

#endif

#ifdef TR_TOWER
#define TR_T(name)  TR_PASTE(TR_TOWER, name)
#define TR_FP       TR_TOWER_FP
#define TR_P(name)  TR_PASTE(TR_TOWER_FP, name)
#define TR_WIDE     TR_P(wide)
#define TR_FP2      TR_T(fp2)
#define TR_2(name)  TR_PASTE(TR_FP2, name)
#define TR_FP6      TR_T(fp6)
#define TR_6(name)  TR_PASTE(TR_FP6, name)
#define TR_FP12     TR_T(fp12)
#define TR_12(name) TR_PASTE(TR_FP12, name)

/* Fp2 = Fp[u] / (u^2 + 1) */
typedef struct TR_2(wide) {
    TR_WIDE c0, c1;
} TR_2(wide);

static inline bool TR_2(is_zero)(const TR_FP2 *a)
{
    return TR_P(is_zero)(&a->c0) && TR_P(is_zero)(&a->c1);
}

static inline bool TR_2(eq)(const TR_FP2 *a, const TR_FP2 *b)
{
    return TR_P(eq)(&a->c0, &b->c0) && TR_P(eq)(&a->c1, &b->c1);
}

static inline void TR_2(select)(TR_FP2 *out, const TR_FP2 *a, const TR_FP2 *b, bool take_b)
{
    TR_P(select)(&out->c0, &a->c0, &b->c0, take_b);
    TR_P(select)(&out->c1, &a->c1, &b->c1, take_b);
}

static inline void TR_2(add)(TR_FP2 *out, const TR_FP2 *a, const TR_FP2 *b)
{
    TR_P(add)(&out->c0, &a->c0, &b->c0);
    TR_P(add)(&out->c1, &a->c1, &b->c1);
}

static inline void TR_2(double)(TR_FP2 *out, const TR_FP2 *a)
{
    TR_2(add)(out, a, a);
}

static inline void TR_2(sub)(TR_FP2 *out, const TR_FP2 *a, const TR_FP2 *b)
{
    TR_P(sub)(&out->c0, &a->c0, &b->c0);
    TR_P(sub)(&out->c1, &a->c1, &b->c1);
}

static inline void TR_2(neg)(TR_FP2 *out, const TR_FP2 *a)
{
    TR_P(neg)(&out->c0, &a->c0);
    TR_P(neg)(&out->c1, &a->c1);
}

static inline void TR_2(conj)(TR_FP2 *out, const TR_FP2 *a)
{
    out->c0 = a->c0;
    TR_P(neg)(&out->c1, &a->c1);
}

static inline void TR_2(halve)(TR_FP2 *out, const TR_FP2 *a)
{
    TR_P(halve)(&out->c0, &a->c0);
    TR_P(halve)(&out->c1, &a->c1);
}

/* By xi: (X a0 - a1) + (X a1 + a0) u. */
static inline void TR_2(mul_xi)(TR_FP2 *out, const TR_FP2 *a)
{
    TR_FP2 x = *a, t = x;
    if (TR_TOWER_XI == 9) {
        for (unsigned i = 0; i < 3; i++) TR_2(double)(&t, &t);
        TR_2(add)(&t, &t, &x);
    }
    TR_P(sub)(&out->c0, &t.c0, &x.c1);
    TR_P(add)(&out->c1, &t.c1, &x.c0);
}

/* Karatsuba: three products without reduction, each below p R since 4 p is below R. */
static TR_FIELD_INLINE void TR_2(wide_mul_inline)(TR_2(wide) * out, const TR_FP2 *a,
                                                  const TR_FP2 *b)
{
    TR_FP sum_a TR_FIELD_UNSET, sum_b TR_FIELD_UNSET;
    TR_WIDE low TR_FIELD_UNSET, high TR_FIELD_UNSET, both TR_FIELD_UNSET;
    TR_P(add_lazy)(&sum_a, &a->c0, &a->c1);
    TR_P(add_lazy)(&sum_b, &b->c0, &b->c1);
    TR_P(wide_mul_inline)(&both, &sum_a, &sum_b);
    TR_P(wide_mul_inline)(&low, &a->c0, &b->c0);
    TR_P(wide_mul_inline)(&high, &a->c1, &b->c1);
    TR_P(wide_sub_lazy)(&both, &both, &low);
    TR_P(wide_sub_lazy)(&out->c1, &both, &high);
    TR_P(wide_sub)(&out->c0, &low, &high);
}

TR_FIELD_SHARED void TR_2(wide_mul)(TR_2(wide) * out, const TR_FP2 *a, const TR_FP2 *b)
{
    TR_2(wide_mul_inline)(out, a, b);
}

static inline void TR_2(wide_add)(TR_2(wide) * out, const TR_2(wide) * a, const TR_2(wide) * b)
{
    TR_P(wide_add)(&out->c0, &a->c0, &b->c0);
    TR_P(wide_add)(&out->c1, &a->c1, &b->c1);
}

static inline void TR_2(wide_sub)(TR_2(wide) * out, const TR_2(wide) * a, const TR_2(wide) * b)
{
    TR_P(wide_sub)(&out->c0, &a->c0, &b->c0);
    TR_P(wide_sub)(&out->c1, &a->c1, &b->c1);
}

static inline void TR_2(wide_mul_xi)(TR_2(wide) * out, const TR_2(wide) * a)
{
    TR_2(wide) x = *a, t = x;
    if (TR_TOWER_XI == 9) {
        for (unsigned i = 0; i < 3; i++) TR_2(wide_add)(&t, &t, &t);
        TR_2(wide_add)(&t, &t, &x);
    }
    TR_P(wide_sub)(&out->c0, &t.c0, &x.c1);
    TR_P(wide_add)(&out->c1, &t.c1, &x.c0);
}

static inline void TR_2(redc)(TR_FP2 *out, const TR_2(wide) * a)
{
    TR_P(redc)(&out->c0, &a->c0);
    TR_P(redc)(&out->c1, &a->c1);
}

TR_FIELD_SHARED void TR_2(mul)(TR_FP2 *out, const TR_FP2 *a, const TR_FP2 *b)
{
    TR_2(wide) product TR_FIELD_UNSET;
    TR_2(wide_mul_inline)(&product, a, b);
    TR_P(redc_inline)(&out->c0, &product.c0);
    TR_P(redc_inline)(&out->c1, &product.c1);
}

/* (a0 + a1) (a0 - a1) + 2 a0 a1 u; one factor of each product need not be reduced. */
TR_FIELD_SHARED void TR_2(sqr)(TR_FP2 *out, const TR_FP2 *a)
{
    TR_FP sum TR_FIELD_UNSET, difference TR_FIELD_UNSET, twice TR_FIELD_UNSET;
    TR_P(add_lazy)(&sum, &a->c0, &a->c1);
    TR_P(sub)(&difference, &a->c0, &a->c1);
    TR_P(add_lazy)(&twice, &a->c0, &a->c0);
    TR_P(mul_inline)(&out->c1, &a->c1, &twice);
    TR_P(mul_inline)(&out->c0, &difference, &sum);
}

static inline void TR_2(mul_fp)(TR_FP2 *out, const TR_FP2 *a, const TR_FP *b)
{
    TR_FP x = *b;
    TR_P(mul)(&out->c0, &a->c0, &x);
    TR_P(mul)(&out->c1, &a->c1, &x);
}

/* a0^2 + a1^2 */
static inline void TR_2(norm)(TR_FP *out, const TR_FP2 *a)
{
    TR_WIDE x, y;
    TR_P(wide_mul)(&x, &a->c0, &a->c0);
    TR_P(wide_mul)(&y, &a->c1, &a->c1);
    TR_P(wide_add_lazy)(&x, &x, &y);
    TR_P(redc)(out, &x);
}

TR_FIELD_SHARED void TR_2(inv)(TR_FP2 *out, const TR_FP2 *a)
{
    TR_FP norm;
    TR_2(norm)(&norm, a);
    TR_P(inv)(&norm, &norm);
    TR_2(conj)(out, a);
    TR_2(mul_fp)(out, out, &norm);
}

/* The square root by norms.  With n^2 the norm of a, t = (a0 + n) / 2 and t' = (a0 - n) / 2 have
 * t t' = -(a1 / 2)^2, so that one of them is a square x^2, and the root is x + a1 / (2 x) u.  The
 * power s = t^((p - 3) / 4) has (s t)^2 = t or -t = x^2, and in the second case a1 / (2 x) is the
 * root of t'.  s is the inverse of s t but for that sign. */
TR_FIELD_SHARED bool TR_2(sqrt)(TR_FP2 *out, const TR_FP2 *a)
{
    TR_FP n, t, s, x, other;
    uint64_t exponent[TR_COUNTOF(TR_P(root_exponent))];
    if (TR_P(is_zero)(&a->c1)) {
        if (TR_P(sqrt)(&x, &a->c0)) {
            *out = (TR_FP2){x, TR_P(zero)};
        } else {
            TR_P(neg)(&t, &a->c0);
            (void)TR_P(sqrt)(&x, &t); /* minus one is no square, so one of the two is */
            *out = (TR_FP2){TR_P(zero), x};
        }
        return true;
    }
    TR_2(norm)(&n, a);
    if (!TR_P(sqrt)(&n, &n)) return false;
    TR_P(add)(&t, &a->c0, &n);
    TR_P(halve)(&t, &t);
    memcpy(exponent, TR_P(root_exponent), sizeof(exponent));
    exponent[0]--; /* which is not 0 for these moduli */
    TR_P(pow)(&s, &t, exponent, TR_COUNTOF(exponent));
    TR_P(mul)(&x, &s, &t);
    TR_P(mul)(&other, &s, &a->c1);
    TR_P(halve)(&other, &other);
    TR_P(sqr)(&s, &x);
    if (TR_P(eq)(&s, &t)) {
        *out = (TR_FP2){x, other};
    } else {
        TR_P(neg)(&other, &other);
        *out = (TR_FP2){other, x};
    }
    return true;
}

TR_FIELD_SHARED void TR_2(pow)(TR_FP2 *out, const TR_FP2 *a, const uint64_t *exponent,
                               unsigned limbs)
{
    TR_FP2 x = {TR_P(one), TR_P(zero)}, base = *a;
    for (unsigned i = tr_power_bits(exponent, limbs); i-- > 0;) {
        TR_2(sqr)(&x, &x);
        if ((exponent[i / 64] >> (i % 64) & 1) != 0) TR_2(mul)(&x, &x, &base);
    }
    *out = x;
}

/* Each of n elements is replaced by its inverse; zeros stay. */
TR_FIELD_SHARED void TR_2(inv_many)(size_t n, TR_FP2 *a, TR_FP2 *scratch)
{
    TR_FP2 product = {TR_P(one), TR_P(zero)}, here;
    for (size_t i = 0; i < n; i++) {
        scratch[i] = product;
        if (!TR_2(is_zero)(&a[i])) TR_2(mul)(&product, &product, &a[i]);
    }
    TR_2(inv)(&product, &product);
    for (size_t i = n; i-- > 0;) {
        if (TR_2(is_zero)(&a[i])) continue;
        TR_2(mul)(&here, &product, &scratch[i]);
        TR_2(mul)(&product, &product, &a[i]);
        a[i] = here;
    }
}

/* Fp6 = Fp2[v] / (v^3 - xi) */
static inline bool TR_6(is_zero)(const TR_FP6 *a)
{
    return TR_2(is_zero)(&a->c0) && TR_2(is_zero)(&a->c1) && TR_2(is_zero)(&a->c2);
}

static inline bool TR_6(eq)(const TR_FP6 *a, const TR_FP6 *b)
{
    return TR_2(eq)(&a->c0, &b->c0) && TR_2(eq)(&a->c1, &b->c1) && TR_2(eq)(&a->c2, &b->c2);
}

static inline void TR_6(add)(TR_FP6 *out, const TR_FP6 *a, const TR_FP6 *b)
{
    TR_2(add)(&out->c0, &a->c0, &b->c0);
    TR_2(add)(&out->c1, &a->c1, &b->c1);
    TR_2(add)(&out->c2, &a->c2, &b->c2);
}

static inline void TR_6(double)(TR_FP6 *out, const TR_FP6 *a)
{
    TR_6(add)(out, a, a);
}

static inline void TR_6(sub)(TR_FP6 *out, const TR_FP6 *a, const TR_FP6 *b)
{
    TR_2(sub)(&out->c0, &a->c0, &b->c0);
    TR_2(sub)(&out->c1, &a->c1, &b->c1);
    TR_2(sub)(&out->c2, &a->c2, &b->c2);
}

static inline void TR_6(neg)(TR_FP6 *out, const TR_FP6 *a)
{
    TR_2(neg)(&out->c0, &a->c0);
    TR_2(neg)(&out->c1, &a->c1);
    TR_2(neg)(&out->c2, &a->c2);
}

/* By v: xi a2 + a0 v + a1 v^2. */
static inline void TR_6(mul_v)(TR_FP6 *out, const TR_FP6 *a)
{
    TR_FP6 x = *a;
    TR_2(mul_xi)(&out->c0, &x.c2);
    out->c1 = x.c0;
    out->c2 = x.c1;
}

static inline void TR_6(mul_fp2)(TR_FP6 *out, const TR_FP6 *a, const TR_FP2 *b)
{
    TR_FP2 x = *b;
    TR_2(mul)(&out->c0, &a->c0, &x);
    TR_2(mul)(&out->c1, &a->c1, &x);
    TR_2(mul)(&out->c2, &a->c2, &x);
}

/* (x + y) (z + t), without reduction. */
static inline void TR_2(wide_mul_sums)(TR_2(wide) * out, const TR_FP2 *x, const TR_FP2 *y,
                                       const TR_FP2 *z, const TR_FP2 *t)
{
    TR_FP2 left TR_FIELD_UNSET, right TR_FIELD_UNSET;
    TR_2(add)(&left, x, y);
    TR_2(add)(&right, z, t);
    TR_2(wide_mul)(out, &left, &right);
}

TR_FIELD_SHARED void TR_6(mul)(TR_FP6 *out, const TR_FP6 *a, const TR_FP6 *b)
{
    TR_2(wide) t0 TR_FIELD_UNSET, t1 TR_FIELD_UNSET, t2 TR_FIELD_UNSET;
    TR_2(wide) s0 TR_FIELD_UNSET, s1 TR_FIELD_UNSET, s2 TR_FIELD_UNSET;
    TR_2(wide_mul)(&t0, &a->c0, &b->c0);
    TR_2(wide_mul)(&t1, &a->c1, &b->c1);
    TR_2(wide_mul)(&t2, &a->c2, &b->c2);
    TR_2(wide_mul_sums)(&s0, &a->c1, &a->c2, &b->c1, &b->c2);
    TR_2(wide_mul_sums)(&s1, &a->c0, &a->c1, &b->c0, &b->c1);
    TR_2(wide_mul_sums)(&s2, &a->c0, &a->c2, &b->c0, &b->c2);
    TR_2(wide_sub)(&s0, &s0, &t1);
    TR_2(wide_sub)(&s0, &s0, &t2);
    TR_2(wide_mul_xi)(&s0, &s0);
    TR_2(wide_add)(&s0, &s0, &t0);
    TR_2(wide_sub)(&s1, &s1, &t0);
    TR_2(wide_sub)(&s1, &s1, &t1);
    TR_2(wide_sub)(&s2, &s2, &t0);
    TR_2(wide_sub)(&s2, &s2, &t2);
    TR_2(wide_add)(&s2, &s2, &t1);
    TR_2(wide_mul_xi)(&t2, &t2);
    TR_2(wide_add)(&s1, &s1, &t2);
    TR_2(redc)(&out->c0, &s0);
    TR_2(redc)(&out->c1, &s1);
    TR_2(redc)(&out->c2, &s2);
}

/* By b0 + b1 v. */
TR_FIELD_SHARED void TR_6(mul_by_01)(TR_FP6 *out, const TR_FP6 *a, const TR_FP2 *b0,
                                     const TR_FP2 *b1)
{
    TR_FP2 sum TR_FIELD_UNSET;
    TR_2(wide) t0 TR_FIELD_UNSET, t1 TR_FIELD_UNSET;
    TR_2(wide) s0 TR_FIELD_UNSET, s1 TR_FIELD_UNSET, s2 TR_FIELD_UNSET;
    TR_2(wide_mul)(&t0, &a->c0, b0);
    TR_2(wide_mul)(&t1, &a->c1, b1);
    TR_2(wide_mul)(&s0, &a->c2, b1);
    TR_2(wide_mul_sums)(&s1, &a->c0, &a->c1, b0, b1);
    TR_2(add)(&sum, &a->c0, &a->c2);
    TR_2(wide_mul)(&s2, &sum, b0);
    TR_2(wide_mul_xi)(&s0, &s0);
    TR_2(wide_add)(&s0, &s0, &t0);
    TR_2(wide_sub)(&s1, &s1, &t0);
    TR_2(wide_sub)(&s1, &s1, &t1);
    TR_2(wide_sub)(&s2, &s2, &t0);
    TR_2(wide_add)(&s2, &s2, &t1);
    TR_2(redc)(&out->c0, &s0);
    TR_2(redc)(&out->c1, &s1);
    TR_2(redc)(&out->c2, &s2);
}

/* By b1 v. */
TR_FIELD_SHARED void TR_6(mul_by_1)(TR_FP6 *out, const TR_FP6 *a, const TR_FP2 *b1)
{
    TR_FP2 t0, t1, t2;
    TR_2(mul)(&t0, &a->c2, b1);
    TR_2(mul)(&t1, &a->c0, b1);
    TR_2(mul)(&t2, &a->c1, b1);
    TR_2(mul_xi)(&out->c0, &t0);
    out->c1 = t1;
    out->c2 = t2;
}

/* With two products and three squares (J. Chung and M. Hasan, the second of their formulas). */
TR_FIELD_SHARED void TR_6(sqr)(TR_FP6 *out, const TR_FP6 *a)
{
    TR_FP2 s0, s1, s2, s3, s4, t;
    TR_2(sqr)(&s0, &a->c0);
    TR_2(mul)(&s1, &a->c0, &a->c1);
    TR_2(double)(&s1, &s1);
    TR_2(sub)(&t, &a->c0, &a->c1);
    TR_2(add)(&t, &t, &a->c2);
    TR_2(sqr)(&s2, &t);
    TR_2(mul)(&s3, &a->c1, &a->c2);
    TR_2(double)(&s3, &s3);
    TR_2(sqr)(&s4, &a->c2);
    TR_2(mul_xi)(&t, &s3);
    TR_2(add)(&out->c0, &s0, &t);
    TR_2(mul_xi)(&t, &s4);
    TR_2(add)(&out->c1, &s1, &t);
    TR_2(add)(&t, &s1, &s2);
    TR_2(add)(&t, &t, &s3);
    TR_2(sub)(&t, &t, &s0);
    TR_2(sub)(&out->c2, &t, &s4);
}

TR_FIELD_SHARED void TR_6(inv)(TR_FP6 *out, const TR_FP6 *a)
{
    TR_FP2 x, y, z, t, norm;
    TR_2(sqr)(&x, &a->c0);
    TR_2(mul)(&t, &a->c1, &a->c2);
    TR_2(mul_xi)(&t, &t);
    TR_2(sub)(&x, &x, &t);
    TR_2(sqr)(&y, &a->c2);
    TR_2(mul_xi)(&y, &y);
    TR_2(mul)(&t, &a->c0, &a->c1);
    TR_2(sub)(&y, &y, &t);
    TR_2(sqr)(&z, &a->c1);
    TR_2(mul)(&t, &a->c0, &a->c2);
    TR_2(sub)(&z, &z, &t);
    TR_2(mul)(&norm, &a->c2, &y);
    TR_2(mul)(&t, &a->c1, &z);
    TR_2(add)(&norm, &norm, &t);
    TR_2(mul_xi)(&norm, &norm);
    TR_2(mul)(&t, &a->c0, &x);
    TR_2(add)(&norm, &norm, &t);
    TR_2(inv)(&norm, &norm);
    TR_2(mul)(&out->c0, &x, &norm);
    TR_2(mul)(&out->c1, &y, &norm);
    TR_2(mul)(&out->c2, &z, &norm);
}

/* Fp12 = Fp6[w] / (w^2 - v) */
static inline void TR_12(set_one)(TR_FP12 *out)
{
    memset(out, 0, sizeof(*out));
    out->c0.c0.c0 = TR_P(one);
}

static inline bool TR_12(eq)(const TR_FP12 *a, const TR_FP12 *b)
{
    return TR_6(eq)(&a->c0, &b->c0) && TR_6(eq)(&a->c1, &b->c1);
}

static inline bool TR_12(is_one)(const TR_FP12 *a)
{
    TR_FP12 one;
    TR_12(set_one)(&one);
    return TR_12(eq)(a, &one);
}

/* The inverse, in the cyclotomic subgroup; the p^6-th power everywhere. */
static inline void TR_12(conj)(TR_FP12 *out, const TR_FP12 *a)
{
    out->c0 = a->c0;
    TR_6(neg)(&out->c1, &a->c1);
}

TR_FIELD_SHARED void TR_12(mul)(TR_FP12 *out, const TR_FP12 *a, const TR_FP12 *b)
{
    TR_FP6 low TR_FIELD_UNSET, high TR_FIELD_UNSET, x TR_FIELD_UNSET, y TR_FIELD_UNSET;
    TR_6(add)(&x, &a->c0, &a->c1);
    TR_6(add)(&y, &b->c0, &b->c1);
    TR_6(mul)(&low, &a->c0, &b->c0);
    TR_6(mul)(&high, &a->c1, &b->c1);
    TR_6(mul)(&x, &x, &y);
    TR_6(sub)(&x, &x, &low);
    TR_6(sub)(&out->c1, &x, &high);
    TR_6(mul_v)(&high, &high);
    TR_6(add)(&out->c0, &low, &high);
}

/* (a0 + a1) (a0 + v a1) = a0^2 + v a1^2 + (1 + v) a0 a1 */
TR_FIELD_SHARED void TR_12(sqr)(TR_FP12 *out, const TR_FP12 *a)
{
    TR_FP6 x TR_FIELD_UNSET, y TR_FIELD_UNSET, cross TR_FIELD_UNSET;
    TR_6(mul)(&cross, &a->c0, &a->c1);
    TR_6(add)(&x, &a->c0, &a->c1);
    TR_6(mul_v)(&y, &a->c1);
    TR_6(add)(&y, &y, &a->c0);
    TR_6(mul)(&x, &x, &y);
    TR_6(sub)(&x, &x, &cross);
    TR_6(double)(&out->c1, &cross);
    TR_6(mul_v)(&y, &cross);
    TR_6(sub)(&out->c0, &x, &y);
}

TR_FIELD_SHARED void TR_12(inv)(TR_FP12 *out, const TR_FP12 *a)
{
    TR_FP6 x, y;
    TR_6(sqr)(&x, &a->c0);
    TR_6(sqr)(&y, &a->c1);
    TR_6(mul_v)(&y, &y);
    TR_6(sub)(&x, &x, &y);
    TR_6(inv)(&x, &x);
    TR_6(mul)(&out->c0, &a->c0, &x);
    TR_6(mul)(&x, &a->c1, &x);
    TR_6(neg)(&out->c1, &x);
}

/* By (b0 + b1 v) + b4 v w: a line through points of a twist by division. */
TR_FIELD_SHARED void TR_12(mul_by_014)(TR_FP12 *out, const TR_FP12 *a, const TR_FP2 *b0,
                                       const TR_FP2 *b1, const TR_FP2 *b4)
{
    TR_FP6 low TR_FIELD_UNSET, high TR_FIELD_UNSET, x TR_FIELD_UNSET;
    TR_FP2 sum TR_FIELD_UNSET;
    TR_6(mul_by_01)(&low, &a->c0, b0, b1);
    TR_6(mul_by_1)(&high, &a->c1, b4);
    TR_2(add)(&sum, b1, b4);
    TR_6(add)(&x, &a->c0, &a->c1);
    TR_6(mul_by_01)(&x, &x, b0, &sum);
    TR_6(sub)(&x, &x, &low);
    TR_6(sub)(&out->c1, &x, &high);
    TR_6(mul_v)(&high, &high);
    TR_6(add)(&out->c0, &low, &high);
}

/* By b0 + (b3 + b4 v) w: a line through points of a twist by multiplication. */
TR_FIELD_SHARED void TR_12(mul_by_034)(TR_FP12 *out, const TR_FP12 *a, const TR_FP2 *b0,
                                       const TR_FP2 *b3, const TR_FP2 *b4)
{
    TR_FP6 low TR_FIELD_UNSET, high TR_FIELD_UNSET, x TR_FIELD_UNSET;
    TR_FP2 sum TR_FIELD_UNSET;
    TR_6(mul_fp2)(&low, &a->c0, b0);
    TR_6(mul_by_01)(&high, &a->c1, b3, b4);
    TR_2(add)(&sum, b0, b3);
    TR_6(add)(&x, &a->c0, &a->c1);
    TR_6(mul_by_01)(&x, &x, &sum, b4);
    TR_6(sub)(&x, &x, &low);
    TR_6(sub)(&out->c1, &x, &high);
    TR_6(mul_v)(&high, &high);
    TR_6(add)(&out->c0, &low, &high);
}

/* a^2 before reduction: (a0 + a1) (a0 - a1) and 2 a0 a1, each below p R. */
static inline void TR_2(wide_sqr)(TR_2(wide) * out, const TR_FP2 *a)
{
    TR_FP sum TR_FIELD_UNSET, difference TR_FIELD_UNSET, twice TR_FIELD_UNSET;
    TR_P(add_lazy)(&sum, &a->c0, &a->c1);
    TR_P(sub)(&difference, &a->c0, &a->c1);
    TR_P(add_lazy)(&twice, &a->c0, &a->c0);
    TR_P(wide_mul)(&out->c0, &sum, &difference);
    TR_P(wide_mul)(&out->c1, &twice, &a->c1);
}

/* The square of a + b s, s^2 = xi: a^2 + xi b^2 and 2 a b = (a + b)^2 - a^2 - b^2. */
static inline void TR_2(pair_sqr)(TR_FP2 *even, TR_FP2 *odd, const TR_FP2 *a, const TR_FP2 *b)
{
    TR_FP2 sum TR_FIELD_UNSET;
    TR_2(wide) x TR_FIELD_UNSET, y TR_FIELD_UNSET, both TR_FIELD_UNSET;
    TR_2(add)(&sum, a, b);
    TR_2(wide_sqr)(&both, &sum);
    TR_2(wide_sqr)(&x, a);
    TR_2(wide_sqr)(&y, b);
    TR_2(wide_sub)(&both, &both, &x);
    TR_2(wide_sub)(&both, &both, &y);
    TR_2(redc)(odd, &both);
    TR_2(wide_mul_xi)(&y, &y);
    TR_2(wide_add)(&x, &x, &y);
    TR_2(redc)(even, &x);
}

/* out = 3 t - 2 a, and 3 t + 2 a. */
static inline void TR_2(three_less_two)(TR_FP2 *out, const TR_FP2 *t, const TR_FP2 *a)
{
    TR_FP2 x TR_FIELD_UNSET;
    TR_2(sub)(&x, t, a);
    TR_2(double)(&x, &x);
    TR_2(add)(out, &x, t);
}

static inline void TR_2(three_and_two)(TR_FP2 *out, const TR_FP2 *t, const TR_FP2 *a)
{
    TR_FP2 x TR_FIELD_UNSET;
    TR_2(add)(&x, t, a);
    TR_2(double)(&x, &x);
    TR_2(add)(out, &x, t);
}

/* The square of an element of the cyclotomic subgroup (R. Granger and M. Scott, 2010): three
 * squares in the quadratic extension of Fp2. */
TR_FIELD_SHARED void TR_12(cyclotomic_sqr)(TR_FP12 *out, const TR_FP12 *a)
{
    TR_FP2 even0 TR_FIELD_UNSET, odd0 TR_FIELD_UNSET, even1 TR_FIELD_UNSET;
    TR_FP2 odd1 TR_FIELD_UNSET, even2 TR_FIELD_UNSET, odd2 TR_FIELD_UNSET;
    TR_2(pair_sqr)(&even0, &odd0, &a->c0.c0, &a->c1.c1);
    TR_2(pair_sqr)(&even1, &odd1, &a->c1.c0, &a->c0.c2);
    TR_2(pair_sqr)(&even2, &odd2, &a->c0.c1, &a->c1.c2);
    TR_2(mul_xi)(&odd2, &odd2);
    TR_2(three_less_two)(&out->c0.c0, &even0, &a->c0.c0);
    TR_2(three_less_two)(&out->c0.c1, &even1, &a->c0.c1);
    TR_2(three_less_two)(&out->c0.c2, &even2, &a->c0.c2);
    TR_2(three_and_two)(&out->c1.c0, &odd2, &a->c1.c0);
    TR_2(three_and_two)(&out->c1.c1, &odd0, &a->c1.c1);
    TR_2(three_and_two)(&out->c1.c2, &odd1, &a->c1.c2);
}

static inline void TR_12(cyclotomic_sqr_times)(TR_FP12 *out, const TR_FP12 *a, unsigned n)
{
    TR_FP12 x = *a;
    for (unsigned i = 0; i < n; i++) TR_12(cyclotomic_sqr)(&x, &x);
    *out = x;
}

/* A power of an element of the cyclotomic subgroup. */
TR_FIELD_SHARED void TR_12(cyclotomic_pow)(TR_FP12 *out, const TR_FP12 *a, const uint64_t *exponent,
                                           unsigned limbs)
{
    TR_FP12 x, base = *a;
    unsigned bits = tr_power_bits(exponent, limbs);
    TR_12(set_one)(&x);
    if (bits > 0) x = base;
    for (unsigned i = bits > 0 ? bits - 1 : 0; i-- > 0;) {
        TR_12(cyclotomic_sqr)(&x, &x);
        if ((exponent[i / 64] >> (i % 64) & 1) != 0) TR_12(mul)(&x, &x, &base);
    }
    *out = x;
}

/* The p-th power: each coefficient of w^i is conjugated and multiplied by xi^(i (p - 1) / 6). */
TR_FIELD_SHARED void TR_12(frobenius)(TR_FP12 *out, const TR_FP12 *a)
{
    const TR_FP2 *by = (const TR_FP2 *)TR_T(frobenius);
    TR_FP2 x;
    TR_2(conj)(&out->c0.c0, &a->c0.c0);
    TR_2(conj)(&x, &a->c1.c0);
    TR_2(mul)(&out->c1.c0, &x, &by[0]);
    TR_2(conj)(&x, &a->c0.c1);
    TR_2(mul)(&out->c0.c1, &x, &by[1]);
    TR_2(conj)(&x, &a->c1.c1);
    TR_2(mul)(&out->c1.c1, &x, &by[2]);
    TR_2(conj)(&x, &a->c0.c2);
    TR_2(mul)(&out->c0.c2, &x, &by[3]);
    TR_2(conj)(&x, &a->c1.c2);
    TR_2(mul)(&out->c1.c2, &x, &by[4]);
}

/* The p^2-th power: factors xi^(i (p^2 - 1) / 6), which are of the prime field. */
TR_FIELD_SHARED void TR_12(frobenius_2)(TR_FP12 *out, const TR_FP12 *a)
{
    const TR_FP *by = (const TR_FP *)TR_T(frobenius_2);
    out->c0.c0 = a->c0.c0;
    TR_2(mul_fp)(&out->c1.c0, &a->c1.c0, &by[0]);
    TR_2(mul_fp)(&out->c0.c1, &a->c0.c1, &by[1]);
    TR_2(mul_fp)(&out->c1.c1, &a->c1.c1, &by[2]);
    TR_2(mul_fp)(&out->c0.c2, &a->c0.c2, &by[3]);
    TR_2(mul_fp)(&out->c1.c2, &a->c1.c2, &by[4]);
}

static inline void TR_12(frobenius_3)(TR_FP12 *out, const TR_FP12 *a)
{
    TR_FP12 x;
    TR_12(frobenius_2)(&x, a);
    TR_12(frobenius)(out, &x);
}

#undef TR_T
#undef TR_FP
#undef TR_P
#undef TR_WIDE
#undef TR_FP2
#undef TR_2
#undef TR_FP6
#undef TR_6
#undef TR_FP12
#undef TR_12
#undef TR_TOWER
#undef TR_TOWER_FP
#undef TR_TOWER_XI
#endif
