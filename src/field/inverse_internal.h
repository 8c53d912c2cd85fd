/* The inverse modulo an odd number, by the division steps of D. J. Bernstein and B.-Y. Yang, "Fast
 * constant-time gcd computation and modular inversion" (2019), here in variable time.
 *
 * Steps are taken in rounds of 62 on the lowest limbs alone, which give a matrix; the matrix is
 * then applied to the long numbers, signed and in limbs of 62 bits. */
#ifndef TR_FIELD_INVERSE_INTERNAL_H
#define TR_FIELD_INVERSE_INTERNAL_H

#include "field/limbs_internal.h"

enum { TR_STEP_LIMBS_MAX = 7 };
#define TR_STEP_MASK ((int64_t)(UINT64_MAX >> 2))

typedef __int128 tr_step_sum;

/* Signed: the highest limb carries the sign, the others are 0 .. 2^62 - 1. */
typedef struct tr_step_number {
    int64_t v[TR_STEP_LIMBS_MAX];
} tr_step_number;

/* 2^62 times the matrix of a round: (f, g) becomes (u f + v g, q f + r g) / 2^62. */
typedef struct tr_step_matrix {
    int64_t u, v, q, r;
} tr_step_matrix;

static TR_FIELD_INLINE void tr_step_read(unsigned limbs, unsigned n, tr_step_number *out,
                                         const uint64_t *a)
{
    for (unsigned i = 0; i < limbs; i++) {
        unsigned word = 62 * i / 64, bit = 62 * i % 64;
        uint64_t x = word < n ? a[word] >> bit : 0;
        if (bit > 2 && word + 1 < n) x |= a[word + 1] << (64 - bit);
        out->v[i] = (int64_t)x & TR_STEP_MASK;
    }
}

static TR_FIELD_INLINE void tr_step_write(unsigned limbs, unsigned n, uint64_t *out,
                                          const tr_step_number *a)
{
    for (unsigned i = 0; i < n; i++) {
        unsigned limb = 64 * i / 62, bit = 64 * i % 62;
        out[i] = (uint64_t)a->v[limb] >> bit;
        if (limb + 1 < limbs) out[i] |= (uint64_t)a->v[limb + 1] << (62 - bit);
    }
}

/* 62 division steps on the lowest limbs.  eta is minus the delta of the paper; several steps that
 * cannot swap are taken at once, by the multiple of f that clears that many bits of g. */
static TR_FIELD_INLINE int64_t tr_step_round(int64_t eta, uint64_t f, uint64_t g,
                                             tr_step_matrix *out)
{
    uint64_t u = 1, v = 0, q = 0, r = 1;
    unsigned left = 62;
    for (;;) {
        unsigned zeros = tr_ctz64(g | UINT64_MAX << left) & 63; /* at most left */
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= (int64_t)zeros;
        left -= zeros;
        if (left == 0) break;
        bool swap = eta < 0;
        if (swap) {
            uint64_t was_f = f, was_u = u, was_v = v;
            eta = -eta;
            f = g;
            g = 0 - was_f;
            u = q;
            q = 0 - was_u;
            v = r;
            r = 0 - was_v;
        }
        unsigned most = eta + 1 > (int64_t)left ? left : (unsigned)(eta + 1);
        uint64_t low = UINT64_MAX >> (64 - most), multiple;
        if (swap)
            multiple = f * g * (f * f - 2) & low & 63;
        else
            multiple = (0 - (f + (((f + 1) & 4) << 1))) * g & low & 15;
        g += f * multiple;
        q += u * multiple;
        r += v * multiple;
    }
    *out = (tr_step_matrix){(int64_t)u, (int64_t)v, (int64_t)q, (int64_t)r};
    return eta;
}

/* The matrix applied to f and g, of len limbs. */
static TR_FIELD_INLINE void tr_step_apply(unsigned len, tr_step_number *f, tr_step_number *g,
                                          const tr_step_matrix *t)
{
    tr_step_sum cf = (tr_step_sum)t->u * f->v[0] + (tr_step_sum)t->v * g->v[0];
    tr_step_sum cg = (tr_step_sum)t->q * f->v[0] + (tr_step_sum)t->r * g->v[0];
    cf >>= 62;
    cg >>= 62;
    for (unsigned i = 1; i < len; i++) {
        cf += (tr_step_sum)t->u * f->v[i] + (tr_step_sum)t->v * g->v[i];
        cg += (tr_step_sum)t->q * f->v[i] + (tr_step_sum)t->r * g->v[i];
        f->v[i - 1] = (int64_t)cf & TR_STEP_MASK;
        g->v[i - 1] = (int64_t)cg & TR_STEP_MASK;
        cf >>= 62;
        cg >>= 62;
    }
    f->v[len - 1] = (int64_t)cf;
    g->v[len - 1] = (int64_t)cg;
}

static TR_FIELD_INLINE int64_t tr_step_sign(int64_t x) /* all ones below 0 */
{
    return x < 0 ? -1 : 0;
}

/* The matrix applied to d and e modulo p: a multiple of p is added that makes the sums divisible by
 * 2^62.  Both stay between -2p and p. */
static TR_FIELD_INLINE void tr_step_apply_modulo(unsigned limbs, tr_step_number *d,
                                                 tr_step_number *e, const tr_step_matrix *t,
                                                 const tr_step_number *p, uint64_t inverse)
{
    int64_t d_sign = tr_step_sign(d->v[limbs - 1]), e_sign = tr_step_sign(e->v[limbs - 1]);
    int64_t md = (t->u & d_sign) + (t->v & e_sign), me = (t->q & d_sign) + (t->r & e_sign);
    tr_step_sum cd = (tr_step_sum)t->u * d->v[0] + (tr_step_sum)t->v * e->v[0];
    tr_step_sum ce = (tr_step_sum)t->q * d->v[0] + (tr_step_sum)t->r * e->v[0];
    md -= (int64_t)(inverse * (uint64_t)cd + (uint64_t)md) & TR_STEP_MASK;
    me -= (int64_t)(inverse * (uint64_t)ce + (uint64_t)me) & TR_STEP_MASK;
    cd += (tr_step_sum)p->v[0] * md;
    ce += (tr_step_sum)p->v[0] * me;
    cd >>= 62;
    ce >>= 62;
    for (unsigned i = 1; i < limbs; i++) {
        cd += (tr_step_sum)t->u * d->v[i] + (tr_step_sum)t->v * e->v[i];
        ce += (tr_step_sum)t->q * d->v[i] + (tr_step_sum)t->r * e->v[i];
        cd += (tr_step_sum)p->v[i] * md;
        ce += (tr_step_sum)p->v[i] * me;
        d->v[i - 1] = (int64_t)cd & TR_STEP_MASK;
        e->v[i - 1] = (int64_t)ce & TR_STEP_MASK;
        cd >>= 62;
        ce >>= 62;
    }
    d->v[limbs - 1] = (int64_t)cd;
    e->v[limbs - 1] = (int64_t)ce;
}

/* a = a + b or, if negate, -a, with limbs brought back to their range. */
static TR_FIELD_INLINE void tr_step_add(unsigned limbs, tr_step_number *a, const tr_step_number *b,
                                        bool negate)
{
    int64_t carry = 0;
    for (unsigned i = 0; i < limbs; i++) {
        int64_t x = (negate ? -a->v[i] : a->v[i] + b->v[i]) + carry;
        carry = x >> 62;
        a->v[i] = i + 1 < limbs ? x & TR_STEP_MASK : x;
    }
}

static TR_FIELD_INLINE bool tr_step_is_zero(unsigned len, const tr_step_number *a)
{
    int64_t any = 0;
    for (unsigned i = 0; i < len; i++) any |= a->v[i];
    return any == 0;
}

/* Where the highest limb of both is nothing but a sign, it goes into the one below. */
static TR_FIELD_INLINE unsigned tr_step_shorten(unsigned len, tr_step_number *f, tr_step_number *g)
{
    int64_t top_f = f->v[len - 1], top_g = g->v[len - 1];
    if (len < 2 || top_f != tr_step_sign(top_f) || top_g != tr_step_sign(top_g)) return len;
    f->v[len - 2] |= (int64_t)((uint64_t)top_f << 62);
    g->v[len - 2] |= (int64_t)((uint64_t)top_g << 62);
    return len - 1;
}

/* out = 1 / a modulo the prime p, n limbs; 0 for 0.  minus_inverse is that of p modulo 2^64. */
static TR_FIELD_INLINE void tr_limbs_inverse(unsigned n, uint64_t *out, const uint64_t *a,
                                             const uint64_t *p, uint64_t minus_inverse)
{
    unsigned limbs = (64 * n + 61) / 62, len = limbs;
    tr_step_number f = {{0}}, g = f, modulus = f, d = f, e = {{1}};
    tr_step_matrix t;
    int64_t eta = -1;
    tr_step_read(limbs, n, &modulus, p);
    tr_step_read(limbs, n, &f, p);
    tr_step_read(limbs, n, &g, a);
    while (!tr_step_is_zero(len, &g)) {
        eta = tr_step_round(eta, (uint64_t)f.v[0], (uint64_t)g.v[0], &t);
        tr_step_apply_modulo(limbs, &d, &e, &t, &modulus, 0 - minus_inverse);
        tr_step_apply(len, &f, &g, &t);
        len = tr_step_shorten(len, &f, &g);
    }
    /* f is 1 or -1 now (or p, for a = 0), and d is f / a. */
    if (d.v[limbs - 1] < 0) tr_step_add(limbs, &d, &modulus, false);
    if (f.v[len - 1] < 0) tr_step_add(limbs, &d, &modulus, true);
    if (d.v[limbs - 1] < 0) tr_step_add(limbs, &d, &modulus, false);
    tr_step_write(limbs, n, out, &d);
}

#endif
