/* Keys at rest: keystore files, mnemonics, derivation.
 *
 * Texts and passwords are bytes with a length and need no terminating zero.  What is written as
 * text ends with one.  Wipe what you no longer need with tr_keys_wipe.  All functions may be called
 * from several threads. */
#ifndef TRESTLE_KEYS_H
#define TRESTLE_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TR_KEYS_KEYSTORE_MAX 1024 /* of what tr_keys_keystore_encrypt writes, with its zero */
#define TR_KEYS_MNEMONIC_MAX 216  /* of what tr_keys_mnemonic_new writes, with its zero */

/* How much work it takes to try a password. */
#define TR_KEYS_SCRYPT_STANDARD 0 /* 256 MiB, most of a second */
#define TR_KEYS_SCRYPT_LIGHT    1 /* 4 MiB */
#define TR_KEYS_PBKDF2          2 /* no memory */

/* tr_keys_new draws a private key from the system's random source. */
TR_API tr_err tr_keys_new(uint8_t key[32]);

/* tr_keys_wipe overwrites a secret; no compiler leaves it out. */
TR_API void tr_keys_wipe(void *secret, size_t len);

/* tr_keys_keystore_decrypt opens a keystore file (version 3 or 1).  TR_E_PASSWORD;
 * TR_E_KDF_LIMIT: it asks for more work or memory than a wallet's file may; TR_E_KEYSTORE and
 * others: it is no keystore. */
TR_API tr_err tr_keys_keystore_decrypt(const char *json, size_t json_len, const char *password,
                                       size_t password_len, uint8_t key[32]);

/* tr_keys_keystore_encrypt writes a keystore (version 3) of at most size bytes to json and its
 * length without the terminating zero to json_len.  TR_E_KEY_RANGE, TR_E_LIMIT, TR_E_ARGUMENT: no
 * such cost. */
TR_API tr_err tr_keys_keystore_encrypt(const uint8_t key[32], const char *password,
                                       size_t password_len, int cost, char *json, size_t size,
                                       size_t *json_len);

/* tr_keys_mnemonic_new writes 12, 15, 18, 21 or 24 fresh words (BIP-39). */
TR_API tr_err tr_keys_mnemonic_new(size_t words, char text[TR_KEYS_MNEMONIC_MAX]);

/* tr_keys_mnemonic_check: TR_E_MNEMONIC_COUNT, TR_E_MNEMONIC_WORD, TR_E_MNEMONIC_CHECKSUM. */
TR_API tr_err tr_keys_mnemonic_check(const char *text, size_t len);

/* tr_keys_mnemonic_seed checks words and derives their seed.  The passphrase is ASCII, or in
 * Unicode's form NFKD already. */
TR_API tr_err tr_keys_mnemonic_seed(const char *text, size_t len, const char *passphrase,
                                    size_t passphrase_len, uint8_t seed[64]);

/* tr_keys_account derives account number i of a seed: the key at m/44'/60'/0'/0/i, and its
 * address. */
TR_API tr_err tr_keys_account(const uint8_t *seed, size_t seed_len, uint32_t number,
                              uint8_t key[32], uint8_t address[20]);

/* tr_keys_derive derives the key at a path such as "m/44'/60'/0'/0/0" (BIP-32).  TR_E_HD_PATH. */
TR_API tr_err tr_keys_derive(const uint8_t *seed, size_t seed_len, const char *path,
                             uint8_t key[32]);

#ifdef __cplusplus
}
#endif

#endif
