/* What holds in each prime field: F is the field, HEX its modulus as its standard prints it, LAW a
 * prefix of names.  Beside it stands arithmetic of the slowest kind, on rows of 32-bit digits,
 * which knows no more than to add, to compare and to subtract. */
#ifndef TR_TESTS_UNIT_FIELD_PRIME_LAWS_H
#define TR_TESTS_UNIT_FIELD_PRIME_LAWS_H

#include "field/prime.h"
#include "harness.h"

enum { DIGITS = 14 };
typedef struct slow {
    uint32_t d[DIGITS];
} slow;

static inline slow slow_of_hex(const char *hex)
{
    slow r = {{0}};
    for (; *hex != '\0'; hex++) {
        uint32_t digit = (uint32_t)(*hex <= '9' ? *hex - '0' : *hex - 'a' + 10);
        for (unsigned i = DIGITS; i-- > 0;)
            r.d[i] = r.d[i] << 4 | (i > 0 ? r.d[i - 1] >> 28 : digit);
    }
    return r;
}

static inline slow slow_of_limbs(const uint64_t *a, unsigned limbs)
{
    slow r = {{0}};
    for (unsigned i = 0; i < 2 * limbs; i++) r.d[i] = (uint32_t)(a[i / 2] >> (32 * (i % 2)));
    return r;
}

static inline bool slow_less(const slow *a, const slow *b)
{
    for (unsigned i = DIGITS; i-- > 0;)
        if (a->d[i] != b->d[i]) return a->d[i] < b->d[i];
    return false;
}

static inline bool slow_eq(slow a, slow b)
{
    return !slow_less(&a, &b) && !slow_less(&b, &a);
}

static inline slow slow_less_by(slow a, slow b)
{
    int64_t carry = 0;
    for (unsigned i = 0; i < DIGITS; i++) {
        carry += (int64_t)a.d[i] - b.d[i];
        a.d[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return a;
}

static inline slow slow_sum(slow a, slow b)
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < DIGITS; i++) {
        carry += (uint64_t)a.d[i] + b.d[i];
        a.d[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return a;
}

/* Of what is below 2p. */
static inline slow slow_modulo(slow a, slow p)
{
    return slow_less(&a, &p) ? a : slow_less_by(a, p);
}

static inline slow slow_add(slow a, slow b, slow p)
{
    return slow_modulo(slow_sum(a, b), p);
}

static inline slow slow_mul(slow a, slow b, slow p)
{
    slow r = {{0}};
    for (unsigned i = 32 * DIGITS; i-- > 0;) {
        r = slow_add(r, r, p);
        if ((b.d[i / 32] >> (i % 32) & 1) != 0) r = slow_add(r, a, p);
    }
    return r;
}

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)
#define N(name)      PASTE(F, name)
#define TEST(name)   PASTE(LAW, name)
#define PROP(name)   TR_PROP(name) /* one step more, so that the name is made first */
#define ONCE(name)   TR_TEST(name)
#define LIMBS        TR_COUNTOF(N(_modulus))
#define BYTES        (8 * LIMBS)

#endif

#ifdef F
static F N(_number)(tr_gen *g)
{
    F x;
    uint64_t few = tr_gen_below(g, 8);
    uint8_t bytes[64];
    if (few < 3) {
        N(_of_u64)(&x, few);
        if (tr_gen_bool(g)) N(_neg)(&x, &x);
    } else if (few < 5) { /* limbs that look for carries, as they lie */
        uint64_t less[LIMBS];
        for (unsigned i = 0; i < LIMBS; i++) x.w[i] = tr_gen_bool(g) ? tr_gen_u64(g) : UINT64_MAX;
        if (tr_limbs_sub(LIMBS, less, x.w, N(_modulus)) == 0) memcpy(x.w, less, sizeof(less));
        while (tr_limbs_sub(LIMBS, less, x.w, N(_modulus)) == 0) x.w[LIMBS - 1] /= 2;
    } else {
        tr_gen_fill(g, bytes, sizeof(bytes));
        N(_reduce_be)(&x, bytes, sizeof(bytes));
    }
    return x;
}

static slow N(_slow)(const F *a)
{
    uint64_t plain[LIMBS];
    N(_to_limbs)(plain, a);
    return slow_of_limbs(plain, LIMBS);
}

/* The constants from the modulus alone. */
ONCE(TEST(constants))
{
    slow p = slow_of_hex(HEX), x = {{1}}, one = x, zero = {{0}};
    TR_CHECK(slow_eq(slow_of_limbs(N(_modulus), LIMBS), p));
    unsigned bits = 32 * DIGITS;
    while ((p.d[(bits - 1) / 32] >> ((bits - 1) % 32) & 1) == 0) bits--;
    TR_CHECK_EQ(N(_bits), bits);
    TR_CHECK(memcmp(N(_montgomery), N(_modulus), sizeof(N(_modulus))) == 0);
    TR_CHECK_EQ(N(_montgomery)[LIMBS] * N(_modulus)[0], UINT64_MAX);
    TR_CHECK(slow_eq(slow_sum(slow_of_limbs(N(_minus_2), LIMBS), slow_sum(one, one)), p));
    slow half = slow_of_limbs(N(_half_order), LIMBS);
    TR_CHECK(slow_eq(slow_sum(slow_sum(half, half), one), p));
    const F *const powers[] = {&N(_one), &N(_r), &N(_r_squared)};
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned k = 0; k < 64 * LIMBS; k++) x = slow_add(x, x, p);
        TR_CHECK(slow_eq(slow_of_limbs(powers[i]->w, LIMBS), x));
    }
    TR_CHECK(slow_eq(slow_of_limbs(N(_zero).w, LIMBS), zero));

    /* p - 1 = odd 2^k; the exponent of roots is (p + 1) / 4 or (odd - 1) / 2. */
    slow odd = slow_less_by(p, one), e = slow_of_limbs(N(_root_exponent), LIMBS);
    unsigned k = 0;
    for (; (odd.d[0] & 1) == 0; k++) {
        for (unsigned i = 0; i + 1 < DIGITS; i++) odd.d[i] = odd.d[i] >> 1 | odd.d[i + 1] << 31;
        odd.d[DIGITS - 1] >>= 1;
    }
    TR_CHECK_EQ(N(_two_adicity), k);
    e = slow_sum(e, e);
    if (k == 1)
        TR_CHECK(slow_eq(slow_sum(e, e), slow_sum(p, one)));
    else
        TR_CHECK(slow_eq(slow_sum(e, one), odd));

    /* The root of unity is generator^odd, and half its order gives -1. */
    F root, minus_one;
    uint64_t limbs[LIMBS];
    for (unsigned i = 0; i < LIMBS; i++) limbs[i] = odd.d[2 * i] | (uint64_t)odd.d[2 * i + 1] << 32;
    N(_of_u64)(&root, N(_generator));
    N(_pow)(&root, &root, limbs, LIMBS);
    TR_CHECK(N(_eq)(&root, &N(_root_of_unity)));
    N(_sqr_times)(&root, &root, k - 1);
    N(_neg)(&minus_one, &N(_one));
    TR_CHECK(N(_eq)(&root, &minus_one));
}

PROP(TEST(sums_and_products))
{
    slow p = slow_of_hex(HEX);
    F a = N(_number)(g), b = N(_number)(g), r;
    slow x = N(_slow)(&a), y = N(_slow)(&b);
    TR_CHECK(slow_less(&x, &p));
    N(_add)(&r, &a, &b);
    TR_CHECK(slow_eq(N(_slow)(&r), slow_add(x, y, p)));
    N(_sub)(&r, &a, &b);
    TR_CHECK(slow_eq(slow_add(N(_slow)(&r), y, p), x));
    N(_neg)(&r, &a);
    N(_add)(&r, &r, &a);
    TR_CHECK(N(_is_zero)(&r));
    N(_mul)(&r, &a, &b);
    TR_CHECK(slow_eq(N(_slow)(&r), slow_mul(x, y, p)));
    F s;
    N(_mul_inline)(&s, &b, &a);
    TR_CHECK(N(_eq)(&r, &s));
    N(_sqr)(&r, &a);
    TR_CHECK(slow_eq(N(_slow)(&r), slow_mul(x, x, p)));
    N(_double)(&r, &a);
    TR_CHECK(slow_eq(N(_slow)(&r), slow_add(x, x, p)));
    N(_halve)(&r, &r);
    TR_CHECK(N(_eq)(&r, &a));
    N(_halve)(&r, &a);
    N(_double)(&r, &r);
    TR_CHECK(N(_eq)(&r, &a));
    TR_CHECK_EQ(N(_cmp)(&a, &b) + 1, slow_less(&x, &y) ? 0 : slow_less(&y, &x) ? 2 : 1);
    TR_CHECK_EQ(N(_is_odd)(&a), x.d[0] & 1);
    TR_CHECK_EQ(N(_eq)(&a, &b), slow_eq(x, y));
    N(_select)(&r, &a, &b, false);
    N(_select)(&s, &a, &b, true);
    TR_CHECK(N(_eq)(&r, &a) && N(_eq)(&s, &b));
    /* In place. */
    r = a;
    N(_mul)(&r, &r, &r);
    N(_sqr)(&s, &a);
    TR_CHECK(N(_eq)(&r, &s));
    N(_sub)(&r, &r, &r);
    TR_CHECK(N(_is_zero)(&r));
}

PROP(TEST(wide_products))
{
    if (N(_bits) == 64 * LIMBS) return; /* of moduli with a free bit only */
    slow p = slow_of_hex(HEX);
    F a = N(_number)(g), b = N(_number)(g), c = N(_number)(g), d = N(_number)(g), r, t;
    N(_wide) x, y, z;
    N(_wide_mul)(&x, &a, &b);
    N(_wide_mul)(&y, &c, &d);
    N(_redc)(&r, &x);
    TR_CHECK(slow_eq(N(_slow)(&r), slow_mul(N(_slow)(&a), N(_slow)(&b), p)));
    N(_mul)(&a, &a, &b);
    N(_mul)(&c, &c, &d);
    N(_wide_add)(&z, &x, &y);
    N(_redc)(&r, &z);
    N(_add)(&t, &a, &c);
    TR_CHECK(N(_eq)(&r, &t));
    N(_wide_sub)(&z, &x, &y);
    N(_redc)(&r, &z);
    N(_sub)(&t, &a, &c);
    TR_CHECK(N(_eq)(&r, &t));
    N(_wide_add_lazy)(&z, &x, &y);
    N(_wide_sub_lazy)(&z, &z, &y);
    TR_CHECK(memcmp(&z, &x, sizeof(x)) == 0);
}

PROP(TEST(bytes))
{
    slow p = slow_of_hex(HEX);
    F a = N(_number)(g), r;
    uint8_t be[BYTES], le[BYTES];
    N(_write_be)(be, &a);
    N(_write_le)(le, &a);
    slow x = N(_slow)(&a);
    for (unsigned i = 0; i < BYTES; i++) {
        TR_CHECK_EQ(le[i], x.d[i / 4] >> (8 * (i % 4)) & 255);
        TR_CHECK_EQ(be[BYTES - 1 - i], le[i]);
    }
    TR_CHECK(N(_read_be)(&r, be) && N(_eq)(&r, &a));
    TR_CHECK(N(_read_le)(&r, le) && N(_eq)(&r, &a));
    /* What is not below the modulus is refused, or reduced where that is asked for. */
    uint64_t limbs[LIMBS];
    for (unsigned i = 0; i < LIMBS; i++) limbs[i] = tr_gen_bool(g) ? tr_gen_u64(g) : UINT64_MAX;
    slow y = slow_of_limbs(limbs, LIMBS);
    for (unsigned i = 0; i < LIMBS; i++) tr_store64le(le + 8 * i, limbs[i]);
    TR_CHECK_EQ(N(_read_le)(&r, le), slow_less(&y, &p));
    N(_of_limbs)(&r, limbs);
    while (!slow_less(&y, &p)) y = slow_less_by(y, p);
    TR_CHECK(slow_eq(N(_slow)(&r), y));
    /* Any length: a digit at a time. */
    tr_bytes any = tr_gen_bytes(g, 150);
    slow sum = {{0}};
    for (size_t i = 0; i < any.len; i++) {
        for (unsigned k = 0; k < 8; k++) sum = slow_add(sum, sum, p);
        sum = slow_add(sum, (slow){{any.data[i]}}, p);
    }
    N(_reduce_be)(&r, any.data, any.len);
    TR_CHECK(slow_eq(N(_slow)(&r), sum));
}

ONCE(TEST(edges_of_reading))
{
    uint8_t be[BYTES];
    F r, minus_one;
    N(_neg)(&minus_one, &N(_one));
    N(_write_be)(be, &minus_one);
    TR_CHECK(N(_read_be)(&r, be) && N(_eq)(&r, &minus_one));
    for (unsigned i = 0; i < LIMBS; i++) tr_store64be(be + 8 * i, N(_modulus)[LIMBS - 1 - i]);
    TR_CHECK(!N(_read_be)(&r, be));
    if (be[BYTES - 1] != 255) be[BYTES - 1]++;
    TR_CHECK(!N(_read_be)(&r, be));
    memset(be, 255, BYTES);
    TR_CHECK(!N(_read_be)(&r, be));
    memset(be, 0, BYTES);
    TR_CHECK(N(_read_be)(&r, be) && N(_is_zero)(&r));
    TR_CHECK(!N(_of_limbs_strict)(&r, N(_modulus)));
}

PROP(TEST(inverses))
{
    F a = N(_number)(g), r, many[6], scratch[6], each[6];
    N(_inv)(&r, &a);
    N(_mul)(&r, &r, &a);
    TR_CHECK(N(_is_zero)(&a) ? N(_is_zero)(&r) : N(_eq)(&r, &N(_one)));
    for (unsigned i = 0; i < 6; i++) many[i] = each[i] = N(_number)(g);
    N(_inv_many)(6, many, scratch);
    for (unsigned i = 0; i < 6; i++) {
        N(_pow)(&r, &each[i], N(_minus_2), LIMBS); /* Fermat's */
        TR_CHECK(N(_eq)(&many[i], &r));
    }
}

PROP(TEST(powers))
{
    F a = N(_number)(g), r, s;
    uint64_t e = tr_gen_u64(g) >> tr_gen_below(g, 64), long_e[2] = {tr_gen_u64(g), tr_gen_u64(g)};
    s = N(_one);
    for (unsigned i = 64; i-- > 0;) {
        N(_sqr)(&s, &s);
        if ((e >> i & 1) != 0) N(_mul)(&s, &s, &a);
    }
    N(_pow)(&r, &a, &e, 1);
    TR_CHECK(N(_eq)(&r, &s));
    s = N(_one);
    for (unsigned i = 128; i-- > 0;) {
        N(_sqr)(&s, &s);
        if ((long_e[i / 64] >> (i % 64) & 1) != 0) N(_mul)(&s, &s, &a);
    }
    N(_pow)(&r, &a, long_e, 2);
    TR_CHECK(N(_eq)(&r, &s));
    N(_pow)(&r, &a, &e, 0);
    TR_CHECK(N(_eq)(&r, &N(_one)));
}

PROP(TEST(roots))
{
    F a = N(_number)(g), square, r, before;
    N(_sqr)(&square, &a);
    TR_CHECK(N(_is_square)(&square));
    TR_CHECK(N(_sqrt)(&r, &square));
    N(_sqr)(&r, &r);
    TR_CHECK(N(_eq)(&r, &square));
    N(_of_u64)(&r, N(_generator));
    N(_mul)(&square, &square, &r);
    before = r;
    TR_CHECK_EQ(N(_sqrt)(&r, &square), N(_is_zero)(&a));
    TR_CHECK_EQ(N(_is_square)(&square), N(_is_zero)(&a));
    if (!N(_is_zero)(&a)) TR_CHECK(N(_eq)(&r, &before));
}

#undef F
#undef HEX
#undef LAW
#endif
