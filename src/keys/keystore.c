#include "keys/keystore.h"

#include "hash/keccak.h"
#include "keys/secret.h"

#include <openssl/evp.h>

enum { DERIVED = TR_KDF_KEY_MAX, SALT = 32 };

/* What of a derived key is used: 16 bytes for the cipher, 16 for the MAC. */
static tr_hash mac_of(const uint8_t *derived, const tr_keystore *keystore)
{
    uint8_t text[16 + TR_KEYSTORE_CIPHERTEXT_MAX];
    memcpy(text, derived + 16, 16);
    memcpy(text + 16, keystore->ciphertext, keystore->ciphertext_len);
    tr_hash mac = tr_keccak256(tr_bytes_of(text, 16 + keystore->ciphertext_len));
    tr_wipe(text, sizeof(text));
    return mac;
}

/* The cipher's key.  Version 1 hashes it once more. */
static void cipher_key(const tr_keystore *keystore, const uint8_t *derived, uint8_t key[16])
{
    if (keystore->version == 1) {
        tr_hash hashed = tr_keccak256(tr_bytes_of(derived, 16));
        memcpy(key, hashed.b, 16);
        tr_wipe(&hashed, sizeof(hashed));
    } else {
        memcpy(key, derived, 16);
    }
}

/* aes runs the cipher of a version over in; out has room for a block more. */
static tr_err aes(const EVP_CIPHER *cipher, bool encrypt, const uint8_t key[16],
                  const uint8_t iv[16], tr_bytes in, uint8_t *out, size_t *out_len)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (context == NULL) return TR_E_MEMORY;
    int len = 0, rest = 0;
    bool ok = EVP_CipherInit_ex(context, cipher, NULL, key, iv, encrypt) == 1 &&
              EVP_CipherUpdate(context, out, &len, in.data, (int)in.len) == 1 &&
              EVP_CipherFinal_ex(context, out + len, &rest) == 1;
    EVP_CIPHER_CTX_free(context); /* wipes its key */
    *out_len = (size_t)len + (size_t)rest;
    return ok ? TR_OK : TR_E_KEYSTORE;
}

/* The plain text is a number of at most 32 bytes; old files have cut its leading zeros off. */
static tr_err decrypt_key(const tr_keystore *keystore, const uint8_t *derived, tr_seckey *out)
{
    uint8_t key[16], plain[TR_KEYSTORE_CIPHERTEXT_MAX + 16];
    size_t len;
    cipher_key(keystore, derived, key);
    tr_err err =
        aes(keystore->version == 1 ? EVP_aes_128_cbc() : EVP_aes_128_ctr(), false, key,
            keystore->iv, tr_bytes_of(keystore->ciphertext, keystore->ciphertext_len), plain, &len);
    if (err == TR_OK && (len == 0 || len > sizeof(out->b))) err = TR_E_KEY_RANGE;
    if (err == TR_OK) {
        memset(out->b, 0, sizeof(out->b));
        memcpy(out->b + sizeof(out->b) - len, plain, len);
        err = tr_seckey_check(out);
    }
    tr_wipe(key, sizeof(key));
    tr_wipe(plain, sizeof(plain));
    return err;
}

static tr_err check_address(tr_trail *trail, const tr_keystore *keystore, const tr_seckey *key)
{
    tr_pubkey pubkey;
    if (!keystore->has_address) return TR_OK;
    TR_TRY(tr_pubkey_of(key, &pubkey));
    tr_addr address = tr_pubkey_address(&pubkey);
    if (memcmp(address.b, keystore->address.b, sizeof(address.b)) == 0) return TR_OK;
    return tr_fail(trail, TR_E_KEYSTORE_ADDRESS, "the key in the file has another address");
}

tr_err tr_keystore_decrypt(tr_trail *trail, tr_alloc *alloc, const tr_keystore *keystore,
                           const tr_kdf_limits *limits, tr_bytes password, tr_seckey *out)
{
    uint8_t derived[DERIVED];
    TR_ASSERT(keystore->ciphertext_len <= TR_KEYSTORE_CIPHERTEXT_MAX);
    TR_TRY(tr_kdf_run(trail, alloc, &keystore->kdf, limits, password, derived));
    tr_hash mac = mac_of(derived, keystore);
    tr_err err = TR_OK;
    if (!tr_bytes_eq_secret(mac.b, keystore->mac.b, sizeof(mac.b)))
        err = tr_fail(trail, TR_E_PASSWORD, "%s", tr_err_text(TR_E_PASSWORD));
    if (err == TR_OK) {
        err = decrypt_key(keystore, derived, out);
        if (err != TR_OK) tr_fail(trail, err, "the file holds no key: %s", tr_err_text(err));
    }
    if (err == TR_OK) err = check_address(trail, keystore, out);
    if (err != TR_OK) tr_wipe(out, sizeof(*out));
    tr_wipe(derived, sizeof(derived));
    return err;
}

tr_err tr_keystore_encrypt(tr_trail *trail, tr_alloc *alloc, const tr_seckey *key,
                           const tr_kdf *cost, tr_bytes password, tr_random *random,
                           tr_keystore *out)
{
    uint8_t derived[DERIVED];
    tr_pubkey pubkey;
    *out = (tr_keystore){.version = 3, .has_address = true, .kdf = *cost};
    out->kdf.salt_len = SALT;
    TR_TRY(tr_pubkey_of(key, &pubkey));
    out->address = tr_pubkey_address(&pubkey);
    TR_TRY(tr_random_fill(trail, random, out->kdf.salt, SALT));
    TR_TRY(tr_random_fill(trail, random, out->iv, sizeof(out->iv)));
    TR_TRY(tr_random_fill(trail, random, out->id, sizeof(out->id)));
    out->id[6] = (uint8_t)((out->id[6] & 0x0f) | 0x40); /* RFC 4122: version 4, variant 1 */
    out->id[8] = (uint8_t)((out->id[8] & 0x3f) | 0x80);

    /* the cost is the caller's own: no limits but those of the arithmetic */
    tr_kdf_limits limits = {.memory = UINT32_MAX, .work = UINT32_MAX, .rounds = UINT32_MAX};
    TR_TRY(tr_kdf_run(trail, alloc, &out->kdf, &limits, password, derived));
    tr_err err = aes(EVP_aes_128_ctr(), true, derived, out->iv, TR_VIEW(key->b), out->ciphertext,
                     &out->ciphertext_len);
    if (err == TR_OK) out->mac = mac_of(derived, out);
    tr_wipe(derived, sizeof(derived));
    return err;
}
