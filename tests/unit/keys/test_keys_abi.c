/* The public functions over keys/ and curve/, as a program that has only the headers uses them. */
#include "harness.h"

#include <trestle/keys.h>
#include <trestle/signature.h>

static const char words[] = "test test test test test test test test test test test junk";

TR_TEST(words_to_account_to_signature_to_address)
{
    uint8_t seed[64], key[32], path_key[32], address[20], public_key[64], again[64];
    uint8_t compressed[33], hash[32] = {7}, signature[65], signer[20], shared[32], back[32];
    TR_CHECK_OK(tr_keys_mnemonic_check(words, strlen(words)));
    TR_CHECK_OK(tr_keys_mnemonic_seed(words, strlen(words), "", 0, seed));
    TR_CHECK_OK(tr_keys_account(seed, sizeof(seed), 1, key, address));
    TR_CHECK_BYTES(TR_VIEW(address), tr_test_hex("70997970c51812dc3a010c7d01b50e0d17dc79c8"));
    TR_CHECK_OK(tr_keys_derive(seed, sizeof(seed), "m/44'/60'/0'/0/1", path_key));
    TR_CHECK_BYTES(TR_VIEW(path_key), TR_VIEW(key));
    TR_CHECK_ERR(tr_keys_derive(seed, sizeof(seed), "m/x", path_key), TR_E_HD_PATH);

    TR_CHECK_OK(tr_signature_public_key(key, public_key));
    tr_signature_compress_key(public_key, compressed);
    TR_CHECK_OK(tr_signature_parse_key(compressed, sizeof(compressed), again));
    TR_CHECK_BYTES(TR_VIEW(again), TR_VIEW(public_key));
    TR_CHECK_ERR(tr_signature_parse_key(compressed, 32, again), TR_E_POINT);

    TR_CHECK_OK(tr_signature_sign(key, hash, signature));
    TR_CHECK_EQ(tr_signature_is_low_s(signature), 1);
    TR_CHECK_OK(tr_signature_verify(public_key, hash, signature));
    TR_CHECK_OK(tr_signature_recover(hash, signature, signer));
    TR_CHECK_BYTES(TR_VIEW(signer), TR_VIEW(address));
    hash[0] ^= 1;
    TR_CHECK_ERR(tr_signature_verify(public_key, hash, signature), TR_E_SIGNATURE);
    memset(signature + 32, 0xff, 32);
    TR_CHECK_EQ(tr_signature_is_low_s(signature), 0);
    TR_CHECK_ERR(tr_signature_recover(hash, signature, signer), TR_E_SIGNATURE_RANGE);

    TR_CHECK_OK(tr_signature_schnorr_sign(key, hash, 5, NULL, signature));
    TR_CHECK_OK(tr_signature_schnorr_verify(public_key, hash, 5, signature));
    TR_CHECK_ERR(tr_signature_schnorr_verify(public_key, hash, 6, signature), TR_E_SIGNATURE);

    TR_CHECK_OK(tr_keys_account(seed, sizeof(seed), 2, path_key, address));
    TR_CHECK_OK(tr_signature_public_key(path_key, again));
    TR_CHECK_OK(tr_signature_shared_x(key, again, shared));
    TR_CHECK_OK(tr_signature_shared_x(path_key, public_key, back));
    TR_CHECK_BYTES(TR_VIEW(shared), TR_VIEW(back));
    memset(key, 0, sizeof(key));
    TR_CHECK_ERR(tr_signature_sign(key, hash, signature), TR_E_KEY_RANGE);
    TR_CHECK_ERR(tr_signature_public_key(key, public_key), TR_E_KEY_RANGE);
}

/* More than one piece of the conversion. */
TR_TEST(many_signatures_in_one_call)
{
    enum { N = 130 };
    uint8_t key[32] = {0}, public_key[64], want[20];
    static uint8_t hashes[N][32], signatures[N][65], addresses[N][20], ok[N];
    key[31] = 9;
    TR_CHECK_OK(tr_signature_public_key(key, public_key));
    tr_signature_address(public_key, want);
    for (size_t i = 0; i < N; i++) {
        hashes[i][0] = (uint8_t)i;
        TR_CHECK_OK(tr_signature_sign(key, hashes[i], signatures[i]));
    }
    signatures[70][64] = 9;
    TR_CHECK_EQ(tr_signature_recover_many(N, hashes[0], signatures[0], addresses[0], ok), N - 1);
    static const uint8_t none[20];
    for (size_t i = 0; i < N; i++) {
        TR_CHECK_EQ(ok[i], i != 70);
        TR_CHECK_BYTES(TR_VIEW(addresses[i]), tr_bytes_of(i != 70 ? want : none, 20));
    }
}

TR_TEST(a_keystore_through_the_public_functions)
{
    char json[TR_KEYS_KEYSTORE_MAX];
    uint8_t key[32], back[32];
    size_t len = 0;
    static const int costs[] = {TR_KEYS_PBKDF2, TR_KEYS_SCRYPT_LIGHT};
    TR_CHECK_OK(tr_keys_new(key));
    for (size_t i = 0; i < TR_COUNTOF(costs); i++) {
        TR_CHECK_OK(tr_keys_keystore_encrypt(key, "pass", 4, costs[i], json, sizeof(json), &len));
        TR_CHECK_EQ(strlen(json), len);
        TR_CHECK_OK(tr_keys_keystore_decrypt(json, len, "pass", 4, back));
        TR_CHECK_BYTES(TR_VIEW(back), TR_VIEW(key));
    }
    TR_CHECK_ERR(tr_keys_keystore_decrypt(json, len, "Pass", 4, back), TR_E_PASSWORD);
    TR_CHECK_OK(
        tr_keys_keystore_encrypt(key, "p", 1, TR_KEYS_SCRYPT_STANDARD, json, sizeof(json), &len));
    TR_CHECK(strstr(json, "\"n\":262144") != NULL);
    TR_CHECK_ERR(tr_keys_keystore_decrypt("{}", 2, "pass", 4, back), TR_E_KEYSTORE);
    TR_CHECK_ERR(tr_keys_keystore_encrypt(key, "pass", 4, 3, json, sizeof(json), &len),
                 TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_keys_keystore_encrypt(key, "", 0, TR_KEYS_SCRYPT_LIGHT, json, 100, &len),
                 TR_E_LIMIT);
    tr_keys_wipe(key, sizeof(key));
    for (size_t i = 0; i < sizeof(key); i++) TR_CHECK_EQ(key[i], 0);
    TR_CHECK_ERR(
        tr_keys_keystore_encrypt(key, "", 0, TR_KEYS_SCRYPT_LIGHT, json, sizeof(json), &len),
        TR_E_KEY_RANGE);
}

TR_TEST(mnemonics_through_the_public_functions)
{
    char text[TR_KEYS_MNEMONIC_MAX];
    TR_CHECK_OK(tr_keys_mnemonic_new(24, text));
    TR_CHECK_OK(tr_keys_mnemonic_check(text, strlen(text)));
    TR_CHECK_ERR(tr_keys_mnemonic_new(11, text), TR_E_MNEMONIC_COUNT);
    TR_CHECK_ERR(tr_keys_mnemonic_check("zoo", 3), TR_E_MNEMONIC_COUNT);
}
