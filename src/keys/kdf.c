#include "keys/kdf.h"

#include "keys/scrypt.h"

#include <limits.h>
#include <openssl/evp.h>

tr_kdf_limits tr_kdf_limits_default(void)
{
    return (tr_kdf_limits){.memory = 513u << 20, .work = 1u << 24, .rounds = 1u << 21};
}

tr_kdf tr_kdf_scrypt_standard(void)
{
    return (tr_kdf){.kind = TR_KDF_SCRYPT, .n = 1 << 18, .r = 8, .p = 1, .key_len = 32};
}

tr_kdf tr_kdf_scrypt_light(void)
{
    return (tr_kdf){.kind = TR_KDF_SCRYPT, .n = 1 << 12, .r = 8, .p = 6, .key_len = 32};
}

tr_kdf tr_kdf_pbkdf2_standard(void)
{
    return (tr_kdf){.kind = TR_KDF_PBKDF2, .rounds = 1 << 18, .key_len = 32};
}

static tr_err check_scrypt(tr_trail *trail, const tr_kdf *kdf, const tr_kdf_limits *limits)
{
    uint64_t rows, memory, work;
    if (kdf->n < 2 || (kdf->n & (kdf->n - 1)) != 0)
        return tr_fail(trail, TR_E_KDF, "scrypt's n is no power of two above 1");
    if (kdf->r == 0 || kdf->p == 0) return tr_fail(trail, TR_E_KDF, "scrypt's r or p is zero");
    bool fits = !__builtin_add_overflow(kdf->n, kdf->p, &rows) &&
                !__builtin_add_overflow(rows, 2u, &rows) &&
                !__builtin_mul_overflow(rows, kdf->r, &memory) &&
                !__builtin_mul_overflow(memory, 128u, &memory) && memory <= limits->memory &&
                !__builtin_mul_overflow(kdf->n, kdf->r, &work) &&
                !__builtin_mul_overflow(work, kdf->p, &work) && work <= limits->work;
    if (!fits)
        return tr_fail(trail, TR_E_KDF_LIMIT,
                       "scrypt with n %llu, r %llu, p %llu is more than the limits allow",
                       (unsigned long long)kdf->n, (unsigned long long)kdf->r,
                       (unsigned long long)kdf->p);
    return TR_OK;
}

tr_err tr_kdf_check(tr_trail *trail, const tr_kdf *kdf, const tr_kdf_limits *limits)
{
    if (kdf->key_len < TR_KDF_KEY_MIN || kdf->key_len > TR_KDF_KEY_MAX)
        return tr_fail(trail, TR_E_KDF, "the derived key has %zu bytes, not %d to %d", kdf->key_len,
                       TR_KDF_KEY_MIN, TR_KDF_KEY_MAX);
    if (kdf->salt_len > TR_KDF_SALT_MAX)
        return tr_fail(trail, TR_E_KDF, "the salt has more than %d bytes", TR_KDF_SALT_MAX);
    switch (kdf->kind) {
    case TR_KDF_SCRYPT:
        return check_scrypt(trail, kdf, limits);
    case TR_KDF_PBKDF2:
        if (kdf->rounds == 0) return tr_fail(trail, TR_E_KDF, "pbkdf2 with no rounds");
        if (kdf->rounds > limits->rounds || kdf->rounds > INT_MAX)
            return tr_fail(trail, TR_E_KDF_LIMIT,
                           "pbkdf2 with %llu rounds is more than the limits allow",
                           (unsigned long long)kdf->rounds);
        return TR_OK;
    }
    return tr_fail(trail, TR_E_KDF, "unknown key derivation");
}

static tr_err run_pbkdf2(const tr_kdf *kdf, tr_bytes password, uint8_t *key)
{
    if (password.len > INT_MAX) return TR_E_LIMIT;
    /* an empty view may have no data, which the library would take for no password at all */
    const char *text = password.len == 0 ? "" : (const char *)password.data;
    int ok = PKCS5_PBKDF2_HMAC(text, (int)password.len, kdf->salt, (int)kdf->salt_len,
                               (int)kdf->rounds, EVP_sha256(), (int)kdf->key_len, key);
    return ok == 1 ? TR_OK : TR_E_MEMORY;
}

tr_err tr_kdf_run(tr_trail *trail, tr_alloc *alloc, const tr_kdf *kdf, const tr_kdf_limits *limits,
                  tr_bytes password, uint8_t *key)
{
    TR_TRY(tr_kdf_check(trail, kdf, limits));
    tr_err err = TR_OK;
    switch (kdf->kind) {
    case TR_KDF_SCRYPT:
        err = tr_scrypt(alloc, password, tr_bytes_of(kdf->salt, kdf->salt_len), kdf->n, kdf->r,
                        kdf->p, key, kdf->key_len);
        break;
    case TR_KDF_PBKDF2:
        err = run_pbkdf2(kdf, password, key);
        break;
    }
    return err == TR_OK ? TR_OK : tr_fail(trail, err, "key derivation: %s", tr_err_text(err));
}
