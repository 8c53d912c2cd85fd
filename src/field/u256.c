#include "field/u256.h"

#include "field/u256_internal.h"

/* a if it is below m, else a - m. */
static inline tr_u256 minus_once(tr_u256 a, tr_u256 m)
{
    bool borrow;
    tr_u256 less = tr_u256_sub_borrow(a, m, &borrow);
    return borrow ? a : less;
}

/* What one limb of quotient takes: the number and the divisor, both shifted up until the divisor's
 * top bit is set, their upper limbs; and the quotient of these. */
typedef struct estimate {
    uint64_t q;        /* the quotient, or one more */
    tr_two_limbs rest; /* of the upper limbs; all ones if it is more than that */
} estimate;

static TR_FIELD_INLINE estimate estimate_once(uint64_t above, const tr_u256 *a, const tr_u256 *b)
{
    unsigned shift = tr_clz64(b->w[3]);
    uint64_t d1 = tr_limb_shift_up(b->w[3], b->w[2], shift),
             d0 = tr_limb_shift_up(b->w[2], b->w[1], shift);
    uint64_t n2 = tr_limb_shift_up(above, a->w[3], shift),
             n1 = tr_limb_shift_up(a->w[3], a->w[2], shift);
    uint64_t n0 = tr_limb_shift_up(a->w[2], a->w[1], shift), r;
#if defined(__x86_64__)
    uint64_t q = tr_limb_div_hard(n2, n1, d1, &r);
#else
    uint64_t q = tr_limb_div_2by1(n2, n1, d1, tr_limb_reciprocal(d1), &r);
#endif
    tr_two_limbs rest = tr_limb_pair(r, n0), part = (tr_two_limbs)q * d0;
    while (TR_UNLIKELY(part > rest)) {
        q--;
        part -= d0;
        tr_two_limbs more = rest + tr_limb_pair(d1, 0);
        if (more < rest) return (estimate){q, ~(tr_two_limbs)0};
        rest = more;
    }
    return (estimate){q, rest - part};
}

/* The rest that goes with a quotient of one limb, which may have to be one less. */
static TR_FIELD_INLINE tr_u256 rest_once(uint64_t above, const tr_u256 *a, const tr_u256 *b,
                                         uint64_t *q)
{
    uint64_t carry = 0, borrow = 0;
    tr_u256 less;
    for (unsigned i = 0; i < 4; i++) {
        uint64_t part = tr_limb_mul_add(*q, b->w[i], 0, &carry);
        less.w[i] = tr_limb_sub(a->w[i], part, &borrow);
    }
    (void)tr_limb_sub(above, carry, &borrow);
    if (TR_LIKELY(borrow == 0)) return less;
    *q -= 1;
    return tr_u256_add(less, *b);
}

/* The lower limbs can take at most q from the rest of the upper ones, which is nearly always
 * greater: then the quotient stands without a look at them. */
static TR_FIELD_INLINE uint64_t divide_once(const tr_u256 *a, const tr_u256 *b)
{
    estimate e = estimate_once(0, a, b);
    if (TR_UNLIKELY(e.rest < e.q)) (void)rest_once(0, a, b, &e.q);
    return e.q;
}

/* The longer ways are calls of their own: the short one then saves no registers for them. */
static TR_FIELD_CALL tr_u256 divide_by_short(const tr_u256 *a, const tr_u256 *b, tr_u256 *rest)
{
    if (b->w[2] != 0) {
        tr_two_limbs q = 0;
        *rest = tr_divide_by_4(a->w, 4, b, 1, &q);
        return (tr_u256){{(uint64_t)q, tr_limb_high(q), 0, 0}};
    }
    if (b->w[1] != 0) {
        tr_u256 q;
        *rest = tr_divide_by_2(a->w, 4, b, &q);
        return q;
    }
    tr_u256 q = TR_U256_ZERO;
    *rest = TR_U256_ZERO;
    if (b->w[0] != 0) *rest = tr_u256_of(tr_divide_by_1(a->w, 4, b->w[0], &q));
    return q;
}

tr_u256 tr_u256_div(const tr_u256 *a, const tr_u256 *b)
{
    tr_u256 rest;
    if (b->w[3] == 0) return divide_by_short(a, b, &rest);
    if (a->w[3] < b->w[3]) return TR_U256_ZERO;
    return tr_u256_of(divide_once(a, b));
}

static TR_FIELD_CALL tr_u256 reduce_by_short(const tr_u256 *a, const tr_u256 *b)
{
    return tr_divide_rest(a->w, 4, b);
}

tr_u256 tr_u256_mod(const tr_u256 *a, const tr_u256 *b)
{
    if (b->w[3] == 0) return reduce_by_short(a, b);
    if (a->w[3] < b->w[3]) return *a;
    uint64_t q = estimate_once(0, a, b).q;
    return rest_once(0, a, b, &q);
}

tr_u256 tr_u256_divmod(const tr_u256 *a, const tr_u256 *b, tr_u256 *rest)
{
    tr_u256 r, q;
    if (b->w[3] == 0) {
        q = divide_by_short(a, b, &r);
    } else {
        q = tr_u256_of(estimate_once(0, a, b).q);
        r = rest_once(0, a, b, &q.w[0]);
    }
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
    *rest = tr_divide_by_1(a->w, 4, b, &q);
    return q;
}

static tr_u256 mod_512(const tr_u512 *a, const tr_u256 *m)
{
    return tr_divide_rest(a->w, 8, m);
}

static tr_u256 mulmod(const tr_u256 *a, const tr_u256 *b, const tr_u256 *m)
{
    tr_u512 product = tr_u256_mul_full(*a, *b);
    return tr_divide_rest(product.w, 8, m);
}

const tr_u256_backend tr_u256_portable = {"portable", mod_512, mulmod};
static const tr_u256_backend *backend = &tr_u256_portable;

void tr_u256_use(const tr_u256_backend *chosen)
{
    backend = chosen;
}

tr_u256 tr_u512_mod(const tr_u512 *a, const tr_u256 *m)
{
    return backend->mod_512(a, m);
}

tr_u256 tr_u256_mulmod(const tr_u256 *a, const tr_u256 *b, const tr_u256 *m)
{
    return backend->mulmod(a, b, m);
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
        uint64_t q = estimate_once(carry, &sum, m).q;
        return rest_once(carry, &sum, m, &q);
    }
    uint64_t all[5] = {sum.w[0], sum.w[1], sum.w[2], sum.w[3], carry};
    return tr_divide_rest(all, 5, m);
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
