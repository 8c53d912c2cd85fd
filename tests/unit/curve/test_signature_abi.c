/* Signatures through the public header, against answers of the field. */
#include "trestle/signature.h"

#include "harness.h"

enum { N = 700 }; /* more than one piece */

static void fill_hex(const char *hex, void *to, size_t len)
{
    tr_bytes bytes = tr_test_hex(hex);
    TR_CHECK_EQ(bytes.len, len);
    memcpy(to, bytes.data, len);
}

/* EIP-155's example: its key, the hash that is signed, and the address. */
TR_TEST(one_signature)
{
    uint8_t key[32], hash[32], public[64], short_form[33], again[64], address[20], sig[65], who[20];
    memset(key, 0x46, sizeof(key));
    fill_hex("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53", hash, 32);
    TR_CHECK_OK(tr_signature_public_key(key, public));
    tr_signature_compress_key(public, short_form);
    TR_CHECK_OK(tr_signature_parse_key(short_form, sizeof(short_form), again));
    TR_CHECK_BYTES(TR_VIEW(again), TR_VIEW(public));
    TR_CHECK_ERR(tr_signature_parse_key(short_form, 32, again), TR_E_POINT);
    TR_CHECK_ERR(tr_signature_parse_key(NULL, 0, again), TR_E_POINT);
    tr_signature_address(public, address);
    TR_CHECK_BYTES(TR_VIEW(address), tr_test_hex("9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"));
    TR_CHECK_OK(tr_signature_sign(key, hash, sig));
    TR_CHECK_BYTES(TR_VIEW(sig),
                   tr_test_hex("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
                               "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
                               "00"));
    TR_CHECK_EQ(tr_signature_is_low_s(sig), 1);
    TR_CHECK_OK(tr_signature_verify(public, hash, sig));
    TR_CHECK_OK(tr_signature_recover(hash, sig, who));
    TR_CHECK_BYTES(TR_VIEW(who), TR_VIEW(address));
    TR_CHECK_OK(tr_signature_recover_key(hash, sig, again));
    TR_CHECK_BYTES(TR_VIEW(again), TR_VIEW(public));
    hash[0] ^= 1;
    TR_CHECK_ERR(tr_signature_verify(public, hash, sig), TR_E_SIGNATURE);
    public[0] ^= 1;
    TR_CHECK_ERR(tr_signature_verify(public, hash, sig), TR_E_POINT);
    memset(sig, 0, 32);
    TR_CHECK_ERR(tr_signature_recover(hash, sig, who), TR_E_SIGNATURE_RANGE);
    memset(key, 0, sizeof(key));
    TR_CHECK_ERR(tr_signature_public_key(key, public), TR_E_KEY_RANGE);
    TR_CHECK_ERR(tr_signature_sign(key, hash, sig), TR_E_KEY_RANGE);
    TR_CHECK_ERR(tr_signature_schnorr_sign(key, NULL, 0, NULL, sig), TR_E_KEY_RANGE);
}

TR_TEST(two_share_a_point)
{
    uint8_t a[32] = {1}, b[32] = {2}, public_a[64], public_b[64], left[32], right[32];
    TR_CHECK_OK(tr_signature_public_key(a, public_a));
    TR_CHECK_OK(tr_signature_public_key(b, public_b));
    TR_CHECK_OK(tr_signature_shared_x(a, public_b, left));
    TR_CHECK_OK(tr_signature_shared_x(b, public_a, right));
    TR_CHECK_BYTES(TR_VIEW(left), TR_VIEW(right));
    public_b[63] ^= 1;
    TR_CHECK_ERR(tr_signature_shared_x(a, public_b, left), TR_E_POINT);
}

/* Every seventh has a bad recovery id, every eleventh an r of zero. */
TR_TEST(many_are_recovered)
{
    static uint8_t hashes[N][32], sigs[N][65], found[N + 1][20], ok[N + 1];
    uint8_t key[32] = {9}, public[64], want[20];
    static const uint8_t zero[20];
    size_t good = 0;
    TR_CHECK_OK(tr_signature_public_key(key, public));
    tr_signature_address(public, want);
    for (size_t i = 0; i < N; i++) {
        tr_store64le(hashes[i], tr_test_random());
        TR_CHECK_OK(tr_signature_sign(key, hashes[i], sigs[i]));
        if (i % 7 == 0) sigs[i][64] = 4;
        if (i % 11 == 0) memset(sigs[i], 0, 32);
    }
    memset(ok, 0xaa, sizeof(ok));
    memset(found, 0xaa, sizeof(found));
    size_t got = tr_signature_recover_many(N, hashes[0], sigs[0], found[0], ok);
    for (size_t i = 0; i < N; i++) {
        bool valid = i % 7 != 0 && i % 11 != 0;
        good += valid;
        TR_CHECK_EQ(ok[i], valid);
        TR_CHECK_BYTES(TR_VIEW(found[i]), tr_bytes_of(valid ? want : zero, 20));
    }
    TR_CHECK_EQ(got, good);
    TR_CHECK_EQ(ok[N], 0xaa);
    TR_CHECK_EQ(found[N][0], 0xaa);
    TR_CHECK_EQ(tr_signature_recover_many(0, NULL, NULL, NULL, NULL), 0);
}

/* Vector 1 of BIP-340. */
TR_TEST(schnorr)
{
    uint8_t key[32], x[32], aux[32] = {0}, text[32], sig[64];
    fill_hex("b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef", key, 32);
    fill_hex("dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659", x, 32);
    fill_hex("243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89", text, 32);
    aux[31] = 1;
    TR_CHECK_OK(tr_signature_schnorr_sign(key, text, 32, aux, sig));
    TR_CHECK_BYTES(TR_VIEW(sig),
                   tr_test_hex("6896bd60eeae296db48a229ff71dfe071bde413e6d43f917dc8dcf8c78de3341"
                               "8906d11ac976abccb20b091292bff4ea897efcb639ea871cfa95f6de339e4b0a"));
    TR_CHECK_OK(tr_signature_schnorr_verify(x, text, 32, sig));
    TR_CHECK_ERR(tr_signature_schnorr_verify(x, text, 31, sig), TR_E_SIGNATURE);
    TR_CHECK_OK(tr_signature_schnorr_sign(key, NULL, 0, NULL, sig));
    TR_CHECK_OK(tr_signature_schnorr_verify(x, NULL, 0, sig));
}

/* Messages of 0 to 32 bytes; every hundredth signature is another's. */
TR_TEST(many_schnorr_signatures)
{
    static uint8_t text[N][32], sigs[N][64], xs[N][32], ok[N + 1];
    const uint8_t *messages[N];
    size_t lens[N], good = 0;
    uint8_t key[32] = {3}, public[64];
    TR_CHECK_OK(tr_signature_public_key(key, public));
    for (size_t i = 0; i < N; i++) {
        tr_store64le(text[i], tr_test_random());
        lens[i] = i % 33;
        messages[i] = lens[i] == 0 ? NULL : text[i];
        memcpy(xs[i], public, 32);
        TR_CHECK_OK(tr_signature_schnorr_sign(key, messages[i], lens[i], NULL, sigs[i]));
        if (i % 100 == 99) sigs[i][63] ^= 1;
    }
    memset(ok, 0xaa, sizeof(ok));
    size_t got = tr_signature_schnorr_verify_many(N, xs[0], messages, lens, sigs[0], ok);
    for (size_t i = 0; i < N; i++) {
        good += i % 100 != 99;
        TR_CHECK_EQ(ok[i], i % 100 != 99);
    }
    TR_CHECK_EQ(got, good);
    TR_CHECK_EQ(ok[N], 0xaa);
    TR_CHECK_EQ(tr_signature_schnorr_verify_many(0, NULL, NULL, NULL, NULL, NULL), 0);
}

/* Wycheproof's first case of ecdsa_secp256r1_sha256_p1363, whose s is high; the hash is SHA-256 of
 * "123400". */
TR_TEST(p256)
{
    uint8_t public[64], hash[32], sig[64];
    fill_hex("2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838"
             "c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e",
             public, 64);
    fill_hex("bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023", hash, 32);
    fill_hex("2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e18"
             "4cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76",
             sig, 64);
    TR_CHECK_OK(tr_signature_p256_verify(public, hash, sig));
    hash[31] ^= 1;
    TR_CHECK_ERR(tr_signature_p256_verify(public, hash, sig), TR_E_SIGNATURE);
    hash[31] ^= 1;
    public[63] ^= 1; /* off the curve */
    TR_CHECK_ERR(tr_signature_p256_verify(public, hash, sig), TR_E_SIGNATURE);
    public[63] ^= 1;
    memset(sig + 32, 0xff, 32); /* s above the order */
    TR_CHECK_ERR(tr_signature_p256_verify(public, hash, sig), TR_E_SIGNATURE);
    memset(sig, 0, 64);
    TR_CHECK_ERR(tr_signature_p256_verify(public, hash, sig), TR_E_SIGNATURE);
}
