#include "field/u256.h"

#include "field/divide_internal.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define NOINLINE      __attribute__((noinline))
#define UNROLL        _Pragma("GCC unroll 8")

/* The upper limb of high:low shifted left by n < 64. */
static inline uint64_t shift_up(uint64_t high, uint64_t low, unsigned n)
{
    return n == 0 ? high : high << n | low >> (64 - n);
}

/* a if it is below m, else a - m. */
static inline tr_u256 minus_once(tr_u256 a, tr_u256 m)
{
    bool borrow;
    tr_u256 less = tr_u256_sub_borrow(a, m, &borrow);
    return borrow ? a : less;
}

/* A divisor of 64 bits through len limbs, each of which gives way to a digit of the quotient.  On
 * x86-64 the processor's division is faster here than a reciprocal. */
static ALWAYS_INLINE uint64_t divide_by_1(const uint64_t *a, unsigned len, uint64_t b, uint64_t *q)
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

static ALWAYS_INLINE tr_u256 divide_by_2(const uint64_t *a, unsigned len, const tr_u256 *b,
                                         uint64_t *q)
{
    unsigned used = len;
    while (used > 2 && a[used - 1] == 0) used--;
    unsigned shift = tr_clz64(b->w[1]);
    uint64_t d1 = shift_up(b->w[1], b->w[0], shift), d0 = b->w[0] << shift;
    uint64_t v = tr_limb_reciprocal_2(d1, d0);
    tr_two_limbs rest =
        tr_limb_pair(shift_up(0, a[used - 1], shift), shift_up(a[used - 1], a[used - 2], shift));
    UNROLL
    for (unsigned i = len - 1; i-- > 0;) {
        if (i > used - 2) continue;
        uint64_t next = shift_up(a[i], i == 0 ? 0 : a[i - 1], shift);
        uint64_t digit = tr_limb_div_3by2(rest, next, d1, d0, v, &rest);
        if (q != NULL) q[i] = digit;
    }
    rest >>= shift;
    return (tr_u256){{(uint64_t)rest, tr_limb_high(rest), 0, 0}};
}

/* digit_of_4 where the estimate does not fit a limb. */
static NOINLINE uint64_t digit_of_4_with_care(tr_u256 *r, uint64_t next, const tr_u256 *d)
{
    uint64_t digit = UINT64_MAX, carry = 0, borrow = 0;
    uint64_t from[5] = {next, r->w[0], r->w[1], r->w[2], r->w[3]};
    for (unsigned i = 0; i < 4; i++) {
        uint64_t part = tr_limb_mul_add(digit, d->w[i], 0, &carry);
        from[i] = tr_limb_sub(from[i], part, &borrow);
    }
    uint64_t above = tr_limb_sub(from[4], carry, &borrow);
    tr_u256 less = {{from[0], from[1], from[2], from[3]}};
    while (above != 0) {
        bool out;
        less = tr_u256_add_carry(less, *d, &out);
        above += out;
        digit--;
    }
    *r = less;
    return digit;
}

/* One digit of the quotient of r:next by d, r below d; r becomes the rest.  The estimate of the
 * digit from the upper limbs and the reciprocal of d's upper two is right or one too many, both
 * often; more is possible but rare.  So d is added back without a branch. */
static ALWAYS_INLINE uint64_t digit_of_4(tr_u256 *r, uint64_t next, const tr_u256 *d, uint64_t v)
{
    tr_two_limbs high = tr_limb_pair(r->w[3], r->w[2]);
    uint64_t digit = tr_limb_high((tr_two_limbs)v * r->w[3] + high) + 1;
    if (TR_UNLIKELY(digit == 0 || high >= tr_limb_pair(d->w[3], d->w[2])))
        return digit_of_4_with_care(r, next, d);
    uint64_t carry = 0, borrow = 0;
    uint64_t part0 = tr_limb_mul_add(digit, d->w[0], 0, &carry);
    uint64_t part1 = tr_limb_mul_add(digit, d->w[1], 0, &carry);
    uint64_t part2 = tr_limb_mul_add(digit, d->w[2], 0, &carry);
    uint64_t part3 = tr_limb_mul_add(digit, d->w[3], 0, &carry);
    tr_u256 less;
    less.w[0] = tr_limb_sub(next, part0, &borrow);
    less.w[1] = tr_limb_sub(r->w[0], part1, &borrow);
    less.w[2] = tr_limb_sub(r->w[1], part2, &borrow);
    less.w[3] = tr_limb_sub(r->w[2], part3, &borrow);
    uint64_t above = tr_limb_sub(r->w[3], carry, &borrow), out = 0;
    tr_u256 more;
    for (unsigned i = 0; i < 4; i++) more.w[i] = tr_limb_add(less.w[i], d->w[i], &out);
    bool negative = above != 0;
    digit -= negative;
    for (unsigned i = 0; i < 4; i++) less.w[i] = negative ? more.w[i] : less.w[i];
    if (TR_UNLIKELY(above + (negative & out) != 0 || less.w[3] >= d->w[3])) {
        above += negative & out;
        while (above >> 63 != 0) {
            bool c;
            less = tr_u256_add_carry(less, *d, &c);
            above += c;
            digit--;
        }
        while (above != 0 || !tr_u256_lt(less, *d)) {
            bool c;
            less = tr_u256_sub_borrow(less, *d, &c);
            above -= c;
            digit++;
        }
    }
    *r = less;
    return digit;
}

static ALWAYS_INLINE bool is_less(const tr_u256 *a, const tr_u256 *b)
{
    return a->w[3] != b->w[3] ? a->w[3] < b->w[3] : tr_u256_lt(*a, *b);
}

/* Division of len limbs (at most 8) by four, or by three, which become four by a shift of a whole
 * limb more. */
static ALWAYS_INLINE tr_u256 divide_by_4(const uint64_t *a, unsigned len, const tr_u256 *b,
                                         unsigned limb, uint64_t *q)
{
    unsigned shift = tr_clz64(b->w[3 - limb]);
    uint64_t y[10];
    y[0] = 0;
    for (unsigned i = 0; i <= len; i++)
        y[limb + i] = shift_up(i == len ? 0 : a[i], i == 0 ? 0 : a[i - 1], shift);
    tr_u256 d;
    for (unsigned i = 0; i < 4; i++)
        d.w[i] = i < limb ? 0 : shift_up(b->w[i - limb], i == limb ? 0 : b->w[i - limb - 1], shift);
    uint64_t v = tr_limb_reciprocal_2(d.w[3], d.w[2]);

    /* Leading limbs that do not reach the divisor make no digit. */
    unsigned i = len + 1 + limb - 4;
    tr_u256 r = {{y[i], y[i + 1], y[i + 2], y[i + 3]}};
    while (i > 0 && r.w[3] == 0) {
        tr_u256 longer = {{y[i - 1], r.w[0], r.w[1], r.w[2]}};
        if (!is_less(&longer, &d)) break;
        r = longer;
        i--;
    }
    while (i-- > 0) {
        uint64_t digit = digit_of_4(&r, y[i], &d, v);
        if (q != NULL) q[i] = digit;
    }
    tr_u256 rest = TR_U256_ZERO;
    for (i = limb; i < 4; i++)
        rest.w[i - limb] = r.w[i] >> shift | (i == 3 ? 0 : (r.w[i + 1] << 1) << (63 - shift));
    return rest;
}

/* What one limb of quotient takes: the number and the divisor, both shifted up until the divisor's
 * top bit is set, their upper limbs; and the quotient of these. */
typedef struct estimate {
    uint64_t q;        /* the quotient, or one more */
    tr_two_limbs rest; /* of the upper limbs; all ones if it is more than that */
} estimate;

static ALWAYS_INLINE estimate estimate_once(uint64_t above, const tr_u256 *a, const tr_u256 *b)
{
    unsigned shift = tr_clz64(b->w[3]);
    uint64_t d1 = shift_up(b->w[3], b->w[2], shift), d0 = shift_up(b->w[2], b->w[1], shift);
    uint64_t n2 = shift_up(above, a->w[3], shift), n1 = shift_up(a->w[3], a->w[2], shift);
    uint64_t n0 = shift_up(a->w[2], a->w[1], shift), r;
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
static ALWAYS_INLINE tr_u256 rest_once(uint64_t above, const tr_u256 *a, const tr_u256 *b,
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
static ALWAYS_INLINE uint64_t divide_once(const tr_u256 *a, const tr_u256 *b)
{
    estimate e = estimate_once(0, a, b);
    if (TR_UNLIKELY(e.rest < e.q)) (void)rest_once(0, a, b, &e.q);
    return e.q;
}

/* The longer ways are calls of their own: the short one then saves no registers for them. */
static NOINLINE tr_u256 divide_by_short(const tr_u256 *a, const tr_u256 *b)
{
    tr_u256 q = TR_U256_ZERO;
    if (b->w[2] != 0)
        (void)divide_by_4(a->w, 4, b, 1, q.w);
    else if (b->w[1] != 0)
        (void)divide_by_2(a->w, 4, b, q.w);
    else if (b->w[0] != 0)
        (void)divide_by_1(a->w, 4, b->w[0], q.w);
    return q;
}

tr_u256 tr_u256_div(const tr_u256 *a, const tr_u256 *b)
{
    if (b->w[3] == 0) return divide_by_short(a, b);
    if (a->w[3] < b->w[3]) return TR_U256_ZERO;
    return tr_u256_of(divide_once(a, b));
}

/* The rest of len limbs, 5 or 8. */
static ALWAYS_INLINE tr_u256 reduce(const uint64_t *a, unsigned len, const tr_u256 *m)
{
    if (m->w[3] != 0) return divide_by_4(a, len, m, 0, NULL);
    if (m->w[2] != 0) return divide_by_4(a, len, m, 1, NULL);
    if (m->w[1] != 0) return divide_by_2(a, len, m, NULL);
    if (m->w[0] != 0) return tr_u256_of(divide_by_1(a, len, m->w[0], NULL));
    return TR_U256_ZERO;
}

static NOINLINE tr_u256 reduce_by_short(const tr_u256 *a, const tr_u256 *b)
{
    return reduce(a->w, 4, b);
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
    tr_u256 q = TR_U256_ZERO, r = TR_U256_ZERO;
    if (b->w[3] != 0) {
        q.w[0] = estimate_once(0, a, b).q;
        r = rest_once(0, a, b, &q.w[0]);
    } else if (b->w[2] != 0) {
        r = divide_by_4(a->w, 4, b, 1, q.w);
    } else if (b->w[1] != 0) {
        r = divide_by_2(a->w, 4, b, q.w);
    } else if (b->w[0] != 0) {
        r = tr_u256_of(divide_by_1(a->w, 4, b->w[0], q.w));
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
    *rest = divide_by_1(a->w, 4, b, q.w);
    return q;
}

tr_u256 tr_u512_mod(const tr_u512 *a, const tr_u256 *m)
{
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
        uint64_t q = estimate_once(carry, &sum, m).q;
        return rest_once(carry, &sum, m, &q);
    }
    uint64_t all[5] = {sum.w[0], sum.w[1], sum.w[2], sum.w[3], carry};
    return reduce(all, 5, m);
}

tr_u256 tr_u256_mulmod(const tr_u256 *a, const tr_u256 *b, const tr_u256 *m)
{
    tr_u512 product = tr_u256_mul_full(*a, *b);
    return reduce(product.w, 8, m);
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
