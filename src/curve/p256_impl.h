/* ECDSA verification over P-256, y^2 = x^3 - 3 x + b, compiled for each processor.
 *
 * u G + v Q is computed from the top: one doubling for each bit, and additions of odd multiples of
 * both points where their digits are.  Points are Jacobian, (x / z^2, y / z^3); z = 0 is infinity,
 * and equal and opposite points are seen in each addition. */
#ifndef TR_CURVE_P256_IMPL_H
#define TR_CURVE_P256_IMPL_H

#include "curve/p256_internal.h"
#include "curve/p256_mul_internal.h"
#include "curve/p256_table.h"

typedef struct jacobian {
    tr_p256_fp x, y, z;
} jacobian;

static bool on_curve(const tr_p256_point *a)
{
    tr_p256_fp left, right, three;
    tr_p256_sqr(&left, &a->y);
    tr_p256_sqr(&right, &a->x);
    tr_p256_fp_of_u64(&three, 3);
    tr_p256_fp_sub(&right, &right, &three);
    tr_p256_mul(&right, &right, &a->x);
    tr_p256_fp_add(&right, &right, &tr_p256_b);
    return tr_p256_fp_eq(&left, &right);
}

/* Of infinity too: z stays 0. */
static void twice(jacobian *out, const jacobian *a)
{
    tr_p256_fp zz, yy, xyy, slope, t;
    tr_p256_sqr(&zz, &a->z);
    tr_p256_sqr(&yy, &a->y);
    tr_p256_mul(&xyy, &a->x, &yy);
    tr_p256_fp_sub(&t, &a->x, &zz);
    tr_p256_fp_add(&slope, &a->x, &zz);
    tr_p256_mul(&slope, &slope, &t);
    tr_p256_fp_double(&t, &slope);
    tr_p256_fp_add(&slope, &slope, &t); /* 3 (x^2 - z^4) */
    tr_p256_mul(&t, &a->y, &a->z);
    tr_p256_fp_double(&out->z, &t);
    tr_p256_fp_double(&xyy, &xyy);
    tr_p256_fp_double(&xyy, &xyy); /* 4 x y^2 */
    tr_p256_sqr(&t, &slope);
    tr_p256_fp_sub(&t, &t, &xyy);
    tr_p256_fp_sub(&out->x, &t, &xyy);
    tr_p256_fp_sub(&t, &xyy, &out->x);
    tr_p256_mul(&t, &t, &slope);
    tr_p256_fp_double(&yy, &yy);
    tr_p256_sqr(&yy, &yy);
    tr_p256_fp_double(&yy, &yy); /* 8 y^4 */
    tr_p256_fp_sub(&out->y, &t, &yy);
}

/* out = a + b; out may be a. */
static void plus(jacobian *out, const jacobian *a, const tr_p256_point *b)
{
    tr_p256_fp zz, h, r, hh, hhh, v;
    if (tr_p256_fp_is_zero(&a->z)) {
        *out = (jacobian){b->x, b->y, tr_p256_fp_one};
        return;
    }
    tr_p256_sqr(&zz, &a->z);
    tr_p256_mul(&h, &b->x, &zz);
    tr_p256_mul(&r, &b->y, &zz);
    tr_p256_mul(&r, &r, &a->z);
    tr_p256_fp_sub(&h, &h, &a->x);
    tr_p256_fp_sub(&r, &r, &a->y);
    if (tr_p256_fp_is_zero(&h) && tr_p256_fp_is_zero(&r)) {
        twice(out, a);
        return;
    }
    tr_p256_mul(&out->z, &a->z, &h); /* 0 for opposite points */
    tr_p256_sqr(&hh, &h);
    tr_p256_mul(&hhh, &hh, &h);
    tr_p256_mul(&v, &hh, &a->x);
    tr_p256_mul(&h, &hhh, &a->y);
    tr_p256_sqr(&zz, &r);
    tr_p256_fp_sub(&zz, &zz, &hhh);
    tr_p256_fp_sub(&zz, &zz, &v);
    tr_p256_fp_sub(&out->x, &zz, &v);
    tr_p256_fp_sub(&v, &v, &out->x);
    tr_p256_mul(&v, &v, &r);
    tr_p256_fp_sub(&out->y, &v, &h);
}

/* q, 3 q, 5 q, ...: none of them is infinity, nor equal or opposite to 2 q, as the order of q is a
 * large prime. */
static void odd_multiples(tr_p256_point odd[TR_P256_Q_TABLE], const tr_p256_point *q)
{
    jacobian multiple[TR_P256_Q_TABLE], two;
    tr_p256_fp inverse[TR_P256_Q_TABLE], scratch[TR_P256_Q_TABLE], square;
    tr_p256_point step;
    multiple[0] = (jacobian){q->x, q->y, tr_p256_fp_one};
    twice(&two, &multiple[0]);
    tr_p256_fp_inv(&inverse[0], &two.z);
    tr_p256_sqr(&square, &inverse[0]);
    tr_p256_mul(&step.x, &two.x, &square);
    tr_p256_mul(&square, &square, &inverse[0]);
    tr_p256_mul(&step.y, &two.y, &square);
    for (unsigned i = 1; i < TR_P256_Q_TABLE; i++) plus(&multiple[i], &multiple[i - 1], &step);
    for (unsigned i = 0; i < TR_P256_Q_TABLE; i++) inverse[i] = multiple[i].z;
    tr_p256_fp_inv_many(TR_P256_Q_TABLE, inverse, scratch);
    for (unsigned i = 0; i < TR_P256_Q_TABLE; i++) {
        tr_p256_sqr(&square, &inverse[i]);
        tr_p256_mul(&odd[i].x, &multiple[i].x, &square);
        tr_p256_mul(&square, &square, &inverse[i]);
        tr_p256_mul(&odd[i].y, &multiple[i].y, &square);
    }
}

/* width bits from bit at on; zeros above the top. */
static unsigned bits_at(const uint64_t k[4], unsigned at, unsigned width)
{
    unsigned word = at / 64, shift = at % 64;
    if (word >= 4) return 0;
    uint64_t x = k[word] >> shift;
    if (shift + width > 64 && word + 1 < 4) x |= k[word + 1] << (64 - shift);
    return (unsigned)x & ((1u << width) - 1);
}

/* The non-adjacent form of this width: digits are zero, or odd and below 2^(width - 1) in size. */
static void digits_of(int8_t digits[TR_P256_DIGITS], const tr_p256_fn *scalar, unsigned width)
{
    uint64_t k[4];
    unsigned carry = 0;
    tr_p256_fn_to_limbs(k, scalar);
    memset(digits, 0, TR_P256_DIGITS);
    for (unsigned at = 0; at < TR_P256_DIGITS;) {
        if (bits_at(k, at, 1) == carry) {
            at++;
            continue;
        }
        unsigned digit = bits_at(k, at, width) + carry;
        carry = digit >> (width - 1) & 1;
        digits[at] = (int8_t)((int)digit - (int)(carry << width));
        at += width;
    }
}

static void plus_digit(jacobian *sum, const tr_p256_point *odd, int digit)
{
    if (digit > 0) plus(sum, sum, &odd[digit / 2]);
    if (digit < 0) {
        tr_p256_point term = odd[-digit / 2];
        tr_p256_fp_neg(&term.y, &term.y);
        plus(sum, sum, &term);
    }
}

/* sum = u G + v q. */
static void combine(jacobian *sum, const tr_p256_fn *u, const tr_p256_fn *v, const tr_p256_point *q)
{
    tr_p256_point odd[TR_P256_Q_TABLE];
    int8_t of_g[TR_P256_DIGITS], of_q[TR_P256_DIGITS];
    odd_multiples(odd, q);
    digits_of(of_g, u, TR_P256_G_WIDTH);
    digits_of(of_q, v, TR_P256_Q_WIDTH);
    memset(sum, 0, sizeof(*sum));
    for (unsigned at = TR_P256_DIGITS; at-- > 0;) {
        twice(sum, sum);
        plus_digit(sum, tr_p256_generator_odd, of_g[at]);
        plus_digit(sum, odd, of_q[at]);
    }
}

/* Whether x of a finite point is r modulo the order n: x is r, or r + n if that is below p. */
static bool x_is(const jacobian *a, const uint64_t r[4])
{
    tr_p256_fp x, zz;
    uint64_t above[4];
    tr_p256_sqr(&zz, &a->z);
    tr_p256_fp_of_limbs(&x, r); /* n is below p */
    tr_p256_mul(&x, &x, &zz);
    if (tr_p256_fp_eq(&x, &a->x)) return true;
    if (tr_limbs_add(4, above, r, tr_p256_fn_modulus) != 0) return false;
    if (!tr_p256_fp_of_limbs_strict(&x, above)) return false;
    tr_p256_mul(&x, &x, &zz);
    return tr_p256_fp_eq(&x, &a->x);
}

static inline bool verify(const uint8_t hash[32], const uint8_t r[32], const uint8_t s[32],
                          const uint8_t x[32], const uint8_t y[32])
{
    tr_p256_fn a, b, inverse, e;
    tr_p256_point q;
    jacobian sum;
    uint64_t plain[4];
    if (!tr_p256_fn_read_be(&a, r) || tr_p256_fn_is_zero(&a)) return false;
    if (!tr_p256_fn_read_be(&b, s) || tr_p256_fn_is_zero(&b)) return false;
    if (!tr_p256_fp_read_be(&q.x, x) || !tr_p256_fp_read_be(&q.y, y)) return false;
    if (!on_curve(&q)) return false;
    tr_p256_fn_reduce_be(&e, hash, 32);
    tr_p256_fn_inv(&inverse, &b);
    tr_p256_fn_to_limbs(plain, &a);
    tr_p256_fn_mul(&e, &e, &inverse);
    tr_p256_fn_mul(&a, &a, &inverse);
    combine(&sum, &e, &a, &q);
    return !tr_p256_fp_is_zero(&sum.z) && x_is(&sum, plain);
}

#endif
