/* From a password to a key: scrypt and PBKDF2, with bounds that are checked before any work is
 * done or memory is taken, because the figures come from files. */
#ifndef TR_KEYS_KDF_H
#define TR_KEYS_KDF_H

#include "base/base.h"

enum {
    TR_KDF_SALT_MAX = 256,
    TR_KDF_KEY_MIN = 32,
    TR_KDF_KEY_MAX = 64,
};

typedef enum tr_kdf_kind {
    TR_KDF_SCRYPT,
    TR_KDF_PBKDF2, /* with HMAC-SHA256 */
} tr_kdf_kind;

typedef struct tr_kdf {
    tr_kdf_kind kind;
    uint64_t n;      /* scrypt: a power of two above 1 */
    uint64_t r, p;   /* scrypt */
    uint64_t rounds; /* pbkdf2 */
    size_t key_len;
    size_t salt_len;
    uint8_t salt[TR_KDF_SALT_MAX];
} tr_kdf;

typedef struct tr_kdf_limits {
    uint64_t memory; /* scrypt: 128 * r * (n + p + 2) bytes at most */
    uint64_t work;   /* scrypt: n * r * p at most */
    uint64_t rounds; /* pbkdf2 */
} tr_kdf_limits;

/* tr_kdf_limits_default admits eight times the work and twice the memory of what wallets write
 * (scrypt with n 262144, r 8, p 1; pbkdf2 with 262144 rounds). */
tr_kdf_limits tr_kdf_limits_default(void);

/* The usual costs, without a salt: standard takes 256 MiB, light 4 MiB. */
tr_kdf tr_kdf_scrypt_standard(void);
tr_kdf tr_kdf_scrypt_light(void);
tr_kdf tr_kdf_pbkdf2_standard(void);

/* tr_kdf_check: TR_E_KDF for figures that make no sense, TR_E_KDF_LIMIT for more than limits
 * allow.  It takes no memory. */
TR_NODISCARD tr_err tr_kdf_check(tr_trail *trail, const tr_kdf *kdf, const tr_kdf_limits *limits);

/* tr_kdf_run checks and writes key_len bytes to key; scrypt takes its memory from alloc and wipes
 * it. */
TR_NODISCARD tr_err tr_kdf_run(tr_trail *trail, tr_alloc *alloc, const tr_kdf *kdf,
                               const tr_kdf_limits *limits, tr_bytes password, uint8_t *key);

#endif
