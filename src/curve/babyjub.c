#include "curve/babyjub.h"

#include "curve/babyjub_internal.h"

static const tr_bn_fr a168700 = {
    {0x95accf61fff261e0, 0x24780d659df7d378, 0xe0ac11b07e906ae8, 0x0f35db2216d3def3}};
static const tr_bn_fr d168696 = {
    {0x2735f484aff261f5, 0x70ba1b579a2e0f63, 0xff41c9a91e2caa8c, 0x07704a8e8fe6025f}};

/* The base point of EIP-2494: eight times the generator of the whole group. */
const tr_bjj_point tr_bjj_base = {
    {{0x0a8fc7bc1a89fa86, 0xa7d9d786e9e48627, 0xee6158b465bea369, 0x14a0ff6d2f874519}},
    {{0xb83342d20d0201aa, 0x2ffef2f7cdcfeac7, 0xbfa79a9425a6e625, 0x0dfb859dc3a44b70}}};

enum {
    WIDTH = 5, /* of the digits of scalars */
    TABLE = 1 << (WIDTH - 2),
    DIGITS = 257, /* of 256 bits and a carry */
};

/* a x^2 + y^2 = 1 + d x^2 y^2 */
bool tr_bjj_on_curve(const tr_bjj_point *a)
{
    tr_bn_fr xx, yy, left, right;
    tr_bn_fr_sqr(&xx, &a->x);
    tr_bn_fr_sqr(&yy, &a->y);
    tr_bn_fr_mul(&left, &a168700, &xx);
    tr_bn_fr_add(&left, &left, &yy);
    tr_bn_fr_mul(&right, &d168696, &xx);
    tr_bn_fr_mul(&right, &right, &yy);
    tr_bn_fr_add(&right, &right, &tr_bn_fr_one);
    return tr_bn_fr_eq(&left, &right);
}

void tr_bjj_widen(tr_bjj_wide *out, const tr_bjj_point *a)
{
    out->x = a->x;
    out->y = a->y;
    out->z = tr_bn_fr_one;
    tr_bn_fr_mul(&out->t, &a->x, &a->y);
}

/* The power takes the same time for every z. */
static void narrow(tr_bjj_point *out, const tr_bjj_wide *a)
{
    tr_bn_fr inverse;
    tr_bn_fr_pow(&inverse, &a->z, tr_bn_fr_minus_2, 4);
    tr_bn_fr_mul(&out->x, &a->x, &inverse);
    tr_bn_fr_mul(&out->y, &a->y, &inverse);
}

bool tr_bjj_wide_is(const tr_bjj_wide *a, const tr_bjj_point *b)
{
    tr_bn_fr x, y;
    tr_bn_fr_mul(&x, &b->x, &a->z);
    tr_bn_fr_mul(&y, &b->y, &a->z);
    return tr_bn_fr_eq(&x, &a->x) && tr_bn_fr_eq(&y, &a->y);
}

void tr_bjj_wide_neg(tr_bjj_wide *out, const tr_bjj_wide *a)
{
    *out = *a;
    tr_bn_fr_neg(&out->x, &a->x);
    tr_bn_fr_neg(&out->t, &a->t);
}

/* From the numerators and denominators of x = e / g and y = h / f. */
static void finish(tr_bjj_wide *out, const tr_bn_fr *e, const tr_bn_fr *f, const tr_bn_fr *g,
                   const tr_bn_fr *h)
{
    tr_bn_fr_mul(&out->x, e, f);
    tr_bn_fr_mul(&out->y, g, h);
    tr_bn_fr_mul(&out->t, e, h);
    tr_bn_fr_mul(&out->z, f, g);
}

static void wide_add(tr_bjj_wide *out, const tr_bjj_wide *a, const tr_bjj_wide *b)
{
    tr_bn_fr xx, yy, tt, zz, e, f, g, h;
    tr_bn_fr_mul(&xx, &a->x, &b->x);
    tr_bn_fr_mul(&yy, &a->y, &b->y);
    tr_bn_fr_mul(&tt, &a->t, &b->t);
    tr_bn_fr_mul(&tt, &tt, &d168696);
    tr_bn_fr_mul(&zz, &a->z, &b->z);
    tr_bn_fr_add(&e, &a->x, &a->y);
    tr_bn_fr_add(&f, &b->x, &b->y);
    tr_bn_fr_mul(&e, &e, &f);
    tr_bn_fr_sub(&e, &e, &xx);
    tr_bn_fr_sub(&e, &e, &yy); /* x1 y2 + y1 x2 */
    tr_bn_fr_sub(&f, &zz, &tt);
    tr_bn_fr_add(&g, &zz, &tt);
    tr_bn_fr_mul(&h, &a168700, &xx);
    tr_bn_fr_sub(&h, &yy, &h);
    finish(out, &e, &f, &g, &h);
}

void tr_bjj_wide_double(tr_bjj_wide *out, const tr_bjj_wide *a)
{
    tr_bn_fr xx, yy, zz, e, f, g, h;
    tr_bn_fr_sqr(&xx, &a->x);
    tr_bn_fr_sqr(&yy, &a->y);
    tr_bn_fr_sqr(&zz, &a->z);
    tr_bn_fr_double(&zz, &zz);
    tr_bn_fr_add(&e, &a->x, &a->y);
    tr_bn_fr_sqr(&e, &e);
    tr_bn_fr_sub(&e, &e, &xx);
    tr_bn_fr_sub(&e, &e, &yy);
    tr_bn_fr_mul(&xx, &a168700, &xx);
    tr_bn_fr_add(&g, &xx, &yy);
    tr_bn_fr_sub(&f, &g, &zz);
    tr_bn_fr_sub(&h, &xx, &yy);
    finish(out, &e, &f, &g, &h);
}

static const tr_bjj_point neutral = {
    {{0}}, {{0xac96341c4ffffffb, 0x36fc76959f60cd29, 0x666ea36f7879462e, 0x0e0a77c19a07df2f}}};

/* width bits from bit at on; zeros above the top. */
static unsigned bits_at(const uint64_t k[4], unsigned at, unsigned width)
{
    unsigned word = at / 64, shift = at % 64;
    if (word >= 4) return 0;
    uint64_t x = k[word] >> shift;
    if (shift + width > 64 && word + 1 < 4) x |= k[word + 1] << (64 - shift);
    return (unsigned)x & ((1u << width) - 1);
}

/* The non-adjacent form: digits are zero, or odd and below 2^(WIDTH - 1) in size. */
static void digits_of(int8_t digits[DIGITS], const uint64_t k[4])
{
    unsigned carry = 0;
    memset(digits, 0, DIGITS);
    for (unsigned at = 0; at < DIGITS;) {
        if (bits_at(k, at, 1) == carry) {
            at++;
            continue;
        }
        unsigned digit = bits_at(k, at, WIDTH) + carry;
        carry = digit >> (WIDTH - 1) & 1;
        digits[at] = (int8_t)((int)digit - (int)(carry << WIDTH));
        at += WIDTH;
    }
}

static void add_digit(tr_bjj_wide *sum, const tr_bjj_wide odd[TABLE], int digit)
{
    if (digit > 0) wide_add(sum, sum, &odd[digit / 2]);
    if (digit < 0) {
        tr_bjj_wide term;
        tr_bjj_wide_neg(&term, &odd[-digit / 2]);
        wide_add(sum, sum, &term);
    }
}

void tr_bjj_wide_sum(tr_bjj_wide *out, unsigned count, const tr_bjj_wide points[],
                     const uint64_t scalars[][4])
{
    tr_bjj_wide odd[TR_BJJ_TERMS][TABLE], twice;
    int8_t digits[TR_BJJ_TERMS][DIGITS];
    for (unsigned i = 0; i < count; i++) {
        odd[i][0] = points[i];
        tr_bjj_wide_double(&twice, &points[i]);
        for (unsigned k = 1; k < TABLE; k++) wide_add(&odd[i][k], &odd[i][k - 1], &twice);
        digits_of(digits[i], scalars[i]);
    }
    tr_bjj_widen(out, &neutral);
    for (unsigned at = DIGITS; at-- > 0;) {
        tr_bjj_wide_double(out, out);
        for (unsigned i = 0; i < count; i++) add_digit(out, odd[i], digits[i][at]);
    }
}

void tr_bjj_mul_secret(const tr_bjj_point *base, const uint64_t scalar[4], tr_bjj_point *out)
{
    tr_bjj_wide sum, more, step;
    tr_bjj_widen(&sum, &neutral);
    tr_bjj_widen(&step, base);
    for (unsigned at = 256; at-- > 0;) {
        bool bit = (scalar[at / 64] >> (at % 64) & 1) != 0;
        tr_bjj_wide_double(&sum, &sum);
        wide_add(&more, &sum, &step);
        tr_bn_fr_select(&sum.x, &sum.x, &more.x, bit);
        tr_bn_fr_select(&sum.y, &sum.y, &more.y, bit);
        tr_bn_fr_select(&sum.t, &sum.t, &more.t, bit);
        tr_bn_fr_select(&sum.z, &sum.z, &more.z, bit);
    }
    narrow(out, &sum);
    tr_wipe(&sum, sizeof(sum));
    tr_wipe(&more, sizeof(more));
}

void tr_bjj_add(const tr_bjj_point *a, const tr_bjj_point *b, tr_bjj_point *out)
{
    tr_bjj_wide x, y;
    tr_bjj_widen(&x, a);
    tr_bjj_widen(&y, b);
    wide_add(&x, &x, &y);
    narrow(out, &x);
}

void tr_bjj_mul(const tr_bjj_point *a, const uint8_t scalar[32], tr_bjj_point *out)
{
    tr_bjj_wide x;
    uint64_t k[1][4];
    for (unsigned i = 0; i < 4; i++) k[0][i] = tr_load64be(scalar + 24 - 8 * i);
    tr_bjj_widen(&x, a);
    tr_bjj_wide_sum(&x, 1, &x, k);
    narrow(out, &x);
}

bool tr_bjj_in_subgroup(const tr_bjj_point *a)
{
    tr_bjj_wide x;
    uint64_t order[1][4];
    if (!tr_bjj_on_curve(a)) return false;
    memcpy(order[0], tr_bjj_fn_modulus, sizeof(order[0]));
    tr_bjj_widen(&x, a);
    tr_bjj_wide_sum(&x, 1, &x, order);
    return tr_bjj_wide_is(&x, &neutral);
}

/* The larger of x and -x has the sign bit. */
static bool is_larger(const tr_bn_fr *x)
{
    tr_bn_fr other;
    tr_bn_fr_neg(&other, x);
    return tr_bn_fr_cmp(x, &other) > 0;
}

tr_err tr_bjj_unpack(tr_trail *trail, const uint8_t in[32], tr_bjj_point *out)
{
    uint8_t rest[32];
    tr_bjj_point a;
    tr_bn_fr yy, over, under;
    memcpy(rest, in, sizeof(rest));
    bool larger = (rest[31] & 0x80) != 0;
    rest[31] &= 0x7f;
    if (!tr_bn_fr_read_le(&a.y, rest))
        return tr_fail(trail, TR_E_POINT, "y is not below the modulus of Baby Jubjub's field");
    tr_bn_fr_sqr(&yy, &a.y);
    tr_bn_fr_sub(&over, &tr_bn_fr_one, &yy);
    tr_bn_fr_mul(&under, &d168696, &yy);
    tr_bn_fr_sub(&under, &a168700, &under); /* never 0: a / d is no square */
    tr_bn_fr_inv(&under, &under);
    tr_bn_fr_mul(&over, &over, &under);
    if (!tr_bn_fr_sqrt(&a.x, &over))
        return tr_fail(trail, TR_E_POINT, "no point of Baby Jubjub has this y");
    if (larger && tr_bn_fr_is_zero(&a.x))
        return tr_fail(trail, TR_E_POINT, "a sign for an x of zero");
    if (larger != is_larger(&a.x)) tr_bn_fr_neg(&a.x, &a.x);
    *out = a;
    return TR_OK;
}

void tr_bjj_pack(const tr_bjj_point *in, uint8_t out[32])
{
    tr_bn_fr_write_le(out, &in->y);
    if (is_larger(&in->x)) out[31] |= 0x80;
}
