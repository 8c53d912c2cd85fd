/* BLS signatures through the public header, against what another library made. */
#include "trestle/bls.h"

#include "harness.h"

/* Made with the library blst 0.3 (key_gen, sign) from the bytes 0 .. 31, info "info" and the
 * message "Trestle". */
static const char key_hex[] = "4f73ca10a24bd1989a6ca6a99e5f1b795f4118c0f61ebf2a84b10f33c950e602";
static const char public_hex[] = "8a275bcded320ff9d7e178747b95821fbbaef791f8c7e31cd690deca81f5911b"
                                 "43b40e32abf599051b453a6f09e82ecc";
static const char signature_hex[] =
    "8fb87f35080c439bc3cdfdbd3b766c0dc4dc4f4bf8de46095a08d8867d8721d6ff06454c8da08ff329166f2b307ad9"
    "0f0b18b74a52daca633672813f3c6aa233cb82199e5a11eadd06baa1e290000143cc682a0c330fad4e27d01df639fd"
    "f75d";
static const char proof_hex[] =
    "a14e7f441c7c1e937eac23393031d726bed3f16102ce74cff795d624f18013ec3c7aeef12d81daed0a38bcbfc0370a"
    "2005aa5813fb63828bcfcb11518ad3a6d9cd52fc6f9fb07065d7c71df72328a1444aadccf3390afbd8e0c36c36cbd3"
    "dc84";
/* r, the order of the groups. */
static const char order_hex[] = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";

enum { N = 3 };

static const uint8_t message[] = "Trestle";
enum { LEN = sizeof(message) - 1 };
static const uint8_t infinity1[48] = {0xc0}, infinity2[96] = {0xc0};

TR_TEST(answers_of_another_library)
{
    uint8_t secret[32], key[32], public[48], signature[96], proof[96];
    for (unsigned i = 0; i < 32; i++) secret[i] = (uint8_t)i;
    TR_CHECK_OK(tr_bls12_make_key(secret, 32, (const uint8_t *)"info", 4, key));
    TR_CHECK_BYTES(TR_VIEW(key), tr_test_hex(key_hex));
    TR_CHECK_OK(tr_bls12_public_key(key, public));
    TR_CHECK_BYTES(TR_VIEW(public), tr_test_hex(public_hex));
    TR_CHECK_OK(tr_bls12_sign(key, message, LEN, signature));
    TR_CHECK_BYTES(TR_VIEW(signature), tr_test_hex(signature_hex));
    TR_CHECK_OK(tr_bls12_prove_possession(key, proof));
    TR_CHECK_BYTES(TR_VIEW(proof), tr_test_hex(proof_hex));
    TR_CHECK_OK(tr_bls12_verify(public, message, LEN, signature));
    TR_CHECK_OK(tr_bls12_check_possession(public, proof));
    TR_CHECK_ERR(tr_bls12_verify(public, message, LEN - 1, signature), TR_E_SIGNATURE);
    TR_CHECK_ERR(tr_bls12_verify(public, message, LEN, proof), TR_E_SIGNATURE);
    TR_CHECK_ERR(tr_bls12_check_possession(public, signature), TR_E_SIGNATURE);
}

TR_TEST(keys_that_are_none)
{
    uint8_t key[32] = {0}, out[96], secret[32] = {7};
    const char *const bad[] = {"00", order_hex};
    for (size_t i = 0; i < TR_COUNTOF(bad); i++) {
        tr_bytes bytes = tr_test_hex(bad[i]);
        memcpy(key + 32 - bytes.len, bytes.data, bytes.len);
        TR_CHECK_ERR(tr_bls12_public_key(key, out), TR_E_KEY_RANGE);
        TR_CHECK_ERR(tr_bls12_sign(key, message, LEN, out), TR_E_KEY_RANGE);
        TR_CHECK_ERR(tr_bls12_prove_possession(key, out), TR_E_KEY_RANGE);
    }
    key[31]--; /* the order less 1 */
    TR_CHECK_OK(tr_bls12_public_key(key, out));
    TR_CHECK_ERR(tr_bls12_make_key(secret, 31, NULL, 0, key), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_bls12_make_key(NULL, 0, NULL, 0, key), TR_E_ARGUMENT);
    TR_CHECK_OK(tr_bls12_make_key(secret, 32, NULL, 0, key));
}

TR_TEST(points_that_are_none)
{
    uint8_t public[48], signature[96];
    memcpy(public, tr_test_hex(public_hex).data, 48);
    memcpy(signature, tr_test_hex(signature_hex).data, 96);
    TR_CHECK_ERR(tr_bls12_verify(infinity1, message, LEN, signature), TR_E_POINT);
    TR_CHECK_ERR(tr_bls12_verify(infinity1, message, LEN, infinity2), TR_E_POINT);
    TR_CHECK_ERR(tr_bls12_verify(public, message, LEN, infinity2), TR_E_SIGNATURE);
    signature[0] &= 0x7f; /* not the compressed form */
    TR_CHECK_ERR(tr_bls12_verify(public, message, LEN, signature), TR_E_POINT);
    TR_CHECK_ERR(tr_bls12_add_signatures(1, signature, signature), TR_E_POINT);
    public[0] &= 0x7f;
    TR_CHECK_ERR(tr_bls12_add_keys(1, public, public), TR_E_POINT);
    TR_CHECK_ERR(tr_bls12_add_keys(1, infinity1, public), TR_E_POINT);
    TR_CHECK_ERR(tr_bls12_check_possession(infinity1, infinity2), TR_E_POINT);
}

/* N signers of one message, and of a message each; the empty one has no address. */
TR_TEST(sums)
{
    uint8_t keys[N][32], publics[N][48], same[N][96], each[N][96], sum[96], key_sum[48];
    const uint8_t *messages[N] = {message, NULL, message + 1};
    size_t lens[N] = {LEN, 0, LEN - 1};
    for (uint8_t i = 0; i < N; i++) {
        uint8_t secret[32] = {i};
        TR_CHECK_OK(tr_bls12_make_key(secret, 32, NULL, 0, keys[i]));
        TR_CHECK_OK(tr_bls12_public_key(keys[i], publics[i]));
        TR_CHECK_OK(tr_bls12_sign(keys[i], message, LEN, same[i]));
        TR_CHECK_OK(tr_bls12_sign(keys[i], messages[i], lens[i], each[i]));
    }
    TR_CHECK_OK(tr_bls12_add_signatures(N, same[0], sum));
    TR_CHECK_OK(tr_bls12_verify_same(N, publics[0], message, LEN, sum));
    TR_CHECK_ERR(tr_bls12_verify_same(N - 1, publics[0], message, LEN, sum), TR_E_SIGNATURE);
    TR_CHECK_OK(tr_bls12_add_keys(N, publics[0], key_sum));
    TR_CHECK_OK(tr_bls12_verify(key_sum, message, LEN, sum));

    TR_CHECK_OK(tr_bls12_add_signatures(N, each[0], sum));
    TR_CHECK_OK(tr_bls12_verify_each(N, publics[0], messages, lens, sum));
    lens[2]--;
    TR_CHECK_ERR(tr_bls12_verify_each(N, publics[0], messages, lens, sum), TR_E_SIGNATURE);
    publics[1][0] &= 0x7f;
    TR_CHECK_ERR(tr_bls12_verify_each(N, publics[0], messages, lens, sum), TR_E_POINT);
}

TR_TEST(sums_of_nothing_and_of_too_much)
{
    uint8_t out[96];
    TR_CHECK_ERR(tr_bls12_add_signatures(0, NULL, out), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_bls12_add_keys(0, NULL, out), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_bls12_verify_same(0, NULL, NULL, 0, infinity2), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_bls12_verify_each(0, NULL, NULL, NULL, infinity2), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_bls12_verify_each(SIZE_MAX, NULL, NULL, NULL, infinity2), TR_E_MEMORY);
}

/* Somebody names as his own the key x - victim, of which he knows no private one: with the
 * victim's it adds up to x, which is his.  Only the missing proof gives him away. */
TR_TEST(rogue_keys_have_no_proof_of_possession)
{
    uint8_t publics[2][48], mine[32], his[32], pair[2][48], signature[96], proof[96];
    memcpy(his, tr_test_hex(key_hex).data, 32);
    TR_CHECK_OK(tr_bls12_public_key(his, publics[0]));
    memset(mine, 0x11, sizeof(mine));
    TR_CHECK_OK(tr_bls12_public_key(mine, pair[0]));
    memcpy(pair[1], publics[0], 48);
    pair[1][0] ^= 0x20; /* minus the victim's */
    TR_CHECK_OK(tr_bls12_add_keys(2, pair[0], publics[1]));
    TR_CHECK_OK(tr_bls12_sign(mine, message, LEN, signature));
    TR_CHECK_OK(tr_bls12_verify_same(2, publics[0], message, LEN, signature)); /* forged */
    TR_CHECK_OK(tr_bls12_prove_possession(mine, proof));
    TR_CHECK_ERR(tr_bls12_check_possession(publics[1], proof), TR_E_SIGNATURE);
    TR_CHECK_OK(tr_bls12_sign(mine, publics[1], 48, proof)); /* a signature is no proof either */
    TR_CHECK_ERR(tr_bls12_check_possession(publics[1], proof), TR_E_SIGNATURE);
}
