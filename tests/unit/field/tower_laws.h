/* What holds in each tower: the prefix is T (tr_bn, tr_bls), XI the real part of xi.  Products are
 * put beside the definition (sums of products of coefficients, u^2 = -1, v^3 = xi, w^2 = v), the
 * rest beside products. */
#ifndef TR_TESTS_UNIT_FIELD_TOWER_LAWS_H
#define TR_TESTS_UNIT_FIELD_TOWER_LAWS_H

#define PASTE_(a, b) a##b
#define PASTE(a, b)  PASTE_(a, b)
#define N(name)      PASTE(T, name)
#define TEST(name)   PASTE(LAW, name)
#define PROP(name)   TR_PROP(name) /* one step more, so that the name is made first */
#define ONCE(name)   TR_TEST(name)

#endif

static N(_fp) N(_number)(tr_gen *g)
{
    N(_fp) x;
    uint64_t few = tr_gen_below(g, 6);
    uint8_t bytes[64];
    if (few < 3) {
        N(_fp_of_u64)(&x, few);
        if (tr_gen_bool(g)) N(_fp_neg)(&x, &x);
    } else {
        tr_gen_fill(g, bytes, sizeof(bytes));
        N(_fp_reduce_be)(&x, bytes, sizeof(bytes));
    }
    return x;
}

static N(_fp2) N(_number2)(tr_gen *g)
{
    N(_fp2) a = {N(_number)(g), N(_number)(g)};
    return a;
}

static N(_fp6) N(_number6)(tr_gen *g)
{
    N(_fp6) a = {N(_number2)(g), N(_number2)(g), N(_number2)(g)};
    return a;
}

static N(_fp12) N(_number12)(tr_gen *g)
{
    N(_fp12) a = {N(_number6)(g), N(_number6)(g)};
    return a;
}

/* The definitions. */
static N(_fp2) N(_define2)(const N(_fp2) * a, const N(_fp2) * b)
{
    N(_fp2) r;
    N(_fp) t;
    N(_fp_mul)(&r.c0, &a->c0, &b->c0);
    N(_fp_mul)(&t, &a->c1, &b->c1);
    N(_fp_sub)(&r.c0, &r.c0, &t);
    N(_fp_mul)(&r.c1, &a->c0, &b->c1);
    N(_fp_mul)(&t, &a->c1, &b->c0);
    N(_fp_add)(&r.c1, &r.c1, &t);
    return r;
}

/* Polynomials in w of degree 11, reduced by w^6 = xi. */
static N(_fp12) N(_define12)(const N(_fp12) * a, const N(_fp12) * b)
{
    const N(_fp2) * x[6] = {&a->c0.c0, &a->c1.c0, &a->c0.c1, &a->c1.c1, &a->c0.c2, &a->c1.c2};
    const N(_fp2) * y[6] = {&b->c0.c0, &b->c1.c0, &b->c0.c1, &b->c1.c1, &b->c0.c2, &b->c1.c2};
    N(_fp2) sum[12], xi;
    memset(sum, 0, sizeof(sum));
    N(_fp_of_u64)(&xi.c0, XI);
    xi.c1 = N(_fp_one);
    for (unsigned i = 0; i < 6; i++) {
        for (unsigned j = 0; j < 6; j++) {
            N(_fp2) t = N(_define2)(x[i], y[j]);
            N(_fp2_add)(&sum[i + j], &sum[i + j], &t);
        }
    }
    for (unsigned i = 6; i < 12; i++) {
        N(_fp2) t = N(_define2)(&sum[i], &xi);
        N(_fp2_add)(&sum[i - 6], &sum[i - 6], &t);
    }
    return (N(_fp12)){{sum[0], sum[2], sum[4]}, {sum[1], sum[3], sum[5]}};
}

static N(_fp12) N(_power12)(const N(_fp12) * a, const uint64_t *exponent, unsigned limbs)
{
    N(_fp12) x;
    N(_fp12_set_one)(&x);
    for (unsigned i = 64 * limbs; i-- > 0;) {
        N(_fp12_sqr)(&x, &x);
        if ((exponent[i / 64] >> (i % 64) & 1) != 0) N(_fp12_mul)(&x, &x, a);
    }
    return x;
}

PROP(TEST(quadratic))
{
    N(_fp2) a = N(_number2)(g), b = N(_number2)(g), r, s, xi;
    N(_fp2_mul)(&r, &a, &b);
    s = N(_define2)(&a, &b);
    TR_CHECK(N(_fp2_eq)(&r, &s));
    N(_fp2_sqr)(&r, &a);
    s = N(_define2)(&a, &a);
    TR_CHECK(N(_fp2_eq)(&r, &s));
    N(_fp_of_u64)(&xi.c0, XI);
    xi.c1 = N(_fp_one);
    N(_fp2_mul_xi)(&r, &a);
    s = N(_define2)(&a, &xi);
    TR_CHECK(N(_fp2_eq)(&r, &s));
    N(_fp2_mul_fp)(&r, &a, &b.c0);
    s = N(_define2)(&a, &(N(_fp2)){b.c0, N(_fp_zero)});
    TR_CHECK(N(_fp2_eq)(&r, &s));
    N(_fp2_conj)(&r, &a);
    r = N(_define2)(&r, &a);
    N(_fp2_norm)(&s.c0, &a);
    s.c1 = N(_fp_zero);
    TR_CHECK(N(_fp2_eq)(&r, &s));
    N(_fp2_inv)(&r, &a);
    r = N(_define2)(&r, &a);
    TR_CHECK(N(_fp2_is_zero)(&a) ? N(_fp2_is_zero)(&r)
                                 : N(_fp_eq)(&r.c0, &N(_fp_one)) && N(_fp_is_zero)(&r.c1));
    N(_fp2_halve)(&r, &a);
    N(_fp2_double)(&r, &r);
    TR_CHECK(N(_fp2_eq)(&r, &a));
    N(_fp2_sub)(&r, &a, &b);
    N(_fp2_neg)(&s, &r);
    N(_fp2_add)(&s, &s, &a);
    TR_CHECK(N(_fp2_eq)(&s, &b));
    N(_fp2_select)(&r, &a, &b, true);
    N(_fp2_select)(&s, &a, &b, false);
    TR_CHECK(N(_fp2_eq)(&r, &b) && N(_fp2_eq)(&s, &a));
}

/* Products kept without reduction, on the largest numbers as well. */
PROP(TEST(wide_products))
{
    N(_fp2) a = N(_number2)(g), b = N(_number2)(g), c = N(_number2)(g), d = N(_number2)(g), r, s, t;
    N(_fp2_wide) x, y, z;
    N(_fp2_wide_mul)(&x, &a, &b);
    N(_fp2_wide_mul)(&y, &c, &d);
    s = N(_define2)(&a, &b);
    t = N(_define2)(&c, &d);
    N(_fp2_wide_add)(&z, &x, &y);
    N(_fp2_redc)(&r, &z);
    N(_fp2_add)(&c, &s, &t);
    TR_CHECK(N(_fp2_eq)(&r, &c));
    N(_fp2_wide_sub)(&z, &x, &y);
    N(_fp2_wide_mul_xi)(&z, &z);
    N(_fp2_redc)(&r, &z);
    N(_fp2_sub)(&c, &s, &t);
    N(_fp2_mul_xi)(&c, &c);
    TR_CHECK(N(_fp2_eq)(&r, &c));
}

PROP(TEST(quadratic_roots))
{
    N(_fp2) a = N(_number2)(g), r, s;
    if (tr_gen_below(g, 4) == 0) a.c1 = N(_fp_zero);
    if (tr_gen_below(g, 4) == 0) a.c0 = N(_fp_zero);
    N(_fp) norm;
    N(_fp2_norm)(&norm, &a);
    bool square = N(_fp2_sqrt)(&r, &a); /* which a is if and only if its norm is */
    TR_CHECK_EQ(square, N(_fp_is_square)(&norm));
    s = N(_define2)(&r, &r);
    if (square) TR_CHECK(N(_fp2_eq)(&s, &a));
    a = N(_define2)(&a, &a);
    TR_CHECK(N(_fp2_sqrt)(&r, &a));
    s = N(_define2)(&r, &r);
    TR_CHECK(N(_fp2_eq)(&s, &a));
}

PROP(TEST(many_inverses))
{
    N(_fp2) a[5], b[5], scratch[5];
    for (unsigned i = 0; i < 5; i++) a[i] = b[i] = N(_number2)(g);
    N(_fp2_inv_many)(5, a, scratch);
    for (unsigned i = 0; i < 5; i++) {
        N(_fp2_inv)(&b[i], &b[i]);
        TR_CHECK(N(_fp2_eq)(&a[i], &b[i]));
    }
}

PROP(TEST(twelve))
{
    N(_fp12) a = N(_number12)(g), b = N(_number12)(g), r, s;
    N(_fp12_mul)(&r, &a, &b);
    s = N(_define12)(&a, &b);
    TR_CHECK(N(_fp12_eq)(&r, &s));
    r = a;
    N(_fp12_mul)(&r, &r, &r);
    N(_fp12_sqr)(&s, &a);
    TR_CHECK(N(_fp12_eq)(&r, &s));
    r = N(_define12)(&a, &a);
    TR_CHECK(N(_fp12_eq)(&r, &s));
    N(_fp12_inv)(&r, &a);
    r = N(_define12)(&r, &a);
    TR_CHECK(N(_fp12_is_one)(&r) || (N(_fp6_is_zero)(&a.c0) && N(_fp6_is_zero)(&a.c1)));
    /* The cubic extension is the even powers of w. */
    memset(&a.c1, 0, sizeof(a.c1));
    N(_fp6_inv)(&r.c0, &a.c0);
    memset(&r.c1, 0, sizeof(r.c1));
    r = N(_define12)(&r, &a);
    TR_CHECK(N(_fp12_is_one)(&r) || N(_fp6_is_zero)(&a.c0));
    N(_fp6_sqr)(&r.c0, &a.c0);
    s = N(_define12)(&a, &a);
    TR_CHECK(N(_fp6_eq)(&r.c0, &s.c0));
    memset(&b, 0, sizeof(b));
    b.c0.c1.c0 = N(_fp_one);
    N(_fp6_mul_v)(&r.c0, &a.c0);
    s = N(_define12)(&a, &b);
    TR_CHECK(N(_fp6_eq)(&r.c0, &s.c0));
}

PROP(TEST(sparse_products))
{
    N(_fp12) a = N(_number12)(g), b, r, s;
    N(_fp2) x = N(_number2)(g), y = N(_number2)(g), z = N(_number2)(g);
    memset(&b, 0, sizeof(b));
    b.c0.c0 = x, b.c0.c1 = y, b.c1.c1 = z;
    N(_fp12_mul_by_014)(&r, &a, &x, &y, &z);
    s = N(_define12)(&a, &b);
    TR_CHECK(N(_fp12_eq)(&r, &s));
    memset(&b, 0, sizeof(b));
    b.c0.c0 = x, b.c1.c0 = y, b.c1.c1 = z;
    N(_fp12_mul_by_034)(&r, &a, &x, &y, &z);
    s = N(_define12)(&a, &b);
    TR_CHECK(N(_fp12_eq)(&r, &s));
    N(_fp6_mul_fp2)(&r.c0, &a.c0, &x);
    N(_fp6_mul_by_01)(&s.c0, &a.c0, &x, &(N(_fp2)){N(_fp_zero), N(_fp_zero)});
    TR_CHECK(N(_fp6_eq)(&r.c0, &s.c0));
}

ONCE(TEST(frobenius_is_a_power))
{
    uint8_t bytes[32];
    N(_fp12) a, r, s;
    N(_fp) *coefficient = (N(_fp) *)&a;
    for (unsigned i = 0; i < 12; i++) {
        for (unsigned j = 0; j < 32; j++) bytes[j] = (uint8_t)tr_test_random();
        N(_fp_reduce_be)(&coefficient[i], bytes, 32);
    }
    s = N(_power12)(&a, N(_fp_modulus), TR_COUNTOF(N(_fp_modulus)));
    N(_fp12_frobenius)(&r, &a);
    TR_CHECK(N(_fp12_eq)(&r, &s));
    s = N(_power12)(&s, N(_fp_modulus), TR_COUNTOF(N(_fp_modulus)));
    N(_fp12_frobenius_2)(&r, &a);
    TR_CHECK(N(_fp12_eq)(&r, &s));
    s = N(_power12)(&s, N(_fp_modulus), TR_COUNTOF(N(_fp_modulus)));
    N(_fp12_frobenius_3)(&r, &a);
    TR_CHECK(N(_fp12_eq)(&r, &s));
    for (unsigned i = 0; i < 3; i++)
        s = N(_power12)(&s, N(_fp_modulus), TR_COUNTOF(N(_fp_modulus)));
    N(_fp12_conj)(&r, &a);
    TR_CHECK(N(_fp12_eq)(&r, &s));
}

/* a^((p^6 - 1) (p^2 + 1)) is in the cyclotomic subgroup. */
PROP(TEST(cyclotomic))
{
    N(_fp12) a = N(_number12)(g), r, s;
    if (N(_fp6_is_zero)(&a.c1)) a.c1.c0.c0 = N(_fp_one);
    N(_fp12_inv)(&r, &a);
    N(_fp12_conj)(&a, &a);
    N(_fp12_mul)(&a, &a, &r);
    N(_fp12_frobenius_2)(&r, &a);
    N(_fp12_mul)(&a, &a, &r);
    N(_fp12_cyclotomic_sqr)(&r, &a);
    N(_fp12_sqr)(&s, &a);
    TR_CHECK(N(_fp12_eq)(&r, &s));
    uint64_t exponent[2] = {tr_gen_u64(g), tr_gen_below(g, 4)};
    N(_fp12_cyclotomic_pow)(&r, &a, exponent, 2);
    s = N(_power12)(&a, exponent, 2);
    TR_CHECK(N(_fp12_eq)(&r, &s));
    N(_fp12_cyclotomic_sqr_times)(&r, &a, 5);
    s = N(_power12)(&a, &(uint64_t){32}, 1);
    TR_CHECK(N(_fp12_eq)(&r, &s));
    N(_fp12_conj)(&r, &a);
    N(_fp12_mul)(&r, &r, &a);
    TR_CHECK(N(_fp12_is_one)(&r));
}

PROP(TEST(quadratic_powers))
{
    N(_fp2) a = N(_number2)(g), r, s;
    uint64_t exponent = tr_gen_u64(g);
    N(_fp2_pow)(&r, &a, &exponent, 1);
    N(_fp2_pow)(&s, &a, &(uint64_t){exponent / 2}, 1);
    s = N(_define2)(&s, &s);
    if ((exponent & 1) != 0) s = N(_define2)(&s, &a);
    TR_CHECK(N(_fp2_eq)(&r, &s));
}

#undef T
#undef XI
#undef LAW
