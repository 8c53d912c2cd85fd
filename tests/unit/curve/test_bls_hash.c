/* Hashing to BLS12-381.  All vectors of RFC 9380 run in `trestle test-vectors`; here are one of
 * each suite, and what they do not reach. */
#include "bls_choices.h"

#include "hash/sha2.h"

#define TAG(suite) TR_LIT("QUUX-V01-CS02-with-BLS12381" suite)

static void check_g1(const tr_bls_g1 *got, const char *x, const char *y)
{
    uint8_t bytes[96];
    tr_bls_g1_serialize(got, bytes);
    TR_CHECK_BYTES(tr_bytes_of(bytes, 48), tr_test_hex(x));
    TR_CHECK_BYTES(tr_bytes_of(bytes + 48, 48), tr_test_hex(y));
    TR_CHECK(tr_bls_g1_in_subgroup(got));
}

static void check_g2_x(const tr_bls_g2 *got, const char *x_real, const char *x_imaginary)
{
    uint8_t bytes[192];
    tr_bls_g2_serialize(got, bytes);
    TR_CHECK_BYTES(tr_bytes_of(bytes, 48), tr_test_hex(x_imaginary));
    TR_CHECK_BYTES(tr_bytes_of(bytes + 48, 48), tr_test_hex(x_real));
    TR_CHECK(tr_bls_g2_on_curve(got) && tr_bls_g2_in_subgroup(got));
}

/* RFC 9380, appendix J.9 and J.10, the message "abcdef0123456789". */
TR_TEST(hashes_of_the_rfc)
{
    tr_bls_g1 p;
    tr_bls_g2 q;
    BLS_EACH(name)
    {
        tr_bls_hash_to_g1(TR_LIT("abcdef0123456789"), TAG("G1_XMD:SHA-256_SSWU_RO_"), &p);
        check_g1(&p,
                 "11e0b079dea29a68f0383ee94fed1b940995272407e3bb916bbf268c263ddd57a6a27200a784cbc24"
                 "8e84f357ce82d98",
                 "03a87ae2caf14e8ee52e51fa2ed8eefe80f02457004ba4d486d6aa1f517c0889501dc7413753f9599"
                 "b099ebcbbd2d709");
        tr_bls_encode_to_g1(TR_LIT("abcdef0123456789"), TAG("G1_XMD:SHA-256_SSWU_NU_"), &p);
        check_g1(&p,
                 "1974dbb8e6b5d20b84df7e625e2fbfecb2cdb5f77d5eae5fb2955e5ce7313cae8364bc2fff520a6c2"
                 "5619739c6bdcb6a",
                 "15f9897e11c6441eaa676de141c8d83c37aab8667173cbe1dfd6de74d11861b961dccebcd9d289ac6"
                 "33455dfcc7013a3");
        tr_bls_hash_to_g2(TR_LIT("abcdef0123456789"), TAG("G2_XMD:SHA-256_SSWU_RO_"), &q);
        check_g2_x(&q,
                   "121982811d2491fde9ba7ed31ef9ca474f0e1501297f68c298e9f4c0028add35aea8bb83d53c08c"
                   "fc007c1e005723cd0",
                   "190d119345b94fbd15497bcba94ecf7db2cbfd1e1fe7da034d26cbba169fb3968288b3fafb265f9"
                   "ebd380512a71c3f2c");
        tr_bls_encode_to_g2(TR_LIT("abcdef0123456789"), TAG("G2_XMD:SHA-256_SSWU_NU_"), &q);
        check_g2_x(&q,
                   "038af300ef34c7759a6caaa4e69363cafeed218a1f207e93b2c70d91a1263d375d6730bd6b6509d"
                   "cac3ba5b567e85bf3",
                   "0da75be60fb6aa0e9e3143e40c42796edf15685cafe0279afd2a67c3dff1c82341f17effd402e4f"
                   "1af240ea90f4b659b");
    }
}

TR_TEST(expanded_messages_have_their_bound)
{
    uint8_t all[255 * 32 + 1], part[33], other[33];
    TR_CHECK_OK(tr_expand_message_sha256(TR_LIT("m"), TR_LIT("t"), all, 255 * 32));
    TR_CHECK_ERR(tr_expand_message_sha256(TR_LIT("m"), TR_LIT("t"), all, 255 * 32 + 1), TR_E_LIMIT);
    TR_CHECK_OK(tr_expand_message_sha256(TR_LIT("m"), TR_LIT("t"), part, sizeof(part)));
    TR_CHECK_OK(tr_expand_message_sha256(TR_LIT("m"), TR_LIT("t"), other, sizeof(other) - 1));
    TR_CHECK(memcmp(part, other, 32) != 0); /* the length is part of what is hashed */
    TR_CHECK_OK(tr_expand_message_sha256(TR_LIT("m"), TR_LIT("t"), NULL, 0));
}

/* A tag above 255 bytes stands for its hash, which may be given itself. */
TR_TEST(long_tags_are_hashed)
{
    static uint8_t tag[17 + 300] = "H2C-OVERSIZE-DST-";
    uint8_t a[96], b[96];
    tr_hash hash = tr_sha256(TR_VIEW(tag));
    TR_CHECK_OK(tr_expand_message_sha256(TR_LIT("m"), tr_bytes_of(tag + 17, 300), a, sizeof(a)));
    TR_CHECK_OK(tr_expand_message_sha256(TR_LIT("m"), TR_VIEW(hash.b), b, sizeof(b)));
    TR_CHECK_BYTES(TR_VIEW(a), TR_VIEW(b));
}

/* The map divides by z^2 u^4 + z u^2, which is zero for u = 0 and, over the prime field, for the
 * roots of -1/z: all of them have the same x. */
TR_TEST(maps_where_they_would_divide_by_zero)
{
    tr_bls_fp u = tr_bls_fp_zero, root;
    tr_bls_fp2 v;
    tr_bls_g1 p, q;
    tr_bls_g2 r;
    memset(&v, 0, sizeof(v));
    tr_bls_fp_of_u64(&root, 11);
    tr_bls_fp_neg(&root, &root);
    tr_bls_fp_inv(&root, &root);
    TR_CHECK(tr_bls_fp_sqrt(&root, &root));
    BLS_EACH(name)
    {
        tr_bls_map_to_g1(&u, &p);
        tr_bls_map_to_g1(&root, &q);
        TR_CHECK(tr_bls_g1_on_curve(&p) && tr_bls_g1_in_subgroup(&p));
        TR_CHECK(tr_bls_fp_eq(&p.x, &q.x) && tr_bls_g1_on_curve(&q));
        TR_CHECK(!tr_bls_g1_is_infinity(&p));
        tr_bls_map_to_g2(&v, &r);
        TR_CHECK(tr_bls_g2_on_curve(&r) && tr_bls_g2_in_subgroup(&r));
        TR_CHECK(!tr_bls_g2_is_infinity(&r));
    }
}

/* Maps give points of the subgroup; u and -u give opposite ones; both backends the same; a sum of
 * two maps is the sum of their points, equal and opposite ones included. */
TR_PROP(maps_agree)
{
    tr_bls_fp u[2];
    tr_bls_fp2 v[2];
    bls_gen_fp(g, &u[0]);
    bls_gen_fp(g, &v[0].c0);
    bls_gen_fp(g, &v[0].c1);
    if (tr_gen_below(g, 4) == 0) v[0].c0 = tr_bls_fp_zero;
    if (tr_gen_below(g, 4) == 0) v[0].c1 = tr_bls_fp_zero;
    if (tr_bls_fp_is_zero(&u[0])) u[0] = tr_bls_fp_one; /* zero is its own opposite */
    if (tr_bls_fp2_is_zero(&v[0])) v[0].c1 = tr_bls_fp_one;
    tr_bls_fp_neg(&u[1], &u[0]);
    tr_bls_fp2_neg(&v[1], &v[0]);
    tr_bls_g1 first, p, q, sum;
    tr_bls_g2 begun, r, s, total;
    tr_bls_portable.map_to_g1(1, u, &first);
    tr_bls_portable.map_to_g2(1, v, &begun);
    BLS_EACH(name)
    {
        tr_bls_map_to_g1(&u[0], &p);
        tr_bls_map_to_g1(&u[1], &q);
        TR_CHECK(tr_bls_g1_eq(&p, &first));
        TR_CHECK(tr_bls_g1_on_curve(&p) && tr_bls_g1_in_subgroup(&p));
        tr_bls_g1_add(&p, &q, &sum);
        TR_CHECK(tr_bls_g1_is_infinity(&sum));
        tr_bls_chosen->map_to_g1(2, u, &sum);
        TR_CHECK(tr_bls_g1_is_infinity(&sum));
        tr_bls_chosen->map_to_g1(2, (const tr_bls_fp[2]){u[0], u[0]}, &sum);
        tr_bls_g1_add(&p, &p, &q);
        TR_CHECK(tr_bls_g1_eq(&sum, &q));
        tr_bls_map_to_g2(&v[0], &r);
        tr_bls_map_to_g2(&v[1], &s);
        TR_CHECK(tr_bls_g2_eq(&r, &begun));
        TR_CHECK(tr_bls_g2_on_curve(&r) && tr_bls_g2_in_subgroup(&r));
        tr_bls_g2_add(&r, &s, &total);
        TR_CHECK(tr_bls_g2_is_infinity(&total));
        tr_bls_chosen->map_to_g2(2, v, &total);
        TR_CHECK(tr_bls_g2_is_infinity(&total));
        tr_bls_chosen->map_to_g2(2, (const tr_bls_fp2[2]){v[0], v[0]}, &total);
        tr_bls_g2_add(&r, &r, &s);
        TR_CHECK(tr_bls_g2_eq(&total, &s));
    }
}
