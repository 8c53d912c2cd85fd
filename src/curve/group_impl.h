/* The template of a group of points on y^2 = x^3 + b, for BN254 and BLS12-381 alike.
 *
 *   TR_GROUP      its name, an affine type with x and y that exists: tr_bn_g1
 *   TR_GROUP_F    the coordinates' field: tr_bn_fp, tr_bn_fp2
 *   TR_GROUP_ONE  an expression for its one
 *
 * All stay defined for curve/msm_impl.h; curve/template_end.h undefines them.  For a group G:
 *
 *   G_jac                    Jacobian points (x / z^2, y / z^3); z = 0 is infinity
 *   G_is_inf G_same G_flip   of affine points, of which infinity is (0, 0)
 *   G_on_the_curve           y^2 = x^3 + b, or infinity
 *   G_jac_of, G_to_affine, G_to_affine_many(n, in, out, scratch of 2n coordinates)
 *   G_jac_double, G_jac_add, G_jac_add_affine    of any points: equal, opposite, infinity
 *   G_stream, G_stream_set, G_streams   multiples by digits, several interleaved
 *   G_add_many               affine additions with one inversion for all of them; any points
 *
 * Public data only: time depends on values. */
#ifndef TR_CURVE_GROUP_IMPL_H
#define TR_CURVE_GROUP_IMPL_H

#include "curve/scalar_internal.h"
#include "field/tower.h"

#endif

#ifdef TR_GROUP
#define TR_G(name)  TR_PASTE(TR_GROUP, name)
#define TR_GF(name) TR_PASTE(TR_GROUP_F, name)
#define TR_JAC      TR_G(jac)

typedef struct TR_JAC {
    TR_GROUP_F x, y, z;
} TR_JAC;

static inline bool TR_G(is_inf)(const TR_GROUP *a)
{
    return TR_GF(is_zero)(&a->x) && TR_GF(is_zero)(&a->y);
}

static inline bool TR_G(same)(const TR_GROUP *a, const TR_GROUP *b)
{
    return TR_GF(eq)(&a->x, &b->x) && TR_GF(eq)(&a->y, &b->y);
}

static inline void TR_G(flip)(TR_GROUP *out, const TR_GROUP *a)
{
    out->x = a->x;
    TR_GF(neg)(&out->y, &a->y);
}

static inline bool TR_G(on_the_curve)(const TR_GROUP *a, const TR_GROUP_F *b)
{
    TR_GROUP_F left, right;
    TR_GF(sqr)(&left, &a->y);
    TR_GF(sqr)(&right, &a->x);
    TR_GF(mul)(&right, &right, &a->x);
    TR_GF(add)(&right, &right, b);
    return TR_GF(eq)(&left, &right) || TR_G(is_inf)(a);
}

static inline void TR_G(jac_of)(TR_JAC *out, const TR_GROUP *a)
{
    out->x = a->x;
    out->y = a->y;
    if (TR_G(is_inf)(a))
        memset(&out->z, 0, sizeof(out->z));
    else
        out->z = TR_GROUP_ONE;
}

static inline void TR_G(jac_neg)(TR_JAC *out, const TR_JAC *a)
{
    *out = *a;
    TR_GF(neg)(&out->y, &a->y);
}

/* From the inverse of z; of infinity it is zero, and so are x and y. */
static inline void TR_G(scale)(TR_GROUP *out, const TR_JAC *a, const TR_GROUP_F *inverse)
{
    TR_GROUP_F square;
    TR_GF(sqr)(&square, inverse);
    TR_GF(mul)(&out->x, &a->x, &square);
    TR_GF(mul)(&square, &square, inverse);
    TR_GF(mul)(&out->y, &a->y, &square);
}

static inline void TR_G(to_affine)(TR_GROUP *out, const TR_JAC *a)
{
    TR_GROUP_F inverse;
    TR_GF(inv)(&inverse, &a->z);
    TR_G(scale)(out, a, &inverse);
}

/* scratch is of 2n coordinates. */
static inline void TR_G(to_affine_many)(size_t n, const TR_JAC *in, TR_GROUP *out,
                                        TR_GROUP_F *scratch)
{
    for (size_t i = 0; i < n; i++) scratch[i] = in[i].z;
    TR_GF(inv_many)(n, scratch, scratch + n);
    for (size_t i = 0; i < n; i++) TR_G(scale)(&out[i], &in[i], &scratch[i]);
}

TR_FIELD_SHARED void TR_G(jac_double)(TR_JAC *out, const TR_JAC *a)
{
    TR_GROUP_F xx TR_FIELD_UNSET, yy TR_FIELD_UNSET, yyyy TR_FIELD_UNSET;
    TR_GROUP_F d TR_FIELD_UNSET, e TR_FIELD_UNSET, t TR_FIELD_UNSET;
    TR_GF(sqr)(&xx, &a->x);
    TR_GF(sqr)(&yy, &a->y);
    TR_GF(sqr)(&yyyy, &yy);
    TR_GF(add)(&d, &a->x, &yy);
    TR_GF(sqr)(&d, &d);
    TR_GF(sub)(&d, &d, &xx);
    TR_GF(sub)(&d, &d, &yyyy);
    TR_GF(double)(&d, &d); /* 4 x y^2 */
    TR_GF(double)(&e, &xx);
    TR_GF(add)(&e, &e, &xx);
    TR_GF(mul)(&t, &a->y, &a->z);
    TR_GF(double)(&out->z, &t);
    TR_GF(sqr)(&t, &e);
    TR_GF(sub)(&t, &t, &d);
    TR_GF(sub)(&out->x, &t, &d);
    TR_GF(sub)(&d, &d, &out->x);
    TR_GF(mul)(&d, &d, &e);
    for (unsigned i = 0; i < 3; i++) TR_GF(double)(&yyyy, &yyyy);
    TR_GF(sub)(&out->y, &d, &yyyy);
}

/* From u = x1 and s = y1 over a common denominator, h = x2 - x1 and r = y2 - y1; out->z is set. */
static inline void TR_G(jac_chord)(TR_JAC *out, const TR_GROUP_F *u, const TR_GROUP_F *s,
                                   const TR_GROUP_F *h, const TR_GROUP_F *r)
{
    TR_GROUP_F hh TR_FIELD_UNSET, hhh TR_FIELD_UNSET, v TR_FIELD_UNSET, t TR_FIELD_UNSET;
    TR_GF(sqr)(&hh, h);
    TR_GF(mul)(&hhh, &hh, h);
    TR_GF(mul)(&v, u, &hh);
    TR_GF(sqr)(&t, r);
    TR_GF(sub)(&t, &t, &hhh);
    TR_GF(sub)(&t, &t, &v);
    TR_GF(mul)(&hhh, &hhh, s);
    TR_GF(sub)(&out->x, &t, &v);
    TR_GF(sub)(&v, &v, &out->x);
    TR_GF(mul)(&v, &v, r);
    TR_GF(sub)(&out->y, &v, &hhh);
}

TR_FIELD_SHARED void TR_G(jac_add_affine)(TR_JAC *out, const TR_JAC *a, const TR_GROUP *b)
{
    TR_GROUP_F zz, h, r, x = a->x, y = a->y;
    if (TR_G(is_inf)(b)) {
        *out = *a;
        return;
    }
    if (TR_GF(is_zero)(&a->z)) {
        TR_G(jac_of)(out, b);
        return;
    }
    TR_GF(sqr)(&zz, &a->z);
    TR_GF(mul)(&h, &b->x, &zz);
    TR_GF(mul)(&r, &b->y, &zz);
    TR_GF(mul)(&r, &r, &a->z);
    TR_GF(sub)(&h, &h, &x);
    TR_GF(sub)(&r, &r, &y);
    if (TR_GF(is_zero)(&h) && TR_GF(is_zero)(&r)) {
        TR_G(jac_double)(out, a);
        return;
    }
    TR_GF(mul)(&out->z, &a->z, &h); /* 0 for opposite points */
    TR_G(jac_chord)(out, &x, &y, &h, &r);
}

TR_FIELD_SHARED void TR_G(jac_add)(TR_JAC *out, const TR_JAC *a, const TR_JAC *b)
{
    TR_GROUP_F azz TR_FIELD_UNSET, bzz TR_FIELD_UNSET, u TR_FIELD_UNSET;
    TR_GROUP_F s TR_FIELD_UNSET, h TR_FIELD_UNSET, r TR_FIELD_UNSET;
    if (TR_GF(is_zero)(&a->z) || TR_GF(is_zero)(&b->z)) {
        *out = TR_GF(is_zero)(&a->z) ? *b : *a;
        return;
    }
    TR_GF(sqr)(&azz, &a->z);
    TR_GF(sqr)(&bzz, &b->z);
    TR_GF(mul)(&u, &a->x, &bzz);
    TR_GF(mul)(&h, &b->x, &azz);
    TR_GF(mul)(&s, &b->z, &bzz);
    TR_GF(mul)(&s, &s, &a->y);
    TR_GF(mul)(&r, &a->z, &azz);
    TR_GF(mul)(&r, &r, &b->y);
    TR_GF(sub)(&h, &h, &u);
    TR_GF(sub)(&r, &r, &s);
    if (TR_GF(is_zero)(&h) && TR_GF(is_zero)(&r)) {
        TR_G(jac_double)(out, a);
        return;
    }
    TR_GF(mul)(&bzz, &a->z, &b->z);
    TR_GF(mul)(&out->z, &bzz, &h);
    TR_G(jac_chord)(out, &u, &s, &h, &r);
}

/* A multiple that is being computed: odd multiples of the point, digits of the scalar. */
typedef struct TR_G(stream) {
    TR_GROUP odd[TR_WNAF_TABLE];
    int8_t digits[TR_WNAF_LEN];
} TR_G(stream);

static inline void TR_G(odd_multiples)(TR_GROUP odd[TR_WNAF_TABLE], const TR_GROUP *a)
{
    TR_JAC twice, multiple[TR_WNAF_TABLE];
    TR_GROUP_F scratch[2 * TR_WNAF_TABLE];
    TR_G(jac_of)(&multiple[0], a);
    TR_G(jac_double)(&twice, &multiple[0]);
    for (unsigned i = 1; i < TR_WNAF_TABLE; i++)
        TR_G(jac_add)(&multiple[i], &multiple[i - 1], &twice);
    TR_G(to_affine_many)(TR_WNAF_TABLE, multiple, odd, scratch);
}

static inline void TR_G(stream_set)(TR_G(stream) * stream, unsigned len, const tr_scalar_part *part)
{
    tr_wnaf(stream->digits, len, part->w, 4);
    if (!part->negative) return;
    for (unsigned i = 0; i < len; i++) stream->digits[i] = (int8_t)-stream->digits[i];
}

/* The sum of the streams, each of len digits. */
static inline void TR_G(streams)(TR_JAC *out, unsigned count, const TR_G(stream) * streams,
                                 unsigned len)
{
    memset(out, 0, sizeof(*out));
    while (len-- > 0) {
        if (!TR_GF(is_zero)(&out->z)) TR_G(jac_double)(out, out);
        for (unsigned i = 0; i < count; i++) {
            int digit = (int)streams[i].digits[len];
            TR_GROUP term;
            if (digit == 0) continue;
            term = streams[i].odd[(digit < 0 ? -digit : digit) / 2];
            if (digit < 0) TR_GF(neg)(&term.y, &term.y);
            TR_G(jac_add_affine)(out, out, &term);
        }
    }
}

/* A multiple by a scalar of any size, without endomorphism. */
static inline void TR_G(plain_mul)(TR_JAC *out, const TR_GROUP *a, const tr_scalar_part *scalar)
{
    TR_G(stream) stream;
    TR_G(odd_multiples)(stream.odd, a);
    TR_G(stream_set)(&stream, TR_WNAF_LEN, scalar);
    TR_G(streams)(out, 1, &stream, TR_WNAF_LEN);
}

/* What an affine addition divides by; one where there is nothing to divide. */
static inline void TR_G(add_divisor)(TR_GROUP_F *out, const TR_GROUP *a, const TR_GROUP *b)
{
    TR_GF(sub)(out, &b->x, &a->x);
    if (TR_UNLIKELY(TR_G(is_inf)(a) || TR_G(is_inf)(b)))
        *out = TR_GROUP_ONE;
    else if (TR_UNLIKELY(TR_GF(is_zero)(out))) {
        if (TR_GF(eq)(&a->y, &b->y))
            TR_GF(double)(out, &a->y);
        else
            *out = TR_GROUP_ONE;
    }
}

static inline void TR_G(add_divided)(TR_GROUP *out, const TR_GROUP *a, const TR_GROUP *b,
                                     const TR_GROUP_F *inverse)
{
    TR_GROUP_F slope, x, y;
    if (TR_UNLIKELY(TR_G(is_inf)(a) || TR_G(is_inf)(b))) {
        *out = TR_G(is_inf)(a) ? *b : *a;
        return;
    }
    if (TR_UNLIKELY(TR_GF(eq)(&a->x, &b->x))) {
        if (!TR_GF(eq)(&a->y, &b->y)) {
            memset(out, 0, sizeof(*out));
            return;
        }
        TR_GF(sqr)(&x, &a->x);
        TR_GF(double)(&slope, &x);
        TR_GF(add)(&slope, &slope, &x);
    } else {
        TR_GF(sub)(&slope, &b->y, &a->y);
    }
    TR_GF(mul)(&slope, &slope, inverse);
    TR_GF(sqr)(&x, &slope);
    TR_GF(sub)(&x, &x, &a->x);
    TR_GF(sub)(&x, &x, &b->x);
    TR_GF(sub)(&y, &a->x, &x);
    TR_GF(mul)(&y, &y, &slope);
    TR_GF(sub)(&out->y, &y, &a->y);
    out->x = x;
}

/* scratch is of 2n coordinates. */
TR_FIELD_SHARED void TR_G(add_many)(size_t n, const tr_add_job *jobs, TR_GROUP *pool, void *scratch)
{
    TR_GROUP_F *divisors = scratch, *products = divisors + n, product = TR_GROUP_ONE, inverse;
    for (size_t i = 0; i < n; i++) {
        TR_G(add_divisor)(&divisors[i], &pool[jobs[i].a], &pool[jobs[i].b]);
        products[i] = product;
        TR_GF(mul)(&product, &product, &divisors[i]);
    }
    TR_GF(inv)(&product, &product);
    for (size_t i = n; i-- > 0;) {
        TR_GF(mul)(&inverse, &product, &products[i]);
        TR_GF(mul)(&product, &product, &divisors[i]);
        TR_G(add_divided)(&pool[jobs[i].out], &pool[jobs[i].a], &pool[jobs[i].b], &inverse);
    }
}

/* One affine addition. */
static inline void TR_G(affine_add)(TR_GROUP *out, const TR_GROUP *a, const TR_GROUP *b)
{
    TR_GROUP_F inverse;
    TR_G(add_divisor)(&inverse, a, b);
    TR_GF(inv)(&inverse, &inverse);
    TR_G(add_divided)(out, a, b, &inverse);
}
#endif
