/* The optimal ate pairing of BN254, for one set of instructions.
 *
 * Points of G2 are in homogeneous coordinates while lines are made (C. Costello, T. Lange,
 * M. Naehrig, 2010; D. Aranha et al., 2010).  All pairs share the squarings, the lines of two pairs
 * are multiplied with each other before the accumulator, and there is one final exponentiation. */
#ifndef TR_CURVE_BN254_PAIRING_IMPL_H
#define TR_CURVE_BN254_PAIRING_IMPL_H

#include "curve/bn254_group_impl.h"

enum { TR_BN_PAIRS = 16 }; /* that share squarings; more go in turns */

/* 6x + 2 in non-adjacent form, the lowest digit first. */
static const int8_t tr_bn_loop[] = {
    0,  0, 0, 1,  0, 1, 0, -1, 0,  0, -1, 0,  0, 0,  1, 0, 0, -1, 0, -1, 0, 0,
    0,  1, 0, -1, 0, 0, 0, 0,  -1, 0, 0,  1,  0, -1, 0, 0, 1, 0,  0, 0,  0, 0,
    -1, 0, 0, -1, 0, 1, 0, -1, 0,  0, 0,  -1, 0, -1, 0, 0, 0, 1,  0, -1, 0, 1,
};

/* x in non-adjacent form of width 4. */
static const int8_t tr_bn_x_digits[] = {
    1, 0, 0, 0, -1, 0, 0, 0, 0, 5,  0, 0, 0, 0,  0, 0, -7, 0,  0, 0, 7,
    0, 0, 0, 0, 5,  0, 0, 0, 0, 1,  0, 0, 0, -3, 0, 0, 0,  -5, 0, 0, 0,
    5, 0, 0, 0, 0,  3, 0, 0, 0, -3, 0, 0, 0, 0,  5, 0, 0,  0,  0, 0, 1,
};

/* A line: l0 + (l3 + l4 v) w. */
typedef struct tr_bn_line {
    tr_bn_fp2 l0, l3, l4;
} tr_bn_line;

typedef struct tr_bn_g2_hom {
    tr_bn_fp2 x, y, z;
} tr_bn_g2_hom;

static inline void tr_bn_fp2_triple(tr_bn_fp2 *out, const tr_bn_fp2 *a)
{
    tr_bn_fp2 twice;
    tr_bn_fp2_double(&twice, a);
    tr_bn_fp2_add(out, &twice, a);
}

/* t becomes 2t; the tangent at t, at the point p of G1. */
TR_FIELD_SHARED void tr_bn_double_step(tr_bn_line *line, tr_bn_g2_hom *t, const tr_bn_g1 *p)
{
    tr_bn_fp2 a, b, c, e, f, g, h, ee;
    tr_bn_fp2_mul(&a, &t->x, &t->y);
    tr_bn_fp2_halve(&a, &a);
    tr_bn_fp2_sqr(&b, &t->y);
    tr_bn_fp2_sqr(&c, &t->z);
    tr_bn_fp2_mul(&e, &c, &tr_bn_b2);
    tr_bn_fp2_triple(&e, &e);
    tr_bn_fp2_triple(&f, &e);
    tr_bn_fp2_add(&g, &b, &f);
    tr_bn_fp2_halve(&g, &g);
    tr_bn_fp2_add(&h, &t->y, &t->z);
    tr_bn_fp2_sqr(&h, &h);
    tr_bn_fp2_sub(&h, &h, &b);
    tr_bn_fp2_sub(&h, &h, &c);
    tr_bn_fp2_sub(&line->l4, &e, &b);
    tr_bn_fp2_sqr(&c, &t->x);
    tr_bn_fp2_triple(&c, &c);
    tr_bn_fp2_mul_fp(&line->l3, &c, &p->x);
    tr_bn_fp2_neg(&c, &h);
    tr_bn_fp2_mul_fp(&line->l0, &c, &p->y);
    tr_bn_fp2_sub(&f, &b, &f);
    tr_bn_fp2_mul(&t->x, &a, &f);
    tr_bn_fp2_sqr(&ee, &e);
    tr_bn_fp2_triple(&ee, &ee);
    tr_bn_fp2_sqr(&g, &g);
    tr_bn_fp2_sub(&t->y, &g, &ee);
    tr_bn_fp2_mul(&t->z, &b, &h);
}

/* The line through t and q, at p; with t = t + q if move. */
TR_FIELD_SHARED void tr_bn_add_step(tr_bn_line *line, tr_bn_g2_hom *t, const tr_bn_g2 *q,
                                    const tr_bn_g1 *p, bool move)
{
    tr_bn_fp2 o, l, c, d, e, f, g;
    tr_bn_fp2_mul(&o, &q->y, &t->z);
    tr_bn_fp2_sub(&o, &t->y, &o);
    tr_bn_fp2_mul(&l, &q->x, &t->z);
    tr_bn_fp2_sub(&l, &t->x, &l);
    tr_bn_fp2_mul(&c, &q->x, &o);
    tr_bn_fp2_mul(&d, &q->y, &l);
    tr_bn_fp2_sub(&line->l4, &c, &d);
    tr_bn_fp2_mul_fp(&line->l0, &l, &p->y);
    tr_bn_fp2_neg(&c, &o);
    tr_bn_fp2_mul_fp(&line->l3, &c, &p->x);
    if (!move) return;
    tr_bn_fp2_sqr(&c, &o);
    tr_bn_fp2_sqr(&d, &l);
    tr_bn_fp2_mul(&e, &l, &d);
    tr_bn_fp2_mul(&f, &t->z, &c);
    tr_bn_fp2_mul(&g, &t->x, &d);
    tr_bn_fp2_add(&f, &f, &e);
    tr_bn_fp2_sub(&f, &f, &g);
    tr_bn_fp2_sub(&f, &f, &g);
    tr_bn_fp2_mul(&t->x, &l, &f);
    tr_bn_fp2_sub(&g, &g, &f);
    tr_bn_fp2_mul(&g, &g, &o);
    tr_bn_fp2_mul(&d, &e, &t->y);
    tr_bn_fp2_sub(&t->y, &g, &d);
    tr_bn_fp2_mul(&t->z, &t->z, &e);
}

/* f times two lines: their product has no v^2 w. */
TR_FIELD_SHARED void tr_bn_mul_lines(tr_bn_fp12 *f, const tr_bn_line *a, const tr_bn_line *b)
{
    tr_bn_fp2 t00, t33, t44, s, t, x3, x4, sum3;
    tr_bn_fp6 x, low, high;
    tr_bn_fp2_mul(&t00, &a->l0, &b->l0);
    tr_bn_fp2_mul(&t33, &a->l3, &b->l3);
    tr_bn_fp2_mul(&t44, &a->l4, &b->l4);
    tr_bn_fp2_mul_xi(&x.c0, &t44);
    tr_bn_fp2_add(&x.c0, &x.c0, &t00);
    x.c1 = t33;
    tr_bn_fp2_add(&s, &a->l3, &a->l4);
    tr_bn_fp2_add(&t, &b->l3, &b->l4);
    tr_bn_fp2_mul(&x.c2, &s, &t);
    tr_bn_fp2_sub(&x.c2, &x.c2, &t33);
    tr_bn_fp2_sub(&x.c2, &x.c2, &t44);
    tr_bn_fp2_add(&s, &a->l0, &a->l3);
    tr_bn_fp2_add(&t, &b->l0, &b->l3);
    tr_bn_fp2_mul(&x3, &s, &t);
    tr_bn_fp2_sub(&x3, &x3, &t00);
    tr_bn_fp2_sub(&x3, &x3, &t33);
    tr_bn_fp2_add(&s, &a->l0, &a->l4);
    tr_bn_fp2_add(&t, &b->l0, &b->l4);
    tr_bn_fp2_mul(&x4, &s, &t);
    tr_bn_fp2_sub(&x4, &x4, &t00);
    tr_bn_fp2_sub(&x4, &x4, &t44);
    tr_bn_fp6_mul(&low, &f->c0, &x);
    tr_bn_fp6_mul_by_01(&high, &f->c1, &x3, &x4);
    tr_bn_fp2_add(&sum3, &x.c0, &x3);
    x.c0 = sum3;
    tr_bn_fp2_add(&x.c1, &x.c1, &x4);
    tr_bn_fp6_add(&f->c1, &f->c0, &f->c1);
    tr_bn_fp6_mul(&f->c1, &f->c1, &x);
    tr_bn_fp6_sub(&f->c1, &f->c1, &low);
    tr_bn_fp6_sub(&f->c1, &f->c1, &high);
    tr_bn_fp6_mul_v(&high, &high);
    tr_bn_fp6_add(&f->c0, &low, &high);
}

/* Pairs without infinity. */
typedef struct tr_bn_pairs {
    size_t n;
    tr_bn_g1 p[TR_BN_PAIRS];
    tr_bn_g2 q[TR_BN_PAIRS];
    tr_bn_g2_hom t[TR_BN_PAIRS];
} tr_bn_pairs;

/* What a step of the loop does: doubling, or adding q, -q, psi(q) and -psi^2(q). */
typedef enum tr_bn_step {
    TR_BN_DOUBLE,
    TR_BN_ADD,
    TR_BN_SUBTRACT,
    TR_BN_ADD_PSI,
    TR_BN_SUBTRACT_PSI_2,
} tr_bn_step;

TR_FIELD_SHARED void tr_bn_step_line(tr_bn_line *line, tr_bn_pairs *pairs, size_t i,
                                     tr_bn_step step)
{
    tr_bn_g2 q = pairs->q[i];
    if (step == TR_BN_DOUBLE) {
        tr_bn_double_step(line, &pairs->t[i], &pairs->p[i]);
        return;
    }
    if (step == TR_BN_SUBTRACT_PSI_2) tr_bn_g2_psi(&q, &q);
    if (step == TR_BN_ADD_PSI || step == TR_BN_SUBTRACT_PSI_2) tr_bn_g2_psi(&q, &q);
    if (step == TR_BN_SUBTRACT || step == TR_BN_SUBTRACT_PSI_2) tr_bn_fp2_neg(&q.y, &q.y);
    tr_bn_add_step(line, &pairs->t[i], &q, &pairs->p[i], step != TR_BN_SUBTRACT_PSI_2);
}

TR_FIELD_SHARED void tr_bn_step_all(tr_bn_fp12 *f, tr_bn_pairs *pairs, tr_bn_step step)
{
    tr_bn_line a, b;
    size_t i = 0;
    for (; i + 1 < pairs->n; i += 2) {
        tr_bn_step_line(&a, pairs, i, step);
        tr_bn_step_line(&b, pairs, i + 1, step);
        tr_bn_mul_lines(f, &a, &b);
    }
    if (i < pairs->n) {
        tr_bn_step_line(&a, pairs, i, step);
        tr_bn_fp12_mul_by_034(f, f, &a.l0, &a.l3, &a.l4);
    }
}

TR_FIELD_SHARED void tr_bn_miller_loop(tr_bn_fp12 *f, tr_bn_pairs *pairs)
{
    tr_bn_fp12_set_one(f);
    for (size_t i = 0; i < pairs->n; i++)
        pairs->t[i] = (tr_bn_g2_hom){pairs->q[i].x, pairs->q[i].y, {tr_bn_fp_one, tr_bn_fp_zero}};
    for (size_t i = TR_COUNTOF(tr_bn_loop) - 1; i-- > 0;) {
        if (i + 2 != TR_COUNTOF(tr_bn_loop)) tr_bn_fp12_sqr(f, f);
        tr_bn_step_all(f, pairs, TR_BN_DOUBLE);
        if (tr_bn_loop[i] != 0)
            tr_bn_step_all(f, pairs, tr_bn_loop[i] > 0 ? TR_BN_ADD : TR_BN_SUBTRACT);
    }
    tr_bn_step_all(f, pairs, TR_BN_ADD_PSI);
    tr_bn_step_all(f, pairs, TR_BN_SUBTRACT_PSI_2);
}

/* The power x of an element of the cyclotomic subgroup. */
TR_FIELD_SHARED void tr_bn_pow_x(tr_bn_fp12 *out, const tr_bn_fp12 *a)
{
    tr_bn_fp12 odd[4], square, x, inverse;
    odd[0] = *a;
    tr_bn_fp12_cyclotomic_sqr(&square, a);
    for (unsigned i = 1; i < 4; i++) tr_bn_fp12_mul(&odd[i], &odd[i - 1], &square);
    x = *a;
    for (size_t i = TR_COUNTOF(tr_bn_x_digits) - 1; i-- > 0;) {
        int digit = (int)tr_bn_x_digits[i];
        tr_bn_fp12_cyclotomic_sqr(&x, &x);
        if (digit > 0) tr_bn_fp12_mul(&x, &x, &odd[digit / 2]);
        if (digit < 0) {
            tr_bn_fp12_conj(&inverse, &odd[-digit / 2]);
            tr_bn_fp12_mul(&x, &x, &inverse);
        }
    }
    *out = x;
}

/* To the power of (p^12 - 1) / r times 2x (6x^2 + 3x + 1), which is prime to r: the easy part
 * (p^6 - 1) (p^2 + 1), then (L. Fuentes-Castaneda, E. Knapp, F. Rodriguez-Henriquez, 2011)
 *
 *   a = f^(12x^3 + 6x^2 + 6x), b = a f^(-2x):  a f^(6x^2) f  b^p  a^(p^2)  (b / f)^(p^3) */
TR_FIELD_SHARED void tr_bn_final_power(tr_bn_fp12 *f)
{
    tr_bn_fp12 m, t, x2, x6, xx6, a, b;
    tr_bn_fp12_inv(&t, f);
    tr_bn_fp12_conj(&m, f);
    tr_bn_fp12_mul(&m, &m, &t);
    tr_bn_fp12_frobenius_2(&t, &m);
    tr_bn_fp12_mul(&m, &m, &t);
    tr_bn_pow_x(&x2, &m);
    tr_bn_fp12_cyclotomic_sqr(&x2, &x2);
    tr_bn_fp12_cyclotomic_sqr(&x6, &x2);
    tr_bn_fp12_mul(&x6, &x6, &x2);
    tr_bn_pow_x(&xx6, &x6);
    tr_bn_fp12_cyclotomic_sqr(&a, &xx6);
    tr_bn_pow_x(&a, &a);
    tr_bn_fp12_mul(&a, &a, &xx6);
    tr_bn_fp12_mul(&a, &a, &x6);
    tr_bn_fp12_conj(&b, &x2);
    tr_bn_fp12_mul(&b, &b, &a);
    tr_bn_fp12_mul(f, &a, &xx6);
    tr_bn_fp12_mul(f, f, &m);
    tr_bn_fp12_frobenius(&t, &b);
    tr_bn_fp12_mul(f, f, &t);
    tr_bn_fp12_frobenius_2(&t, &a);
    tr_bn_fp12_mul(f, f, &t);
    tr_bn_fp12_conj(&t, &m);
    tr_bn_fp12_mul(&t, &t, &b);
    tr_bn_fp12_frobenius_3(&t, &t);
    tr_bn_fp12_mul(f, f, &t);
}

TR_FIELD_SHARED void tr_bn_pair(size_t n, const tr_bn_g1 a[], const tr_bn_g2 b[], tr_bn_gt *out)
{
    tr_bn_pairs pairs;
    tr_bn_fp12 f, part;
    tr_bn_fp12_set_one(&f);
    for (size_t i = 0; i < n;) {
        pairs.n = 0;
        for (; i < n && pairs.n < TR_BN_PAIRS; i++) {
            if (tr_bn_g1_is_inf(&a[i]) || tr_bn_g2_is_inf(&b[i])) continue;
            pairs.p[pairs.n] = a[i];
            pairs.q[pairs.n++] = b[i];
        }
        if (pairs.n == 0) continue;
        tr_bn_miller_loop(&part, &pairs);
        tr_bn_fp12_mul(&f, &f, &part);
    }
    if (!tr_bn_fp12_is_one(&f)) tr_bn_final_power(&f);
    memcpy(out, &f, sizeof(*out));
}

_Static_assert(sizeof(tr_bn_gt) == sizeof(tr_bn_fp12), "the same twelve coordinates");

TR_FIELD_SHARED void tr_bn_gt_product(const tr_bn_gt *a, const tr_bn_gt *b, tr_bn_gt *out)
{
    tr_bn_fp12 x, y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    tr_bn_fp12_mul(&x, &x, &y);
    memcpy(out, &x, sizeof(*out));
}

TR_FIELD_SHARED void tr_bn_gt_power(const tr_bn_gt *a, const uint8_t exponent[32], tr_bn_gt *out)
{
    tr_bn_fp12 x;
    uint64_t k[4];
    memcpy(&x, a, sizeof(x));
    tr_scalar_read(k, exponent);
    tr_bn_fp12_cyclotomic_pow(&x, &x, k, 4);
    memcpy(out, &x, sizeof(*out));
}

#endif
