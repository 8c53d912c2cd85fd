/* secp256k1: recovery of one signer, with MULX, ADCX and ADOX.  The way is that of k1_portable.c:
 * one ladder of 128 doublings over four halves.  What is faster here:
 *
 * - The field is k1_field_x86.h's.
 * - The odd multiples of the point have one common z, so that they count as affine ones of another
 *   curve y^2 = x^3 + b', on which the ladder goes; nothing of it asks what b' is.  No inversion is
 *   needed for them, and the generator's multiples go over with two products each.
 * - The generator's multiples reach farther than a table in the source could.
 *
 * Public data only: time depends on values. */
#include "curve/k1_x86.h"

#include "curve/k1_field_x86.h"
#include "curve/k1_generator.h"
#include "hash/once_internal.h"

/* Points: affine, and Jacobian, where z = 0 is the one at infinity. */

typedef struct point {
    k1x_fe x, y;
} point;

typedef struct jacobian {
    k1x_fe x, y, z;
} jacobian;

/* With l = 3 x^2 / 2 and t = x y^2: x becomes l^2 - 2 t, y becomes l (t - x) - y^4, z y z. */
K1X_INLINE void double_point(jacobian *p)
{
    k1x_fe l, s, t, u;
    k1x_sqr(&s, &p->x);
    k1x_mul(&p->z, &p->y, &p->z);
    k1x_add(&l, &s, &s);
    k1x_add(&l, &l, &s);
    k1x_halve(&l, &l);
    k1x_sqr(&s, &p->y);
    k1x_mul(&t, &p->x, &s);
    k1x_sqr(&u, &l);
    k1x_sub(&u, &u, &t);
    k1x_sub(&p->x, &u, &t);
    k1x_sqr(&s, &s);
    k1x_sub(&t, &t, &p->x);
    k1x_mul(&t, &l, &t);
    k1x_sub(&p->y, &t, &s);
}

/* p += q; h is what z is multiplied by, where neither is at infinity and they differ. */
K1X_INLINE void add_point(jacobian *p, const point *q, k1x_fe *h)
{
    k1x_fe zz, r, hh, hhh, v, t;
    if (k1x_is_zero(&p->z)) {
        *p = (jacobian){q->x, q->y, k1x_one};
        return;
    }
    k1x_sqr(&zz, &p->z);
    k1x_mul(h, &q->x, &zz);
    k1x_sub(h, h, &p->x);
    k1x_mul(&t, &zz, &p->z);
    k1x_mul(&r, &q->y, &t);
    k1x_sub(&r, &r, &p->y);
    if (TR_UNLIKELY(k1x_is_zero(h))) {
        if (k1x_is_zero(&r))
            double_point(p);
        else
            p->z = (k1x_fe){{0}};
        return;
    }
    k1x_sqr(&hh, h);
    k1x_mul(&p->z, &p->z, h);
    k1x_mul(&hhh, &hh, h);
    k1x_mul(&v, &p->x, &hh);
    k1x_sqr(&t, &r);
    k1x_sub(&t, &t, &hhh);
    k1x_sub(&t, &t, &v);
    k1x_sub(&p->x, &t, &v);
    k1x_sub(&t, &v, &p->x);
    k1x_mul(&t, &r, &t);
    k1x_mul(&hhh, &hhh, &p->y);
    k1x_sub(&p->y, &t, &hhh);
}

static bool lift(point *out, const k1x_fe *x, bool odd)
{
    static const k1x_fe zero = {{0}}, seven = {{7}};
    k1x_fe t;
    k1x_sqr(&t, x);
    k1x_mul(&t, &t, x);
    k1x_add(&t, &t, &seven);
    if (!k1x_root(&out->y, &t)) return false;
    k1x_normalize(&out->y);
    if (((out->y.v[0] & 1) != 0) != odd) k1x_sub(&out->y, &zero, &out->y);
    out->x = *x;
    return true;
}

/* Odd multiples of a point, and of lambda times it: (beta x, y). */
enum { WIDTH = 5, MULTIPLES = 1 << (WIDTH - 2), FIXED_WIDTH = 11, FIXED = 1 << (FIXED_WIDTH - 2) };

typedef struct multiple {
    k1x_fe x[2], y;
} multiple;

static const k1x_fe beta = {
    {0xc1396c28719501ee, 0x9cf0497512f58995, 0x6e64479eac3434e9, 0x7ae96a2b657c0710}};

/* n odd multiples of p on a curve where they are affine; a point (x, y) of it is (x / z^2, y /
 * z^3). The doubled point is affine on a first such curve, by its own z; each step of p, 3 p, 5
 * p... there has the z of the one before times its h, so that the last z can be made that of all.
 * ratios is scratch. */
static void make_multiples(size_t n, multiple *out, k1x_fe *ratios, const point *p, k1x_fe *z)
{
    jacobian sum = {p->x, p->y, k1x_one};
    point step;
    k1x_fe first, square;
    double_point(&sum);
    step = (point){sum.x, sum.y};
    first = sum.z;
    k1x_sqr(&square, &first);
    k1x_mul(&sum.x, &p->x, &square);
    k1x_mul(&square, &square, &first);
    k1x_mul(&sum.y, &p->y, &square);
    sum.z = k1x_one;
    out[0].x[0] = sum.x;
    out[0].y = sum.y;
    for (size_t i = 1; i < n; i++) {
        add_point(&sum, &step, &ratios[i]);
        out[i].x[0] = sum.x;
        out[i].y = sum.y;
    }
    k1x_mul(z, &sum.z, &first);
    k1x_fe ratio = k1x_one;
    for (size_t i = n; i-- > 0;) {
        k1x_sqr(&square, &ratio);
        k1x_mul(&out[i].x[0], &out[i].x[0], &square);
        k1x_mul(&square, &square, &ratio);
        k1x_mul(&out[i].y, &out[i].y, &square);
        if (i != 0) k1x_mul(&ratio, &ratio, &ratios[i]);
    }
    for (size_t i = 0; i < n; i++) k1x_mul(&out[i].x[1], &out[i].x[0], &beta);
}

/* The generator's, which are affine on the curve itself. */
static const multiple *generator_multiples(void)
{
    static tr_once once;
    static multiple made[FIXED];
    if (!tr_once_begin(&once)) return made;
    static k1x_fe ratios[FIXED];
    point g;
    k1x_fe z, square;
    tr_k1_fp_to_limbs(g.x.v, &k1_generator[0].x);
    tr_k1_fp_to_limbs(g.y.v, &k1_generator[0].y);
    make_multiples(FIXED, made, ratios, &g, &z);
    k1x_invert(&z, &z);
    k1x_sqr(&square, &z);
    k1x_mul(&z, &z, &square);
    for (unsigned i = 0; i < FIXED; i++) {
        k1x_mul(&made[i].x[0], &made[i].x[0], &square);
        k1x_mul(&made[i].x[1], &made[i].x[1], &square);
        k1x_mul(&made[i].y, &made[i].y, &z);
    }
    tr_once_end(&once);
    return made;
}

/* Signed odd digits of the two halves of a factor, as in k1_portable.c. */
enum { DIGITS = 144 };

typedef struct digits {
    int16_t d[2][DIGITS];
    unsigned count;
} digits;

static void make_digits(digits *out, unsigned which, const tr_k1_fn *half, unsigned width)
{
    uint64_t k[4];
    int sign = 1;
    tr_k1_fn_to_limbs(k, half);
    if (k[3] != 0) { /* a half is below 2^129 in absolute value */
        tr_k1_fn positive;
        tr_k1_fn_neg(&positive, half);
        tr_k1_fn_to_limbs(k, &positive);
        sign = -1;
    }
    for (unsigned at = 0; (k[0] | k[1] | k[2]) != 0; at++) {
        unsigned zeros = k[0] == 0 ? 63 : tr_ctz64(k[0]);
        if (zeros != 0) {
            k[0] = k[0] >> zeros | k[1] << (64 - zeros);
            k[1] = k[1] >> zeros | k[2] << (64 - zeros);
            k[2] >>= zeros;
            at += zeros;
        }
        if ((k[0] & 1) != 0) {
            int digit = (int)(k[0] & ((1u << width) - 1)), up = digit >> (width - 1);
            k[0] &= UINT64_MAX << width;
            uint64_t carry = (uint64_t)up << width;
            for (unsigned i = 0; i < 3; i++) carry = __builtin_add_overflow(k[i], carry, &k[i]);
            out->d[which][at] = (int16_t)(sign * (digit - (up << width)));
            out->count = TR_MAX(out->count, at + 1);
        }
        k[0] = k[0] >> 1 | k[1] << 63;
        k[1] = k[1] >> 1 | k[2] << 63;
        k[2] >>= 1;
    }
}

static void digits_of(digits *out, const tr_k1_fn *factor, unsigned width)
{
    tr_k1_fn half[2];
    memset(out, 0, sizeof(*out));
    tr_k1_split(&half[0], &half[1], factor);
    for (unsigned i = 0; i < 2; i++) make_digits(out, i, &half[i], width);
}

static void choose(point *out, const multiple *table, int digit, unsigned which)
{
    static const k1x_fe zero = {{0}};
    const multiple *m = &table[(digit < 0 ? -digit : digit) / 2];
    out->x = m->x[which];
    out->y = m->y;
    if (digit < 0) k1x_sub(&out->y, &zero, &out->y);
}

/* out = u1 G + u2 q */
static void multiply_two(jacobian *out, const tr_k1_fn *u1, const tr_k1_fn *u2, const point *q)
{
    const multiple *generator = generator_multiples();
    multiple table[MULTIPLES];
    k1x_fe z, z2, z3, unused, ratios[MULTIPLES];
    digits fixed, free;
    digits_of(&fixed, u1, FIXED_WIDTH);
    digits_of(&free, u2, WIDTH);
    make_multiples(MULTIPLES, table, ratios, q, &z);
    k1x_sqr(&z2, &z);
    k1x_mul(&z3, &z2, &z);
    jacobian sum = {k1x_one, k1x_one, {{0}}};
    for (unsigned at = TR_MAX(fixed.count, free.count); at-- != 0;) {
        point next;
        double_point(&sum);
        for (unsigned i = 0; i < 2; i++) {
            if (free.d[i][at] != 0) {
                choose(&next, table, free.d[i][at], i);
                add_point(&sum, &next, &unused);
            }
            if (fixed.d[i][at] != 0) {
                choose(&next, generator, fixed.d[i][at], i);
                k1x_mul(&next.x, &next.x, &z2);
                k1x_mul(&next.y, &next.y, &z3);
                add_point(&sum, &next, &unused);
            }
        }
    }
    k1x_mul(&sum.z, &sum.z, &z);
    *out = sum;
}

static void write_be(uint8_t out[32], k1x_fe *x)
{
    k1x_normalize(x);
    for (unsigned i = 0; i < 4; i++) tr_store64be(out + 8 * i, x->v[3 - i]);
}

/* The signature's r as an x: r itself or, above the order, r plus the order, below p. */
static bool read_x(k1x_fe *out, const tr_ecdsa_sig *sig)
{
    unsigned char c = 0;
    for (unsigned i = 0; i < 4; i++) out->v[3 - i] = tr_load64be(sig->r + 8 * i);
    if ((sig->recovery & 2) == 0) return true;
    for (unsigned i = 0; i < 4; i++)
        c = k1x_add_limb(c, out->v[i], tr_k1_fn_modulus[i], &out->v[i]);
    k1x_fe t = *out;
    return c == 0 && k1x_add_short(&t, K1X_FOLD) == 0;
}

tr_err tr_k1_recover_x86(const tr_hash *hash, const tr_ecdsa_sig *sig, tr_pubkey *out)
{
    tr_k1_fn r, s, digest, inverse, u1, u2;
    k1x_fe x, z, square;
    point at;
    jacobian sum;
    if (!tr_k1_fn_read_be(&r, sig->r) || !tr_k1_fn_read_be(&s, sig->s)) return TR_E_SIGNATURE_RANGE;
    if (!read_x(&x, sig) || !lift(&at, &x, (sig->recovery & 1) != 0)) return TR_E_SIGNATURE;
    tr_k1_fn_reduce_be(&digest, hash->b, sizeof(hash->b));
    tr_k1_fn_inv(&inverse, &r);
    tr_k1_fn_mul(&u1, &digest, &inverse);
    tr_k1_fn_neg(&u1, &u1);
    tr_k1_fn_mul(&u2, &s, &inverse);
    multiply_two(&sum, &u1, &u2, &at);
    if (k1x_is_zero(&sum.z)) return TR_E_SIGNATURE;
    k1x_invert(&z, &sum.z);
    k1x_sqr(&square, &z);
    k1x_mul(&sum.x, &sum.x, &square);
    k1x_mul(&square, &square, &z);
    k1x_mul(&sum.y, &sum.y, &square);
    write_be(out->x, &sum.x);
    write_be(out->y, &sum.y);
    return TR_OK;
}
