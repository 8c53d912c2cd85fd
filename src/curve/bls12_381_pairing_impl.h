/* The optimal ate pairing of BLS12-381.
 *
 * Miller's loop runs over the curve's parameter x, whose 64 bits have six ones, for up to
 * TR_BLS_MILLER pairs together; points of G2 are homogeneous (x / z, y / z) on the twist, lines are
 * scaled by factors that the final exponentiation removes.  Formulas of C. Costello, T. Lange and
 * M. Naehrig, "Faster pairing computations on curves with high-degree twists" (2009).
 *
 * What is computed is the third power of the pairing, as everywhere: 3 (p^4 - p^2 + 1) / r =
 * (x - 1)^2 (x + p) (x^2 + p^2 - 1) + 3 (D. Hayashida, K. Hayasaka and T. Teruya, 2020). */
#ifndef TR_CURVE_BLS12_381_PAIRING_IMPL_H
#define TR_CURVE_BLS12_381_PAIRING_IMPL_H

#include "curve/bls12_381_internal.h"

enum { TR_BLS_MILLER = 16 };

_Static_assert(sizeof(tr_bls_gt) == sizeof(tr_bls_fp12), "the same six coefficients");

/* A pair under way.  The negative y and three times x are what the lines of doublings need. */
typedef struct tr_bls_miller_pair {
    tr_bls_fp2 x, y, z;
    const tr_bls_g2 *q;
    tr_bls_fp px, py, px3, py_minus;
} tr_bls_miller_pair;

/* c0 + c1 v + c4 v w */
typedef struct tr_bls_line {
    tr_bls_fp2 c0, c1, c4;
} tr_bls_line;

/* 12 (1 + u) a: three times the curve's b. */
static inline void tr_bls_mul_3b(tr_bls_fp2 *out, const tr_bls_fp2 *a)
{
    tr_bls_fp2 t TR_FIELD_UNSET;
    tr_bls_fp2_mul_xi(&t, a);
    tr_bls_fp2_double(out, &t);
    tr_bls_fp2_add(&t, out, &t);
    tr_bls_fp2_double(&t, &t);
    tr_bls_fp2_double(out, &t);
}

/* The tangent at t, and t doubled. */
TR_FIELD_SHARED void tr_bls_miller_double(tr_bls_line *line, tr_bls_miller_pair *t)
{
    tr_bls_fp2 a TR_FIELD_UNSET, b TR_FIELD_UNSET, c TR_FIELD_UNSET, e TR_FIELD_UNSET;
    tr_bls_fp2 f TR_FIELD_UNSET, g TR_FIELD_UNSET, h TR_FIELD_UNSET, j TR_FIELD_UNSET;
    tr_bls_fp2_mul(&a, &t->x, &t->y);
    tr_bls_fp2_halve(&a, &a);
    tr_bls_fp2_sqr(&b, &t->y);
    tr_bls_fp2_sqr(&c, &t->z);
    tr_bls_mul_3b(&e, &c);
    tr_bls_fp2_double(&f, &e);
    tr_bls_fp2_add(&f, &f, &e);
    tr_bls_fp2_add(&h, &t->y, &t->z);
    tr_bls_fp2_sqr(&h, &h);
    tr_bls_fp2_sub(&h, &h, &b);
    tr_bls_fp2_sub(&h, &h, &c);
    tr_bls_fp2_sqr(&j, &t->x);
    tr_bls_fp2_sub(&line->c0, &e, &b);
    tr_bls_fp2_mul_fp(&line->c1, &j, &t->px3);
    tr_bls_fp2_mul_fp(&line->c4, &h, &t->py_minus);
    tr_bls_fp2_mul(&t->z, &b, &h);
    tr_bls_fp2_add(&g, &b, &f);
    tr_bls_fp2_halve(&g, &g);
    tr_bls_fp2_sub(&b, &b, &f);
    tr_bls_fp2_mul(&t->x, &a, &b);
    tr_bls_fp2_sqr(&g, &g);
    tr_bls_fp2_sqr(&e, &e);
    tr_bls_fp2_double(&f, &e);
    tr_bls_fp2_add(&f, &f, &e);
    tr_bls_fp2_sub(&t->y, &g, &f);
}

/* The line through t and q, and t + q. */
TR_FIELD_SHARED void tr_bls_miller_add(tr_bls_line *line, tr_bls_miller_pair *t)
{
    tr_bls_fp2 theta TR_FIELD_UNSET, lambda TR_FIELD_UNSET, c TR_FIELD_UNSET, d TR_FIELD_UNSET;
    tr_bls_fp2 e TR_FIELD_UNSET, f TR_FIELD_UNSET, g TR_FIELD_UNSET;
    tr_bls_fp2_mul(&theta, &t->q->y, &t->z);
    tr_bls_fp2_sub(&theta, &t->y, &theta);
    tr_bls_fp2_mul(&lambda, &t->q->x, &t->z);
    tr_bls_fp2_sub(&lambda, &t->x, &lambda);
    tr_bls_fp2_mul(&c, &theta, &t->q->x);
    tr_bls_fp2_mul(&d, &lambda, &t->q->y);
    tr_bls_fp2_sub(&line->c0, &c, &d);
    tr_bls_fp2_mul_fp(&line->c1, &theta, &t->px);
    tr_bls_fp2_neg(&line->c1, &line->c1);
    tr_bls_fp2_mul_fp(&line->c4, &lambda, &t->py);
    tr_bls_fp2_sqr(&c, &theta);
    tr_bls_fp2_sqr(&d, &lambda);
    tr_bls_fp2_mul(&e, &lambda, &d);
    tr_bls_fp2_mul(&f, &t->z, &c);
    tr_bls_fp2_mul(&g, &t->x, &d);
    tr_bls_fp2_add(&f, &f, &e);
    tr_bls_fp2_sub(&f, &f, &g);
    tr_bls_fp2_sub(&f, &f, &g);
    tr_bls_fp2_mul(&t->x, &lambda, &f);
    tr_bls_fp2_sub(&g, &g, &f);
    tr_bls_fp2_mul(&g, &g, &theta);
    tr_bls_fp2_mul(&d, &e, &t->y);
    tr_bls_fp2_sub(&t->y, &g, &d);
    tr_bls_fp2_mul(&t->z, &t->z, &e);
}

TR_FIELD_SHARED void tr_bls_miller_step(tr_bls_fp12 *f, bool *begun, size_t n,
                                        tr_bls_miller_pair *pairs,
                                        void (*step)(tr_bls_line *, tr_bls_miller_pair *))
{
    tr_bls_line line TR_FIELD_UNSET;
    for (size_t i = 0; i < n; i++) {
        step(&line, &pairs[i]);
        if (*begun) {
            tr_bls_fp12_mul_by_014(f, f, &line.c0, &line.c1, &line.c4);
        } else {
            tr_bls_fp12_set_one(f);
            f->c0.c0 = line.c0;
            f->c0.c1 = line.c1;
            f->c1.c1 = line.c4;
            *begun = true;
        }
    }
}

/* Of at most TR_BLS_MILLER pairs.  x being negative, the result is conjugated. */
TR_FIELD_SHARED void tr_bls_miller_some(tr_bls_fp12 *f, size_t n, tr_bls_miller_pair *pairs)
{
    bool begun = false;
    for (unsigned bit = 63; bit-- > 0;) {
        if (begun) tr_bls_fp12_sqr(f, f);
        tr_bls_miller_step(f, &begun, n, pairs, tr_bls_miller_double);
        if ((TR_BLS_X >> bit & 1) != 0) tr_bls_miller_step(f, &begun, n, pairs, tr_bls_miller_add);
    }
    tr_bls_fp12_conj(f, f);
}

TR_FIELD_SHARED void tr_bls_miller_pair_set(tr_bls_miller_pair *pair, const tr_bls_g1 *a,
                                            const tr_bls_g2 *b)
{
    pair->x = b->x;
    pair->y = b->y;
    pair->z = (tr_bls_fp2){tr_bls_fp_one, tr_bls_fp_zero};
    pair->q = b;
    pair->px = a->x;
    pair->py = a->y;
    tr_bls_fp_double(&pair->px3, &a->x);
    tr_bls_fp_add(&pair->px3, &pair->px3, &a->x);
    tr_bls_fp_neg(&pair->py_minus, &a->y);
}

/* The product over n pairs; false: none is without infinity, and the product is 1. */
TR_FIELD_SHARED bool tr_bls_miller(tr_bls_fp12 *out, size_t n, const tr_bls_g1 a[],
                                   const tr_bls_g2 b[])
{
    tr_bls_miller_pair pairs[TR_BLS_MILLER];
    tr_bls_fp12 part;
    bool any = false;
    for (size_t at = 0; at < n;) {
        size_t count = 0;
        for (; at < n && count < TR_BLS_MILLER; at++) {
            if (tr_bls_g1_is_infinity(&a[at]) || tr_bls_g2_is_infinity(&b[at])) continue;
            tr_bls_miller_pair_set(&pairs[count++], &a[at], &b[at]);
        }
        if (count == 0) continue;
        tr_bls_miller_some(any ? &part : out, count, pairs);
        if (any) tr_bls_fp12_mul(out, out, &part);
        any = true;
    }
    return any;
}

/* An element of the cyclotomic subgroup without c0.c0 and c1.c1, which follow from the others. */
typedef struct tr_bls_compressed {
    tr_bls_fp2 c01, c02, c10, c12;
} tr_bls_compressed;

static inline void tr_bls_compressed_sqr(tr_bls_compressed *a)
{
    tr_bls_fp2 even1 TR_FIELD_UNSET, odd1 TR_FIELD_UNSET, even2 TR_FIELD_UNSET, odd2 TR_FIELD_UNSET;
    tr_bls_fp2_pair_sqr(&even1, &odd1, &a->c10, &a->c02);
    tr_bls_fp2_pair_sqr(&even2, &odd2, &a->c01, &a->c12);
    tr_bls_fp2_mul_xi(&odd2, &odd2);
    tr_bls_fp2_three_less_two(&a->c01, &even1, &a->c01);
    tr_bls_fp2_three_less_two(&a->c02, &even2, &a->c02);
    tr_bls_fp2_three_and_two(&a->c10, &odd2, &a->c10);
    tr_bls_fp2_three_and_two(&a->c12, &odd1, &a->c12);
}

/* K. Karabina, "Squaring in cyclotomic subgroups" (2010): c1.c1 = (xi c12^2 + 3 c01^2 - 2 c02) /
 * (4 c10), c0.c0 = xi (2 c11^2 + c10 c12 - 3 c02 c01) + 1.  over is 1 / (4 c10). */
TR_FIELD_SHARED void tr_bls_decompress(tr_bls_fp12 *out, const tr_bls_compressed *a,
                                       const tr_bls_fp2 *over)
{
    tr_bls_fp2 x, t;
    tr_bls_fp2_sqr(&t, &a->c01);
    tr_bls_fp2_three_less_two(&x, &t, &a->c02);
    tr_bls_fp2_sqr(&t, &a->c12);
    tr_bls_fp2_mul_xi(&t, &t);
    tr_bls_fp2_add(&x, &x, &t);
    tr_bls_fp2_mul(&out->c1.c1, &x, over);
    tr_bls_fp2_mul(&t, &a->c02, &a->c01);
    tr_bls_fp2_sqr(&x, &out->c1.c1);
    tr_bls_fp2_sub(&x, &x, &t);
    tr_bls_fp2_double(&x, &x);
    tr_bls_fp2_sub(&x, &x, &t);
    tr_bls_fp2_mul(&t, &a->c10, &a->c12);
    tr_bls_fp2_add(&x, &x, &t);
    tr_bls_fp2_mul_xi(&x, &x);
    tr_bls_fp_add(&x.c0, &x.c0, &tr_bls_fp_one);
    out->c0.c0 = x;
    out->c0.c1 = a->c01;
    out->c0.c2 = a->c02;
    out->c1.c0 = a->c10;
    out->c1.c2 = a->c12;
}

/* The powers 2^16, 2^48 and 2^57 of a; false: one of them cannot be decompressed that way. */
TR_FIELD_SHARED bool tr_bls_three_powers(tr_bls_fp12 out[3], const tr_bls_fp12 *a)
{
    static const unsigned steps[3] = {16, 32, 9};
    tr_bls_compressed x = {a->c0.c1, a->c0.c2, a->c1.c0, a->c1.c2}, kept[3];
    tr_bls_fp2 over[3], scratch[3];
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned j = 0; j < steps[i]; j++) tr_bls_compressed_sqr(&x);
        kept[i] = x;
        tr_bls_fp2_double(&over[i], &x.c10);
        tr_bls_fp2_double(&over[i], &over[i]);
        if (tr_bls_fp2_is_zero(&over[i])) return false;
    }
    tr_bls_fp2_inv_many(3, over, scratch);
    for (unsigned i = 0; i < 3; i++) tr_bls_decompress(&out[i], &kept[i], &over[i]);
    return true;
}

/* The x-th power, of an element of the cyclotomic subgroup: x = -(2^63 + 2^62 + 2^60 + 2^57 + 2^48
 * + 2^16).  Long runs of squarings are compressed. */
TR_FIELD_SHARED void tr_bls_pow_x(tr_bls_fp12 *out, const tr_bls_fp12 *a)
{
    static const unsigned steps[3] = {3, 2, 1};
    static const uint64_t x = TR_BLS_X;
    tr_bls_fp12 power[3], product, t;
    if (tr_bls_three_powers(power, a)) {
        tr_bls_fp12_mul(&product, &power[0], &power[1]);
        tr_bls_fp12_mul(&product, &product, &power[2]);
        t = power[2];
        for (unsigned i = 0; i < 3; i++) {
            tr_bls_fp12_cyclotomic_sqr_times(&t, &t, steps[i]);
            tr_bls_fp12_mul(&product, &product, &t);
        }
    } else {
        tr_bls_fp12_cyclotomic_pow(&product, a, &x, 1);
    }
    tr_bls_fp12_conj(out, &product);
}

TR_FIELD_SHARED void tr_bls_final(tr_bls_fp12 *out, const tr_bls_fp12 *miller)
{
    tr_bls_fp12 f, a, b, t;
    tr_bls_fp12_inv(&t, miller);
    tr_bls_fp12_conj(&f, miller);
    tr_bls_fp12_mul(&f, &f, &t); /* p^6 - 1 */
    tr_bls_fp12_frobenius_2(&t, &f);
    tr_bls_fp12_mul(&f, &f, &t); /* p^2 + 1 */
    a = f;
    for (unsigned i = 0; i < 2; i++) { /* (x - 1)^2 */
        tr_bls_pow_x(&t, &a);
        tr_bls_fp12_conj(&a, &a);
        tr_bls_fp12_mul(&a, &a, &t);
    }
    tr_bls_pow_x(&t, &a); /* x + p */
    tr_bls_fp12_frobenius(&b, &a);
    tr_bls_fp12_mul(&b, &b, &t);
    tr_bls_pow_x(&t, &b); /* x^2 + p^2 - 1 */
    tr_bls_pow_x(&t, &t);
    tr_bls_fp12_frobenius_2(&a, &b);
    tr_bls_fp12_mul(&t, &t, &a);
    tr_bls_fp12_conj(&b, &b);
    tr_bls_fp12_mul(&t, &t, &b);
    tr_bls_fp12_cyclotomic_sqr(&a, &f);
    tr_bls_fp12_mul(&a, &a, &f);
    tr_bls_fp12_mul(out, &t, &a);
}

TR_FIELD_SHARED void tr_bls_code_pairing(size_t n, const tr_bls_g1 a[], const tr_bls_g2 b[],
                                         tr_bls_gt *out)
{
    tr_bls_fp12 f;
    if (tr_bls_miller(&f, n, a, b))
        tr_bls_final(&f, &f);
    else
        tr_bls_fp12_set_one(&f);
    memcpy(out, &f, sizeof(*out));
}

TR_FIELD_SHARED void tr_bls_code_gt_mul(const tr_bls_gt *a, const tr_bls_gt *b, tr_bls_gt *out)
{
    tr_bls_fp12 x, y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    tr_bls_fp12_mul(&x, &x, &y);
    memcpy(out, &x, sizeof(*out));
}

#endif
