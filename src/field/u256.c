#include "field/u256.h"

#include "field/divide_internal.h"

/* The upper limb of high:low shifted left by n < 64. */
static inline uint64_t shift_up(uint64_t high, uint64_t low, unsigned n)
{
    return tr_limb_high(tr_limb_pair(high, low) << (n & 63));
}

/* a if it is below m, else a - m. */
static inline tr_u256 minus_once(tr_u256 a, tr_u256 m)
{
    bool borrow;
    tr_u256 less = tr_u256_sub_borrow(a, m, &borrow);
    return borrow ? a : less;
}

/* The two directions in which a divisor of 64 bits goes through a number.  On x86-64 the
 * processor's division is the faster one of the two here. */
static inline uint64_t divide_by_1(const uint64_t *a, unsigned len, uint64_t b, uint64_t *q)
{
    uint64_t rest = 0;
    while (len > 1 && a[len - 1] == 0) len--;
#if defined(__x86_64__)
    for (unsigned i = len; i-- > 0;) {
        uint64_t digit = tr_limb_div_hard(rest, a[i], b, &rest);
        if (q != NULL) q[i] = digit;
    }
    return rest;
#else
    if (len == 1) {
        if (q != NULL) q[0] = a[0] / b;
        return a[0] % b;
    }
    unsigned shift = tr_clz64(b);
    uint64_t d = b << shift, v = tr_limb_reciprocal(d);
    rest = shift_up(0, a[len - 1], shift);
    for (unsigned i = len; i-- > 0;) {
        uint64_t next = shift_up(a[i], i == 0 ? 0 : a[i - 1], shift);
        uint64_t digit = tr_limb_div_2by1(rest, next, d, v, &rest);
        if (q != NULL) q[i] = digit;
    }
    return rest >> shift;
#endif
}

static inline tr_two_limbs divide_by_2(const uint64_t *a, unsigned len, uint64_t b1, uint64_t b0,
                                       uint64_t *q)
{
    while (len > 2 && a[len - 1] == 0) len--;
    unsigned shift = tr_clz64(b1);
    uint64_t d1 = shift_up(b1, b0, shift), d0 = b0 << shift, v = tr_limb_reciprocal_2(d1, d0);
    tr_two_limbs rest =
        tr_limb_pair(shift_up(0, a[len - 1], shift), shift_up(a[len - 1], a[len - 2], shift));
    for (unsigned i = len - 1; i-- > 0;) {
        uint64_t next = shift_up(a[i], i == 0 ? 0 : a[i - 1], shift);
        uint64_t digit = tr_limb_div_3by2(rest, next, d1, d0, v, &rest);
        if (q != NULL) q[i] = digit;
    }
    return rest >> shift;
}

/* One digit of the quotient of r:next by d, r below d; r becomes the rest. */
static inline uint64_t digit_of_4(tr_u256 *r, uint64_t next, const tr_u256 *d, uint64_t v)
{
    tr_two_limbs high = tr_limb_pair(r->w[3], r->w[2]), top = tr_limb_pair(d->w[3], d->w[2]), rest;
    uint64_t digit, above = 0, borrow = 0, carry = 0;
    if (TR_UNLIKELY(high >= top)) {
        digit = UINT64_MAX;
        rest = top + r->w[1];
        above = rest < top;
    } else {
        digit = tr_limb_div_3by2(high, r->w[1], d->w[3], d->w[2], v, &rest);
    }
    uint64_t low0 = tr_limb_mul_add(digit, d->w[0], 0, &carry);
    uint64_t low1 = tr_limb_mul_add(digit, d->w[1], 0, &carry);
    tr_u256 less;
    less.w[0] = tr_limb_sub(next, low0, &borrow);
    less.w[1] = tr_limb_sub(r->w[0], low1, &borrow);
    less.w[2] = tr_limb_sub((uint64_t)rest, carry, &borrow);
    less.w[3] = tr_limb_sub(tr_limb_high(rest), 0, &borrow);
    if (TR_UNLIKELY(borrow != above)) {
        digit--;
        less = tr_u256_add(less, *d);
    }
    *r = less;
    return digit;
}

/* Division of len limbs (at most 8) by three or four.  Three become four by a shift of a whole
 * limb more. */
static inline tr_u256 divide_by_4(const uint64_t *a, unsigned len, const tr_u256 *b, uint64_t *q)
{
    unsigned limb = b->w[3] == 0, shift = tr_clz64(b->w[3 - limb]);
    uint64_t y[10] = {0};
    uint64_t *to = y + limb;
    for (unsigned i = 0; i <= len; i++)
        to[i] = shift_up(i == len ? 0 : a[i], i == 0 ? 0 : a[i - 1], shift);
    tr_u256 d = tr_u256_shl(*b, 64 * limb + shift);
    uint64_t v = tr_limb_reciprocal_2(d.w[3], d.w[2]);

    /* Leading limbs that do not reach the divisor make no digit. */
    unsigned i = len + 1 + limb - 4;
    tr_u256 r = {{y[i], y[i + 1], y[i + 2], y[i + 3]}};
    while (i > 0 && r.w[3] == 0) {
        tr_u256 longer = {{y[i - 1], r.w[0], r.w[1], r.w[2]}};
        if (!tr_u256_lt(longer, d)) break;
        r = longer;
        i--;
    }
    while (i-- > 0) {
        uint64_t digit = digit_of_4(&r, y[i], &d, v);
        if (q != NULL) q[i] = digit;
    }
    return tr_u256_shr(r, 64 * limb + shift);
}

/* The quotient of a with a bit of 2^256 above it by a divisor of four limbs, where it has one
 * limb: above is 0, or 1 and b has more than 193 bits.  r becomes the rest. */
static inline uint64_t divide_once(uint64_t above, const tr_u256 *a, const tr_u256 *b, tr_u256 *r)
{
    unsigned shift = tr_clz64(b->w[3]);
    uint64_t d1 = shift_up(b->w[3], b->w[2], shift), d0 = shift_up(b->w[2], b->w[1], shift);
    uint64_t n2 = shift_up(above, a->w[3], shift), n1 = shift_up(a->w[3], a->w[2], shift);
    uint64_t n0 = shift_up(a->w[2], a->w[1], shift), rest;
#if defined(__x86_64__)
    uint64_t q = tr_limb_div_hard(n2, n1, d1, &rest);
#else
    uint64_t q = tr_limb_div_2by1(n2, n1, d1, tr_limb_reciprocal(d1), &rest);
#endif
    while (TR_UNLIKELY((tr_two_limbs)q * d0 > tr_limb_pair(rest, n0))) {
        q--;
        rest += d1;
        if (rest < d1) break;
    }
    uint64_t carry = 0, borrow = 0;
    tr_u256 less;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t part = tr_limb_mul_add(q, b->w[i], 0, &carry);
        less.w[i] = tr_limb_sub(a->w[i], part, &borrow);
    }
    (void)tr_limb_sub(above, carry, &borrow);
    if (TR_UNLIKELY(borrow != 0)) {
        q--;
        less = tr_u256_add(less, *b);
    }
    *r = less;
    return q;
}

/* Quotient and rest of 256 bits by a b that is not 0; q or r may be NULL (at compile time). */
static inline void divide(const tr_u256 *a, const tr_u256 *b, tr_u256 *q, tr_u256 *r)
{
    tr_u256 quotient = TR_U256_ZERO, rest = TR_U256_ZERO;
    uint64_t *digits = q == NULL ? NULL : quotient.w;
    if (b->w[3] != 0) {
        quotient.w[0] = divide_once(0, a, b, &rest);
    } else if (b->w[2] != 0) {
        rest = divide_by_4(a->w, 4, b, digits);
    } else if (b->w[1] != 0) {
        tr_two_limbs two = divide_by_2(a->w, 4, b->w[1], b->w[0], digits);
        rest.w[0] = (uint64_t)two;
        rest.w[1] = tr_limb_high(two);
    } else {
        rest.w[0] = divide_by_1(a->w, 4, b->w[0], digits);
    }
    if (q != NULL) *q = quotient;
    if (r != NULL) *r = rest;
}

tr_u256 tr_u256_div(const tr_u256 *a, const tr_u256 *b)
{
    tr_u256 q;
    if (TR_UNLIKELY(tr_u256_iszero(*b))) return TR_U256_ZERO;
    divide(a, b, &q, NULL);
    return q;
}

tr_u256 tr_u256_mod(const tr_u256 *a, const tr_u256 *b)
{
    tr_u256 r;
    if (TR_UNLIKELY(tr_u256_iszero(*b))) return TR_U256_ZERO;
    divide(a, b, NULL, &r);
    return r;
}

tr_u256 tr_u256_divmod(const tr_u256 *a, const tr_u256 *b, tr_u256 *rest)
{
    tr_u256 q = TR_U256_ZERO, r = TR_U256_ZERO;
    if (TR_LIKELY(!tr_u256_iszero(*b))) divide(a, b, &q, &r);
    *rest = r;
    return q;
}

static inline tr_u256 magnitude(const tr_u256 *a)
{
    return tr_u256_is_negative(*a) ? tr_u256_neg(*a) : *a;
}

tr_u256 tr_u256_sdiv(const tr_u256 *a, const tr_u256 *b)
{
    tr_u256 n = magnitude(a), d = magnitude(b);
    bool negative = tr_u256_is_negative(*a) != tr_u256_is_negative(*b);
    tr_u256 q = tr_u256_div(&n, &d);
    return negative ? tr_u256_neg(q) : q;
}

tr_u256 tr_u256_smod(const tr_u256 *a, const tr_u256 *b)
{
    tr_u256 n = magnitude(a), d = magnitude(b);
    bool negative = tr_u256_is_negative(*a);
    tr_u256 r = tr_u256_mod(&n, &d);
    return negative ? tr_u256_neg(r) : r;
}

tr_u256 tr_u256_div_u64(const tr_u256 *a, uint64_t b, uint64_t *rest)
{
    tr_u256 q = TR_U256_ZERO;
    *rest = divide_by_1(a->w, 4, b, q.w);
    return q;
}

/* The rest of len limbs by an m that is not 0. */
static inline tr_u256 reduce(const uint64_t *a, unsigned len, const tr_u256 *m)
{
    if ((m->w[3] | m->w[2]) != 0) return divide_by_4(a, len, m, NULL);
    if (m->w[1] != 0) {
        tr_two_limbs rest = divide_by_2(a, len, m->w[1], m->w[0], NULL);
        return (tr_u256){{(uint64_t)rest, tr_limb_high(rest), 0, 0}};
    }
    return tr_u256_of(divide_by_1(a, len, m->w[0], NULL));
}

tr_u256 tr_u512_mod(const tr_u512 *a, const tr_u256 *m)
{
    if (TR_UNLIKELY(tr_u256_iszero(*m))) return TR_U256_ZERO;
    return reduce(a->w, 8, m);
}

tr_u256 tr_u256_addmod(const tr_u256 *a, const tr_u256 *b, const tr_u256 *m)
{
    uint64_t top = m->w[3];
    bool carry;
    if (top != 0 && a->w[3] <= top && b->w[3] <= top) {
        /* Each is below 2m. */
        tr_u256 sum = tr_u256_add_carry(minus_once(*a, *m), minus_once(*b, *m), &carry);
        return carry ? tr_u256_sub(sum, *m) : minus_once(sum, *m);
    }
    tr_u256 sum = tr_u256_add_carry(*a, *b, &carry);
    if (top > 1) {
        tr_u256 r;
        (void)divide_once(carry, &sum, m, &r);
        return r;
    }
    if (TR_UNLIKELY(tr_u256_iszero(*m))) return TR_U256_ZERO;
    uint64_t all[5] = {sum.w[0], sum.w[1], sum.w[2], sum.w[3], carry};
    return reduce(all, 5, m);
}

tr_u256 tr_u256_mulmod(const tr_u256 *a, const tr_u256 *b, const tr_u256 *m)
{
    tr_u512 product = tr_u256_mul_full(*a, *b);
    return tr_u512_mod(&product, m);
}

/* Four bits of the exponent for each product with a power from a table; for a short exponent the
 * table is not worth its making. */
tr_u256 tr_u256_exp(const tr_u256 *base, const tr_u256 *exponent)
{
    enum { SHORT = 20 };
    unsigned bits = tr_u256_bit_length(*exponent);
    tr_u256 b = *base, e = *exponent, r = TR_U256_ONE;
    if (b.w[0] == 2 && tr_u256_is_u64(b)) return tr_u256_shl(r, tr_u256_to_u64(e));
    if (bits <= SHORT) {
        for (unsigned i = bits; i-- > 0;) {
            r = tr_u256_mul(r, r);
            if (tr_u256_bit(e, i)) r = tr_u256_mul(r, b);
        }
        return r;
    }
    tr_u256 power[16] = {TR_U256_ONE, b};
    for (unsigned i = 2; i < 16; i++) power[i] = tr_u256_mul(power[i - 1], b);
    for (unsigned i = (bits + 3) / 4; i-- > 0;) {
        for (unsigned j = 0; j < 4; j++) r = tr_u256_mul(r, r);
        unsigned digit = e.w[i / 16] >> (4 * (i % 16)) & 15;
        if (digit != 0) r = tr_u256_mul(r, power[digit]);
    }
    return r;
}

tr_u256 tr_u256_from_be_short(tr_bytes from)
{
    uint8_t all[32] = {0};
    if (from.len > 32) from = tr_bytes_cut(from, from.len - 32, 32);
    if (from.len != 0) memcpy(all + 32 - from.len, from.data, from.len);
    return tr_u256_from_be(all);
}

unsigned tr_u256_to_be_short(tr_u256 a, uint8_t to[32])
{
    uint8_t all[32];
    unsigned len = (tr_u256_bit_length(a) + 7) / 8;
    tr_u256_to_be(a, all);
    memcpy(to, all + 32 - len, len);
    return len;
}
