#include "trestle/keys.h"

#include "keys/hd.h"
#include "keys/key.h"
#include "keys/keystore.h"
#include "keys/mnemonic.h"
#include "os/heap.h"

_Static_assert(TR_KEYS_MNEMONIC_MAX == TR_MNEMONIC_TEXT_MAX, "the public limit is the true one");

tr_err tr_keys_new(uint8_t key[32])
{
    tr_seckey made;
    TR_TRY(tr_key_new(NULL, tr_random_system(), &made));
    memcpy(key, made.b, sizeof(made.b));
    tr_wipe(&made, sizeof(made));
    return TR_OK;
}

void tr_keys_wipe(void *secret, size_t len)
{
    tr_wipe(secret, len);
}

tr_err tr_keys_keystore_decrypt(const char *json, size_t json_len, const char *password,
                                size_t password_len, uint8_t key[32])
{
    enum { TREE = 12 * TR_KEYSTORE_FILE_MAX + (64 << 10) };
    tr_arena arena;
    tr_keystore keystore;
    tr_seckey opened;
    tr_kdf_limits limits = tr_kdf_limits_default();
    tr_arena_init(&arena, tr_heap(), TREE);
    tr_err err = tr_keystore_decode(NULL, &arena, tr_bytes_of(json, json_len), &keystore);
    tr_arena_free(&arena);
    if (err == TR_OK)
        err = tr_keystore_decrypt(NULL, tr_heap(), &keystore, &limits,
                                  tr_bytes_of(password, password_len), &opened);
    if (err == TR_OK) {
        memcpy(key, opened.b, sizeof(opened.b));
        tr_wipe(&opened, sizeof(opened));
    }
    return err;
}

tr_err tr_keys_keystore_encrypt(const uint8_t key[32], const char *password, size_t password_len,
                                int cost, char *json, size_t size, size_t *json_len)
{
    tr_keystore keystore;
    tr_kdf kdf;
    tr_seckey secret;
    tr_buf out;
    if (cost == TR_KEYS_SCRYPT_STANDARD)
        kdf = tr_kdf_scrypt_standard();
    else if (cost == TR_KEYS_SCRYPT_LIGHT)
        kdf = tr_kdf_scrypt_light();
    else if (cost == TR_KEYS_PBKDF2)
        kdf = tr_kdf_pbkdf2_standard();
    else
        return TR_E_ARGUMENT;
    memcpy(secret.b, key, sizeof(secret.b));
    tr_err err =
        tr_keystore_encrypt(NULL, tr_heap(), &secret, &kdf, tr_bytes_of(password, password_len),
                            tr_random_system(), &keystore);
    tr_wipe(&secret, sizeof(secret));
    if (err != TR_OK) return err;
    tr_buf_init_fixed(&out, json, size);
    tr_keystore_encode(&keystore, &out);
    tr_buf_put_u8(&out, '\0');
    if (tr_buf_err(&out) == TR_OK) *json_len = out.len - 1;
    return tr_buf_err(&out);
}

tr_err tr_keys_mnemonic_new(size_t words, char text[TR_KEYS_MNEMONIC_MAX])
{
    return tr_mnemonic_new(NULL, words, tr_random_system(), text);
}

tr_err tr_keys_mnemonic_check(const char *text, size_t len)
{
    uint8_t entropy[TR_MNEMONIC_ENTROPY_MAX];
    size_t entropy_len;
    tr_err err = tr_mnemonic_decode(NULL, tr_bytes_of(text, len), entropy, &entropy_len);
    tr_wipe(entropy, sizeof(entropy));
    return err;
}

tr_err tr_keys_mnemonic_seed(const char *text, size_t len, const char *passphrase,
                             size_t passphrase_len, uint8_t seed[64])
{
    return tr_mnemonic_seed(NULL, tr_bytes_of(text, len), tr_bytes_of(passphrase, passphrase_len),
                            seed);
}

tr_err tr_keys_account(const uint8_t *seed, size_t seed_len, uint32_t number, uint8_t key[32],
                       uint8_t address[20])
{
    tr_seckey secret;
    tr_addr where;
    TR_TRY(tr_hd_account(NULL, tr_bytes_of(seed, seed_len), number, &secret, &where));
    memcpy(key, secret.b, sizeof(secret.b));
    memcpy(address, where.b, sizeof(where.b));
    tr_wipe(&secret, sizeof(secret));
    return TR_OK;
}

tr_err tr_keys_derive(const uint8_t *seed, size_t seed_len, const char *path, uint8_t key[32])
{
    tr_hd_key master, derived;
    TR_TRY(tr_hd_master(tr_bytes_of(seed, seed_len), &master));
    tr_err err = tr_hd_path(NULL, &master, tr_bytes_str(path), &derived);
    tr_wipe(&master, sizeof(master));
    if (err != TR_OK) return err;
    memcpy(key, derived.key.b, sizeof(derived.key.b));
    tr_wipe(&derived, sizeof(derived));
    return TR_OK;
}
