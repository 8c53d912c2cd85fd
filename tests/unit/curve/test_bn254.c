/* The groups of BN254: laws, endomorphisms, what is read and what is refused. */
#include "bn254_choices.h"

/* The order, and x of the family: EIP-196 and the parametrisation of Barreto and Naehrig. */
static const char order_hex[] = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";
static const char prime_hex[] = "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47";

static const uint8_t *order(void)
{
    return tr_test_hex(order_hex).data;
}

static void small(uint8_t out[32], unsigned n)
{
    memset(out, 0, 32);
    out[31] = (uint8_t)n;
}

TR_TEST(generators_have_the_order)
{
    uint8_t minus_one[32], bytes[128];
    tr_bn_g1 p, q;
    tr_bn_g2 r, s;
    memcpy(minus_one, order(), 32);
    minus_one[31]--;
    BN_EACH(name)
    {
        TR_CHECK(tr_bn_g1_on_curve(&tr_bn_g1_generator));
        TR_CHECK(tr_bn_g2_on_curve(&tr_bn_g2_generator));
        TR_CHECK(tr_bn_g2_in_subgroup(&tr_bn_g2_generator));
        tr_bn_g1_mul(&tr_bn_g1_generator, order(), &p);
        TR_CHECK(tr_bn_g1_is_infinity(&p));
        p = bn_slow_g1_mul(&tr_bn_g1_generator, order());
        TR_CHECK(tr_bn_g1_is_infinity(&p));
        tr_bn_g1_mul(&tr_bn_g1_generator, minus_one, &p);
        tr_bn_g1_neg(&tr_bn_g1_generator, &q);
        TR_CHECK(bn_g1_eq(&p, &q));
        tr_bn_g2_mul(&tr_bn_g2_generator, order(), &r);
        TR_CHECK(tr_bn_g2_is_infinity(&r));
        r = bn_slow_g2_mul(&tr_bn_g2_generator, order());
        TR_CHECK(tr_bn_g2_is_infinity(&r));
        tr_bn_g2_mul(&tr_bn_g2_generator, minus_one, &r);
        tr_bn_g2_neg(&tr_bn_g2_generator, &s);
        TR_CHECK(bn_g2_eq(&r, &s));
    }
    tr_bn_g1_write(&tr_bn_g1_generator, bytes);
    TR_CHECK_BYTES(tr_bytes_of(bytes, 64),
                   tr_test_hex("0000000000000000000000000000000000000000000000000000000000000001"
                               "0000000000000000000000000000000000000000000000000000000000000002"));
    /* EIP-197 */
    tr_bn_g2_write(&tr_bn_g2_generator, bytes);
    TR_CHECK_BYTES(tr_bytes_of(bytes, 128),
                   tr_test_hex("198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                               "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                               "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                               "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa"));
}

static void check_g1_laws(const tr_bn_g1 *a, const tr_bn_g1 *b, const tr_bn_g1 *c)
{
    tr_bn_g1 x, y, zero, minus;
    memset(&zero, 0, sizeof(zero));
    tr_bn_g1_add(a, b, &x);
    tr_bn_g1_add(b, a, &y);
    TR_CHECK(bn_g1_eq(&x, &y) && tr_bn_g1_on_curve(&x));
    tr_bn_g1_add(&x, c, &x);
    tr_bn_g1_add(b, c, &y);
    tr_bn_g1_add(a, &y, &y);
    TR_CHECK(bn_g1_eq(&x, &y));
    tr_bn_g1_add(a, &zero, &x);
    tr_bn_g1_add(&zero, a, &y);
    TR_CHECK(bn_g1_eq(&x, a) && bn_g1_eq(&y, a));
    tr_bn_g1_neg(a, &minus);
    tr_bn_g1_add(a, &minus, &x);
    TR_CHECK(bn_g1_eq(&x, &zero));
    tr_bn_g1_add(a, a, &x);
    tr_bn_g1_add(&x, &minus, &x);
    TR_CHECK(bn_g1_eq(&x, a));
}

static void check_g2_laws(const tr_bn_g2 *a, const tr_bn_g2 *b, const tr_bn_g2 *c)
{
    tr_bn_g2 x, y, zero, minus;
    memset(&zero, 0, sizeof(zero));
    tr_bn_g2_add(a, b, &x);
    tr_bn_g2_add(b, a, &y);
    TR_CHECK(bn_g2_eq(&x, &y) && tr_bn_g2_on_curve(&x) && tr_bn_g2_in_subgroup(&x));
    tr_bn_g2_add(&x, c, &x);
    tr_bn_g2_add(b, c, &y);
    tr_bn_g2_add(a, &y, &y);
    TR_CHECK(bn_g2_eq(&x, &y));
    tr_bn_g2_add(a, &zero, &x);
    tr_bn_g2_add(&zero, a, &y);
    TR_CHECK(bn_g2_eq(&x, a) && bn_g2_eq(&y, a));
    tr_bn_g2_neg(a, &minus);
    tr_bn_g2_add(a, &minus, &x);
    TR_CHECK(bn_g2_eq(&x, &zero));
    tr_bn_g2_add(a, a, &x);
    tr_bn_g2_add(&x, &minus, &x);
    TR_CHECK(bn_g2_eq(&x, a));
}

TR_PROP(group_laws)
{
    if (!bn_one_in(g, 8)) return;
    tr_bn_g1 a = bn_gen_g1(g), b = bn_gen_g1(g), c = bn_gen_g1(g);
    tr_bn_g2 d = bn_gen_g2(g), e = bn_gen_g2(g), f = bn_gen_g2(g);
    BN_EACH(name)
    {
        check_g1_laws(&a, &b, &c);
        check_g2_laws(&d, &e, &f);
    }
}

TR_PROP(multiples_are_repeated_sums)
{
    if (!bn_one_in(g, 10)) return;
    uint8_t k[32];
    tr_bn_g1 p = bn_gen_g1(g), fast;
    tr_bn_g2 q = bn_gen_g2(g), quick;
    bn_gen_scalar(g, k);
    tr_bn_g1 slow = bn_slow_g1_mul(&p, k);
    tr_bn_g2 late = bn_slow_g2_mul(&q, k);
    BN_EACH(name)
    {
        tr_bn_g1_mul(&p, k, &fast);
        TR_CHECK(bn_g1_eq(&fast, &slow));
        tr_bn_g2_mul(&q, k, &quick);
        TR_CHECK(bn_g2_eq(&quick, &late));
    }
}

TR_TEST(multiples_by_extreme_scalars)
{
    static const char *const scalars[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000",
        "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000002",
        /* the eigenvalues of both endomorphisms */
        "0000000000000000b3c4d79d41a917585bfc41088d8daaa78b17ea66b99c90dd",
        "000000000000000000000000000000006f4d8248eeb859fbf83e9682e87cfd46",
        /* half the order, rounded down and up */
        "183227397098d014dc2822db40c0ac2e9419f4243cdcb848a1f0fac9f8000000",
        "183227397098d014dc2822db40c0ac2e9419f4243cdcb848a1f0fac9f8000001",
    };
    for (size_t i = 0; i < TR_COUNTOF(scalars); i++) {
        const uint8_t *k = tr_test_hex(scalars[i]).data;
        BN_EACH(name)
        {
            tr_bn_g1 p, slow = bn_slow_g1_mul(&tr_bn_g1_generator, k);
            tr_bn_g2 q, late = bn_slow_g2_mul(&tr_bn_g2_generator, k);
            tr_bn_g1_mul(&tr_bn_g1_generator, k, &p);
            TR_CHECK_MSG(bn_g1_eq(&p, &slow), "G1, %s: %s", name, scalars[i]);
            tr_bn_g2_mul(&tr_bn_g2_generator, k, &q);
            TR_CHECK_MSG(bn_g2_eq(&q, &late), "G2, %s: %s", name, scalars[i]);
        }
    }
    tr_bn_g1 zero, p;
    memset(&zero, 0, sizeof(zero));
    tr_bn_g1_mul(&zero, order(), &p);
    TR_CHECK(tr_bn_g1_is_infinity(&p));
}

/* phi(x, y) = (beta x, y) is the multiple by L, L^2 + L + 1 = 0. */
TR_TEST(the_endomorphism_of_g1)
{
    const uint8_t *eigenvalue =
        tr_test_hex("0000000000000000b3c4d79d41a917585bfc41088d8daaa78b17ea66b99c90dd").data;
    uint8_t bytes[64];
    tr_bn_g1 image, multiple;
    memcpy(bytes,
           tr_test_hex("000000000000000059e26bcea0d48bacd4f263f1acdb5c4f5763473177fffffe").data,
           32);
    small(bytes + 32, 2);
    TR_CHECK_OK(tr_bn_g1_read(NULL, bytes, &image)); /* beta times x = 1 */
    multiple = bn_slow_g1_mul(&tr_bn_g1_generator, eigenvalue);
    TR_CHECK(bn_g1_eq(&image, &multiple));
}

/* A point of the twist: from some x, whether it is in the subgroup or not. */
static tr_bn_g2 gen_twist(tr_gen *g)
{
    tr_bn_g2 a;
    uint8_t wide[64];
    do {
        tr_gen_fill(g, wide, sizeof(wide));
        tr_bn_fp_reduce_be(&a.x.c0, wide, 32);
        tr_bn_fp_reduce_be(&a.x.c1, wide + 32, 32);
    } while (!tr_bn_portable.g2_lift(&a, false));
    return a;
}

TR_PROP(the_subgroup_is_told_from_the_twist)
{
    if (!bn_one_in(g, 10)) return;
    tr_bn_g2 outside = gen_twist(g), inside, product = bn_slow_g2_mul(&outside, order());
    uint8_t bytes[128];
    /* the cofactor: twice the prime, less the order */
    const uint8_t *cofactor =
        tr_test_hex("30644e72e131a029b85045b68181585e06ceecda572a2489345f2299c0f9fa8d").data;
    inside = bn_slow_g2_mul(&outside, cofactor);
    TR_CHECK(tr_bn_g2_on_curve(&outside) && tr_bn_g2_on_curve(&inside));
    tr_bn_g2_write(&outside, bytes);
    BN_EACH(name)
    {
        TR_CHECK_EQ(tr_bn_g2_in_subgroup(&outside), tr_bn_g2_is_infinity(&product));
        TR_CHECK(tr_bn_g2_in_subgroup(&inside));
        tr_bn_g2 read;
        TR_CHECK_ERR(tr_bn_g2_read(NULL, bytes, &read), TR_E_POINT);
        TR_CHECK(tr_bn_g2_in_subgroup(&product) == tr_bn_g2_is_infinity(&product));
    }
}

TR_PROP(points_are_written_and_read)
{
    if (!bn_one_in(g, 8)) return;
    tr_bn_g1 p = bn_gen_g1(g), p2;
    tr_bn_g2 q = bn_gen_g2(g), q2;
    uint8_t bytes[128];
    BN_EACH(name)
    {
        tr_bn_g1_write(&p, bytes);
        TR_CHECK_OK(tr_bn_g1_read(NULL, bytes, &p2));
        TR_CHECK(bn_g1_eq(&p, &p2));
        tr_bn_g1_compress(&p, bytes);
        memset(&p2, 1, sizeof(p2));
        TR_CHECK_OK(tr_bn_g1_decompress(NULL, bytes, &p2));
        TR_CHECK(bn_g1_eq(&p, &p2));
        tr_bn_g2_write(&q, bytes);
        TR_CHECK_OK(tr_bn_g2_read(NULL, bytes, &q2));
        TR_CHECK(bn_g2_eq(&q, &q2));
        tr_bn_g2_compress(&q, bytes);
        memset(&q2, 1, sizeof(q2));
        TR_CHECK_OK(tr_bn_g2_decompress(NULL, bytes, &q2));
        TR_CHECK(bn_g2_eq(&q, &q2));
    }
}

/* The two halves of the curve have the two flags: negation turns one into the other. */
TR_TEST(compressed_forms)
{
    uint8_t bytes[64], other[64];
    tr_bn_g1 p;
    tr_bn_g2 q;
    tr_bn_g1_compress(&tr_bn_g1_generator, bytes);
    TR_CHECK_BYTES(tr_bytes_of(bytes, 32),
                   tr_test_hex("8000000000000000000000000000000000000000000000000000000000000001"));
    tr_bn_g1_neg(&tr_bn_g1_generator, &p);
    tr_bn_g1_compress(&p, bytes);
    TR_CHECK_EQ(bytes[0], 0xc0);
    tr_bn_g2_compress(&tr_bn_g2_generator, bytes);
    tr_bn_g2_neg(&tr_bn_g2_generator, &q);
    tr_bn_g2_compress(&q, other);
    TR_CHECK_EQ(bytes[0] ^ other[0], 0x40);
    TR_CHECK_EQ(bytes[0] & 0xc0, 0x80); /* 09.. is below half the modulus */
    TR_CHECK_BYTES(tr_bytes_of(bytes + 1, 63), tr_bytes_of(other + 1, 63));
    memset(bytes, 0, sizeof(bytes));
    bytes[0] = 0x40;
    TR_CHECK_OK(tr_bn_g1_decompress(NULL, bytes, &p));
    TR_CHECK_OK(tr_bn_g2_decompress(NULL, bytes, &q));
    TR_CHECK(tr_bn_g1_is_infinity(&p) && tr_bn_g2_is_infinity(&q));
    tr_bn_g1_compress(&p, other);
    TR_CHECK_BYTES(tr_bytes_of(other, 32), tr_bytes_of(bytes, 32));
    tr_bn_g2_compress(&q, other);
    TR_CHECK_BYTES(tr_bytes_of(other, 64), tr_bytes_of(bytes, 64));
}

/* Multiples of the generators by the SHA-256 of one byte (0, 1, 2), from gnark-crypto 0.22.0 in its
 * compressed form. */
TR_TEST(multiples_that_gnark_finds)
{
    static const char *const known[][3] = {
        {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
         "ab7ccc6584d6e5eec61c416baefac97d46bb7706ee83a56f3a219e608d91bc4f",
         "e68aa516c3268e48befe2ea134d49ebaebb22e998f3d9a3ac51f9f1109279576"
         "2690ae42595167f01b1b3dc301ce0bcc4609513da869b9da1892ba81f34f48a6"},
        {"4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a",
         "ea6cbc66292f2899a18691ecb1b6051a3af2b24f5379c2c55b9abc153d9a1c5e",
         "d64574e04e4f9e9db1aa6a08100ae44e3ea7490bd5d4e66c778fb2259eb8f015"
         "2147f4d82677a42f1cc1ec0d4730efb1c319bd82892097d6e6bd7a64984f4be4"},
        {"dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
         "aa1415cfba1c28d4d71cd176e4893f49dedeb83f596d492d227e00d6fc6b4157",
         "a456d1b92e15ab720e85a38b89045202329dacf88329d8511336d063ca69ec2f"
         "2da029108006042df229795a3354df14c0348a72c054ca783b85bd7f5aa4d5e8"},
    };
    uint8_t bytes[64];
    tr_bn_g1 p;
    tr_bn_g2 q;
    for (size_t i = 0; i < TR_COUNTOF(known); i++) {
        BN_EACH(name)
        {
            tr_bn_g1_mul(&tr_bn_g1_generator, tr_test_hex(known[i][0]).data, &p);
            tr_bn_g1_compress(&p, bytes);
            TR_CHECK_BYTES(tr_bytes_of(bytes, 32), tr_test_hex(known[i][1]));
            tr_bn_g2_mul(&tr_bn_g2_generator, tr_test_hex(known[i][0]).data, &q);
            tr_bn_g2_compress(&q, bytes);
            TR_CHECK_BYTES(TR_VIEW(bytes), tr_test_hex(known[i][2]));
        }
    }
}

static void refuse_g1(const char *hex)
{
    tr_bn_g1 p = tr_bn_g1_generator;
    TR_CHECK_ERR(tr_bn_g1_read(NULL, tr_test_hex(hex).data, &p), TR_E_POINT);
    TR_CHECK(bn_g1_eq(&p, &tr_bn_g1_generator));
}

static void refuse_packed(const char *hex)
{
    tr_bn_g1 p;
    TR_CHECK_ERR(tr_bn_g1_decompress(NULL, tr_test_hex(hex).data, &p), TR_E_POINT);
}

TR_TEST(what_is_refused)
{
    uint8_t bytes[128];
    tr_bn_g2 q;
    tr_bn_g1 p;
    tr_trail trail;
    tr_trail_clear(&trail);
    small(bytes, 1);
    small(bytes + 32, 3);
    TR_CHECK_ERR(tr_bn_g1_read(&trail, bytes, &p), TR_E_POINT); /* not on the curve */
    TR_CHECK_EQ(trail.code, TR_E_POINT);
    memcpy(bytes, tr_test_hex(prime_hex).data, 32);
    TR_CHECK_ERR(tr_bn_g1_read(NULL, bytes, &p), TR_E_POINT); /* the modulus itself */
    memset(bytes, 0, 32);
    memcpy(bytes + 32, tr_test_hex(prime_hex).data, 32); /* zero, as the modulus */
    TR_CHECK_ERR(tr_bn_g1_read(NULL, bytes, &p), TR_E_POINT);
    refuse_g1("0000000000000000000000000000000000000000000000000000000000000000"
              "0000000000000000000000000000000000000000000000000000000000000001");
    /* flags 00; 01 with bytes; x = 4, for which 67 is no square; the modulus */
    refuse_packed("0000000000000000000000000000000000000000000000000000000000000001");
    refuse_packed("0000000000000000000000000000000000000000000000000000000000000000");
    refuse_packed("4000000000000000000000000000000000000000000000000000000000000001");
    refuse_packed("c000000000000000000000000000000000000000000000000000000000000004");
    refuse_packed("b0644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47");
    for (unsigned i = 0; i < 4; i++) {
        tr_bn_g2_write(&tr_bn_g2_generator, bytes);
        memcpy(bytes + 32 * i, tr_test_hex(prime_hex).data, 32);
        TR_CHECK_ERR(tr_bn_g2_read(NULL, bytes, &q), TR_E_POINT);
        tr_bn_g2_write(&tr_bn_g2_generator, bytes);
        bytes[32 * i + 31] ^= 1;
        TR_CHECK_ERR(tr_bn_g2_read(NULL, bytes, &q), TR_E_POINT);
    }
    unsigned refused = 0;
    for (unsigned i = 0; i < 2; i++) {
        tr_bn_g2_compress(&tr_bn_g2_generator, bytes);
        memcpy(bytes + 32 * i, tr_test_hex(prime_hex).data, 32);
        bytes[0] |= 0x80;
        TR_CHECK_ERR(tr_bn_g2_decompress(NULL, bytes, &q), TR_E_POINT);
    }
    /* neighbours of the generator: no points, or points outside the subgroup */
    for (uint8_t i = 1; i < 32; i++) {
        tr_bn_g2_compress(&tr_bn_g2_generator, bytes);
        bytes[63] ^= i;
        refused += tr_bn_g2_decompress(NULL, bytes, &q) == TR_E_POINT;
    }
    TR_CHECK_EQ(refused, 31);
    tr_bn_g2_compress(&tr_bn_g2_generator, bytes);
    bytes[0] &= 0x3f;
    TR_CHECK_ERR(tr_bn_g2_decompress(NULL, bytes, &q), TR_E_POINT);
}
