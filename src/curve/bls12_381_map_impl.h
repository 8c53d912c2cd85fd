/* Maps of field elements to the groups of BLS12-381, for one set of instructions: the simplified
 * map to a curve y^2 = x^3 + a x + b (RFC 9380, section 6.6.2), and the isogeny from there.
 *
 * Nothing is divided: the map's x is xn / xd, and with z = xd the point (xn xd, y xd^3, xd) is
 * Jacobian; the isogeny (X(x) / h(x)^2, y Y(x) / h(x)^3) takes Jacobian points to Jacobian points.
 */
#ifndef TR_CURVE_BLS12_381_MAP_IMPL_H
#define TR_CURVE_BLS12_381_MAP_IMPL_H

#include "curve/bls12_381_group_impl.h"

enum { TR_BLS_MAPS = 2 }; /* that are computed side by side */

/* Each of n to the power of (p - 3) / 4, which is 1 / sqrt(x) for squares; n is at most
 * TR_BLS_MAPS.  Two chains of products fill the time that one of them waits. */
TR_FIELD_SHARED void tr_bls_fp_root_powers(size_t n, tr_bls_fp x[])
{
    tr_bls_fp odd[TR_POWER_TABLE][TR_BLS_MAPS] TR_FIELD_UNSET, square;
    uint64_t exponent[6];
    memcpy(exponent, tr_bls_fp_root_exponent, sizeof(exponent));
    exponent[0]--; /* which is not 0 */
    for (size_t k = 0; k < n; k++) {
        odd[0][k] = x[k];
        tr_bls_fp_sqr(&square, &x[k]);
        for (unsigned i = 1; i < TR_POWER_TABLE; i++)
            tr_bls_fp_mul(&odd[i][k], &odd[i - 1][k], &square);
    }
    unsigned at = tr_power_bits(exponent, 6);
    unsigned window = tr_power_window(exponent, &at, TR_POWER_WINDOW);
    for (size_t k = 0; k < n; k++) x[k] = odd[window / 2][k];
    while (at > 0) {
        unsigned from = at;
        while (at > 0 && (exponent[(at - 1) / 64] >> ((at - 1) % 64) & 1) == 0) at--;
        bool last = at == 0; /* zeros only */
        if (!last) window = tr_power_window(exponent, &at, TR_POWER_WINDOW);
        for (unsigned i = at; i < from; i++)
            for (size_t k = 0; k < n; k++) tr_bls_fp_mul_inline(&x[k], &x[k], &x[k]);
        for (size_t k = 0; !last && k < n; k++)
            tr_bls_fp_mul_inline(&x[k], &x[k], &odd[window / 2][k]);
    }
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
TR_FIELD_SHARED void tr_bls_map1_begin(tr_bls_map1 *m, const tr_bls_fp *u)
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

TR_FIELD_SHARED void tr_bls_map2_begin(tr_bls_map2 *m, const tr_bls_fp2 *u)
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

/* With power = (gn gd)^((p - 3) / 4), y = gn power has y^2 = gn / gd or minus that, p being 3
 * modulo
 * 4.  In the second case x is multiplied by z u^2, gn / gd by z^3 u^6, and y by u^3 sqrt(-z^3). */
TR_FIELD_SHARED void tr_bls_map1_end(tr_bls_g1_jac *out, tr_bls_map1 *m, const tr_bls_fp *u,
                                     const tr_bls_fp *power)
{
    tr_bls_fp y, t;
    tr_bls_fp_mul(&y, power, &m->gn);
    tr_bls_fp_sqr(&t, &y);
    tr_bls_fp_mul(&t, &t, &m->gd);
    if (!tr_bls_fp_eq(&t, &m->gn)) {
        tr_bls_fp_mul(&m->xn, &m->xn, &m->zuu);
        tr_bls_fp_sqr(&t, u);
        tr_bls_fp_mul(&t, &t, u);
        tr_bls_fp_mul(&t, &t, &tr_bls_map1_root);
        tr_bls_fp_mul(&y, &y, &t);
    }
    if (tr_bls_fp_is_odd(&y) != tr_bls_fp_is_odd(u)) tr_bls_fp_neg(&y, &y);
    tr_bls_fp_mul(&out->x, &m->xn, &m->xd);
    tr_bls_fp_mul(&out->y, &y, &m->gd);
    out->z = m->xd;
}

TR_FIELD_SHARED void tr_bls_map1_points(size_t n, tr_bls_g1_jac out[], const tr_bls_fp u[])
{
    tr_bls_map1 m[TR_BLS_MAPS];
    tr_bls_fp power[TR_BLS_MAPS];
    for (size_t k = 0; k < n; k++) {
        tr_bls_map1_begin(&m[k], &u[k]);
        tr_bls_fp_mul(&power[k], &m[k].gn, &m[k].gd);
    }
    tr_bls_fp_root_powers(n, power);
    for (size_t k = 0; k < n; k++) tr_bls_map1_end(&out[k], &m[k], &u[k], &power[k]);
}

TR_FIELD_SHARED bool tr_bls_fp2_is_odd(const tr_bls_fp2 *a)
{
    return tr_bls_fp_is_odd(tr_bls_fp_is_zero(&a->c0) ? &a->c1 : &a->c0);
}

/* A map under way: y xd^3 = sqrt(a), of a = gn gd or z^3 gn gd. */
typedef struct tr_bls_root2 {
    tr_bls_fp2 a;
    tr_bls_fp half;    /* (a.c0 + sqrt(norm(a))) / 2 */
    tr_bls_fp inverse; /* 1 / norm(gd) */
    bool square;
} tr_bls_root2;

/* power = norm(a)^((p - 3) / 4) says whether a is a square, and gives the root of its norm, or of
 * that of z^3 a: norm(z)^3 is no square either.  1 / norm(gd) = norm(gn) / norm(a) is power^2
 * norm(gn) or minus that. */
TR_FIELD_SHARED void tr_bls_map2_norm(tr_bls_root2 *r, tr_bls_map2 *m, const tr_bls_fp *power)
{
    tr_bls_fp norm, n, t;
    tr_bls_fp2_norm(&norm, &r->a);
    tr_bls_fp_mul(&n, power, &norm);
    tr_bls_fp_mul(&t, &n, power);
    r->square = tr_bls_fp_eq(&t, &tr_bls_fp_one) || tr_bls_fp_is_zero(&norm);
    tr_bls_fp_sqr(&t, power);
    tr_bls_fp2_norm(&norm, &m->gn);
    tr_bls_fp_mul(&r->inverse, &norm, &t);
    if (!r->square) {
        tr_bls_fp_neg(&r->inverse, &r->inverse);
        tr_bls_fp_mul(&n, &n, &tr_bls_map2_root);
        tr_bls_fp2_mul(&r->a, &r->a, &tr_bls_map2_z3);
        tr_bls_fp2_mul(&m->xn, &m->xn, &m->zuu);
    }
    tr_bls_fp_add(&r->half, &r->a.c0, &n);
    tr_bls_fp_halve(&r->half, &r->half);
}

/* The square root of a, with power = half^((p - 3) / 4): as tr_bls_fp2_sqrt. */
TR_FIELD_SHARED void tr_bls_map2_root_of(tr_bls_fp2 *out, const tr_bls_root2 *r,
                                         const tr_bls_fp *power)
{
    tr_bls_fp x, other, t;
    if (tr_bls_fp_is_zero(&r->a.c1)) {
        (void)tr_bls_fp2_sqrt(out, &r->a); /* any number of the prime field has one */
        return;
    }
    tr_bls_fp_mul(&x, power, &r->half);
    tr_bls_fp_mul(&other, power, &r->a.c1);
    tr_bls_fp_halve(&other, &other);
    tr_bls_fp_sqr(&t, &x);
    if (tr_bls_fp_eq(&t, &r->half)) {
        *out = (tr_bls_fp2){x, other};
    } else {
        tr_bls_fp_neg(&other, &other);
        *out = (tr_bls_fp2){other, x};
    }
}

TR_FIELD_SHARED void tr_bls_map2_end(tr_bls_g2_jac *out, const tr_bls_map2 *m,
                                     const tr_bls_root2 *r, const tr_bls_fp2 *u,
                                     const tr_bls_fp *power)
{
    tr_bls_fp2 y, t;
    tr_bls_map2_root_of(&out->y, r, power);
    if (!r->square) {
        tr_bls_fp2_sqr(&t, u);
        tr_bls_fp2_mul(&t, &t, u);
        tr_bls_fp2_mul(&out->y, &out->y, &t);
    }
    tr_bls_fp2_conj(&t, &m->gd);
    tr_bls_fp2_mul_fp(&t, &t, &r->inverse);
    tr_bls_fp2_mul(&y, &out->y, &t);
    if (tr_bls_fp2_is_odd(&y) != tr_bls_fp2_is_odd(u)) tr_bls_fp2_neg(&out->y, &out->y);
    tr_bls_fp2_mul(&out->x, &m->xn, &m->xd);
    out->z = m->xd;
}

TR_FIELD_SHARED void tr_bls_map2_points(size_t n, tr_bls_g2_jac out[], const tr_bls_fp2 u[])
{
    tr_bls_map2 m[TR_BLS_MAPS];
    tr_bls_root2 r[TR_BLS_MAPS];
    tr_bls_fp power[TR_BLS_MAPS];
    for (size_t k = 0; k < n; k++) {
        tr_bls_map2_begin(&m[k], &u[k]);
        tr_bls_fp2_mul(&r[k].a, &m[k].gn, &m[k].gd);
        tr_bls_fp2_norm(&power[k], &r[k].a);
    }
    tr_bls_fp_root_powers(n, power);
    for (size_t k = 0; k < n; k++) {
        tr_bls_map2_norm(&r[k], &m[k], &power[k]);
        power[k] = r[k].half;
    }
    tr_bls_fp_root_powers(n, power);
    for (size_t k = 0; k < n; k++) tr_bls_map2_end(&out[k], &m[k], &r[k], &u[k], &power[k]);
}

/* The sum of c[i] x^i w^(degree - i), w[i] being w^i. */
TR_FIELD_SHARED void tr_bls_iso1_sum(tr_bls_fp *out, unsigned degree, const tr_bls_fp *c,
                                     const tr_bls_fp *x, const tr_bls_fp *w)
{
    tr_bls_fp sum = c[degree], t;
    for (unsigned i = degree; i-- > 0;) {
        tr_bls_fp_mul(&sum, &sum, x);
        tr_bls_fp_mul(&t, &c[i], &w[degree - i]);
        tr_bls_fp_add(&sum, &sum, &t);
    }
    *out = sum;
}

TR_FIELD_SHARED void tr_bls_iso2_sum(tr_bls_fp2 *out, unsigned degree, const tr_bls_fp2 *c,
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
TR_FIELD_SHARED void tr_bls_iso1(tr_bls_g1_jac *a)
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

TR_FIELD_SHARED void tr_bls_iso2(tr_bls_g2_jac *a)
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

TR_FIELD_SHARED void tr_bls_g1_map(size_t n, const tr_bls_fp u[], tr_bls_g1 *out)
{
    tr_bls_g1_jac sum, points[TR_BLS_MAPS];
    memset(&sum, 0, sizeof(sum));
    TR_ASSERT(n <= TR_BLS_MAPS);
    tr_bls_map1_points(n, points, u);
    for (size_t i = 0; i < n; i++) {
        tr_bls_iso1(&points[i]);
        tr_bls_g1_jac_add(&sum, &sum, &points[i]);
    }
    tr_bls_g1_clear(&sum, &sum);
    tr_bls_g1_to_affine(out, &sum);
}

TR_FIELD_SHARED void tr_bls_g2_map(size_t n, const tr_bls_fp2 u[], tr_bls_g2 *out)
{
    tr_bls_g2_jac sum, points[TR_BLS_MAPS];
    memset(&sum, 0, sizeof(sum));
    TR_ASSERT(n <= TR_BLS_MAPS);
    tr_bls_map2_points(n, points, u);
    for (size_t i = 0; i < n; i++) {
        tr_bls_iso2(&points[i]);
        tr_bls_g2_jac_add(&sum, &sum, &points[i]);
    }
    tr_bls_g2_clear(&sum, &sum);
    tr_bls_g2_to_affine(out, &sum);
}

#endif
