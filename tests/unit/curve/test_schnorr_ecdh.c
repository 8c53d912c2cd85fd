#include "harness.h"

#include "curve/secp256k1.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>

static tr_seckey random_key(tr_gen *g)
{
    tr_seckey key;
    do tr_gen_fill(g, key.b, sizeof(key.b));
    while (tr_seckey_check(&key) != TR_OK);
    return key;
}

/* Vector 1 of BIP-340. */
TR_TEST(schnorr_signs_the_vector_of_the_bip)
{
    tr_seckey key;
    uint8_t sig[64];
    memcpy(key.b,
           tr_test_hex("b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef").data,
           32);
    tr_bytes aux = tr_test_hex("0000000000000000000000000000000000000000000000000000000000000001");
    tr_bytes text = tr_test_hex("243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89");
    TR_CHECK_OK(tr_schnorr_sign(&key, text, aux.data, sig));
    TR_CHECK_BYTES(TR_VIEW(sig),
                   tr_test_hex("6896bd60eeae296db48a229ff71dfe071bde413e6d43f917dc8dcf8c78de3341"
                               "8906d11ac976abccb20b091292bff4ea897efcb639ea871cfa95f6de339e4b0a"));
}

TR_PROP(schnorr_verifies_what_was_signed_and_nothing_else)
{
    tr_seckey key = random_key(g);
    tr_pubkey pubkey;
    uint8_t aux[32], sig[64];
    tr_bytes text = tr_gen_bytes(g, 200);
    tr_gen_fill(g, aux, sizeof(aux));
    TR_CHECK_OK(tr_pubkey_of(&key, &pubkey));
    TR_CHECK_OK(tr_schnorr_sign(&key, text, tr_gen_bool(g) ? aux : NULL, sig));
    TR_CHECK_OK(tr_schnorr_verify(pubkey.x, text, sig));
    sig[tr_gen_below(g, 64)] ^= (uint8_t)(1u << tr_gen_below(g, 8));
    TR_CHECK_ERR(tr_schnorr_verify(pubkey.x, text, sig), TR_E_SIGNATURE);
}

TR_TEST(schnorr_refuses_an_x_that_is_on_no_point)
{
    uint8_t x[32] = {0}, sig[64] = {0};
    x[31] = 5; /* 5^3 + 7 = 132 is no square modulo the field's prime */
    TR_CHECK_ERR(tr_schnorr_verify(x, TR_LIT("m"), sig), TR_E_POINT);
    memset(x, 0xff, sizeof(x));
    TR_CHECK_ERR(tr_schnorr_verify(x, TR_LIT("m"), sig), TR_E_POINT);
}

/* x of k Q by OpenSSL, and SHA-256 of the point in compressed form. */
static void openssl_ecdh(const tr_seckey *key, const tr_pubkey *other, uint8_t x[32],
                         uint8_t digest[32])
{
    uint8_t point[65] = {4}, compressed[33];
    memcpy(point + 1, other, 64);
    BN_CTX *ctx = BN_CTX_new();
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp256k1);
    EC_POINT *q = EC_POINT_new(group);
    BIGNUM *k = BN_bin2bn(key->b, 32, NULL);
    TR_CHECK(EC_POINT_oct2point(group, q, point, sizeof(point), ctx) == 1);
    EC_POINT_mul(group, q, NULL, q, k, ctx);
    EC_POINT_point2oct(group, q, POINT_CONVERSION_COMPRESSED, compressed, sizeof(compressed), ctx);
    memcpy(x, compressed + 1, 32);
    SHA256(compressed, sizeof(compressed), digest);
    BN_free(k), EC_POINT_free(q), EC_GROUP_free(group), BN_CTX_free(ctx);
}

TR_PROP(both_sides_agree_and_openssl_agrees)
{
    tr_seckey a = random_key(g), b = random_key(g);
    tr_pubkey a_public, b_public;
    uint8_t ab[32], ba[32], x[32], digest[32];
    TR_CHECK_OK(tr_pubkey_of(&a, &a_public));
    TR_CHECK_OK(tr_pubkey_of(&b, &b_public));
    TR_CHECK_OK(tr_ecdh_x(&a, &b_public, ab));
    TR_CHECK_OK(tr_ecdh_x(&b, &a_public, ba));
    TR_CHECK_BYTES(TR_VIEW(ab), TR_VIEW(ba));
    if (tr_gen_below(g, 16) != 0) return;
    openssl_ecdh(&a, &b_public, x, digest);
    TR_CHECK_BYTES(TR_VIEW(ab), TR_VIEW(x));
    TR_CHECK_OK(tr_ecdh_sha256(&a, &b_public, ab));
    TR_CHECK_BYTES(TR_VIEW(ab), TR_VIEW(digest));
    b_public.x[31] ^= 1;
    TR_CHECK_ERR(tr_ecdh_x(&a, &b_public, ab), TR_E_POINT);
}
