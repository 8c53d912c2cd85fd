/* Maps of field elements to the groups of BLS12-381, for one set of instructions: the simplified
 * map to a curve y^2 = x^3 + a x + b (RFC 9380, section 6.6.2), and the isogeny from there.
 *
 * Nothing is divided: the map's x is xn / xd, and with z = xd the point (xn xd, y xd^3, xd) is
 * Jacobian; the isogeny (X(x) / h(x)^2, y Y(x) / h(x)^3) takes Jacobian points to Jacobian points.
 */
#ifndef TR_CURVE_BLS12_381_MAP_IMPL_H
#define TR_CURVE_BLS12_381_MAP_IMPL_H

#include "curve/bls12_381_group_impl.h"

/* out = a to the power of (p - 3) / 4: 1 / sqrt(a) for squares. */
static void tr_bls_fp_root_power(tr_bls_fp *out, const tr_bls_fp *a)
{
    uint64_t exponent[6];
    memcpy(exponent, tr_bls_fp_root_exponent, sizeof(exponent));
    exponent[0]--;
    tr_bls_fp_pow(out, a, exponent, 6);
}

/* x of the curve's equation before it is known which of two candidates it is. */
typedef struct tr_bls_map1 {
    tr_bls_fp zuu;    /* z u^2: the other candidate is x times this */
    tr_bls_fp xn, xd; /* x = xn / xd */
    tr_bls_fp gn, gd; /* x^3 + a x + b = gn / gd; gd = xd^3 */
} tr_bls_map1;

typedef struct tr_bls_map2 {
    tr_bls_fp2 zuu, xn, xd, gn, gd;
} tr_bls_map2;

/* x = b (1 + 1 / (z^2 u^4 + z u^2)) / -a, and b / (z a) where that divides by zero. */
static void tr_bls_map1_begin(tr_bls_map1 *m, const tr_bls_fp *u)
{
    tr_bls_fp t, s;
    tr_bls_fp_sqr(&t, u);
    tr_bls_fp_mul(&m->zuu, &t, &tr_bls_map1_z);
    tr_bls_fp_sqr(&t, &m->zuu);
    tr_bls_fp_add(&t, &t, &m->zuu);
    tr_bls_fp_add(&m->xn, &t, &tr_bls_fp_one);
    tr_bls_fp_mul(&m->xn, &m->xn, &tr_bls_map1_b);
    if (tr_bls_fp_is_zero(&t))
        t = tr_bls_map1_z;
    else
        tr_bls_fp_neg(&t, &t);
    tr_bls_fp_mul(&m->xd, &t, &tr_bls_map1_a);
    tr_bls_fp_sqr(&s, &m->xd);
    tr_bls_fp_mul(&m->gd, &s, &m->xd);
    tr_bls_fp_mul(&s, &s, &tr_bls_map1_a);
    tr_bls_fp_sqr(&t, &m->xn);
    tr_bls_fp_add(&t, &t, &s);
    tr_bls_fp_mul(&t, &t, &m->xn);
    tr_bls_fp_mul(&s, &m->gd, &tr_bls_map1_b);
    tr_bls_fp_add(&m->gn, &t, &s);
}

static void tr_bls_map2_begin(tr_bls_map2 *m, const tr_bls_fp2 *u)
{
    tr_bls_fp2 t, s;
    tr_bls_fp2_sqr(&t, u);
    tr_bls_fp2_mul(&m->zuu, &t, &tr_bls_map2_z);
    tr_bls_fp2_sqr(&t, &m->zuu);
    tr_bls_fp2_add(&t, &t, &m->zuu);
    m->xn = t;
    tr_bls_fp_add(&m->xn.c0, &t.c0, &tr_bls_fp_one);
    tr_bls_fp2_mul(&m->xn, &m->xn, &tr_bls_map2_b);
    if (tr_bls_fp2_is_zero(&t))
        t = tr_bls_map2_z;
    else
        tr_bls_fp2_neg(&t, &t);
    tr_bls_fp2_mul(&m->xd, &t, &tr_bls_map2_a);
    tr_bls_fp2_sqr(&s, &m->xd);
    tr_bls_fp2_mul(&m->gd, &s, &m->xd);
    tr_bls_fp2_mul(&s, &s, &tr_bls_map2_a);
    tr_bls_fp2_sqr(&t, &m->xn);
    tr_bls_fp2_add(&t, &t, &s);
    tr_bls_fp2_mul(&t, &t, &m->xn);
    tr_bls_fp2_mul(&s, &m->gd, &tr_bls_map2_b);
    tr_bls_fp2_add(&m->gn, &t, &s);
}

/* y = gn (gn gd)^((p - 3) / 4) has y^2 = gn / gd or minus that, p being 3 modulo 4.  In the second
 * case x is multiplied by z u^2, gn / gd by z^3 u^6, and y by u^3 sqrt(-z^3). */
static void tr_bls_map1_point(tr_bls_g1_jac *out, const tr_bls_fp *u)
{
    tr_bls_map1 m;
    tr_bls_fp y, t;
    tr_bls_map1_begin(&m, u);
    tr_bls_fp_mul(&t, &m.gn, &m.gd);
    tr_bls_fp_root_power(&t, &t);
    tr_bls_fp_mul(&y, &t, &m.gn);
    tr_bls_fp_sqr(&t, &y);
    tr_bls_fp_mul(&t, &t, &m.gd);
    if (!tr_bls_fp_eq(&t, &m.gn)) {
        tr_bls_fp_mul(&m.xn, &m.xn, &m.zuu);
        tr_bls_fp_sqr(&t, u);
        tr_bls_fp_mul(&t, &t, u);
        tr_bls_fp_mul(&t, &t, &tr_bls_map1_root);
        tr_bls_fp_mul(&y, &y, &t);
    }
    if (tr_bls_fp_is_odd(&y) != tr_bls_fp_is_odd(u)) tr_bls_fp_neg(&y, &y);
    tr_bls_fp_mul(&out->x, &m.xn, &m.xd);
    tr_bls_fp_mul(&out->y, &y, &m.gd);
    out->z = m.xd;
}

/* A square root of a, of which n is a square root of the norm: as tr_bls_fp2_sqrt. */
static void tr_bls_fp2_root_by_norm(tr_bls_fp2 *out, const tr_bls_fp2 *a, const tr_bls_fp *n)
{
    tr_bls_fp t, power, x, other;
    if (tr_bls_fp_is_zero(&a->c1)) {
        (void)tr_bls_fp2_sqrt(out, a); /* any number of the prime field has one */
        return;
    }
    tr_bls_fp_add(&t, &a->c0, n);
    tr_bls_fp_halve(&t, &t);
    tr_bls_fp_root_power(&power, &t);
    tr_bls_fp_mul(&x, &power, &t);
    tr_bls_fp_mul(&other, &power, &a->c1);
    tr_bls_fp_halve(&other, &other);
    tr_bls_fp_sqr(&power, &x);
    if (tr_bls_fp_eq(&power, &t)) {
        *out = (tr_bls_fp2){x, other};
    } else {
        tr_bls_fp_neg(&other, &other);
        *out = (tr_bls_fp2){other, x};
    }
}

static bool tr_bls_fp2_is_odd(const tr_bls_fp2 *a)
{
    return tr_bls_fp_is_odd(tr_bls_fp_is_zero(&a->c0) ? &a->c1 : &a->c0);
}

/* With a = gn gd, y = sqrt(a) / gd and y xd^3 = sqrt(a).  e = norm(a)^((p - 3) / 4) says whether a
 * is a square, and gives the root of its norm, or of that of z^3 a: norm(z)^3 is no square either.
 * The sign of y itself needs 1 / norm(gd) = norm(gn) / norm(a), which is e^2 norm(gn) or minus
 * that. */
static void tr_bls_map2_point(tr_bls_g2_jac *out, const tr_bls_fp2 *u)
{
    tr_bls_map2 m;
    tr_bls_fp2 a, y, t;
    tr_bls_fp norm, e, n, inverse;
    tr_bls_map2_begin(&m, u);
    tr_bls_fp2_mul(&a, &m.gn, &m.gd);
    tr_bls_fp2_norm(&norm, &a);
    tr_bls_fp_root_power(&e, &norm);
    tr_bls_fp_mul(&n, &e, &norm);
    tr_bls_fp_mul(&inverse, &n, &e);
    bool square = tr_bls_fp_eq(&inverse, &tr_bls_fp_one) || tr_bls_fp_is_zero(&norm);
    tr_bls_fp_sqr(&e, &e);
    tr_bls_fp2_norm(&norm, &m.gn);
    tr_bls_fp_mul(&inverse, &norm, &e);
    if (!square) {
        tr_bls_fp_neg(&inverse, &inverse);
        tr_bls_fp_mul(&n, &n, &tr_bls_map2_root);
        tr_bls_fp2_mul(&a, &a, &tr_bls_map2_z3);
        tr_bls_fp2_mul(&m.xn, &m.xn, &m.zuu);
    }
    tr_bls_fp2_root_by_norm(&out->y, &a, &n);
    if (!square) {
        tr_bls_fp2_sqr(&t, u);
        tr_bls_fp2_mul(&t, &t, u);
        tr_bls_fp2_mul(&out->y, &out->y, &t);
    }
    tr_bls_fp2_conj(&t, &m.gd);
    tr_bls_fp2_mul_fp(&t, &t, &inverse);
    tr_bls_fp2_mul(&y, &out->y, &t);
    if (tr_bls_fp2_is_odd(&y) != tr_bls_fp2_is_odd(u)) tr_bls_fp2_neg(&out->y, &out->y);
    tr_bls_fp2_mul(&out->x, &m.xn, &m.xd);
    out->z = m.xd;
}

/* The sum of c[i] x^i w^(degree - i), w[i] being w^i. */
static void tr_bls_iso1_sum(tr_bls_fp *out, unsigned degree, const tr_bls_fp *c, const tr_bls_fp *x,
                            const tr_bls_fp *w)
{
    tr_bls_fp sum = c[degree], t;
    for (unsigned i = degree; i-- > 0;) {
        tr_bls_fp_mul(&sum, &sum, x);
        tr_bls_fp_mul(&t, &c[i], &w[degree - i]);
        tr_bls_fp_add(&sum, &sum, &t);
    }
    *out = sum;
}

static void tr_bls_iso2_sum(tr_bls_fp2 *out, unsigned degree, const tr_bls_fp2 *c,
                            const tr_bls_fp2 *x, const tr_bls_fp2 *w)
{
    tr_bls_fp2 sum = c[degree], t;
    for (unsigned i = degree; i-- > 0;) {
        tr_bls_fp2_mul(&sum, &sum, x);
        tr_bls_fp2_mul(&t, &c[i], &w[degree - i]);
        tr_bls_fp2_add(&sum, &sum, &t);
    }
    *out = sum;
}

/* The isogenies of degree 11 and 3, in place; points of the kernel, where h is zero, go to
 * infinity. */
static void tr_bls_iso1(tr_bls_g1_jac *a)
{
    enum { X = TR_COUNTOF(tr_bls_iso1_x) - 1, Y = TR_COUNTOF(tr_bls_iso1_y) - 1 };
    tr_bls_fp w[Y + 1] TR_FIELD_UNSET, h, x, y;
    tr_bls_fp_sqr(&w[1], &a->z);
    for (unsigned i = 2; i <= Y; i++) tr_bls_fp_mul(&w[i], &w[i - 1], &w[1]);
    tr_bls_iso1_sum(&h, TR_COUNTOF(tr_bls_iso1_h) - 1, tr_bls_iso1_h, &a->x, w);
    tr_bls_iso1_sum(&x, X, tr_bls_iso1_x, &a->x, w);
    tr_bls_iso1_sum(&y, Y, tr_bls_iso1_y, &a->x, w);
    a->x = x;
    tr_bls_fp_mul(&a->y, &a->y, &y);
    tr_bls_fp_mul(&a->z, &a->z, &h);
}

static void tr_bls_iso2(tr_bls_g2_jac *a)
{
    enum { X = TR_COUNTOF(tr_bls_iso2_x) - 1, Y = TR_COUNTOF(tr_bls_iso2_y) - 1 };
    tr_bls_fp2 w[Y + 1] TR_FIELD_UNSET, h, x, y;
    tr_bls_fp2_sqr(&w[1], &a->z);
    for (unsigned i = 2; i <= Y; i++) tr_bls_fp2_mul(&w[i], &w[i - 1], &w[1]);
    tr_bls_iso2_sum(&h, TR_COUNTOF(tr_bls_iso2_h) - 1, tr_bls_iso2_h, &a->x, w);
    tr_bls_iso2_sum(&x, X, tr_bls_iso2_x, &a->x, w);
    tr_bls_iso2_sum(&y, Y, tr_bls_iso2_y, &a->x, w);
    a->x = x;
    tr_bls_fp2_mul(&a->y, &a->y, &y);
    tr_bls_fp2_mul(&a->z, &a->z, &h);
}

static void tr_bls_g1_map(size_t n, const tr_bls_fp u[], tr_bls_g1 *out)
{
    tr_bls_g1_jac sum, point;
    memset(&sum, 0, sizeof(sum));
    for (size_t i = 0; i < n; i++) {
        tr_bls_map1_point(&point, &u[i]);
        tr_bls_iso1(&point);
        tr_bls_g1_jac_add(&sum, &sum, &point);
    }
    tr_bls_g1_clear(&sum, &sum);
    tr_bls_g1_to_affine(out, &sum);
}

static void tr_bls_g2_map(size_t n, const tr_bls_fp2 u[], tr_bls_g2 *out)
{
    tr_bls_g2_jac sum, point;
    memset(&sum, 0, sizeof(sum));
    for (size_t i = 0; i < n; i++) {
        tr_bls_map2_point(&point, &u[i]);
        tr_bls_iso2(&point);
        tr_bls_g2_jac_add(&sum, &sum, &point);
    }
    tr_bls_g2_clear(&sum, &sum);
    tr_bls_g2_to_affine(out, &sum);
}

#endif
