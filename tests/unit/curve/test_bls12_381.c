/* The groups of BLS12-381: laws, endomorphisms, subgroups, sums of products, points in bytes. */
#include "bls_choices.h"

#include "curve/bls12_381_constants.h"

static void small(uint8_t out[32], unsigned n)
{
    memset(out, 0, 32);
    out[30] = (uint8_t)(n >> 8);
    out[31] = (uint8_t)n;
}

TR_TEST(generators_have_the_order)
{
    uint8_t minus_one[32];
    tr_bls_g1 p, q;
    tr_bls_g2 r, s;
    memcpy(minus_one, bls_order(), 32);
    minus_one[31]--;
    BLS_EACH(name)
    {
        TR_CHECK_STR(name, tr_bls_chosen->name);
        TR_CHECK(tr_bls_g1_on_curve(&tr_bls_g1_generator));
        TR_CHECK(tr_bls_g2_on_curve(&tr_bls_g2_generator));
        TR_CHECK(tr_bls_g1_in_subgroup(&tr_bls_g1_generator));
        TR_CHECK(tr_bls_g2_in_subgroup(&tr_bls_g2_generator));
        tr_bls_g1_mul_any(&tr_bls_g1_generator, bls_order(), &p);
        TR_CHECK(tr_bls_g1_is_infinity(&p));
        tr_bls_g2_mul_any(&tr_bls_g2_generator, bls_order(), &r);
        TR_CHECK(tr_bls_g2_is_infinity(&r));
        tr_bls_g1_mul_any(&tr_bls_g1_generator, minus_one, &p);
        tr_bls_g1_neg(&tr_bls_g1_generator, &q);
        TR_CHECK(tr_bls_g1_eq(&p, &q));
        tr_bls_g2_mul_any(&tr_bls_g2_generator, minus_one, &r);
        tr_bls_g2_neg(&tr_bls_g2_generator, &s);
        TR_CHECK(tr_bls_g2_eq(&r, &s));
    }
}

static void check_g1_laws(const tr_bls_g1 *a, const tr_bls_g1 *b, const tr_bls_g1 *c)
{
    tr_bls_g1 x, y, zero, minus;
    memset(&zero, 0, sizeof(zero));
    tr_bls_g1_add(a, b, &x);
    tr_bls_g1_add(b, a, &y);
    TR_CHECK(tr_bls_g1_eq(&x, &y) && tr_bls_g1_on_curve(&x));
    tr_bls_g1_add(&x, c, &x);
    tr_bls_g1_add(b, c, &y);
    tr_bls_g1_add(a, &y, &y);
    TR_CHECK(tr_bls_g1_eq(&x, &y));
    tr_bls_g1_add(a, &zero, &x);
    tr_bls_g1_add(&zero, a, &y);
    TR_CHECK(tr_bls_g1_eq(&x, a) && tr_bls_g1_eq(&y, a));
    tr_bls_g1_neg(a, &minus);
    tr_bls_g1_add(a, &minus, &x);
    TR_CHECK(tr_bls_g1_is_infinity(&x));
    tr_bls_g1_add(a, a, &x);
    tr_bls_g1_add(&x, &minus, &x);
    TR_CHECK(tr_bls_g1_eq(&x, a));
}

static void check_g2_laws(const tr_bls_g2 *a, const tr_bls_g2 *b, const tr_bls_g2 *c)
{
    tr_bls_g2 x, y, zero, minus;
    memset(&zero, 0, sizeof(zero));
    tr_bls_g2_add(a, b, &x);
    tr_bls_g2_add(b, a, &y);
    TR_CHECK(tr_bls_g2_eq(&x, &y) && tr_bls_g2_on_curve(&x));
    tr_bls_g2_add(&x, c, &x);
    tr_bls_g2_add(b, c, &y);
    tr_bls_g2_add(a, &y, &y);
    TR_CHECK(tr_bls_g2_eq(&x, &y));
    tr_bls_g2_add(a, &zero, &x);
    tr_bls_g2_add(&zero, a, &y);
    TR_CHECK(tr_bls_g2_eq(&x, a) && tr_bls_g2_eq(&y, a));
    tr_bls_g2_neg(a, &minus);
    tr_bls_g2_add(a, &minus, &x);
    TR_CHECK(tr_bls_g2_is_infinity(&x));
    tr_bls_g2_add(a, a, &x);
    tr_bls_g2_add(&x, &minus, &x);
    TR_CHECK(tr_bls_g2_eq(&x, a));
}

TR_PROP(points_obey_the_laws_of_a_group)
{
    if (!bls_now_and_then(g)) return;
    bool any = tr_gen_bool(g);
    tr_bls_g1 a = any ? bls_gen_any_g1(g) : bls_gen_g1(g), b = bls_gen_g1(g), c = bls_gen_g1(g);
    tr_bls_g2 d = any ? bls_gen_any_g2(g) : bls_gen_g2(g), e = bls_gen_g2(g), f = bls_gen_g2(g);
    if (tr_gen_below(g, 4) == 0) b = a;
    if (tr_gen_below(g, 4) == 0) f = d;
    BLS_EACH(name)
    {
        check_g1_laws(&a, &b, &c);
        check_g2_laws(&d, &e, &f);
    }
}

/* k P by doubling and adding, as the definition has it. */
static tr_bls_g1 slow_g1(const tr_bls_g1 *a, const uint8_t k[32])
{
    tr_bls_g1 sum;
    memset(&sum, 0, sizeof(sum));
    for (unsigned i = 0; i < 256; i++) {
        tr_bls_g1_add(&sum, &sum, &sum);
        if ((k[i / 8] >> (7 - i % 8) & 1) != 0) tr_bls_g1_add(&sum, a, &sum);
    }
    return sum;
}

static tr_bls_g2 slow_g2(const tr_bls_g2 *a, const uint8_t k[32])
{
    tr_bls_g2 sum;
    memset(&sum, 0, sizeof(sum));
    for (unsigned i = 0; i < 256; i++) {
        tr_bls_g2_add(&sum, &sum, &sum);
        if ((k[i / 8] >> (7 - i % 8) & 1) != 0) tr_bls_g2_add(&sum, a, &sum);
    }
    return sum;
}

static void check_multiples(const tr_bls_g1 *a, const tr_bls_g2 *b, const uint8_t k[32])
{
    tr_bls_g1 p, want = slow_g1(a, k);
    tr_bls_g2 q, wanted = slow_g2(b, k);
    BLS_EACH(name)
    {
        tr_bls_g1_mul(a, k, &p);
        TR_CHECK_MSG(tr_bls_g1_eq(&p, &want), "%s: g1 mul", name);
        tr_bls_g1_mul_any(a, k, &p);
        TR_CHECK_MSG(tr_bls_g1_eq(&p, &want), "%s: g1 mul any", name);
        tr_bls_chosen->g1_mul_secret(a, k, &p);
        TR_CHECK_MSG(tr_bls_g1_eq(&p, &want), "%s: g1 mul secret", name);
        tr_bls_g2_mul(b, k, &q);
        TR_CHECK_MSG(tr_bls_g2_eq(&q, &wanted), "%s: g2 mul", name);
        tr_bls_g2_mul_any(b, k, &q);
        TR_CHECK_MSG(tr_bls_g2_eq(&q, &wanted), "%s: g2 mul any", name);
        tr_bls_chosen->g2_mul_secret(b, k, &q);
        TR_CHECK_MSG(tr_bls_g2_eq(&q, &wanted), "%s: g2 mul secret", name);
    }
}

TR_PROP(multiples_are_sums)
{
    uint8_t k[32];
    tr_bls_g1 a = bls_gen_g1(g);
    tr_bls_g2 b = bls_gen_g2(g);
    if (!bls_now_and_then(g) || tr_gen_bool(g)) return; /* the definition is slow */
    bls_gen_scalar(g, k);
    check_multiples(&a, &b, k);
}

TR_TEST(multiples_by_scalars_at_the_edges)
{
    static const char *const edges[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000001",
        "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000",
        "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001",
        "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000002",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        /* |x|, |x| - 1, x^2, x^2 - 1, |x|^3 */
        "000000000000000000000000000000000000000000000000d201000000010000",
        "000000000000000000000000000000000000000000000000d20100000000ffff",
        "00000000000000000000000000000000ac45a4010001a4020000000100000000",
        "00000000000000000000000000000000ac45a4010001a40200000000ffffffff",
        "00000000000000008d510b48f4ac64a37dd1d0a1ac2de4028dc67fff00010000",
    };
    tr_bls_g1 zero;
    tr_bls_g2 none;
    memset(&zero, 0, sizeof(zero));
    memset(&none, 0, sizeof(none));
    for (size_t i = 0; i < TR_COUNTOF(edges); i++)
        check_multiples(&tr_bls_g1_generator, &tr_bls_g2_generator, tr_test_hex(edges[i]).data);
    check_multiples(&zero, &none, tr_test_hex(edges[2]).data);
}

/* In the subgroups x^2 P = (beta x, -y), and psi(P) = x P. */
TR_PROP(endomorphisms_have_their_eigenvalues)
{
    uint8_t k[32] = {0};
    tr_bls_g1 a = bls_gen_g1(g), b;
    tr_bls_g2 c = bls_gen_g2(g), d;
    tr_store64be(k + 24, TR_BLS_X);
    tr_bls_g1_mul_any(&a, k, &b);
    tr_bls_g1_mul_any(&b, k, &b);
    tr_bls_g1_neg(&b, &b);
    tr_bls_fp_mul(&a.x, &a.x, &tr_bls_beta);
    TR_CHECK(tr_bls_g1_eq(&a, &b));
    tr_bls_g2_mul_any(&c, k, &d);
    tr_bls_g2_neg(&d, &d);
    tr_bls_fp2_conj(&c.x, &c.x);
    tr_bls_fp2_conj(&c.y, &c.y);
    tr_bls_fp2_mul(&c.x, &c.x, &tr_bls_psi_x);
    tr_bls_fp2_mul(&c.y, &c.y, &tr_bls_psi_y);
    TR_CHECK(tr_bls_g2_eq(&c, &d));
}

/* The check by endomorphisms beside the definition, order times P is infinity: of points of the
 * whole curve, of those of the cofactor's order (order times a point), and of the subgroup. */
TR_PROP(subgroups_are_told_from_the_curve)
{
    if (!bls_now_and_then(g)) return;
    tr_bls_g1 a = bls_gen_any_g1(g), b, c = bls_gen_g1(g);
    tr_bls_g2 d = bls_gen_any_g2(g), e, f = bls_gen_g2(g);
    tr_bls_g1_mul_any(&a, bls_order(), &b);
    tr_bls_g2_mul_any(&d, bls_order(), &e);
    BLS_EACH(name)
    {
        TR_CHECK(tr_bls_g1_in_subgroup(&a) == tr_bls_g1_is_infinity(&b));
        TR_CHECK(tr_bls_g1_in_subgroup(&b) == tr_bls_g1_is_infinity(&b));
        TR_CHECK(tr_bls_g1_in_subgroup(&c));
        TR_CHECK(tr_bls_g2_in_subgroup(&d) == tr_bls_g2_is_infinity(&e));
        TR_CHECK(tr_bls_g2_in_subgroup(&e) == tr_bls_g2_is_infinity(&e));
        TR_CHECK(tr_bls_g2_in_subgroup(&f));
    }
}

/* (0, 2) has order 3, and so have its sums with itself. */
TR_TEST(points_of_small_order_are_refused)
{
    uint8_t bytes[128] = {0};
    tr_bls_g1 a, b;
    bytes[127] = 2;
    BLS_EACH(name)
    {
        TR_CHECK_OK(tr_bls_g1_read(NULL, bytes, false, &a));
        tr_bls_g1_add(&a, &a, &b);
        tr_bls_g1_add(&a, &b, &b);
        TR_CHECK(tr_bls_g1_is_infinity(&b));
        TR_CHECK(!tr_bls_g1_in_subgroup(&a));
        TR_CHECK_ERR(tr_bls_g1_read(NULL, bytes, true, &a), TR_E_POINT);
    }
}

/* Sums of products. */
typedef struct products {
    size_t n;
    tr_bls_g1 *p;
    tr_bls_g2 *q;
    tr_bls_fr *k;
} products;

static products make_products(size_t n)
{
    tr_arena *arena = tr_test_arena();
    products all = {n, TR_ARENA_ARRAY(arena, tr_bls_g1, n), TR_ARENA_ARRAY(arena, tr_bls_g2, n),
                    TR_ARENA_ARRAY(arena, tr_bls_fr, n)};
    tr_bls_g1 p = tr_bls_g1_generator;
    tr_bls_g2 q = tr_bls_g2_generator;
    for (size_t i = 0; i < n; i++) {
        uint8_t bytes[32];
        for (size_t j = 0; j < 4; j++) tr_store64le(bytes + 8 * j, tr_test_random());
        tr_bls_fr_reduce_be(&all.k[i], bytes, 32);
        if (i % 7 == 5) tr_bls_fr_of_u64(&all.k[i], i % 3);
        if (i % 11 == 10) all.k[i] = all.k[i - 1];
        all.p[i] = p;
        all.q[i] = q;
        if (i % 13 != 12) tr_bls_g1_add(&p, &tr_bls_g1_generator, &p);
        if (i % 13 != 11) tr_bls_g2_add(&q, &tr_bls_g2_generator, &q);
        if (i % 9 == 8) memset(&all.p[i], 0, sizeof(all.p[i]));
        if (i % 9 == 7) memset(&all.q[i], 0, sizeof(all.q[i]));
    }
    return all;
}

TR_TEST(sums_of_products_are_sums_of_multiples)
{
    static const size_t counts[] = {0, 1, 2, 3, 15, 16, 32, 33, 100};
    for (size_t at = 0; at < TR_COUNTOF(counts); at++) {
        products all = make_products(counts[at]);
        tr_bls_g1 want, p;
        tr_bls_g2 wanted, q;
        memset(&want, 0, sizeof(want));
        memset(&wanted, 0, sizeof(wanted));
        for (size_t i = 0; i < all.n; i++) {
            uint8_t k[32];
            tr_bls_fr_write_be(k, &all.k[i]);
            tr_bls_g1_mul(&all.p[i], k, &p);
            tr_bls_g1_add(&want, &p, &want);
            tr_bls_g2_mul(&all.q[i], k, &q);
            tr_bls_g2_add(&wanted, &q, &wanted);
        }
        BLS_EACH(name)
        {
            TR_CHECK_OK(tr_bls_g1_msm(NULL, tr_test_alloc(), NULL, all.n, all.p, all.k, &p));
            TR_CHECK(tr_bls_g1_eq(&p, &want));
            TR_CHECK_OK(tr_bls_g2_msm(NULL, tr_test_alloc(), NULL, all.n, all.q, all.k, &q));
            TR_CHECK(tr_bls_g2_eq(&q, &wanted));
        }
    }
}

static tr_err both_sums(tr_alloc *alloc, void *context)
{
    const products *all = context;
    tr_bls_g1 p;
    tr_bls_g2 q;
    TR_TRY(tr_bls_g1_msm(NULL, alloc, NULL, all->n, all->p, all->k, &p));
    return tr_bls_g2_msm(NULL, alloc, NULL, all->n, all->q, all->k, &q);
}

TR_TEST(sums_of_products_without_memory)
{
    products few = make_products(5), many = make_products(40);
    tr_test_out_of_memory(both_sums, &few);
    tr_test_out_of_memory(both_sums, &many);
}

/* Points in bytes.  The generators are those of the specification of the field's byte form. */
static const char g1_hex[] = "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
                             "6c55e83ff97a1aeffb3af00adb22c6bb";
static const char g2_hex[] = "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049"
                             "334cf11213945d57e5ac7d055d042b7e024aa2b2f08f0a91260805272dc51051"
                             "c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8";

TR_TEST(generators_in_bytes)
{
    uint8_t bytes[96];
    tr_bls_g1 p;
    tr_bls_g2 q;
    tr_bls_g1_compress(&tr_bls_g1_generator, bytes);
    TR_CHECK_BYTES(tr_bytes_of(bytes, 48), tr_test_hex(g1_hex));
    tr_bls_g2_compress(&tr_bls_g2_generator, bytes);
    TR_CHECK_BYTES(tr_bytes_of(bytes, 96), tr_test_hex(g2_hex));
    BLS_EACH(name)
    {
        TR_CHECK_OK(tr_bls_g1_decompress(NULL, tr_test_hex(g1_hex).data, &p));
        TR_CHECK(tr_bls_g1_eq(&p, &tr_bls_g1_generator));
        TR_CHECK_OK(tr_bls_g2_decompress(NULL, tr_test_hex(g2_hex).data, &q));
        TR_CHECK(tr_bls_g2_eq(&q, &tr_bls_g2_generator));
    }
}

static void check_g1_bytes(const tr_bls_g1 *a)
{
    uint8_t bytes[128];
    tr_bls_g1 b;
    tr_bls_g1_compress(a, bytes);
    TR_CHECK_OK(tr_bls_g1_decompress(NULL, bytes, &b));
    TR_CHECK(tr_bls_g1_eq(a, &b));
    tr_bls_g1_serialize(a, bytes);
    TR_CHECK_OK(tr_bls_g1_parse(NULL, bytes, &b));
    TR_CHECK(tr_bls_g1_eq(a, &b));
    tr_bls_g1_write(a, bytes);
    TR_CHECK_OK(tr_bls_g1_read(NULL, bytes, true, &b));
    TR_CHECK(tr_bls_g1_eq(a, &b));
}

static void check_g2_bytes(const tr_bls_g2 *a)
{
    uint8_t bytes[256];
    tr_bls_g2 b;
    tr_bls_g2_compress(a, bytes);
    TR_CHECK_OK(tr_bls_g2_decompress(NULL, bytes, &b));
    TR_CHECK(tr_bls_g2_eq(a, &b));
    tr_bls_g2_serialize(a, bytes);
    TR_CHECK_OK(tr_bls_g2_parse(NULL, bytes, &b));
    TR_CHECK(tr_bls_g2_eq(a, &b));
    tr_bls_g2_write(a, bytes);
    TR_CHECK_OK(tr_bls_g2_read(NULL, bytes, true, &b));
    TR_CHECK(tr_bls_g2_eq(a, &b));
}

TR_PROP(points_survive_their_bytes)
{
    if (!bls_now_and_then(g)) return;
    tr_bls_g1 a = bls_gen_g1(g);
    tr_bls_g2 b = bls_gen_g2(g);
    check_g1_bytes(&a);
    check_g2_bytes(&b);
    tr_bls_g1_neg(&a, &a);
    tr_bls_g2_neg(&b, &b);
    check_g1_bytes(&a);
    check_g2_bytes(&b);
}

/* Each of the forms behind one signature: bytes of a point that may be good or not. */
typedef tr_err reads(const uint8_t *bytes);

static tr_err read_g1_short(const uint8_t *bytes)
{
    tr_bls_g1 a;
    return tr_bls_g1_decompress(NULL, bytes, &a);
}

static tr_err read_g2_short(const uint8_t *bytes)
{
    tr_bls_g2 a;
    return tr_bls_g2_decompress(NULL, bytes, &a);
}

static tr_err read_g1_long(const uint8_t *bytes)
{
    tr_bls_g1 a;
    return tr_bls_g1_parse(NULL, bytes, &a);
}

static tr_err read_g2_long(const uint8_t *bytes)
{
    tr_bls_g2 a;
    return tr_bls_g2_parse(NULL, bytes, &a);
}

static tr_err read_g1_padded(const uint8_t *bytes)
{
    tr_bls_g1 a;
    return tr_bls_g1_read(NULL, bytes, true, &a);
}

static tr_err read_g2_padded(const uint8_t *bytes)
{
    tr_bls_g2 a;
    return tr_bls_g2_read(NULL, bytes, true, &a);
}

typedef struct form {
    reads *read;
    size_t len, step; /* of the whole, from one coordinate's end to the next */
    bool compressed;
    bool flagged;
    uint8_t point[256], infinity[256];
} form;

static size_t make_forms(form out[6])
{
    static const form all[6] = {
        {read_g1_short, 48, 48, true, true, {0}, {0}},
        {read_g2_short, 96, 48, true, true, {0}, {0}},
        {read_g1_long, 96, 48, false, true, {0}, {0}},
        {read_g2_long, 192, 48, false, true, {0}, {0}},
        {read_g1_padded, 128, 64, false, false, {0}, {0}},
        {read_g2_padded, 256, 64, false, false, {0}, {0}},
    };
    tr_bls_g1 zero;
    tr_bls_g2 none;
    memset(&zero, 0, sizeof(zero));
    memset(&none, 0, sizeof(none));
    memcpy(out, all, sizeof(all));
    tr_bls_g1_compress(&tr_bls_g1_generator, out[0].point);
    tr_bls_g2_compress(&tr_bls_g2_generator, out[1].point);
    tr_bls_g1_serialize(&tr_bls_g1_generator, out[2].point);
    tr_bls_g2_serialize(&tr_bls_g2_generator, out[3].point);
    tr_bls_g1_write(&tr_bls_g1_generator, out[4].point);
    tr_bls_g2_write(&tr_bls_g2_generator, out[5].point);
    tr_bls_g1_compress(&zero, out[0].infinity);
    tr_bls_g2_compress(&none, out[1].infinity);
    tr_bls_g1_serialize(&zero, out[2].infinity);
    tr_bls_g2_serialize(&none, out[3].infinity);
    tr_bls_g1_write(&zero, out[4].infinity);
    tr_bls_g2_write(&none, out[5].infinity);
    return 6;
}

/* Of the eight settings of three flags one is right, and in compressed points that with the other
 * sign too; infinity has one. */
TR_TEST(flags_are_strict)
{
    form forms[6];
    size_t n = make_forms(forms);
    for (size_t i = 0; i < n; i++) {
        form *f = &forms[i];
        uint8_t right = f->point[0] & 0xe0, none = f->infinity[0] & 0xe0;
        TR_CHECK_OK(f->read(f->point));
        TR_CHECK_OK(f->read(f->infinity));
        for (unsigned flags = 0; flags < 8; flags++) {
            uint8_t top = (uint8_t)(flags << 5);
            f->point[0] = (uint8_t)((f->point[0] & 0x1f) | top);
            f->infinity[0] = top;
            bool good = top == right || (f->compressed && top == (right ^ 0x20));
            TR_CHECK_ERR(f->read(f->point), good ? TR_OK : TR_E_POINT);
            TR_CHECK_ERR(f->read(f->infinity), top == none ? TR_OK : TR_E_POINT);
        }
        f->infinity[0] = none;
        for (size_t at = 0; at < f->len; at++) {
            f->infinity[at] ^= 1;
            TR_CHECK_ERR(f->read(f->infinity), TR_E_POINT);
            f->infinity[at] ^= 1;
        }
    }
}

/* Each coordinate once with the modulus added to it, or all ones. */
TR_TEST(coordinates_are_below_the_modulus)
{
    tr_bytes modulus =
        tr_test_hex("1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
                    "1eabfffeb153ffffb9feffffffffaaab");
    form forms[6];
    size_t n = make_forms(forms);
    for (size_t i = 0; i < n; i++) {
        form *f = &forms[i];
        for (size_t end = f->step; end <= f->len; end += f->step) {
            uint8_t *coordinate = f->point + end - 48, kept[48];
            unsigned carry = 0;
            memcpy(kept, coordinate, 48);
            memcpy(coordinate, modulus.data, 48);
            if (f->flagged) coordinate[0] |= kept[0] & 0xe0;
            TR_CHECK_ERR(f->read(f->point), TR_E_POINT);
            memcpy(coordinate, kept, 48);
            for (size_t at = 48; at-- > 0;) {
                carry += coordinate[at] + modulus.data[at];
                coordinate[at] = (uint8_t)carry;
                carry >>= 8;
            }
            TR_CHECK_ERR(f->read(f->point), TR_E_POINT);
            memcpy(coordinate, kept, 48);
            if (f->step == 64) {
                coordinate[-1] = 1;
                TR_CHECK_ERR(f->read(f->point), TR_E_POINT);
                coordinate[-1] = 0;
            }
            TR_CHECK_OK(f->read(f->point));
        }
    }
}

/* A y that is none, and x without y. */
TR_TEST(points_off_the_curve_are_refused)
{
    form forms[6];
    size_t n = make_forms(forms);
    for (size_t i = 0; i < n; i++) {
        unsigned refused = 0;
        for (unsigned step = 0; step < 16; step++) {
            forms[i].point[forms[i].len - 1]++;
            if (forms[i].read(forms[i].point) == TR_E_POINT) refused++;
        }
        TR_CHECK_EQ(refused, 16); /* in no subgroup either, where x has a y */
    }
}

TR_PROP(points_outside_of_the_subgroup_are_refused)
{
    if (!bls_now_and_then(g)) return;
    uint8_t bytes[256];
    tr_bls_g1 a = bls_gen_any_g1(g), c;
    tr_bls_g2 b = bls_gen_any_g2(g), d;
    tr_bls_g1_compress(&a, bytes);
    TR_CHECK_ERR(tr_bls_g1_decompress(NULL, bytes, &c), TR_E_POINT);
    tr_bls_g1_serialize(&a, bytes);
    TR_CHECK_ERR(tr_bls_g1_parse(NULL, bytes, &c), TR_E_POINT);
    tr_bls_g1_write(&a, bytes);
    TR_CHECK_ERR(tr_bls_g1_read(NULL, bytes, true, &c), TR_E_POINT);
    TR_CHECK_OK(tr_bls_g1_read(NULL, bytes, false, &c));
    TR_CHECK(tr_bls_g1_eq(&a, &c));
    tr_bls_g2_compress(&b, bytes);
    TR_CHECK_ERR(tr_bls_g2_decompress(NULL, bytes, &d), TR_E_POINT);
    tr_bls_g2_serialize(&b, bytes);
    TR_CHECK_ERR(tr_bls_g2_parse(NULL, bytes, &d), TR_E_POINT);
    tr_bls_g2_write(&b, bytes);
    TR_CHECK_ERR(tr_bls_g2_read(NULL, bytes, true, &d), TR_E_POINT);
    TR_CHECK_OK(tr_bls_g2_read(NULL, bytes, false, &d));
    TR_CHECK(tr_bls_g2_eq(&b, &d));
}

TR_TEST(small_multiples_count)
{
    uint8_t k[32];
    tr_bls_g1 p, sum;
    memset(&sum, 0, sizeof(sum));
    for (unsigned i = 0; i < 300; i++) {
        small(k, i);
        tr_bls_g1_mul(&tr_bls_g1_generator, k, &p);
        TR_CHECK(tr_bls_g1_eq(&p, &sum));
        tr_bls_g1_add(&sum, &tr_bls_g1_generator, &sum);
    }
}

TR_TEST(backends_by_name)
{
    TR_CHECK(tr_bls_find("portable") != NULL);
    TR_CHECK(tr_bls_find("nothing") == NULL);
}
