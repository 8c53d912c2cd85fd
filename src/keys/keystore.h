/* Keystore files: Web3 secret storage, version 3 (and 1, for reading), one private key under a
 * password.
 *
 *   decode   JSON -> tr_keystore       bounds and forms are checked here
 *   decrypt  tr_keystore -> key        the costly step; the password is checked by the MAC
 *   encrypt  key -> tr_keystore
 *   encode   tr_keystore -> JSON
 *
 * The memory of scrypt comes from the allocator given: tr_heap() as a rule.
 *
 * Files of the field differ: "Crypto" or "crypto", a version as number or text, with or without an
 * address, keys with their leading zeros cut off.  All are read; one form is written. */
#ifndef TR_KEYS_KEYSTORE_H
#define TR_KEYS_KEYSTORE_H

#include "base/base.h"
#include "curve/secp256k1.h"
#include "keys/kdf.h"
#include "os/random.h"

enum {
    TR_KEYSTORE_FILE_MAX = 64 << 10,
    TR_KEYSTORE_CIPHERTEXT_MAX = 48, /* of version 1: three blocks */
};

typedef struct tr_keystore {
    unsigned version; /* 1: AES-128-CBC; 3: AES-128-CTR */
    bool has_address;
    tr_addr address;
    uint8_t id[16]; /* zero if the file has none */
    tr_kdf kdf;
    uint8_t iv[16];
    size_t ciphertext_len;
    uint8_t ciphertext[TR_KEYSTORE_CIPHERTEXT_MAX];
    tr_hash mac;
} tr_keystore;

/* tr_keystore_decode reads a file's text; arena holds the JSON tree meanwhile.  Besides the errors
 * of JSON: TR_E_KEYSTORE for something else than a keystore, TR_E_KEYSTORE_VERSION for one of
 * another version, cipher or key derivation, TR_E_LIMIT for a file or a salt that is too long. */
TR_NODISCARD tr_err tr_keystore_decode(tr_trail *trail, tr_arena *arena, tr_bytes json,
                                       tr_keystore *out);

/* tr_keystore_decrypt derives the key of the password within limits, and compares the MAC in
 * constant time before it decrypts anything.  TR_E_KDF, TR_E_KDF_LIMIT, TR_E_PASSWORD;
 * TR_E_KEY_RANGE for a key that is none, TR_E_KEYSTORE_ADDRESS if it belongs to another address
 * than the file says. */
TR_NODISCARD tr_err tr_keystore_decrypt(tr_trail *trail, tr_alloc *alloc,
                                        const tr_keystore *keystore, const tr_kdf_limits *limits,
                                        tr_bytes password, tr_seckey *out);

/* tr_keystore_encrypt makes a version 3 keystore with the cost given (tr_kdf_scrypt_standard and
 * so on; a salt is drawn here). */
TR_NODISCARD tr_err tr_keystore_encrypt(tr_trail *trail, tr_alloc *alloc, const tr_seckey *key,
                                        const tr_kdf *cost, tr_bytes password, tr_random *random,
                                        tr_keystore *out);

/* tr_keystore_encode writes a version 3 keystore as JSON; no address when has_address is false. */
void tr_keystore_encode(const tr_keystore *keystore, tr_buf *out);

#endif
