#include "harness.h"

#include "curve/secp256k1.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/sha.h>

#define ORDER      "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
#define HALF       "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0"
#define HALF_AND_1 "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1"

static void fill_hex(const char *hex, void *to, size_t len)
{
    tr_bytes bytes = tr_test_hex(hex);
    TR_CHECK_EQ(bytes.len, len);
    memcpy(to, bytes.data, len);
}

static tr_seckey key_of(const char *hex)
{
    tr_seckey key;
    fill_hex(hex, key.b, 32);
    return key;
}

static tr_seckey small_key(uint8_t n)
{
    tr_seckey key = {{0}};
    key.b[31] = n;
    return key;
}

static tr_seckey random_key(tr_gen *g)
{
    tr_seckey key;
    do tr_gen_fill(g, key.b, sizeof(key.b));
    while (tr_seckey_check(&key) != TR_OK);
    return key;
}

static tr_addr address_of(const tr_seckey *key)
{
    tr_pubkey pubkey;
    TR_CHECK_OK(tr_pubkey_of(key, &pubkey));
    return tr_pubkey_address(&pubkey);
}

/* The vectors for this curve that go round with RFC 6979: SHA-256 of the text is signed. */
TR_TEST(signing_gives_the_signatures_of_rfc_6979)
{
    static const struct {
        const char *key, *text, *r, *s;
    } cases[] = {
        {"0000000000000000000000000000000000000000000000000000000000000001", "Satoshi Nakamoto",
         "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8",
         "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"},
        {"0000000000000000000000000000000000000000000000000000000000000001",
         "All those moments will be lost in time, like tears in rain. Time to die...",
         "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b",
         "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21"},
        {"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", "Satoshi Nakamoto",
         "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0",
         "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5"},
        {"f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181", "Alan Turing",
         "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c",
         "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea"},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_seckey key = key_of(cases[i].key);
        tr_hash hash;
        tr_ecdsa_sig sig;
        SHA256((const uint8_t *)cases[i].text, strlen(cases[i].text), hash.b);
        TR_CHECK_OK(tr_ecdsa_sign(&key, &hash, &sig));
        TR_CHECK_BYTES(TR_VIEW(sig.r), tr_test_hex(cases[i].r));
        TR_CHECK_BYTES(TR_VIEW(sig.s), tr_test_hex(cases[i].s));
    }
}

/* The example of EIP-155. */
TR_TEST(signing_gives_the_example_of_eip_155)
{
    tr_seckey key = key_of("4646464646464646464646464646464646464646464646464646464646464646");
    tr_hash hash;
    tr_ecdsa_sig sig;
    fill_hex("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53", hash.b, 32);
    TR_CHECK_OK(tr_ecdsa_sign(&key, &hash, &sig));
    TR_CHECK_EQ(sig.recovery, 0);
    TR_CHECK_BYTES(TR_VIEW(sig.r),
                   tr_test_hex("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"));
    TR_CHECK_BYTES(TR_VIEW(sig.s),
                   tr_test_hex("67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"));
    tr_addr address = address_of(&key);
    TR_CHECK_BYTES(TR_VIEW(address.b), tr_test_hex("9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"));
}

TR_TEST(address_of_key_one)
{
    tr_seckey key = small_key(1);
    tr_addr address = address_of(&key);
    TR_CHECK_BYTES(TR_VIEW(address.b), tr_test_hex("7e5f4552091a69125d5dfcb7b8c2659029395bdf"));
}

TR_TEST(weak_keys_are_refused)
{
    static const char *const bad[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        ORDER,
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    tr_hash hash = {{1}};
    tr_seckey one = small_key(1);
    tr_pubkey generator;
    TR_CHECK_OK(tr_pubkey_of(&one, &generator));
    for (size_t i = 0; i < TR_COUNTOF(bad); i++) {
        tr_seckey key = key_of(bad[i]);
        tr_pubkey pubkey;
        tr_ecdsa_sig sig;
        uint8_t out[64];
        TR_CHECK_ERR(tr_seckey_check(&key), TR_E_KEY_RANGE);
        TR_CHECK_ERR(tr_pubkey_of(&key, &pubkey), TR_E_KEY_RANGE);
        TR_CHECK_ERR(tr_ecdsa_sign(&key, &hash, &sig), TR_E_KEY_RANGE);
        TR_CHECK_ERR(tr_schnorr_sign(&key, TR_LIT("m"), NULL, out), TR_E_KEY_RANGE);
        TR_CHECK_ERR(tr_ecdh_x(&key, &generator, out), TR_E_KEY_RANGE);
        TR_CHECK_ERR(tr_ecdh_sha256(&key, &generator, out), TR_E_KEY_RANGE);
    }
    tr_seckey last = key_of("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140");
    TR_CHECK_OK(tr_seckey_check(&last));
}

TR_TEST(the_border_between_low_and_high_s)
{
    tr_ecdsa_sig sig = {.r = {1}};
    fill_hex(HALF, sig.s, 32);
    TR_CHECK(tr_ecdsa_is_low_s(&sig));
    fill_hex(HALF_AND_1, sig.s, 32);
    TR_CHECK(!tr_ecdsa_is_low_s(&sig));
    TR_CHECK_OK(tr_ecdsa_check(&sig));
    fill_hex(ORDER, sig.s, 32);
    TR_CHECK_ERR(tr_ecdsa_check(&sig), TR_E_SIGNATURE_RANGE);
    memset(sig.s, 0, 32);
    TR_CHECK_ERR(tr_ecdsa_check(&sig), TR_E_SIGNATURE_RANGE);
    sig.s[31] = 1;
    TR_CHECK_OK(tr_ecdsa_check(&sig));
    memset(sig.r, 0, 32);
    TR_CHECK_ERR(tr_ecdsa_check(&sig), TR_E_SIGNATURE_RANGE);
}

TR_TEST(public_keys_have_two_forms_and_no_third)
{
    tr_seckey key = small_key(7);
    tr_pubkey made, read;
    uint8_t short_form[TR_PUBKEY_COMPRESSED], long_form[TR_PUBKEY_UNCOMPRESSED + 1] = {4};
    TR_CHECK_OK(tr_pubkey_of(&key, &made));
    tr_pubkey_compress(&made, short_form);
    memcpy(long_form + 1, &made, sizeof(made));
    TR_CHECK_OK(tr_pubkey_parse(TR_VIEW(short_form), &read));
    TR_CHECK_BYTES(tr_bytes_of(&read, 64), tr_bytes_of(&made, 64));
    TR_CHECK_OK(tr_pubkey_parse(tr_bytes_of(long_form, 65), &read));
    TR_CHECK_BYTES(tr_bytes_of(&read, 64), tr_bytes_of(&made, 64));

    TR_CHECK_ERR(tr_pubkey_parse(tr_bytes_of(long_form, 64), &read), TR_E_POINT);
    TR_CHECK_ERR(tr_pubkey_parse(tr_bytes_of(long_form, 66), &read), TR_E_POINT);
    TR_CHECK_ERR(tr_pubkey_parse((tr_bytes){NULL, 0}, &read), TR_E_POINT);
    long_form[0] = (uint8_t)(6 | (made.y[31] & 1)); /* the hybrid form */
    TR_CHECK_ERR(tr_pubkey_parse(tr_bytes_of(long_form, 65), &read), TR_E_POINT);
    long_form[0] = 4;
    long_form[64] ^= 1; /* off the curve */
    TR_CHECK_ERR(tr_pubkey_parse(tr_bytes_of(long_form, 65), &read), TR_E_POINT);
    short_form[0] = 4;
    TR_CHECK_ERR(tr_pubkey_parse(TR_VIEW(short_form), &read), TR_E_POINT);
    tr_hash hash = {{1}};
    tr_ecdsa_sig sig;
    TR_CHECK_OK(tr_ecdsa_sign(&key, &hash, &sig));
    made.y[31] ^= 1;
    TR_CHECK_ERR(tr_ecdsa_verify(&made, &hash, &sig), TR_E_POINT);
}

/* What OpenSSL says of a signature, by the textbook: the x of (h/s) G + (r/s) Q is r. */
static bool openssl_verifies(const tr_pubkey *key, const tr_hash *hash, const tr_ecdsa_sig *sig)
{
    uint8_t point[65] = {4};
    memcpy(point + 1, key, 64);
    BN_CTX *ctx = BN_CTX_new();
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_secp256k1);
    EC_POINT *q = EC_POINT_new(group), *sum = EC_POINT_new(group);
    BIGNUM *r = BN_bin2bn(sig->r, 32, NULL), *s = BN_bin2bn(sig->s, 32, NULL);
    BIGNUM *h = BN_bin2bn(hash->b, 32, NULL), *x = BN_new();
    const BIGNUM *n = EC_GROUP_get0_order(group);
    TR_CHECK(EC_POINT_oct2point(group, q, point, sizeof(point), ctx) == 1);
    BN_mod_inverse(s, s, n, ctx);
    BN_mod_mul(h, h, s, n, ctx);
    BN_mod_mul(s, r, s, n, ctx);
    EC_POINT_mul(group, sum, h, q, s, ctx);
    bool ok = EC_POINT_get_affine_coordinates(group, sum, x, NULL, ctx) == 1;
    BN_nnmod(x, x, n, ctx);
    ok = ok && BN_cmp(x, r) == 0;
    BN_free(r), BN_free(s), BN_free(h), BN_free(x);
    EC_POINT_free(q), EC_POINT_free(sum), EC_GROUP_free(group), BN_CTX_free(ctx);
    return ok;
}

TR_PROP(what_is_signed_verifies_and_recovers)
{
    tr_seckey key = random_key(g);
    tr_hash hash;
    tr_pubkey pubkey, recovered;
    tr_ecdsa_sig sig;
    tr_gen_fill(g, hash.b, sizeof(hash.b));
    TR_CHECK_OK(tr_pubkey_of(&key, &pubkey));
    TR_CHECK_OK(tr_ecdsa_sign(&key, &hash, &sig));
    TR_CHECK(tr_ecdsa_is_low_s(&sig));
    TR_CHECK_OK(tr_ecdsa_verify(&pubkey, &hash, &sig));
    TR_CHECK(tr_gen_below(g, 16) != 0 || openssl_verifies(&pubkey, &hash, &sig));
    TR_CHECK_OK(tr_ecdsa_recover(&hash, &sig, &recovered));
    TR_CHECK_BYTES(tr_bytes_of(&recovered, 64), tr_bytes_of(&pubkey, 64));
}

/* Any bit changed, and it is another signer or none. */
TR_PROP(what_is_tampered_with_is_refused)
{
    tr_seckey key = random_key(g);
    tr_hash hash;
    tr_pubkey pubkey, recovered;
    tr_ecdsa_sig sig;
    tr_gen_fill(g, hash.b, sizeof(hash.b));
    TR_CHECK_OK(tr_pubkey_of(&key, &pubkey));
    TR_CHECK_OK(tr_ecdsa_sign(&key, &hash, &sig));
    uint8_t *part = tr_gen_below(g, 2) ? hash.b : tr_gen_bool(g) ? sig.r : sig.s;
    part[tr_gen_below(g, 32)] ^= (uint8_t)(1u << tr_gen_below(g, 8));
    TR_CHECK(tr_ecdsa_verify(&pubkey, &hash, &sig) != TR_OK);
    if (tr_ecdsa_recover(&hash, &sig, &recovered) == TR_OK)
        TR_CHECK(memcmp(&recovered, &pubkey, 64) != 0);
}

static void high_twin(tr_ecdsa_sig *sig)
{
    BIGNUM *n = NULL, *s = BN_bin2bn(sig->s, 32, NULL);
    BN_hex2bn(&n, ORDER);
    BN_sub(s, n, s);
    BN_bn2binpad(s, sig->s, 32);
    sig->recovery ^= 1;
    BN_free(s);
    BN_free(n);
}

TR_PROP(the_high_twin_recovers_alike_and_is_told_apart)
{
    tr_seckey key = random_key(g);
    tr_hash hash;
    tr_pubkey pubkey, recovered;
    tr_ecdsa_sig sig;
    tr_gen_fill(g, hash.b, sizeof(hash.b));
    TR_CHECK_OK(tr_pubkey_of(&key, &pubkey));
    TR_CHECK_OK(tr_ecdsa_sign(&key, &hash, &sig));
    high_twin(&sig);
    TR_CHECK(!tr_ecdsa_is_low_s(&sig));
    TR_CHECK_OK(tr_ecdsa_verify(&pubkey, &hash, &sig));
    TR_CHECK_OK(tr_ecdsa_recover(&hash, &sig, &recovered));
    TR_CHECK_BYTES(tr_bytes_of(&recovered, 64), tr_bytes_of(&pubkey, 64));
}

TR_PROP(der_is_read_as_it_is_written)
{
    tr_seckey key = random_key(g);
    tr_hash hash;
    tr_ecdsa_sig sig, read;
    uint8_t der[TR_ECDSA_DER_MAX + 1];
    tr_gen_fill(g, hash.b, sizeof(hash.b));
    TR_CHECK_OK(tr_ecdsa_sign(&key, &hash, &sig));
    size_t len = tr_ecdsa_write_der(&sig, der);
    TR_CHECK_OK(tr_ecdsa_parse_der(tr_bytes_of(der, len), &read));
    TR_CHECK_BYTES(tr_bytes_of(&read, 64), tr_bytes_of(&sig, 64));
    TR_CHECK_EQ(read.recovery, TR_ECDSA_NO_RECOVERY);
    tr_pubkey nobody;
    TR_CHECK_ERR(tr_ecdsa_recover(&hash, &read, &nobody), TR_E_SIGNATURE_RANGE);
    TR_CHECK(tr_ecdsa_parse_der(tr_bytes_of(der, tr_gen_below(g, len)), &read) != TR_OK);
    der[len] = 0;
    TR_CHECK_ERR(tr_ecdsa_parse_der(tr_bytes_of(der, len + 1), &read), TR_E_SYNTAX);
}

TR_PROP(many_are_recovered_as_one_by_one)
{
    enum { MAX = 140 };
    tr_hash hashes[MAX];
    tr_ecdsa_sig sigs[MAX];
    tr_addr addresses[MAX], want[MAX];
    bool ok[MAX];
    tr_seckey key = random_key(g);
    size_t n = tr_gen_below(g, 16) == 0 ? tr_gen_below(g, MAX + 1) : tr_gen_below(g, 4), found = 0;
    for (size_t i = 0; i < n; i++) {
        tr_pubkey pubkey;
        tr_gen_fill(g, hashes[i].b, 32);
        TR_CHECK_OK(tr_ecdsa_sign(&key, &hashes[i], &sigs[i]));
        if (tr_gen_below(g, 4) == 0) tr_gen_fill(g, sigs[i].r, 32);
        if (tr_gen_below(g, 8) == 0) sigs[i].recovery = (uint8_t)tr_gen_below(g, 6);
        memset(&want[i], 0, sizeof(want[i]));
        if (tr_ecdsa_recover(&hashes[i], &sigs[i], &pubkey) == TR_OK) {
            want[i] = tr_pubkey_address(&pubkey);
            found++;
        }
    }
    TR_CHECK_EQ(tr_ecdsa_recover_many(n, hashes, sigs, addresses, ok), found);
    for (size_t i = 0; i < n; i++) {
        static const tr_addr none;
        TR_CHECK_BYTES(TR_VIEW(addresses[i].b), TR_VIEW(want[i].b));
        TR_CHECK_EQ(ok[i], memcmp(&want[i], &none, sizeof(none)) != 0);
    }
}

/* (k + t) G is k G + t G. */
TR_PROP(keys_and_their_public_keys_add_alike)
{
    tr_seckey key = random_key(g), number = random_key(g), sum;
    tr_pubkey pubkey, left, right;
    TR_CHECK_OK(tr_seckey_add(&key, number.b, &sum));
    TR_CHECK_OK(tr_pubkey_of(&sum, &left));
    TR_CHECK_OK(tr_pubkey_of(&key, &pubkey));
    TR_CHECK_OK(tr_pubkey_add(&pubkey, number.b, &right));
    TR_CHECK_BYTES(tr_bytes_of(&left, 64), tr_bytes_of(&right, 64));
}

TR_TEST(a_sum_that_is_no_key_is_refused)
{
    tr_seckey one = small_key(1), out = small_key(9);
    tr_pubkey generator, sum;
    uint8_t number[32];
    TR_CHECK_OK(tr_pubkey_of(&one, &generator));
    fill_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", number, 32);
    TR_CHECK_ERR(tr_seckey_add(&one, number, &out), TR_E_KEY_RANGE); /* zero */
    TR_CHECK_ERR(tr_pubkey_add(&generator, number, &sum), TR_E_KEY_RANGE);
    fill_hex(ORDER, number, 32);
    TR_CHECK_ERR(tr_seckey_add(&one, number, &out), TR_E_KEY_RANGE);
    TR_CHECK_ERR(tr_pubkey_add(&generator, number, &sum), TR_E_KEY_RANGE);
    TR_CHECK_EQ(out.b[31], 9);
    generator.x[0] ^= 1;
    TR_CHECK_ERR(tr_pubkey_add(&generator, one.b, &sum), TR_E_POINT);
}
