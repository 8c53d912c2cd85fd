#include "trestle/bls.h"

#include "curve/bls12_381.h"
#include "os/heap.h"

typedef const uint8_t key_bytes[48];
typedef const uint8_t signature_bytes[96];

static tr_bls_secret secret_in(const uint8_t bytes[32])
{
    tr_bls_secret secret;
    memcpy(secret.b, bytes, sizeof(secret.b));
    return secret;
}

tr_err tr_bls12_make_key(const uint8_t *secret, size_t len, const uint8_t *info, size_t info_len,
                         uint8_t key[32])
{
    tr_bls_secret made;
    TR_TRY(tr_bls_keygen(tr_bytes_of(secret, len), tr_bytes_of(info, info_len), &made));
    memcpy(key, made.b, sizeof(made.b));
    tr_wipe(&made, sizeof(made));
    return TR_OK;
}

tr_err tr_bls12_public_key(const uint8_t key[32], uint8_t public_key[48])
{
    tr_bls_secret secret = secret_in(key);
    tr_err err = tr_bls_pubkey(&secret, public_key);
    tr_wipe(&secret, sizeof(secret));
    return err;
}

tr_err tr_bls12_sign(const uint8_t key[32], const uint8_t *message, size_t len,
                     uint8_t signature[96])
{
    tr_bls_secret secret = secret_in(key);
    tr_err err = tr_bls_sign(&secret, tr_bytes_of(message, len), signature);
    tr_wipe(&secret, sizeof(secret));
    return err;
}

tr_err tr_bls12_verify(const uint8_t public_key[48], const uint8_t *message, size_t len,
                       const uint8_t signature[96])
{
    return tr_bls_verify(NULL, public_key, tr_bytes_of(message, len), signature);
}

tr_err tr_bls12_add_signatures(size_t n, const uint8_t *signatures, uint8_t out[96])
{
    return tr_bls_aggregate(NULL, n, (signature_bytes *)signatures, out);
}

tr_err tr_bls12_add_keys(size_t n, const uint8_t *public_keys, uint8_t out[48])
{
    return tr_bls_aggregate_keys(NULL, n, (key_bytes *)public_keys, out);
}

tr_err tr_bls12_verify_same(size_t n, const uint8_t *public_keys, const uint8_t *message,
                            size_t len, const uint8_t signature[96])
{
    return tr_bls_fast_aggregate_verify(NULL, n, (key_bytes *)public_keys,
                                        tr_bytes_of(message, len), signature);
}

tr_err tr_bls12_verify_each(size_t n, const uint8_t *public_keys, const uint8_t *const messages[],
                            const size_t lens[], const uint8_t signature[96])
{
    tr_arena arena;
    if (n == 0) return TR_E_ARGUMENT;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    tr_bytes *views = TR_ARENA_ARRAY(&arena, tr_bytes, n);
    tr_err err = views == NULL ? TR_E_MEMORY : TR_OK;
    for (size_t i = 0; err == TR_OK && i < n; i++) views[i] = tr_bytes_of(messages[i], lens[i]);
    if (err == TR_OK)
        err = tr_bls_aggregate_verify(NULL, &arena, n, (key_bytes *)public_keys, views, signature);
    tr_arena_free(&arena);
    return err;
}

tr_err tr_bls12_prove_possession(const uint8_t key[32], uint8_t proof[96])
{
    tr_bls_secret secret = secret_in(key);
    tr_err err = tr_bls_prove_possession(&secret, proof);
    tr_wipe(&secret, sizeof(secret));
    return err;
}

tr_err tr_bls12_check_possession(const uint8_t public_key[48], const uint8_t proof[96])
{
    return tr_bls_check_possession(NULL, public_key, proof);
}
